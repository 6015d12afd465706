import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import { groupNorm } from '../ops/layerNorm.ts';
import { constant } from './init.ts';
import { Layer } from './module.ts';

/** Group normalisation of x (B,numChannels,...); see `groupNorm`. */
export class GroupNorm extends Layer {
  readonly numGroups: number;
  /** (numChannels), or null with `affine: false` */
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly eps: number;

  /**
   * @param numGroups must divide numChannels
   * @param options.eps 1e-5 by default
   * @param options.affine whether there are a weight and a bias, true by default
   */
  constructor(numGroups: number, numChannels: number, options: { eps?: number; affine?: boolean } = {}) {
    super();
    const op = 'GroupNorm';
    checkCount(op, 'numGroups', numGroups, 1);
    checkCount(op, 'numChannels', numChannels, 1);
    if (numChannels % numGroups !== 0)
      throw new ArgumentError(`${op}: expected numChannels in ${numGroups} groups, got ${numChannels}`);
    checkOptions(op, options, [], ['eps', 'affine']);
    const { eps = 1e-5, affine = true } = options;
    checkRange(op, 'eps', eps, 0);
    checkKind(op, 'affine', affine, 'flag');
    this.numGroups = numGroups;
    this.weight = affine ? constant([numChannels], 1) : null;
    this.bias = affine ? constant([numChannels], 0) : null;
    this.eps = eps;
  }

  forward(x: TensorLike): Tensor {
    return groupNorm(x, this.numGroups, this.weight, this.bias, this.eps);
  }
}
