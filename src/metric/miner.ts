import { argument } from '../autograd/argument.ts';
import type { TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { asInt32Labels } from '../core/asArrays.ts';
import { checkRange } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import type { Kernels } from '../kernels/types.ts';
import type { Triplets } from '../ops/loss.ts';

/**
 * Selects triplets of a batch from the distances (B,B) between its samples and their labels (B): index triples whose
 * anchor and positive have the same label and whose negative has another. `tripletLoss` accepts other arrays of whole
 * numbers, too.
 *
 * The miners of this library throw ShapeError if sizes do not fit, DataError for a NaN distance, which would be in no
 * triplet, and ArgumentError for a margin that is negative or NaN, for a label that is not a 32-bit whole number, and
 * for a batch with more than 2^29 triplets.
 */
export type Miner = (distances: TensorLike, labels: ArrayLike<number>, margin: number) => Triplets;

/** Most triplets of a batch: each of the three index arrays is then 2 GB, the limit of JavaScript engines. */
const MOST_TRIPLETS = 2 ** 29;

function miner(op: string, kernel: Extract<keyof Kernels, `mine${string}`>): Miner {
  return (distances, labels, margin) => {
    const d = argument(op, 'distances', distances);
    const { B } = expectShape<'B'>(op, 'distances (B,B)', d.shape);
    checkRange(op, 'margin', margin, 0);
    checkLabels(op, 'labels', labels, B);
    const y = asInt32Labels(op, labels);
    const lost = firstNaN(d.data);
    if (lost >= 0)
      throw new DataError(
        `${op}: expected distances other than NaN, got NaN from sample ${Math.floor(lost / B)} to ${lost % B}`,
      );
    const mine = kernels(d.dtype)[kernel];
    const n = mostOf[kernel]?.(y) ?? mine(null, null, null, d.data, y, B, margin);
    if (n > MOST_TRIPLETS)
      throw new ArgumentError(
        `${op}: expected at most ${MOST_TRIPLETS} triplets, such as of a batch of ` +
          `${Math.floor(B * (MOST_TRIPLETS / n) ** (1 / 3))} with the same class proportions, got ${n} of ${B} samples`,
      );
    const found = {
      anchors: arena.allocate('int32', n),
      positives: arena.allocate('int32', n),
      negatives: arena.allocate('int32', n),
    };
    const mined = mine(found.anchors, found.positives, found.negatives, d.data, y, B, margin);
    if (mined === n) return found;
    const { anchors, positives, negatives } = found;
    return {
      anchors: anchors.subarray(0, mined),
      positives: positives.subarray(0, mined),
      negatives: negatives.subarray(0, mined),
    };
  };
}

/** The position of the first NaN, -1 if there is none: a tenth of the time of `findIndex`, for millions of distances. */
function firstNaN(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) return i;
  return -1;
}

/** Triplets that a miner finds at most, where that is known without counting and not many times what it finds. */
const mostOf: Partial<Record<keyof Kernels, (labels: Int32Array) => number>> = {
  mineAllTriplets: possibleTriplets,
  mineBatchHard: (labels) => labels.length,
  mineNearestSemiHard: anchorPositivePairs,
  mineSemiHardOrFarthest: anchorPositivePairs,
};

/** Every triplet with `d_ap < d_an < d_ap + margin`, the band of FaceNet (Schroff, Kalenichenko and Philbin, 2015). */
export const semiHard: Miner = /* @__PURE__ */ miner('semiHard', 'mineSemiHard');

/** Only the nearest negative inside that band for each anchor-positive pair; no triplet for a pair without one. */
export const nearestSemiHard: Miner = /* @__PURE__ */ miner('nearestSemiHard', 'mineNearestSemiHard');

/**
 * Every triplet with a loss above 0, `d_an < d_ap + margin`: the semi-hard ones, `d_ap < d_an`, and the hard ones,
 * which FaceNet (Schroff, Kalenichenko and Philbin, 2015) leaves out.
 *
 * @throws ShapeError if sizes do not fit, ArgumentError for a label that is not whole or a margin that is negative or
 * NaN
 * @example
 *     declare const [distances, labels]: [Tensor, Int32Array];
 *     const { anchors, positives, negatives } = violating(distances, labels, 0.2);
 */
export const violating: Miner = /* @__PURE__ */ miner('violating', 'mineViolating');

/**
 * For each anchor-positive pair the nearest negative with `d_an > d_ap`, however far away, or, if there is none, the
 * farthest negative: the negatives of TensorFlow Addons' `triplet_semihard_loss`. Ties go to the first, and the margin
 * is ignored. A pair without a negative gives no triplet.
 *
 * @throws ShapeError if sizes do not fit, ArgumentError for a label that is not whole or a margin that is negative or
 * NaN
 */
export const semiHardOrFarthest: Miner = /* @__PURE__ */ miner('semiHardOrFarthest', 'mineSemiHardOrFarthest');

/**
 * For each anchor its farthest positive and its nearest negative (Hermans, Beyer and Leibe, 2017); the margin is
 * ignored.
 */
export const batchHard: Miner = /* @__PURE__ */ miner('batchHard', 'mineBatchHard');

/** Every triplet of the batch; the margin is ignored. */
export const allTriplets: Miner = /* @__PURE__ */ miner('allTriplets', 'mineAllTriplets');

/** Number of ordered anchor-positive pairs: the sum over labels of n (n - 1). */
export function anchorPositivePairs(labels: ArrayLike<number>): number {
  return occurrences('anchorPositivePairs', labels).reduce((pairs, n) => pairs + n * (n - 1), 0);
}

/** Number of all triplets among B samples, those that `allTriplets` finds: the sum over labels of n (n - 1) (B - n). */
export function possibleTriplets(labels: ArrayLike<number>): number {
  return occurrences('possibleTriplets', labels).reduce(
    (triplets, n) => triplets + n * (n - 1) * (labels.length - n),
    0,
  );
}

/** Number of occurrences of each label. */
function occurrences(op: string, labels: ArrayLike<number>): number[] {
  checkLabels(op, 'labels', labels);
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  return [...counts.values()];
}
