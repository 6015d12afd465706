import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import type { TimeOptions } from '../ops/attention.ts';
import { transpose } from '../ops/movement.ts';

/** Sequences (T,B,D), given so or with `batchFirst` as (B,T,D); what is of another rank is left to the op to refuse. */
export function timeMajor(op: string, x: TensorLike, batchFirst: boolean): Tensor {
  const t = argument(op, 'x', x);
  return batchFirst && t.shape.length === 3 ? transpose(t, [1, 0, 2]) : t;
}

/** The same of a mask among the options, (T,B) or (B,T). */
export function timeMajorOptions(op: string, options: TimeOptions, batchFirst: boolean): TimeOptions {
  if (!batchFirst || !options?.mask) return options;
  const mask = argument(op, 'mask', options.mask);
  return { ...options, mask: mask.shape.length === 2 ? transpose(mask) : mask };
}
