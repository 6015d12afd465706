import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { newVec } from '../autograd/creation.ts';
import { Tensor } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { checkPositions, type Labels } from '../data/dataset.ts';
import type { DatasetSource } from '../data/datasetSource.ts';
import { type Announced, headerEnd, readHeader } from '../formats/safetensorsHeader.ts';
import { decodeUtf8 } from '../formats/utf8.ts';
import { fromFile } from './littleEndian.ts';
import { NAMES } from './saveDataset.ts';

/** Samples in a file, which are read as they are asked for; labels and groups, 4 bytes each, are in memory. */
export interface DatasetFile extends DatasetSource {
  readonly labels: Int32Array | readonly string[];
  readonly groups?: Int32Array | readonly string[];
  /** sizes of a sample, such as [1,253] */
  readonly sampleShape: readonly number[];
  /** The samples at the given positions, any number of them, in that order. */
  get(indices: ArrayLike<number>): { x: Tensor; context?: Tensor; labels: Labels; groups?: Labels };
  /** Closes the file, after which nothing can be read from it. */
  close(): void;
}

/**
 * Opens a file of `saveDataset` for a trainer, which reads a batch at each step, so that the file may be larger than memory. Samples
 * that follow each other in the file are read at once.
 *
 * Any other safetensors file with x (N,...) in F32 or F64 and labels (N) of a whole-number type will do, with context (N,F) and groups
 * (N) or without. The file stays open until `close`, or the end of the process.
 *
 * @throws DataError with the path for a file that is missing or holds anything else, and when it is read: for a file that was closed or
 * has become shorter; ArgumentError for positions out of range
 * @example
 *     declare const [model, random]: [Embedder, Random];
 *     const data = openDataset('beats.safetensors'); // by saveDataset
 *     const trainer = new TripletTrainer({ model, data, random });
 *     trainer.fit(30);
 *     data.close();
 */
export function openDataset(path: string): DatasetFile {
  checkKind('openDataset', 'path', path, 'text');
  let file = -1;
  try {
    file = openSync(path, 'r');
    return datasetIn(file, path);
  } catch (error) {
    if (file >= 0) closeSync(file);
    const { message } = error as Error;
    throw new DataError(`openDataset: expected a dataset in ${path}, got: ${message}`, { cause: error });
  }
}

function datasetIn(file: number, path: string): DatasetFile {
  const tensors = tensorsIn(file);
  const x = new Rows(file, wanted(tensors, 'x', FLOATS));
  const N = x.length;
  const context = tensors.has('context') ? new Rows(file, wanted(tensors, 'context', FLOATS, N)) : null;
  const labels = numbersIn(file, tensors, 'labels', N);
  const groups = tensors.has('groups') ? numbersIn(file, tensors, 'groups', N) : undefined;
  let open = true;
  return {
    ...{ length: N, labels, groups, sampleShape: x.sampleShape },
    get(indices) {
      const at = checkPositions('get', indices, N);
      if (!open) throw new DataError(`get: expected ${path} to be open, got it closed`);
      try {
        return {
          x: x.read(at),
          context: context?.read(at),
          labels: pick(labels, at),
          groups: groups && pick(groups, at),
        };
      } catch (error) {
        throw new DataError(`get: expected to read ${path}, got ${(error as Error).message}`, { cause: error });
      }
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** A tensor in a file, with the place of its first byte. */
type Placed = Announced & { start: number };

const FLOATS = ['F32', 'F64'];
const WHOLE = ['I64', 'U64', 'I32', 'U32', 'I16', 'U16', 'I8', 'U8'];
const LARGEST = 2 ** 31;

/** The tensors of a safetensors file by name. */
function tensorsIn(file: number): ReadonlyMap<string, Placed> {
  const { size } = fstatSync(file);
  const start = headerEnd(bytesAt(file, 0, Math.min(8, size)), size);
  const { announced } = readHeader(bytesAt(file, 0, start), size);
  return new Map(announced.map((tensor) => [tensor.name, { ...tensor, start: start + tensor.from }]));
}

/** A tensor (N,...) of one of these types, N being known or at least 1. */
function wanted(tensors: ReadonlyMap<string, Placed>, name: string, types: readonly string[], N?: number): Placed {
  const found = tensors.get(name);
  const shape = name === 'x' ? '(N,...)' : name === 'context' ? '(N,F)' : '(N)';
  const fits =
    found &&
    types.includes(found.dtype) &&
    (N === undefined ? found.shape.length > 1 && found.size > 0 : found.shape[0] === N) &&
    (shape === '(N,...)' || found.shape.length === (shape === '(N,F)' ? 2 : 1));
  if (!fits)
    throw new DataError(
      `expected ${name} ${shape}${N === undefined ? '' : ` with N=${N}`} of type ${types.join(', ')}, ` +
        `got ${found ? `${found.dtype} ${formatShape(found.shape)}` : 'none'}`,
    );
  return found;
}

/** The rows of a tensor (N,...), which stay in the file. */
class Rows {
  readonly length: number;
  readonly sampleShape: readonly number[];
  private readonly file: number;
  private readonly tensor: Placed;

  constructor(file: number, tensor: Placed) {
    const [N, ...sample] = tensor.shape;
    this.length = N;
    this.sampleShape = sample;
    this.file = file;
    this.tensor = tensor;
  }

  /** The rows at the given positions, those that follow each other at once. */
  read(at: Int32Array): Tensor {
    const { type, start } = this.tensor;
    const size = sizeOf(this.sampleShape);
    const bytes = size * type.bytes;
    const data = newVec(type.wide ? 'float64' : 'float32', at.length * size);
    for (let i = 0, end = 0; i < at.length; i = end) {
      for (end = i + 1; end < at.length && at[end] === at[end - 1] + 1; ) end++;
      fill(this.file, new Uint8Array(data.buffer, i * bytes, (end - i) * bytes), start + at[i] * bytes);
    }
    fromFile(data);
    return new Tensor(data, [at.length, ...this.sampleShape]);
  }
}

/** Labels or groups as numbers, or as the names that these stand for. */
function numbersIn(
  file: number,
  tensors: ReadonlyMap<string, Placed>,
  name: string,
  N: number,
): Int32Array | readonly string[] {
  const { type, start, size } = wanted(tensors, name, WHOLE, N);
  const view = new DataView(bytesAt(file, start, size * type.bytes).buffer);
  const numbers = new Int32Array(N);
  for (let i = 0; i < N; i++) {
    const value = type.read(view, i * type.bytes);
    if (!(Math.abs(value) < LARGEST)) throw new DataError(`expected ${name} within 32 bits, got ${value} at ${i}`);
    numbers[i] = value;
  }
  const list = tensors.get(`${name}${NAMES}`);
  if (!list) return numbers;
  const names = namesOf(bytesAt(file, list.start, list.size * list.type.bytes));
  return Array.from(numbers, (k, i) => {
    if (names?.[k] === undefined) throw new DataError(`expected ${list.name} with a name for ${k}, got none at ${i}`);
    return names[k];
  });
}

/** A list of names in JSON; null for anything else. */
function namesOf(bytes: Uint8Array): readonly string[] | null {
  try {
    const names: unknown = JSON.parse(decodeUtf8(bytes) ?? '');
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}

function pick<T extends Labels>(list: T, at: Int32Array): Labels {
  return list instanceof Int32Array ? at.map((i) => list[i]) : Array.from(at, (i) => (list as readonly string[])[i]);
}

function bytesAt(file: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(file, bytes, start);
  return bytes;
}

/** Reads as many bytes as fit. */
function fill(file: number, bytes: Uint8Array, start: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(file, bytes, done, bytes.length - done, start + done);
    if (read === 0) throw new DataError(`expected ${start + bytes.length} bytes, got ${start + done}`);
    done += read;
  }
}
