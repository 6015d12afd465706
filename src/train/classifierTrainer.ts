import { asTensor } from '../autograd/argument.ts';
import { full } from '../autograd/creation.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkOneOf, checkRange } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { formatShape } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { membersByLabel } from '../data/sampler.ts';
import { ShuffledSampler } from '../data/shuffledSampler.ts';
import { type TrainingSet, trainingSets } from '../data/trainingSet.ts';
import { largestOfRows } from '../models/mlpClassifier.ts';
import { add } from '../ops/elementwise.ts';
import { crossEntropy } from '../ops/loss.ts';
import { checkTeacher, type Teacher, taught } from './distillation.ts';
import { adjustLogits, checkLogitAdjustment } from './logitAdjustment.ts';
import { TrainingLoop } from './loop.ts';
import { checkTrainerOptions, type TrainerOptions } from './options.ts';
import { predictSet } from './predictSet.ts';

const OWN = ['batchSize', 'stepsPerEpoch', 'classWeights', 'labelSmoothing', 'logitAdjustment', 'teacher', 'penalty'];
const SCORE_BATCH = 128; // validation samples at a time: about the workspace of a training step

/** Options of a ClassifierTrainer. */
export interface ClassifierTrainerOptions extends TrainerOptions {
  /**
   * samples in a batch if there is no `sampler`: every epoch is then one pass over the data in random order. A last
   * batch of one sample is merged into the one before.
   * @defaultValue 256
   */
  batchSize?: number;
  /** batches in an epoch
   * @defaultValue one pass over the data; with a `sampler` as many batches as the data would fill */
  stepsPerEpoch?: number;
  /** `'balanced'` weights each class by the inverse of its frequency; `'none'` gives every sample the same weight
   * @defaultValue `'none'` */
  classWeights?: 'none' | 'balanced';
  /** @defaultValue 0 */
  labelSmoothing?: number;
  /**
   * Numbers added to the logits (K) in training only: with log(fraction of each class in a batch / its fraction in the
   * data) a sampler can draw rare classes more often, while the probabilities are still those of the data
   * (Menon et al., ICLR 2021).
   */
  logitAdjustment?: readonly number[];
  /** a classifier to learn from besides the labels, of the logits before `logitAdjustment`
   * @defaultValue none */
  teacher?: Teacher;
  /** a further term of the loss of a batch, a tensor of one value, such as `coralLoss` of its features and those of unlabelled samples
   * @defaultValue none */
  penalty?: (batch: Dataset, random: Random) => Tensor;
}

/** Statistics of one training step. */
export interface ClassifierStep {
  epoch: number;
  /** 1 for the first of an epoch */
  step: number;
  /** of the batch: mean cross-entropy, in part a teacher's, and the penalty */
  loss: number;
  learningRate: number;
  /** the statistics of the epoch at its last step, otherwise null */
  finished: EpochStatistics | null;
}

/** Statistics of one epoch: a pass over the data or, with a sampler, a number of batches. */
export interface EpochStatistics {
  /** 1 for the first */
  epoch: number;
  /** mean cross-entropy while training */
  loss: number;
  /** fraction of correct predictions while training */
  accuracy: number;
  /** cross-entropy on the validation set after the epoch, weighted as in training */
  validationLoss: number;
  /** fraction of correct predictions on the validation set */
  validationAccuracy: number;
  /** whether the validation loss is the lowest so far, so that these weights are kept */
  best: boolean;
}

/** The score of the model on the validation set. */
interface JudgedClassifier {
  criterion: number;
  accuracy: number;
}

/** A batch: the sum of its losses, the number of correct predictions, and the number of samples. */
interface ClassifierBatch {
  loss: number;
  correct: number;
  samples: number;
}

/**
 * Trains a classifier with cross-entropy, equation (4): for DynaECG-Net the perceptron on frozen embeddings (section
 * 2.3), or a whole network. As with TripletTrainer, training is a generator, and the best weights are restored however
 * it ends.
 *
 * @example
 *     declare const [z, labels, random]: [Tensor, Int32Array, Random]; // embeddings (N,64)
 *     const model = new MlpClassifier({ inFeatures: 64, hidden: 32, classes: 3, random });
 *     const trainer = new ClassifierTrainer({ model, data: { x: z, labels }, random, classWeights: 'balanced' });
 *     for (const { epoch, validationLoss } of trainer.epochs(20)) console.log(epoch, validationLoss);
 */
export class ClassifierTrainer extends TrainingLoop<ClassifierBatch, EpochStatistics, ClassifierStep> {
  readonly stepsPerEpoch: number;
  private readonly ownOptions: ClassifierTrainerOptions;
  private readonly validation: TrainingSet;
  private readonly counts: Map<number, number>;

  /** @throws DataError if the data are unusable: NaN, unequal numbers, a class with fewer than two members */
  constructor(options: ClassifierTrainerOptions) {
    checkTrainerOptions('ClassifierTrainer', options, OWN);
    const { batchSize = 256, random, classWeights = 'none', labelSmoothing = 0 } = options;
    checkCount('ClassifierTrainer', 'batchSize', batchSize, 1);
    checkOneOf('ClassifierTrainer', 'classWeights', classWeights, ['none', 'balanced']);
    checkRange('ClassifierTrainer', 'labelSmoothing', labelSmoothing, 0, 1);
    if (options.stepsPerEpoch !== undefined) checkCount('ClassifierTrainer', 'stepsPerEpoch', options.stepsPerEpoch, 1);
    checkLogitAdjustment('ClassifierTrainer', options.logitAdjustment);
    if (options.teacher !== undefined) checkTeacher('ClassifierTrainer', options.teacher);
    if (options.penalty !== undefined) checkKind('ClassifierTrainer', 'penalty', options.penalty, 'function');
    const order = random.fork('batches');
    const { train, validation } = trainingSets('ClassifierTrainer', options, random.fork('hold back'));
    const { sampler = (labels: Int32Array) => new ShuffledSampler(labels.length, { batchSize, random: order }) } =
      options;
    super('ClassifierTrainer', options, train, sampler(train.labels, order, train.groups));
    this.ownOptions = options;
    this.validation = validation;
    this.counts = new Map(membersByLabel(train.labels).map(([label, { length }]) => [label, length]));
    const { batchSize: drawn, batchesPerPass = Math.ceil(train.length / drawn) } = this.sampler;
    this.stepsPerEpoch = options.stepsPerEpoch ?? batchesPerPass;
    checkCount('ClassifierTrainer', 'stepsPerEpoch', this.stepsPerEpoch, 1);
  }

  /** Trains for `count` epochs, yielding after each. A generator: nothing is trained until it is iterated over. */
  *epochs(count: number): Generator<EpochStatistics, void> {
    for (const { finished } of this.steps(count)) if (finished) yield finished;
  }

  /**
   * Trains for `count` epochs, yielding after each step; the last step of an epoch contains its statistics. A
   * generator, like `epochs`: nothing is trained until it is iterated over.
   */
  *steps(count: number): Generator<ClassifierStep, void> {
    this.checkIterations(count, 'epochs');
    for (const { batch, iteration, ...rest } of this.course(count, this.stepsPerEpoch))
      yield { epoch: iteration, loss: batch.loss / batch.samples, ...rest };
  }

  protected learn(batch: Dataset, random: Random) {
    const { x, context, labels } = batch;
    const { logitAdjustment, teacher, penalty } = this.ownOptions;
    const logits = this.model.forward(x, context);
    const own = this.loss(adjustLogits('ClassifierTrainer', logits, logitAdjustment), labels);
    const byLabels = teacher ? taught('ClassifierTrainer', teacher, own, logits, batch) : own;
    const loss = penalty ? add(byLabels, penaltyOf(penalty, batch, random)) : byLabels;
    const samples = labels.length;
    const report = (): ClassifierBatch => ({
      loss: loss.item() * samples,
      correct: agreements(largestOfRows(logits), labels),
      samples,
    });
    return { loss, report };
  }

  protected judge(): JudgedClassifier {
    const { labels } = this.validation;
    const logits = predictSet(this.model, this.validation, SCORE_BATCH);
    const criterion = scope(() => this.loss(logits, labels).item());
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

  private loss(logits: Tensor, labels: Int32Array): Tensor {
    const { classWeights, labelSmoothing } = this.ownOptions;
    const weights = classWeights === 'balanced' ? balancedWeights(this.counts, logits) : undefined;
    return crossEntropy(logits, labels, { weights, labelSmoothing });
  }
}

function penaltyOf(penalty: NonNullable<ClassifierTrainerOptions['penalty']>, batch: Dataset, random: Random): Tensor {
  const term = asTensor('ClassifierTrainer.penalty', penalty(batch, random));
  if (term.size !== 1)
    throw new ShapeError(`ClassifierTrainer.penalty: expected one value, got shape ${formatShape(term.shape)}`);
  return term;
}

function agreements(a: Int32Array, b: Int32Array): number {
  return a.reduce((count, value, i) => count + (value === b[i] ? 1 : 0), 0);
}

/**
 * N / (K n_k) for each of the K classes that occur, so that all classes weigh the same and a sample weighs 1 on
 * average.
 */
function balancedWeights(counts: Map<number, number>, logits: Tensor): Tensor {
  const weights = full([logits.shape[1]], 1, { dtype: logits.dtype });
  let N = 0;
  for (const n of counts.values()) N += n;
  for (const [label, n] of counts) weights.data[label] = N / (counts.size * n);
  return weights;
}
