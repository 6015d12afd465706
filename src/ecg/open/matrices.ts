import { DataError } from '../../core/errors.ts';
import { field, viewOf } from './bytes.ts';

/** A matrix of a MATLAB 4 file. */
export interface Matrix {
  name: string;
  rows: number;
  columns: number;
  /** Its elements, column by column. */
  at: (i: number) => number;
}

const HEADER = 20; // bytes
const LONGEST_NAME = 64;

/** By the digit of the precision: bytes of an element, and how to read one. */
const PRECISIONS: readonly [width: number, read: (view: DataView, at: number, little: boolean) => number][] = [
  [8, (view, at, little) => view.getFloat64(at, little)],
  [4, (view, at, little) => view.getFloat32(at, little)],
  [4, (view, at, little) => view.getInt32(at, little)],
  [2, (view, at, little) => view.getInt16(at, little)],
  [2, (view, at, little) => view.getUint16(at, little)],
  [1, (view, at) => view.getUint8(at)],
];
const FULL = 0; // the type of a numeric matrix that is neither text nor sparse
const TYPES = 3;

interface Head {
  little: boolean;
  precision: number;
  type: number;
  rows: number;
  columns: number;
  imaginary: number;
  nameLength: number;
}

/** The header of a matrix, or null for anything else: five words, the first of which has the decimal digits MOPT. */
function headAt(bytes: Uint8Array, at: number): Head | null {
  if (at + HEADER > bytes.length) return null;
  const view = viewOf(bytes);
  for (const little of [true, false]) {
    const [kind, rows, columns, imaginary, nameLength] = [0, 4, 8, 12, 16].map((o) => view.getInt32(at + o, little));
    const precision = Math.floor(kind / 10) % 100; // its tens digit is the O, always 0
    const type = kind % 10;
    const known = Math.floor(kind / 1000) === (little ? 0 : 1) && precision < PRECISIONS.length && type < TYPES;
    const sized = rows >= 0 && columns >= 0 && (imaginary === 0 || imaginary === 1);
    const end = at + HEADER + nameLength;
    const named = nameLength > 1 && nameLength <= LONGEST_NAME && end <= bytes.length && bytes[end - 1] === 0;
    if (kind >= 0 && known && sized && named) return { little, precision, type, rows, columns, imaginary, nameLength };
  }
  return null;
}

/** Whether these bytes begin like a MATLAB 4 file. */
export const isMatlab4 = (bytes: Uint8Array): boolean => headAt(bytes, 0) !== null;

/**
 * The full real matrices of a MATLAB 4 file; texts, sparse and complex ones are skipped.
 *
 * @throws DataError for a malformed or truncated matrix, with its place
 * @see "Version 4 MAT-File Format", MATLAB External Interface Guide.
 */
export function readMatrices(bytes: Uint8Array, file: string): Matrix[] {
  const found: Matrix[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = headAt(bytes, at);
    if (!head)
      throw new DataError(`openRecording: ${file} byte ${at}: expected the header of a matrix, got other bytes`);
    const { little, precision, type, rows, columns, imaginary, nameLength } = head;
    const name = field(bytes, at + HEADER, nameLength);
    const start = at + HEADER + nameLength;
    const [width, read] = PRECISIONS[precision];
    const size = rows * columns * width * (1 + imaginary);
    if (start + size > bytes.length)
      throw new DataError(
        `openRecording: ${file} matrix ${name}: expected ${size} bytes for ${rows} x ${columns}, got ${bytes.length - start}`,
      );
    const view = viewOf(bytes.subarray(start, start + size));
    if (type === FULL && !imaginary) found.push({ name, rows, columns, at: (i) => read(view, i * width, little) });
    at = start + size;
  }
  return found;
}
