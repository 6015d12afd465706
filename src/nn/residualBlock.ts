import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { add, relu } from '../ops/elementwise.ts';
import { BatchNorm1d } from './batchNorm1d.ts';
import { Conv1d } from './conv1d.ts';
import { Layer, Sequential } from './module.ts';

/** Options of a residual block. */
export interface ResidualBlockOptions {
  random: Random;
  /** width of both convolutions, odd
   * @defaultValue 3 */
  kernel?: number;
  /** of the first convolution: 2 halves the length
   * @defaultValue 1 */
  stride?: number;
  /** of both convolutions
   * @defaultValue 1 */
  dilation?: number;
}

/**
 * The basic residual block (He, Zhang, Ren and Sun, CVPR 2016) over x (B,inChannels,L), with the names of torchvision's
 * `BasicBlock`: `y = relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))`, y (B,outChannels, ceil(L / stride)).
 *
 * The shortcut is x itself or, if channels or length change, `downsample`: a convolution of width 1 and batch norm.
 */
export class ResidualBlock extends Layer {
  readonly conv1: Conv1d;
  readonly bn1: BatchNorm1d;
  readonly conv2: Conv1d;
  readonly bn2: BatchNorm1d;
  readonly downsample: Sequential | null;

  /** @throws ArgumentError for sizes that are not counts, or an even kernel */
  constructor(inChannels: number, outChannels: number, options: ResidualBlockOptions) {
    super();
    const op = 'ResidualBlock';
    checkCount(op, 'inChannels', inChannels, 1);
    checkCount(op, 'outChannels', outChannels, 1);
    checkOptions(op, options, ['random'], ['kernel', 'stride', 'dilation']);
    const { random, kernel = 3, stride = 1, dilation = 1 } = options;
    checkKind(op, 'random', random, 'random');
    for (const [name, value] of Object.entries({ kernel, stride, dilation })) checkCount(op, name, value, 1);
    if (kernel % 2 === 0) throw new ArgumentError(`${op}: expected an odd kernel, got ${kernel}`);
    const common = { random, dilation, padding: (dilation * (kernel - 1)) / 2, bias: false };
    this.conv1 = new Conv1d(inChannels, outChannels, kernel, { ...common, stride });
    this.bn1 = new BatchNorm1d(outChannels);
    this.conv2 = new Conv1d(outChannels, outChannels, kernel, common);
    this.bn2 = new BatchNorm1d(outChannels);
    const same = stride === 1 && inChannels === outChannels;
    this.downsample = same
      ? null
      : new Sequential(
          new Conv1d(inChannels, outChannels, 1, { random, stride, bias: false }),
          new BatchNorm1d(outChannels),
        );
  }

  forward(x: TensorLike): Tensor {
    const inner = relu(this.bn1.forward(this.conv1.forward(x)));
    return relu(add(this.bn2.forward(this.conv2.forward(inner)), this.downsample ? this.downsample.forward(x) : x));
  }
}
