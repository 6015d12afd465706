import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';

/** What a threshold makes of the negatives and the positives: a point of the receiver operating characteristic. */
export interface RocPoint {
  /** negatives at or above the threshold / negatives */
  falsePositiveRate: number;
  /** positives at or above the threshold / positives */
  sensitivity: number;
  /** Infinity at the first point, where nothing is called positive. */
  threshold: number;
}

/** What a threshold makes of precision and recall. */
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
 * The receiver operating characteristic: sensitivity against false positive rate as the threshold falls, a point for every
 * score that occurs, from (0, 0) to (1, 1). A sample is called positive where its score is at least the threshold, so that
 * samples of one score come in one step.
 *
 * @param scores (N), higher where a sample looks more positive
 * @param positives (N)
 * @throws DataError for unequal numbers, a score that is not finite, and where all samples are positive or none is;
 * ArgumentError for a positive that is neither true, false, 1 nor 0
 * Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27(8), 2006, algorithm 1.
 */
export function rocCurve(scores: ArrayLike<number>, positives: Positives): RocPoint[] {
  const { steps, all, truth } = stepsOf('rocCurve', scores, positives);
  const points = steps.map(({ threshold, called, hits }) => ({
    falsePositiveRate: (called - hits) / (all - truth),
    sensitivity: hits / truth,
    threshold,
  }));
  return [{ falsePositiveRate: 0, sensitivity: 0, threshold: Number.POSITIVE_INFINITY }, ...points];
}

/**
 * The area below `rocCurve`, by trapezoids: the probability that a positive has a higher score than a negative, where equal
 * scores count half (Mann and Whitney's U over the number of pairs). 0.5 is chance.
 *
 * @throws what `rocCurve` throws
 * Source: Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143(1), 1982.
 */
export function rocArea(scores: ArrayLike<number>, positives: Positives): number {
  const { steps, all, truth } = stepsOf('rocArea', scores, positives);
  // In counts, twice the area is a whole number: nothing is rounded before the division.
  let twice = 0;
  let before = { called: 0, hits: 0 };
  for (const step of steps) {
    twice += (step.called - step.hits - (before.called - before.hits)) * (step.hits + before.hits);
    before = step;
  }
  return twice / (2 * truth * (all - truth));
}

/**
 * Precision against recall as the threshold falls, a point for every score that occurs; the last has recall 1. There is no
 * point of recall 0 where nothing is called positive, as its precision is 0/0.
 *
 * @param scores (N), higher where a sample looks more positive
 * @param positives (N)
 * @throws what `rocCurve` throws
 */
export function precisionRecallCurve(scores: ArrayLike<number>, positives: Positives): PrecisionRecallPoint[] {
  const { steps, truth } = stepsOf('precisionRecallCurve', scores, positives);
  return steps.map(({ threshold, called, hits }) => ({ recall: hits / truth, precision: hits / called, threshold }));
}

/**
 * Average precision: sum over the points n of `precisionRecallCurve` of (R[n] - R[n-1]) P[n], with R[-1] = 0. Unlike
 * trapezoids it does not interpolate, which would flatter. Chance is the share of positives.
 *
 * @throws what `rocCurve` throws
 * Source: average_precision_score of scikit-learn.
 */
export function averagePrecision(scores: ArrayLike<number>, positives: Positives): number {
  const { steps, truth } = stepsOf('averagePrecision', scores, positives);
  let sum = 0;
  let before = 0;
  for (const { called, hits } of steps) {
    sum += ((hits - before) / truth) * (hits / called);
    before = hits;
  }
  return sum;
}

/** What is called positive at a threshold. */
interface Step {
  threshold: number;
  /** Samples at or above it. */
  called: number;
  /** Positives among them. */
  hits: number;
}

/** A step for every score that occurs, the highest first; `all` samples, `truth` positives. */
function stepsOf(
  op: string,
  scores: ArrayLike<number>,
  positives: Positives,
): { steps: Step[]; all: number; truth: number } {
  checkKind(op, 'scores', scores, 'numbers');
  if (typeof positives !== 'object' || !Number.isInteger(positives?.length))
    throw new ArgumentError(`${op}: expected positives to be an array, got ${formatValue(positives)}`);
  const all = scores.length;
  if (positives.length !== all) throw new DataError(`${op}: expected ${all} positives, got ${positives.length}`);
  const order = new Int32Array(all);
  const isPositive = new Uint8Array(all);
  let truth = 0;
  for (let i = 0; i < all; i++) {
    if (!Number.isFinite(scores[i]))
      throw new DataError(`${op}: expected finite scores, got ${scores[i]} at position ${i}`);
    const given: unknown = positives[i];
    const p = typeof given === 'boolean' || typeof given === 'number' ? Number(given) : -1;
    if (p !== 0 && p !== 1)
      throw new ArgumentError(
        `${op}: expected positives of true, false, 1 or 0, got ${formatValue(given)} at position ${i}`,
      );
    order[i] = i;
    isPositive[i] = p;
    truth += p;
  }
  if (truth === 0 || truth === all)
    throw new DataError(
      `${op}: expected at least one positive and one negative, got ${truth} positives among ${all} samples`,
    );
  order.sort((a, b) => scores[b] - scores[a]);
  const steps: Step[] = [];
  let hits = 0;
  for (let n = 0; n < all; n++) {
    hits += isPositive[order[n]];
    const threshold = scores[order[n]];
    if (n + 1 === all || scores[order[n + 1]] !== threshold) steps.push({ threshold, called: n + 1, hits });
  }
  return { steps, all, truth };
}
