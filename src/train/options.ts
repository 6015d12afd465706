import { checkCount, checkKind, checkOneOf, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Augmentation } from '../data/augment.ts';
import type { Sampler } from '../data/sampler.ts';
import type { TrainingDataOptions } from '../data/trainingSet.ts';
import type { Layer, Module } from '../nn/module.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { ReduceOnPlateau } from '../optim/plateau.ts';
import type { Schedule } from '../optim/schedule.ts';

/** Common options of all trainers; each part can be replaced. */
export interface TrainerOptions extends TrainingDataOptions {
  /** maps samples (B,...), and their context if the data have one, to the input of the loss */
  model: Layer;
  random: Random;
  /** makes the sampler from the training labels, and from their groups if the data have them */
  sampler?: (labels: Int32Array, random: Random, groups?: Int32Array) => Sampler;
  /** changes every batch before the model sees it
   * @defaultValue none */
  augment?: Augmentation;
  /** @defaultValue AdamW with its defaults */
  optimizer?: Optimizer;
  /**
   * factor on the learning rate over all steps, or one that drops when validation stops improving: it is passed the
   * value that iterations are compared by, lower being better
   * @defaultValue constant
   */
  schedule?: Schedule | ReduceOnPlateau;
  /** limit on the gradient norm
   * @defaultValue none */
  clipNorm?: number;
  /** decay of a moving average of the weights; the average is then what is scored and kept
   * @defaultValue none */
  averaging?: number;
  /** the weights to end with: those of the best iteration on the validation set, or of the last
   * @defaultValue `'best'` */
  keep?: 'best' | 'last';
  /** number of iterations without improvement after which training stops early
   * @defaultValue none */
  patience?: number;
}

const OPTIONAL = [
  ...['validation', 'validationFraction', 'sampler', 'augment', 'optimizer', 'schedule', 'clipNorm', 'averaging'],
  ...['keep', 'patience'],
];

/** Throws unless the options are those of a trainer with this name, whose specific options are `own`. */
export function checkTrainerOptions(
  name: string,
  options: TrainerOptions,
  own: readonly string[],
  required: readonly string[] = [],
): void {
  checkOptions(name, options, ['model', 'data', 'random', ...required], [...OPTIONAL, ...own]);
  const { model, random, sampler, augment, optimizer, schedule, clipNorm, averaging, keep, patience } = options;
  checkKind(name, 'model', model, 'layer');
  checkKind(name, 'random', random, 'random');
  if (sampler !== undefined) checkKind(name, 'sampler', sampler, 'function');
  if (augment !== undefined) checkKind(name, 'augment', augment, 'function');
  if (optimizer !== undefined) checkKind(name, 'optimizer', optimizer, 'optimizer');
  if (schedule !== undefined) checkKind(name, 'schedule', schedule, 'schedule');
  if (clipNorm !== undefined) checkRange(name, 'clipNorm', clipNorm, 0);
  if (averaging !== undefined) checkRange(name, 'averaging', averaging, 0, 1);
  if (keep !== undefined) checkOneOf(name, 'keep', keep, ['best', 'last']);
  if (patience !== undefined) checkCount(name, 'patience', patience, 1);
  const { validationFraction } = options;
  if (validationFraction !== undefined) checkRange(name, 'validationFraction', validationFraction, 0, 1);
}

/**
 * Throws if an optimiser has none of the parameters of a module that it should train: the module would learn nothing.
 */
export function checkTrains(name: string, optimizer: Optimizer, model: Module, whose = "the model's"): void {
  const wanted = model.parameters().filter((p) => p.requiresGrad);
  const held = new Set(optimizer.parameters);
  if (wanted.length > 0 && !wanted.some((p) => held.has(p)))
    throw new ArgumentError(`${name}: expected an optimizer of ${whose} parameters, got one with none of them`);
}
