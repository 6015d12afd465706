import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkNumber, formatValue } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { formatShape } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { ShuffledSampler } from '../data/shuffledSampler.ts';
import { type TrainingSet, trainingSets } from '../data/trainingSet.ts';
import { Layer, type Module } from '../nn/module.ts';
import { type Judged, TrainingLoop } from './loop.ts';
import { checkTrainerOptions, checkTrains, type TrainerOptions } from './options.ts';

/**
 * The loss of a batch, a tensor of one value, with any numbers to report. `random` is for its random draws, such as
 * augmented views; for the validation set it is the same each time, so that iterations are comparable.
 */
export type Objective<R extends { loss: Tensor } = { loss: Tensor }> = (
  model: Layer,
  batch: Dataset,
  random: Random,
) => R;

/** The numbers that an objective reports with its loss. */
type Reported<R> = { [K in Exclude<keyof R, 'loss'>]: number };

/** Options of a Trainer. */
export interface ObjectiveTrainerOptions<R extends { loss: Tensor }> extends TrainerOptions {
  objective: Objective<R>;
  /** modules of the objective to train with the model, such as a head or the proxies of a loss
   * @defaultValue none */
  modules?: Readonly<Record<string, Module>>;
  /** samples in a batch if there is no `sampler`; batches are then drawn at random in passes over the data
   * @defaultValue 256 */
  batchSize?: number;
  /** batches in an iteration
   * @defaultValue one pass over the data */
  stepsPerIteration?: number;
  /**
   * the value that iterations are compared by, lower being better, called with the model in inference mode and without
   * recording
   * @defaultValue the objective's loss on the validation set, in random batches of the sampler's size
   */
  validate?: (model: Layer, validation: TrainingSet) => number;
}

/** Statistics of one step of a Trainer. */
export type TrainerStep<R> = Reported<R> & {
  loss: number;
  /** before clipping */
  gradientNorm: number;
  iteration: number;
  /** 1 for the first of an iteration */
  step: number;
  learningRate: number;
  /** the statistics of the iteration at its last step, otherwise null */
  finished: TrainerIteration<R> | null;
};

/** Statistics of one iteration of a Trainer: means over its batches, and the validation loss after it. */
export type TrainerIteration<R> = Reported<R> & {
  /** 1 for the first */
  iteration: number;
  loss: number;
  gradientNorm: number;
  /** learning rate of the last batch */
  learningRate: number;
  /** the result of `validate`; lower is better */
  validationLoss: number;
  /** whether the validation loss is the lowest so far, so that these weights are kept */
  best: boolean;
};

type Batch<R> = Reported<R> & { loss: number; gradientNorm: number };

const OWN = ['objective', 'modules', 'batchSize', 'stepsPerIteration', 'validate'];
/** Names of the trainer's own numbers, which an objective must not use. */
const RESERVED = ['gradientNorm', 'iteration', 'step', 'learningRate', 'finished', 'validationLoss', 'best'];
const VIEWS_SEED = 'validation'; // the same views of validation data in every iteration

/**
 * Trains a model with any objective. `TripletTrainer` and `ClassifierTrainer` are shortcuts for the paper's two stages;
 * this one takes your own loss. As with these, training is a generator, or `fit`, and the best weights are restored
 * however it ends.
 *
 * @example
 *     declare const [model, x, labels, random]: [Embedder, Tensor, Int32Array, Random];
 *     const trainer = new Trainer({
 *       model,
 *       data: { x, labels },
 *       random,
 *       sampler: (labels, random) => new MPerClassSampler(labels, { perClass: 16, random }),
 *       objective: (model, { x, labels }) => {
 *         const z = model.forward(x);
 *         return { loss: supConLoss(z, labels, { temperature: 0.1 }) };
 *       },
 *     });
 *     const { loss, validationLoss } = trainer.fit(30);
 */
export class Trainer<R extends { loss: Tensor } = { loss: Tensor }> extends TrainingLoop<
  Batch<R>,
  TrainerIteration<R>,
  TrainerStep<R>
> {
  readonly stepsPerIteration: number;
  private readonly ownOptions: ObjectiveTrainerOptions<R>;
  private readonly validation: TrainingSet;
  private readonly batches: readonly Int32Array[];

  /** @throws DataError if the data are unusable; ArgumentError for an option out of range */
  constructor(options: ObjectiveTrainerOptions<R>) {
    const op = 'Trainer';
    checkTrainerOptions(op, options, OWN, ['objective']);
    const { objective, modules = {}, optimizer, validate, batchSize = 256, random } = options;
    checkKind(op, 'objective', objective, 'function');
    checkKind(op, 'modules', modules, 'object');
    for (const [name, module] of Object.entries(modules)) {
      checkKind(op, `modules.${name}`, module, 'module');
      if (optimizer) checkTrains(op, optimizer, module, `modules.${name}'s`);
    }
    if (validate !== undefined) checkKind(op, 'validate', validate, 'function');
    if (options.stepsPerIteration !== undefined) checkCount(op, 'stepsPerIteration', options.stepsPerIteration, 1);
    checkCount(op, 'batchSize', batchSize, 1);
    const { train, validation } = trainingSets(op, options, random.fork('validation'));
    const shuffled = (labels: Int32Array, source: Random): ShuffledSampler =>
      new ShuffledSampler(labels.length, { batchSize, random: source });
    const sampler = (options.sampler ?? shuffled)(train.labels, random.fork('sampler'), train.groups);
    const model = Object.keys(modules).length > 0 ? new WithModules(options.model, modules) : options.model;
    super(op, { ...options, model }, train, sampler);
    this.ownOptions = options;
    this.validation = validation;
    checkCount(op, "the sampler's batchSize", this.sampler.batchSize, 1);
    this.batches = batchesOf(validation.length, this.sampler.batchSize, random.fork('validation batches'));
    const { batchSize: drawn, batchesPerPass = Math.ceil(train.length / drawn) } = this.sampler;
    this.stepsPerIteration = options.stepsPerIteration ?? batchesPerPass;
    checkCount(op, 'stepsPerIteration', this.stepsPerIteration, 1);
  }

  /** Trains for `count` iterations, yielding after each. A generator: nothing is trained until it is iterated over. */
  *iterations(count: number): Generator<TrainerIteration<R>, void> {
    for (const { finished } of this.steps(count)) if (finished) yield finished;
  }

  /** Trains for `count` iterations, yielding after each step; the last step of an iteration contains its statistics. */
  *steps(count: number): Generator<TrainerStep<R>, void> {
    this.checkIterations(count);
    for (const { batch, ...rest } of this.course(count, this.stepsPerIteration)) yield { ...batch, ...rest };
  }

  protected learn(batch: Dataset, random: Random) {
    const { loss, ...rest } = this.objective(batch, random);
    const numbers = rest as Reported<R>;
    const report = (gradientNorm: number): Batch<R> => ({ ...numbers, loss: loss.item(), gradientNorm });
    return { loss, report };
  }

  private objective(batch: Dataset, random: Random, what = 'loss'): R {
    const given = this.ownOptions.objective(this.ownOptions.model, batch, random);
    if (!(given?.loss instanceof Tensor) || given.loss.size !== 1)
      throw new ArgumentError(
        `Trainer: expected objective to return { loss }, a Tensor of one value, got ${found(given)}`,
      );
    for (const [name, value] of Object.entries(given)) {
      if (name === 'loss') continue;
      if (RESERVED.includes(name))
        throw new ArgumentError(
          `Trainer: expected objective to report names other than ${RESERVED.join(', ')}, got ${name}`,
        );
      checkNumber('Trainer', `${name} reported by objective`, value);
    }
    this.checkFinite(what, given.loss.item());
    return given;
  }

  protected judge(): Judged {
    const { model, validate } = this.ownOptions;
    this.model.eval();
    if (validate) {
      const criterion = noGrad(() => validate(model, this.validation));
      checkNumber('Trainer', 'the result of validate', criterion);
      return { criterion };
    }
    const random = new Random(VIEWS_SEED);
    let sum = 0;
    for (const positions of this.batches) {
      const batch = this.validation.take(positions);
      const loss = noGrad(() => scope(() => this.objective(batch, random, 'validation loss').loss.item()));
      sum += positions.length * loss;
    }
    return { criterion: sum / this.validation.length };
  }

  protected report(
    iteration: number,
    batches: readonly Batch<R>[],
    { criterion }: Judged,
    best: boolean,
  ): TrainerIteration<R> {
    const names = Object.keys(batches[0]) as (keyof Batch<R>)[];
    const means = names.map((name) => [
      name,
      batches.reduce((sum, batch) => sum + Number(batch[name]), 0) / batches.length,
    ]);
    const { learningRate } = this.optimizer;
    return { ...Object.fromEntries(means), iteration, learningRate, validationLoss: criterion, best };
  }

  protected own: unknown = null;
}

/** A model with the modules trained with it: `model.*` and `modules.<name>.*` in its state. */
class WithModules extends Layer {
  private readonly model: Layer;
  private readonly others: Readonly<Record<string, Module>>;

  constructor(model: Layer, modules: Readonly<Record<string, Module>>) {
    super();
    this.model = model;
    this.others = { ...modules };
  }

  override children(): [string, Module][] {
    const modules = Object.entries(this.others).map(([name, m]): [string, Module] => [`modules.${name}`, m]);
    return [['model', this.model], ...modules];
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    return this.model.forward(x, context);
  }
}

/** Describes the result of an objective in an error. */
function found(given: { loss?: unknown } | undefined): string {
  const loss = given?.loss;
  if (loss instanceof Tensor) return `a loss of shape ${formatShape(loss.shape)}`;
  return loss === undefined ? formatValue(given) : `a loss that is ${formatValue(loss)}`;
}

/** Positions 0 to n - 1 in random order, in batches; a last batch of one sample is merged into the one before. */
function batchesOf(n: number, batchSize: number, random: Random): Int32Array[] {
  const order = random.permutation(n);
  const batches: Int32Array[] = [];
  for (let from = 0; from < n; ) {
    const left = n - from;
    const size = left === batchSize + 1 ? left : Math.min(batchSize, left);
    batches.push(order.slice(from, from + size));
    from += size;
  }
  return batches;
}
