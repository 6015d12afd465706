import { type Parameter, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkRange } from '../core/shape.ts';
import { batchNorm } from '../ops/normalization.ts';
import { constant } from './init.ts';
import { Layer } from './module.ts';

/** Batch normalisation of x (B,C) or (B,C,L) per channel, with running statistics for inference; see `batchNorm`. */
export class BatchNorm1d extends Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Tensor;
  readonly running_var: Tensor;
  /** Training batches seen; PyTorch keeps it too. */
  readonly num_batches_tracked: Tensor;
  readonly momentum: number;
  readonly eps: number;

  constructor(channels: number, options: { momentum?: number; eps?: number } = {}) {
    super();
    checkCount('BatchNorm1d', 'channels', channels, 1);
    this.weight = constant([channels], 1);
    this.bias = constant([channels], 0);
    this.running_mean = new Tensor(new Float32Array(channels), [channels]);
    this.running_var = new Tensor(new Float32Array(channels).fill(1), [channels]);
    this.num_batches_tracked = new Tensor(new Float32Array(1), []);
    this.momentum = options.momentum ?? 0.1;
    this.eps = options.eps ?? 1e-5;
    checkRange('BatchNorm1d', 'momentum', this.momentum, 0, 1);
    checkRange('BatchNorm1d', 'eps', this.eps, 0);
  }

  forward(x: TensorLike): Tensor {
    const running = { mean: this.running_mean, variance: this.running_var };
    const { training: train, momentum, eps } = this;
    const y = batchNorm(x, this.weight, this.bias, running, { train, momentum, eps });
    if (train) this.num_batches_tracked.data[0]++;
    return y;
  }
}
