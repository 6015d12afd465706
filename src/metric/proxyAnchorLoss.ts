import { Parameter, type Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkFinite, checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { checkShape, expectShape } from '../core/shape.ts';
import { checkSameDType, Module } from '../nn/module.ts';
import { l2Normalize } from '../ops/distance.ts';
import { linear } from '../ops/linear.ts';
import { addLogSumExpGradient, checkedBatch, logSumExp, membersOf, pairLoss, rowOf } from './pairLoss.ts';

/** Options of the proxy-anchor loss. */
export interface ProxyAnchorLossOptions {
  /** K */
  classes: number;
  /** D, the size of an embedding */
  embedding: number;
  /** draws the proxies */
  random: Random;
  /** how far beyond a cosine similarity of 0 each side is pushed
   * @defaultValue 0.1 */
  margin?: number;
  /** alpha > 0, how much more hard samples count
   * @defaultValue 32 */
  alpha?: number;
}

/**
 * The proxy-anchor loss: each class has a proxy, a trained vector that attracts its samples and repels all others,
 * by cosine similarity s between proxy k and samples,
 *
 *   loss = sum over k of log(1 + sum over samples p of k of e^(-alpha (s_kp - margin))) / number of classes in the batch
 *        + sum over k of log(1 + sum over other samples n of e^(alpha (s_kn + margin))) / K
 *
 * These are the values of pytorch-metric-learning's `ProxyAnchorLoss`. Pairs are K x B, so a batch does not need
 * several samples of a class. The proxies are parameters of the loss: pass them to the optimiser along with the
 * model's. The paper trains them with 100 times the model's learning rate.
 *
 * They are drawn from a normal distribution with variance 2 / K (Kaiming's fan-out initialisation, as there); the loss
 * depends only on their direction, their length determines how fast they turn.
 *
 * @throws ArgumentError for an option that is missing or out of range
 * @see Kim, Kim, Cho and Kwak, "Proxy anchor loss for deep metric learning", CVPR 2020, equation (4)
 * @example
 *     declare const [model, x, labels, random]: [Embedder, Tensor, Int32Array, Random];
 *     const proxies = new ProxyAnchorLoss({ classes: 3, embedding: 64, random });
 *     const optimizer = new AdamW([...model.parameters(), ...proxies.parameters()]);
 *     backward(proxies.forward(model.forward(x), labels));
 *     optimizer.step();
 */
export class ProxyAnchorLoss extends Module {
  /** (K,D) */
  readonly proxies: Parameter;
  readonly margin: number;
  readonly alpha: number;

  constructor(options: ProxyAnchorLossOptions) {
    super();
    const op = 'ProxyAnchorLoss';
    checkOptions(op, options, ['classes', 'embedding', 'random'], ['margin', 'alpha']);
    const { classes, embedding, random, margin = 0.1, alpha = 32 } = options;
    checkCount(op, 'classes', classes, 1);
    checkCount(op, 'embedding', embedding, 1);
    checkKind(op, 'random', random, 'random');
    checkFinite(op, 'margin', margin);
    checkRange(op, 'alpha', alpha, Number.MIN_VALUE);
    checkShape(op, [classes, embedding]); // before memory is allocated
    const deviation = Math.sqrt(2 / classes);
    const data = new Float32Array(classes * embedding);
    for (let i = 0; i < data.length; i++) data[i] = random.normal(0, deviation);
    this.proxies = new Parameter(data, [classes, embedding]);
    this.margin = margin;
    this.alpha = alpha;
  }

  /**
   * The loss of embeddings (B,D), scaled to unit length inside, with labels (B); 0 for an empty batch.
   *
   * @throws ShapeError if the sizes or dtypes do not fit, ArgumentError for a label that is not a class from 0 to K-1
   */
  forward(embeddings: TensorLike, labels: ArrayLike<number>): Tensor {
    const op = 'ProxyAnchorLoss';
    const { alpha, margin } = this;
    const [K, D] = this.proxies.shape;
    const { z, y, B } = checkedBatch(op, embeddings, labels);
    expectShape(op, 'embeddings (B,D)', z.shape, { D });
    checkSameDType(op, 'embeddings', z, this);
    const stray = y.findIndex((label) => label < 0 || label >= K);
    if (stray >= 0)
      throw new ArgumentError(`${op}: expected labels from 0 to ${K - 1}, got ${y[stray]} at position ${stray}`);
    const present = new Set(y).size;
    const members = membersOf(y);
    return pairLoss(linear(l2Normalize(this.proxies), l2Normalize(z)), (ds, s) => {
      let total = 0;
      for (let k = 0; k < K; k++) {
        const [row, drow] = [rowOf(s, k, B), rowOf(ds, k, B)];
        const add = (positions: Int32Array, scale: number, count: number): void => {
          if (positions.length === 0) return;
          const terms = { positions, skip: -1, scale, shift: alpha * margin };
          const lse = logSumExp(row, terms, true);
          total += lse / count;
          addLogSumExpGradient(drow, row, terms, lse, 1 / count);
        };
        const { own, others } = members(k);
        add(own, -alpha, present);
        add(others, alpha, K);
      }
      return total;
    });
  }
}
