import { checkOneOf } from '../../core/check.ts';
import { checkLabels } from '../../core/checkArrays.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { betaCdf, upperTail } from './distributions.ts';

/** How `mcnemarTest` tests. */
export interface McNemarOptions {
  /**
   * `exact`, by default: the binomial distribution; `corrected` and `uncorrected`: its approximation by chi-squared, with and
   * without Edwards' continuity correction.
   */
  method?: 'exact' | 'corrected' | 'uncorrected';
}

/** What `mcnemarTest` found. */
export interface McNemarResult {
  /** Samples that the first model alone has right. */
  firstOnly: number;
  /** Samples that the second model alone has right. */
  secondOnly: number;
  /** The smaller of both (exact), or chi-squared of one degree of freedom. */
  statistic: number;
  /** Probability of a difference at least as large between models that err equally often; two-sided. */
  pValue: number;
}

/**
 * McNemar's test of whether two models err equally often on the same samples: of those b + c that one of them alone has right, b
 * and c are compared with halves. Exact: p = 2 P(X <= min(b, c)), at most 1, X binomial of b + c and 1/2; else
 * chi^2 = (|b - c| - 1)^2 / (b + c), `uncorrected` without the 1.
 *
 * It takes samples to be independent. Beats of one patient are not, and by thousands of them nearly any difference passes:
 * whether one model is better on other patients, `bootstrapDifference` says.
 *
 * @param labels (N)
 * @param first (N) predictions of one model
 * @param second (N) predictions of the other
 * @throws DataError for unequal numbers, ArgumentError for a label or prediction that is no whole number
 * Source: McNemar, Psychometrika 12(2), 1947; Edwards, Psychometrika 13(3), 1948.
 */
export function mcnemarTest(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: McNemarOptions = {},
): McNemarResult {
  const op = 'mcnemarTest';
  checkLabels(op, 'labels', labels);
  for (const [name, predictions] of Object.entries({ first, second })) {
    checkLabels(op, `predictions in ${name}`, predictions);
    if (predictions.length !== labels.length)
      throw new DataError(`${op}: expected ${labels.length} predictions in ${name}, got ${predictions.length}`);
  }
  checkOptions(op, options, [], ['method']);
  const { method = 'exact' } = options;
  checkOneOf(op, 'method', method, ['exact', 'corrected', 'uncorrected']);
  let firstOnly = 0;
  let secondOnly = 0;
  for (let i = 0; i < labels.length; i++) {
    const [a, b] = [first[i] === labels[i], second[i] === labels[i]];
    if (a && !b) firstOnly++;
    if (b && !a) secondOnly++;
  }
  const n = firstOnly + secondOnly;
  const fewer = Math.min(firstOnly, secondOnly);
  if (method === 'exact') {
    // P(X <= k) of n trials at 1/2 is I_1/2(n - k, k + 1).
    const pValue = 2 * fewer < n ? Math.min(1, 2 * betaCdf(0.5, n - fewer, fewer + 1)) : 1;
    return { firstOnly, secondOnly, statistic: fewer, pValue };
  }
  const apart = Math.max(n - 2 * fewer - (method === 'corrected' ? 1 : 0), 0);
  const statistic = n > 0 ? (apart * apart) / n : 0;
  return { firstOnly, secondOnly, statistic, pValue: 2 * upperTail(Math.sqrt(statistic)) };
}
