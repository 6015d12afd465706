import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkOneOf, checkOptions } from '../core/check.ts';
import type { Random } from '../core/random.ts';
import { attentionPool } from '../ops/sequence.ts';
import { fanInBound, uniform } from './init.ts';
import { Linear } from './linear.ts';
import { Layer } from './module.ts';

/** How attention scores a time step: `w . h`, or `w . tanh(W h + b)`. */
export type AttentionScore = 'dot' | 'additive';

export const ATTENTION_SCORES: readonly AttentionScore[] = ['dot', 'additive'];

/** Attention pooling over time, h (T,B,D) to (B,D); see `attentionPool` for the formula. */
export class AttentionPool extends Layer {
  /** (1,features), as `nn.Linear(features, 1)` has it */
  readonly weight: Parameter;
  /** W and b of the additive score; null for the dot score */
  readonly proj: Linear | null;

  /**
   * @param features D
   * @param options.score 'dot' by default
   * @param options.projected score features of the additive form, D by default
   */
  constructor(features: number, options: { random: Random; score?: AttentionScore; projected?: number }) {
    super();
    const op = 'AttentionPool';
    checkCount(op, 'features', features, 1);
    checkOptions(op, options, ['random'], ['score', 'projected']);
    const { random, score = 'dot', projected = features } = options;
    checkKind(op, 'random', random, 'random');
    checkCount(op, 'projected', projected, 1);
    checkOneOf(op, 'score', score, ATTENTION_SCORES);
    const shape = [1, score === 'dot' ? features : projected];
    this.weight = uniform(op, shape, fanInBound(shape), random);
    this.proj = score === 'dot' ? null : new Linear(features, projected, { random });
  }

  forward(h: TensorLike): Tensor {
    return this.attend(h).context;
  }

  /** The pooled features `context` (B,D) together with the weights `alpha` (T,B) that made them. */
  attend(h: TensorLike): { context: Tensor; alpha: Tensor } {
    return attentionPool(h, this.weight, this.proj);
  }
}
