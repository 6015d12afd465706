import { argmaxRows, type Classified, concat, type EmbeddingClassifier, noGrad, Tensor } from 'dynaecg';
import type { Samples } from './plan.ts';
import { breathe, Progress } from './progress.ts';

const CHUNK = 256; // beats between two looks at the event loop

type Asked = Pick<Samples, 'x' | 'context' | 'labels'>;
type Ask<T> = (x: Tensor, context?: Tensor) => T & Record<keyof T, Tensor>;

/** Embeds and classifies all samples, chunk by chunk; null where it was stopped, if it can be. */
export async function classifyAll(
  model: EmbeddingClassifier,
  samples: Asked,
  name: string,
  watch: { quiet: boolean; stopped: () => boolean },
): Promise<Classified | null>;
export async function classifyAll(
  model: EmbeddingClassifier,
  samples: Asked,
  name: string,
  watch: { quiet: boolean },
): Promise<Classified>;
export async function classifyAll(
  model: EmbeddingClassifier,
  samples: Asked,
  name: string,
  watch: { quiet: boolean; stopped?: () => boolean },
): Promise<Classified | null> {
  const ask = (x: Tensor, context?: Tensor) => {
    const { embeddings, probabilities } = model.classify(x, { context });
    return { embeddings, probabilities };
  };
  const found = await outputs(ask, samples, name, { stopped: () => false, ...watch });
  return found && { ...found, labels: argmaxRows(found.probabilities) };
}

/** What a model makes of all samples, chunk by chunk, tensors by name; null where it was stopped, if it can be. */
export async function outputs<T extends object>(
  ask: Ask<T>,
  samples: Asked,
  name: string,
  watch: { quiet: boolean; stopped: () => boolean },
): Promise<T | null>;
export async function outputs<T extends object>(
  ask: Ask<T>,
  samples: Asked,
  name: string,
  watch: { quiet: boolean },
): Promise<T>;
export async function outputs<T extends object>(
  ask: Ask<T>,
  { x, context, labels }: Asked,
  name: string,
  { quiet, stopped }: { quiet: boolean; stopped?: () => boolean },
): Promise<T | null> {
  const progress = new Progress(name, quiet);
  const N = labels.length;
  const parts: (T & Record<keyof T, Tensor>)[] = [];
  const rows = ({ data, shape: [, ...sample] }: Tensor, i: number, n: number): Tensor => {
    const size = sample.reduce((a, b) => a * b, 1);
    return new Tensor(data.subarray(i * size, (i + n) * size), [n, ...sample]);
  };
  for (let i = 0; i < N; i += CHUNK) {
    const n = Math.min(CHUNK, N - i);
    parts.push(ask(rows(x, i, n), context && rows(context, i, n)));
    progress.update((i + n) / N, `${i + n} of ${N} beats`);
    await breathe();
    if (stopped?.()) return null;
  }
  progress.finish(`${N} beats`);
  const names = Object.keys(parts[0]) as (keyof T)[];
  const whole = names.map((key) => [key, noGrad(() => concat(parts.map((part) => part[key])))]);
  return Object.fromEntries(whole) as T;
}
