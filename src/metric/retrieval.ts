import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import { argument, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkFiniteNumbers, checkKind, checkLabels } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';
import { slice } from '../ops/movement.ts';
import { checkDistances, type Distance } from './tripletLoss.ts';

/**
 * Recall@k: the share of samples that have another sample of their own label among their k nearest neighbours
 * (Jégou, Douze and Schmid, 2011). Samples whose label occurs once cannot, and count as misses; of no samples it is 0.
 *
 * @param embeddings (N,D)
 * @param labels (N)
 * @throws ShapeError where sizes do not fit, DataError for embeddings or distances that are not finite, ArgumentError for a
 * label that is not whole or a k that is no count
 */
export function recallAtK(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  k: number,
  distance: Distance = pairwiseSquaredEuclidean,
): number {
  return recall('recallAtK', embeddings, labels, k, distance);
}

function recall(op: string, embeddings: TensorLike, labels: ArrayLike<number>, k: number, distance: Distance): number {
  const x = argument(op, 'embeddings', embeddings);
  const { N } = expectShape<'N' | 'D'>(op, 'embeddings (N,D)', x.shape);
  checkLabels(op, 'labels', labels, N);
  checkKind(op, 'distance', distance, 'function');
  checkCount(op, 'k', k, 1);
  checkFiniteNumbers(op, 'embeddings', x.data);
  let hits = 0;
  for (let i = 0; i < N; i++) {
    const d = noGrad(() => scope(() => distance(slice(x, 0, i, i + 1), x)));
    checkDistances(op, d, [1, N]);
    const lost = d.data.findIndex((v) => !Number.isFinite(v));
    if (lost >= 0)
      throw new DataError(`${op}: expected finite distances, got ${d.data[lost]} from sample ${i} to ${lost}`);
    hits += hasMatch(d.data, labels, i, k) ? 1 : 0;
  }
  return N > 0 ? hits / N : 0;
}

/**
 * Precision@1: the share of samples whose nearest neighbour bears their own label; the same as recall@1.
 *
 * @throws what `recallAtK` throws
 */
export function precisionAt1(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  distance: Distance = pairwiseSquaredEuclidean,
): number {
  return recall('precisionAt1', embeddings, labels, 1, distance);
}

/** Whether fewer than k other samples are nearer to sample i than its nearest one of the same label; ties go by position. */
function hasMatch(d: ArrayLike<number>, labels: ArrayLike<number>, i: number, k: number): boolean {
  let match = -1;
  for (let j = 0; j < d.length; j++)
    if (j !== i && labels[j] === labels[i] && (match < 0 || d[j] < d[match])) match = j;
  if (match < 0) return false;
  let nearer = 0;
  for (let j = 0; j < d.length; j++)
    if (j !== i && j !== match && (d[j] < d[match] || (d[j] === d[match] && j < match))) nearer++;
  return nearer < k;
}
