import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkLabels, checkWeights } from '../core/checkArrays.ts';
import { ArgumentError, DataError, ShapeError } from '../core/errors.ts';

const MOST_CLASSES = 4096; // as many rows as columns

/** Counts, or sums of weights, by true class (row) and predicted class (column). */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Counts predictions by true and predicted class.
 *
 * @param weights (N), the weight of each sample; 1 by default
 * @throws DataError if labels and predictions differ in number
 * @throws ArgumentError for a class outside 0 to classes - 1, and a weight that is negative or not finite
 * @example
 *     confusionMatrix([0, 0, 1, 2], [0, 1, 1, 2], 3); // [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): number[][] {
  checkCount('confusionMatrix', 'classes', classes, 1, MOST_CLASSES);
  checkKind('confusionMatrix', 'labels', labels, 'numbers');
  checkKind('confusionMatrix', 'predictions', predictions, 'numbers');
  const matrix = noCounts(classes);
  count('confusionMatrix', { labels, predictions, weights }, classes, () => matrix);
  return matrix;
}

/**
 * Counts predictions by true and predicted class within each group, such as the beats of a record or of a patient.
 *
 * @param groups the number of the group of every sample
 * @param weights (N), the weight of each sample; 1 by default
 * @returns a matrix for each group, by ascending group number
 * @throws DataError if labels, predictions and groups differ in number
 * @throws ArgumentError for a class outside 0 to classes - 1, and a weight that is negative or not finite
 */
export function confusionByGroup(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  groups: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Map<number, number[][]> {
  checkCount('confusionByGroup', 'classes', classes, 1, MOST_CLASSES);
  checkKind('confusionByGroup', 'labels', labels, 'numbers');
  checkKind('confusionByGroup', 'predictions', predictions, 'numbers');
  checkLabels('confusionByGroup', 'groups', groups);
  if (labels.length !== groups.length)
    throw new DataError(`confusionByGroup: expected ${labels.length} groups, got ${groups.length}`);
  const ascending = [...new Set(Array.from(groups))].sort((a, b) => a - b);
  const matrices = new Map(ascending.map((group) => [group, noCounts(classes)]));
  count('confusionByGroup', { labels, predictions, weights }, classes, (i) => matrices.get(groups[i])!);
  return matrices;
}

/**
 * The sum of confusion matrices, such as those of all patients.
 *
 * @throws DataError if there is none, ShapeError for matrices of unequal sizes
 */
export function addConfusion(matrices: readonly ConfusionMatrix[]): number[][] {
  checkMatrices('addConfusion', matrices);
  const sum = noCounts(matrices[0].length);
  for (const matrix of matrices)
    for (let k = 0; k < sum.length; k++) for (let j = 0; j < sum.length; j++) sum[k][j] += matrix[k][j];
  return sum;
}

/** Throws unless there is a matrix, and all are square, of the same size, with at least one class. */
export function checkMatrices(op: string, matrices: readonly ConfusionMatrix[]): void {
  checkKind(op, 'matrices', matrices, 'array');
  if (matrices.length === 0) throw new DataError(`${op}: expected at least one confusion matrix, got none`);
  for (const matrix of matrices) checkCounts(op, matrix);
  const classes = matrices[0].length;
  if (classes === 0) throw new ShapeError(`${op}: expected at least one class, got none`);
  for (const matrix of matrices)
    if (matrix.length !== classes || matrix.some((row) => row.length !== classes))
      throw new ShapeError(
        `${op}: expected confusion matrices of ${classes} x ${classes}, ` +
          `got rows of ${matrix.map((row) => row.length).join(', ')}`,
      );
}

/** Throws unless a matrix consists of rows of counts. */
export function checkCounts(op: string, matrix: ConfusionMatrix): void {
  checkKind(op, 'matrix', matrix, 'array');
  for (const row of matrix) {
    checkKind(op, 'row of the matrix', row, 'array');
    for (const n of row) checkRange(op, 'count', n, 0, Number.MAX_SAFE_INTEGER); // larger sums would overflow or round
  }
}

/** The counts that a class's scores are computed from. */
export interface ClassCounts {
  truePositives: number;
  /** Samples of other classes that are predicted as it. */
  falsePositives: number;
  /** Its samples. */
  support: number;
  /** Samples of other classes. */
  negatives: number;
}

/**
 * The counts of each class of a square matrix. Other classes are summed: by subtraction, sums of weights would round.
 */
export function classCounts(matrix: ConfusionMatrix): ClassCounts[] {
  const supports = matrix.map(total);
  return matrix.map((row, k) => ({
    truePositives: row[k],
    falsePositives: matrix.reduce((sum, other, j) => (j === k ? sum : sum + other[k]), 0),
    support: supports[k],
    negatives: supports.reduce((sum, n, j) => (j === k ? sum : sum + n), 0),
  }));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

function noCounts(classes: number): number[][] {
  return Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
}

/** Adds every sample to its matrix. */
function count(
  op: string,
  samples: { labels: ArrayLike<number>; predictions: ArrayLike<number>; weights: ArrayLike<number> | undefined },
  classes: number,
  matrixOf: (i: number) => number[][],
): void {
  const { labels, predictions, weights } = samples;
  if (labels.length !== predictions.length)
    throw new DataError(`${op}: expected ${labels.length} predictions, got ${predictions.length}`);
  if (weights !== undefined) checkWeights(op, 'weights', weights, labels.length);
  for (let i = 0; i < labels.length; i++) {
    const row = matrixOf(i)[labels[i]];
    if (row?.[predictions[i]] === undefined)
      throw new ArgumentError(
        `${op}: expected classes from 0 to ${classes - 1}, got ${labels[i]} and ${predictions[i]} at ${i}`,
      );
    row[predictions[i]] += weights ? weights[i] : 1;
  }
}

/** Scores of one class, or their mean over classes. */
export interface Scores {
  /** TP / (TP + FN), equation (6) */
  sensitivity: number;
  /** TP / (TP + FP), equation (7) */
  precision: number;
  /** their harmonic mean, equation (8) */
  f1: number;
  /** TN / (TN + FP) */
  specificity: number;
}

/** The scores of Table 1. */
export interface ClassificationScores {
  /** correct / all, equation (5) */
  accuracy: number;
  /** mean sensitivity of the classes that have samples: the accuracy if all of them were equally frequent */
  balancedAccuracy: number;
  /** one per class, with its number of samples */
  perClass: (Scores & { support: number })[];
  /** unweighted means over the classes; the F1 is the mean of the classes' F1 */
  macro: Scores;
}

/**
 * Accuracy, and per class and macro-averaged sensitivity, precision and F1, equations (5) to (8), and specificity. 0/0
 * counts as 0. For a matrix of sums of weights they are the weighted scores.
 *
 * @throws ShapeError unless the matrix is square and has a class, ArgumentError for a count that is negative or not
 * finite
 * @see the paper; ANSI/AAMI EC57 for specificity; balanced_accuracy_score of scikit-learn
 * @example
 *     const { accuracy, macro, perClass } = classificationScores([[8, 2], [1, 9]]);
 *     console.log(accuracy, macro.f1, perClass[1].sensitivity); // 0.85, 0.8496, 0.9
 */
export function classificationScores(matrix: ConfusionMatrix): ClassificationScores {
  checkMatrices('classificationScores', [matrix]);
  return scoresOf(matrix);
}

/** The same for a checked matrix. */
export function scoresOf(matrix: ConfusionMatrix): ClassificationScores {
  const ratio = (a: number, b: number): number => (b > 0 ? a / b : 0);
  const counts = classCounts(matrix);
  const perClass = counts.map(({ truePositives, falsePositives, support, negatives }) => {
    const sensitivity = ratio(truePositives, support);
    const precision = ratio(truePositives, truePositives + falsePositives);
    return {
      sensitivity,
      precision,
      f1: ratio(2 * precision * sensitivity, precision + sensitivity),
      specificity: ratio(negatives - falsePositives, negatives),
      support,
    };
  });
  const correct = total(counts.map(({ truePositives }) => truePositives));
  const all = total(counts.map(({ support }) => support));
  const present = perClass.filter(({ support }) => support > 0);
  const mean = (score: keyof Scores, of: readonly Scores[]): number =>
    ratio(total(of.map((own) => own[score])), of.length);
  return {
    accuracy: ratio(correct, all),
    balancedAccuracy: mean('sensitivity', present),
    perClass,
    macro: {
      sensitivity: mean('sensitivity', perClass),
      precision: mean('precision', perClass),
      f1: mean('f1', perClass),
      specificity: mean('specificity', perClass),
    },
  };
}
