import { newVec } from '../autograd/creation.ts';
import { Tensor } from '../autograd/tensor.ts';
import { checkCount, checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { asDataset, checkPositions, Dataset, type DatasetLike, type Labels } from './dataset.ts';
import { type Coding, checkGroups, checkSampleLabels, DatasetParts } from './datasetParts.ts';

/**
 * Labelled samples that are read on demand, such as a week-long recording that does not fit into memory.
 *
 * @example
 *     declare const [recording, peaks, labels]: [Float32Array, Int32Array, Int32Array];
 *     declare function windows(recording: Float32Array, peaks: Int32Array, indices: Int32Array): Tensor;
 *     const source: DatasetSource = {
 *       length: peaks.length,
 *       labels,
 *       get: (indices) => ({ x: windows(recording, peaks, indices), labels: Array.from(indices, (i) => labels[i]) }),
 *     };
 */
export interface DatasetSource {
  /** N */
  readonly length: number;
  /** (N) the class of each sample; without them every sample is read once to find its class */
  readonly labels?: Labels;
  /** (N) which samples belong together */
  readonly groups?: Labels;
  /** The samples at the given positions, at most 1,024 of them, in that order. The result is copied. */
  get(indices: Int32Array): DatasetLike;
}

const READ_AT_ONCE = 1024; // samples

/** The values read of samples: x (N,...), and context (N,F) if they have it. */
type Read = (positions: Int32Array) => Pick<Dataset, 'x' | 'context'>;

/** Some or all samples of a source; their labels are known, and their values are read when they are taken. */
export class SourceSet {
  readonly labels: Int32Array;
  readonly groups: Int32Array | undefined;
  readonly classes: readonly string[] | undefined;
  private readonly read: Read;
  private readonly positions: Int32Array | null;

  /** @param positions positions of its samples in the source; null for all of them */
  constructor(
    read: Read,
    { labels, groups, classes }: Pick<Dataset, 'labels' | 'groups' | 'classes'>,
    positions: Int32Array | null = null,
  ) {
    this.read = read;
    this.labels = labels;
    this.groups = groups;
    this.classes = classes;
    this.positions = positions;
  }

  get length(): number {
    return this.labels.length;
  }

  /** @throws ArgumentError for a position out of range; DataError if the source returns other samples than requested */
  take(indices: ArrayLike<number>): Dataset {
    const at = checkPositions('take', indices, this.length);
    const { labels, groups, classes } = this;
    const pick = (list: Int32Array): Int32Array => at.map((i) => list[i]);
    const values = this.read(this.positions ? pick(this.positions) : at);
    return new Dataset(new DatasetParts({ ...values, labels: pick(labels), groups: groups && pick(groups), classes }));
  }

  /** The samples at the given positions, without reading them. */
  part(indices: Int32Array): SourceSet {
    const pick = (list: Int32Array): Int32Array => indices.map((i) => list[i]);
    const { labels, groups, classes } = this;
    const positions = this.positions ? pick(this.positions) : indices;
    return new SourceSet(this.read, { labels: pick(labels), groups: groups && pick(groups), classes }, positions);
  }
}

/** @throws DataError if labels or groups are unusable */
export function openSource(op: string, name: string, source: DatasetSource, coding: Coding): SourceSet {
  checkCount(op, `${name}.length`, source.length, 1);
  checkKind(op, `${name}.get`, source.get, 'function');
  const N = source.length;
  const known = source.labels === undefined ? readLabels(op, name, source) : source.labels;
  const { labels, classes } = checkSampleLabels(op, `${name}.labels`, known, N, coding);
  const groups = checkGroups(op, `${name}.groups`, source.groups, N);
  const readPart = (positions: Int32Array): Dataset => {
    const part = asDataset(op, `${name}.get(indices)`, source.get(positions.slice()), classes ?? 'numbers');
    if (part.length !== positions.length)
      throw new DataError(`${op}: expected ${name}.get to return ${positions.length} samples, got ${part.length}`);
    positions.forEach((p, i) => {
      if (part.labels[i] !== labels[p])
        throw new DataError(
          `${op}: expected ${name}.get to return label ${labels[p]} for sample ${p}, got ${part.labels[i]}`,
        );
    });
    return part;
  };
  const read: Read = (positions) => {
    const parts = inPieces(positions).map(readPart);
    const contexts = parts.map((part) => part.context);
    return {
      x: joined(
        op,
        `${name}.get to return samples`,
        parts.map((part) => part.x),
      ),
      context: contexts.some(Boolean) ? joined(op, `${name}.get to return context`, contexts) : undefined,
    };
  };
  return new SourceSet(read, { labels, groups, classes });
}

function readLabels(op: string, name: string, source: DatasetSource): Labels {
  const all = Int32Array.from({ length: source.length }, (_, i) => i);
  const labels = inPieces(all).flatMap((positions) => {
    const part = source.get(positions);
    checkKind(op, `${name}.get(indices)`, part, 'object');
    if (part.labels?.length !== positions.length)
      throw new DataError(
        `${op}: expected ${name}.get to return ${positions.length} labels, got ${part.labels?.length ?? 'none'}`,
      );
    return Array.from<number | string>(part.labels);
  });
  return labels as Labels;
}

/** The positions in copies of at most `READ_AT_ONCE`; at least one copy, possibly empty. */
function inPieces(positions: Int32Array): Int32Array[] {
  const pieces = Math.max(1, Math.ceil(positions.length / READ_AT_ONCE));
  return Array.from({ length: pieces }, (_, i) => positions.slice(i * READ_AT_ONCE, (i + 1) * READ_AT_ONCE));
}

/** Tensors (n,...) of one sample size, concatenated and copied. */
function joined(op: string, what: string, parts: readonly (Tensor | undefined)[]): Tensor {
  const first = parts.find((part) => part !== undefined) as Tensor;
  const sample = first.shape.slice(1);
  const all = parts.map((part) => {
    if (part && sameShape(part.shape.slice(1), sample) && part.dtype === first.dtype) return part;
    const got = part ? `${part.dtype} ${formatShape(part.shape.slice(1))}` : 'none';
    throw new DataError(`${op}: expected ${what} of ${first.dtype} ${formatShape(sample)} each time, got ${got}`);
  });
  const data = newVec(
    first.dtype,
    all.reduce((sum, { size }) => sum + size, 0),
  );
  let to = 0;
  for (const part of all) {
    data.set(part.data, to);
    to += part.size;
  }
  return new Tensor(data, [all.reduce((sum, { shape: [n] }) => sum + n, 0), ...sample]);
}
