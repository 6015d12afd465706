import { argument } from '../autograd/argument.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { asIndices, asInt32Labels } from '../core/asArrays.ts';
import { checkFields, checkKind, checkOneOf, checkRange, formatValue } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape, type Shape, sameShape } from '../core/shape.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';
import { type HingePower, type Triplets, tripletHinge } from '../ops/loss.ts';
import { anchorPositivePairs, type Miner, possibleTriplets, violating } from './miner.ts';

/** Distances (M,N) between the rows of a (M,D) and b (N,D), b being a by default; an op with a gradient. */
export type Distance = (a: TensorLike, b?: TensorLike) => Tensor;

/** Throws unless a `Distance` returned a tensor of this shape. */
export function checkDistances(op: string, distances: unknown, shape: Shape): void {
  if (!(distances instanceof Tensor))
    throw new ArgumentError(`${op}: expected distance to return a Tensor, got ${formatValue(distances)}`);
  if (!sameShape(distances.shape, shape))
    throw new ShapeError(
      `${op}: expected distance to return ${formatShape(shape)}, got ${formatShape(distances.shape)}`,
    );
}

/** Options of the triplet loss; each part can be replaced. */
export interface TripletLossOptions {
  /** @defaultValue squared Euclidean, as in equation (2) */
  distance?: Distance;
  /** @defaultValue `violating`, every violating triplet */
  miner?: Miner;
  margin: number;
  /** power of the hinge: 1, as in equation (2), or 2
   * @defaultValue 1 */
  power?: HingePower;
}

/** The triplet loss of a batch, and the triplets mined for it. */
export interface TripletLoss {
  /** the mean of max(d_ap - d_an + margin, 0)^power over the triplets; 0 with a zero gradient if there is none */
  loss: Tensor;
  /** (B,B) */
  distances: Tensor;
  triplets: Triplets;
  /** anchor-positive pairs in the batch */
  pairs: number;
  /** all triplets in the batch, mined or not */
  possible: number;
}

/**
 * Triplet loss with mining on one batch: the distances are computed once, mined, and differentiated.
 *
 * @throws ShapeError if labels and embeddings differ in number, or the results of `distance` or `miner` do not fit;
 * ArgumentError for a margin that is negative or NaN, or a power other than 1 and 2; and whatever the miner throws
 * @example
 *     declare const [model, x, labels]: [Embedder, Tensor, Int32Array];
 *     const { loss, triplets } = tripletLoss(model.forward(x), labels, { margin: 0.2, miner: semiHard });
 *     backward(loss);
 */
export function tripletLoss(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: TripletLossOptions,
): TripletLoss {
  const op = 'tripletLoss';
  checkOptions(op, options, ['margin'], ['distance', 'miner', 'power']);
  const { distance = pairwiseSquaredEuclidean, miner = violating, margin, power } = options;
  checkKind(op, 'distance', distance, 'function');
  checkKind(op, 'miner', miner, 'function');
  checkRange(op, 'margin', margin, 0);
  if (power !== undefined) checkOneOf(op, 'power', power, [1, 2]);
  const z = argument(op, 'embeddings', embeddings);
  checkLabels(op, 'labels', labels);
  asInt32Labels(op, labels);
  if (z.shape[0] !== labels.length)
    throw new ShapeError(`tripletLoss: expected ${labels.length} embeddings, got ${formatShape(z.shape)}`);
  const distances = distance(z);
  checkDistances(op, distances, [labels.length, labels.length]);
  const mined = miner(distances.detach(), labels, margin);
  checkFields(op, 'triplets', mined, { anchors: 'numbers', positives: 'numbers', negatives: 'numbers' });
  const triplets = {
    anchors: asIndices(op, 'anchors', mined.anchors),
    positives: asIndices(op, 'positives', mined.positives),
    negatives: asIndices(op, 'negatives', mined.negatives),
  };
  return {
    loss: tripletHinge(distances, triplets, margin, { power }),
    distances,
    triplets,
    pairs: anchorPositivePairs(labels),
    possible: possibleTriplets(labels),
  };
}
