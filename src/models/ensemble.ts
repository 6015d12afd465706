import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { ArgumentError } from '../core/errors.ts';
import { Layer } from '../nn/module.ts';
import { add, affine } from '../ops/elementwise.ts';

/**
 * Several models of one task as one: the mean of their outputs, y = sum_i f_i(x) / n. Of logits that is the geometric mean of
 * the probabilities. Networks that differ in nothing but their seed err on different samples, and the mean on fewer
 * (Hansen and Salamon, IEEE TPAMI 12(10), 1990).
 */
export class Ensemble extends Layer {
  readonly members: readonly Layer[];

  /** @throws ArgumentError where there is no member */
  constructor(members: readonly Layer[]) {
    super();
    if (members.length === 0) throw new ArgumentError('Ensemble: expected at least one member, got none');
    this.members = members;
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    const outputs = this.members.map((member) => member.forward(x, context));
    return affine(outputs.reduce(add), 1 / outputs.length, 0);
  }
}
