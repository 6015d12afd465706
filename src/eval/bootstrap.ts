import { checkCount, checkKind, checkOptions, formatValue } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import {
  addConfusion,
  type ClassificationScores,
  type ConfusionMatrix,
  checkMatrices,
  classificationScores,
} from './confusion.ts';
import { quantile } from './summary.ts';

/** How `bootstrapInterval` draws. */
export interface BootstrapOptions {
  random: Random;
  /** Resamples; 2000 by default. */
  draws?: number;
  /** Part of the resamples that the interval holds, between 0 and 1; 0.95 by default. */
  level?: number;
}

/** Two ends of an interval. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * The percentile bootstrap interval of a score over groups, such as patients: a draw takes as many groups as there are,
 * with replacement, and scores the sum of their confusion matrices; the interval lies between the (1 - level) / 2 and
 * 1 - (1 - level) / 2 quantiles of what the draws give.
 *
 * Whole groups are drawn since the beats of one patient are not independent: drawn one by one they would give an interval
 * far too narrow. It is as wide as patients differ, and with few of them still too narrow. A class that no drawn patient
 * has scores 0, as 0/0 does in `classificationScores`.
 *
 * @param matrices one for each group, as of `confusionByGroup`
 * @param statistic what to take of the scores, such as `(s) => s.macro.f1`
 * @throws DataError where there is no group, ShapeError for matrices of unequal sizes, ArgumentError for fewer than one
 * draw, a level outside (0, 1) and a statistic that is not a finite number
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 (data that are not independent) and
 * 13 (percentile interval); over groups it is called the cluster bootstrap.
 */
export function bootstrapInterval(
  matrices: readonly ConfusionMatrix[],
  statistic: (scores: ClassificationScores) => number,
  options: BootstrapOptions,
): Interval {
  checkMatrices('bootstrapInterval', matrices);
  checkKind('bootstrapInterval', 'statistic', statistic, 'function');
  checkOptions('bootstrapInterval', options, ['random'], ['draws', 'level']);
  const { random, draws = 2000, level = 0.95 } = options;
  checkKind('bootstrapInterval', 'random', random, 'random');
  checkCount('bootstrapInterval', 'draws', draws, 1);
  if (!(typeof level === 'number' && level > 0 && level < 1))
    throw new ArgumentError(`bootstrapInterval: expected a level between 0 and 1, got ${formatValue(level)}`);
  const values = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    const drawn = matrices.map(() => matrices[random.integer(matrices.length)]);
    values[d] = statistic(classificationScores(addConfusion(drawn)));
    if (!Number.isFinite(values[d]))
      throw new ArgumentError(`bootstrapInterval: expected statistic to give finite numbers, got ${values[d]}`);
  }
  values.sort();
  const tail = (1 - level) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}
