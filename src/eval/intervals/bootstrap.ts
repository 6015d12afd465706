import { checkKind } from '../../core/check.ts';
import { ArgumentError, DataError, ShapeError } from '../../core/errors.ts';
import { type ClassificationScores, type ConfusionMatrix, checkMatrices, scoresOf } from '../confusion.ts';
import { type BootstrapOptions, bootstrapEnds, type CheckedBootstrap, checkBootstrap } from './bootstrapEnds.ts';
import type { Interval } from './proportion.ts';
import { groupDraws, sumOf, withoutEach } from './resamples.ts';

/** Selects a number from the scores, such as `(s) => s.macro.f1`. */
export type ScoreStatistic = (scores: ClassificationScores) => number;

/**
 * The bootstrap interval of a score over groups, such as patients: a draw takes as many groups as there are, with
 * replacement, and scores the sum of their confusion matrices; the interval lies between two quantiles of the draws
 * (see `BootstrapOptions`).
 *
 * Whole groups are drawn because the beats of one patient are not independent: drawn individually, they would give an
 * interval that is far too narrow. The interval is as wide as patients differ. A class that no drawn patient has scores
 * 0, as 0/0 does in `classificationScores`. If all draws give the same score, such as for a class without errors, the
 * interval is that single score, which is overconfident: use `scoreIntervals` for these.
 *
 * How often it contains the true score is in docs/results.md; with few patients `scoreIntervals` does so more often.
 *
 * @param matrices one per group, such as from `confusionByGroup`
 * @throws DataError if there is no group, ShapeError for matrices of unequal sizes, ArgumentError for fewer than one
 * draw, a level outside (0, 1) and a statistic that is not a finite number
 * @see Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 (data that are not independent), 13
 * (percentile interval) and 14 (BCa); over groups it is called the cluster bootstrap.
 * @example
 *     declare const [labels, predictions, patients]: [Int32Array, Int32Array, Int32Array];
 *     const matrices = [...confusionByGroup(labels, predictions, patients, 3).values()];
 *     const { low, high } = bootstrapInterval(matrices, (s) => s.macro.f1, { random: new Random(1) });
 */
export function bootstrapInterval(
  matrices: readonly ConfusionMatrix[],
  statistic: ScoreStatistic,
  options: BootstrapOptions,
): Interval {
  const op = 'bootstrapInterval';
  checkMatrices(op, matrices);
  checkKind(op, 'statistic', statistic, 'function');
  const checked = checkBootstrap(op, options);
  const score = (times: ArrayLike<number>): number => statisticOf(op, statistic, sumOf(matrices, times));
  return resample(matrices.length, score, checked);
}

/** How much better one model is than another on the same groups. */
export interface ScoreDifference extends Interval {
  /** The first score minus the second. */
  difference: number;
}

/**
 * The difference between the scores of two models on the same groups, such as patients, and its bootstrap interval:
 * each draw takes the same groups for both. An interval that excludes 0 shows that one is better on groups like these.
 * It is narrower than the intervals of the two scores suggest, which may overlap nevertheless: samples that are hard
 * for one model are hard for the other.
 *
 * @param first matrices of the groups, such as from `confusionByGroup`
 * @param second matrices of the other model, for the same groups in the same order
 * @throws like `bootstrapInterval`, and DataError for groups that differ in the number of samples of a class
 * @see bootstrapInterval
 */
export function bootstrapDifference(
  first: readonly ConfusionMatrix[],
  second: readonly ConfusionMatrix[],
  statistic: ScoreStatistic,
  options: BootstrapOptions,
): ScoreDifference {
  const op = 'bootstrapDifference';
  checkMatrices(op, first);
  checkMatrices(op, second);
  checkSameSamples(op, first, second);
  checkKind(op, 'statistic', statistic, 'function');
  const checked = checkBootstrap(op, options);
  const score = (times: ArrayLike<number>): number =>
    statisticOf(op, statistic, sumOf(first, times)) - statisticOf(op, statistic, sumOf(second, times));
  return { difference: score(first.map(() => 1)), ...resample(first.length, score, checked) };
}

function resample(n: number, score: (times: ArrayLike<number>) => number, options: CheckedBootstrap): Interval {
  const estimate = score(new Int32Array(n).fill(1));
  const draws = Float64Array.from(groupDraws(n, options.draws, options.random), score);
  const jackknife = n > 1 && options.method === 'bca' ? Array.from(withoutEach(n), score) : [estimate];
  return bootstrapEnds({ estimate, draws, jackknife, groups: n }, options);
}

function statisticOf(op: string, statistic: ScoreStatistic, matrix: ConfusionMatrix): number {
  const value = statistic(scoresOf(matrix));
  if (!Number.isFinite(value))
    throw new ArgumentError(`${op}: expected statistic to return finite numbers, got ${value}`);
  return value;
}

/** Throws unless both have the same groups: equally many, each with the same number of samples of each class. */
function checkSameSamples(op: string, first: readonly ConfusionMatrix[], second: readonly ConfusionMatrix[]): void {
  if (first.length !== second.length || first[0].length !== second[0].length)
    throw new ShapeError(
      `${op}: expected ${first.length} matrices of ${first[0].length} classes of the second model, ` +
        `got ${second.length} of ${second[0].length}`,
    );
  const support = (row: readonly number[]): number => row.reduce((sum, n) => sum + n, 0);
  for (const [i, matrix] of first.entries())
    for (const [k, row] of matrix.entries()) {
      const [own, other] = [support(row), support(second[i][k])];
      if (Math.abs(own - other) > 1e-9 * own)
        throw new DataError(
          `${op}: expected the same samples for both models, got ${own} and ${other} of class ${k} in group ${i}`,
        );
    }
}
