import { checkCount, checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { asDataset, Dataset, type DatasetLike, type Labels, numbered } from './dataset.ts';
import { stratify } from './split.ts';

/**
 * Labelled samples that are read as they are needed, such as a week of recording that would not fit into memory.
 *
 * @example
 *     const source: DatasetSource = {
 *       length: peaks.length,
 *       labels,
 *       get: (indices) => ({ x: windows(recording, peaks, indices), labels: indices.map((i) => labels[i]) }),
 *     };
 */
export interface DatasetSource {
  /** N */
  readonly length: number;
  /** (N) the class of each sample; without them `get` is called once for every sample to learn its class */
  readonly labels?: Labels;
  /** (N) what samples belong together */
  readonly groups?: Labels;
  /** The samples at the given positions, in their order; called for every batch. */
  get(indices: Int32Array): DatasetLike;
}

/** What a trainer draws its batches from: a `Dataset`, or one that is read as it goes. */
export interface TrainingSet {
  readonly length: number;
  readonly labels: Int32Array;
  readonly groups?: Int32Array;
  readonly classes?: readonly string[];
  /** The samples at the given positions, in their order. */
  take(indices: Int32Array): Dataset;
}

/** What a trainer learns from. */
export interface TrainingDataOptions {
  data: DatasetLike | DatasetSource;
  /** samples to score on; by default `validationFraction` of each class of `data` is set aside */
  validation?: DatasetLike | DatasetSource;
  /** @defaultValue 0.1 */
  validationFraction?: number;
}

/**
 * The samples to train on and those to score on, checked.
 *
 * @param atLeast samples of each class that are set aside however small the fraction
 */
export function trainingSets(
  op: string,
  { data, validation, validationFraction = 0.1 }: TrainingDataOptions,
  random: Random,
  atLeast = 1,
): { train: TrainingSet; validation: TrainingSet } {
  const train = asTrainingSet(op, 'data', data);
  if (validation !== undefined) {
    const given = asTrainingSet(op, 'validation', validation, train.classes);
    const [own, wanted] = [given, train].map((set) => contextSize(set));
    if (own !== wanted)
      throw new DataError(`${op}: expected validation with ${wanted} numbers of context, as data, got ${own}`);
    return { train, validation: given };
  }
  const sides = stratify(op, 'validationFraction', train.labels, { fraction: validationFraction, random, atLeast });
  const part = (indices: Int32Array): TrainingSet =>
    train instanceof Source ? train.part(indices) : train.take(indices);
  return { train: part(sides.train), validation: part(sides.validation) };
}

function contextSize(set: TrainingSet): number {
  const { context } = set instanceof Dataset ? set : set.take(Int32Array.of(0));
  return context?.shape[1] ?? 0;
}

function asTrainingSet(
  op: string,
  name: string,
  data: DatasetLike | DatasetSource,
  classes?: readonly string[],
): TrainingSet {
  checkKind(op, name, data, 'object');
  return 'get' in data && !('x' in data)
    ? openSource(op, name, data, classes)
    : asDataset(op, name, data as DatasetLike, classes);
}

/** A caller's source with its labels known. */
class Source implements TrainingSet {
  readonly #read: (positions: Int32Array) => Dataset;
  readonly #positions: Int32Array | null;
  readonly labels: Int32Array;
  readonly groups?: Int32Array;
  readonly classes?: readonly string[];

  /** @param positions of its samples in what is read; null for all of them */
  constructor(
    read: (positions: Int32Array) => Dataset,
    { labels, groups, classes }: Pick<TrainingSet, 'labels' | 'groups' | 'classes'>,
    positions: Int32Array | null = null,
  ) {
    this.#read = read;
    this.#positions = positions;
    this.labels = labels;
    this.groups = groups;
    this.classes = classes;
  }

  get length(): number {
    return this.labels.length;
  }

  take(indices: Int32Array): Dataset {
    const positions = this.#positions;
    return this.#read(positions ? indices.map((i) => positions[i]) : indices);
  }

  /** Some of the samples of a whole source, as a view: a copy may not fit into memory. */
  part(indices: Int32Array): Source {
    const pick = (list: Int32Array): Int32Array => indices.map((i) => list[i]);
    const { labels, groups, classes } = this;
    return new Source(this.#read, { labels: pick(labels), groups: groups && pick(groups), classes }, indices);
  }
}

const READ_AT_ONCE = 1024; // samples, where a source is read through to learn its labels

function openSource(op: string, name: string, source: DatasetSource, classes?: readonly string[]): Source {
  checkCount(op, `${name}.length`, source.length, 1);
  checkKind(op, `${name}.get`, source.get, 'function');
  const N = source.length;
  const known = source.labels ?? readLabels(op, name, source);
  if (known.length !== N) throw new DataError(`${op}: expected ${N} labels for ${N} samples, got ${known.length}`);
  const found = numbered(op, `${name}.labels`, known, classes);
  const labels = Int32Array.from(found.numbers);
  const wrong = labels.findIndex((label, i) => label < 0 || label !== found.numbers[i]);
  if (wrong >= 0)
    throw new DataError(
      `${op}: expected labels that are whole numbers >= 0, got ${found.numbers[wrong]} for sample ${wrong}`,
    );
  const groups = source.groups && Int32Array.from(numbered(op, `${name}.groups`, source.groups).numbers);
  if (groups && groups.length !== N)
    throw new DataError(`${op}: expected ${N} groups for ${N} samples, got ${groups.length}`);
  const read = (positions: Int32Array): Dataset => {
    const batch = asDataset(op, `${name}.get(indices)`, source.get(positions), found.classes);
    if (batch.length !== positions.length)
      throw new DataError(`${op}: expected ${name}.get to give ${positions.length} samples, got ${batch.length}`);
    positions.forEach((p, i) => {
      if (batch.labels[i] !== labels[p])
        throw new DataError(
          `${op}: expected ${name}.get to give label ${labels[p]} for sample ${p}, got ${batch.labels[i]}`,
        );
    });
    return batch;
  };
  return new Source(read, { labels, groups, classes: found.classes });
}

function readLabels(op: string, name: string, source: DatasetSource): Labels {
  const labels: (number | string)[] = [];
  for (let from = 0; from < source.length; from += READ_AT_ONCE) {
    const indices = Int32Array.from({ length: Math.min(READ_AT_ONCE, source.length - from) }, (_, i) => from + i);
    const read = source.get(indices);
    checkKind(op, `${name}.get(indices)`, read, 'object');
    if (read.labels?.length !== indices.length)
      throw new DataError(
        `${op}: expected ${name}.get to give ${indices.length} labels, got ${read.labels?.length ?? 'none'}`,
      );
    for (let i = 0; i < indices.length; i++) labels.push(read.labels[i]);
  }
  return labels as Labels;
}
