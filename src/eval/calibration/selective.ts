import { argument } from '../../autograd/argument.ts';
import type { TensorLike } from '../../autograd/tensor.ts';
import { checkRange } from '../../core/check.ts';
import { checkFiniteNumbers } from '../../core/checkArrays.ts';
import { DataError } from '../../core/errors.ts';
import { type ClassificationScores, classificationScores, confusionMatrix } from '../confusion.ts';
import { type Positives, positivesOf } from '../curves.ts';
import { checkScores, largest } from './scores.ts';

/** What a classifier that may abstain decides at a threshold, and how often wrongly. */
export interface RiskCoveragePoint {
  /** samples at or above the threshold / all */
  coverage: number;
  /** wrong ones among them / samples at or above the threshold */
  risk: number;
  threshold: number;
}

/**
 * The errors of a classifier that decides only where it is sure enough: the risk against the coverage as the threshold on the
 * confidence falls, a point for every confidence that occurs; the last has coverage 1 and the error rate. A
 * confidence that tells right from wrong makes the risk rise with the coverage.
 *
 * @param confidences (N), such as the largest probability of each sample
 * @param correct (N), whether the decision would be right
 * @throws DataError if there is no sample, the numbers differ, or a confidence is not finite; ArgumentError for a `correct`
 * other than true, false, 1 or 0
 * @see El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR 11, 2010; Geifman and
 * El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.
 */
export function riskCoverageCurve(confidences: ArrayLike<number>, correct: Positives): RiskCoveragePoint[] {
  const op = 'riskCoverageCurve';
  checkFiniteNumbers(op, 'confidences', confidences);
  const N = confidences.length;
  const right = positivesOf(op, correct, N, 'correct');
  if (N === 0) throw new DataError(`${op}: expected at least one sample, got none`);
  const order = Int32Array.from({ length: N }, (_, i) => i).sort((a, b) => confidences[b] - confidences[a]);
  const points: RiskCoveragePoint[] = [];
  let wrong = 0;
  order.forEach((i, n) => {
    if (!right[i]) wrong++;
    const threshold = confidences[i];
    if (n + 1 === N || confidences[order[n + 1]] !== threshold)
      points.push({ coverage: (n + 1) / N, risk: wrong / (n + 1), threshold });
  });
  return points;
}

/** The scores of a classifier that leaves samples undecided. */
export interface SelectiveScores {
  /** decided / all */
  coverage: number;
  /** coverage of the samples of each class, NaN for a class without samples */
  perClass: number[];
  /** confusion matrix of the samples that are decided */
  matrix: number[][];
  /** of the samples that are decided */
  scores: ClassificationScores;
}

/**
 * The scores of what a classifier decides if it leaves undecided every sample whose largest probability is below a
 * threshold. Read them with the coverage: samples that are left out are neither found nor missed.
 *
 * @param probabilities (N,K), such as those of `classify`
 * @param labels (N), from 0 to K - 1
 * @param threshold from 0, which leaves out nothing, to 1
 * @throws DataError if there is no sample, or a probability is not finite; ShapeError for sizes that do not fit;
 * ArgumentError for a label outside 0 to K - 1, and a threshold outside 0 to 1
 */
export function selectiveScores(
  probabilities: TensorLike,
  labels: ArrayLike<number>,
  threshold: number,
): SelectiveScores {
  const op = 'selectiveScores';
  const { data, N, K } = checkScores(op, 'probabilities', argument(op, 'probabilities', probabilities), labels);
  checkRange(op, 'threshold', threshold, 0, 1);
  const best = largest(data, N, K);
  const decided = Array.from(best, (k, i) => (data[i * K + k] >= threshold ? 1 : 0));
  const matrix = confusionMatrix(labels, best, K, decided);
  const all = new Array<number>(K).fill(0);
  for (let i = 0; i < N; i++) all[labels[i]]++;
  return {
    coverage: decided.filter(Boolean).length / N,
    perClass: matrix.map((row, k) => row.reduce((sum, n) => sum + n, 0) / all[k]),
    matrix,
    scores: classificationScores(matrix),
  };
}
