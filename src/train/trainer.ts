import { scope } from '../autograd/scope.ts';
import { backward } from '../autograd/tape.ts';
import { Tensor } from '../autograd/tensor.ts';
import { checkFields, checkKind, checkOneOf, checkOptions, checkRange } from '../core/check.ts';
import { ArgumentError, CheckpointError, DataError, TrainingError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Vec } from '../kernels/types.ts';
import type { Sampler } from '../metric/sampler.ts';
import { Dropout } from '../nn/dropout.ts';
import { checkSameDType, type Layer, type Module } from '../nn/module.ts';
import { AdamW } from '../optim/adamw.ts';
import { clipGradNorm, gradNorm } from '../optim/clip.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { constantSchedule, type Schedule } from '../optim/schedule.ts';
import type { Augmentation } from './augment.ts';
import { BestWeights } from './checkpoint.ts';
import { type CheckedDataset, type TrainingDataOptions, takeSamples } from './dataset.ts';
import { type Numbers, prefixed, type TrainingState, unprefixed } from './trainingState.ts';
import { WeightAverage } from './weightAverage.ts';

/** What every trainer is made of; each part can be replaced. */
export interface TrainerOptions extends TrainingDataOptions {
  /** maps samples (B,...), and their context where the data have one, to what the loss wants */
  model: Layer;
  random: Random;
  /** makes the sampler from the labels trained on */
  sampler?: (labels: Int32Array, random: Random) => Sampler;
  /** changes every batch before the model sees it; nothing by default */
  augment?: Augmentation;
  /** AdamW with its defaults */
  optimizer?: Optimizer;
  /** factor on the learning rate over all steps; constant */
  schedule?: Schedule;
  /** limit on the gradient norm; none */
  clipNorm?: number;
  /** decay of a moving average of the weights, which is then what is scored and kept; none */
  averaging?: number;
  /** the weights to put back in the end: those of the round with the lowest score, by default, or of the last round */
  keep?: 'best' | 'last';
}

const OPTIONAL = [
  'validation',
  'holdBack',
  'sampler',
  'augment',
  'optimizer',
  'schedule',
  'clipNorm',
  'averaging',
  'keep',
];

/** Throws unless the options are those of a trainer of this name, which has `own` beside the common ones. */
export function checkTrainerOptions(name: string, options: TrainerOptions, own: readonly string[]): void {
  checkOptions(name, options, ['model', 'data', 'random'], [...OPTIONAL, ...own]);
  const { model, random, sampler, augment, optimizer, schedule, clipNorm, averaging, keep, holdBack } = options;
  checkKind(name, 'model', model, 'layer');
  checkKind(name, 'random', random, 'random');
  if (sampler !== undefined) checkKind(name, 'sampler', sampler, 'function');
  if (augment !== undefined) checkKind(name, 'augment', augment, 'function');
  if (optimizer !== undefined) checkKind(name, 'optimizer', optimizer, 'optimizer');
  if (schedule !== undefined) checkKind(name, 'schedule', schedule, 'function');
  if (clipNorm !== undefined) checkRange(name, 'clipNorm', clipNorm, 0);
  if (averaging !== undefined) checkRange(name, 'averaging', averaging, 0, 1);
  if (keep !== undefined) checkOneOf(name, 'keep', keep, ['best', 'last']);
  if (holdBack !== undefined) checkRange(name, 'holdBack', holdBack, 0, 1);
}

/** Throws where an optimiser holds none of the parameters that a model is to be trained by: it would learn nothing. */
export function checkTrains(name: string, optimizer: Optimizer, model: Module): void {
  const wanted = model.parameters().filter((p) => p.requiresGrad);
  const held = new Set(optimizer.parameters);
  if (wanted.length > 0 && !wanted.some((p) => held.has(p)))
    throw new ArgumentError(
      `${name}: expected an optimizer of the model's parameters, got one that holds none of them`,
    );
}

/** Where a step is in the course of training. */
export interface StepPlace {
  /** 1 for the first */
  round: number;
  /** 1 to `steps` */
  step: number;
  /** those of a round */
  steps: number;
}

/** One step in the course of training. */
interface Step<Batch, Round> {
  batch: Batch;
  /** 1 for the first */
  round: number;
  step: number;
  learningRate: number;
  finished: Round | null;
}

/**
 * What trainers have in common: rounds of steps, each step one batch; after each round a score of the model on held-back
 * data, the lowest of which decides the weights that are put back on every way out. A trainer says how a batch becomes a
 * loss, how a round is scored, and what it reports.
 */
export abstract class Trainer<Batch, Round> {
  readonly model: Layer;
  readonly optimizer: Optimizer;
  protected readonly sampler: Sampler;
  readonly #name: string;
  readonly #data: CheckedDataset;
  readonly #options: TrainerOptions;
  readonly #best: BestWeights;
  readonly #average: WeightAverage | null;
  readonly #random: Random;
  #round = 0;
  /** rounds of the present course that are behind */
  #done = 0;
  #insideRound = false;

  protected constructor(name: string, options: TrainerOptions, data: CheckedDataset, sampler: Sampler) {
    const { model, averaging } = options;
    checkKind(name, 'what sampler makes', sampler, 'sampler');
    this.#name = name;
    this.#options = options;
    this.#data = data;
    this.sampler = sampler;
    this.#random = options.random.fork('augment');
    this.model = model;
    if (options.optimizer === undefined && model.parameters().length === 0)
      throw new ArgumentError(`${name}: expected a model with parameters, got none`);
    checkSameDType(name, 'data.x', data.x, model);
    this.optimizer = options.optimizer ?? new AdamW(model.parameters());
    checkTrains(name, this.optimizer, model);
    this.#best = new BestWeights(model);
    this.#average = averaging === undefined ? null : new WeightAverage(model, averaging);
  }

  /** What `f` gives with the weights in the model that would be kept if training ended now. */
  withKept<R>(f: () => R): R {
    return this.#best.during(f);
  }

  /** The loss of a batch, and what to report of it once the step is made and the gradients' norm is known. */
  protected abstract objective(batch: CheckedDataset): { loss: Tensor; report: (gradientNorm: number) => Batch };

  /** The model's score on held-back data, lower being better, and what else is seen there. */
  protected abstract score(): { score: number };

  /** What decides between rounds of one score, lower being better; the first is taken by default. */
  protected tieBreak(_score: { score: number }): number {
    return 0;
  }

  /** Takes note of a batch once its step is made; does nothing by default. */
  protected noteStep(_batch: Batch, _place: StepPlace): void {}

  /** What to report of a round, from its batches, its score, and whether that was the lowest. */
  protected abstract report(round: number, batches: readonly Batch[], score: { score: number }, best: boolean): Round;

  /** State of a trainer's own, that JSON can hold. */
  protected abstract own: unknown;

  /** `count` rounds of n steps; a trainer whose state was set goes on with those that are left of them. */
  protected *course(count: number, n: number): Generator<Step<Batch, Round>, void> {
    const { schedule = constantSchedule } = this.#options;
    const { optimizer } = this;
    const base = optimizer.learningRate;
    checkTrains(this.#name, optimizer, this.model); // again, since `to` makes other parameters
    try {
      while (this.#done < count) {
        const i = this.#done;
        const round = ++this.#round;
        const batches: Batch[] = [];
        this.#insideRound = true;
        for (let step = 1; step <= n; step++) {
          const factor = schedule((i * n + step - 1) / Math.max(count * n - 1, 1), count * n);
          checkRange(this.#name, 'what schedule gives', factor, 0);
          const learningRate = base * factor;
          optimizer.learningRate = learningRate;
          const batch = this.#trainBatch();
          batches.push(batch);
          this.noteStep(batch, { round, step, steps: n });
          const finished = step === n ? this.#finish(i + 1, round, batches) : null;
          yield { batch, round, step, learningRate, finished };
        }
      }
    } finally {
      this.#done = 0;
      this.#insideRound = false;
      optimizer.learningRate = base;
      this.#best.restore();
      this.model.eval();
    }
  }

  #trainBatch(): Batch {
    const { augment, clipNorm } = this.#options;
    const batch = takeSamples(this.#data, this.#positions(this.sampler.next()));
    augment?.(batch.x, this.#random);
    this.model.train();
    const reported = scope(() => {
      this.optimizer.zeroGrad();
      const { loss, report } = this.objective(batch);
      backward(loss);
      const { parameters } = this.optimizer;
      const norm = clipNorm === undefined ? gradNorm(parameters) : clipGradNorm(parameters, clipNorm);
      this.checkFinite('gradients, got a norm', norm);
      this.optimizer.step();
      return report(norm);
    });
    this.#average?.update();
    return reported;
  }

  /** What the sampler gave, as positions of samples. */
  #positions(given: ArrayLike<number>): Int32Array {
    const N = this.#data.labels.length;
    checkKind(this.#name, 'positions that the sampler gives', given, 'numbers');
    if (given.length === 0) throw new DataError(`${this.#name}: expected the sampler to give positions, got none`);
    for (let i = 0; i < given.length; i++)
      if (!(Number.isInteger(given[i]) && given[i] >= 0 && given[i] < N))
        throw new DataError(
          `${this.#name}: expected the sampler to give positions from 0 to ${N - 1}, got ${given[i]} at position ${i}`,
        );
    return given instanceof Int32Array ? given : Int32Array.from(given);
  }

  #finish(done: number, round: number, batches: readonly Batch[]): Round {
    const judge = (): Round => {
      const score = this.score();
      const best = this.#best.offer(score.score, this.tieBreak(score));
      if (!best && this.#options.keep === 'last') this.#best.keep();
      return this.report(round, batches, score, best);
    };
    const report = this.#average ? this.#average.during(judge) : judge();
    this.#done = done;
    this.#insideRound = false;
    return report;
  }

  /** @throws TrainingError where training has left the numbers */
  protected checkFinite(what: string, value: number): void {
    if (!Number.isFinite(value))
      throw new TrainingError(
        `${this.#name}: expected finite ${what} of ${value} in round ${this.#round}; try a lower learning rate or clipNorm`,
      );
  }

  /**
   * Where training stands, to be read and set between two rounds: a trainer made alike, whose state is set to it, goes on bit for
   * bit as this one would. Setting it changes all or nothing. A `break` ends the course: what is to be gone on from is read
   * inside the loop.
   *
   * @throws ArgumentError within a round; CheckpointError for the state of a trainer of another make
   */
  get state(): TrainingState {
    this.#betweenRounds('read');
    return this.#save();
  }

  set state(state: TrainingState) {
    this.#betweenRounds('set');
    checkFields(this.#name, 'state', state, { numbers: 'object', tensors: 'object' });
    const before = this.#save();
    try {
      this.#restore(state);
    } catch (error) {
      this.#restore(before);
      if (error instanceof CheckpointError) throw error;
      const { message } = error as Error;
      throw new CheckpointError(`${this.#name}: expected the state of a trainer made alike, got: ${message}`, {
        cause: error,
      });
    }
  }

  #betweenRounds(what: string): void {
    if (this.#insideRound)
      throw new ArgumentError(
        `${this.#name}: expected to be between two rounds when its state is ${what}, got amid one`,
      );
  }

  #save(): TrainingState {
    const { kind, step, steps, slots } = this.optimizer.state;
    const best = this.#best.state;
    const average = this.#average?.state;
    const numbers: Numbers = {
      trainer: this.#name,
      round: this.#round,
      done: this.#done,
      optimizer: step,
      optimizerKind: kind,
      optimizerSteps: steps,
      best: best.score,
      tie: best.tie,
      averaged: average?.steps ?? null,
      sampler: this.sampler.state,
      random: this.#random.state,
      dropout: this.#dropouts.map(({ random }) => random.state),
      own: this.own,
    };
    return {
      numbers: { ...numbers },
      tensors: {
        ...prefixed('model', this.model.stateDict()),
        ...prefixed('best', best.weights),
        ...prefixed('average', average?.weights ?? {}),
        ...Object.fromEntries(
          slots.flatMap((arrays, p) => arrays.map((a, s) => [`optimizer.${p}.${s}`, new Tensor(a, [a.length])])),
        ),
      },
    };
  }

  #restore({ numbers, tensors }: TrainingState): void {
    const own = this.model.stateDict();
    const saved = unprefixed('optimizer', tensors);
    const slots = this.optimizer.parameters.map((_, p) =>
      Object.values(unprefixed(String(p), saved)).map(({ data }): Vec => data),
    );
    const {
      trainer,
      round,
      done,
      optimizer,
      optimizerKind,
      optimizerSteps,
      best,
      tie,
      averaged,
      sampler,
      random,
      dropout,
      own: extra,
    } = numbers as unknown as Numbers;
    const counts = [round, done, optimizer, averaged ?? 0].every((n) => Number.isInteger(n) && n >= 0);
    const fits = (prefix: string): boolean =>
      Object.entries(own).every(([name, { size }]) => tensors[`${prefix}.${name}`]?.size === size);
    const averages = (averaged !== null) === (this.#average !== null) && (averaged === null || fits('average'));
    if (
      trainer !== this.#name ||
      !counts ||
      !fits('model') ||
      !(best === null || (fits('best') && typeof tie === 'number')) ||
      !averages ||
      slots.flat().length !== Object.keys(saved).length ||
      dropout?.length !== this.#dropouts.length
    )
      throw new CheckpointError(`${this.#name}: expected the state of a trainer made alike, got another's`);
    this.optimizer.state = { kind: optimizerKind, step: optimizer, steps: optimizerSteps, slots };
    this.sampler.state = sampler;
    this.model.loadStateDict(unprefixed('model', tensors));
    this.#best.state = { score: best, tie, weights: best === null ? {} : unprefixed('best', tensors) };
    if (this.#average) this.#average.state = { steps: averaged ?? 0, weights: unprefixed('average', tensors) };
    this.#random.state = random;
    this.#dropouts.forEach((layer, i) => {
      layer.random.state = dropout[i];
    });
    this.own = extra;
    this.#round = round;
    this.#done = done;
  }

  get #dropouts(): Dropout[] {
    return this.model.modules().filter((m): m is Dropout => m instanceof Dropout);
  }
}
