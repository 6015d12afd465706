import { argument } from '../autograd/argument.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { asBytes } from '../core/asArrays.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import { formatShape, sizeOf } from '../core/shape.ts';

/** The contents of a safetensors file. */
export interface Safetensors {
  tensors: Record<string, Tensor>;
  /** strings by key; structured data is stored as JSON */
  metadata: Record<string, string>;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const HEADER_LIMIT = 100_000_000; // bytes, the limit of the reference implementation

/** Bytes per element, and how one is read. Whole numbers become float64, which holds them exactly up to 2^53. */
const DTYPES: Record<string, { bytes: number; wide: boolean; read: (view: DataView, at: number) => number }> = {
  F64: { bytes: 8, wide: true, read: (v, at) => v.getFloat64(at, true) },
  F32: { bytes: 4, wide: false, read: (v, at) => v.getFloat32(at, true) },
  I64: { bytes: 8, wide: true, read: (v, at) => Number(v.getBigInt64(at, true)) },
  I32: { bytes: 4, wide: true, read: (v, at) => v.getInt32(at, true) },
  U8: { bytes: 1, wide: false, read: (v, at) => v.getUint8(at) },
};

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
  const header: Record<string, Entry | Record<string, string>> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  // Wide elements first, so that every tensor is aligned to its element size.
  const dense = Object.entries(tensors).map(([name, t]): [string, Tensor] => [
    name,
    argument('encodeSafetensors', name, t),
  ]);
  dense.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let size = 0;
  for (const [name, { data, dtype, shape }] of dense) {
    const dataType = dtype === 'float64' ? 'F64' : 'F32';
    header[name] = { dtype: dataType, shape: [...shape], data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const json = JSON.stringify(header);
  const text = utf8(json + ' '.repeat((8 - (utf8(json).length % 8)) % 8));
  const bytes = new Uint8Array(8 + text.length + size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const [, { data, dtype }] of dense)
    for (let i = 0; i < data.length; i++, at += data.BYTES_PER_ELEMENT)
      if (dtype === 'float64') view.setFloat64(at, data[i], true);
      else view.setFloat32(at, data[i], true);
  return bytes;
}

/**
 * Reads a safetensors file: F32 as float32; F64, I64 and I32 as float64; U8 as float32.
 *
 * @throws CheckpointError if the file is truncated, the header is not JSON, or an entry's type, shape and offsets are
 * inconsistent; ArgumentError for anything other than a Uint8Array or an ArrayBuffer
 */
export function decodeSafetensors(file: Uint8Array | ArrayBuffer): Safetensors {
  const bytes = asBytes('decodeSafetensors', 'file', file);
  const broken = (expected: string) => new CheckpointError(`decodeSafetensors: expected ${expected}`);
  if (bytes.length < 8) throw broken(`at least 8 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > HEADER_LIMIT || 8 + length > bytes.length)
    throw broken(`a header of ${length} bytes, got a file of ${bytes.length}`);
  const header = parseHeader(bytes.subarray(8, 8 + length));
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (!isTexts(metadata)) throw broken(`__metadata__ to hold strings by key, got ${JSON.stringify(metadata)}`);
  const tensors: [string, Tensor][] = [];
  const start = 8 + length;
  for (const [name, value] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
    const type = DTYPES[dtype ?? ''];
    if (!type) throw broken(`${name} in one of ${Object.keys(DTYPES).join(' ')}, got ${dtype}`);
    if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
      throw broken(`${name} to have a shape, got ${JSON.stringify(shape)}`);
    const n = sizeOf(shape);
    const [from, to] = Array.isArray(offsets) ? offsets : [-1, -1];
    if (!Number.isSafeInteger(from) || from < 0 || to !== from + n * type.bytes)
      throw broken(
        `${name} ${dtype} ${formatShape(shape)} in ${n * type.bytes} bytes, got offsets ${JSON.stringify(offsets)}`,
      );
    if (start + to > bytes.length) throw broken(`${name} to end at byte ${start + to}, got a file of ${bytes.length}`);
    const data = type.wide ? new Float64Array(n) : new Float32Array(n);
    for (let i = 0; i < n; i++) data[i] = type.read(view, start + from + i * type.bytes);
    tensors.push([name, new Tensor(data, shape)]);
  }
  return { tensors: Object.fromEntries(tensors), metadata };
}

function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function parseHeader(bytes: Uint8Array): object {
  let found: unknown;
  try {
    found = JSON.parse(fromUtf8(bytes));
  } catch (error) {
    throw new CheckpointError(`decodeSafetensors: expected a JSON header, got ${(error as Error).message}`);
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new CheckpointError(`decodeSafetensors: expected a JSON object as header, got ${JSON.stringify(found)}`);
  return found;
}

// TextEncoder and TextDecoder belong to the platform, not to the language; percent-encoding works everywhere.
function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text);
  const bytes: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    const code = escaped[i] === '%' ? Number.parseInt(escaped.slice(i + 1, i + 3), 16) : escaped.charCodeAt(i);
    if (escaped[i] === '%') i += 2;
    bytes.push(code);
  }
  return Uint8Array.from(bytes);
}

function fromUtf8(bytes: Uint8Array): string {
  let escaped = '';
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`;
  return decodeURIComponent(escaped);
}
