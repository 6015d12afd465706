import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { l2Normalize, pairwiseSquaredEuclidean } from '../ops/distance.ts';
import { sqrt } from '../ops/elementwise.ts';
import { checkedBatch, pairLoss } from './pairLoss.ts';
import { checkDistances, type Distance } from './tripletLoss.ts';

/** Options of the contrastive loss. */
export interface ContrastiveLossOptions {
  /** positives up to this distance cost nothing
   * @defaultValue 0 */
  positiveMargin?: number;
  /** negatives from this distance cost nothing
   * @defaultValue 1 */
  negativeMargin?: number;
  /** @defaultValue Euclidean distance (not squared) between embeddings scaled to unit length, from 0 to 2 */
  distance?: Distance;
}

/** |a_m / |a_m| - b_n / |b_n|| */
function unitEuclidean(a: TensorLike, b: TensorLike = a): Tensor {
  return sqrt(pairwiseSquaredEuclidean(l2Normalize(a), l2Normalize(b)));
}

/**
 * The contrastive loss: positives are pulled closer than one margin, negatives pushed beyond another, by distance d,
 *
 *   loss = mean over positive pairs of max(d - positiveMargin, 0) + mean over negative pairs of max(negativeMargin - d, 0)
 *
 * where each mean is over the pairs with a hinge above 0, or 0 if there is none. These are the values of
 * pytorch-metric-learning's `ContrastiveLoss` with its default reducer, AvgNonZero; the paper squares the hinges. If
 * two embeddings are equal, there is no direction to push them in, and the gradient of their distance is 0.
 *
 * @param embeddings (B,D)
 * @param labels (B)
 * @throws ShapeError if embeddings and labels differ in number or `distance` returns another shape than (B,B),
 * ArgumentError for a label that is not a 32-bit whole number, or a margin that is negative or not finite
 * @see Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", CVPR 2006
 * @example
 *     declare const [model, x, labels]: [Embedder, Tensor, Int32Array];
 *     const loss = contrastiveLoss(model.forward(x), labels, { negativeMargin: 0.5 });
 *     backward(loss);
 */
export function contrastiveLoss(
  embeddings: TensorLike,
  labels: ArrayLike<number>,
  options: ContrastiveLossOptions = {},
): Tensor {
  const op = 'contrastiveLoss';
  checkOptions(op, options, [], ['positiveMargin', 'negativeMargin', 'distance']);
  const { positiveMargin = 0, negativeMargin = 1, distance = unitEuclidean } = options;
  checkRange(op, 'positiveMargin', positiveMargin, 0);
  checkRange(op, 'negativeMargin', negativeMargin, 0);
  checkKind(op, 'distance', distance, 'function');
  const { z, y, B } = checkedBatch(op, embeddings, labels);
  const distances = distance(z);
  checkDistances(op, distances, [B, B]);
  return pairLoss(distances, (dd, d) => {
    let loss = 0;
    for (const positive of [true, false]) {
      const hinge = (at: number): number => (positive ? d[at] - positiveMargin : negativeMargin - d[at]);
      const active: number[] = [];
      let total = 0;
      for (let i = 0; i < B; i++)
        for (let j = 0; j < B; j++) {
          const at = i * B + j;
          if (i === j || (y[i] === y[j]) !== positive || hinge(at) <= 0) continue; // NaN is kept
          active.push(at);
          total += hinge(at);
        }
      const slope = (positive ? 1 : -1) / active.length;
      for (const at of active) dd[at] = slope;
      if (active.length > 0) loss += total / active.length;
    }
    return loss;
  });
}
