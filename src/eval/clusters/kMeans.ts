import { argument } from '../../autograd/argument.ts';
import { Tensor, type TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { scaled, scaleForSquares } from '../../core/scaling.ts';
import { expectShape } from '../../core/shape.ts';
import { type Clusters, found, lloyd, pack, search } from './lloyd.ts';
import { kMeansSeeds } from './seeds.ts';

/** Options of `kMeans`. */
export interface KMeansOptions {
  /** K; there are fewer centroids if x has fewer distinct rows */
  clusters: number;
  random: Random;
  /** Maximum number of moves of the centroids.
   * @defaultValue 50 */
  iterations?: number;
  /** Number of runs from different seeds; the clusters with the lowest inertia are returned.
   * @defaultValue 1 */
  starts?: number;
}

/** The nearest centroid of each row. */
export interface Nearest {
  /** (N) */
  index: Int32Array;
  /** (N), Euclidean */
  distance: Float64Array;
}

/**
 * Clusters by k-means: centroids c that make the sum over rows of min_k |x[i] - c[k]|^2 small, though not always
 * minimal.
 *
 * The first centroids are rows, drawn by greedy k-means++: of 2 + ln K rows, each drawn with probability proportional
 * to its squared distance from the nearest centroid so far, the one that minimises the sum of these distances. Then
 * rows are assigned to their nearest centroid (ties go to the first), and centroids move to the mean of their rows,
 * until no assignment changes. A centroid without rows takes the row that is farthest from its own. With fewer distinct
 * rows than `clusters` there are as many centroids as distinct rows, and the inertia is 0.
 *
 * All sums are float64 in the order of rows and columns, so that a seed gives the same bits on every engine and
 * backend. Numbers whose squares would overflow or underflow are scaled first; an inertia outside the range of doubles
 * is infinite or 0.
 *
 * @param x (N,D)
 * @throws ShapeError unless x has two axes, DataError if it is empty or has values that are not finite, ArgumentError
 * for fewer than one cluster, iteration or start
 * @see Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; Lloyd, "Least squares
 * quantization in PCM", IEEE Transactions on Information Theory 28(2), 1982.
 */
export function kMeans(x: TensorLike, options: KMeansOptions): Clusters {
  checkOptions('kMeans', options, ['clusters', 'random'], ['iterations', 'starts']);
  const { clusters, random, iterations = 50, starts = 1 } = options;
  checkKind('kMeans', 'random', random, 'random');
  const { data, N, D } = rowsOf('kMeans', 'x (N,D)', x);
  if (N * D === 0) throw new DataError(`kMeans: expected x with at least one row and one column, got [${N},${D}]`);
  checkCount('kMeans', 'clusters', clusters, 1);
  checkCount('kMeans', 'iterations', iterations, 1);
  checkCount('kMeans', 'starts', starts, 1);
  const scale = scaleForSquares(data);
  const rows = scaled(data, scale);
  let best: Clusters | undefined;
  for (let n = 0; n < starts; n++) {
    const clustered = lloyd(rows, kMeansSeeds(rows, N, D, clusters, random), N, D, iterations);
    if (!best || clustered.inertia < best.inertia) best = clustered;
  }
  const { centroids, assignment, inertia } = best!;
  const back = scaled(centroids.data as Float64Array, 1 / scale);
  return { centroids: new Tensor(back, centroids.shape), assignment, inertia: inertia / scale / scale };
}

/**
 * The nearest centroid of every row, by Euclidean distance; ties go to the first.
 *
 * @param x (N,D)
 * @param centroids (K,D)
 * @throws ShapeError for other shapes, DataError if there is no centroid, and for values that are not finite
 */
export function nearestCentroid(x: TensorLike, centroids: TensorLike): Nearest {
  const { data, N, D } = rowsOf('nearestCentroid', 'x (N,D)', x);
  const { data: c, N: K } = rowsOf('nearestCentroid', 'centroids (K,D)', centroids, D);
  if (K * D === 0) throw new DataError(`nearestCentroid: expected at least one centroid and column, got [${K},${D}]`);
  const index = new Int32Array(N);
  const distance = new Float64Array(N);
  const scale = scaleForSquares(data, c);
  const rows = scaled(data, scale);
  const packed = pack(scaled(c, scale), D);
  for (let i = 0; i < N; i++) {
    search(rows, packed, i, D);
    index[i] = found.nearest;
    distance[i] = Math.sqrt(found.squared) / scale;
  }
  return { index, distance };
}

function rowsOf(op: string, pattern: string, x: TensorLike, D?: number): { data: Float64Array; N: number; D: number } {
  const { data, shape } = argument(op, pattern.split(' ')[0], x);
  expectShape(op, pattern, shape, D === undefined ? {} : { D });
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new DataError(`${op}: expected finite numbers in ${pattern}, got ${data[bad]} at ${bad}`);
  return { data: data instanceof Float64Array ? data : new Float64Array(data), N: shape[0], D: shape[1] };
}
