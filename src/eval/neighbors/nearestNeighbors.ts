import { argument } from '../../autograd/argument.ts';
import type { Tensor, TensorLike } from '../../autograd/tensor.ts';
import { asInt32Labels } from '../../core/asArrays.ts';
import { checkCount, checkFields, checkKind } from '../../core/check.ts';
import { checkFiniteNumbers, checkLabels } from '../../core/checkArrays.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ShapeError } from '../../core/errors.ts';
import { expectShape } from '../../core/shape.ts';
import type { Distance } from '../../metric/tripletLoss.ts';
import { collectNeighbors, type Neighbors } from './findNeighbors.ts';

/** Embeddings with known labels. */
export interface LabelledEmbeddings {
  /** (N,D) */
  embeddings: TensorLike;
  /** (N) */
  labels: ArrayLike<number>;
}

/** Nearest neighbours with their labels. */
export interface LabelledNeighbors extends Neighbors {
  /** (M,k) */
  labels: Int32Array;
}

/** The queries, and the distance. */
export interface NeighborOptions {
  /** (M,D)
   * @defaultValue the references themselves, each excluding itself */
  queries?: TensorLike;
  /** @defaultValue squared Euclidean, `pairwiseSquaredEuclidean` */
  distance?: Distance;
}

/**
 * The k nearest of N references to each of M queries, nearest first, with their distances and labels; ties go to the
 * lower position. Without `queries` they are the references themselves, each excluding itself.
 *
 * The search is exact and takes M N D operations, but memory for only a few rows of distances. Row i of a result array
 * is `index.subarray(i * k, (i + 1) * k)`.
 *
 * @param k at least 1. If there are fewer references (other than the query itself), all are found, and the k of the
 * result is their number.
 * @throws ShapeError if sizes or dtypes do not fit, DataError for embeddings, or results of your `distance`, that are
 * not finite, ArgumentError for a label that is not a 32-bit whole number, a k that is not a count, or a neighbour
 * whose squared distance overflows the dtype
 * @example
 *     declare const [model, train, x]: [Embedder, Dataset, Tensor];
 *     const references = { embeddings: model.embed(train.x), labels: train.labels };
 *     const { index, distance, labels } = nearestNeighbors(references, 5, { queries: model.embed(x) });
 *     // nearest to the first query: row index[0] of the references, at the squared distance distance[0], of class labels[0]
 */
export function nearestNeighbors(
  references: LabelledEmbeddings,
  k: number,
  options: NeighborOptions = {},
): LabelledNeighbors {
  const op = 'nearestNeighbors';
  checkFields(op, 'references', references, { labels: 'numbers' });
  const { x, labels } = checkedSet(op, 'references.', references.embeddings, references.labels);
  const known = asInt32Labels(op, labels);
  checkCount(op, 'k', k, 1);
  checkOptions(op, options, [], ['queries', 'distance']);
  const { queries, distance } = options;
  if (distance !== undefined) checkKind(op, 'distance', distance, 'function');
  const z = queries === undefined ? undefined : checkedEmbeddings(op, 'queries (M,D)', queries, x);
  const [N] = x.shape;
  const found = collectNeighbors(op, { x, z, k: Math.min(k, z ? N : Math.max(N - 1, 0)), distance });
  return { ...found, labels: found.index.map((i) => known[i]) };
}

/** Embeddings (N,D), finite, and N whole labels; `prefix` goes before their names in errors. */
export function checkedSet(
  op: string,
  prefix: string,
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  like?: Tensor,
) {
  const x = checkedEmbeddings(op, `${prefix}embeddings (N,D)`, embeddings, like);
  checkLabels(op, `${prefix}labels`, labels, x.shape[0]);
  return { x, labels };
}

/** Embeddings with this name and shape, finite, with as many columns and the same dtype as `like`. */
function checkedEmbeddings(op: string, pattern: string, embeddings: TensorLike, like?: Tensor): Tensor {
  const name = pattern.split(' ')[0];
  const x = argument(op, name, embeddings);
  expectShape(op, pattern, x.shape, like && { D: like.shape[1] });
  if (like && x.dtype !== like.dtype)
    throw new ShapeError(`${op}: expected ${name} of ${like.dtype} like what it is compared with, got ${x.dtype}`);
  checkFiniteNumbers(op, name, x.data);
  return x;
}
