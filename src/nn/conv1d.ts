import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkPadding } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { type Conv1dOptions, conv1d } from '../ops/convolution.ts';
import { fanInBound, uniform } from './init.ts';
import { Layer } from './module.ts';

/** One-dimensional convolution over x (B,inChannels,L); geometry as in `conv1d`, where `padding: 'same'` keeps L. */
export class Conv1d extends Layer {
  /** (outChannels, inChannels / groups, kernel) */
  readonly weight: Parameter;
  /** (outChannels), or null without a bias */
  readonly bias: Parameter | null;
  readonly geometry: Conv1dOptions;

  constructor(
    inChannels: number,
    outChannels: number,
    kernel: number,
    options: Conv1dOptions & { random: Random; bias?: boolean },
  ) {
    super();
    for (const [name, value] of Object.entries({ inChannels, outChannels, kernel }))
      checkCount('Conv1d', name, value, 1);
    checkOptions('Conv1d', options, ['random'], ['bias', 'stride', 'padding', 'dilation', 'groups']);
    const { random, bias = true, ...geometry } = options;
    const { stride = 1, padding = 0, dilation = 1, groups = 1 } = geometry;
    checkKind('Conv1d', 'random', random, 'random');
    checkKind('Conv1d', 'bias', bias, 'flag');
    for (const [name, value] of Object.entries({ stride, dilation, groups })) checkCount('Conv1d', name, value, 1);
    checkPadding('Conv1d', padding, stride);
    if (inChannels % groups !== 0)
      throw new ArgumentError(`Conv1d: expected inChannels in ${groups} groups, got ${inChannels}`);
    if (outChannels % groups !== 0)
      throw new ArgumentError(`Conv1d: expected outChannels in ${groups} groups, got ${outChannels}`);
    const shape = [outChannels, inChannels / groups, kernel];
    this.weight = uniform('Conv1d', shape, fanInBound(shape), random);
    this.bias = bias ? uniform('Conv1d', [outChannels], fanInBound(shape), random) : null;
    this.geometry = geometry;
  }

  forward(x: TensorLike): Tensor {
    return conv1d(x, this.weight, this.bias, this.geometry);
  }
}
