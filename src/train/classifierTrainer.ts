import { full } from '../autograd/creation.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkCount, checkOneOf, checkRange } from '../core/check.ts';
import type { Dataset } from '../data/dataset.ts';
import { membersByLabel } from '../data/sampler.ts';
import { ShuffledSampler } from '../data/shuffledSampler.ts';
import { type TrainingSet, trainingSets } from '../data/trainingSet.ts';
import { largestOfRows } from '../models/mlpClassifier.ts';
import { crossEntropy } from '../ops/loss.ts';
import { adjustLogits, checkLogitAdjustment } from './logitAdjustment.ts';
import { TrainingLoop } from './loop.ts';
import { checkTrainerOptions, type TrainerOptions } from './options.ts';
import { predictSet } from './predictSet.ts';

const OWN = ['batchSize', 'stepsPerEpoch', 'classWeights', 'labelSmoothing', 'logitAdjustment'];
const SCORE_BATCH = 512; // validation samples at a time

/** What a ClassifierTrainer is made of. */
export interface ClassifierTrainerOptions extends TrainerOptions {
  /**
   * samples in a batch where every epoch is one pass over the data, in random order, which is the default; 256. A last batch
   * of one sample joins the one before.
   */
  batchSize?: number;
  /** batches in an epoch; with a `sampler` as many as the data would fill, by default */
  stepsPerEpoch?: number;
  /** `'balanced'` weights each class by the inverse of its frequency; `'none'`, the default, counts every sample alike */
  classWeights?: 'none' | 'balanced';
  /** 0 */
  labelSmoothing?: number;
  /**
   * Numbers added to the logits (K) while training and not afterwards: with log(share of each class in a batch / its share
   * in the data) a sampler may draw rare classes more often, and the probabilities are still those of the data
   * (Menon et al., ICLR 2021).
   */
  logitAdjustment?: readonly number[];
}

/** What one training step showed. */
export interface ClassifierStep {
  epoch: number;
  /** 1 for the first of an epoch */
  step: number;
  /** mean cross-entropy of the batch */
  loss: number;
  learningRate: number;
  /** at an epoch's last step, the epoch */
  finished: EpochStatistics | null;
}

/** What one epoch showed: a pass over the data or, with a sampler, so many batches. */
export interface EpochStatistics {
  /** 1 for the first */
  epoch: number;
  /** mean cross-entropy while training */
  loss: number;
  /** fraction of correct predictions while training */
  accuracy: number;
  /** cross-entropy of the validation data after the epoch, weighted as in training */
  validationLoss: number;
  /** fraction of correct predictions on the validation data */
  validationAccuracy: number;
  /** whether no epoch before had as low a validation loss, so that its weights are kept */
  best: boolean;
}

/** What validation data say of the model. */
interface JudgedClassifier {
  criterion: number;
  accuracy: number;
}

/** A batch: the sum of its losses, how many were right, how many there were. */
interface ClassifierBatch {
  loss: number;
  correct: number;
  samples: number;
}

/**
 * Trains a classifier with cross-entropy, equation (4): for DynaECG-Net the perceptron on frozen embeddings (section 2.3),
 * or a whole network. As with TripletTrainer, training is a generator, and the best weights are put back on every way out.
 */
export class ClassifierTrainer extends TrainingLoop<ClassifierBatch, EpochStatistics, ClassifierStep> {
  readonly stepsPerEpoch: number;
  readonly #options: ClassifierTrainerOptions;
  readonly #validation: TrainingSet;
  readonly #counts: Map<number, number>;

  /** @throws DataError where the data are unusable: NaN, unequal numbers, a class with fewer than two members */
  constructor(options: ClassifierTrainerOptions) {
    checkTrainerOptions('ClassifierTrainer', options, OWN);
    const { batchSize = 256, random, classWeights = 'none', labelSmoothing = 0 } = options;
    checkCount('ClassifierTrainer', 'batchSize', batchSize, 1);
    checkOneOf('ClassifierTrainer', 'classWeights', classWeights, ['none', 'balanced']);
    checkRange('ClassifierTrainer', 'labelSmoothing', labelSmoothing, 0, 1);
    if (options.stepsPerEpoch !== undefined) checkCount('ClassifierTrainer', 'stepsPerEpoch', options.stepsPerEpoch, 1);
    checkLogitAdjustment('ClassifierTrainer', options.logitAdjustment);
    const order = random.fork('batches');
    const { train, validation } = trainingSets('ClassifierTrainer', options, random.fork('hold back'));
    const { sampler = (labels: Int32Array) => new ShuffledSampler(labels.length, { batchSize, random: order }) } =
      options;
    super('ClassifierTrainer', options, train, sampler(train.labels, order, train.groups));
    this.#options = options;
    this.#validation = validation;
    this.#counts = new Map(membersByLabel(train.labels).map(([label, { length }]) => [label, length]));
    const { batchSize: drawn, batchesPerPass = Math.ceil(train.length / drawn) } = this.sampler;
    this.stepsPerEpoch = options.stepsPerEpoch ?? batchesPerPass;
    checkCount('ClassifierTrainer', 'stepsPerEpoch', this.stepsPerEpoch, 1);
  }

  /** Trains for `count` epochs, yielding after each. A generator: nothing is trained until it is iterated over. */
  *epochs(count: number): Generator<EpochStatistics, void> {
    for (const { finished } of this.steps(count)) if (finished) yield finished;
  }

  /**
   * Trains for `count` epochs, yielding after each step; the last step of an epoch brings its statistics. A generator, as
   * `epochs`: it has to be iterated over.
   */
  *steps(count: number): Generator<ClassifierStep, void> {
    this.checkIterations(count, 'epochs');
    for (const { batch, iteration, ...rest } of this.course(count, this.stepsPerEpoch))
      yield { epoch: iteration, loss: batch.loss / batch.samples, ...rest };
  }

  protected learn({ x, context, labels }: Dataset) {
    const logits = this.model.forward(x, context);
    const loss = this.#loss(adjustLogits('ClassifierTrainer', logits, this.#options.logitAdjustment), labels);
    const samples = labels.length;
    const report = (): ClassifierBatch => ({
      loss: loss.item() * samples,
      correct: agreements(largestOfRows(logits), labels),
      samples,
    });
    return { loss, report };
  }

  protected judge(): JudgedClassifier {
    const { labels } = this.#validation;
    const logits = predictSet(this.model, this.#validation, SCORE_BATCH);
    const criterion = scope(() => this.#loss(logits, labels).item());
    return { criterion, accuracy: agreements(largestOfRows(logits), labels) / labels.length };
  }

  protected report(
    epoch: number,
    batches: readonly ClassifierBatch[],
    { criterion, accuracy }: JudgedClassifier,
    best: boolean,
  ): EpochStatistics {
    const sum = (key: keyof ClassifierBatch): number => batches.reduce((total, b) => total + b[key], 0);
    const samples = sum('samples');
    return {
      epoch,
      loss: sum('loss') / samples,
      accuracy: sum('correct') / samples,
      validationLoss: criterion,
      validationAccuracy: accuracy,
      best,
    };
  }

  protected own = null;

  #loss(logits: Tensor, labels: Int32Array): Tensor {
    const { classWeights, labelSmoothing } = this.#options;
    const weights = classWeights === 'balanced' ? balancedWeights(this.#counts, logits) : undefined;
    return crossEntropy(logits, labels, { weights, labelSmoothing });
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
