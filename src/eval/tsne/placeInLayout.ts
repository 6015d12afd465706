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

/** Options of `placeInLayout`; the defaults are openTSNE's. */
export interface PlaceInLayoutOptions {
  /** The distance of points, which should be that of the layout.
   * @defaultValue `'euclidean'` */
  metric?: Metric;
  /** Approximate number of neighbours of a new point in the layout; from 1 to N.
   * @defaultValue 5 */
  perplexity?: number;
  /** @defaultValue 250 */
  iterations?: number;
  /** Angular width up to which a cell of distant points counts as one, from 0 (exact and slow) to 1.
   * @defaultValue 0.5 */
  angle?: number;
}

const NEIGHBORS = 3; // times the perplexity, as in tsne
const LEARNING_RATE = 0.1;
const MOMENTUM = 0.8;
const EXAGGERATION = 1.5; // pulls points towards their neighbours rather than into the gaps between clusters
const WIDEST = 1e150; // squared distances in a wider layout overflow

/**
 * Places new points z (M,D) in a layout of points x (N,D) that `tsne` made, which is not changed: for example test
 * samples among the training samples, for visualisation.
 *
 * Each y minimises sum_j p_j ln(p_j / q_j): p_j is the similarity of z and x_j, by a Gaussian as wide as `perplexity`
 * neighbours; q_j = w_j / sum_l w_l, w_j = 1 / (1 + |y - y_j|^2). It starts at the median of the positions of its
 * neighbours, and descends with momentum and a gain per coordinate, with p_j multiplied by 1.5. New points do not
 * affect each other: each is placed as if it were alone. A point that is similar to none of x is still placed next to
 * its nearest neighbours. The same arguments give the same bits, with the same backend. Takes N M D time for
 * neighbours.
 *
 * @param z (M,D)
 * @param x (N,D), the points of the layout
 * @param layout (N,2)
 * @returns (M,2), float64
 * @throws ShapeError if the sizes do not fit, DataError for values that are not finite and for a row of zeros, which
 * has no cosine distance, ArgumentError for options out of range and for a layout wider than 1e150
 * @see Poličar, Stražar and Zupan, "Embedding to reference t-SNE space addresses batch effects in single-cell
 * classification", Machine Learning 112, 2023.
 * @example
 *     declare const [training, test]: [Tensor, Tensor];
 *     const steps = [...tsne(training, { random: new Random(1) })];
 *     const places = placeInLayout(test, training, steps[steps.length - 1].layout); // (M,2)
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

/** (M,2) the median coordinates of each point's neighbours. */
function medians(places: Float64Array, { k, index }: Neighbors): Float64Array {
  const found = new Float64Array((index.length / k) * 2);
  for (let to = 0; to < found.length; to++) {
    const from = (to >> 1) * k;
    const own = Float64Array.from(index.subarray(from, from + k), (j) => places[2 * j + (to & 1)]).sort();
    found[to] = (own[(k - 1) >> 1] + own[k >> 1]) / 2;
  }
  return found;
}
