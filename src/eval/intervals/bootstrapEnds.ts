import { checkCount, checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import type { Random } from '../../core/random.ts';
import { quantile } from '../summary.ts';
import { normalCdf, normalQuantile, studentQuantile } from './distributions.ts';
import { checkLevel, type Interval } from './proportion.ts';

/** How an interval is drawn, and how its ends follow from the draws. */
export interface BootstrapOptions {
  random: Random;
  /** Number of resamples.
   * @defaultValue 2000 */
  draws?: number;
  /** Nominal probability that the interval contains the true score, between 0 and 1.
   * @defaultValue 0.95 */
  level?: number;
  /**
   * `bca`: bias-corrected and accelerated, which shifts the ends according to the bias and skewness of the draws;
   * `percentile`: the quantiles of the draws. With groups of very unequal sizes `percentile` contains the true score
   * more often, for scores such as F1 `bca` does.
   * @defaultValue `'bca'`
   */
  method?: 'bca' | 'percentile';
  /**
   * Widens the interval for few groups, as Student's t does for a mean: a bootstrap assumes that the given groups show
   * the full variation, which is too little by sqrt((n - 1) / n), and that they are many.
   * @defaultValue true
   */
  expand?: boolean;
}

/** Bootstrap options with all defaults filled in. */
export type CheckedBootstrap = Required<BootstrapOptions>;

/** Checks the options, except those named in `own`. */
export function checkBootstrap(op: string, options: BootstrapOptions, own: readonly string[] = []): CheckedBootstrap {
  checkOptions(op, options, ['random'], ['draws', 'level', 'method', 'expand', ...own]);
  const { random, draws = 2000, level = 0.95, method = 'bca', expand = true } = options;
  checkKind(op, 'random', random, 'random');
  checkCount(op, 'draws', draws, 1);
  checkLevel(op, level);
  checkOneOf(op, 'method', method, ['bca', 'percentile']);
  checkKind(op, 'expand', expand, 'flag');
  return { random, draws, level, method, expand };
}

/** A score over all groups, in each draw, and over all groups except one, for each group. */
export interface Resampled {
  estimate: number;
  draws: Float64Array;
  jackknife: readonly number[];
  /** Number of groups that contribute to the score. */
  groups: number;
}

/**
 * The ends of a bootstrap interval. With z the normal quantile of (1 - level) / 2 or, if it is expanded, sqrt(n / (n -
 * 1)) times Student's quantile with n - 1 degrees, they are the quantiles of the draws at Phi(z) and Phi(-z), which
 * `bca` moves to Phi(z0 + (z0 + z) / (1 - a (z0 + z))): z0 = Phi^-1(fraction of the draws below the estimate, ties
 * count half), a = sum u^3 / (6 (sum u^2)^(3/2)), where u is the mean of the jackknife scores minus each of them.
 *
 * @see Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82, 1987;
 * Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69(4), 2015 (expanded).
 */
export function bootstrapEnds(resampled: Resampled, { level, method, expand }: CheckedBootstrap): Interval {
  const { estimate, draws, jackknife, groups } = resampled;
  const tail = (1 - level) / 2;
  const z =
    expand && groups > 1 ? Math.sqrt(groups / (groups - 1)) * studentQuantile(tail, groups - 1) : normalQuantile(tail);
  const sorted = Float64Array.from(draws).sort();
  if (method === 'percentile') return { low: quantile(sorted, normalCdf(z)), high: quantile(sorted, 1 - normalCdf(z)) };
  const bias = biasOf(sorted, estimate);
  const acceleration = accelerationOf(jackknife);
  const moved = (end: number): number => {
    const away = bias + end;
    const scale = 1 - acceleration * away;
    // If the scale is not positive, the end is beyond all draws.
    return quantile(sorted, scale > 0 ? normalCdf(bias + away / scale) : away > 0 ? 1 : 0);
  };
  return { low: moved(z), high: moved(-z) };
}

/** z0, as if half a draw were on either side if there is none. */
function biasOf(draws: Float64Array, estimate: number): number {
  let twice = 0;
  for (const v of draws) twice += v < estimate ? 2 : v === estimate ? 1 : 0;
  const n = draws.length;
  return normalQuantile(Math.min(Math.max(twice, 1), 2 * n - 1) / (2 * n));
}

/** a; 0 if no group makes a difference. */
function accelerationOf(jackknife: readonly number[]): number {
  const mean = jackknife.reduce((sum, v) => sum + v, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const v of jackknife) {
    const u = mean - v;
    squares += u * u;
    cubes += u * u * u;
  }
  return squares > 0 ? cubes / (6 * squares * Math.sqrt(squares)) : 0;
}
