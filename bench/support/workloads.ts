import {
  AdamW,
  backward,
  Embedder,
  type EmbedderConfig,
  nearestSemiHard,
  Random,
  scope,
  Tensor,
  tripletLoss,
} from 'dynaecg';
import { kernels, useKernels } from 'dynaecg/kernels';

export const BATCH = 96;

export interface Training {
  parameters: number;
  /** Forward, mining of the nearest semi-hard negatives, backward; the loss. */
  gradient: () => number;
  /** The same, and AdamW's step. */
  step: () => number;
}

/** Training of a network, the default one unless sizes are given, on one batch of noise. */
export function training(config: Partial<EmbedderConfig> = {}, batch = BATCH): Training {
  const random = new Random(1);
  const embedder = new Embedder({ ...config, random });
  const optimizer = new AdamW(embedder.parameters());
  const x = noise(batch, embedder, random);
  const labels = Array.from({ length: batch }, (_, i) => i % 3);
  const run = (update: boolean): number =>
    scope(() => {
      optimizer.zeroGrad();
      const { loss } = tripletLoss(embedder.forward(x), labels, { miner: nearestSemiHard, margin: 0.2 });
      backward(loss);
      if (update) optimizer.step();
      return loss.item();
    });
  return { parameters: embedder.parameterCount, gradient: () => run(false), step: () => run(true) };
}

/** A network, the default one unless sizes are given, `batch` beats of noise, and their embedding. */
export function inference(
  batch: number,
  config: Partial<EmbedderConfig> = {},
): { embedder: Embedder; x: Tensor; embed: () => Tensor } {
  const random = new Random(1);
  const embedder = new Embedder({ ...config, random });
  const x = noise(batch, embedder, random);
  return { embedder, x, embed: () => embedder.embed(x, { batchSize: batch }) };
}

function noise(batch: number, { config: { inChannels, length } }: Embedder, random: Random): Tensor {
  return new Tensor(
    Float32Array.from({ length: batch * inChannels * length }, () => random.normal()),
    [batch, inChannels, length],
  );
}

/**
 * Milliseconds of each of `repeats` runs, after as many more that are not counted as fit into `warmUp` milliseconds: V8
 * compiles quickly first and well later, function by function.
 */
export function time(run: () => unknown, repeats: number, warmUp = 1000): number[] {
  for (const end = performance.now() + warmUp; performance.now() < end; ) run();
  return Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}

/** Not a kernel: what a call spends outside of all of them. */
export const OUTSIDE = 'outside the kernels';

/** Milliseconds spent in each kernel during one call of `run`, the least of several calls, largest first. */
export function profile(run: () => unknown, calls = 10): [string, number][] {
  const least = new Map<string, number>();
  for (let i = 0; i < calls; i++)
    for (const [name, t] of profileOnce(run)) least.set(name, Math.min(t, least.get(name) ?? t));
  return [...least].sort(([, a], [, b]) => b - a);
}

function profileOnce(run: () => unknown): Map<string, number> {
  const spent = new Map<string, number>();
  let inside = 0;
  const timed =
    (name: string, kernel: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      const start = performance.now();
      const result = kernel(...args);
      const t = performance.now() - start;
      spent.set(name, (spent.get(name) ?? 0) + t);
      inside += t;
      return result;
    };
  const table = kernels('float32');
  useKernels({ ...table, ...Object.fromEntries(Object.entries(table).map(([k, f]) => [k, timed(k, f)])) });
  const start = performance.now();
  try {
    run();
  } finally {
    useKernels(table);
  }
  return spent.set(OUTSIDE, performance.now() - start - inside);
}
