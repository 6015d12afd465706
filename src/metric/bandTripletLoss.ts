import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind, checkOneOf, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import type { Vec } from '../kernels/types.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';
import type { HingePower } from '../ops/loss.ts';
import { anchorPositivePairs, type Miner, possibleTriplets, semiHard, violating } from './miner.ts';
import { checkedBatch, type Members, membersOf, pairLoss, rowOf } from './pairLoss.ts';
import { checkDistances, type Distance } from './tripletLoss.ts';

/** The miners whose triplets are a range of an anchor's negatives, in the order of their distances. */
const BANDS: readonly Miner[] = [violating, semiHard];

/** Options of `bandTripletLoss`. */
export interface BandTripletLossOptions {
  /** @defaultValue squared Euclidean, as in equation (2) */
  distance?: Distance;
  /** `violating` or `semiHard`
   * @defaultValue `violating` */
  miner?: Miner;
  margin: number;
  /** power of the hinge: 1, as in equation (2), or 2
   * @defaultValue 1 */
  power?: HingePower;
}

/** What `bandTripletLoss` returns: as of `tripletLoss`, with a number in place of a list of triplets. */
export interface BandTripletLoss {
  /** the mean of (d_ap - d_an + margin)^power over the triplets; 0 with a zero gradient if there is none */
  loss: Tensor;
  /** (B,B) */
  distances: Tensor;
  /** number of triplets */
  triplets: number;
  /** anchor-positive pairs that are in some triplet */
  activePairs: number;
  /** anchor-positive pairs in the batch */
  pairs: number;
  /** all triplets in the batch */
  possible: number;
}

/** Whether `bandTripletLoss` takes this miner. */
export function isBand(miner: Miner): boolean {
  return BANDS.includes(miner);
}

/**
 * The loss of `tripletLoss` for `violating` or `semiHard` triplets, without a list of them: an anchor's negatives are
 * sorted once, and the triplets of each of its positives are a range of that order, whose sum is a difference of two.
 * For B samples that takes O(B^2 log B) time and O(B^2) memory, where triplets may be B^3 / 4. Values are those of
 * `tripletLoss` up to rounding: sums are in float64.
 *
 * @param embeddings (B,D)
 * @param labels (B)
 * @throws ShapeError if labels and embeddings differ in number or `distance` returns another shape than (B,B); DataError for a NaN
 * distance; ArgumentError for another miner, a margin that is negative or NaN, a power other than 1 and 2, or a label that is not a
 * 32-bit whole number
 * @example
 *     declare const [model, x, labels]: [Embedder, Tensor, Int32Array]; // thousands of samples
 *     const { loss, triplets } = bandTripletLoss(model.forward(x), labels, { margin: 0.2, miner: semiHard });
 *     backward(loss);
 */
export function bandTripletLoss(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: BandTripletLossOptions,
): BandTripletLoss {
  const op = 'bandTripletLoss';
  checkOptions(op, options, ['margin'], ['distance', 'miner', 'power']);
  const { distance = pairwiseSquaredEuclidean, miner = violating, margin, power = 1 } = options;
  checkKind(op, 'distance', distance, 'function');
  if (!isBand(miner)) throw new ArgumentError(`${op}: expected the miner violating or semiHard, got another`);
  checkRange(op, 'margin', margin, 0);
  checkOneOf(op, 'power', power, [1, 2]);
  const { z, y, B } = checkedBatch(op, embeddings, labels);
  const distances = distance(z);
  checkDistances(op, distances, [B, B]);
  const found = { triplets: 0, activePairs: 0 };
  const loss = pairLoss(distances, (dd, d) => {
    const members = membersOf(y);
    let sum = 0;
    for (let a = 0; a < B; a++) {
      const row = rowOf(d, a, B);
      const lost = row.findIndex(Number.isNaN);
      if (lost >= 0)
        throw new DataError(`${op}: expected distances other than NaN, got NaN from sample ${a} to ${lost}`);
      const own = rowOf(dd, a, B);
      const anchored = anchorLoss(own, row, a, members(y[a]), margin, power, miner === semiHard);
      sum += anchored.sum;
      found.triplets += anchored.triplets;
      found.activePairs += anchored.activePairs;
    }
    if (found.triplets === 0) return 0;
    for (let i = 0; i < dd.length; i++) dd[i] /= found.triplets;
    return sum / found.triplets;
  });
  return { loss, distances, ...found, pairs: anchorPositivePairs(labels), possible: possibleTriplets(labels) };
}

/** The sum of the hinges of one anchor, whose derivative is written to dd, for its row d of distances. */
function anchorLoss(
  dd: Vec,
  d: Vec,
  anchor: number,
  { own, others }: Members,
  margin: number,
  power: HingePower,
  semiHardOnly: boolean,
): { sum: number; triplets: number; activePairs: number } {
  const N = others.length;
  const sorted = new Float64Array(N);
  for (let i = 0; i < N; i++) sorted[i] = d[others[i]];
  sorted.sort();
  const [sums, squares] = [new Float64Array(N + 1), new Float64Array(N + 1)]; // of the first i
  for (let i = 0; i < N; i++) {
    sums[i + 1] = sums[i] + sorted[i];
    squares[i + 1] = squares[i] + sorted[i] * sorted[i];
  }
  const [starts, limits] = [new Float64Array(N + 1), new Float64Array(N + 1)]; // changes, at i, of what covers a negative
  let [sum, triplets, activePairs] = [0, 0, 0];
  for (const p of own) {
    if (p === anchor) continue;
    const limit = d[p] + margin;
    const from = semiHardOnly ? countUpTo(sorted, d[p], true) : 0;
    const end = countUpTo(sorted, limit, false);
    if (from >= end) continue;
    const n = end - from;
    const near = sums[end] - sums[from];
    triplets += n;
    activePairs++;
    sum += power === 1 ? n * limit - near : n * limit * limit - 2 * limit * near + squares[end] - squares[from];
    dd[p] = power === 1 ? n : 2 * (n * limit - near);
    starts[from]++;
    starts[end]--;
    limits[from] += limit;
    limits[end] -= limit;
  }
  for (let i = 0; i < N; i++) {
    starts[i + 1] += starts[i];
    limits[i + 1] += limits[i];
  }
  for (const n of others) {
    const i = countUpTo(sorted, d[n], false); // all at one distance are covered by the same positives
    dd[n] = power === 1 ? -starts[i] : -2 * (limits[i] - starts[i] * d[n]);
  }
  return { sum, triplets, activePairs };
}

/** How many of an ascending list are below the limit, or at it if `included`. */
function countUpTo(ascending: Float64Array, limit: number, included: boolean): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (included ? ascending[middle] > limit : ascending[middle] >= limit) to = middle;
    else from = middle + 1;
  }
  return from;
}
