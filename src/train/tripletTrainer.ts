import { scope } from '../autograd/scope.ts';
import { DataError } from '../core/errors.ts';
import { checkCount, checkRange } from '../core/shape.ts';
import { DynamicMargin, type MarginScheduler, type MarginState } from '../metric/marginScheduler.ts';
import { type Miner, semiHard } from '../metric/miner.ts';
import { MPerClassSampler, membersByLabel } from '../metric/sampler.ts';
import { type Distance, tripletLoss } from '../metric/tripletLoss.ts';
import { predict } from '../models/predict.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';
import { type CheckedDataset, takeSamples, trainingData } from './dataset.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';
import {
  activePairs,
  type BatchStatistics,
  embeddingSpread,
  meanDistances,
  meanStatistics,
  violationRate,
} from './tripletStatistics.ts';
import { warnOnConsole } from './warn.ts';

/** What a TripletTrainer is made of; each part can be replaced. */
export interface TripletTrainerOptions extends TrainerOptions {
  /** m of the m-per-class sampler, which is the default; 32 */
  perClass?: number;
  /** `semiHard` */
  miner?: Miner;
  /** squared Euclidean */
  distance?: Distance;
  /** the paper's dynamic margin */
  margin?: MarginScheduler;
  /** batches in an iteration; 200 */
  stepsPerIteration?: number;
  /** margin of the score on held-back data, the same in all iterations so that scores compare; 0.2 */
  referenceMargin?: number;
  /** told of embedding collapse; the console by default */
  warn?: (message: string) => void;
}

/** A batch, and the margin that it was trained at. */
interface TripletBatch extends BatchStatistics {
  margin: number;
}

/** What one iteration, a fixed number of batches, showed: means over its batches, and the score after it. */
export interface IterationStatistics extends BatchStatistics {
  /** 1 for the first */
  iteration: number;
  margin: number;
  /** batches in which nothing was mined */
  emptyBatches: number;
  learningRate: number;
  /** share of held-back triplets that violate the reference margin, d_an < d_ap + margin: lower is better */
  score: number;
  /** whether no iteration before scored lower, so that its weights are kept */
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

const SCORE_BATCHES = 8; // enough that the score's noise is small beside its fall, few enough to cost a step or two
const COLLAPSED_SPREAD = 1e-4; // of at most 1, for unit vectors
const COLLAPSED_LOSS = 0.05; // how close to the margin, relative to it, the loss then is

/**
 * Trains an embedding with triplet loss (section 2.2): balanced batches, mining, a margin that a scheduler moves after
 * each iteration. Training is a generator, so that the caller shows progress, yields to an event loop, or stops:
 *
 *     for (const it of trainer.iterations(30)) console.log(it.iteration, it.loss, it.margin);
 *
 * After each iteration the model is scored on held-back data, by the share of triplets that violate a margin which stays
 * the same, and on every way out (the end, `break`, an exception) the weights of the best iteration are put back, and the
 * model is in inference mode. While the generator runs, the schedule owns the optimiser's learning rate.
 */
export class TripletTrainer extends Trainer<TripletBatch, IterationStatistics> {
  readonly margin: MarginScheduler;
  readonly stepsPerIteration: number;
  readonly #options: TripletTrainerOptions;
  readonly #held: CheckedDataset[];
  #warned = false;

  /** @throws DataError where the data are unusable: NaN, unequal numbers, a class with too few members */
  constructor(options: TripletTrainerOptions) {
    const { random, perClass = 32, stepsPerIteration = 200 } = options;
    checkCount('TripletTrainer', 'stepsPerIteration', stepsPerIteration, 1);
    checkCount('TripletTrainer', 'perClass', perClass, 2);
    checkRange('TripletTrainer', 'referenceMargin', options.referenceMargin ?? 0, 0);
    const { train, held } = trainingData('TripletTrainer', options, random.fork('hold back'), 2);
    for (const { length } of [train, held].map(({ labels }) => membersByLabel(labels)))
      if (length < 2) throw new DataError(`TripletTrainer: expected samples of at least 2 classes, got ${length}`);
    const sampler = options.sampler ?? ((labels, source) => new MPerClassSampler(labels, { perClass, random: source }));
    const drawn = sampler(train.labels, random.fork('sampler'));
    const smallest = Math.min(...membersByLabel(held.labels).map(([, { length }]) => length));
    const score = new MPerClassSampler(held.labels, {
      perClass: Math.max(2, Math.min(perClass, smallest)),
      random: random.fork('score'),
    });
    super('TripletTrainer', options, train, drawn);
    this.#held = Array.from({ length: SCORE_BATCHES }, () => takeSamples(held, score.next()));
    this.#options = options;
    this.margin = options.margin ?? new DynamicMargin();
    this.stepsPerIteration = stepsPerIteration;
  }

  /** Trains for `count` iterations, yielding after each. */
  *iterations(count: number): Generator<IterationStatistics, void> {
    for (const { finished } of this.steps(count)) if (finished) yield finished;
  }

  /** Trains for `count` iterations, yielding after each step; the last step of an iteration brings its statistics. */
  *steps(count: number): Generator<StepStatistics, void> {
    checkCount('TripletTrainer', 'iterations', count, 1);
    const course = this.course(count, this.stepsPerIteration);
    for (const { batch, round, ...rest } of course) yield { ...batch, iteration: round, ...rest };
  }

  protected objective({ x, context, labels }: CheckedDataset) {
    const { miner = semiHard, distance = pairwiseSquaredEuclidean } = this.#options;
    const { margin } = this.margin;
    const z = this.model.forward(x, context);
    const { loss, distances, triplets, pairs } = tripletLoss(z, labels, { distance, miner, margin });
    const report = (gradientNorm: number): TripletBatch => {
      const spread = embeddingSpread(z);
      this.checkFinite('embeddings, got a spread', spread);
      return {
        margin,
        loss: loss.item(),
        triplets: triplets.anchors.length,
        pairs,
        activeFraction: pairs > 0 ? activePairs(distances, triplets, margin) / pairs : 0,
        ...meanDistances(distances, labels),
        gradientNorm,
        spread,
      };
    };
    return { loss, report };
  }

  protected report(
    iteration: number,
    batches: readonly TripletBatch[],
    { score }: { score: number },
    best: boolean,
  ): IterationStatistics {
    const sum = (key: 'triplets' | 'pairs'): number => batches.reduce((total, b) => total + b[key], 0);
    this.margin.update({ iteration, triplets: sum('triplets'), pairs: sum('pairs') });
    const { margin, loss, spread } = batches[batches.length - 1];
    const lossAtMargin = loss === 0 || Math.abs(loss - margin) <= COLLAPSED_LOSS * margin;
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
      score,
      best,
      collapsed,
    };
  }

  /** Mean share of the held-back batches' triplets that violate the reference margin. */
  protected score(): { score: number } {
    const { distance = pairwiseSquaredEuclidean, referenceMargin = 0.2 } = this.#options;
    let sum = 0;
    for (const { x, context, labels } of this.#held) {
      const z = predict(this.model, x, { batchSize: labels.length, context });
      sum += scope(() => violationRate(distance(z), labels, referenceMargin));
    }
    return { score: sum / this.#held.length };
  }

  protected get own(): MarginState {
    return this.margin.state;
  }

  protected set own(state: MarginState) {
    this.margin.state = state;
  }
}
