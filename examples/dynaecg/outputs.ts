import { argmaxRows, type Classified, concat, Dataset, type EmbeddingClassifier, noGrad, type Tensor } from 'dynaecg';
import { Progress, untilStopped } from '../shared/progress.ts';
import type { Samples } from './plan.ts';

const CHUNK = 256; // beats between two looks at the event loop

type Asked = Pick<Samples, 'x' | 'context' | 'labels'>;
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
  const all = await untilStopped(chunks(samples), signal, ({ x, context, end }) => {
    parts.push(ask(x, context));
    progress.update(end / N, `${end} of ${N} beats`);
  });
  if (!all) return null;
  progress.finish(`${N} beats`);
  const names = Object.keys(parts[0]) as (keyof T)[];
  const whole = names.map((key) => [key, noGrad(() => concat(parts.map((part) => part[key])))]);
  return Object.fromEntries(whole) as T;
}

function* chunks(samples: Asked): Generator<{ x: Tensor; context?: Tensor; end: number }, void> {
  const all = new Dataset(samples);
  for (let from = 0; from < all.length; from += CHUNK) {
    const end = Math.min(from + CHUNK, all.length);
    const { x, context } = all.slice(from, end);
    yield { x, context, end };
  }
}
