import { argument, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkKind, checkLabels, checkRange } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import type { Kernels } from '../kernels/types.ts';
import type { Triplets } from '../ops/loss.ts';

/**
 * Chooses triplets of a batch: from the distances (B,B) between its samples and their labels (B), index triples with
 * anchor and positive of one label and the negative of another.
 */
export type Miner = (distances: TensorLike, labels: ArrayLike<number>, margin: number) => Triplets;

function miner(op: string, kernel: Extract<keyof Kernels, `mine${string}`>): Miner {
  return (distances, labels, margin) => {
    const d = argument(op, 'distances', distances);
    checkKind(op, 'labels', labels, 'numbers');
    const { B } = expectShape<'B'>(op, 'distances (B,B)', d.shape);
    checkRange(op, 'margin', margin, 0);
    if (labels.length !== B) throw new ShapeError(`${op}: expected ${B} labels, got ${labels.length}`);
    for (let i = 0; i < B; i++)
      if (!Number.isInteger(labels[i]))
        throw new ArgumentError(`${op}: expected whole labels, got ${labels[i]} at position ${i}`);
    const mine = kernels(d.dtype)[kernel];
    const y = Int32Array.from(labels);
    const n = mine(null, null, null, d.data, y, B, margin);
    const found = {
      anchors: arena.allocate('int32', n),
      positives: arena.allocate('int32', n),
      negatives: arena.allocate('int32', n),
    };
    mine(found.anchors, found.positives, found.negatives, d.data, y, B, margin);
    return found;
  };
}

/** Every triplet with `d_ap < d_an < d_ap + margin`, the band of FaceNet (Schroff, Kalenichenko and Philbin, 2015). */
export const semiHard: Miner = /* @__PURE__ */ miner('semiHard', 'mineSemiHard');

/** For each anchor-positive pair only the nearest negative inside that band; no triplet for a pair without one. */
export const nearestSemiHard: Miner = /* @__PURE__ */ miner('nearestSemiHard', 'mineNearestSemiHard');

/**
 * Every triplet with a loss above 0, `d_an < d_ap + margin`: the semi-hard ones, `d_ap < d_an`, and the hard ones, which
 * FaceNet (Schroff, Kalenichenko and Philbin, 2015) leaves out.
 *
 * @throws ShapeError where sizes do not fit, ArgumentError for a label that is not whole or a margin that is negative or
 * NaN
 */
export const violating: Miner = /* @__PURE__ */ miner('violating', 'mineViolating');

/**
 * For each anchor-positive pair the nearest negative with `d_an > d_ap`, however far it is, or where there is none the
 * farthest negative: the negatives of TensorFlow Addons' `triplet_semihard_loss`. The first of equal ones is taken, and
 * no margin is needed. A pair without a negative gives no triplet.
 *
 * @throws ShapeError where sizes do not fit, ArgumentError for a label that is not whole or a margin that is negative or
 * NaN
 */
export const semiHardOrFarthest: Miner = /* @__PURE__ */ miner('semiHardOrFarthest', 'mineSemiHardOrFarthest');

/** For each anchor its farthest positive and its nearest negative (Hermans, Beyer and Leibe, 2017); no margin needed. */
export const batchHard: Miner = /* @__PURE__ */ miner('batchHard', 'mineBatchHard');

/** Every triplet there is; no margin needed. */
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

/** How often each label occurs. */
function occurrences(op: string, labels: ArrayLike<number>): number[] {
  checkLabels(op, 'labels', labels);
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  return [...counts.values()];
}
