import type { Random } from '../../core/random.ts';
import type { ConfusionMatrix } from '../confusion.ts';

/** For each draw, how often each of n groups is drawn: n in total, with replacement. */
export function* groupDraws(n: number, draws: number, random: Random): Generator<Int32Array, void> {
  for (let d = 0; d < draws; d++) {
    const times = new Int32Array(n);
    for (let i = 0; i < n; i++) times[random.integer(n)]++;
    yield times;
  }
}

/** For each of n groups, every other group once. */
export function* withoutEach(n: number): Generator<Int32Array, void> {
  for (let i = 0; i < n; i++) {
    const times = new Int32Array(n).fill(1);
    times[i] = 0;
    yield times;
  }
}

/** The sum of matrices of one size, each multiplied by `times`. */
export function sumOf(matrices: readonly ConfusionMatrix[], times: ArrayLike<number>): number[][] {
  const sum = matrices[0].map((row) => row.map(() => 0));
  for (const [i, matrix] of matrices.entries()) {
    const n = times[i];
    if (n === 0) continue;
    for (const [k, row] of matrix.entries()) for (let j = 0; j < row.length; j++) sum[k][j] += n * row[j];
  }
  return sum;
}
