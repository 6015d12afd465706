import { asTensor } from '../autograd/argument.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { DataError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { MPerClassSampler, membersByLabel, type Sampler } from '../data/sampler.ts';
import { type TrainingSet, trainingSets } from '../data/trainingSet.ts';
import type { MarginScheduler } from '../metric/marginScheduler.ts';
import { predict } from '../models/predict.ts';
import { type Layer, Sequential } from '../nn/module.ts';
import { add, affine } from '../ops/elementwise.ts';
import { crossEntropy } from '../ops/loss.ts';
import { countedTriplets } from './countedTriplets.ts';
import { type EmbeddingScore, EmbeddingScorer } from './embeddingScore.ts';
import { adjustLogits } from './logitAdjustment.ts';
import { type Judged, type StepPlace, TrainingLoop } from './loop.ts';
import { type JointClassifier, type TripletTrainerOptions, tripletOptions } from './tripletOptions.ts';
import { type BatchStatistics, embeddingSpread, meanDistances, meanStatistics } from './tripletStatistics.ts';

export type { JointClassifier, TripletTrainerOptions } from './tripletOptions.ts';

/** A batch, and the margin that it was trained with. */
interface TripletBatch extends BatchStatistics {
  margin: number;
}

/** Statistics of one iteration, a fixed number of batches: means over its batches, and the score after it. */
export interface IterationStatistics extends BatchStatistics, EmbeddingScore {
  /** 1 for the first */
  iteration: number;
  /** margin of the last batch */
  margin: number;
  /** number of batches in which nothing was mined */
  emptyBatches: number;
  learningRate: number;
  /** whether it is the best so far by `selectBy`, ties decided by violations, so that these weights are kept */
  best: boolean;
  /** whether the embeddings have collapsed into a point */
  collapsed: boolean;
}

/** Statistics of one training step. */
export interface StepStatistics extends BatchStatistics {
  iteration: number;
  /** 1 to stepsPerIteration */
  step: number;
  margin: number;
  learningRate: number;
  /** the statistics of the iteration at its last step, otherwise null */
  finished: IterationStatistics | null;
}

const OP = 'TripletTrainer';
const COLLAPSED_SPREAD = 1e-4; // of at most 1, for unit vectors
const COLLAPSED_LOSS = 0.05; // relative difference from the loss of equal distances

/**
 * Trains an embedding with triplet loss (section 2.2): balanced batches, mining, and a margin that a scheduler updates
 * after each batch. Training is a generator, so that the caller can show progress, yield to an event loop, or stop.
 *
 * After each iteration the model is scored on the validation set by its purpose, the macro F1 of nearest neighbours
 * among training embeddings, and however training ends (normally, by `break`, by an exception) the weights of the best
 * iteration are restored, and the model is in inference mode. While the generator runs, the schedule sets the
 * optimiser's learning rate.
 *
 * @example
 *     declare const [x, labels]: [Tensor, Int32Array]; // (N,253), (N)
 *     const random = new Random(0);
 *     const trainer = new TripletTrainer({ model: new Embedder({ random }), data: { x, labels }, random });
 *     for (const it of trainer.iterations(30)) console.log(it.iteration, it.loss, it.margin);
 */
export class TripletTrainer extends TrainingLoop<TripletBatch, IterationStatistics, StepStatistics> {
  readonly marginScheduler: MarginScheduler;
  readonly stepsPerIteration: number;
  private readonly embedder: Layer;
  private readonly scorer: EmbeddingScorer;
  private readonly ownOptions: ReturnType<typeof tripletOptions>;
  private warned = false;

  /**
   * @throws DataError if the data are unusable: NaN, unequal numbers, a class with too few members; ArgumentError for
   * an option out of range
   */
  constructor(options: TripletTrainerOptions) {
    const all = tripletOptions(options);
    const { model, classifier, random, perClass, distance, referenceMargin } = all;
    const { train, validation } = trainingSets(OP, all, random.fork('hold back'), 2);
    checkClasses(train, validation);
    const trained = classifier ? new Sequential(model, classifier.model) : model;
    super(OP, { ...all, model: trained }, train, makeSampler(all, train));
    this.embedder = model;
    this.scorer = new EmbeddingScorer(train, validation, {
      ...{ perClass, margin: referenceMargin, distance },
      random: random.fork('score'),
    });
    this.ownOptions = all;
    this.marginScheduler = all.marginScheduler;
    this.stepsPerIteration = all.stepsPerIteration;
  }

  /** Trains for `count` iterations, yielding after each. A generator: nothing is trained until it is iterated over. */
  *iterations(count: number): Generator<IterationStatistics, void> {
    for (const { finished } of this.steps(count)) if (finished) yield finished;
  }

  /**
   * Trains for `count` iterations, yielding after each step; the last step of an iteration contains its statistics. A
   * generator, like `iterations`: nothing is trained until it is iterated over.
   */
  *steps(count: number): Generator<StepStatistics, void> {
    this.checkIterations(count);
    for (const { batch, ...rest } of this.course(count, this.stepsPerIteration)) yield { ...batch, ...rest };
  }

  protected learn({ x, context, labels }: Dataset) {
    const { miner, distance, power, classifier } = this.ownOptions;
    const { margin } = this.marginScheduler;
    const z = asTensor(OP, this.embedder.forward(x, context));
    expectShape<'B' | 'D'>(OP, 'embeddings (B,D)', z.shape, { B: labels.length });
    const spread = embeddingSpread(z);
    this.checkFinite('embeddings, got a spread', spread);
    const counted = countedTriplets(z, labels, { distance, miner, margin, power });
    const { loss, distances, triplets, activePairs, pairs, possible } = counted;
    const report = (gradientNorm: number): TripletBatch => {
      return {
        margin,
        loss: loss.item(),
        triplets,
        pairs,
        possible,
        activeFraction: pairs > 0 ? activePairs / pairs : 0,
        ...meanDistances(distances, labels),
        gradientNorm,
        spread,
      };
    };
    return { loss: classifier ? add(loss, jointLoss(classifier, z, labels)) : loss, report };
  }

  protected override noteStep({ triplets, pairs, possible }: TripletBatch, place: StepPlace): void {
    this.marginScheduler.update({ ...place, triplets, pairs, possible });
  }

  protected report(
    iteration: number,
    batches: readonly TripletBatch[],
    { neighborF1, violationRate }: Judged & EmbeddingScore,
    best: boolean,
  ): IterationStatistics {
    const { margin, loss, spread } = batches[batches.length - 1];
    const lossOfPoint = margin ** this.ownOptions.power;
    const lossAtMargin = loss === 0 || Math.abs(loss - lossOfPoint) <= COLLAPSED_LOSS * lossOfPoint;
    const collapsed = spread < COLLAPSED_SPREAD && lossAtMargin;
    if (collapsed && !this.warned) {
      this.warned = true;
      this.ownOptions.warn(
        `${OP}: the embeddings have collapsed into a point after iteration ${iteration}: spread ${spread}, ` +
          `loss ${loss} at margin ${margin}. Try a lower learning rate, larger batches or an easier miner.`,
      );
    }
    return {
      ...meanStatistics(batches),
      iteration,
      margin,
      emptyBatches: batches.filter((b) => b.triplets === 0).length,
      learningRate: this.optimizer.learningRate,
      neighborF1,
      violationRate,
      best,
      collapsed,
    };
  }

  /**
   * On few validation data all samples are soon classified correctly, while classes may still separate further: ties
   * are
   * decided by that.
   */
  protected judge(): Judged & EmbeddingScore {
    const embed = ({ x, context }: Dataset): Tensor => predict(this.embedder, x, { context });
    const seen = this.scorer.score(embed);
    const { neighborF1, violationRate } = seen;
    const criterion = this.ownOptions.selectBy === 'neighborF1' ? 1 - neighborF1 : violationRate;
    return { ...seen, criterion, tie: violationRate };
  }

  protected get own(): unknown {
    return this.marginScheduler.state;
  }

  protected set own(state: unknown) {
    this.marginScheduler.state = state;
  }
}

/** @throws DataError unless there are triplets in both */
function checkClasses(train: TrainingSet, validation: TrainingSet): void {
  for (const { labels } of [train, validation]) {
    const { size } = new Set(labels);
    if (size < 2) throw new DataError(`${OP}: expected samples of at least 2 classes, got ${size}`);
  }
  for (const [label, { length }] of membersByLabel(validation.labels))
    if (length < 2)
      throw new DataError(`${OP}: expected at least 2 samples of class ${label} in validation, got ${length}`);
}

/** The caller's sampler, or an m-per-class sampler. */
function makeSampler(options: ReturnType<typeof tripletOptions>, { labels, groups }: TrainingSet): Sampler {
  const { sampler, perClass, classesPerBatch, warn } = options;
  const random = options.random.fork('sampler');
  if (sampler) return sampler(labels, random, groups);
  warnOfRepeats(warn, labels, perClass);
  return new MPerClassSampler(labels, { perClass, classesPerBatch, random });
}

/** Warns once about classes with fewer samples than a batch takes of each. */
function warnOfRepeats(warn: (message: string) => void, labels: Int32Array, perClass: number): void {
  const small = membersByLabel(labels).filter(([, { length }]) => length < perClass);
  if (small.length === 0) return;
  const some = small.slice(0, 5).map(([label, { length }]) => `class ${label} has ${length}`);
  const more = small.length > 5 ? ` and ${small.length - 5} more classes have fewer` : '';
  warn(
    `${OP}: a batch takes ${perClass} samples of each class (perClass) and repeats some if there are fewer: ` +
      `${some.join(', ')}${more}`,
  );
}

function jointLoss(classifier: JointClassifier, z: Tensor, labels: Int32Array): Tensor {
  const { model, weight = 1, logitAdjustment } = classifier;
  const logits = adjustLogits(OP, model.forward(z), logitAdjustment);
  return affine(crossEntropy(logits, labels), weight, 0);
}
