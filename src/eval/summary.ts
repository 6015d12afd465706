import { checkRange } from '../core/check.ts';
import { checkFiniteNumbers } from '../core/checkArrays.ts';
import { DataError } from '../core/errors.ts';
import { scaleForSquares } from '../core/scaling.ts';

/**
 * The mean m of n values, such as the scores of several seeds, and their standard deviation sqrt(sum (v - m)^2 / (n -
 * 1)), or null for a single value.
 *
 * @throws DataError if there is no value
 */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number | null } {
  checkFiniteNumbers('meanAndDeviation', 'values', values);
  const n = values.length;
  if (n === 0) throw new DataError('meanAndDeviation: expected at least one value, got none');
  const scale = scaleForSquares(values);
  const mean = values.reduce((sum, v) => sum + scale * v, 0) / n;
  const squares = values.reduce((sum, v) => sum + (scale * v - mean) * (scale * v - mean), 0);
  return { mean: mean / scale, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) / scale : null };
}

/**
 * The q-quantile, q from 0 to 1, of at least one value in ascending order, with h = (n - 1) q:
 * v[floor h] + (h - floor h) (v[floor h + 1] - v[floor h]).
 *
 * @throws DataError if there is no value, for one that is not finite, or values in another order; ArgumentError for a q
 * outside [0, 1]
 * @see Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50(4), 1996, type 7, the
 * default of NumPy.
 */
export function quantile(ascending: ArrayLike<number>, q: number): number {
  checkFiniteNumbers('quantile', 'ascending', ascending);
  checkRange('quantile', 'q', q, 0, 1);
  if (ascending.length === 0) throw new DataError('quantile: expected at least one value, got none');
  for (let i = 1; i < ascending.length; i++)
    if (ascending[i] < ascending[i - 1])
      throw new DataError(
        `quantile: expected values in ascending order, got ${ascending[i]} after ${ascending[i - 1]}`,
      );
  const h = (ascending.length - 1) * q;
  const below = Math.floor(h);
  const above = Math.min(below + 1, ascending.length - 1);
  const [a, b, part] = [ascending[below], ascending[above], h - below];
  return Number.isFinite(b - a) ? a + part * (b - a) : (1 - part) * a + part * b;
}
