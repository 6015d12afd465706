import { argument, newVec, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { asIndices, checkCount, checkKind, checkOneOf, checkOptions, LARGEST_COUNT } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { LabelEncoder } from './labelEncoder.ts';
import { membersByLabel } from './sampler.ts';
import { type GroupedOptions, groupedSplit, type StratifiedOptions, stratifiedSplit } from './split.ts';

/** Classes or groups of samples: numbers, or names. */
export type Labels = ArrayLike<number> | readonly string[];

/** Labelled samples as plain data, which every trainer takes. */
export interface DatasetLike {
  /** samples (N,...) */
  x: TensorLike;
  /** numbers (N,F) that go with each sample, for a model that takes them; a layer without context ignores them */
  context?: TensorLike;
  /** (N) the class of each sample: whole numbers >= 0, or names */
  labels: Labels;
  /** (N) what samples belong together, such as the patient or the recording that they are of: whole numbers, or names */
  groups?: Labels;
}

/** A dataset's parts once they are checked, which are not checked again. */
class Parts {
  readonly x: Tensor;
  readonly context: Tensor | undefined;
  readonly labels: Int32Array;
  readonly groups: Int32Array | undefined;
  readonly classes: readonly string[] | undefined;

  constructor(parts: Pick<Dataset, 'x' | 'context' | 'labels' | 'groups' | 'classes'>) {
    this.x = parts.x;
    this.context = parts.context;
    this.labels = parts.labels;
    this.groups = parts.groups;
    this.classes = parts.classes;
  }
}

/**
 * Labelled samples in memory: N samples x (N,...), their classes, and where there are any the numbers of context and the
 * group of each. Everything is checked once, when it is made. Names of classes become numbers in the order of `classes`.
 *
 * @example
 *     const dataset = new Dataset({ x, labels: ['walk', 'run', ...], groups: subjects });
 *     const { train, validation } = dataset.split({ fraction: 0.2, by: 'group', random });
 */
export class Dataset {
  readonly x: Tensor;
  /** (N,F) */
  readonly context: Tensor | undefined;
  /** (N) whole numbers >= 0 */
  readonly labels: Int32Array;
  /** (N) whole numbers */
  readonly groups: Int32Array | undefined;
  /** names of the classes, class k at position k, where the labels were names */
  readonly classes: readonly string[] | undefined;

  /**
   * @param classes names of the classes in the order of their numbers, where labels are names; by default those that
   * occur, in ascending order
   * @throws DataError where there is no sample, labels and samples are of unequal number, a label is no class, or a value
   * is NaN or infinite
   */
  constructor(data: DatasetLike, options: { classes?: readonly string[] } = {}) {
    checkOptions('Dataset', options, [], ['classes']);
    if (options.classes !== undefined) checkKind('Dataset', 'classes', options.classes, 'array');
    const parts = data instanceof Parts ? data : checkParts('Dataset', 'data', data, options.classes);
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
   * The samples at the given positions, in their order, copied.
   *
   * @throws ArgumentError for a position outside
   */
  take(indices: ArrayLike<number>): Dataset {
    const at = asIndices('take', 'indices', indices);
    for (let i = 0; i < at.length; i++)
      if (at[i] < 0 || at[i] >= this.length)
        throw new ArgumentError(`take: expected indices from 0 to ${this.length - 1}, got ${at[i]} at position ${i}`);
    const taken = ({ data, dtype, shape: [, ...sample] }: Tensor): Tensor => {
      const size = sizeOf(sample);
      const copy = newVec(dtype, at.length * size);
      at.forEach((from, i) => {
        copy.set(data.subarray(from * size, (from + 1) * size), i * size);
      });
      return new Tensor(copy, [at.length, ...sample]);
    };
    return this.#part(taken, (list) => at.map((i) => list[i]));
  }

  /** The samples from position `from` up to `to`, which is not among them, in this dataset's memory. */
  slice(from: number, to: number = this.length): Dataset {
    checkCount('slice', 'from', from, 0, this.length);
    checkCount('slice', 'to', to, from, this.length);
    const part = ({ data, shape: [, ...sample] }: Tensor): Tensor => {
      const size = sizeOf(sample);
      return new Tensor(data.subarray(from * size, to * size), [to - from, ...sample]);
    };
    return this.#part(part, (list) => list.subarray(from, to));
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
   * Divides the samples at random into some to train on and some to validate with: by class, each class with the same
   * fraction in either, or by group, each group on one side and the classes as near to the fraction as the groups allow.
   *
   * @throws DataError where a class cannot be on both sides; for groups, where there are none
   */
  split(options: StratifiedOptions & { by?: 'class' | 'group' }): { train: Dataset; validation: Dataset } {
    checkOptions('split', options, ['fraction', 'random'], ['atLeast', 'by']);
    const { by = 'class', ...rest } = options;
    checkOneOf('split', 'by', by, ['class', 'group']);
    const sides = by === 'class' ? stratifiedSplit(this.labels, rest) : this.#groupedSplit(rest);
    return { train: this.take(sides.train), validation: this.take(sides.validation) };
  }

  #groupedSplit(options: GroupedOptions) {
    if (!this.groups) throw new DataError('split: expected a dataset with groups, got one without');
    return groupedSplit(this.labels, this.groups, options);
  }

  #part(tensor: (t: Tensor) => Tensor, list: (l: Int32Array) => Int32Array): Dataset {
    const { x, context, labels, groups, classes } = this;
    return new Dataset(
      new Parts({
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
 * A caller's data as a dataset, checked.
 *
 * @param classes names of the classes, where another dataset has fixed their numbers
 */
export function asDataset(op: string, name: string, data: DatasetLike, classes?: readonly string[]): Dataset {
  if (!(data instanceof Dataset)) return new Dataset(checkParts(op, name, data, classes));
  if (
    classes &&
    data.classes &&
    !(classes.length === data.classes.length && classes.every((c, k) => c === data.classes?.[k]))
  )
    throw new DataError(`${op}: expected ${name} of the classes ${classes.join(', ')}, got ${data.classes.join(', ')}`);
  return data;
}

function checkParts(op: string, name: string, data: DatasetLike, classes?: readonly string[]): Parts {
  checkKind(op, name, data, 'object');
  const x = argument(op, `${name}.x`, data.x);
  if (x.shape.length < 2 || x.shape[0] === 0)
    throw new DataError(`${op}: expected samples x (N,...), got shape ${formatShape(x.shape)}`);
  const [N] = x.shape;
  const labelled = numbered(op, `${name}.labels`, data.labels, classes);
  const { numbers: labels } = labelled;
  if (labels.length !== N) throw new DataError(`${op}: expected ${N} labels for ${N} samples, got ${labels.length}`);
  for (let i = 0; i < N; i++)
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] > LARGEST_COUNT) {
      const range = labels[i] > LARGEST_COUNT ? `from 0 to ${LARGEST_COUNT}` : '>= 0';
      throw new DataError(`${op}: expected labels that are whole numbers ${range}, got ${labels[i]} for sample ${i}`);
    }
  const groups = data.groups === undefined ? undefined : numbered(op, `${name}.groups`, data.groups).numbers;
  if (groups) {
    if (groups.length !== N) throw new DataError(`${op}: expected ${N} groups for ${N} samples, got ${groups.length}`);
    for (let i = 0; i < N; i++)
      if (!Number.isInteger(groups[i]) || Math.abs(groups[i]) > LARGEST_COUNT)
        throw new DataError(`${op}: expected groups that are whole numbers, got ${groups[i]} for sample ${i}`);
  }
  checkFinite(op, 'values', x);
  const context = data.context === undefined ? undefined : argument(op, `${name}.context`, data.context);
  if (context) {
    if (context.shape.length !== 2 || context.shape[0] !== N)
      throw new DataError(`${op}: expected context (N,F) with N=${N}, got ${formatShape(context.shape)}`);
    checkFinite(op, 'context', context);
  }
  return new Parts({
    ...{ x, context, labels: Int32Array.from(labels) },
    ...{ groups: groups && Int32Array.from(groups), classes: labelled.classes },
  });
}

/**
 * Labels as numbers; where they are names, those of `classes` or of an encoder of their own.
 *
 * @throws DataError for a label that is none of `classes`
 */
export function numbered(
  op: string,
  name: string,
  labels: Labels,
  classes?: readonly string[],
): { numbers: ArrayLike<number>; classes?: readonly string[] } {
  const encoder = classes && new LabelEncoder(classes);
  const named = Array.isArray(labels) && labels.length > 0 && labels.every((label) => typeof label === 'string');
  if (!named) {
    checkKind(op, name, labels, 'numbers');
    const numbers = labels as ArrayLike<number>;
    for (let i = 0; encoder && i < numbers.length; i++)
      if (numbers[i] >= encoder.classes.length)
        throw new DataError(
          `${op}: expected labels below ${encoder.classes.length}, as there are so many classes, got ${numbers[i]} for sample ${i}`,
        );
    return { numbers, classes };
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
