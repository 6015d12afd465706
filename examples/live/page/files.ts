import { element } from './dom.ts';
import { notice } from './notices.ts';

const MOST = 2 ** 30; // bytes: a day of twelve leads, and what a page can hold

/** What is done with files that are chosen or dropped. */
export interface Taker {
  model(name: string, bytes: Uint8Array): void;
  recording(files: Record<string, Uint8Array>): void;
}

/** Takes files by the two buttons, or dropped anywhere on the page. */
export function takeFiles(taker: Taker): void {
  const recording = element('watch-files', HTMLInputElement);
  const model = element('model-file', HTMLInputElement);
  recording.onchange = () => void take(recording.files, (files) => taker.recording(files)).then(() => clear(recording));
  model.onchange = () => void take(model.files, (files) => each(files, taker.model)).then(() => clear(model));
  const zones = [element('watch-drop', HTMLElement), element('model-drop', HTMLElement)];
  const over = (is: boolean): void => {
    for (const zone of zones) zone.classList.toggle('over', is);
  };
  addEventListener('dragover', (event) => {
    event.preventDefault(); // or the browser would open the file
    over(true);
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) over(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    const inModels = !element('model', HTMLElement).hidden;
    void take(event.dataTransfer?.files ?? null, (files) => {
      const isModel = inModels || Object.keys(files).every((name) => name.endsWith('.safetensors'));
      if (isModel) each(files, taker.model);
      else taker.recording(files);
    });
  });
}

/** So that choosing the same file again is a change. */
function clear(input: HTMLInputElement): void {
  input.value = '';
}

function each(files: Record<string, Uint8Array>, f: (name: string, bytes: Uint8Array) => void): void {
  for (const [name, bytes] of Object.entries(files)) f(name, bytes);
}

async function take(list: FileList | null, use: (files: Record<string, Uint8Array>) => void): Promise<void> {
  const files = [...(list ?? [])];
  if (files.length === 0) return;
  try {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > MOST) throw new Error(`expected files of at most 1 GB, got ${(size / 1e9).toFixed(1)} GB`);
    const read = files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
    use(Object.fromEntries(await Promise.all(read)));
  } catch (error) {
    notice('files', `${files.map(({ name }) => name).join(', ')}: ${(error as Error).message}`);
  }
}
