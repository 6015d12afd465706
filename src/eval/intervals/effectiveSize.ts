import { normalQuantile, studentQuantile } from './distributions.ts';

/** A score of grouped samples. */
export interface GroupedScore {
  /** From 0 to 1. */
  score: number;
  /** Number of its samples; infinite if it is not a fraction of samples. */
  samples: number;
  /** Number of groups that contribute to the score. */
  groups: number;
  /** The score without each of the groups that change it. */
  without: readonly number[];
}

/**
 * The number of independent samples that determine a score s as precisely as its n samples in g groups: min(n, s (1 -
 * s) / v (t[n-1] / t[g-1])^2), with the jackknife variance v = (g - 1) / g sum (s[i] - mean of s[i])^2, where s[i] is
 * the score without group i, and Student's quantiles t, which allow for few groups. n if no group differs.
 *
 * @see Korn and Graubard, Survey Methodology 24(2), 1998.
 */
export function effectiveSize({ score, samples, groups, without }: GroupedScore, level: number): number {
  if (!(score > 0 && score < 1) || groups < 2 || without.length < 2) return samples;
  const tail = (1 - level) / 2;
  const ratio = Math.min(student(tail, samples - 1) / student(tail, groups - 1), 1);
  return Math.min(samples, ((score * (1 - score)) / jackknifeVariance(without)) * ratio * ratio);
}

const MANY = 1e6; // degrees of freedom from which Student's quantiles equal normal ones to six digits

function student(tail: number, degrees: number): number {
  return degrees > 0 && degrees < MANY ? studentQuantile(tail, degrees) : normalQuantile(tail);
}

function jackknifeVariance(without: readonly number[]): number {
  const g = without.length;
  const mean = without.reduce((sum, v) => sum + v, 0) / g;
  return ((g - 1) / g) * without.reduce((sum, v) => sum + (v - mean) * (v - mean), 0);
}
