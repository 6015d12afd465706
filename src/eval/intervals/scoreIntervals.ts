import { checkCount, LARGEST_COUNT } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import { type ClassCounts, type ConfusionMatrix, checkMatrices, classCounts, type Scores } from '../confusion.ts';
import { effectiveSize } from './effectiveSize.ts';
import { checkLevel, exactInterval, type Interval } from './proportion.ts';
import { sumOf, withoutEach } from './resamples.ts';

/** Options of `scoreIntervals`. */
export interface ScoreIntervalsOptions {
  /** Nominal probability that an interval contains the true score, between 0 and 1.
   * @defaultValue 0.95 */
  level?: number;
  /** How often every sample is in the matrices, such as once for each of several seeds whose matrices were added.
   * @defaultValue 1 */
  repeats?: number;
}

/** An interval over groups. */
export interface GroupInterval extends Interval {
  /**
   * Number of groups that contribute to the score: with samples of the class (sensitivity, F1), of other classes
   * (specificity), predicted as the class (precision), or any samples (accuracy, and means over classes). From few
   * groups an interval says little about others; from one, nothing at all.
   */
  groups: number;
}

/** The intervals of the scores of `classificationScores`. */
export interface ScoreIntervals {
  accuracy: GroupInterval;
  perClass: Record<keyof Scores, GroupInterval>[];
  macro: Record<keyof Scores, GroupInterval>;
}

/**
 * Intervals of accuracy, sensitivity, precision, F1 and specificity over groups, such as patients, whose samples are
 * not independent: exact intervals for the equivalent number of independent samples.
 *
 * A score s of n samples has the variance v = (g - 1) / g sum (s[i] - mean of s[i])^2, where s[i] is the score without
 * group i of the g groups that have such samples. That is the variance of n' = min(n, s (1 - s) / v (t[n-1] /
 * t[g-1])^2) independent samples, where Student's quantiles t allow for few groups; the interval is Clopper and
 * Pearson's for n' s out of n' (`proportionInterval`). Without errors, n' is n: for 171 out of 171 beats, it is from
 * 97.9 % to 100 %.
 *
 * The interval of F1 = 2 J / (1 + J) follows from that of J = TP / (TP + FP + FN). The mean s of K classes' scores s[k]
 * has the same, with the normal quantile for t[n-1]; but at least from s - sqrt(sum (s[k] - low[k])^2) / K to s +
 * sqrt(sum (high[k] - s[k])^2) / K with the exact intervals of the classes, as if samples were independent. A score
 * that is 0/0 has the interval from 0 to 1.
 *
 * How often they contain the true score is in docs/results.md: more often than a bootstrap of few patients, and not
 * often enough if one patient has most of the beats.
 *
 * @param matrices one per group, such as from `confusionByGroup`
 * @throws DataError if there is no group, ShapeError for matrices of unequal sizes, ArgumentError for options out of
 * range and more than 2147483647 samples
 * @see Korn and Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated
 * from survey data", Survey Methodology 24(2), 1998; of means, Zou and Donner, Statistics in Medicine 27, 2008.
 * @example
 *     declare const [labels, predictions, patients]: [Int32Array, Int32Array, Int32Array];
 *     const matrices = [...confusionByGroup(labels, predictions, patients, 3).values()];
 *     const { low, high, groups } = scoreIntervals(matrices).perClass[2].sensitivity;
 */
export function scoreIntervals(
  matrices: readonly ConfusionMatrix[],
  options: ScoreIntervalsOptions = {},
): ScoreIntervals {
  const op = 'scoreIntervals';
  checkMatrices(op, matrices);
  checkOptions(op, options, [], ['level', 'repeats']);
  const { level = 0.95, repeats = 1 } = options;
  checkLevel(op, level);
  checkCount(op, 'repeats', repeats, 1);
  const n = matrices.length;
  const parts: AllParts = {
    whole: partsOf(sumOf(matrices, new Int32Array(n).fill(1))),
    each: matrices.map(partsOf),
    without: Array.from(withoutEach(n), (times) => partsOf(sumOf(matrices, times))),
  };
  if (parts.whole.accuracy.of > LARGEST_COUNT)
    throw new ArgumentError(`${op}: expected at most ${LARGEST_COUNT} samples, got ${parts.whole.accuracy.of}`);
  return {
    accuracy: shareInterval(parts, ({ accuracy }) => accuracy, repeats, level),
    perClass: parts.whole.perClass.map((_, k) =>
      ofScores((key) => shareInterval(parts, ({ perClass }) => perClass[k][key], repeats, level)),
    ),
    macro: ofScores((key) => meanInterval(parts, key, repeats, level)),
  };
}

/** The interval of a fraction of samples. */
function shareInterval(
  { whole, each, without }: AllParts,
  partOf: (parts: Parts) => Part,
  repeats: number,
  level: number,
): GroupInterval {
  const { right, of, value } = partOf(whole);
  const groups = each.filter((parts) => partOf(parts).defined).length;
  const score = of > 0 ? right / of : 0;
  const others = without.map(partOf).filter((part, i) => partOf(each[i]).of > 0 && part.of > 0);
  const jackknife = others.map((part) => part.right / part.of);
  const size = effectiveSize({ score, samples: of / repeats, groups, without: jackknife }, level);
  return { ...mapped(exactInterval(size * score, size, level), value), groups };
}

/** The interval of the mean of a score over classes. */
function meanInterval(
  { whole, each, without }: AllParts,
  key: keyof Scores,
  repeats: number,
  level: number,
): GroupInterval {
  const classes = whole.perClass.map((own): Interval & { score: number } => {
    const { right, of, value, defined } = own[key];
    const exact = exactInterval(right / repeats, of / repeats, level);
    return { score: defined ? value(right / of) : 0, ...mapped(exact, value) };
  });
  const mean = ({ perClass }: Parts): number => {
    const scores = perClass.map(({ [key]: { right, of, value, defined } }, k) =>
      defined ? value(right / of) : whole.perClass[k][key].defined ? Number.NaN : 0,
    );
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };
  const any = ({ accuracy }: Parts): boolean => accuracy.of > 0;
  const groups = each.filter(any).length;
  const floor = meanOfIndependent(classes);
  const jackknife = without
    .filter((_, i) => any(each[i]))
    .map(mean)
    .filter((score) => !Number.isNaN(score));
  const score = mean(whole);
  const size = effectiveSize({ score, samples: Number.POSITIVE_INFINITY, groups, without: jackknife }, level);
  if (size === Number.POSITIVE_INFINITY) return { ...floor, groups };
  const { low, high } = exactInterval(size * score, size, level);
  return { low: Math.min(low, floor.low), high: Math.max(high, floor.high), groups };
}

/** Zou and Donner's interval of the mean of independent scores, from those of each. */
function meanOfIndependent(classes: readonly (Interval & { score: number })[]): Interval {
  const K = classes.length;
  const mean = classes.reduce((sum, { score }) => sum + score, 0) / K;
  const root = (away: (own: Interval & { score: number }) => number): number =>
    Math.sqrt(classes.map(away).reduce((sum, distance) => sum + distance * distance, 0)) / K;
  return { low: mean - root(({ score, low }) => score - low), high: mean + root(({ score, high }) => high - score) };
}

/** A score as a fraction: `value(right / of)`. */
interface Part {
  right: number;
  of: number;
  value: (share: number) => number;
  /** Whether the score is defined; otherwise it is 0/0. */
  defined: boolean;
}

/** The counts that the scores of some groups together are computed from. */
interface Parts {
  accuracy: Part;
  perClass: Record<keyof Scores, Part>[];
}

/** The counts of all groups together, of each, and of all except each. */
interface AllParts {
  whole: Parts;
  each: readonly Parts[];
  without: readonly Parts[];
}

const itself = (share: number): number => share;
const f1OfJaccard = (share: number): number => (2 * share) / (1 + share);

function ofScores<T>(f: (key: keyof Scores) => T): Record<keyof Scores, T> {
  return { sensitivity: f('sensitivity'), precision: f('precision'), f1: f('f1'), specificity: f('specificity') };
}

function mapped({ low, high }: Interval, value: (share: number) => number): Interval {
  return { low: value(low), high: value(high) };
}

function partsOf(matrix: ConfusionMatrix): Parts {
  const share = (right: number, of: number): Part => ({ right, of, value: itself, defined: of > 0 });
  const counts = classCounts(matrix);
  const sum = (key: keyof ClassCounts): number => counts.reduce((all, own) => all + own[key], 0);
  return {
    accuracy: share(sum('truePositives'), sum('support')),
    perClass: counts.map(({ truePositives, falsePositives, support, negatives }) => ({
      sensitivity: share(truePositives, support),
      precision: share(truePositives, truePositives + falsePositives),
      f1: { right: truePositives, of: support + falsePositives, value: f1OfJaccard, defined: support > 0 },
      specificity: share(negatives - falsePositives, negatives),
    })),
  };
}
