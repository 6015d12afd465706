import { ArgumentError } from './errors.ts';

/** Throws unless `value` is a whole number of at least `min`. */
export function checkCount(op: string, name: string, value: number, min: number): void {
  if (!Number.isInteger(value) || value < min)
    throw new ArgumentError(`${op}: expected ${name} to be a whole number >= ${min}, got ${value}`);
}

/** Throws unless `min <= value <= max`; NaN never passes. */
export function checkRange(op: string, name: string, value: number, min: number, max = Number.POSITIVE_INFINITY): void {
  if (!(value >= min && value <= max))
    throw new ArgumentError(
      `${op}: expected ${name} ${max < Number.POSITIVE_INFINITY ? `from ${min} to ${max}` : `>= ${min}`}, got ${value}`,
    );
}
