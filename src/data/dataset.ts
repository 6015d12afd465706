import type { Tensor } from '../autograd/tensor.ts';
import { asIndices } from '../core/asArrays.ts';
import { checkCount, checkKind, checkOneOf } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { type Coding, checkParts, checkSampleLabels, type DatasetLike, DatasetParts } from './datasetParts.ts';
import { formatClasses } from './labelEncoder.ts';
import { takeRows, viewRows } from './rows.ts';
import { membersByLabel } from './sampler.ts';
import { type GroupedOptions, groupedSplit, type StratifiedOptions, stratifiedSplit } from './split.ts';

export type { DatasetLike, Labels } from './datasetParts.ts';

/**
 * Labelled samples in memory: N samples x (N,...), their classes and, optionally, their context and groups. Everything
 * is checked once, on construction. Class names become numbers in the order of `classes`.
 *
 * @example
 *     declare const [x, labels, subjects, random]: [Tensor, string[], string[], Random];
 *     const dataset = new Dataset({ x, labels, groups: subjects });
 *     const { train, validation } = dataset.split({ fraction: 0.2, by: 'group', random });
 */
export class Dataset {
  /** (N,...); shares the memory of the tensor that it was made from */
  readonly x: Tensor;
  /** (N,F) */
  readonly context: Tensor | undefined;
  /** (N) whole numbers >= 0 */
  readonly labels: Int32Array;
  /** (N) whole numbers */
  readonly groups: Int32Array | undefined;
  /** names of the classes, class k at position k; defined if the labels were names or `classes` was given */
  readonly classes: readonly string[] | undefined;

  /**
   * @param options.classes names of the classes in the order of their numbers; if labels are names, by default those
   * that occur, in ascending order
   * @throws DataError if there is no sample, labels and samples differ in number, a label is not a class, or a value is
   * NaN or infinite
   */
  constructor(data: DatasetLike, options: { classes?: readonly string[] } = {}) {
    checkOptions('Dataset', options, [], ['classes']);
    if (options.classes !== undefined) checkKind('Dataset', 'classes', options.classes, 'array');
    const parts = data instanceof DatasetParts ? data : checked('Dataset', 'data', data, options.classes);
    this.x = parts.x;
    this.context = parts.context;
    this.labels = parts.labels;
    this.groups = parts.groups;
    this.classes = parts.classes;
  }

  /** N */
  get length(): number {
    return this.labels.length;
  }

  /**
   * The samples at the given positions, in that order, copied.
   *
   * @throws ArgumentError for a position out of range
   */
  take(indices: ArrayLike<number>): Dataset {
    const at = checkPositions('take', indices, this.length);
    return this.part(
      (t) => takeRows(t, at),
      (list) => at.map((i) => list[i]),
    );
  }

  /** The samples from position `from` up to, not including, `to`, in this dataset's memory. */
  slice(from: number, to: number = this.length): Dataset {
    checkCount('slice', 'from', from, 0, this.length);
    checkCount('slice', 'to', to, from, this.length);
    return this.part(
      (t) => viewRows(t, from, to),
      (list) => list.subarray(from, to),
    );
  }

  /** The classes that occur, ascending, each with the positions of its samples. */
  byClass(): Map<number, Int32Array> {
    return positionsBy(this.labels);
  }

  /**
   * The groups, ascending, each with the positions of its samples.
   *
   * @throws DataError for a dataset without groups
   */
  byGroup(): Map<number, Int32Array> {
    if (!this.groups) throw new DataError('byGroup: expected a dataset with groups, got one without');
    return positionsBy(this.groups);
  }

  /**
   * Divides the samples at random into training and validation samples: by class like `stratifiedSplit`, the default,
   * or by group like `groupedSplit`, with each group on one side.
   *
   * @throws DataError if a class cannot be on both sides, or there are no groups to divide by
   */
  split(options: StratifiedOptions & { by?: 'class' | 'group' }): { train: Dataset; validation: Dataset } {
    checkOptions('split', options, ['fraction', 'random'], ['atLeast', 'by']);
    const { by = 'class', ...rest } = options;
    checkOneOf('split', 'by', by, ['class', 'group']);
    const sides = by === 'class' ? stratifiedSplit(this.labels, rest) : this.groupedSplit(rest);
    return { train: this.take(sides.train), validation: this.take(sides.validation) };
  }

  private groupedSplit(options: GroupedOptions) {
    if (!this.groups) throw new DataError('split: expected a dataset with groups, got one without');
    return groupedSplit(this.labels, this.groups, options);
  }

  private part(tensor: (t: Tensor) => Tensor, list: (l: Int32Array) => Int32Array): Dataset {
    const { x, context, labels, groups, classes } = this;
    return new Dataset(
      new DatasetParts({
        ...{ x: tensor(x), context: context && tensor(context), labels: list(labels) },
        ...{ groups: groups && list(groups), classes },
      }),
    );
  }
}

function positionsBy(labels: Int32Array): Map<number, Int32Array> {
  return new Map(membersByLabel(labels).map(([label, members]) => [label, Int32Array.from(members)]));
}

/**
 * Positions of samples as whole numbers.
 *
 * @throws ArgumentError for one that is not from 0 to N - 1
 */
export function checkPositions(op: string, indices: ArrayLike<number>, N: number): Int32Array {
  checkKind(op, 'indices', indices, 'numbers');
  const at = asIndices(op, 'indices', indices);
  for (let i = 0; i < at.length; i++)
    if (at[i] < 0 || at[i] >= N)
      throw new ArgumentError(`${op}: expected indices from 0 to ${N - 1}, got ${at[i]} at position ${i}`);
  return at;
}

/** A caller's data as a checked dataset; a `Dataset` is returned itself. */
export function asDataset(op: string, name: string, data: DatasetLike, coding: Coding): Dataset {
  const parts = checked(op, name, data, coding);
  return parts === data ? (data as Dataset) : new Dataset(parts);
}

/** The parts of a caller's data. A dataset, whose values were checked on construction, must have the same classes. */
function checked(op: string, name: string, data: DatasetLike, coding: Coding): DatasetParts {
  if (!(data instanceof Dataset)) return checkParts(op, name, data, coding);
  const { x, labels, classes, length } = data;
  if (length === 0) throw new DataError(`${op}: expected samples x (N,...), got shape ${formatShape(x.shape)}`);
  if (coding === undefined || coding === 'numbers') return data;
  if (!classes) {
    checkSampleLabels(op, `${name}.labels`, labels, length, coding);
    return new DatasetParts({ ...data, classes: coding });
  }
  if (classes.length !== coding.length || classes.some((c, k) => c !== coding[k]))
    throw new DataError(
      `${op}: expected ${name} of the classes ${formatClasses(coding)}, got ${formatClasses(classes)}`,
    );
  return data;
}
