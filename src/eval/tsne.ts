import { argument, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkOptions, checkRange, formatValue } from '../core/check.ts';
import { ArgumentError, ShapeError, TrainingError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { jointAffinities } from './affinities.ts';
import { checkFinite } from './distanceRows.ts';
import { nearestNeighbors } from './nearestNeighbors.ts';
import { principalComponents } from './principalComponents.ts';
import { TsneGradient } from './tsneGradient.ts';

/** How `tsne` goes about it; the defaults are those of scikit-learn. */
export interface TsneOptions {
  /** Drawn from for the layout that it begins with, where that is random or x has no two directions. */
  random: Random;
  /** How many neighbours a point has, about: 2 to the entropy of its affinities; from 1 to N - 1, 30 by default. */
  perplexity?: number;
  /** 1000 */
  iterations?: number;
  /** What affinities are multiplied by in the first iterations, so that clusters form; 12. */
  earlyExaggeration?: number;
  /** These first iterations; 250. */
  exaggerationIterations?: number;
  /** `'auto'`, the default, is N / earlyExaggeration / 4, and 50 at least. */
  learningRate?: number | 'auto';
  /** How wide a cell of far points may look and be taken for one, from 0, exact and slow, to 1; 0.5. */
  angle?: number;
  /**
   * The layout to begin with: the first two principal components, the default; normal numbers; both with a deviation of
   * 1e-4 (of the first component); or a layout (N,2).
   */
  init?: 'pca' | 'random' | TensorLike;
  /** It ends where the gradient is no longer than that; 1e-7. */
  minGradNorm?: number;
  /** It ends where so many iterations have not brought the divergence below its least; 300. */
  iterationsWithoutProgress?: number;
}

/** The layout as it moves. */
export interface TsneStep {
  /** Counted from 1. */
  iteration: number;
  /** (N,2), float64; a copy, which stays as it is. */
  layout: Tensor;
  /** |dKL/dy|, with exaggerated affinities as long as they are, of the layout that this iteration began with. */
  gradientNorm: number;
  /** KL of that layout, never exaggerated; null but in each 50th iteration and in the last, as it takes time. */
  klDivergence: number | null;
}

/** What `tsne` returns when it is done. */
export interface TsneResult {
  /** (N,2), float64 */
  layout: Tensor;
  /** of this layout */
  klDivergence: number;
  /** how many there were */
  iterations: number;
}

// Constants of scikit-learn, and of van der Maaten's code before it.
const CHECK = 50; // iterations from one look at the divergence to the next
const NEIGHBORS = 3; // times the perplexity: affinities beyond are next to nothing
const DEVIATION = 1e-4; // of the layout at the beginning
const EARLY_MOMENTUM = 0.5;
const MOMENTUM = 0.8;
const GAIN_STEP = 0.2;
const GAIN_DECAY = 0.8;
const MIN_GAIN = 0.01;
const MIN_LEARNING_RATE = 50;

/** What part of the first variance the second must be for there to be a second direction and not rounding. */
const FLAT = 1e-12;

/**
 * t-SNE: a layout of points x (N,D) in the plane that keeps neighbours together, for looking at.
 *
 * It is the y that makes KL = sum_ij p_ij ln(p_ij / q_ij) small: p_ij is how alike x_i and x_j are, by Gaussians as wide
 * as `perplexity` neighbours; q_ij = w_ij / sum of all w, w_ij = 1 / (1 + |y_i - y_j|^2). Gradients are Barnes and Hut's
 * approximation, N log N; neighbours are exact, N^2 D. Descent has momentum and a gain for each number. Each iteration is
 * a step of the generator:
 *
 *     for (const { iteration, layout } of tsne(embeddings, { random: new Random(1) })) draw(layout);
 *
 * Nothing happens until it is iterated over. The affinities are computed before the first step. Distances between clusters and their sizes mean little; see
 * Wattenberg et al., "How to Use t-SNE Effectively", Distill, 2016. Equal points keep their places upon each other.
 *
 * It descends as scikit-learn's TSNE (`method='barnes_hut'`) does, momentum and gains beginning anew after the
 * exaggeration, but in float64, with the gradient without its gains for `minGradNorm`, and looks for a reason to stop only
 * after the exaggeration. The same seed gives the same bits, with the same backend.
 *
 * @param x (N,D), at least 2 points
 * @returns after the last step, the layout and its divergence
 * @throws ShapeError for what is no (N,D), DataError for values that are not finite, ArgumentError for options out of
 * range and for distances that x's dtype cannot hold; TrainingError where a layout goes to infinity, as with a learning
 * rate too large
 * Source: van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008; van der Maaten, "Accelerating t-SNE
 * using Tree-Based Algorithms", JMLR 15, 2014; the learning rate and the beginning, Kobak and Berens, "The art of using
 * t-SNE for single-cell transcriptomics", Nature Communications 10, 2019.
 */
export function tsne(x: TensorLike, options: TsneOptions): Generator<TsneStep, TsneResult, void> {
  const points = argument('tsne', 'x', x);
  const { N, D } = expectShape<'N' | 'D'>('tsne', 'x (N,D)', points.shape);
  if (N < 2 || D < 1)
    throw new ShapeError(`tsne: expected x (N,D) with N >= 2 and D >= 1, got ${formatShape(points.shape)}`);
  checkFinite('tsne', 'x', points);
  return descend(points, settle(options, N));
}

const OPTIONAL = [
  'perplexity',
  'iterations',
  'earlyExaggeration',
  'exaggerationIterations',
  'learningRate',
  'angle',
  'init',
  'minGradNorm',
  'iterationsWithoutProgress',
];

type Settled = Required<TsneOptions> & { learningRate: number; init: 'pca' | 'random' | Tensor };

/** All options, checked. */
function settle(options: TsneOptions, N: number): Settled {
  checkOptions('tsne', options, ['random'], OPTIONAL);
  const {
    random,
    perplexity = 30,
    iterations = 1000,
    earlyExaggeration = 12,
    exaggerationIterations = 250,
    learningRate = 'auto',
    angle = 0.5,
    init = 'pca',
    minGradNorm = 1e-7,
    iterationsWithoutProgress = 300,
  } = options;
  checkKind('tsne', 'random', random, 'random');
  checkRange('tsne', 'perplexity', perplexity, 1);
  if (perplexity >= N)
    throw new ArgumentError(`tsne: expected perplexity less than the number of points, ${N}, got ${perplexity}`);
  checkCount('tsne', 'iterations', iterations, 1);
  checkRange('tsne', 'earlyExaggeration', earlyExaggeration, 1);
  checkCount('tsne', 'exaggerationIterations', exaggerationIterations, 0);
  if (
    learningRate !== 'auto' &&
    !(typeof learningRate === 'number' && learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)
  )
    throw new ArgumentError(
      `tsne: expected learningRate 'auto' or a finite number > 0, got ${formatValue(learningRate)}`,
    );
  checkRange('tsne', 'angle', angle, 0, 1);
  checkRange('tsne', 'minGradNorm', minGradNorm, 0);
  checkCount('tsne', 'iterationsWithoutProgress', iterationsWithoutProgress, 0);
  return {
    random,
    perplexity,
    iterations,
    earlyExaggeration,
    exaggerationIterations,
    learningRate: learningRate === 'auto' ? Math.max(N / earlyExaggeration / 4, MIN_LEARNING_RATE) : learningRate,
    angle,
    init: checkInit(init, N),
    minGradNorm,
    iterationsWithoutProgress,
  };
}

function checkInit(init: 'pca' | 'random' | TensorLike, N: number): 'pca' | 'random' | Tensor {
  if (init === 'pca' || init === 'random') return init;
  if (typeof init !== 'object')
    throw new ArgumentError(`tsne: expected init 'pca', 'random' or a layout (N,2), got ${formatValue(init)}`);
  const layout = argument('tsne', 'init', init);
  expectShape('tsne', 'init (N,2)', layout.shape, { N });
  checkFinite('tsne', 'init', layout);
  return layout;
}

function* descend(x: Tensor, options: Settled): Generator<TsneStep, TsneResult, void> {
  const { perplexity, iterations, earlyExaggeration, exaggerationIterations, learningRate, angle } = options;
  const N = x.shape[0];
  const k = Math.min(N - 1, Math.floor(NEIGHBORS * perplexity + 1));
  const kl = new TsneGradient(jointAffinities(nearestNeighbors('tsne', x, k), perplexity));
  const layout = firstLayout(x, options);
  const gradient = new Float64Array(2 * N);
  const motion = new Motion(2 * N);
  let iteration = 0;
  let least = Number.POSITIVE_INFINITY;
  let leastAt = 0;
  while (iteration < iterations) {
    const exaggerated = iteration < exaggerationIterations;
    if (iteration === exaggerationIterations) motion.stop();
    const z = kl.evaluate(gradient, layout, angle, exaggerated ? earlyExaggeration : 1);
    const gradientNorm = norm(gradient);
    iteration++;
    const looked = iteration % CHECK === 0 || iteration === iterations;
    const klDivergence = looked ? kl.divergence(layout, z) : null;
    const reach = motion.move(layout, gradient, learningRate, exaggerated ? EARLY_MOMENTUM : MOMENTUM);
    if (!Number.isFinite(reach))
      throw new TrainingError(`tsne: expected a layout of finite numbers, got ${reach} in iteration ${iteration}`);
    yield { iteration, layout: new Tensor(layout.slice(), [N, 2]), gradientNorm, klDivergence };
    if (klDivergence === null || exaggerated) continue;
    if (klDivergence < least) {
      least = klDivergence;
      leastAt = iteration;
    }
    if (iteration - leastAt > options.iterationsWithoutProgress || gradientNorm <= options.minGradNorm) break;
  }
  const klDivergence = kl.divergence(layout, kl.evaluate(gradient, layout, angle));
  return { layout: new Tensor(layout, [N, 2]), klDivergence, iterations: iteration };
}

/** (N,2) */
function firstLayout(x: Tensor, { init, random }: Settled): Float64Array {
  if (init instanceof Tensor) return Float64Array.from(init.data);
  const layout = Float64Array.from({ length: 2 * x.shape[0] }, () => random.normal(0, DEVIATION));
  if (init === 'random') return layout;
  // What lies on a line would never leave it: a direction that x does not have stays random.
  const { scores, variances } = principalComponents(x);
  const scale = DEVIATION / Math.sqrt(variances[0]);
  for (let c = 0; c < 2; c++)
    if (variances[c] > FLAT * variances[0]) for (let i = c; i < scores.length; i += 2) layout[i] = scores[i] * scale;
  return layout;
}

/**
 * Descent with momentum, and with a gain for each number that grows while it goes on in one direction (Jacobs,
 * "Increased rates of convergence through learning rate adaptation", Neural Networks 1, 1988).
 */
class Motion {
  readonly #update: Float64Array;
  readonly #gain: Float64Array;

  constructor(n: number) {
    this.#update = new Float64Array(n);
    this.#gain = new Float64Array(n).fill(1);
  }

  stop(): void {
    this.#update.fill(0);
    this.#gain.fill(1);
  }

  /** Moves the layout; the largest of its numbers, without sign. */
  move(layout: Float64Array, gradient: Float64Array, learningRate: number, momentum: number): number {
    const update = this.#update;
    const gain = this.#gain;
    let reach = 0;
    for (let i = 0; i < layout.length; i++) {
      const along = update[i] * gradient[i] < 0; // an update goes against the gradient
      gain[i] = Math.max(along ? gain[i] + GAIN_STEP : gain[i] * GAIN_DECAY, MIN_GAIN);
      update[i] = momentum * update[i] - learningRate * gain[i] * gradient[i];
      layout[i] += update[i];
      reach = Math.max(reach, Math.abs(layout[i])); // NaN stays
    }
    return reach;
  }
}

function norm(v: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += v[i] * v[i];
  return Math.sqrt(squares);
}
