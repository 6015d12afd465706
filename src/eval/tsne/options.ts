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

/** How `tsne` goes about it; the defaults are those of scikit-learn. */
export interface TsneOptions {
  /** Drawn from for the layout that it begins with, where that is random or x has no two directions. */
  random: Random;
  /**
   * The distance of points: Euclidean, the default, or cosine, 1 - x_i . x_j / (|x_i| |x_j|). Gaussians are of its square in
   * either case, and with `'cosine'` the principal components those of points at unit length.
   */
  metric?: 'euclidean' | 'cosine';
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
  /** It ends where the gradient is no longer than that, and so does the exaggeration; 1e-7. */
  minGradNorm?: number;
  /** It ends where so many iterations have not brought the divergence below its least; 300. */
  iterationsWithoutProgress?: number;
  /** Called once, where the layout has collapsed. @defaultValue `console.warn` */
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

/** All options, checked, of a layout of N points. */
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
