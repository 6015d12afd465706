import { checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { asDataset, Dataset, type DatasetLike } from './dataset.ts';
import type { Coding } from './datasetParts.ts';
import { type DatasetSource, openSource, SourceSet } from './datasetSource.ts';
import { stratify } from './split.ts';

/** What a trainer draws its batches from: a `Dataset`, or samples that are read on demand. */
export interface TrainingSet {
  readonly length: number;
  readonly labels: Int32Array;
  readonly groups?: Int32Array;
  readonly classes?: readonly string[];
  /** The samples at the given positions, in that order, copied. */
  take(indices: ArrayLike<number>): Dataset;
}

/** The data of a trainer. */
export interface TrainingDataOptions {
  data: DatasetLike | DatasetSource;
  /** validation set
   * @defaultValue `validationFraction` of each class of `data`, regardless of groups */
  validation?: DatasetLike | DatasetSource;
  /** @defaultValue 0.1 */
  validationFraction?: number;
}

/**
 * The training set and the validation set, checked.
 *
 * @param atLeast minimum number of validation samples of each class, however small the fraction
 */
export function trainingSets(
  op: string,
  { data, validation, validationFraction = 0.1 }: TrainingDataOptions,
  random: Random,
  atLeast = 1,
): { train: TrainingSet; validation: TrainingSet } {
  const train = asTrainingSet(op, 'data', data);
  if (validation !== undefined) {
    const given = asTrainingSet(op, 'validation', validation, train.classes ?? 'numbers');
    const [own, wanted] = [given, train].map(contextSize);
    if (own !== wanted)
      throw new DataError(`${op}: expected validation with ${wanted} numbers of context, like data, got ${own}`);
    return { train, validation: given };
  }
  const sides = stratify(op, 'validationFraction', train.labels, { fraction: validationFraction, random, atLeast });
  const part = (indices: Int32Array): TrainingSet =>
    train instanceof SourceSet ? train.part(indices) : train.take(indices);
  return { train: part(sides.train), validation: part(sides.validation) };
}

function contextSize(set: TrainingSet): number {
  const { context } = set instanceof Dataset ? set : set.take([0]);
  return context?.shape[1] ?? 0;
}

/** A caller's data, checked but for the values of a source, which are checked as they are read. */
export function asTrainingSet(
  op: string,
  name: string,
  data: DatasetLike | DatasetSource,
  coding?: Coding,
): Dataset | SourceSet {
  checkKind(op, name, data, 'object');
  return 'get' in data && !('x' in data)
    ? openSource(op, name, data, coding)
    : asDataset(op, name, data as DatasetLike, coding);
}
