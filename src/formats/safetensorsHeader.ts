import { hasOwn } from '../core/builtins.ts';
import { formatValue } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { ELEMENT_TYPES, type ElementType } from './safetensorsTypes.ts';
import { decodeUtf8, isUnicode } from './utf8.ts';

/** A tensor that a header announces, checked but for its values. */
export interface Announced {
  name: string;
  dtype: string;
  type: ElementType;
  shape: number[];
  /** elements */
  size: number;
  /** bytes from the end of the header */
  from: number;
  to: number;
}

const HEADER_LIMIT = 100_000_000; // bytes, the limit of the reference implementation
const DEPTH = 3; // the header, an entry, its shape
const OWN_NAMES = 65_536; // far more than metadata has
const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

const broken = (expected: string): CheckpointError => new CheckpointError(`decodeSafetensors: expected ${expected}`);

/**
 * Reads the header of a safetensors file, and checks that the tensors it announces fill the rest of the file without gaps or
 * overlaps, before anything is allocated for them.
 *
 * @param bytes the file, or its beginning with the whole header
 * @param size bytes of the file
 * @throws CheckpointError with what is wrong
 */
export function readHeader(
  bytes: Uint8Array,
  size = bytes.length,
): {
  announced: Announced[];
  metadata: Record<string, string>;
  /** where the tensors' bytes begin */
  start: number;
} {
  const start = headerEnd(bytes, size);
  const { __metadata__: metadata = {}, ...entries } = parse(bytes.subarray(8, start));
  if (!isTexts(metadata)) throw broken(`__metadata__ to hold strings by key, got ${formatValue(metadata)}`);
  const announced = Object.entries(entries).map(([name, entry]) => checkEntry(name, entry));
  checkPlaces(announced, size - start);
  return { announced, metadata, start };
}

/** Where the header of a file of `size` bytes ends, by the first eight of them. */
export function headerEnd(bytes: Uint8Array, size: number): number {
  if (bytes.length < 8) throw broken(`at least 8 bytes, got ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > HEADER_LIMIT || 8 + length > size) throw broken(`a header of ${length} bytes, got a file of ${size}`);
  return 8 + length;
}

/** Whether a value is an object of strings in Unicode, keys and values. */
export function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, text]) => typeof text === 'string' && isUnicode(key) && isUnicode(text));
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  const names = countNames(bytes);
  const text = decodeUtf8(bytes);
  if (text === null) throw broken('a JSON header, got bytes that are not UTF-8');
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw broken(`a JSON header, got ${(error as Error).message}`);
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw broken(`a JSON object as header, got ${formatValue(found)}`);
  const header = found as Record<string, unknown>;
  const inside = Object.values(header).map((entry) => (isObject(entry) ? Object.keys(entry).length : 0));
  if (Object.keys(header).length + inside.reduce((a, b) => a + b, 0) < names)
    throw broken('every name once in its object, got one twice');
  return header;
}

/**
 * The colons outside of texts, one for each name. What would take much more memory parsed than as bytes is refused before: deeper
 * nesting than a header has, entries without fields, an endless list of names in one of them.
 */
function countNames(bytes: Uint8Array): number {
  let [depth, entries, names, own, quoted] = [0, 0, 0, 0, false];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === COLON) {
      names++;
      if (++own > OWN_NAMES) throw broken(`at most ${OWN_NAMES} names in an entry of the header, got more`);
    } else if (byte === OPEN || byte === OPEN_LIST) {
      if (++depth > DEPTH) throw broken(`a header of at most ${DEPTH} levels, got one more at its byte ${i}`);
      if (depth === 2) {
        entries++;
        own = 0;
      }
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
  }
  const least = 4 * (entries - 1); // of the tensors, one entry being __metadata__ perhaps
  if (names < least)
    throw broken(`dtype, shape and data_offsets in each of ${entries} entries, got ${names} names in all`);
  return names;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkEntry(name: string, entry: unknown): Announced {
  if (!isUnicode(name)) throw broken(`names in Unicode, got ${formatValue(name)}`);
  if (!isObject(entry)) throw broken(`${name} to be an object, got ${formatValue(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (typeof dtype !== 'string' || !hasOwn(ELEMENT_TYPES, dtype))
    throw broken(`${name} in one of ${Object.keys(ELEMENT_TYPES).join(' ')}, got ${formatValue(dtype)}`);
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw broken(`${name} to have a shape, got ${formatValue(shape)}`);
  const type = ELEMENT_TYPES[dtype];
  let size = 1;
  for (const n of shape) {
    size *= n;
    if (size * type.bytes > Number.MAX_SAFE_INTEGER) throw broken(`${name} to be of a size, got ${formatShape(shape)}`);
  }
  const [from, to] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [-1, -1];
  if (!Number.isSafeInteger(from) || from < 0 || to !== from + size * type.bytes)
    throw broken(
      `${name} ${dtype} ${formatShape(shape)} in ${size * type.bytes} bytes, got offsets ${formatValue(offsets)}`,
    );
  return { name, dtype, type, shape, size, from, to };
}

/** The tensors follow each other from the first byte to the last. */
function checkPlaces(announced: readonly Announced[], length: number): void {
  let end = 0;
  for (const { name, from, to } of [...announced].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw broken(`${name} to begin where another ends, at ${end}, got an overlap from ${from}`);
    if (from > end) throw broken(`${name} to begin where another ends, at ${end}, got a gap up to ${from}`);
    end = to;
  }
  if (end !== length) throw broken(`${end} bytes after the header, as it announces, got ${length}`);
}
