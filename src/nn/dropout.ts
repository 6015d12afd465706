import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import type { Random } from '../core/random.ts';
import { dropout } from '../ops/normalization.ts';
import { Layer } from './module.ts';

/** Dropout with probability p while training, nothing otherwise; see `dropout`. */
export class Dropout extends Layer {
  readonly p: number;
  /** The generator of the masks. */
  readonly random: Random;

  constructor(p: number, options: { random: Random }) {
    super();
    checkRange('Dropout', 'p', p, 0, 1);
    checkOptions('Dropout', options, ['random']);
    checkKind('Dropout', 'random', options.random, 'random');
    this.p = p;
    this.random = options.random;
  }

  forward(x: TensorLike): Tensor {
    return this.training && this.p > 0 ? dropout(x, this.p, this.random) : argument('Dropout', 'x', x);
  }
}
