import { checkCount, checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import type { Random } from '../../core/random.ts';
import { quantile } from '../summary.ts';
import { normalCdf, normalQuantile, studentQuantile } from './distributions.ts';
import { checkLevel, type Interval } from './proportion.ts';

/** How an interval is drawn, and where in what the draws give it lies. */
export interface BootstrapOptions {
  random: Random;
  /** Resamples; 2000 by default. */
  draws?: number;
  /** Probability that the interval is to hold the true score with, between 0 and 1; 0.95 by default. */
  level?: number;
  /**
   * `bca`, by default: bias-corrected and accelerated, which moves the ends by how far the draws lie off the score and by how
   * skewed it is; `percentile`: the quantiles of the draws. With groups of very unequal sizes `percentile` holds the true score
   * more often, with scores such as F1 `bca`.
   */
  method?: 'bca' | 'percentile';
  /**
   * Widens the interval for few groups, as Student's t does that of a mean: a bootstrap takes groups to differ as much as
   * those that are there, which is too little by sqrt((n - 1) / n), and to be many. True by default.
   */
  expand?: boolean;
}

/** Bootstrap options with nothing left out. */
export type CheckedBootstrap = Required<BootstrapOptions>;

/** Checks the options, those named in `own` aside. */
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

/** What is known of a score: of all groups, of each draw, and of all groups but one, for each of them. */
export interface Resampled {
  estimate: number;
  draws: Float64Array;
  jackknife: readonly number[];
  /** Number of groups that the score is made of. */
  groups: number;
}

/**
 * The ends of a bootstrap interval. With z the normal quantile of (1 - level) / 2, or where it is expanded sqrt(n / (n - 1))
 * times Student's of n - 1 degrees, they are the quantiles of the draws at Phi(z) and Phi(-z), which `bca` moves to
 * Phi(z0 + (z0 + z) / (1 - a (z0 + z))): z0 = Phi^-1(part of the draws below the estimate, equal ones half),
 * a = sum u^3 / (6 (sum u^2)^(3/2)), u being the mean of the jackknife's scores less each of them.
 *
 * Source: Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82, 1987; Hesterberg,
 * "What teachers should know about the bootstrap", The American Statistician 69(4), 2015 (expanded).
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
    // Where the scale is not positive, the end is beyond all draws.
    return quantile(sorted, scale > 0 ? normalCdf(bias + away / scale) : away > 0 ? 1 : 0);
  };
  return { low: moved(z), high: moved(-z) };
}

/** z0, as if half a draw lay on either side where none does. */
function biasOf(draws: Float64Array, estimate: number): number {
  let twice = 0;
  for (const v of draws) twice += v < estimate ? 2 : v === estimate ? 1 : 0;
  const n = draws.length;
  return normalQuantile(Math.min(Math.max(twice, 1), 2 * n - 1) / (2 * n));
}

/** a; 0 where no group matters. */
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
