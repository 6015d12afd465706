import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError, ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { Linear } from '../nn/linear.ts';
import { Layer } from '../nn/module.ts';
import { relu } from '../ops/elementwise.ts';
import { softmax } from '../ops/reduce.ts';
import { predictInBatches } from './predict.ts';
import { PreparedMlp } from './prepared.ts';

/** Configuration of an MlpClassifier. */
export interface MlpClassifierConfig {
  /** numbers in a sample, d */
  inFeatures: number;
  /** hidden units, h' */
  hidden: number;
  /** K */
  classes: number;
}

/**
 * A multilayer perceptron with one hidden layer, equation (3): `softmax(W2 relu(W1 z + b1) + b2)`. `forward` returns
 * the logits (B,K), which the loss takes.
 *
 * @example
 *     declare const z: Tensor; // (N,64)
 *     const classifier = new MlpClassifier({ inFeatures: 64, hidden: 32, classes: 3, random: new Random(0) });
 *     const labels = classifier.predict(z); // (N)
 */
export class MlpClassifier extends Layer {
  readonly config: MlpClassifierConfig;
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(options: MlpClassifierConfig & { random: Random }) {
    super();
    checkOptions('MlpClassifier', options, ['inFeatures', 'hidden', 'classes', 'random']);
    const { random, ...config } = options;
    for (const [name, size] of Object.entries(config)) checkCount('MlpClassifier', name, size, 1);
    checkKind('MlpClassifier', 'random', random, 'random');
    this.config = config;
    this.fc1 = new Linear(config.inFeatures, config.hidden, { random });
    this.fc2 = new Linear(config.hidden, config.classes, { random });
  }

  forward(z: TensorLike): Tensor {
    return this.fc2.forward(relu(this.fc1.forward(z)));
  }

  /** A copy for inference alone, with the same bits: see `Embedder.prepare`. */
  override prepare(): Layer {
    return this.forward === MlpClassifier.prototype.forward ? new PreparedMlp(this.config, this) : this;
  }

  /** Class probabilities (N,K) of samples z (N,d). */
  probabilities(z: TensorLike, options: { batchSize?: number } = {}): Tensor {
    checkOptions('probabilities', options, [], ['batchSize']);
    const { batchSize = 4096 } = options;
    return predictInBatches(this, (batch) => softmax(this.forward(batch)), z, { batchSize });
  }

  /**
   * The most probable class (N) of samples z (N,d).
   *
   * @throws DataError for a sample that is not finite, since it has no class
   */
  predict(z: TensorLike, options: { batchSize?: number } = {}): Int32Array {
    const p = this.probabilities(z, options);
    const wrong = p.data.findIndex(Number.isNaN);
    if (wrong >= 0)
      throw new DataError(`predict: expected finite values, got NaN in sample ${Math.floor(wrong / p.shape[1])}`);
    return argmaxRows(p);
  }
}

/**
 * Position of the largest value in each row of x (N,K), the first of equal ones.
 *
 * @throws ShapeError unless x has two axes and a column, DataError for a row with NaN, since it has no largest value
 */
export function argmaxRows(x: TensorLike): Int32Array {
  const t = argument('argmaxRows', 'x', x);
  const { K } = expectShape<'N' | 'K'>('argmaxRows', 'x (N,K)', t.shape);
  if (K === 0) throw new ShapeError(`argmaxRows: expected x with at least one column, got ${formatShape(t.shape)}`);
  const lost = t.data.findIndex(Number.isNaN);
  if (lost >= 0) throw new DataError(`argmaxRows: expected numbers, got NaN in row ${Math.floor(lost / K)}`);
  return largestOfRows(t);
}

/** The same without checks: a NaN counts as largest only in the first column. */
export function largestOfRows({ data, shape: [N, K] }: Tensor): Int32Array {
  const best = new Int32Array(N);
  for (let i = 0; i < N; i++) for (let k = 1; k < K; k++) if (data[i * K + k] > data[i * K + best[i]]) best[i] = k;
  return best;
}
