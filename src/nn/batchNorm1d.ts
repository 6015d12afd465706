import { type Parameter, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { type BatchNormOptions, batchNorm, batchNormReluPool, type RunningStatistics } from '../ops/normalization.ts';
import { constant } from './init.ts';
import { Layer } from './module.ts';

/** Batch normalisation of x (B,C) or (B,C,L) per channel, with running statistics for inference; see `batchNorm`. */
export class BatchNorm1d extends Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Tensor;
  readonly running_var: Tensor;
  /** Number of training batches so far, as in PyTorch. */
  readonly num_batches_tracked: Tensor;
  readonly momentum: number;
  readonly eps: number;

  constructor(channels: number, options: { momentum?: number; eps?: number } = {}) {
    super();
    checkCount('BatchNorm1d', 'channels', channels, 1);
    checkOptions('BatchNorm1d', options, [], ['momentum', 'eps']);
    this.weight = constant([channels], 1);
    this.bias = constant([channels], 0);
    this.running_mean = new Tensor(new Float32Array(channels), [channels]);
    this.running_var = new Tensor(new Float32Array(channels).fill(1), [channels]);
    this.num_batches_tracked = new Tensor(new Float32Array(1), []);
    const { momentum = 0.1, eps = 1e-5 } = options;
    this.momentum = momentum;
    this.eps = eps;
    checkRange('BatchNorm1d', 'momentum', this.momentum, 0, 1);
    checkRange('BatchNorm1d', 'eps', this.eps, 0);
  }

  forward(x: TensorLike): Tensor {
    return this.counted(batchNorm(x, this.weight, this.bias, this.running, this.options));
  }

  /** `maxPool1d(relu(forward(x)), pool)` as one op; see `batchNormReluPool`. */
  reluPool(x: TensorLike, pool: number): Tensor {
    return this.counted(batchNormReluPool(x, this.weight, this.bias, this.running, { ...this.options, pool }));
  }

  private get running(): RunningStatistics {
    return { mean: this.running_mean, variance: this.running_var };
  }

  private get options(): BatchNormOptions {
    return { train: this.training, momentum: this.momentum, eps: this.eps };
  }

  private counted(y: Tensor): Tensor {
    if (this.training) this.num_batches_tracked.data[0]++;
    return y;
  }
}
