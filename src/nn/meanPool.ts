import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { meanPool, type TimeOptions } from '../ops/attention.ts';
import { Layer } from './module.ts';
import { timeMajor, timeMajorOptions } from './timeMajor.ts';

/** Mean over time, h (T,B,D) to (B,D); or h (B,T,D) with `batchFirst`. See `meanPool`. */
export class MeanPool extends Layer {
  readonly batchFirst: boolean;

  /** @param options.batchFirst false by default */
  constructor(options: { batchFirst?: boolean } = {}) {
    super();
    checkOptions('MeanPool', options, [], ['batchFirst']);
    const { batchFirst = false } = options;
    checkKind('MeanPool', 'batchFirst', batchFirst, 'flag');
    this.batchFirst = batchFirst;
  }

  forward(h: TensorLike): Tensor {
    return this.pool(h);
  }

  /** The mean over the steps that count. */
  pool(h: TensorLike, options: TimeOptions = {}): Tensor {
    return meanPool(timeMajor('MeanPool', h, this.batchFirst), timeMajorOptions('MeanPool', options, this.batchFirst));
  }
}
