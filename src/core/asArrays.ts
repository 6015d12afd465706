import { checkKind, formatValue, wrongKind } from './check.ts';
import { ArgumentError, ShapeError } from './errors.ts';

/**
 * The samples of a signal as a Float32Array: a Float32Array is returned unchanged, any other array is copied.
 *
 * @throws ArgumentError for anything other than a flat array of numbers
 */
export function asSignal(op: string, name: string, value: ArrayLike<number>): Float32Array {
  if (value instanceof Float32Array) return value;
  checkKind(op, name, value, 'numbers');
  return Float32Array.from(value);
}

/**
 * The bytes of a file: a Uint8Array unchanged, an ArrayBuffer as a view of it.
 *
 * @throws ArgumentError for anything else
 */
export function asBytes(op: string, name: string, value: Uint8Array | ArrayBuffer): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!(value instanceof Uint8Array)) throw wrongKind(op, name, 'a Uint8Array', formatValue(value));
  return value;
}

/**
 * Indices in the type that kernels take: an Int32Array is returned unchanged, any other array is copied.
 *
 * @throws ShapeError for an index that is not a 32-bit whole number
 */
export function asIndices(op: string, name: string, index: ArrayLike<number>): Int32Array {
  if (index instanceof Int32Array) return index;
  const narrow = Int32Array.from(index);
  for (let i = 0; i < narrow.length; i++)
    if (narrow[i] !== index[i])
      throw new ShapeError(`${op}: expected whole indices in ${name}, got ${index[i]} at position ${i}`);
  return narrow;
}

/**
 * Checked labels as 32-bit numbers, which is what kernels compare.
 *
 * @throws ArgumentError for a label that does not fit in 32 bits: it would be mistaken for another
 */
export function asInt32Labels(op: string, labels: ArrayLike<number>): Int32Array {
  const narrow = Int32Array.from(labels);
  for (let i = 0; i < narrow.length; i++)
    if (narrow[i] !== labels[i])
      throw new ArgumentError(`${op}: expected labels that fit in 32 bits, got ${labels[i]} at position ${i}`);
  return narrow;
}

/**
 * The lengths of B sequences padded to T time steps, as 32-bit numbers.
 *
 * @throws ShapeError unless there are B lengths, ArgumentError for one that is not a whole number from 1 to T
 */
export function asLengths(op: string, lengths: unknown, B: number, T: number): Int32Array {
  checkKind(op, 'lengths', lengths, 'numbers');
  const steps = Int32Array.from(lengths as ArrayLike<number>);
  if (steps.length !== B) throw new ShapeError(`${op}: expected ${B} lengths, got ${steps.length}`);
  for (let b = 0; b < B; b++)
    if (steps[b] !== (lengths as ArrayLike<number>)[b] || steps[b] < 1 || steps[b] > T)
      throw new ArgumentError(
        `${op}: expected whole lengths from 1 to ${T}, got ${(lengths as ArrayLike<number>)[b]} at position ${b}`,
      );
  return steps;
}
