import { checkOneOf } from '../../core/check.ts';
import { checkLabels } from '../../core/checkArrays.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { betaCdf, upperTail } from './distributions.ts';

/** Options of `mcnemarTest`. */
export interface McNemarOptions {
  /**
   * `exact`: the binomial distribution; `corrected` and `uncorrected`: its chi-squared approximation, with and without
   * Edwards' continuity correction.
   * @defaultValue `'exact'`
   */
  method?: 'exact' | 'corrected' | 'uncorrected';
}

/** The result of `mcnemarTest`. */
export interface McNemarResult {
  /** Samples that only the first model classifies correctly. */
  firstOnly: number;
  /** Samples that only the second model classifies correctly. */
  secondOnly: number;
  /** The smaller of both (exact), or chi-squared with one degree of freedom. */
  statistic: number;
  /** Two-sided probability of a difference at least as large between models with equal error rates. */
  pValue: number;
}

/**
 * McNemar's test of whether two models err equally often on the same samples: of the b + c samples that only one of
 * them classifies correctly, b and c are compared with halves. Exact: p = 2 P(X <= min(b, c)), at most 1, where X is
 * binomial with b + c trials at 1/2; otherwise chi^2 = (|b - c| - 1)^2 / (b + c), `uncorrected` without the 1.
 *
 * It assumes independent samples. Beats of one patient are not independent, and with thousands of them nearly any
 * difference is significant: use `bootstrapDifference` to find out whether one model is better on other patients.
 *
 * @param labels (N)
 * @param first (N) predictions of one model
 * @param second (N) predictions of the other
 * @throws DataError if the numbers differ, ArgumentError for a label or prediction that is not a whole number
 * @see McNemar, Psychometrika 12(2), 1947; Edwards, Psychometrika 13(3), 1948.
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
    // P(X <= k) for n trials at 1/2 is I_1/2(n - k, k + 1).
    const pValue = 2 * fewer < n ? Math.min(1, 2 * betaCdf(0.5, n - fewer, fewer + 1)) : 1;
    return { firstOnly, secondOnly, statistic: fewer, pValue };
  }
  const apart = Math.max(n - 2 * fewer - (method === 'corrected' ? 1 : 0), 0);
  const statistic = n > 0 ? (apart * apart) / n : 0;
  return { firstOnly, secondOnly, statistic, pValue: 2 * upperTail(Math.sqrt(statistic)) };
}
