import { scope } from '../autograd/scope.ts';
import { backward } from '../autograd/tape.ts';
import { full, type Tensor } from '../autograd/tensor.ts';
import type { Random } from '../core/random.ts';
import { checkCount } from '../core/shape.ts';
import { membersByLabel } from '../metric/sampler.ts';
import { argmaxRows } from '../models/mlpClassifier.ts';
import { predict } from '../models/predict.ts';
import type { Layer } from '../nn/module.ts';
import { crossEntropy } from '../ops/loss.ts';
import { AdamW } from '../optim/adamw.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { constantSchedule, type Schedule } from '../optim/schedule.ts';
import { BestWeights } from './checkpoint.ts';
import { type CheckedDataset, type TrainingDataOptions, takeSamples, trainingData } from './dataset.ts';

/** What a ClassifierTrainer is made of. */
export interface ClassifierTrainerOptions extends TrainingDataOptions {
  /** maps samples (B,...) to logits (B,K) */
  model: Layer;
  random: Random;
  /** 256 */
  batchSize?: number;
  /** AdamW with its defaults */
  optimizer?: Optimizer;
  /** factor on the learning rate over all steps; constant */
  schedule?: Schedule;
  /** `'balanced'` weights each class by the inverse of its frequency; `'none'`, the default, counts every sample alike */
  classWeights?: 'none' | 'balanced';
  /** 0 */
  labelSmoothing?: number;
}

/** What one pass over the data showed. */
export interface EpochStatistics {
  /** 1 for the first */
  epoch: number;
  /** mean cross-entropy while training */
  loss: number;
  /** share of correct predictions while training */
  accuracy: number;
  /** cross-entropy of the held-back data after the epoch, weighted as in training */
  score: number;
  /** share of correct predictions on the held-back data */
  heldBackAccuracy: number;
  /** whether no epoch before scored lower, so that its weights are kept */
  best: boolean;
}

/**
 * Trains a classifier with cross-entropy, equation (4): for DynaECG-Net the perceptron on frozen embeddings (section 2.3).
 * As with TripletTrainer, training is a generator, and the best weights are put back on every way out.
 */
export class ClassifierTrainer {
  readonly model: Layer;
  readonly optimizer: Optimizer;
  readonly #options: ClassifierTrainerOptions;
  readonly #train: CheckedDataset;
  readonly #held: CheckedDataset;
  readonly #counts: Map<number, number>;
  readonly #best: BestWeights;
  readonly #random: Random;
  #epoch = 0;

  /** @throws DataError where the data are unusable: NaN, unequal numbers, a class with fewer than two members */
  constructor(options: ClassifierTrainerOptions) {
    checkCount('ClassifierTrainer', 'batchSize', options.batchSize ?? 256, 1);
    this.#random = options.random.fork('batches');
    const { train, held } = trainingData('ClassifierTrainer', options, options.random.fork('hold back'));
    this.#train = train;
    this.#held = held;
    this.#counts = new Map(membersByLabel(train.labels).map(([label, { length }]) => [label, length]));
    this.model = options.model;
    this.optimizer = options.optimizer ?? new AdamW(options.model.parameters());
    this.#options = options;
    this.#best = new BestWeights(options.model);
  }

  /** Trains for `count` passes over the data, yielding after each. */
  *epochs(count: number): Generator<EpochStatistics, void> {
    checkCount('ClassifierTrainer', 'epochs', count, 1);
    const { schedule = constantSchedule, batchSize = 256 } = this.#options;
    const { optimizer } = this;
    const base = optimizer.learningRate;
    const N = this.#train.labels.length;
    try {
      for (let i = 0; i < count; i++) {
        const order = this.#random.permutation(N);
        let loss = 0;
        let correct = 0;
        for (let at = 0; at < N; at += batchSize) {
          optimizer.learningRate = base * schedule((i + at / N) / count);
          const batch = this.#trainBatch(order.subarray(at, at + batchSize));
          loss += batch.loss;
          correct += batch.correct;
        }
        const { score, accuracy } = this.#score();
        const best = this.#best.offer(score);
        const epoch = ++this.#epoch;
        yield { epoch, loss: loss / N, accuracy: correct / N, score, heldBackAccuracy: accuracy, best };
      }
    } finally {
      optimizer.learningRate = base;
      this.#best.restore();
      this.model.eval();
    }
  }

  #loss(logits: Tensor, labels: Int32Array): Tensor {
    const { classWeights, labelSmoothing } = this.#options;
    const weights = classWeights === 'balanced' ? balancedWeights(this.#counts, logits) : undefined;
    return crossEntropy(logits, labels, { weights, labelSmoothing });
  }

  /** The loss times the number of samples, and how many were right. */
  #trainBatch(indices: Int32Array): { loss: number; correct: number } {
    const { x, labels } = takeSamples(this.#train, indices);
    this.model.train();
    return scope(() => {
      this.optimizer.zeroGrad();
      const logits = this.model.forward(x);
      const loss = this.#loss(logits, labels);
      backward(loss);
      this.optimizer.step();
      return { loss: loss.item() * labels.length, correct: agreements(argmaxRows(logits), labels) };
    });
  }

  #score(): { score: number; accuracy: number } {
    const { x, labels } = this.#held;
    const logits = predict(this.model, x, { batchSize: 4096 });
    const score = scope(() => this.#loss(logits, labels).item());
    return { score, accuracy: agreements(argmaxRows(logits), labels) / labels.length };
  }
}

function agreements(a: Int32Array, b: Int32Array): number {
  return a.reduce((count, value, i) => count + (value === b[i] ? 1 : 0), 0);
}

/** N / (K n_k) for each of the K classes that occur, so that all weigh alike and a sample weighs 1 on average. */
function balancedWeights(counts: Map<number, number>, logits: Tensor): Tensor {
  const weights = full([logits.shape[1]], 1, { dtype: logits.dtype });
  let N = 0;
  for (const n of counts.values()) N += n;
  for (const [label, n] of counts) weights.data[label] = N / (counts.size * n);
  return weights;
}
