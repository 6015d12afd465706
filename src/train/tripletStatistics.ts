import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkRange } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { expectShape } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';
import type { Triplets } from '../ops/loss.ts';

/** Statistics of one training step on one batch. */
export interface BatchStatistics {
  /** mean triplet loss; 0 if nothing was mined */
  loss: number;
  /** triplets mined */
  triplets: number;
  /** anchor-positive pairs in the batch */
  pairs: number;
  /** all triplets in the batch */
  possible: number;
  /** fraction of the anchor-positive pairs in some mined triplet with a loss above 0 */
  activeFraction: number;
  /** mean distance over all anchor-positive pairs of the batch */
  meanPositive: number;
  /** mean distance over all anchor-negative pairs of the batch */
  meanNegative: number;
  /** norm of the gradient of all parameters, before clipping */
  gradientNorm: number;
  /** mean squared distance of the embeddings from their centre: near 0 they have collapsed into one point */
  spread: number;
}

/** The values of distances (B,B) between labelled samples, checked. */
function checkDistances(op: string, distances: TensorLike, labels: ArrayLike<number>): { data: Vec; B: number } {
  const { data, shape } = argument(op, 'distances', distances);
  const { B } = expectShape<'B'>(op, 'distances (B,B)', shape);
  checkLabels(op, 'labels', labels, B);
  return { data, B };
}

/**
 * Mean distances over all anchor-positive and all anchor-negative pairs of a batch with distances (B,B) and labels (B);
 * 0 if there is no such pair.
 *
 * @throws ShapeError if distances are not square, or labels differ in number
 */
export function meanDistances(
  distances: TensorLike,
  labels: ArrayLike<number>,
): { meanPositive: number; meanNegative: number } {
  const { data, B } = checkDistances('meanDistances', distances, labels);
  const sums = [0, 0];
  const counts = [0, 0];
  for (let a = 0; a < B; a++)
    for (let b = 0; b < B; b++) {
      if (a === b) continue;
      const side = labels[a] === labels[b] ? 0 : 1;
      sums[side] += data[a * B + b];
      counts[side]++;
    }
  const mean = (side: number): number => (counts[side] > 0 ? sums[side] / counts[side] : 0);
  return { meanPositive: mean(0), meanNegative: mean(1) };
}

/** Number of distinct anchor-positive pairs in triplets with d_ap - d_an + margin > 0. */
export function activePairs(distances: Tensor, { anchors, positives, negatives }: Triplets, margin: number): number {
  const { data } = distances;
  const B = distances.shape[0];
  const active = new Uint8Array(B * B);
  let count = 0;
  for (let i = 0; i < anchors.length; i++) {
    const pair = anchors[i] * B + positives[i];
    if (active[pair] || !(data[pair] - data[anchors[i] * B + negatives[i]] + margin > 0)) continue;
    active[pair] = 1;
    count++;
  }
  return count;
}

/**
 * Fraction of all triplets of a batch, of distances (B,B) and labels (B), with `d_an < d_ap + margin`: 0 if all classes
 * are separated by the margin, about one half for an uninformative embedding. A NaN distance violates the margin. NaN
 * if there is no triplet.
 *
 * @throws ShapeError if distances are not square, or labels differ in number; ArgumentError for a margin that is
 * negative or NaN
 */
export function violationRate(distances: TensorLike, labels: ArrayLike<number>, margin: number): number {
  const { data, B } = checkDistances('violationRate', distances, labels);
  checkRange('violationRate', 'margin', margin, 0);
  let violated = 0;
  let all = 0;
  for (let a = 0; a < B; a++) {
    const row = data.subarray(a * B, (a + 1) * B);
    const negatives = row.filter((_, n) => labels[n] !== labels[a]).sort(); // NaN last
    const numbers = firstNaN(negatives);
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      all += negatives.length;
      violated += countBelow(negatives, numbers, row[p] + margin) + negatives.length - numbers;
    }
  }
  return violated / all;
}

/** Index of the first NaN in an ascending list, in which NaN comes last. */
function firstNaN(ascending: Vec): number {
  let n = ascending.length;
  while (n > 0 && Number.isNaN(ascending[n - 1])) n--;
  return n;
}

/** Number of values below the limit among the first `n` of an ascending list, NaN included. */
function countBelow(ascending: Vec, n: number, limit: number): number {
  let from = 0;
  let to = n;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle] >= limit) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Mean squared distance of the rows of z (B,D) from their mean. */
export function embeddingSpread({ data, shape: [B, D] }: Tensor): number {
  let spread = 0;
  for (let d = 0; d < D; d++) {
    let sum = 0;
    for (let i = d; i < B * D; i += D) sum += data[i];
    const mean = sum / B;
    for (let i = d; i < B * D; i += D) spread += (data[i] - mean) * (data[i] - mean);
  }
  return spread / B;
}

/** The mean of each number over several batches. */
export function meanStatistics(batches: readonly BatchStatistics[]): BatchStatistics {
  const mean = (key: keyof BatchStatistics): number => batches.reduce((sum, b) => sum + b[key], 0) / batches.length;
  return {
    loss: mean('loss'),
    triplets: mean('triplets'),
    pairs: mean('pairs'),
    possible: mean('possible'),
    activeFraction: mean('activeFraction'),
    meanPositive: mean('meanPositive'),
    meanNegative: mean('meanNegative'),
    gradientNorm: mean('gradientNorm'),
    spread: mean('spread'),
  };
}
