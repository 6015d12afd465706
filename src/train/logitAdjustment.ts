import { tensor } from '../autograd/creation.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { add } from '../ops/elementwise.ts';

/** @throws ArgumentError for a number that is not finite */
export function checkLogitAdjustment(op: string, logitAdjustment: readonly number[] = []): void {
  checkKind(op, 'logitAdjustment', logitAdjustment, 'array');
  for (const v of logitAdjustment)
    if (!Number.isFinite(v)) throw new ArgumentError(`${op}: expected a finite logitAdjustment, got ${formatValue(v)}`);
}

/**
 * Logits (B,K) with a number added to those of each class, or unchanged.
 *
 * @throws ShapeError unless there are K numbers
 */
export function adjustLogits(op: string, logits: Tensor, logitAdjustment: readonly number[] | undefined): Tensor {
  if (!logitAdjustment) return logits;
  const [, K] = logits.shape;
  if (logitAdjustment.length !== K)
    throw new ShapeError(`${op}: expected logitAdjustment (K) with K=${K}, got ${logitAdjustment.length} numbers`);
  return add(logits, tensor([...logitAdjustment], undefined, { dtype: logits.dtype }));
}
