import { ArgumentError, DataError } from '../core/errors.ts';
import { checkCount } from '../core/shape.ts';

/** Counts by true class (row) and predicted class (column). */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Counts predictions by true and predicted class.
 *
 * @throws DataError where labels and predictions are of unequal number
 * @throws ArgumentError for a class outside 0 to classes - 1
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[][] {
  checkCount('confusionMatrix', 'classes', classes, 1);
  if (labels.length !== predictions.length)
    throw new DataError(`confusionMatrix: expected ${labels.length} predictions, got ${predictions.length}`);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = matrix[labels[i]];
    if (row?.[predictions[i]] === undefined)
      throw new ArgumentError(
        `confusionMatrix: expected classes from 0 to ${classes - 1}, got ${labels[i]} and ${predictions[i]} at ${i}`,
      );
    row[predictions[i]]++;
  }
  return matrix;
}

/** Scores of one class, or their mean over classes. */
export interface Scores {
  /** TP / (TP + FN), equation (6) */
  sensitivity: number;
  /** TP / (TP + FP), equation (7) */
  precision: number;
  /** their harmonic mean, equation (8) */
  f1: number;
}

/** What Table 1 shows. */
export interface ClassificationScores {
  /** correct / all, equation (5) */
  accuracy: number;
  /** one for each class, with the number of its samples */
  perClass: (Scores & { support: number })[];
  /** unweighted means over the classes; the F1 is the mean of the classes' F1 */
  macro: Scores;
}

/** Accuracy, and per class and macro-averaged sensitivity, precision and F1: equations (5) to (8). 0/0 counts as 0. */
export function classificationScores(matrix: ConfusionMatrix): ClassificationScores {
  const ratio = (a: number, b: number): number => (b > 0 ? a / b : 0);
  let correct = 0;
  let all = 0;
  const perClass = matrix.map((row, k) => {
    const truePositives = row[k];
    const support = row.reduce((sum, n) => sum + n, 0);
    const predicted = matrix.reduce((sum, other) => sum + other[k], 0);
    correct += truePositives;
    all += support;
    const sensitivity = ratio(truePositives, support);
    const precision = ratio(truePositives, predicted);
    return { sensitivity, precision, f1: ratio(2 * precision * sensitivity, precision + sensitivity), support };
  });
  const mean = (score: keyof Scores): number => perClass.reduce((sum, c) => sum + c[score], 0) / perClass.length;
  return {
    accuracy: ratio(correct, all),
    perClass,
    macro: { sensitivity: mean('sensitivity'), precision: mean('precision'), f1: mean('f1') },
  };
}
