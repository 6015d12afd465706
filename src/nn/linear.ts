import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import type { Random } from '../core/random.ts';
import { linear } from '../ops/linear.ts';
import { fanInBound, uniform } from './init.ts';
import { Layer } from './module.ts';

/** Fully connected layer, `y = x W^T + b`: x (...,inFeatures), y (...,outFeatures). */
export class Linear extends Layer {
  /** (outFeatures, inFeatures) */
  readonly weight: Parameter;
  /** (outFeatures), or null without a bias */
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: { random: Random; bias?: boolean }) {
    super();
    checkCount('Linear', 'inFeatures', inFeatures, 1);
    checkCount('Linear', 'outFeatures', outFeatures, 1);
    checkOptions('Linear', options, ['random'], ['bias']);
    const { random, bias = true } = options;
    checkKind('Linear', 'random', random, 'random');
    checkKind('Linear', 'bias', bias, 'flag');
    const shape = [outFeatures, inFeatures];
    this.weight = uniform('Linear', shape, fanInBound(shape), random);
    this.bias = bias ? uniform('Linear', [outFeatures], fanInBound(shape), random) : null;
  }

  forward(x: TensorLike): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
