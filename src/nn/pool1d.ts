import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { adaptiveAvgPool1d, adaptiveMaxPool1d, avgPool1d, maxPool1d, type Pool1dOptions } from '../ops/pooling.ts';
import { Layer } from './module.ts';

function checkPool(op: string, kernel: number, options: Pool1dOptions, more: readonly string[]): void {
  checkCount(op, 'kernel', kernel, 1);
  checkOptions(op, options, [], ['stride', 'padding', ...more]);
  const { stride = kernel, padding = 0 } = options;
  checkCount(op, 'stride', stride, 1);
  checkCount(op, 'padding', padding, 0);
  checkRange(op, 'padding', padding, 0, kernel / 2);
}

/** Maxima of windows of x (B,C,L); see `maxPool1d`. */
export class MaxPool1d extends Layer {
  readonly kernel: number;
  readonly options: Pool1dOptions;

  /** @param kernel positions in a window */
  constructor(kernel: number, options: Pool1dOptions = {}) {
    super();
    checkPool('MaxPool1d', kernel, options, []);
    this.kernel = kernel;
    this.options = { ...options };
  }

  forward(x: TensorLike): Tensor {
    return maxPool1d(x, this.kernel, this.options);
  }
}

/** Means of windows of x (B,C,L); see `avgPool1d`. */
export class AvgPool1d extends Layer {
  readonly kernel: number;
  readonly options: Pool1dOptions & { countIncludePad?: boolean };

  /**
   * @param kernel positions in a window
   * @param options.countIncludePad whether padding counts among the positions that a window is divided by, true by
   * default
   */
  constructor(kernel: number, options: Pool1dOptions & { countIncludePad?: boolean } = {}) {
    super();
    checkPool('AvgPool1d', kernel, options, ['countIncludePad']);
    if (options.countIncludePad !== undefined)
      checkKind('AvgPool1d', 'countIncludePad', options.countIncludePad, 'flag');
    this.kernel = kernel;
    this.options = { ...options };
  }

  forward(x: TensorLike): Tensor {
    return avgPool1d(x, this.kernel, this.options);
  }
}

/** Means of `outputSize` windows that cover x (B,C,L), whatever its length; see `adaptiveAvgPool1d`. */
export class AdaptiveAvgPool1d extends Layer {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    checkCount('AdaptiveAvgPool1d', 'outputSize', outputSize, 1);
    this.outputSize = outputSize;
  }

  forward(x: TensorLike): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/** Maxima of `outputSize` windows that cover x (B,C,L), whatever its length; see `adaptiveMaxPool1d`. */
export class AdaptiveMaxPool1d extends Layer {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    checkCount('AdaptiveMaxPool1d', 'outputSize', outputSize, 1);
    this.outputSize = outputSize;
  }

  forward(x: TensorLike): Tensor {
    return adaptiveMaxPool1d(x, this.outputSize);
  }
}
