import { argument } from '../../autograd/argument.ts';
import { Tensor, type TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../../core/errors.ts';
import { expectShape, formatShape } from '../../core/shape.ts';
import { checkFinite } from '../neighbors/distanceRows.ts';
import { shifted, unitFactor, widthOf } from '../neighbors/rescale.ts';
import { symmetricEigen } from './symmetricEigen.ts';

/** The result of `principalComponents`; all of it float64. */
export interface PrincipalComponents {
  /** (D), the mean row */
  mean: Tensor;
  /** (K,D), orthogonal unit vectors, the largest variance first */
  components: Tensor;
  /** (K), the variance of the rows along each direction, with 1 / (N - 1) */
  explainedVariance: Float64Array;
  /** (K), the same as fractions of the sum of the variances of all columns; zeros if all rows are equal */
  explainedVarianceRatio: Float64Array;
}

/**
 * Principal components of the rows of x (N,D): the directions v_1, v_2, ... of largest variance, each orthogonal to the
 * previous ones. They are eigenvectors of the covariance, C v_k = l_k v_k with C = sum_i (x_i - m)(x_i - m)' / (N - 1),
 * and l_k is the variance along v_k.
 *
 * The sign of a direction makes its entry of largest magnitude positive, the first if there are several, as in
 * scikit-learn from version 1.5. Variances less than 1e-15 of the largest are rounding errors, and so are their
 * directions. With n the smaller of N and D, it takes N D n multiplications plus about 8 n^3, and n^2 numbers of
 * memory.
 *
 * @param x (N,D), at least 2 rows; finite numbers of any size
 * @param options `components` is K, from 1 to the smaller of N and D; the smaller of both by default
 * @throws ShapeError unless x is (N,D), DataError for values that are not finite, ArgumentError for a K out of range,
 * and if a variance overflows float64
 * @see Jolliffe, "Principal Component Analysis", 2nd edition, 2002, chapters 1 and 3
 * @example
 *     declare const [training, test]: [Tensor, Tensor];
 *     const fit = principalComponents(training, { components: 2 });
 *     const places = principalScores(test, fit); // (M,2)
 */
export function principalComponents(x: TensorLike, options: { components?: number } = {}): PrincipalComponents {
  const op = 'principalComponents';
  const rows = argument(op, 'x', x);
  const { N, D } = expectShape<'N' | 'D'>(op, 'x (N,D)', rows.shape);
  if (N < 2 || D < 1)
    throw new ShapeError(`${op}: expected x (N,D) with N >= 2 and D >= 1, got ${formatShape(rows.shape)}`);
  checkOptions(op, options, [], ['components']);
  const { components = Math.min(N, D) } = options;
  checkCount(op, 'components', components, 1, Math.min(N, D));
  checkFinite(op, 'x', rows);
  const fit = fitComponents(rows, components);
  const beyond = fit.explainedVariance.find((v) => !Number.isFinite(v));
  if (beyond !== undefined)
    throw new ArgumentError(`${op}: expected variances within the range of float64, got ${beyond}`);
  return fit;
}

/**
 * Coordinates (M,K) of rows z (M,D) along principal components, (z_i - m) . v_k; for the rows that the components were
 * computed from, or others.
 *
 * @param z (M,D)
 * @param fit the result of `principalComponents`: its `mean` (D) and `components` (K,D)
 * @returns float64
 * @throws ShapeError if the sizes do not fit, DataError for values that are not finite, ArgumentError for anything
 * other than a result of `principalComponents`, and if a coordinate overflows float64
 */
export function principalScores(z: TensorLike, fit: Pick<PrincipalComponents, 'mean' | 'components'>): Tensor {
  const op = 'principalScores';
  const rows = argument(op, 'z', z);
  checkKind(op, 'fit', fit, 'object');
  const components = argument(op, 'fit.components', fit.components);
  const mean = argument(op, 'fit.mean', fit.mean);
  const { D } = expectShape<'K' | 'D'>(op, 'fit.components (K,D)', components.shape);
  expectShape(op, 'fit.mean (D)', mean.shape, { D });
  expectShape(op, 'z (M,D)', rows.shape, { D });
  checkFinite(op, 'z', rows);
  checkFinite(op, 'fit.components', components);
  checkFinite(op, 'fit.mean', new Tensor(mean.data, [1, D]));
  const scores = scoresOf(rows, mean, components);
  const beyond = scores.data.find((v) => !Number.isFinite(v));
  if (beyond !== undefined)
    throw new ArgumentError(`${op}: expected coordinates within the range of float64, got ${beyond}`);
  return scores;
}

/** `principalComponents` of checked rows; variances may be infinite. */
export function fitComponents(x: Tensor, K: number): PrincipalComponents {
  const [N, D] = x.shape;
  // Relative to the first row, equal rows are zeros however the mean is rounded.
  const factor = unitFactor(widthOf([x]));
  const origin = x.data.subarray(0, D);
  const rows = shifted(x.data, origin, D, factor);
  const mean = new Float64Array(D);
  for (let at = 0; at < N * D; at++) mean[at % D] += rows[at] / N;
  for (let at = 0; at < N * D; at++) rows[at] -= mean[at % D];
  let total = 0;
  for (let at = 0; at < N * D; at++) total += rows[at] * rows[at];

  const { values, vectors } = D <= N ? ofColumns(rows, N, D) : ofRows(rows, N, D, K);
  const components = vectors.slice(0, K * D);
  for (let k = 0; k < K; k++) fixSign(components.subarray(k * D, (k + 1) * D));
  const squares = values.slice(0, K).map((v) => Math.max(v, 0)); // sums of squares along each direction
  return {
    mean: new Tensor(
      mean.map((m, d) => origin[d] + m / factor),
      [D],
    ),
    components: new Tensor(components, [K, D]),
    explainedVariance: squares.map((v) => v / (N - 1) / factor / factor),
    explainedVarianceRatio: squares.map((v) => (total > 0 ? v / total : 0)),
  };
}

/** `principalScores` of checked rows. */
export function scoresOf(z: Tensor, mean: Tensor, components: Tensor): Tensor {
  const [M, D] = z.shape;
  const [K] = components.shape;
  const scores = new Float64Array(M * K);
  for (let i = 0; i < M; i++)
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += (z.data[i * D + d] - mean.data[d]) * components.data[k * D + d];
      scores[i * K + k] = sum;
    }
  return new Tensor(scores, [M, K]);
}

/** Directions and sums of squares along them, of centred rows: eigenvectors of X'X (D,D). */
function ofColumns(rows: Float64Array, N: number, D: number): { values: Float64Array; vectors: Float64Array } {
  const C = new Float64Array(D * D);
  for (let row = 0; row < N * D; row += D)
    for (let a = 0; a < D; a++) {
      const value = rows[row + a];
      for (let b = a; b < D; b++) C[a * D + b] += value * rows[row + b];
    }
  for (let a = 0; a < D; a++) for (let b = 0; b < a; b++) C[a * D + b] = C[b * D + a];
  return symmetricEigen(C, D);
}

/** The same with fewer rows than columns: X'u for the eigenvectors u of XX' (N,N). */
function ofRows(rows: Float64Array, N: number, D: number, K: number): { values: Float64Array; vectors: Float64Array } {
  const G = new Float64Array(N * N);
  for (let i = 0; i < N; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += rows[i * D + d] * rows[j * D + d];
      G[i * N + j] = sum;
      G[j * N + i] = sum;
    }
  const { values, vectors } = symmetricEigen(G, N);
  const directions = new Float64Array(K * D);
  for (let k = 0; k < K; k++) {
    const v = directions.subarray(k * D, (k + 1) * D);
    for (let i = 0; i < N; i++) for (let d = 0; d < D; d++) v[d] += vectors[k * N + i] * rows[i * D + d];
    if (!orthonormalize(v, directions, k)) {
      v.fill(0);
      v[leastUsed(directions, k, D)] = 1;
      orthonormalize(v, directions, k);
    }
  }
  return { values, vectors: directions };
}

/**
 * Normalises v and, by Gram and Schmidt, makes it orthogonal to the k directions; twice, since a vector that depends on
 * them leaves only rounding errors, in any direction. Returns false for zeros.
 */
function orthonormalize(v: Float64Array, directions: Float64Array, k: number): boolean {
  const D = v.length;
  for (let turn = 0; turn < 3; turn++) {
    if (turn > 0)
      for (let u = 0; u < k * D; u += D) {
        let along = 0;
        for (let d = 0; d < D; d++) along += directions[u + d] * v[d];
        for (let d = 0; d < D; d++) v[d] -= along * directions[u + d];
      }
    let squares = 0;
    for (let d = 0; d < D; d++) squares += v[d] * v[d];
    if (squares === 0) return false;
    const length = Math.sqrt(squares);
    for (let d = 0; d < D; d++) v[d] /= length;
  }
  return true;
}

/** The axis that k directions use least. */
function leastUsed(directions: Float64Array, k: number, D: number): number {
  const used = new Float64Array(D);
  for (let at = 0; at < k * D; at++) used[at % D] += directions[at] * directions[at];
  return used.indexOf(used.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY));
}

function fixSign(v: Float64Array): void {
  let largest = 0;
  for (let d = 0; d < v.length; d++) if (Math.abs(v[d]) > Math.abs(largest)) largest = v[d];
  if (largest < 0) for (let d = 0; d < v.length; d++) v[d] = -v[d];
}
