import { checkFinite, checkOneOf, checkRange, formatValue, LARGEST_COUNT } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import { betaQuantile, normalQuantile } from './distributions.ts';

/** The two ends of an interval. */
export interface Interval {
  low: number;
  high: number;
}

/** Options of `proportionInterval`. */
export interface ProportionOptions {
  /** Probability that the interval contains the true proportion, between 0 and 1.
   * @defaultValue 0.95 */
  level?: number;
  /**
   * `exact`: Clopper and Pearson's, which contains it with at least that probability; `wilson`: Wilson's score
   * interval, which does so on average over proportions, and is narrower.
   * @defaultValue `'exact'`
   */
  method?: 'exact' | 'wilson';
}

/**
 * The interval of a proportion with `successes` out of `trials`, such as a sensitivity of TP out of TP + FN beats. It
 * assumes independent trials; beats of one patient are not, so use `scoreIntervals` for these.
 *
 * Clopper and Pearson's interval lies between the (1 - level) / 2 quantile of the beta distribution of (successes,
 * trials - successes + 1) and the 1 - (1 - level) / 2 quantile of that of (successes + 1, trials - successes). If all
 * trials succeed, it starts at ((1 - level) / 2)^(1 / trials) and ends at 1. Numbers need not be whole, since sums of
 * weights are not. Without trials, it is from 0 to 1.
 *
 * @throws ArgumentError for numbers below 0 or not finite, more successes than trials, more than 2147483647 trials, and
 * a level outside (0, 1)
 * @see Clopper and Pearson, Biometrika 26(4), 1934; Wilson, Journal of the American Statistical Association 22, 1927.
 * @example
 *     proportionInterval(171, 171); // { low: 0.9787, high: 1 }
 */
export function proportionInterval(successes: number, trials: number, options: ProportionOptions = {}): Interval {
  const op = 'proportionInterval';
  checkRange(op, 'number of trials', trials, 0, LARGEST_COUNT);
  checkFinite(op, 'number of successes', successes, 0);
  if (successes > trials)
    throw new ArgumentError(`${op}: expected at most as many successes as trials, ${trials}, got ${successes}`);
  checkOptions(op, options, [], ['level', 'method']);
  const { level = 0.95, method = 'exact' } = options;
  checkLevel(op, level);
  checkOneOf(op, 'method', method, ['exact', 'wilson']);
  return method === 'exact' ? exactInterval(successes, trials, level) : wilson(successes, trials, level);
}

/** Throws unless `level` is between 0 and 1. */
export function checkLevel(op: string, level: unknown): void {
  if (!(typeof level === 'number' && level > 0 && level < 1))
    throw new ArgumentError(`${op}: expected a level between 0 and 1, got ${formatValue(level)}`);
}

/** Clopper and Pearson's interval. */
export function exactInterval(successes: number, trials: number, level: number): Interval {
  const tail = (1 - level) / 2;
  const failures = trials - successes;
  // The upper end of the mirrored proportion is the lower end's distance from 1, which keeps its digits.
  return {
    low: successes > 0 ? betaQuantile(tail, successes, failures + 1) : 0,
    high: failures > 0 ? 1 - betaQuantile(tail, failures, successes + 1) : 1,
  };
}

function wilson(successes: number, trials: number, level: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z = -normalQuantile((1 - level) / 2);
  const failures = trials - successes;
  const middle = (successes + (z * z) / 2) / (trials + z * z);
  const half = (z / (trials + z * z)) * Math.sqrt((successes / trials) * failures + (z * z) / 4);
  return { low: successes > 0 ? middle - half : 0, high: failures > 0 ? middle + half : 1 };
}
