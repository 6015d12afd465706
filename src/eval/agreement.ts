import { checkOneOf } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { type ConfusionMatrix, checkMatrices } from './confusion.ts';

/** How `cohenKappa` weights a disagreement between classes j and k. */
export interface KappaOptions {
  /** `none`: all the same; `linear`: by |j - k|; `quadratic`: by (j - k)^2, for ordered classes
   * @defaultValue `'none'` */
  weights?: 'none' | 'linear' | 'quadratic';
}

/**
 * Cohen's kappa: how much better labels and predictions agree than by chance, 1 - sum w[j,k] n[j,k] / sum w[j,k]
 * e[j,k], where w weights disagreements, n is the confusion matrix and e[j,k] = (sum of row j) (sum of column k) /
 * (total). 1 is perfect, 0 is chance. 0/0, such as when all labels and predictions are one class, counts as 0.
 *
 * @throws ShapeError unless the matrix is square, ArgumentError for a count that is negative or not finite
 * @see Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20(1), 1960;
 * weighted: Psychological Bulletin 70(4), 1968.
 */
export function cohenKappa(matrix: ConfusionMatrix, options: KappaOptions = {}): number {
  checkMatrices('cohenKappa', [matrix]);
  checkOptions('cohenKappa', options, [], ['weights']);
  const { weights = 'none' } = options;
  checkOneOf('cohenKappa', 'weights', weights, ['none', 'linear', 'quadratic']);
  const { rows, columns, all } = sums(matrix);
  const weight = (j: number, k: number): number =>
    weights === 'none' ? Number(j !== k) : weights === 'linear' ? Math.abs(j - k) : (j - k) * (j - k);
  let seen = 0;
  let expected = 0;
  for (const [j, row] of matrix.entries())
    for (const [k, n] of row.entries()) {
      seen += weight(j, k) * n;
      expected += weight(j, k) * rows[j] * (columns[k] / all);
    }
  return expected > 0 ? 1 - seen / expected : 0;
}

/**
 * Matthews' correlation coefficient between labels and predictions, for any number of classes: (c s - sum t[k] p[k]) /
 * sqrt((s^2 - sum p[k]^2) (s^2 - sum t[k]^2)), where c of s samples are correct, t[k] samples belong to class k and
 * p[k] are predicted as it. 1 is perfect, 0 is chance; for two classes it is the correlation of 0 and 1, and reaches
 * -1. 0/0, such as when all predictions are one class, counts as 0.
 *
 * @throws ShapeError unless the matrix is square, ArgumentError for a count that is negative or not finite
 * @see Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", Computational Biology
 * and Chemistry 28(5-6), 2004.
 */
export function matthewsCorrelation(matrix: ConfusionMatrix): number {
  checkMatrices('matthewsCorrelation', [matrix]);
  const { rows, columns, all } = sums(matrix);
  if (all === 0) return 0;
  const shares = (counts: readonly number[]): number[] => counts.map((n) => n / all);
  const [truth, predicted] = [shares(rows), shares(columns)];
  const product = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, k) => sum + v * b[k], 0);
  const right = matrix.reduce((sum, row, k) => sum + row[k] / all, 0);
  const spread = (1 - product(truth, truth)) * (1 - product(predicted, predicted));
  return spread > 0 ? (right - product(truth, predicted)) / Math.sqrt(spread) : 0;
}

function sums(matrix: ConfusionMatrix): { rows: number[]; columns: number[]; all: number } {
  const rows = matrix.map((row) => row.reduce((sum, n) => sum + n, 0));
  const columns = matrix.map((_, k) => matrix.reduce((sum, row) => sum + row[k], 0));
  return { rows, columns, all: rows.reduce((sum, n) => sum + n, 0) };
}
