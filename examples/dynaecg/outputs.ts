import { argmaxRows, type Classified, concat, type EmbeddingClassifier, gather, noGrad, type Tensor } from 'dynaecg';
import { Progress, untilStopped } from '../shared/progress.ts';
import type { Samples } from './samples.ts';

const CHUNK = 128; // beats between two looks at the event loop, in about the workspace of a training step

type Asked = Pick<Samples, 'labels' | 'get'>;
type Ask<T> = (x: Tensor, context?: Tensor) => T & Record<keyof T, Tensor>;
/** Whether to show progress, and what may stop it. */
type Stoppable = { quiet: boolean; signal?: AbortSignal };

/** Embeds and classifies all samples, chunk by chunk; null where it was stopped. */
export async function classifyAll(
  model: EmbeddingClassifier,
  samples: Asked,
  name: string,
  watch: Stoppable,
): Promise<Classified | null> {
  const ask = (x: Tensor, context?: Tensor) => {
    const { embeddings, probabilities } = model.classify(x, { context });
    return { embeddings, probabilities };
  };
  const found = await outputs(ask, samples, name, watch);
  return found && { ...found, labels: argmaxRows(found.probabilities) };
}

/** What a model makes of all samples, chunk by chunk, tensors by name; null where it was stopped. */
export async function outputs<T extends object>(
  ask: Ask<T>,
  samples: Asked,
  name: string,
  { quiet, signal }: Stoppable,
): Promise<T | null> {
  const progress = new Progress(name, quiet);
  const N = samples.labels.length;
  const parts: (T & Record<keyof T, Tensor>)[] = [];
  const all = await untilStopped(pieces(samples), signal, ({ x, context, end }) => {
    parts.push(ask(x, context));
    progress.update(end / N, `${end} of ${N} beats`);
  });
  if (!all) return null;
  progress.finish(`${N} beats`);
  const names = Object.keys(parts[0]) as (keyof T)[];
  const whole = names.map((key) => [key, noGrad(() => concat(parts.map((part) => part[key])))]);
  return Object.fromEntries(whole) as T;
}

/** All samples, some at a time, and how many there have been. */
export function* pieces({ labels, get }: Asked): Generator<ReturnType<Asked['get']> & { end: number }, void> {
  for (let from = 0; from < labels.length; from += CHUNK) {
    const end = Math.min(from + CHUNK, labels.length);
    yield { ...get(Int32Array.from({ length: end - from }, (_, i) => from + i)), end };
  }
}

/** Samples that are in memory, such as embeddings. */
export function inMemory(x: Tensor, labels: Int32Array): Asked {
  return { labels, get: (at) => ({ x: noGrad(() => gather(x, at)), labels: at.map((i) => labels[i]) }) };
}
