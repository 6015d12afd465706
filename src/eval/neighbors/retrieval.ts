import { Tensor, type TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkFields, checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import type { Vec } from '../../kernels/types.ts';
import type { Distance } from '../../metric/tripletLoss.ts';
import { forEachDistanceRow } from './distanceRows.ts';
import { forEachNeighbors } from './findNeighbors.ts';
import { checkedSet, type LabelledEmbeddings } from './nearestNeighbors.ts';

/** The references to search, and the distance. */
export interface RetrievalOptions {
  /** @defaultValue the embeddings themselves, each compared with all others */
  references?: LabelledEmbeddings;
  /** @defaultValue squared Euclidean, which gives the same order as Euclidean */
  distance?: Distance;
}

/** How well samples are retrieved by others with their label; means over all queries, from 0 to 1, except the last. */
export interface RetrievalScores {
  /** fraction of queries whose nearest reference has the query's label */
  precisionAt1: number;
  /**
   * fraction of the R nearest references that have the query's label, where R is the number of all references that have
   * it
   */
  rPrecision: number;
  /**
   * MAP@R: the sum, over ranks r from 1 to R at which the label matches, of the precision among the r nearest, over R
   */
  meanAveragePrecisionAtR: number;
  /** 1 / rank of the nearest reference that has the query's label */
  meanReciprocalRank: number;
  /** number of queries whose label no reference has: each counts as 0 in the scores */
  unmatched: number;
}

/**
 * Recall@k: the fraction of queries that have a reference with their own label among their k nearest. A query whose
 * label no reference has counts as a miss; without queries it is 0. Ties go to the lower position.
 *
 * @param embeddings queries (M,D)
 * @param labels (M)
 * @throws ShapeError if sizes or dtypes do not fit, DataError for embeddings, or results of your `distance`, that are
 * not finite, ArgumentError for a label that is not whole, a k that is not a count, or a squared distance that
 * overflows the dtype
 * @see Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", IEEE Transactions on Pattern
 * Analysis and Machine Intelligence 33(1), 2011
 */
export function recallAtK(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  k: number,
  options: RetrievalOptions = {},
): number {
  return recall('recallAtK', embeddings, labels, k, options);
}

/**
 * Precision@1: the fraction of queries whose nearest reference has their own label; the same as recall@1.
 *
 * @throws like `recallAtK`
 */
export function precisionAt1(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: RetrievalOptions = {},
): number {
  return recall('precisionAt1', embeddings, labels, 1, options);
}

function recall(
  op: string,
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  k: number,
  options: RetrievalOptions,
): number {
  const retrieval = checked(op, embeddings, labels, options);
  checkCount(op, 'k', k, 1);
  const { x, z, known, distance } = retrieval;
  let hits = 0;
  forEachNeighbors(op, { x, z, k: Math.min(k, known.length - (z ? 0 : 1)), distance }, (i, { index }) => {
    if (index.some((j) => known[j] === labels[i])) hits++;
  });
  return hits / Math.max(labels.length, 1);
}

/**
 * Retrieval scores: for each query the references are sorted by distance, ties by position, and the ranks of those with
 * the query's label are scored.
 *
 * They equal those of pytorch-metric-learning's `AccuracyCalculator`, with two exceptions. It excludes queries that no
 * reference matches: multiply by M / (M - unmatched) for that. And with k 'max_bin_count' it only considers ranks up to
 * the largest R of a query for the reciprocal rank: pass that as `maxRank`.
 *
 * @param embeddings queries (M,D)
 * @param labels (M)
 * @param options.maxRank rank up to which a match counts for the mean reciprocal rank; the last by default
 * @throws like `recallAtK`, and ArgumentError for a maxRank that is not a count
 * @see Musgrave, Belongie and Lim, "A metric learning reality check", ECCV 2020, section 3.2
 * @example
 *     declare const [model, train, test]: [Embedder, Dataset, Dataset];
 *     const { precisionAt1, meanAveragePrecisionAtR } = retrievalScores(model.embed(test.x), test.labels, {
 *       references: { embeddings: model.embed(train.x), labels: train.labels },
 *     });
 */
export function retrievalScores(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: RetrievalOptions & { maxRank?: number } = {},
): RetrievalScores {
  const op = 'retrievalScores';
  const { x, z, known, distance } = checked(op, embeddings, labels, options, ['maxRank']);
  const { maxRank = Number.POSITIVE_INFINITY } = options;
  if (options.maxRank !== undefined) checkCount(op, 'maxRank', maxRank, 1);
  const sums = { precisionAt1: 0, rPrecision: 0, meanAveragePrecisionAtR: 0, meanReciprocalRank: 0 };
  const relevant = countMatches(labels, known, z ? 0 : 1);
  const k = relevant.reduce((a, b) => Math.max(a, b), 0);
  const far: number[] = []; // queries without a match among the k nearest
  forEachNeighbors(op, { x, z, k, distance }, (i, { index }) => {
    const R = relevant[i];
    let first = 0;
    let hits = 0;
    let precisions = 0;
    for (let rank = 1; rank <= k && (rank <= R || first === 0); rank++) {
      if (known[index[rank - 1]] !== labels[i]) continue;
      first ||= rank;
      if (rank <= R) precisions += ++hits / rank;
    }
    if (R === 0) return;
    sums.precisionAt1 += first === 1 ? 1 : 0;
    sums.rPrecision += hits / R;
    sums.meanAveragePrecisionAtR += precisions / R;
    if (first === 0) far.push(i);
    else if (first <= maxRank) sums.meanReciprocalRank += 1 / first;
  });
  if (maxRank > k && far.length > 0)
    forEachDistanceRow(
      x,
      (d, row) => {
        const i = far[row];
        const rank = firstRank(d, known, labels[i], z ? -1 : i);
        if (rank <= maxRank) sums.meanReciprocalRank += 1 / rank;
      },
      { z: rowsAt(z ?? x, far), distance, op },
    );
  const M = Math.max(labels.length, 1);
  return {
    precisionAt1: sums.precisionAt1 / M,
    rPrecision: sums.rPrecision / M,
    meanAveragePrecisionAtR: sums.meanAveragePrecisionAtR / M,
    meanReciprocalRank: sums.meanReciprocalRank / M,
    unmatched: relevant.filter((R) => R === 0).length,
  };
}

/** Both sides, checked: without references z is undefined, and x holds the queries. */
function checked(
  op: string,
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: RetrievalOptions,
  more: readonly string[] = [],
) {
  checkOptions(op, options, [], ['references', 'distance', ...more]);
  const { references, distance } = options;
  if (distance !== undefined) checkKind(op, 'distance', distance, 'function');
  const queries = checkedSet(op, '', embeddings, labels);
  if (references === undefined) return { x: queries.x, z: undefined, known: labels, distance };
  checkFields(op, 'references', references, { labels: 'numbers' });
  const { x, labels: known } = checkedSet(op, 'references.', references.embeddings, references.labels, queries.x);
  return { x, z: queries.x, known, distance };
}

/** For each query the number of references with its label, excluding `itself`. */
function countMatches(labels: ArrayLike<number>, known: ArrayLike<number>, itself: number): number[] {
  const counts = new Map<number, number>();
  for (let j = 0; j < known.length; j++) counts.set(known[j], (counts.get(known[j]) ?? 0) + 1);
  return Array.from(labels, (label) => (counts.get(label) ?? itself) - itself);
}

/**
 * The rank of the nearest reference with a label that at least one has, among those at distances d, excluding `self`.
 */
function firstRank(d: Vec, known: ArrayLike<number>, label: number, self: number): number {
  let match = -1;
  for (let j = 0; j < d.length; j++) if (j !== self && known[j] === label && (match < 0 || d[j] < d[match])) match = j;
  let nearer = 0;
  for (let j = 0; j < d.length; j++) if (j !== self && (d[j] < d[match] || (d[j] === d[match] && j < match))) nearer++;
  return nearer + 1;
}

function rowsAt({ data, shape: [, D] }: Tensor, rows: readonly number[]): Tensor {
  const taken = data.slice(0, rows.length * D) as Vec;
  for (const [to, from] of rows.entries()) taken.set(data.subarray(from * D, (from + 1) * D), to * D);
  return new Tensor(taken, [rows.length, D]);
}
