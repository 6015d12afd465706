import { asTensor, type Tensor } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkOneOf, checkOptions, checkRange } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { warnOnConsole } from '../core/warn.ts';
import { DynamicMargin, type MarginScheduler, type MarginState } from '../metric/marginScheduler.ts';
import { type Miner, violating } from '../metric/miner.ts';
import { MPerClassSampler, membersByLabel } from '../metric/sampler.ts';
import { type Distance, tripletLoss } from '../metric/tripletLoss.ts';
import { predict } from '../models/predict.ts';
import { type Layer, Sequential } from '../nn/module.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';
import { add, affine } from '../ops/elementwise.ts';
import { crossEntropy } from '../ops/loss.ts';
import { type CheckedDataset, trainingData } from './dataset.ts';
import { type EmbeddingScore, EmbeddingScorer } from './embeddingScore.ts';
import { adjustLogits, checkLogitAdjustment } from './logitAdjustment.ts';
import { checkTrainerOptions, checkTrains, type StepPlace, Trainer, type TrainerOptions } from './trainer.ts';
import {
  activePairs,
  type BatchStatistics,
  embeddingSpread,
  meanDistances,
  meanStatistics,
} from './tripletStatistics.ts';

/** What a TripletTrainer is made of; each part can be replaced. */
export interface TripletTrainerOptions extends TrainerOptions {
  /** m of the m-per-class sampler, which is the default; 32 */
  perClass?: number;
  /** @defaultValue `violating` */
  miner?: Miner;
  /** @defaultValue `pairwiseSquaredEuclidean` */
  distance?: Distance;
  /** power of the hinge: 1 as in equation (2), or 2, the squared hinge; @defaultValue 1 */
  power?: 1 | 2;
  /** @defaultValue `new DynamicMargin()`, the paper's dynamic margin */
  margin?: MarginScheduler;
  /** a classifier of the embeddings (B,D) to logits (B,K) that is trained at once; none by default */
  classifier?: JointClassifier;
  /** batches in an iteration; @defaultValue 200 */
  stepsPerIteration?: number;
  /**
   * what the best iteration is chosen by: the macro F1 of 9 nearest neighbours, or the fraction of triplets that violate
   * the reference margin; @defaultValue `'neighbors'`
   */
  scoreBy?: 'neighbors' | 'violations';
  /** the margin that violations are counted at, the same in all iterations so that they compare; @defaultValue 0.2 */
  referenceMargin?: number;
  /** told of embedding collapse; the console by default */
  warn?: (message: string) => void;
}

/**
 * A classifier that learns together with the embedding, which goes beyond the paper: the loss is that of the triplets plus
 * `weight` times its cross-entropy.
 */
export interface JointClassifier {
  /** trained by the trainer's optimiser, which has to have its parameters, too, where it is given */
  model: Layer;
  /** @defaultValue 1 */
  weight?: number;
  /** as that of ClassifierTrainer */
  logitAdjustment?: readonly number[];
}

/** A batch, and the margin that it was trained at. */
interface TripletBatch extends BatchStatistics {
  margin: number;
}

/** What one iteration, a fixed number of batches, showed: means over its batches, and the score after it. */
export interface IterationStatistics extends BatchStatistics, EmbeddingScore {
  /** 1 for the first */
  iteration: number;
  /** that of the last batch */
  margin: number;
  /** batches in which nothing was mined */
  emptyBatches: number;
  learningRate: number;
  /** 1 - `neighborF1`, or `violations`, by what iterations are compared by: lower is better */
  score: number;
  /** whether its weights are kept: no iteration before scored lower, or as low with as few violations */
  best: boolean;
  /** whether the embeddings have collapsed into a point */
  collapsed: boolean;
}

/** What one training step showed. */
export interface StepStatistics extends BatchStatistics {
  iteration: number;
  /** 1 to stepsPerIteration */
  step: number;
  margin: number;
  learningRate: number;
  /** at an iteration's last step, the iteration */
  finished: IterationStatistics | null;
}

const OWN = [
  ...['perClass', 'miner', 'distance', 'power', 'margin', 'classifier', 'stepsPerIteration', 'scoreBy'],
  ...['referenceMargin', 'warn'],
];
const COLLAPSED_SPREAD = 1e-4; // of at most 1, for unit vectors
const COLLAPSED_LOSS = 0.05; // how close to that of equal distances, relative to it, the loss then is

/**
 * Trains an embedding with triplet loss (section 2.2): balanced batches, mining, a margin that a scheduler moves after
 * each batch. Training is a generator, so that the caller shows progress, yields to an event loop, or stops:
 *
 *     for (const it of trainer.iterations(30)) console.log(it.iteration, it.loss, it.margin);
 *
 * After each iteration the model is scored on validation data by what it is for, the macro F1 of nearest neighbours among
 * training embeddings, and on every way out (the end, `break`, an exception) the weights of the best iteration are put
 * back, and the model is in inference mode. While the generator runs, the schedule owns the optimiser's learning rate.
 */
export class TripletTrainer extends Trainer<TripletBatch, IterationStatistics> {
  readonly margin: MarginScheduler;
  readonly stepsPerIteration: number;
  readonly #embedder: Layer;
  readonly #scorer: EmbeddingScorer;
  readonly #options: TripletTrainerOptions;
  #warned = false;

  /**
   * @throws DataError where the data are unusable: NaN, unequal numbers, a class with too few members; ArgumentError for an
   * option out of range
   */
  constructor(options: TripletTrainerOptions) {
    const op = 'TripletTrainer';
    checkTrainerOptions(op, options, OWN);
    const { random, perClass = 32, stepsPerIteration = 200, scoreBy = 'neighbors', power = 1, classifier } = options;
    const { distance = pairwiseSquaredEuclidean, referenceMargin = 0.2 } = options;
    checkCount(op, 'stepsPerIteration', stepsPerIteration, 1);
    checkCount(op, 'perClass', perClass, 2);
    checkRange(op, 'referenceMargin', referenceMargin, 0);
    checkOneOf(op, 'scoreBy', scoreBy, ['neighbors', 'violations']);
    checkOneOf(op, 'power', power, [1, 2]);
    checkKind(op, 'distance', distance, 'function');
    const { miner, margin, warn } = options;
    if (miner !== undefined) checkKind(op, 'miner', miner, 'function');
    if (warn !== undefined) checkKind(op, 'warn', warn, 'function');
    if (margin !== undefined) checkKind(op, 'margin', margin, 'marginScheduler');
    if (classifier !== undefined) {
      checkOptions(`${op}.classifier`, classifier, ['model'], ['weight', 'logitAdjustment']);
      checkKind(op, 'classifier.model', classifier.model, 'layer');
      const { weight = 1 } = classifier;
      checkRange(op, 'classifier.weight', weight, 0);
      checkLogitAdjustment(op, classifier.logitAdjustment);
      if (options.optimizer) checkTrains(op, options.optimizer, options.model);
      const trained = options.optimizer && new Set(options.optimizer.parameters);
      if (trained && classifier.model.parameters().some((p) => p.requiresGrad && !trained.has(p)))
        throw new ArgumentError(
          `${op}: expected an optimizer of the classifier's parameters, too, got one without them`,
        );
    }
    const { train, held } = trainingData(op, options, random.fork('hold back'), 2);
    for (const { length } of [train, held].map(({ labels }) => membersByLabel(labels)))
      if (length < 2) throw new DataError(`${op}: expected samples of at least 2 classes, got ${length}`);
    if (!options.sampler) checkClassSizes(op, train.labels, perClass, ' (perClass)');
    checkClassSizes(op, held.labels, 2, ' in validation');
    const sampler = options.sampler ?? ((labels, source) => new MPerClassSampler(labels, { perClass, random: source }));
    const drawn = sampler(train.labels, random.fork('sampler'));
    const model = classifier ? new Sequential(options.model, classifier.model) : options.model;
    super(op, { ...options, model }, train, drawn);
    this.#embedder = options.model;
    this.#scorer = new EmbeddingScorer(train, held, {
      ...{ perClass, margin: referenceMargin, distance },
      random: random.fork('score'),
    });
    this.#options = options;
    this.margin = options.margin ?? new DynamicMargin();
    this.stepsPerIteration = stepsPerIteration;
  }

  /** Trains for `count` iterations, yielding after each. A generator: nothing is trained until it is iterated over. */
  *iterations(count: number): Generator<IterationStatistics, void> {
    for (const { finished } of this.steps(count)) if (finished) yield finished;
  }

  /**
   * Trains for `count` iterations, yielding after each step; the last step of an iteration brings its statistics. A
   * generator, as `iterations`: it has to be iterated over.
   */
  *steps(count: number): Generator<StepStatistics, void> {
    checkCount('TripletTrainer', 'iterations', count, 1);
    const course = this.course(count, this.stepsPerIteration);
    for (const { batch, round, ...rest } of course) yield { ...batch, iteration: round, ...rest };
  }

  protected objective({ x, context, labels }: CheckedDataset) {
    const { miner = violating, distance = pairwiseSquaredEuclidean, power, classifier } = this.#options;
    const { margin } = this.margin;
    const z = asTensor('TripletTrainer', this.#embedder.forward(x, context));
    expectShape<'B' | 'D'>('TripletTrainer', 'embeddings (B,D)', z.shape, { B: labels.length });
    const spread = embeddingSpread(z);
    this.checkFinite('embeddings, got a spread', spread);
    const { loss, distances, triplets, pairs, possible } = tripletLoss(z, labels, { distance, miner, margin, power });
    const report = (gradientNorm: number): TripletBatch => {
      return {
        margin,
        loss: loss.item(),
        triplets: triplets.anchors.length,
        pairs,
        possible,
        activeFraction: pairs > 0 ? activePairs(distances, triplets, margin) / pairs : 0,
        ...meanDistances(distances, labels),
        gradientNorm,
        spread,
      };
    };
    return { loss: classifier ? add(loss, jointLoss(classifier, z, labels)) : loss, report };
  }

  protected override noteStep({ triplets, pairs, possible }: TripletBatch, { round, step, steps }: StepPlace): void {
    this.margin.update({ iteration: round, step, steps, triplets, pairs, possible });
  }

  protected report(
    iteration: number,
    batches: readonly TripletBatch[],
    score: EmbeddingScore & { score: number },
    best: boolean,
  ): IterationStatistics {
    const { margin, loss, spread } = batches[batches.length - 1];
    const lossOfPoint = margin ** (this.#options.power ?? 1);
    const lossAtMargin = loss === 0 || Math.abs(loss - lossOfPoint) <= COLLAPSED_LOSS * lossOfPoint;
    const collapsed = spread < COLLAPSED_SPREAD && lossAtMargin;
    if (collapsed && !this.#warned) {
      this.#warned = true;
      const { warn = warnOnConsole } = this.#options;
      warn(
        `TripletTrainer: the embeddings have collapsed into a point after iteration ${iteration}: spread ${spread}, ` +
          `loss ${loss} at margin ${margin}. Try a lower learning rate, larger batches or an easier miner.`,
      );
    }
    return {
      ...meanStatistics(batches),
      iteration,
      margin,
      emptyBatches: batches.filter((b) => b.triplets === 0).length,
      learningRate: this.optimizer.learningRate,
      ...score,
      best,
      collapsed,
    };
  }

  protected score(): EmbeddingScore & { score: number } {
    const embed = ({ x, context }: CheckedDataset): Tensor => predict(this.#embedder, x, { context });
    const seen = this.#scorer.score(embed);
    const { scoreBy = 'neighbors' } = this.#options;
    return { ...seen, score: scoreBy === 'neighbors' ? 1 - seen.neighborF1 : seen.violations };
  }

  /** Few validation data are soon all classified right; their classes may still come further apart. */
  protected override tieBreak({ violations }: EmbeddingScore & { score: number }): number {
    return violations;
  }

  protected get own(): MarginState {
    return this.margin.state;
  }

  protected set own(state: MarginState) {
    this.margin.state = state;
  }
}

/** Throws unless every class has `least` samples. */
function checkClassSizes(op: string, labels: Int32Array, least: number, why: string): void {
  for (const [label, { length }] of membersByLabel(labels))
    if (length < least)
      throw new DataError(`${op}: expected at least ${least} samples of class ${label}${why}, got ${length}`);
}

function jointLoss(classifier: JointClassifier, z: Tensor, labels: Int32Array): Tensor {
  const { model, weight = 1, logitAdjustment } = classifier;
  const logits = adjustLogits('TripletTrainer', model.forward(z), logitAdjustment);
  return affine(crossEntropy(logits, labels), weight, 0);
}
