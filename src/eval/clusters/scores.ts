import { argument } from '../../autograd/argument.ts';
import type { TensorLike } from '../../autograd/tensor.ts';
import { checkFiniteNumbers, checkLabels } from '../../core/checkArrays.ts';
import { DataError } from '../../core/errors.ts';
import { scaled, scaleForSquares } from '../../core/scaling.ts';
import { expectShape } from '../../core/shape.ts';

/** How well samples lie in their clusters. */
export interface Silhouette {
  /** Mean over the samples. */
  mean: number;
  /** (N), from -1 (closer to another cluster) to 1 */
  samples: Float64Array;
}

/**
 * The silhouette of each sample, (b - a) / max(a, b), where a is its mean Euclidean distance to the others of its
 * cluster, and b that to the samples of the nearest other cluster. 0 for a sample that is alone in its cluster. Takes
 * N^2 distances.
 *
 * @param x (N,D), such as embeddings
 * @param clusters (N), the cluster number of each sample, or its class
 * @throws ShapeError if sizes do not fit, DataError for values that are not finite, and for fewer than two clusters
 * @see Rousseeuw, Journal of Computational and Applied Mathematics 20, 1987.
 */
export function silhouette(x: TensorLike, clusters: ArrayLike<number>): Silhouette {
  const op = 'silhouette';
  const { data, shape } = argument(op, 'x', x);
  const { N, D } = expectShape<'N' | 'D'>(op, 'x (N,D)', shape);
  checkFiniteNumbers(op, 'x', data);
  checkLabels(op, 'clusters', clusters, N);
  const { index, sizes } = numbered(clusters);
  const K = sizes.length;
  if (K < 2) throw new DataError(`${op}: expected at least two clusters, got ${K}`);
  const rows = scaled(Float64Array.from(data), scaleForSquares(data));
  const samples = new Float64Array(N);
  const sums = new Float64Array(K);
  for (let i = 0; i < N; i++) {
    sums.fill(0);
    for (let j = 0; j < N; j++) {
      let squares = 0;
      for (let d = 0; d < D; d++) {
        const difference = rows[i * D + d] - rows[j * D + d];
        squares += difference * difference;
      }
      sums[index[j]] += Math.sqrt(squares);
    }
    const own = index[i];
    if (sizes[own] === 1) continue;
    const within = sums[own] / (sizes[own] - 1);
    let nearest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < K; k++) if (k !== own) nearest = Math.min(nearest, sums[k] / sizes[k]);
    const larger = Math.max(within, nearest);
    samples[i] = larger > 0 ? (nearest - within) / larger : 0;
  }
  return { mean: samples.reduce((sum, s) => sum + s, 0) / N, samples };
}

/**
 * Agreement between two partitions of the same samples, such as clusters and classes, whatever their numbering: of all
 * pairs of samples, a are together in both, b only in the first, c only in the second, d in neither; 2 (a d - b c) /
 * ((a + b) (b + d) + (a + c) (c + d)). 1 if both are the same, 0 on average for random partitions.
 *
 * @param first (N)
 * @param second (N)
 * @throws ShapeError if the numbers differ, DataError if there is no sample
 * @see Hubert and Arabie, "Comparing partitions", Journal of Classification 2, 1985.
 */
export function adjustedRandIndex(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const op = 'adjustedRandIndex';
  checkLabels(op, 'clusters in first', first);
  checkLabels(op, 'clusters in second', second, first.length);
  const N = first.length;
  if (N === 0) throw new DataError(`${op}: expected at least one sample, got none`);
  const [one, other] = [numbered(first), numbered(second)];
  const common = numbered(Array.from(one.index, (k, i) => k * other.sizes.length + other.index[i]));
  const pairs = (sizes: readonly number[]): number => sizes.reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  const both = pairs(common.sizes);
  const firstOnly = pairs(one.sizes) - both;
  const secondOnly = pairs(other.sizes) - both;
  const neither = (N * (N - 1)) / 2 - both - firstOnly - secondOnly;
  if (firstOnly === 0 && secondOnly === 0) return 1;
  return (
    (2 * (both * neither - firstOnly * secondOnly)) /
    ((both + firstOnly) * (firstOnly + neither) + (both + secondOnly) * (secondOnly + neither))
  );
}

/** Clusters numbered from 0 in the order of their first samples, and the size of each. */
function numbered(clusters: ArrayLike<number>): { index: Int32Array; sizes: number[] } {
  const numbers = new Map<number, number>();
  const sizes: number[] = [];
  const index = Int32Array.from(clusters, (cluster) => {
    const k = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, k);
    sizes[k] = (sizes[k] ?? 0) + 1;
    return k;
  });
  return { index, sizes };
}
