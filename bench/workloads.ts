import {
  AdamW,
  backward,
  Embedder,
  jsKernels,
  kernels,
  nearestSemiHard,
  Random,
  scope,
  Tensor,
  tripletLoss,
  useKernels,
} from 'dynaecg';

export const BATCH = 96;
const LENGTH = 253;

/** A training step of the default network on one batch of noise: forward, mining of the nearest semi-hard negatives, backward, AdamW. */
export function trainingStep(): { parameters: number; step: () => number } {
  const random = new Random(1);
  const embedder = new Embedder({ random });
  const optimizer = new AdamW(embedder.parameters());
  const x = noise(BATCH, random);
  const labels = Array.from({ length: BATCH }, (_, i) => i % 3);
  const step = (): number =>
    scope(() => {
      optimizer.zeroGrad();
      const { loss } = tripletLoss(embedder.forward(x), labels, { miner: nearestSemiHard, margin: 0.2 });
      backward(loss);
      optimizer.step();
      return loss.item();
    });
  return { parameters: embedder.parameterCount, step };
}

/** Inference of `batch` beats with the default network. */
export function embedding(batch: number): () => number {
  const random = new Random(1);
  const embedder = new Embedder({ random });
  const x = noise(batch, random);
  return () => embedder.embed(x, { batchSize: batch }).data[0];
}

function noise(batch: number, random: Random): Tensor {
  return new Tensor(
    Float32Array.from({ length: batch * LENGTH }, () => random.normal()),
    [batch, 1, LENGTH],
  );
}

/** Milliseconds of each of `repeats` runs, after `warmUp` more that are not counted. */
export function time(run: () => unknown, repeats: number, warmUp: number): number[] {
  for (let i = 0; i < warmUp; i++) run();
  return Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}

export const minimum = (times: readonly number[]): number => Math.min(...times);

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Milliseconds spent in each kernel during one call of `run`, largest first. */
export function profile(run: () => unknown): [string, number][] {
  const spent = new Map<string, number>();
  const timed =
    (name: string, kernel: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      const start = performance.now();
      const result = kernel(...args);
      spent.set(name, (spent.get(name) ?? 0) + performance.now() - start);
      return result;
    };
  const table = kernels('float32');
  useKernels({ ...jsKernels, ...Object.fromEntries(Object.entries(table).map(([k, f]) => [k, timed(k, f)])) });
  try {
    run();
  } finally {
    useKernels(table);
  }
  return [...spent].sort(([, a], [, b]) => b - a);
}
