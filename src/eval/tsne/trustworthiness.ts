import { argument } from '../../autograd/argument.ts';
import type { TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import { expectShape } from '../../core/shape.ts';
import { comparable, METRICS, type Metric } from '../neighbors/comparable.ts';
import { checkFinite, forEachDistanceRow } from '../neighbors/distanceRows.ts';
import { findNeighbors } from '../neighbors/findNeighbors.ts';
import { rescaled } from '../neighbors/rescale.ts';

/**
 * Trustworthiness: whether the k nearest neighbours of a point in a layout are also near to it in the data. With r(i,j)
 * the rank of j among the neighbours of x_i by distance, the nearest being 1, and U_i the k nearest of y_i,
 *
 *   T = 1 - 2 / (N k (2N - 3k - 1)) sum_i sum_(j in U_i) max(0, r(i,j) - k),
 *
 * which is 1 if all of them are among the k nearest of x_i. Ties go to the lower position. Finite numbers of any size
 * are accepted. Takes N^2 time, but memory for only a few rows of distances.
 *
 * @param x (N,D)
 * @param layout (N,M), usually (N,2)
 * @param options `neighbors` is k, below N / 2, 5 by default; `metric` that of x, 'euclidean' by default or 'cosine'
 * @throws ShapeError if the sizes do not fit, DataError for values that are not finite and for a row of zeros, which
 * has no cosine distance, ArgumentError for options out of range
 * @see Venna and Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental study", ICANN 2001.
 */
export function trustworthiness(
  x: TensorLike,
  layout: TensorLike,
  options: { neighbors?: number; metric?: Metric } = {},
): number {
  const op = 'trustworthiness';
  const points = argument(op, 'x', x);
  const places = argument(op, 'layout', layout);
  checkOptions(op, options, [], ['neighbors', 'metric']);
  const { neighbors: k = 5, metric = 'euclidean' } = options;
  const { N } = expectShape<'N' | 'D'>(op, 'x (N,D)', points.shape);
  expectShape<'N' | 'M'>(op, 'layout (N,M)', places.shape, { N });
  checkCount(op, 'neighbors', k, 1);
  checkOneOf(op, 'metric', metric, METRICS);
  if (k >= N / 2)
    throw new ArgumentError(`${op}: expected neighbors less than half the number of points, ${N / 2}, got ${k}`);
  checkFinite(op, 'x', points);
  checkFinite(op, 'layout', places);
  const { index } = findNeighbors(op, rescaled(places)[0], k);
  let penalty = 0;
  forEachDistanceRow(comparable(op, metric, { x: points })[0], (d, i) => {
    for (const j of index.subarray(i * k, (i + 1) * k)) {
      let nearer = 0;
      for (let l = 0; l < N; l++) if (d[l] < d[j] || (d[l] === d[j] && l < j)) nearer++;
      // x_i itself was counted unless it equals x_j and comes after it.
      const itself = d[j] > 0 || i < j ? 1 : 0;
      penalty += Math.max(0, nearer - itself + 1 - k);
    }
  });
  return 1 - (2 * penalty) / (N * k * (2 * N - 3 * k - 1));
}
