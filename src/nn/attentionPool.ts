import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkOneOf } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import type { Random } from '../core/random.ts';
import { attentionPool, type TimeOptions } from '../ops/attention.ts';
import { transpose } from '../ops/movement.ts';
import { fanInBound, uniform } from './init.ts';
import { Linear } from './linear.ts';
import { Layer } from './module.ts';
import { timeMajor, timeMajorOptions } from './timeMajor.ts';

/** How attention scores a time step: `w . h`, or `w . tanh(W h + b)`. */
export type AttentionScore = 'dot' | 'additive';

export const ATTENTION_SCORES: readonly AttentionScore[] = ['dot', 'additive'];

/**
 * Attention pooling over time, h (T,B,D) to (B,D); or h (B,T,D) with `batchFirst`. See `attentionPool` for the formula.
 */
export class AttentionPool extends Layer {
  /** (1,features), as in `nn.Linear(features, 1)` */
  readonly weight: Parameter;
  /** W and b of the additive score; null for the dot score */
  readonly proj: Linear | null;
  readonly batchFirst: boolean;

  /**
   * @param features D
   * @param options.score 'dot' by default
   * @param options.projected hidden size of the additive score, D by default
   * @param options.batchFirst false by default
   */
  constructor(
    features: number,
    options: { random: Random; score?: AttentionScore; projected?: number; batchFirst?: boolean },
  ) {
    super();
    const op = 'AttentionPool';
    checkCount(op, 'features', features, 1);
    checkOptions(op, options, ['random'], ['score', 'projected', 'batchFirst']);
    const { random, score = 'dot', projected = features, batchFirst = false } = options;
    checkKind(op, 'random', random, 'random');
    checkCount(op, 'projected', projected, 1);
    checkOneOf(op, 'score', score, ATTENTION_SCORES);
    checkKind(op, 'batchFirst', batchFirst, 'flag');
    const shape = [1, score === 'dot' ? features : projected];
    this.weight = uniform(op, shape, fanInBound(shape), random);
    this.proj = score === 'dot' ? null : new Linear(features, projected, { random });
    this.batchFirst = batchFirst;
  }

  forward(h: TensorLike): Tensor {
    return this.attend(h).context;
  }

  /**
   * The pooled features `context` (B,D) and the attention weights `alpha` (T,B), or (B,T) with `batchFirst`.
   *
   * @param options which steps count, all by default
   * @example
   *     declare const [lstm, pool, x]: [BiLSTM, AttentionPool, Tensor];
   *     const lengths = [7, 3, 5];
   *     const { context } = pool.attend(lstm.run(x, { lengths }).y, { lengths });
   */
  attend(h: TensorLike, options: TimeOptions = {}): { context: Tensor; alpha: Tensor } {
    const op = 'attentionPool';
    const own = timeMajorOptions(op, options, this.batchFirst);
    const { context, alpha } = attentionPool(timeMajor(op, h, this.batchFirst), this.weight, this.proj, own);
    return { context, alpha: this.batchFirst ? transpose(alpha) : alpha };
  }
}
