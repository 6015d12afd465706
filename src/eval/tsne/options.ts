import { argument } from '../../autograd/argument.ts';
import type { Tensor, TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkKind, checkOneOf, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { expectShape } from '../../core/shape.ts';
import { warnOnConsole } from '../../core/warn.ts';
import { METRICS } from '../neighbors/comparable.ts';
import { checkFinite } from '../neighbors/distanceRows.ts';

/** Options of `tsne`; the defaults are those of scikit-learn. */
export interface TsneOptions {
  /** Generator of the initial layout, if that is random or x has fewer than two directions. */
  random: Random;
  /**
   * The distance of points: Euclidean, or cosine, 1 - x_i . x_j / (|x_i| |x_j|). Gaussians use its square in either
   * case; with `'cosine'` the principal components are those of points at unit length.
   * @defaultValue `'euclidean'`
   */
  metric?: 'euclidean' | 'cosine';
  /** Approximate number of neighbours of a point: 2 to the entropy of its affinities; from 1 to N - 1.
   * @defaultValue 30 */
  perplexity?: number;
  /** @defaultValue 1000 */
  iterations?: number;
  /** Factor on the affinities in the first iterations, so that clusters form.
   * @defaultValue 12 */
  earlyExaggeration?: number;
  /** Number of these first iterations.
   * @defaultValue 250 */
  exaggerationIterations?: number;
  /** `'auto'` is N / earlyExaggeration / 4, but at least 50.
   * @defaultValue `'auto'` */
  learningRate?: number | 'auto';
  /** Angular width up to which a cell of distant points counts as one, from 0 (exact and slow) to 1.
   * @defaultValue 0.5 */
  angle?: number;
  /**
   * The initial layout: the first two principal components; normal numbers; both with a deviation of 1e-4 (of the first
   * component); or a layout (N,2).
   * @defaultValue `'pca'`
   */
  init?: 'pca' | 'random' | TensorLike;
  /** Gradient norm at which it stops, and at which the exaggeration ends.
   * @defaultValue 1e-7 */
  minGradNorm?: number;
  /** Number of iterations without a new lowest divergence after which it stops.
   * @defaultValue 300 */
  iterationsWithoutProgress?: number;
  /** Called once if the layout has collapsed.
   * @defaultValue `console.warn` */
  warn?: (message: string) => void;
}

const MIN_LEARNING_RATE = 50; // scikit-learn's

const OPTIONAL = [
  'metric',
  'perplexity',
  'iterations',
  'earlyExaggeration',
  'exaggerationIterations',
  'learningRate',
  'angle',
  'init',
  'minGradNorm',
  'iterationsWithoutProgress',
  'warn',
];

/** All options. */
export type Settled = Required<TsneOptions> & { learningRate: number; init: 'pca' | 'random' | Tensor };

/** All options for a layout of N points, checked. */
export function settle(options: TsneOptions, N: number): Settled {
  checkOptions('tsne', options, ['random'], OPTIONAL);
  const {
    random,
    metric = 'euclidean',
    perplexity = 30,
    iterations = 1000,
    earlyExaggeration = 12,
    exaggerationIterations = 250,
    learningRate = 'auto',
    angle = 0.5,
    init = 'pca',
    minGradNorm = 1e-7,
    iterationsWithoutProgress = 300,
    warn = warnOnConsole,
  } = options;
  checkKind('tsne', 'random', random, 'random');
  checkOneOf('tsne', 'metric', metric, METRICS);
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
  checkKind('tsne', 'warn', warn, 'function');
  return {
    random,
    metric,
    perplexity,
    iterations,
    earlyExaggeration,
    exaggerationIterations,
    learningRate: learningRate === 'auto' ? Math.max(N / earlyExaggeration / 4, MIN_LEARNING_RATE) : learningRate,
    angle,
    init: checkInit(init, N),
    minGradNorm,
    iterationsWithoutProgress,
    warn,
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
