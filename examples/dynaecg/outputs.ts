import { concat, type Layer, noGrad, predict, Tensor } from 'dynaecg';
import type { Samples } from './plan.ts';
import { breathe, Progress } from './progress.ts';
import type { Watch } from './watch.ts';

const CHUNK = 256; // beats between two looks at the event loop

/** What a model makes of all samples, chunk by chunk; null where it was stopped. */
export async function outputs(
  model: Layer,
  { x, context, labels }: Samples,
  name: string,
  { quiet, stopped }: Watch,
): Promise<Tensor | null> {
  const progress = new Progress(name, quiet);
  const N = labels.length;
  const parts: Tensor[] = [];
  const rows = ({ data, shape: [, ...sample] }: Tensor, i: number, n: number): Tensor => {
    const size = sample.reduce((a, b) => a * b, 1);
    return new Tensor(data.subarray(i * size, (i + n) * size), [n, ...sample]);
  };
  for (let i = 0; i < N; i += CHUNK) {
    const n = Math.min(CHUNK, N - i);
    parts.push(predict(model, rows(x, i, n), { context: context && rows(context, i, n) }));
    progress.update((i + n) / N, `${i + n} of ${N} beats`);
    await breathe();
    if (stopped()) return null;
  }
  progress.finish(`${N} beats`);
  return noGrad(() => concat(parts));
}
