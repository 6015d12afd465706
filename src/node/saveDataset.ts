import { argument } from '../autograd/argument.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import { formatShape, type Shape, sizeOf } from '../core/shape.ts';
import { asDataset, type DatasetLike } from '../data/dataset.ts';
import { areNames } from '../data/datasetParts.ts';
import { LabelEncoder } from '../data/labelEncoder.ts';
import { encodeUtf8 } from '../formats/utf8.ts';
import { writeAtomic } from './atomic.ts';
import { bytesOf } from './littleEndian.ts';

/** Ends the name of a tensor with the names that the numbers of labels or groups stand for: a list in JSON. */
export const NAMES = '.names';

const TYPES = { float32: 'F32', float64: 'F64' } as const;
const FIXED = 1024; // bytes of the header but for the sizes of a sample
const DIGITS = 24; // of a size with its comma, at most, in whole words of 8 bytes
const SPACE = 0x20;

/**
 * Writes labelled samples to a file from which `openDataset` reads them as they are asked for: part by part, such as recording by
 * recording, so that only one of them is in memory at a time. The file is there once all of it is written.
 *
 * It is a safetensors file, which Python reads, too: x (N,...) and context (N,F) as they are, labels (N) and groups (N) as 32-bit
 * whole numbers. Names are numbered as they come, and are listed as JSON in `labels.names` and `groups.names`.
 *
 * @param parts samples, all of one size and dtype, with context, labels and groups of one kind; parts without samples are left out
 * @throws DataError for parts that differ in these, for samples that `Dataset` does not take, if there are none at all, and with the
 * path if the file cannot be written; and what `parts` throws
 * @example
 *     declare const names: string[];
 *     function* parts(): Generator<DatasetLike> {
 *       for (const name of names) {
 *         const { x, labels, length } = extractBeats([loadRecord(`mitdb/${name}`)]);
 *         yield { x: new Tensor(x, [labels.length, 1, length]), labels };
 *       }
 *     }
 *     saveDataset('beats.safetensors', parts());
 *     const data = openDataset('beats.safetensors');
 */
export function saveDataset(path: string, parts: Iterable<DatasetLike>): void {
  const op = 'saveDataset';
  checkKind(op, 'path', path, 'text');
  checkKind(op, 'parts', parts, 'iterable');
  writeAtomic(op, path, (write) => {
    let [i, N, form, reserved] = [0, 0, '', 0];
    let tensors: Stored[] = [];
    const [contexts, labels, groups] = [[] as Uint8Array[], new Numbers('labels'), new Numbers('groups')];
    for (const part of parts) {
      const name = `parts[${i++}]`;
      checkKind(op, name, part, 'object');
      if (argument(op, `${name}.x`, part.x).shape[0] === 0) continue;
      const { x, context, ...own } = asDataset(op, name, part, undefined);
      const groupNames = part.groups && areNames(part.groups) ? LabelEncoder.fit(part.groups).classes : undefined;
      const found = formOf(x, context, own.classes, own.groups && (groupNames ?? []));
      if (N === 0) {
        form = found;
        reserved = FIXED + DIGITS * x.shape.length;
        tensors = [stored('x', x), ...(context ? [stored('context', context)] : [])];
        write(new Uint8Array(reserved)); // for the header, which is known at the end
      }
      if (found !== form) throw new DataError(`${op}: expected ${name} of ${form}, like those before, got ${found}`);
      N += x.shape[0];
      write(bytesOf(x.data));
      if (context) contexts.push(bytesOf(context.data).slice());
      labels.add(own.labels, own.classes);
      if (own.groups) groups.add(own.groups, groupNames);
    }
    if (N === 0) throw new DataError(`${op}: expected parts with samples, got none`);
    for (const bytes of [...contexts, ...labels.bytes, ...groups.bytes]) write(bytes);
    write(header([...tensors, ...labels.tensors, ...groups.tensors], N, reserved), 0);
  });
}

/** A tensor of the file: its rows have `shape`, which is without N where there is one for each sample. */
interface Stored {
  name: string;
  dtype: string;
  shape: Shape;
  /** of a row, or of all where there are no rows */
  bytes: number;
  rows: boolean;
}

function stored(name: string, { dtype, data, shape: [, ...shape] }: Tensor): Stored {
  return { name, dtype: TYPES[dtype], shape, bytes: sizeOf(shape) * data.BYTES_PER_ELEMENT, rows: true };
}

/** Labels or groups of all samples. */
class Numbers {
  private readonly name: string;
  private readonly pieces: Uint8Array[] = [];
  private readonly names = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  /** @param names those that the numbers stand for, if any */
  add(numbers: Int32Array, names: readonly string[] = []): void {
    for (const name of names) if (!this.names.has(name)) this.names.set(name, this.names.size);
    const places = names.map((name) => this.names.get(name) as number);
    this.pieces.push(bytesOf(names.length > 0 ? numbers.map((k) => places[k]) : numbers.slice()));
  }

  get bytes(): Uint8Array[] {
    return this.names.size > 0 ? [...this.pieces, this.list] : this.pieces;
  }

  get tensors(): Stored[] {
    if (this.pieces.length === 0) return [];
    const numbers = { name: this.name, dtype: 'I32', shape: [], bytes: 4, rows: true };
    if (this.names.size === 0) return [numbers];
    const { length } = this.list;
    return [numbers, { name: `${this.name}${NAMES}`, dtype: 'U8', shape: [length], bytes: length, rows: false }];
  }

  private get list(): Uint8Array {
    return encodeUtf8(JSON.stringify([...this.names.keys()]));
  }
}

/** What all parts have in common, in words. */
function formOf(x: Tensor, context?: Tensor, classes?: readonly string[], groups?: readonly string[]): string {
  const kind = (names?: readonly string[]): string => (names && names.length > 0 ? 'names' : 'numbers');
  const form = [`${x.dtype} samples ${formatShape(x.shape.slice(1))}`];
  if (context) form.push(`${context.shape[1]} numbers of ${context.dtype} context`);
  form.push(`${kind(classes)} for labels`);
  if (groups) form.push(`${kind(groups)} for groups`);
  return form.join(', ');
}

/** The beginning of a safetensors file, `reserved` bytes, with the tensors in their order. */
function header(tensors: readonly Stored[], N: number, reserved: number): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, bytes, rows }) => {
    const from = end;
    end += rows ? N * bytes : bytes;
    return [name, { dtype, shape: rows ? [N, ...shape] : shape, data_offsets: [from, end] }] as const;
  });
  const beginning = new Uint8Array(reserved).fill(SPACE);
  beginning.set(encodeUtf8(JSON.stringify(Object.fromEntries(entries))), 8);
  new DataView(beginning.buffer).setBigUint64(0, BigInt(reserved - 8), true);
  return beginning;
}
