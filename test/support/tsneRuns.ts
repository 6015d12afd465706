/** Points, and runs of t-SNE, that several tests share. */
import { Random, Tensor, type TsneOptions, type TsneResult, type TsneStep, tsne } from 'dynaecg';

/** Normal numbers (N,D) in float64. */
export function cloud(N: number, D: number, seed: string, scale = 1): Tensor {
  const random = new Random(seed);
  return new Tensor(
    Float64Array.from({ length: N * D }, () => scale * random.normal()),
    [N, D],
  );
}

/** All steps, and what comes after the last one. */
export function run(x: Tensor, options: TsneOptions): { steps: TsneStep[]; result: TsneResult } {
  const layouts = tsne(x, options);
  const steps: TsneStep[] = [];
  for (let next = layouts.next(); ; next = layouts.next()) {
    if (next.done) return { steps, result: next.value };
    steps.push(next.value);
  }
}

export const last = (x: Tensor, options: Partial<TsneOptions> = {}): Float64Array =>
  run(x, { random: new Random('run'), ...options }).result.layout.data as Float64Array;

// import numpy as np
// i, d = np.arange(20)[:, None], np.arange(4)
// x = ((i + 1) * (i + 3 * d + 2) * (d + 5) % 89) / 10
// y = x[:, :2] * [1, 0.5] - x[:, 2:] * 0.3                       # no row of distances of x or y has equal ones
export const golden = new Tensor(
  Float64Array.from({ length: 80 }, (_, at) => {
    const [i, d] = [at >> 2, at & 3];
    return (((i + 1) * (i + 3 * d + 2) * (d + 5)) % 89) / 10;
  }),
  [20, 4],
);
export const goldenLayout = new Tensor(
  Float64Array.from({ length: 40 }, (_, at) => {
    const [i, c] = [at >> 1, at & 1];
    return golden.data[4 * i + c] * [1, 0.5][c] - golden.data[4 * i + 2 + c] * 0.3;
  }),
  [20, 2],
);
