import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import * as math from '../core/math.ts';
import { l2Normalize } from '../ops/distance.ts';
import { linear } from '../ops/linear.ts';
import { anchorPositivePairs } from './miner.ts';
import { addLogSumExpGradient, checkedBatch, logSumExp, membersOf, pairLoss, rowOf } from './pairLoss.ts';

/**
 * NT-Xent, the normalised temperature-scaled cross-entropy of SimCLR: each positive of an anchor against all negatives
 * of the anchor, by cosine similarity s,
 *
 *   loss_ap = -log(e^(s_ap / t) / (e^(s_ap / t) + sum over negatives n of a of e^(s_an / t)))
 *
 * and the mean over all ordered anchor-positive pairs. With two augmented views of each sample, `labels` says which
 * views belong together. Other positives of the anchor are not among its negatives, as in pytorch-metric-learning's
 * `NTXentLoss`, whose values these are. A batch without positives or without negatives gives 0 with a zero gradient.
 *
 * @param embeddings (B,D); scaled to unit length inside
 * @param labels (B)
 * @param options.temperature t > 0, 0.07 by default
 * @throws ShapeError if embeddings and labels differ in number, ArgumentError for a label that is not a 32-bit whole
 * number, or a temperature that is not above 0
 * @see Chen, Kornblith, Norouzi and Hinton, "A simple framework for contrastive learning of visual representations",
 * ICML 2020
 * @example
 *     declare const [model, x, augment]: [Embedder, Tensor, (x: Tensor) => Tensor];
 *     const samples = Array.from({ length: x.shape[0] }, (_, i) => i);
 *     const views = concat([model.forward(augment(x)), model.forward(augment(x))]); // (2B,D)
 *     const loss = ntXentLoss(views, [...samples, ...samples]);
 */
export function ntXentLoss(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: { temperature?: number } = {},
): Tensor {
  const op = 'ntXentLoss';
  checkOptions(op, options, [], ['temperature']);
  const { temperature = 0.07 } = options;
  checkRange(op, 'temperature', temperature, Number.MIN_VALUE);
  const { z, y, B } = checkedBatch(op, embeddings, labels);
  const unit = l2Normalize(z);
  const pairs = anchorPositivePairs(y);
  const members = membersOf(y);
  const scale = 1 / temperature;
  return pairLoss(linear(unit, unit), (ds, s) => {
    let total = 0;
    for (let a = 0; a < B; a++) {
      const { own, others } = members(y[a]);
      const [row, drow] = [rowOf(s, a, B), rowOf(ds, a, B)];
      const negatives = { positions: others, skip: -1, scale, shift: 0 };
      const lse = logSumExp(row, negatives, false);
      let weight = 0;
      for (const p of own) {
        if (p === a) continue;
        const x = lse - scale * row[p]; // the loss is log(1 + e^x)
        const slope = math.sigmoid(x) / pairs;
        total += Math.max(x, 0) + math.log(1 + math.exp(-Math.abs(x)));
        drow[p] -= scale * slope;
        weight += slope;
      }
      addLogSumExpGradient(drow, row, negatives, lse, weight);
    }
    return pairs > 0 ? total / pairs : 0;
  });
}
