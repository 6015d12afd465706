import { argument } from '../autograd/argument.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { asBytes } from '../core/asArrays.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';
import { readSafetensors } from './readSafetensors.ts';
import { isTexts } from './safetensorsHeader.ts';
import { encodeUtf8, isUnicode } from './utf8.ts';

/** The contents of a safetensors file. */
export interface Safetensors {
  tensors: Record<string, Tensor>;
  /** strings by key; structured data is stored as JSON */
  metadata: Record<string, string>;
}

const METADATA = '__metadata__';
const SPACE = 0x20;

/**
 * Writes tensors in the safetensors format: 8 bytes with the little-endian length of a JSON header, the header, padded
 * with spaces to a multiple of 8, and the tensors' bytes. PyTorch reads it with `safetensors.torch.load_file`.
 */
export function encodeSafetensors(
  tensors: Record<string, TensorLike>,
  metadata: Record<string, string> = {},
): Uint8Array {
  checkKind('encodeSafetensors', 'tensors', tensors, 'object');
  if (!isTexts(metadata))
    throw new ArgumentError(`encodeSafetensors: expected metadata to be strings by key, got ${formatValue(metadata)}`);
  for (const name of Object.keys(tensors))
    if (name === METADATA || !isUnicode(name))
      throw new ArgumentError(
        `encodeSafetensors: expected names in Unicode, other than ${METADATA}, got ${formatValue(name)}`,
      );
  return encodeEntries(
    Object.entries(tensors).map(([name, t]) => {
      const { data, shape } = argument('encodeSafetensors', name, t);
      return { name, shape, data };
    }),
    metadata,
  );
}

/** A tensor as it is written: dense, in row-major order. */
export interface Entry {
  name: string;
  shape: Shape;
  data: Vec | Int8Array;
}

const typeName = (data: Entry['data']): string =>
  data instanceof Int8Array ? 'I8' : data.BYTES_PER_ELEMENT === 8 ? 'F64' : 'F32';

/** Writes entries with names that are known to be distinct and in Unicode; see `encodeSafetensors`. */
export function encodeEntries(entries: readonly Entry[], metadata: Record<string, string>): Uint8Array {
  const header: [name: string, entry: object][] = [];
  if (Object.keys(metadata).length > 0) header.push([METADATA, metadata]);
  // Wide elements first, so that every tensor is aligned to its element size.
  const dense = [...entries].sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let size = 0;
  for (const { name, data, shape } of dense) {
    header.push([name, { dtype: typeName(data), shape: [...shape], data_offsets: [size, size + data.byteLength] }]);
    size += data.byteLength;
  }
  const json = encodeUtf8(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  bytes.fill(SPACE, 8 + json.length, 8 + length);
  let at = 8 + length;
  for (const { data } of dense)
    for (let i = 0; i < data.length; i++, at += data.BYTES_PER_ELEMENT)
      if (data.BYTES_PER_ELEMENT === 8) view.setFloat64(at, data[i], true);
      else if (data.BYTES_PER_ELEMENT === 4) view.setFloat32(at, data[i], true);
      else view.setInt8(at, data[i]);
  return bytes;
}

/**
 * Reads a safetensors file: F32, F16, BF16, whole numbers up to 16 bits and BOOL as float32; F64 and wider whole numbers as
 * float64.
 *
 * @throws CheckpointError if the file is not what the format says: the header is not a JSON object of entries, the type, shape and
 * offsets of an entry are inconsistent, tensors overlap, leave gaps or do not end with the file, or a whole number is beyond 2^53.
 * Nothing is allocated for a tensor before all of them are checked. ArgumentError for anything other than a Uint8Array or an
 * ArrayBuffer
 * @see https://huggingface.co/docs/safetensors, "Format"
 */
export function decodeSafetensors(file: Uint8Array | ArrayBuffer): Safetensors {
  const { arrays, metadata } = readSafetensors(asBytes('decodeSafetensors', 'file', file));
  const tensors = arrays.map(({ name, data, shape }): [string, Tensor] => [name, new Tensor(data, shape)]);
  return { tensors: Object.fromEntries(tensors), metadata };
}
