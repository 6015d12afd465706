import { argument } from '../autograd/argument.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { asBytes } from '../core/asArrays.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import { isTexts, readHeader } from './safetensorsHeader.ts';
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
  const header: [name: string, entry: object][] = [];
  if (Object.keys(metadata).length > 0) header.push([METADATA, metadata]);
  // Wide elements first, so that every tensor is aligned to its element size.
  const dense = Object.entries(tensors).map(([name, t]): [string, Tensor] => [
    name,
    argument('encodeSafetensors', name, t),
  ]);
  dense.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let size = 0;
  for (const [name, { data, dtype, shape }] of dense) {
    const dataType = dtype === 'float64' ? 'F64' : 'F32';
    header.push([name, { dtype: dataType, shape: [...shape], data_offsets: [size, size + data.byteLength] }]);
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
  for (const [, { data, dtype }] of dense)
    for (let i = 0; i < data.length; i++, at += data.BYTES_PER_ELEMENT)
      if (dtype === 'float64') view.setFloat64(at, data[i], true);
      else view.setFloat32(at, data[i], true);
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
  const bytes = asBytes('decodeSafetensors', 'file', file);
  const { announced, metadata, start } = readHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = announced.map(({ name, dtype, type, shape, size, from }): [string, Tensor] => {
    const data = type.wide ? new Float64Array(size) : new Float32Array(size);
    for (let i = 0; i < size; i++) {
      data[i] = type.read(view, start + from + i * type.bytes);
      if (type.bytes === 8 && dtype !== 'F64' && Number.isNaN(data[i]))
        throw new CheckpointError(
          `decodeSafetensors: expected ${name} to hold whole numbers up to 2^53, got a larger one at ${i}`,
        );
    }
    return [name, new Tensor(data, shape)];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}
