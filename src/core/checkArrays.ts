import { checkKind } from './check.ts';
import { ArgumentError, DataError, ShapeError } from './errors.ts';

/** Throws unless `value` is an array of numbers, all of them finite. */
export function checkFiniteNumbers(op: string, name: string, value: unknown): void {
  checkKind(op, name, value, 'numbers');
  const numbers = value as ArrayLike<number>;
  for (let i = 0; i < numbers.length; i++)
    if (!Number.isFinite(numbers[i]))
      throw new DataError(`${op}: expected finite numbers in ${name}, got ${numbers[i]} at position ${i}`);
}

/** Throws unless `value` is an array of `n` whole numbers, such as classes or groups; without `n`, of any length. */
export function checkLabels(op: string, name: string, value: unknown, n?: number): void {
  checkKind(op, name, value, 'numbers');
  const labels = value as ArrayLike<number>;
  if (n !== undefined && labels.length !== n)
    throw new ShapeError(`${op}: expected ${n} ${name}, got ${labels.length}`);
  for (let i = 0; i < labels.length; i++)
    if (!Number.isSafeInteger(labels[i]))
      throw new ArgumentError(`${op}: expected whole ${name}, got ${labels[i]} at position ${i}`);
}

/** Throws unless `value` is an array of `n` numbers from 0 to 2^53 - 1, whose sums do not overflow. */
export function checkWeights(op: string, name: string, value: unknown, n: number): void {
  checkKind(op, name, value, 'numbers');
  const weights = value as ArrayLike<number>;
  if (weights.length !== n) throw new ShapeError(`${op}: expected ${n} ${name}, got ${weights.length}`);
  for (let i = 0; i < n; i++)
    if (!(weights[i] >= 0 && weights[i] <= Number.MAX_SAFE_INTEGER))
      throw new ArgumentError(
        `${op}: expected ${name} from 0 to ${Number.MAX_SAFE_INTEGER}, got ${weights[i]} at position ${i}`,
      );
}
