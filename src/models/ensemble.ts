import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { Layer } from '../nn/module.ts';
import { add, affine } from '../ops/elementwise.ts';

/**
 * Several models for one task as one: the mean of their outputs, y = sum_i f_i(x) / n. For logits that is the geometric
 * mean of the probabilities. Networks that differ only in their seed err on different samples, and their mean on fewer.
 *
 * @example
 *     declare const [first, second, x]: [MlpClassifier, MlpClassifier, Tensor];
 *     const ensemble = new Ensemble([first, second]);
 *     const logits = predict(ensemble, x);
 *
 * @see Hansen and Salamon, IEEE TPAMI 12(10), 1990
 */
export class Ensemble extends Layer {
  readonly members: readonly Layer[];

  /** @throws ArgumentError if there is no member */
  constructor(members: readonly Layer[]) {
    super();
    checkKind('Ensemble', 'members', members, 'array');
    if (members.length === 0) throw new ArgumentError('Ensemble: expected at least one member, got none');
    for (const [i, member] of members.entries()) checkKind('Ensemble', `members[${i}]`, member, 'layer');
    this.members = members;
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    return meanOf(this.members.map((member) => member.forward(x, context)));
  }
}

/** The mean of tensors of one shape. */
export function meanOf(outputs: readonly Tensor[]): Tensor {
  return affine(outputs.reduce(add), 1 / outputs.length, 0);
}
