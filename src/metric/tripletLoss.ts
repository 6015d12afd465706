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

/** Distances (M,N) between the rows of a (M,D) and b (N,D), by default a itself; an op with a gradient. */
export type Distance = (a: TensorLike, b?: TensorLike) => Tensor;

/** Throws unless what a `Distance` gave is a tensor of this shape. */
export function checkDistances(op: string, distances: unknown, shape: Shape): void {
  if (!(distances instanceof Tensor))
    throw new ArgumentError(`${op}: expected distance to give a Tensor, got ${formatValue(distances)}`);
  if (!sameShape(distances.shape, shape))
    throw new ShapeError(`${op}: expected distance to give ${formatShape(shape)}, got ${formatShape(distances.shape)}`);
}

/** What a triplet loss is made of; each part can be replaced. */
export interface TripletLossOptions {
  /** squared Euclidean by default, as in equation (2) */
  distance?: Distance;
  /** every `violating` triplet by default */
  miner?: Miner;
  margin: number;
  /** of the hinge: 1 by default, as in equation (2), or 2 */
  power?: HingePower;
}

/** A batch's triplet loss together with what was mined for it. */
export interface TripletLoss {
  /** the mean of max(d_ap - d_an + margin, 0)^power over the triplets; 0 with a zero gradient where there is none */
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
 * @throws ShapeError where labels and embeddings differ in number, or `distance` or `miner` give what does not fit;
 * ArgumentError for a margin that is negative or NaN, or a power other than 1 and 2; and what the miner throws
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
