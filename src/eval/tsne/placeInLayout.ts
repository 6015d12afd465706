import { argument } from '../../autograd/argument.ts';
import { Tensor, type TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkOneOf, checkRange } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../../core/errors.ts';
import { expectShape, formatShape } from '../../core/shape.ts';
import { comparable, METRICS, type Metric, metricNeighbors } from '../neighbors/comparable.ts';
import { checkFinite } from '../neighbors/distanceRows.ts';
import type { Neighbors } from '../neighbors/findNeighbors.ts';
import { widthOf } from '../neighbors/rescale.ts';
import { conditionalAffinities } from './affinities.ts';
import { Motion } from './motion.ts';
import { PlacementGradient } from './placementGradient.ts';

/** How `placeInLayout` goes about it; the defaults are openTSNE's. */
export interface PlaceInLayoutOptions {
  /** The distance of points, which should be that of the layout: `'euclidean'`, the default, or `'cosine'`. */
  metric?: Metric;
  /** How many of the points that are laid out a new one is near to, about; from 1 to N, 5 by default. */
  perplexity?: number;
  /** 250 */
  iterations?: number;
  /** How wide a cell of far points may look and be taken for one, from 0, exact and slow, to 1; 0.5. */
  angle?: number;
}

const NEIGHBORS = 3; // times the perplexity, as in tsne
const LEARNING_RATE = 0.1;
const MOMENTUM = 0.8;
const EXAGGERATION = 1.5; // draws points to their neighbours rather than into the gaps between clusters
const WIDEST = 1e150; // squared distances in a wider layout are no numbers

/**
 * Places new points z (M,D) in a layout of points x (N,D) that `tsne` made, which stays as it is: test samples among the
 * training samples, for looking at.
 *
 * Each y is that which makes sum_j p_j ln(p_j / q_j) small: p_j is how alike z and x_j are, by a Gaussian as wide as
 * `perplexity` neighbours; q_j = w_j / sum_l w_l, w_j = 1 / (1 + |y - y_j|^2). It begins at the median of the places of its
 * neighbours, and descends with momentum and a gain for each number, the p_j taken 1.5 times. New points do not act on each
 * other: each is placed as it would be alone. One that is like none of x is placed next to what it is nearest to, all the
 * same. The same arguments give the same bits, with the same backend. Takes N M D time for neighbours.
 *
 * @param z (M,D)
 * @param x (N,D), the points that are laid out
 * @param layout (N,2)
 * @returns (M,2), float64
 * @throws ShapeError where the sizes do not fit, DataError for values that are not finite and for a row of zeros, which has no
 * cosine distance, ArgumentError for options out of range and for a layout wider than 1e150
 * Source: Poličar, Stražar and Zupan, "Embedding to reference t-SNE space addresses batch effects in single-cell
 * classification", Machine Learning 112, 2023.
 * @example
 * const steps = [...tsne(training, { random: new Random(1) })];
 * const places = placeInLayout(test, training, steps[steps.length - 1].layout); // (M,2)
 */
export function placeInLayout(
  z: TensorLike,
  x: TensorLike,
  layout: TensorLike,
  options: PlaceInLayoutOptions = {},
): Tensor {
  const op = 'placeInLayout';
  const points = argument(op, 'z', z);
  const known = argument(op, 'x', x);
  const places = argument(op, 'layout', layout);
  const { N, D } = expectShape<'N' | 'D'>(op, 'x (N,D)', known.shape);
  if (N < 1 || D < 1)
    throw new ShapeError(`${op}: expected x (N,D) with N >= 1 and D >= 1, got ${formatShape(known.shape)}`);
  const { M } = expectShape<'M' | 'D'>(op, 'z (M,D)', points.shape, { D });
  expectShape(op, 'layout (N,2)', places.shape, { N });
  checkOptions(op, options, [], ['metric', 'perplexity', 'iterations', 'angle']);
  const { metric = 'euclidean', perplexity = 5, iterations = 250, angle = 0.5 } = options;
  checkOneOf(op, 'metric', metric, METRICS);
  checkRange(op, 'perplexity', perplexity, 1, N);
  checkCount(op, 'iterations', iterations, 0);
  checkRange(op, 'angle', angle, 0, 1);
  checkFinite(op, 'z', points);
  checkFinite(op, 'x', known);
  checkFinite(op, 'layout', places);
  const width = widthOf([places]);
  if (width > WIDEST) throw new ArgumentError(`${op}: expected a layout at most ${WIDEST} wide, got ${width}`);

  const [asked, references] = comparable(op, metric, { z: points, x: known });
  const k = Math.min(N, Math.floor(NEIGHBORS * perplexity + 1));
  const neighbors = metricNeighbors(op, metric, references, k, asked);
  const fixed = Float64Array.from(places.data);
  const kl = new PlacementGradient(fixed, neighbors, conditionalAffinities(neighbors, perplexity));
  const found = medians(fixed, neighbors);
  const gradient = new Float64Array(2 * M);
  const motion = new Motion(2 * M);
  for (let n = 0; n < iterations; n++) {
    kl.evaluate(gradient, found, angle, EXAGGERATION);
    motion.move(found, gradient, LEARNING_RATE, MOMENTUM);
  }
  return new Tensor(found, [M, 2]);
}

/** (M,2) the medians of both coordinates of each point's neighbours. */
function medians(places: Float64Array, { k, index }: Neighbors): Float64Array {
  const found = new Float64Array((index.length / k) * 2);
  for (let to = 0; to < found.length; to++) {
    const from = (to >> 1) * k;
    const own = Float64Array.from(index.subarray(from, from + k), (j) => places[2 * j + (to & 1)]).sort();
    found[to] = (own[(k - 1) >> 1] + own[k >> 1]) / 2;
  }
  return found;
}
