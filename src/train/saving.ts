import { Tensor } from '../autograd/tensor.ts';
import { isCount } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import type { Random, RandomState } from '../core/random.ts';
import type { Sampler } from '../data/sampler.ts';
import type { Vec } from '../kernels/types.ts';
import { Dropout } from '../nn/dropout.ts';
import type { Layer } from '../nn/module.ts';
import { firstUnsound } from '../nn/soundness.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { PlateauState, ReduceOnPlateau } from '../optim/plateau.ts';
import type { BestWeights } from './bestWeights.ts';
import { prefixed, type TrainingState, unprefixed } from './trainingState.ts';
import type { WeightAverage } from './weightAverage.ts';

/** The progress of training. */
export interface Progress {
  /** iterations started, over all runs */
  iteration: number;
  /** iterations completed in the current run */
  done: number;
  /** iterations since the best one of the current run */
  sinceBest: number;
  /** statistics of the last iteration, plain data; null before the first */
  last: unknown;
}

/** Everything in a trainer that changes during training. */
export interface TrainingParts {
  readonly name: string;
  readonly model: Layer;
  readonly optimizer: Optimizer;
  readonly sampler: Sampler;
  readonly best: BestWeights;
  readonly average: WeightAverage | null;
  readonly random: Random;
  readonly progress: Progress;
  readonly plateau: ReduceOnPlateau | null;
  /** state specific to the kind of trainer, plain data */
  own: unknown;
}

/** The numbers of a training state, all of them plain data. */
interface Numbers {
  trainer: string;
  /** iterations started, under the name used in the first files */
  round: number;
  done: number;
  /** missing in old states */
  sinceBest?: number;
  last?: unknown;
  optimizer: number;
  /** missing in old states */
  optimizerKind?: string;
  optimizerSteps?: readonly number[];
  best: number | null;
  tie: number;
  averaged: number | null;
  sampler: unknown;
  plateau?: PlateauState;
  random: RandomState;
  dropout: RandomState[];
  own: unknown;
}

/** The state of training. */
export function saveTraining(parts: TrainingParts): TrainingState {
  const { name, model, optimizer, progress } = parts;
  const { kind, step, steps, slots } = optimizer.state;
  const best = parts.best.state;
  const average = parts.average?.state;
  const numbers: Numbers = {
    trainer: name,
    round: progress.iteration,
    done: progress.done,
    sinceBest: progress.sinceBest,
    last: progress.last,
    optimizer: step,
    optimizerKind: kind,
    optimizerSteps: steps,
    best: best.score,
    tie: best.tie,
    averaged: average?.steps ?? null,
    sampler: parts.sampler.state,
    plateau: parts.plateau?.state,
    random: parts.random.state,
    dropout: dropouts(model).map(({ random }) => random.state),
    own: parts.own,
  };
  return {
    numbers: { ...numbers },
    tensors: {
      ...prefixed('model', model.stateDict()),
      ...prefixed('best', best.weights),
      ...prefixed('average', average?.weights ?? {}),
      ...Object.fromEntries(
        slots.flatMap((arrays, p) => arrays.map((a, s) => [`optimizer.${p}.${s}`, new Tensor(a, [a.length])])),
      ),
    },
  };
}

/**
 * Restores a state, or, if it does not fit, leaves everything as it was.
 *
 * @throws CheckpointError for the state of a trainer with other options
 */
export function resumeTraining(parts: TrainingParts, state: TrainingState): void {
  const before = saveTraining(parts);
  try {
    restoreTraining(parts, state);
  } catch (error) {
    restoreTraining(parts, before);
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `${parts.name}: expected the state of a trainer with the same options, got: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** @throws CheckpointError for the state of a trainer with other options; parts set before the fault remain set */
function restoreTraining(parts: TrainingParts, { numbers, tensors }: TrainingState): void {
  const { name, model, optimizer, average } = parts;
  const own = model.stateDict();
  const saved = unprefixed('optimizer', tensors);
  const slots = optimizer.parameters.map((_, p) =>
    Object.values(unprefixed(String(p), saved)).map(({ data }): Vec => data),
  );
  const given = numbers as unknown as Numbers;
  const { round, done, sinceBest = 0, last = null, averaged, best, tie, dropout } = given;
  const counts = [round, done, sinceBest, given.optimizer, averaged ?? 0].every(isCount);
  const fits = (prefix: string): boolean =>
    Object.entries(own).every(([key, { size }]) => tensors[`${prefix}.${key}`]?.size === size);
  const averages = (averaged !== null) === (average !== null) && (averaged === null || fits('average'));
  const layers = dropouts(model);
  if (
    given.trainer !== name ||
    !counts ||
    !fits('model') ||
    !(best === null || (fits('best') && typeof tie === 'number')) ||
    !averages ||
    slots.flat().length !== Object.keys(saved).length ||
    (given.plateau === undefined) !== (parts.plateau === null) ||
    dropout?.length !== layers.length
  )
    throw new CheckpointError(`${name}: expected the state of a trainer with the same options, got that of another`);
  const fault = firstUnsound(Object.entries(tensors));
  if (fault !== null) throw new CheckpointError(`${name}: expected finite numbers in the state, got ${fault}`);
  optimizer.state = { kind: given.optimizerKind, step: given.optimizer, steps: given.optimizerSteps, slots };
  parts.sampler.state = given.sampler;
  if (parts.plateau && given.plateau) parts.plateau.state = given.plateau;
  const weights = best === null ? {} : unprefixed('best', tensors);
  if (best !== null) model.loadStateDict(weights); // the end of training will: what does not fit is refused now
  model.loadStateDict(unprefixed('model', tensors));
  parts.best.state = { score: best, tie, weights };
  if (average) average.state = { steps: averaged ?? 0, weights: unprefixed('average', tensors) };
  parts.random.state = given.random;
  for (const [i, layer] of layers.entries()) layer.random.state = dropout[i];
  parts.own = given.own;
  Object.assign(parts.progress, { iteration: round, done, sinceBest, last });
}

function dropouts(model: Layer): Dropout[] {
  return model.modules().filter((m): m is Dropout => m instanceof Dropout);
}
