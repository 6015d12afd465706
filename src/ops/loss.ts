import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { asIndices } from '../core/asArrays.ts';
import { checkFields, checkKind, checkOneOf, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';

const crossEntropyOp = defineOp(
  'crossEntropy',
  (logits: Tensor, targets: Int32Array, weights: Tensor | null, smoothing: number) => {
    const k = kernels(logits.dtype);
    const [B, K] = logits.shape;
    const w = weights?.data ?? null;
    const loss = empty([], logits.dtype);
    const probabilities = arena.allocate(logits.dtype, B * K);
    k.crossEntropy(loss.data, probabilities, logits.data, targets, w, smoothing, B, K);
    return {
      inputs: [logits],
      output: loss,
      vjp: (dy, [dx]) => dx && k.crossEntropyBackward(dx, dy, probabilities, targets, w, smoothing, B, K),
    };
  },
);

/**
 * Cross-entropy of a softmax, equation (4) of the DynaECG-Net paper, as a mean over the batch:
 * `-sum of w_y log softmax(logits)_y / sum of w_y`.
 *
 * @param logits (B,K)
 * @param targets class indices (B), 0 to K-1
 * @param options.weights one weight per class (K), so that rare classes count more; ones by default
 * @param options.labelSmoothing fraction of the target that is spread over all classes (Szegedy et al., 2016); 0 by
 * default
 * @throws ShapeError if the sizes do not fit, ArgumentError for a target or option out of range
 */
export function crossEntropy(
  logits: TensorLike,
  targets: ArrayLike<number>,
  options: { weights?: TensorLike; labelSmoothing?: number } = {},
): Tensor {
  const op = 'crossEntropy';
  const t = argument(op, 'logits', logits);
  checkOptions(op, options, [], ['weights', 'labelSmoothing']);
  checkKind(op, 'targets', targets, 'numbers');
  const { labelSmoothing = 0 } = options;
  const { B, K } = expectShape<'B' | 'K'>(op, 'logits (B,K)', t.shape);
  checkRange(op, 'labelSmoothing', labelSmoothing, 0, 1);
  if (B === 0 || targets.length !== B)
    throw new ShapeError(`${op}: expected ${B} targets, at least one, got ${targets.length}`);
  for (let b = 0; b < B; b++)
    if (!Number.isInteger(targets[b]) || targets[b] < 0 || targets[b] >= K)
      throw new ArgumentError(`${op}: expected targets from 0 to ${K - 1}, got ${targets[b]} at position ${b}`);
  const weights = options.weights === undefined ? null : argument(op, 'weights', options.weights);
  if (weights) {
    expectShape(op, 'weights (K)', weights.shape, { K });
    for (const w of weights.data) checkRange(op, 'weights', w, 0);
  }
  if (weights && weights.dtype !== t.dtype)
    throw new ShapeError(`${op}: expected inputs of one dtype, got ${t.dtype} and ${weights.dtype}`);
  if (weights && Array.prototype.every.call(targets, (target) => weights.data[target] === 0))
    throw new ArgumentError(`${op}: expected a weight above 0 for a class among the targets, got 0 for all`);
  return crossEntropyOp(t, Int32Array.from(targets), weights, labelSmoothing);
}

/** Index triples into the rows of a batch: `anchors[i]`, `positives[i]` and `negatives[i]` belong together. */
export interface Triplets {
  anchors: Int32Array;
  positives: Int32Array;
  negatives: Int32Array;
}

/** The power of the hinge in a triplet loss: 1 as in FaceNet and in the DynaECG-Net paper, or 2. */
export type HingePower = 1 | 2;

const tripletHingeOp = defineOp(
  'tripletHinge',
  (distances: Tensor, triplets: Triplets, margin: number, power: HingePower) => {
    const k = kernels(distances.dtype);
    const { anchors, positives, negatives } = triplets;
    const B = distances.shape[0];
    const n = anchors.length;
    const loss = empty([], distances.dtype);
    k.tripletHinge(loss.data, distances.data, anchors, positives, negatives, n, B, margin, power);
    return {
      inputs: [distances],
      output: loss,
      vjp: (dy, [dd]) =>
        dd && k.tripletHingeBackward(dd, dy, distances.data, anchors, positives, negatives, n, B, margin, power),
    };
  },
);

/**
 * Triplet loss (FaceNet: Schroff, Kalenichenko and Philbin, 2015), equation (2) of the DynaECG-Net paper, as a mean
 * over the given triplets: `max(d_ap - d_an + margin, 0)^power`. No triplet gives loss 0 and a zero gradient.
 *
 * @param distances (B,B) between the samples of a batch
 * @param options.power 1 by default, as in equation (2); 2, which is not in the paper, weighs a triplet by how far it
 * is from being satisfied
 * @throws ShapeError if sizes or indices do not fit, ArgumentError for a margin that is negative or NaN, or a power
 * other than 1 and 2
 */
export function tripletHinge(
  distances: TensorLike,
  triplets: Triplets,
  margin: number,
  options: { power?: HingePower } = {},
): Tensor {
  const op = 'tripletHinge';
  const d = argument(op, 'distances', distances);
  expectShape(op, 'distances (B,B)', d.shape);
  checkRange(op, 'margin', margin, 0);
  checkOptions(op, options, [], ['power']);
  const { power = 1 } = options;
  checkOneOf(op, 'power', power, [1, 2]);
  checkFields(op, 'triplets', triplets, { anchors: 'numbers', positives: 'numbers', negatives: 'numbers' });
  const [anchors, positives, negatives] = [triplets.anchors, triplets.positives, triplets.negatives].map((index) =>
    asIndices(op, 'triplets', index),
  );
  if (anchors.length !== positives.length || anchors.length !== negatives.length)
    throw new ShapeError(
      `${op}: expected as many positives and negatives as anchors, got ${anchors.length}, ${positives.length}, ${negatives.length}`,
    );
  for (const index of [anchors, positives, negatives])
    for (let i = 0; i < index.length; i++)
      if (!(index[i] >= 0 && index[i] < d.shape[0]))
        throw new ShapeError(`${op}: expected indices from 0 to ${d.shape[0] - 1}, got ${index[i]} in triplet ${i}`);
  return tripletHingeOp(d, { anchors, positives, negatives }, margin, power);
}
