import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import type { TimeOptions } from '../ops/attention.ts';
import { transpose } from '../ops/movement.ts';

/** Sequences as (T,B,D), given in that order or, with `batchFirst`, as (B,T,D); the op rejects any other rank. */
export function timeMajor(op: string, x: TensorLike, batchFirst: boolean): Tensor {
  const t = argument(op, 'x', x);
  return batchFirst && t.shape.length === 3 ? transpose(t, [1, 0, 2]) : t;
}

/** Time options with the mask (T,B), given in that order or as (B,T). */
export function timeMajorOptions(op: string, options: TimeOptions, batchFirst: boolean): TimeOptions {
  if (!batchFirst || !options?.mask) return options;
  const mask = argument(op, 'mask', options.mask);
  return { ...options, mask: mask.shape.length === 2 ? transpose(mask) : mask };
}
