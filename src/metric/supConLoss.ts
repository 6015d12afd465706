import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { l2Normalize } from '../ops/distance.ts';
import { linear } from '../ops/linear.ts';
import { addLogSumExpGradient, checkedBatch, logSumExp, membersOf, pairLoss, rowOf } from './pairLoss.ts';

/**
 * The supervised contrastive loss (SupCon): for each anchor the mean over its positives p of a cross-entropy against
 * all other samples, by cosine similarity s,
 *
 *   loss_a = -mean over p of log(e^(s_ap / t) / sum over k other than a of e^(s_ak / t))
 *
 * and the mean over the anchors whose loss is above 0: those that have a positive. These are the values of
 * pytorch-metric-learning's `SupConLoss` with its default reducer, AvgNonZero; as there, a batch without positives or
 * without negatives gives 0 with a zero gradient.
 *
 * @param embeddings (B,D); scaled to unit length inside
 * @param labels (B)
 * @param options.temperature t > 0, 0.1 by default
 * @throws ShapeError if embeddings and labels differ in number, ArgumentError for a label that is not a 32-bit whole
 * number, or a temperature that is not above 0
 * @see Khosla et al., "Supervised contrastive learning", NeurIPS 2020, equation (2)
 * @example
 *     declare const [model, x, labels, augment]: [Embedder, Tensor, Int32Array, (x: Tensor) => Tensor];
 *     // two augmented views of each sample are positives of each other, and of all others of their class
 *     const views = concat([model.forward(augment(x)), model.forward(augment(x))]);
 *     const loss = supConLoss(views, [...labels, ...labels]);
 */
export function supConLoss(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: { temperature?: number } = {},
): Tensor {
  const op = 'supConLoss';
  checkOptions(op, options, [], ['temperature']);
  const { temperature = 0.1 } = options;
  checkRange(op, 'temperature', temperature, Number.MIN_VALUE);
  const { z, y, B } = checkedBatch(op, embeddings, labels);
  const unit = l2Normalize(z);
  const members = membersOf(y);
  const scale = 1 / temperature;
  return pairLoss(linear(unit, unit), (ds, s) => {
    if (B === 0 || members(y[0]).others.length === 0) return 0;
    const all = Int32Array.from(y.keys());
    const others = (a: number) => ({ positions: all, skip: a, scale, shift: 0 });
    const active: { a: number; lse: number }[] = [];
    let total = 0;
    for (let a = 0; a < B; a++) {
      const { own } = members(y[a]);
      if (own.length < 2) continue;
      const row = rowOf(s, a, B);
      const lse = logSumExp(row, others(a), false);
      let mean = 0;
      for (const p of own) if (p !== a) mean += (scale * row[p]) / (own.length - 1);
      if (lse - mean <= 0) continue; // rounded away; NaN is kept
      total += lse - mean;
      active.push({ a, lse });
    }
    for (const { a, lse } of active) {
      const { own } = members(y[a]);
      const drow = rowOf(ds, a, B);
      addLogSumExpGradient(drow, rowOf(s, a, B), others(a), lse, 1 / active.length);
      for (const p of own) if (p !== a) drow[p] -= scale / ((own.length - 1) * active.length);
    }
    return active.length > 0 ? total / active.length : 0;
  });
}
