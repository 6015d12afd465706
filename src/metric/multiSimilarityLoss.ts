import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkFinite, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { l2Normalize } from '../ops/distance.ts';
import { linear } from '../ops/linear.ts';
import { addLogSumExpGradient, checkedBatch, logSumExp, membersOf, pairLoss, rowOf } from './pairLoss.ts';

/** Options of the multi-similarity loss: how steeply it weighs pairs, and from which similarity. */
export interface MultiSimilarityLossOptions {
  /** alpha > 0: how much more a less similar positive counts
   * @defaultValue 2 */
  alpha?: number;
  /** beta > 0: how much more a more similar negative counts
   * @defaultValue 50 */
  beta?: number;
  /** the cosine similarity that positives should exceed and negatives should stay below
   * @defaultValue 0.5 */
  base?: number;
}

/**
 * The multi-similarity loss: for each anchor a smooth maximum over its positives p and one over its negatives n, by
 * cosine similarity s,
 *
 *   loss_a = log(1 + sum over p of e^(-alpha (s_ap - base))) / alpha + log(1 + sum over n of e^(beta (s_an - base))) / beta
 *
 * and the mean over all anchors; for one without positives or negatives that term is 0. These are the values of
 * pytorch-metric-learning's `MultiSimilarityLoss` with its default reducer, Mean, and without the paper's miner.
 *
 * @param embeddings (B,D); scaled to unit length inside
 * @param labels (B)
 * @throws ShapeError if embeddings and labels differ in number, ArgumentError for a label that is not a 32-bit whole
 * number, an alpha or beta that is not above 0, or a base that is not finite
 * @see Wang, Han, Huang, Dong and Scott, "Multi-similarity loss with general pair weighting for deep metric learning",
 * CVPR 2019, equation (15)
 * @example
 *     declare const [model, x, labels]: [Embedder, Tensor, Int32Array];
 *     const loss = multiSimilarityLoss(model.forward(x), labels, { beta: 20 });
 *     backward(loss);
 */
export function multiSimilarityLoss(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: MultiSimilarityLossOptions = {},
): Tensor {
  const op = 'multiSimilarityLoss';
  checkOptions(op, options, [], ['alpha', 'beta', 'base']);
  const { alpha = 2, beta = 50, base = 0.5 } = options;
  checkRange(op, 'alpha', alpha, Number.MIN_VALUE);
  checkRange(op, 'beta', beta, Number.MIN_VALUE);
  checkFinite(op, 'base', base);
  const { z, y, B } = checkedBatch(op, embeddings, labels);
  const unit = l2Normalize(z);
  const members = membersOf(y);
  return pairLoss(linear(unit, unit), (ds, s) => {
    let total = 0;
    for (let a = 0; a < B; a++) {
      const { own, others } = members(y[a]);
      const [row, drow] = [rowOf(s, a, B), rowOf(ds, a, B)];
      const add = (positions: Int32Array, steepness: number, scale: number): void => {
        const terms = { positions, skip: a, scale, shift: -scale * base };
        const lse = logSumExp(row, terms, true);
        total += lse / steepness;
        addLogSumExpGradient(drow, row, terms, lse, 1 / (steepness * B));
      };
      add(own, alpha, -alpha);
      add(others, beta, beta);
    }
    return B > 0 ? total / B : 0;
  });
}
