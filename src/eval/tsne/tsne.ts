import { argument } from '../../autograd/argument.ts';
import { Tensor, type TensorLike } from '../../autograd/tensor.ts';
import { ShapeError, TrainingError } from '../../core/errors.ts';
import { expectShape, formatShape } from '../../core/shape.ts';
import { fitComponents, scoresOf } from '../components/principalComponents.ts';
import { comparable, metricNeighbors } from '../neighbors/comparable.ts';
import { checkFinite } from '../neighbors/distanceRows.ts';
import { widthOf } from '../neighbors/rescale.ts';
import { jointAffinities } from './affinities.ts';
import { TsneGradient } from './gradient.ts';
import { Motion } from './motion.ts';
import { type Settled, settle, type TsneOptions } from './options.ts';

/** The layout after one iteration. */
export interface TsneStep {
  /** Counted from 1. */
  iteration: number;
  /** (N,2), float64; a copy that does not change */
  layout: Tensor;
  /** |dKL/dy|, with exaggerated affinities while they are, for the layout at the start of this iteration. */
  gradientNorm: number;
  /** KL of that layout, never exaggerated; null except in every 50th iteration and the last, since it takes time. */
  klDivergence: number | null;
}

/** The result of `tsne`. */
export interface TsneResult {
  /** (N,2), float64 */
  layout: Tensor;
  /** of the final layout */
  klDivergence: number;
  /** number of iterations done */
  iterations: number;
  /**
   * Whether all points are within 0.001 of each other although there is some structure, closer than initially or if it
   * stopped before the last iteration; `warn` is called, too.
   */
  collapsed: boolean;
}

// Constants of scikit-learn, and of van der Maaten's code before it.
const CHECK = 50; // iterations between checks of the divergence
const NEIGHBORS = 3; // times the perplexity: affinities beyond are negligible
const DEVIATION = 1e-4; // of the initial layout
const EARLY_MOMENTUM = 0.5;
const MOMENTUM = 0.8;
const STILL = 1e-7; // gradient norm at which the exaggeration ends

/** If all points are that close to each other, every q_ij is the same to 1e-6, and the layout shows nothing. */
const POINT = 1e-3;
/** The divergence from which there is structure to show: that of a point is less if all are equally far apart. */
const SHOWN = 1e-3;

/**
 * The fraction of the first variance that the second must be for there to be a second direction, not rounding errors.
 */
const FLAT = 1e-12;

/**
 * t-SNE: a layout of points x (N,D) in the plane that keeps neighbours together, for visualisation.
 *
 * It minimises KL = sum_ij p_ij ln(p_ij / q_ij) over y: p_ij is the similarity of x_i and x_j, by Gaussians as wide as
 * `perplexity` neighbours; q_ij = w_ij / sum of all w, w_ij = 1 / (1 + |y_i - y_j|^2). Gradients use Barnes and Hut's
 * approximation, N log N; neighbours are exact, N^2 D. Descent has momentum and a gain per coordinate. Each iteration
 * is a step of the generator:
 *
 *     for (const { iteration, layout } of tsne(embeddings, { random: new Random(1) })) draw(layout);
 *
 * Nothing happens until it is iterated over. The affinities are computed before the first step. Distances between
 * clusters and their sizes mean little; see Wattenberg et al., "How to Use t-SNE Effectively", Distill, 2016. Finite
 * numbers of any size are accepted. Ties between neighbours are broken at random, so that the order of rows never
 * shows: many equal points become a round cloud without structure. `placeInLayout` adds points to a layout.
 *
 * It descends like scikit-learn's TSNE (`method='barnes_hut'`), with momentum and gains reset after the exaggeration,
 * but in float64, with the gradient without its gains for `minGradNorm`, and checks for a reason to stop only after the
 * exaggeration. The exaggeration contracts points that are about equally far apart until the gradient is negligible;
 * there it ends early. A layout that collapses into a point nevertheless causes a warning. The same seed gives the same
 * bits, with the same backend.
 *
 * @param x (N,D), at least 2 points
 * @returns after the last step, the layout and its divergence
 * @throws ShapeError unless x is (N,D), DataError for values that are not finite and for a row of zeros, which has no
 * cosine distance, ArgumentError for options out of range; TrainingError if a layout diverges, such as with too large a
 * learning rate
 * @see van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008; van der Maaten, "Accelerating t-SNE
 * using Tree-Based Algorithms", JMLR 15, 2014; the learning rate and the initial layout, Kobak and Berens, "The art of
 * using t-SNE for single-cell transcriptomics", Nature Communications 10, 2019
 * @example
 *     declare const embeddings: Tensor; // (N,D)
 *     for (const { iteration, layout } of tsne(embeddings, { random: new Random(1) })) {
 *       if (iteration % 50 === 0) console.log(layout.toArray());
 *     }
 */
export function tsne(x: TensorLike, options: TsneOptions): Generator<TsneStep, TsneResult, void> {
  const points = argument('tsne', 'x', x);
  const { N, D } = expectShape<'N' | 'D'>('tsne', 'x (N,D)', points.shape);
  if (N < 2 || D < 1)
    throw new ShapeError(`tsne: expected x (N,D) with N >= 2 and D >= 1, got ${formatShape(points.shape)}`);
  checkFinite('tsne', 'x', points);
  const settled = settle(options, N);
  return descend(comparable('tsne', settled.metric, { x: points })[0], settled);
}

function* descend(x: Tensor, options: Settled): Generator<TsneStep, TsneResult, void> {
  const { metric, perplexity, iterations, earlyExaggeration, learningRate, angle, minGradNorm, warn } = options;
  const N = x.shape[0];
  const k = Math.min(N - 1, Math.floor(NEIGHBORS * perplexity + 1));
  const kl = new TsneGradient(jointAffinities(metricNeighbors('tsne', metric, x, k), perplexity));
  const layout = firstLayout(x, options);
  const beginning = width(layout);
  const gradient = new Float64Array(2 * N);
  const motion = new Motion(2 * N);
  let iteration = 0;
  let exaggerationEnd = options.exaggerationIterations;
  let least = Number.POSITIVE_INFINITY;
  let leastAt = 0;
  while (iteration < iterations) {
    const exaggerated = iteration < exaggerationEnd;
    if (iteration === exaggerationEnd) motion.stop();
    const z = kl.evaluate(gradient, layout, angle, exaggerated ? earlyExaggeration : 1);
    const gradientNorm = norm(gradient);
    iteration++;
    const looked = iteration % CHECK === 0 || iteration === iterations;
    const klDivergence = looked ? kl.divergence(layout, z) : null;
    const reach = motion.move(layout, gradient, learningRate, exaggerated ? EARLY_MOMENTUM : MOMENTUM);
    if (!Number.isFinite(reach))
      throw new TrainingError(`tsne: expected a layout of finite numbers, got ${reach} in iteration ${iteration}`);
    yield { iteration, layout: new Tensor(layout.slice(), [N, 2]), gradientNorm, klDivergence };
    if (klDivergence === null) continue;
    if (exaggerated) {
      // Points about equally far apart contract until only rounding errors distinguish them.
      if (gradientNorm <= Math.max(minGradNorm, STILL)) exaggerationEnd = iteration;
      continue;
    }
    if (klDivergence < least) {
      least = klDivergence;
      leastAt = iteration;
    }
    if (iteration - leastAt > options.iterationsWithoutProgress || gradientNorm <= minGradNorm) break;
  }
  const klDivergence = kl.divergence(layout, kl.evaluate(gradient, layout, angle));
  const end = width(layout);
  const collapsed = end < POINT && (end < beginning || iteration < iterations) && klDivergence > SHOWN;
  if (collapsed)
    warn(
      `tsne: the layout has collapsed into a point after iteration ${iteration}: ${end} wide, divergence ${klDivergence}. ` +
        `Try a smaller earlyExaggeration, fewer exaggerationIterations or a smaller minGradNorm.`,
    );
  return { layout: new Tensor(layout, [N, 2]), klDivergence, iterations: iteration, collapsed };
}

const width = (layout: Float64Array): number => widthOf([new Tensor(layout, [layout.length / 2, 2])]);

/** (N,2) */
function firstLayout(x: Tensor, { init, random }: Settled): Float64Array {
  if (init instanceof Tensor) return Float64Array.from(init.data);
  const [N, D] = x.shape;
  const layout = Float64Array.from({ length: 2 * N }, () => random.normal(0, DEVIATION));
  if (init === 'random') return layout;
  // Points on a line would never leave it: a direction that x does not have stays random.
  const { mean, components, explainedVariance } = fitComponents(x, Math.min(2, D));
  const scores = scoresOf(x, mean, components).data;
  const K = explainedVariance.length;
  const scale = DEVIATION / Math.sqrt((explainedVariance[0] * (N - 1)) / N);
  for (let c = 0; c < K; c++)
    if (explainedVariance[c] > FLAT * explainedVariance[0])
      for (let i = 0; i < N; i++) layout[2 * i + c] = scores[i * K + c] * scale;
  return layout;
}

function norm(v: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += v[i] * v[i];
  return Math.sqrt(squares);
}
