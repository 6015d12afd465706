import { checkKind, formatValue } from '../core/check.ts';
import { checkWeights } from '../core/checkArrays.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { scaleForSquares } from '../core/scaling.ts';

/** A point of the receiver operating characteristic: the effect of a threshold on negatives and positives. */
export interface RocPoint {
  /** negatives at or above the threshold / negatives */
  falsePositiveRate: number;
  /** positives at or above the threshold / positives */
  sensitivity: number;
  /** Infinity at the first point, where nothing is predicted positive */
  threshold: number;
}

/** Precision and recall at a threshold. */
export interface PrecisionRecallPoint {
  /** positives at or above the threshold / positives */
  recall: number;
  /** positives at or above the threshold / all at or above it */
  precision: number;
  threshold: number;
}

/** Which samples are positive: true or 1, false or 0. */
export type Positives = ArrayLike<boolean> | ArrayLike<number>;

/**
 * The receiver operating characteristic: sensitivity against false positive rate as the threshold falls, a point for
 * every score that occurs, from (0, 0) to (1, 1). A sample is predicted positive if its score is at least the
 * threshold, so samples with equal scores share one step.
 *
 * @param scores (N), higher for samples that are more likely positive
 * @param positives (N)
 * @param weights (N), the weight of each sample; 1 by default
 * @throws DataError if the numbers differ, for a score that is not finite, and if all or none of the samples with a
 * weight above 0 are positive; ArgumentError for a positive other than true, false, 1 or 0, and a weight that is
 * negative or not finite
 * @see Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27(8), 2006, algorithm 1.
 */
export function rocCurve(scores: ArrayLike<number>, positives: Positives, weights?: ArrayLike<number>): RocPoint[] {
  const { steps, positive, negative } = stepsOf('rocCurve', scores, positives, weights);
  const points = steps.map(({ threshold, hits, falses }) => ({
    falsePositiveRate: falses / negative,
    sensitivity: hits / positive,
    threshold,
  }));
  return [{ falsePositiveRate: 0, sensitivity: 0, threshold: Number.POSITIVE_INFINITY }, ...points];
}

/**
 * The area under `rocCurve`, by trapezoids: the probability that a positive has a higher score than a negative, where
 * equal scores count half (Mann and Whitney's U over the number of pairs). 0.5 is chance.
 *
 * @throws like `rocCurve`
 * @see Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143(1), 1982.
 */
export function rocArea(scores: ArrayLike<number>, positives: Positives, weights?: ArrayLike<number>): number {
  return areaOf('rocArea', scores, positives, weights);
}

/** The same for `op`. */
export function areaOf(
  op: string,
  scores: ArrayLike<number>,
  positives: Positives,
  weights?: ArrayLike<number>,
): number {
  const { steps, positive, negative } = stepsOf(op, scores, positives, weights);
  // Twice the area in counts is a whole number: nothing is rounded before the division.
  let twice = 0;
  let before = { hits: 0, falses: 0 };
  for (const step of steps) {
    twice += (step.falses - before.falses) * (step.hits + before.hits);
    before = step;
  }
  return twice / (2 * positive * negative);
}

/**
 * Precision against recall as the threshold falls, a point for every score that occurs; the last has recall 1. There is
 * no point for the threshold at which nothing is predicted positive, since its precision is 0/0.
 *
 * @param scores (N), higher for samples that are more likely positive
 * @param positives (N)
 * @param weights (N), the weight of each sample; 1 by default
 * @throws like `rocCurve`
 */
export function precisionRecallCurve(
  scores: ArrayLike<number>,
  positives: Positives,
  weights?: ArrayLike<number>,
): PrecisionRecallPoint[] {
  const { steps, positive } = stepsOf('precisionRecallCurve', scores, positives, weights);
  return steps.map(({ threshold, hits, falses }) => ({
    recall: hits / positive,
    precision: hits / (hits + falses),
    threshold,
  }));
}

/**
 * Average precision: sum over the points n of `precisionRecallCurve` of (R[n] - R[n-1]) P[n], with R[-1] = 0. Unlike
 * trapezoids it does not interpolate, which would be too optimistic. Chance is the fraction of positives.
 *
 * @throws like `rocCurve`
 * @see average_precision_score of scikit-learn.
 */
export function averagePrecision(scores: ArrayLike<number>, positives: Positives, weights?: ArrayLike<number>): number {
  const { steps, positive } = stepsOf('averagePrecision', scores, positives, weights);
  let sum = 0;
  let before = 0;
  for (const { hits, falses } of steps) {
    sum += ((hits - before) / positive) * (hits / (hits + falses));
    before = hits;
  }
  return sum;
}

/** Positive predictions at a threshold, as numbers of samples or sums of their weights. */
interface Step {
  threshold: number;
  /** Positives at or above it. */
  hits: number;
  /** Negatives at or above it. */
  falses: number;
}

/** A step for every score that occurs, the highest first. Samples of weight 0 are left out. */
function stepsOf(
  op: string,
  scores: ArrayLike<number>,
  positives: Positives,
  weights?: ArrayLike<number>,
): { steps: Step[]; positive: number; negative: number } {
  checkKind(op, 'scores', scores, 'numbers');
  const isPositive = positivesOf(op, positives, scores.length);
  if (weights !== undefined) checkWeights(op, 'weights', weights, scores.length);
  const order = Int32Array.from(scores, (_, i) => i).filter((i) => !weights || weights[i] > 0);
  for (let i = 0; i < scores.length; i++)
    if (!Number.isFinite(scores[i]))
      throw new DataError(`${op}: expected finite scores, got ${scores[i]} at position ${i}`);
  const truth = order.reduce((sum, i) => sum + isPositive[i], 0);
  if (truth === 0 || truth === order.length)
    throw new DataError(
      `${op}: expected at least one positive and one negative, got ${truth} positives among ${order.length} samples`,
    );
  order.sort((a, b) => scores[b] - scores[a]);
  const scale = weights ? scaleForSquares(weights) : 1; // areas multiply sums of weights
  const steps: Step[] = [];
  let hits = 0;
  let falses = 0;
  order.forEach((i, n) => {
    const weight = weights ? scale * weights[i] : 1;
    if (isPositive[i]) hits += weight;
    else falses += weight;
    const threshold = scores[i];
    if (n + 1 === order.length || scores[order[n + 1]] !== threshold) steps.push({ threshold, hits, falses });
  });
  return { steps, positive: hits, negative: falses };
}

/** 1 for each positive, 0 for each negative. */
export function positivesOf(op: string, positives: Positives, n: number, name = 'positives'): Uint8Array {
  if (typeof positives !== 'object' || !Number.isInteger(positives?.length))
    throw new ArgumentError(`${op}: expected ${name} to be an array, got ${formatValue(positives)}`);
  if (positives.length !== n) throw new DataError(`${op}: expected ${n} ${name}, got ${positives.length}`);
  return Uint8Array.from({ length: n }, (_, i) => {
    const given: unknown = positives[i];
    const p = typeof given === 'boolean' || typeof given === 'number' ? Number(given) : -1;
    if (p !== 0 && p !== 1)
      throw new ArgumentError(
        `${op}: expected ${name} of true, false, 1 or 0, got ${formatValue(given)} at position ${i}`,
      );
    return p;
  });
}
