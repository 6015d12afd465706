import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind, formatValue, LARGEST_COUNT } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { LabelEncoder } from './labelEncoder.ts';

/** Classes or groups of samples: numbers, or names. */
export type Labels = ArrayLike<number> | readonly string[];

/** Labelled samples as plain data, accepted by every trainer. */
export interface DatasetLike {
  /** samples (N,...) */
  x: TensorLike;
  /** numbers (N,F) that accompany each sample, for a model that takes them; a layer without context ignores them */
  context?: TensorLike;
  /** (N) the class of each sample: whole numbers >= 0, or names */
  labels: Labels;
  /** (N) which samples belong together, such as those of one patient or recording: whole numbers, or names */
  groups?: Labels;
}

/** How to read labels: as names of these classes, as numbers only, or, if undefined, as either. */
export type Coding = readonly string[] | 'numbers' | undefined;

/** The parts of a dataset after they have been checked; they are not checked again. */
export class DatasetParts {
  readonly x: Tensor;
  readonly context: Tensor | undefined;
  readonly labels: Int32Array;
  readonly groups: Int32Array | undefined;
  readonly classes: readonly string[] | undefined;

  constructor(parts: Pick<DatasetParts, 'x' | 'context' | 'labels' | 'groups' | 'classes'>) {
    this.x = parts.x;
    this.context = parts.context;
    this.labels = parts.labels;
    this.groups = parts.groups;
    this.classes = parts.classes;
  }
}

/** @throws DataError if the samples are unusable; see the constructor of `Dataset` */
export function checkParts(op: string, name: string, data: DatasetLike, coding: Coding): DatasetParts {
  checkKind(op, name, data, 'object');
  const x = argument(op, `${name}.x`, data.x);
  if (x.shape.length < 2 || x.shape[0] === 0)
    throw new DataError(`${op}: expected samples x (N,...), got shape ${formatShape(x.shape)}`);
  const [N] = x.shape;
  const { labels, classes } = checkSampleLabels(op, `${name}.labels`, data.labels, N, coding);
  const groups = checkGroups(op, `${name}.groups`, data.groups, N);
  checkFinite(op, 'values', x);
  const context = data.context === undefined ? undefined : argument(op, `${name}.context`, data.context);
  if (context) {
    if (context.shape.length !== 2 || context.shape[0] !== N)
      throw new DataError(`${op}: expected context (N,F) with N=${N}, got ${formatShape(context.shape)}`);
    checkFinite(op, 'context', context);
  }
  return new DatasetParts({ x, context, labels, groups, classes });
}

/**
 * The labels of N samples as numbers, copied, with the class names if there are any.
 *
 * @throws DataError for a wrong number of labels, or a label that is not a class
 */
export function checkSampleLabels(
  op: string,
  name: string,
  labels: Labels,
  N: number,
  coding: Coding,
): { labels: Int32Array; classes: readonly string[] | undefined } {
  if (areNames(labels) && coding === 'numbers')
    throw new DataError(
      `${op}: expected ${name} to be numbers, like all labels before, got ${formatValue(labels[0])} at position 0`,
    );
  const { numbers, classes } = numbered(op, name, labels, coding === 'numbers' ? undefined : coding);
  if (numbers.length !== N) throw new DataError(`${op}: expected ${N} labels for ${N} samples, got ${numbers.length}`);
  for (let i = 0; i < N; i++) {
    if (!Number.isInteger(numbers[i]) || numbers[i] < 0 || numbers[i] > LARGEST_COUNT) {
      const range = numbers[i] > LARGEST_COUNT ? `from 0 to ${LARGEST_COUNT}` : '>= 0';
      throw new DataError(`${op}: expected labels that are whole numbers ${range}, got ${numbers[i]} for sample ${i}`);
    }
    if (classes && numbers[i] >= classes.length)
      throw new DataError(
        `${op}: expected labels below ${classes.length}, the number of classes, got ${numbers[i]} for sample ${i}`,
      );
  }
  return { labels: Int32Array.from(numbers), classes };
}

/**
 * The groups of N samples as numbers, copied; undefined if there are none.
 *
 * @throws DataError for a wrong number of groups, or a group that is not a whole number
 */
export function checkGroups(op: string, name: string, groups: Labels | undefined, N: number): Int32Array | undefined {
  if (groups === undefined) return undefined;
  const { numbers } = numbered(op, name, groups);
  if (numbers.length !== N) throw new DataError(`${op}: expected ${N} groups for ${N} samples, got ${numbers.length}`);
  for (let i = 0; i < N; i++)
    if (!Number.isInteger(numbers[i]) || Math.abs(numbers[i]) > LARGEST_COUNT)
      throw new DataError(`${op}: expected groups that are whole numbers, got ${numbers[i]} for sample ${i}`);
  return Int32Array.from(numbers);
}

/** Whether these are names, and not numbers. */
export function areNames(labels: Labels): labels is readonly string[] {
  return Array.isArray(labels) && labels.length > 0 && labels.every((label) => typeof label === 'string');
}

/**
 * Numbers unchanged, and names as numbers: their positions in `classes`, or in ascending order of the names that occur.
 */
function numbered(
  op: string,
  name: string,
  labels: Labels,
  classes?: readonly string[],
): { numbers: ArrayLike<number>; classes: readonly string[] | undefined } {
  const encoder = classes && new LabelEncoder(classes);
  if (!areNames(labels)) {
    checkKind(op, name, labels, 'numbers');
    return { numbers: labels as ArrayLike<number>, classes: encoder?.classes };
  }
  const own = encoder ?? LabelEncoder.fit(labels);
  try {
    return { numbers: own.encode(labels), classes: own.classes };
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${op}: ${name}: ${error.message}`) : error;
  }
}

function checkFinite(op: string, what: string, { data, size, shape: [N] }: Tensor): void {
  const n = size / N;
  for (let i = 0; i < size; i++)
    if (!Number.isFinite(data[i]))
      throw new DataError(
        `${op}: expected finite ${what}, got ${data[i]} in sample ${Math.floor(i / n)}, value ${i % n}`,
      );
}
