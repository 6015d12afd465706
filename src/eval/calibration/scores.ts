import type { Tensor } from '../../autograd/tensor.ts';
import { checkLabels } from '../../core/checkArrays.ts';
import { ArgumentError, DataError, ShapeError } from '../../core/errors.ts';
import { expectShape } from '../../core/shape.ts';

/** Scores (N,K) of at least one sample and one class. */
export interface CheckedScores {
  data: ArrayLike<number>;
  N: number;
  K: number;
}

/** Throws unless these are finite scores (N,K) of N labels from 0 to K-1. */
export function checkScores(op: string, name: string, t: Tensor, labels: ArrayLike<number>): CheckedScores {
  const { N, K } = expectShape<'N' | 'K'>(op, `${name} (N,K)`, t.shape);
  if (K === 0) throw new ShapeError(`${op}: expected ${name} of at least one class, got none`);
  if (N === 0) throw new DataError(`${op}: expected at least one sample, got none`);
  checkLabels(op, 'labels', labels, N);
  for (let i = 0; i < N; i++)
    if (!(labels[i] >= 0 && labels[i] < K))
      throw new ArgumentError(`${op}: expected labels from 0 to ${K - 1}, got ${labels[i]} at position ${i}`);
  for (let i = 0; i < t.data.length; i++)
    if (!Number.isFinite(t.data[i]))
      throw new DataError(`${op}: expected finite ${name}, got ${t.data[i]} for sample ${Math.floor(i / K)}`);
  return { data: t.data, N, K };
}

/** The column of the largest score in each row, the first of equal ones. */
export function largest(data: ArrayLike<number>, N: number, K: number): Int32Array {
  return Int32Array.from({ length: N }, (_, i) => {
    let best = 0;
    for (let k = 1; k < K; k++) if (data[i * K + k] > data[i * K + best]) best = k;
    return best;
  });
}
