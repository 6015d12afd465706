import { scope } from '../autograd/scope.ts';
import { backward } from '../autograd/tape.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkCount, checkFields, checkKind, checkRange } from '../core/check.ts';
import { type DriveOptions, drive } from '../core/drive.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { drawnPositions, type Sampler } from '../data/sampler.ts';
import type { TrainingSet } from '../data/trainingSet.ts';
import { checkSameDType, type Layer } from '../nn/module.ts';
import { AdamW } from '../optim/adamw.ts';
import { clipGradNorm, gradNorm } from '../optim/clip.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { ReduceOnPlateau } from '../optim/plateau.ts';
import { constantSchedule } from '../optim/schedule.ts';
import { BestWeights } from './bestWeights.ts';
import { checkDiverged, checkSound } from './divergence.ts';
import { checkTrains, type TrainerOptions } from './options.ts';
import { type Progress, resumeTraining, saveTraining, type TrainingParts } from './saving.ts';
import type { TrainingState } from './trainingState.ts';
import { WeightAverage } from './weightAverage.ts';

/** The position of a step in training. */
export interface StepPlace {
  /** 1 for the first */
  iteration: number;
  /** 1 to `steps` */
  step: number;
  /** steps in an iteration */
  steps: number;
}

/** One step of training. */
export interface CourseStep<Batch, Iteration> {
  batch: Batch;
  /** 1 for the first */
  iteration: number;
  step: number;
  learningRate: number;
  finished: Iteration | null;
}

/** How an iteration is ranked. */
export interface Judged {
  /** the lowest is best */
  criterion: number;
  /** breaks ties between equal criteria, the lowest being best; by default the first wins */
  tie?: number;
}

/**
 * The common part of all trainers: iterations of steps, each step one batch; after each iteration the model is scored
 * on the validation set, and the best weights are restored however training ends. A trainer defines how a batch becomes
 * a loss, how the model is scored, and what is reported.
 */
export abstract class TrainingLoop<
  Batch,
  Iteration,
  Step extends { finished: Iteration | null } = { finished: Iteration | null },
> {
  /** everything that is trained: the model, and any modules trained with it */
  readonly model: Layer;
  readonly optimizer: Optimizer;
  protected readonly sampler: Sampler;
  private readonly name: string;
  private readonly data: TrainingSet;
  private readonly options: TrainerOptions;
  private readonly best: BestWeights;
  private readonly average: WeightAverage | null;
  private readonly random: Random;
  private readonly progress: Progress = { iteration: 0, done: 0, sinceBest: 0, last: null };
  private insideIteration = false;
  /** whether the next course resumes a state that was set */
  private resumes = false;
  /** ends the current course, if there is one */
  private end: (() => void) | null = null;

  protected constructor(name: string, options: TrainerOptions, data: TrainingSet, sampler: Sampler) {
    const { model, averaging } = options;
    checkKind(name, 'the result of sampler', sampler, 'sampler');
    this.name = name;
    this.options = options;
    this.data = data;
    this.sampler = sampler;
    this.random = options.random.fork('augment');
    this.model = model;
    if (options.optimizer === undefined && model.parameters().length === 0)
      throw new ArgumentError(`${name}: expected a model with parameters, got none`);
    checkSameDType(name, 'data.x', data.take(Int32Array.of(0)).x, model);
    this.optimizer = options.optimizer ?? new AdamW(model.parameters());
    checkTrains(name, this.optimizer, model);
    this.best = new BestWeights(model);
    this.average = averaging === undefined ? null : new WeightAverage(model, averaging);
  }

  /** Trains for `count` iterations, yielding after each step. */
  abstract steps(count: number): Generator<Step, void>;

  /**
   * Trains for `count` iterations, or fewer if `patience` ends it early, and returns the statistics of the last one.
   *
   * @throws TrainingError if a loss, an embedding or a gradient is not finite
   */
  fit(count: number): Iteration {
    for (const _ of this.steps(count));
    return this.progress.last as Iteration;
  }

  /**
   * Like `fit`, while the event loop runs: a page stays responsive, `signal` can stop it, and `onStep` is called with
   * every step.
   *
   * @throws `signal.reason` once the signal is aborted; the best weights so far have then been restored
   */
  async fitAsync(count: number, options: DriveOptions<Step> = {}): Promise<Iteration> {
    await drive(this.steps(count), options);
    return this.progress.last as Iteration;
  }

  /** Runs `f` with the weights in the model that would be kept if training ended now. */
  withKept<R>(f: () => R): R {
    return this.best.during(f);
  }

  /** The loss of a batch, and its report once the step is made and the gradient norm is known. */
  protected abstract learn(batch: Dataset, random: Random): { loss: Tensor; report: (gradientNorm: number) => Batch };

  /** Scores the model on the validation set. */
  protected abstract judge(): Judged;

  /** Called with a batch after its step; does nothing by default. */
  protected noteStep(_batch: Batch, _place: StepPlace): void {}

  /** The statistics of an iteration: from its number, its batches, its score, and whether that was the best. */
  protected abstract report(iteration: number, batches: readonly Batch[], judged: Judged, best: boolean): Iteration;

  /** State specific to this kind of trainer; plain data that JSON can hold. */
  protected abstract own: unknown;

  /** `count` iterations of n steps; a trainer whose state was set resumes and runs only the remaining ones. */
  protected *course(count: number, n: number): Generator<CourseStep<Batch, Iteration>, void> {
    const { schedule: given = constantSchedule, patience = Number.POSITIVE_INFINITY } = this.options;
    const schedule = typeof given === 'function' ? given : given.schedule;
    const progress = this.progress;
    const { optimizer } = this;
    this.end?.(); // one that was abandoned without a `break`
    if (!this.resumes) Object.assign(progress, { done: 0, sinceBest: 0 });
    this.resumes = false;
    checkTrains(this.name, optimizer, this.model); // checked again, since `to` makes new parameters
    const base = optimizer.learningRate;
    const initial = this.best.empty ? this.model.stateDict() : null;
    const end = (): void => {
      if (this.end !== end) return;
      this.end = null;
      Object.assign(progress, { done: 0, sinceBest: 0 });
      this.insideIteration = false;
      optimizer.learningRate = base;
      this.best.restore();
      this.model.eval();
    };
    this.end = end;
    try {
      while (progress.done < count && progress.sinceBest < patience) {
        const i = progress.done;
        const iteration = ++progress.iteration;
        const batches: Batch[] = [];
        this.insideIteration = true;
        for (let step = 1; step <= n; step++) {
          const factor = schedule((i * n + step - 1) / Math.max(count * n - 1, 1), count * n);
          checkRange(this.name, 'the result of schedule', factor, 0);
          const learningRate = base * factor;
          optimizer.learningRate = learningRate;
          const batch = this.trainBatch();
          batches.push(batch);
          this.noteStep(batch, { iteration, step, steps: n });
          const finished = step === n ? this.finish(i + 1, iteration, batches) : null;
          yield { batch, iteration, step, learningRate, finished };
          if (this.end !== end)
            throw new ArgumentError(
              `${this.name}: expected one course of training at a time, got a step of one after another had begun`,
            );
        }
      }
    } catch (error) {
      // Where no iteration was finished there are no best weights for `end` to restore.
      if (this.end === end && initial && this.best.empty) this.model.loadStateDict(initial);
      throw error;
    } finally {
      end();
    }
  }

  private trainBatch(): Batch {
    const { augment, clipNorm } = this.options;
    const batch = this.data.take(drawnPositions(this.name, this.sampler.next(), this.data.length));
    augment?.(batch.x, this.random);
    this.model.train();
    const reported = scope(() => {
      this.optimizer.zeroGrad();
      const { loss, report } = this.learn(batch, this.random);
      backward(loss);
      const { parameters } = this.optimizer;
      const norm = clipNorm === undefined ? gradNorm(parameters) : clipGradNorm(parameters, clipNorm);
      this.checkFinite('gradients, got a norm', norm);
      this.optimizer.step();
      return report(norm);
    });
    this.average?.update();
    return reported;
  }

  private finish(done: number, iteration: number, batches: readonly Batch[]): Iteration {
    const judge = (): Iteration => {
      checkSound(this.place, this.model);
      const judged = this.judge();
      const best = this.best.offer(judged.criterion, judged.tie);
      if (!best && this.options.keep === 'last') this.best.keep();
      this.progress.sinceBest = best ? 0 : this.progress.sinceBest + 1;
      this.plateau?.step(judged.criterion);
      return this.report(iteration, batches, judged, best);
    };
    const report = this.average ? this.average.during(judge) : judge();
    this.progress.done = done;
    this.progress.last = report;
    this.insideIteration = false;
    return report;
  }

  /** @throws TrainingError if training has diverged */
  protected checkFinite(what: string, value: number): void {
    checkDiverged(this.place, what, value);
  }

  private get place(): { name: string; iteration: number } {
    return { name: this.name, iteration: this.progress.iteration };
  }

  /** Throws unless this is a valid number of iterations, or of whatever a trainer calls them. */
  protected checkIterations(count: number, name = 'iterations'): void {
    checkCount(this.name, name, count, 1);
  }

  /**
   * The state of training, to be read and set between two iterations: a trainer with the same options resumes bit for
   * bit from the state set. Setting it is all or nothing. A `break` ends training, so read a state to resume from
   * inside the loop.
   *
   * @throws ArgumentError within an iteration; CheckpointError for the state of a trainer with other options
   */
  get state(): TrainingState {
    this.betweenIterations('read');
    return saveTraining(this.parts());
  }

  set state(state: TrainingState) {
    this.betweenIterations('set');
    checkFields(this.name, 'state', state, { numbers: 'object', tensors: 'object' });
    resumeTraining(this.parts(), state);
    this.resumes = true;
  }

  private parts(): TrainingParts {
    const loop = this;
    return {
      name: this.name,
      model: this.model,
      optimizer: this.optimizer,
      sampler: this.sampler,
      best: this.best,
      average: this.average,
      random: this.random,
      progress: this.progress,
      plateau: this.plateau,
      get own() {
        return loop.own;
      },
      set own(state) {
        loop.own = state;
      },
    };
  }

  private get plateau(): ReduceOnPlateau | null {
    const { schedule } = this.options;
    return typeof schedule === 'object' ? schedule : null;
  }

  private betweenIterations(what: string): void {
    if (this.insideIteration)
      throw new ArgumentError(
        `${this.name}: expected to be between two iterations when its state is ${what}, got one in progress`,
      );
  }
}
