import { argument } from '../autograd/argument.ts';
import type { TensorLike } from '../autograd/tensor.ts';
import { checkKind, checkOneOf } from '../core/check.ts';
import { checkFiniteNumbers, checkWeights } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { areaOf } from './curves.ts';

/** Options of `multiclassRocArea`. */
export interface MulticlassAreaOptions {
  /**
   * `oneVsRest`: each class against all others, by its own score; `oneVsOne`: each pair of classes on their samples,
   * the mean of the areas by the score of one and by that of the other.
   * @defaultValue `'oneVsRest'`
   */
  compare?: 'oneVsRest' | 'oneVsOne';
  /** `macro`: all classes or pairs equally; `weighted`: by their numbers of samples.
   * @defaultValue `'macro'` */
  average?: 'macro' | 'weighted';
  /** (N), the weight of each sample; only for `oneVsRest`.
   * @defaultValue 1 */
  weights?: ArrayLike<number>;
}

/**
 * The area under the ROC curve for more than two classes: the mean of `rocArea` over classes or pairs of them. One
 * against one is independent of class frequencies (macro); one against the rest is not.
 *
 * @param scores (N,K), such as the probabilities of `classify`, higher for samples that more likely belong to the class
 * @param labels (N), from 0 to K - 1
 * @throws ShapeError if sizes do not fit; DataError for scores that are not finite, fewer than two classes, and a class
 * without samples; ArgumentError for a label outside 0 to K - 1 and invalid weights
 * @see roc_auc_score of scikit-learn; one against one is Hand and Till, Machine Learning 45(2), 2001.
 */
export function multiclassRocArea(
  scores: TensorLike,
  labels: ArrayLike<number>,
  options: MulticlassAreaOptions = {},
): number {
  const op = 'multiclassRocArea';
  const { data, shape } = argument(op, 'scores', scores);
  const { N, K } = expectShape<'N' | 'K'>(op, 'scores (N,K)', shape);
  checkFiniteNumbers(op, 'scores', data);
  checkOptions(op, options, [], ['compare', 'average', 'weights']);
  const { compare = 'oneVsRest', average = 'macro', weights } = options;
  checkOneOf(op, 'compare', compare, ['oneVsRest', 'oneVsOne']);
  checkOneOf(op, 'average', average, ['macro', 'weighted']);
  if (weights !== undefined) {
    checkWeights(op, 'weights', weights, N);
    if (compare === 'oneVsOne')
      throw new ArgumentError(`${op}: expected no weights of samples with oneVsOne, got some`);
  }
  const samples = samplesByClass(op, labels, N, K, weights);
  const column = (k: number, of: ArrayLike<number>): number[] => Array.from(of, (i) => data[i * K + k]);
  const mean = (areas: readonly (readonly [area: number, size: number])[]): number => {
    const share = (size: number): number => (average === 'macro' ? 1 : size);
    const all = areas.reduce((sum, [, size]) => sum + share(size), 0);
    return areas.reduce((sum, [area, size]) => sum + area * share(size), 0) / all;
  };
  if (compare === 'oneVsRest') {
    const everyone = Int32Array.from({ length: N }, (_, i) => i);
    return mean(
      samples.map((own, k) => {
        const positives = Array.from(labels, (label) => label === k);
        const size = weights ? own.reduce((sum, i) => sum + weights[i], 0) : own.length;
        return [areaOf(op, column(k, everyone), positives, weights), size];
      }),
    );
  }
  return mean(
    samples.flatMap((first, j) =>
      samples.slice(j + 1).map((second, rest) => {
        const both = [...first, ...second];
        const isFirst = both.map((_, n) => n < first.length);
        const byFirst = areaOf(op, column(j, both), isFirst);
        const bySecond = areaOf(
          op,
          column(j + 1 + rest, both),
          isFirst.map((p) => !p),
        );
        return [(byFirst + bySecond) / 2, both.length] as const;
      }),
    ),
  );
}

/** Positions of the samples of each class with a weight above 0. */
function samplesByClass(
  op: string,
  labels: ArrayLike<number>,
  N: number,
  K: number,
  weights?: ArrayLike<number>,
): number[][] {
  checkKind(op, 'labels', labels, 'numbers');
  if (labels.length !== N) throw new DataError(`${op}: expected ${N} labels, got ${labels.length}`);
  if (K < 2) throw new DataError(`${op}: expected scores of at least two classes, got ${K}`);
  const samples = Array.from({ length: K }, (): number[] => []);
  for (let i = 0; i < N; i++) {
    if (!samples[labels[i]])
      throw new ArgumentError(`${op}: expected labels from 0 to ${K - 1}, got ${labels[i]} at position ${i}`);
    if (!weights || weights[i] > 0) samples[labels[i]].push(i);
  }
  const none = samples.findIndex((own) => own.length === 0);
  if (none >= 0) throw new DataError(`${op}: expected samples of every class, got none of ${none}`);
  return samples;
}
