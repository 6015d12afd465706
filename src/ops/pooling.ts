import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';

/** Geometry of pooling windows. */
export interface Pool1dOptions {
  /** distance between two windows, in positions
   * @defaultValue the kernel width */
  stride?: number;
  /** positions added at both ends, at most half of the kernel
   * @defaultValue 0 */
  padding?: number;
}

/** Windows over x: their number and positions. */
interface Windows {
  P: number;
  K: number;
  stride: number;
  padding: number;
}

function windows(op: string, L: number, kernel: number, { stride = kernel, padding = 0 }: Pool1dOptions): Windows {
  checkCount(op, 'stride', stride, 1);
  checkCount(op, 'padding', padding, 0);
  checkRange(op, 'padding', padding, 0, kernel / 2); // no window may lie entirely in the padding
  const P = Math.floor((L + 2 * padding - kernel) / stride) + 1;
  if (P < 1) throw new ShapeError(`${op}: expected a signal of at least ${kernel - 2 * padding}, got ${L}`);
  return { P, K: kernel, stride, padding };
}

const maxPool1dOp = defineOp('maxPool1d', (x: Tensor, { P, K, stride, padding }: Windows) => {
  const k = kernels(x.dtype);
  const [B, C, L] = x.shape;
  const y = empty([B, C, P], x.dtype);
  const argmax = arena.allocate('int32', y.size);
  k.maxPool1d(y.data, argmax, x.data, B * C, L, P, K, stride, padding);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.maxPool1dBackward(dx, dy, argmax, B * C, L, P) };
});

/**
 * Maxima of windows of `kernel` positions, `stride` (by default `kernel`) apart; padding counts as -Infinity.
 * x (B,C,L); y (B,C,P), P = floor((L + 2 padding - kernel) / stride) + 1.
 *
 * @throws ShapeError if the signal is too short, ArgumentError for options out of range
 */
export function maxPool1d(x: TensorLike, kernel: number, options: Pool1dOptions = {}): Tensor {
  const op = 'maxPool1d';
  const t = argument(op, 'x', x);
  checkCount(op, 'kernel', kernel, 1);
  checkOptions(op, options, [], ['stride', 'padding']);
  const { L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  return maxPool1dOp(t, windows(op, L, kernel, options));
}

const avgPool1dOp = defineOp('avgPool1d', (x: Tensor, { P, K, stride, padding }: Windows, padded: boolean) => {
  const k = kernels(x.dtype);
  const [B, C, L] = x.shape;
  const y = empty([B, C, P], x.dtype);
  const sizes = [B * C, L, P, K, stride, padding, padded] as const;
  k.avgPool1d(y.data, x.data, ...sizes);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.avgPool1dBackward(dx, dy, ...sizes) };
});

/**
 * Means of windows of `kernel` positions, `stride` (by default `kernel`) apart; padding counts as 0.
 * x (B,C,L); y (B,C,P), P = floor((L + 2 padding - kernel) / stride) + 1.
 *
 * @param options.countIncludePad true by default: the sum is divided by `kernel`; false: by the number of positions
 * that are not padding
 * @throws ShapeError if the signal is too short, ArgumentError for options out of range
 */
export function avgPool1d(
  x: TensorLike,
  kernel: number,
  options: Pool1dOptions & { countIncludePad?: boolean } = {},
): Tensor {
  const op = 'avgPool1d';
  const t = argument(op, 'x', x);
  checkCount(op, 'kernel', kernel, 1);
  checkOptions(op, options, [], ['stride', 'padding', 'countIncludePad']);
  const { countIncludePad = true } = options;
  checkKind(op, 'countIncludePad', countIncludePad, 'flag');
  const { L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  return avgPool1dOp(t, windows(op, L, kernel, options), countIncludePad);
}

const adaptiveAvgPool1dOp = defineOp('adaptiveAvgPool1d', (x: Tensor, P: number) => {
  const k = kernels(x.dtype);
  const [B, C, L] = x.shape;
  const y = empty([B, C, P], x.dtype);
  k.adaptiveAvgPool1d(y.data, x.data, B * C, L, P);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.adaptiveAvgPool1dBackward(dx, dy, B * C, L, P) };
});

/**
 * Means of `outputSize` windows that cover x (B,C,L) evenly, for any length: window p from floor(p L / P) up to, not
 * including, ceil((p + 1) L / P), so that neighbours share a position if P does not divide L. y (B,C,P). With
 * `outputSize` 1 it is the mean over L.
 *
 * @throws ShapeError for an empty signal, ArgumentError for an output size that is not a whole number >= 1
 */
export function adaptiveAvgPool1d(x: TensorLike, outputSize: number): Tensor {
  return adaptiveAvgPool1dOp(...adaptive('adaptiveAvgPool1d', x, outputSize));
}

const adaptiveMaxPool1dOp = defineOp('adaptiveMaxPool1d', (x: Tensor, P: number) => {
  const k = kernels(x.dtype);
  const [B, C, L] = x.shape;
  const y = empty([B, C, P], x.dtype);
  const argmax = arena.allocate('int32', y.size);
  k.adaptiveMaxPool1d(y.data, argmax, x.data, B * C, L, P);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.maxPool1dBackward(dx, dy, argmax, B * C, L, P) };
});

/**
 * Maxima of the windows of `adaptiveAvgPool1d`. x (B,C,L); y (B,C,outputSize).
 *
 * @throws ShapeError for an empty signal, ArgumentError for an output size that is not a whole number >= 1
 */
export function adaptiveMaxPool1d(x: TensorLike, outputSize: number): Tensor {
  return adaptiveMaxPool1dOp(...adaptive('adaptiveMaxPool1d', x, outputSize));
}

function adaptive(op: string, x: TensorLike, outputSize: number): [Tensor, number] {
  const t = argument(op, 'x', x);
  const { L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  if (L < 1) throw new ShapeError(`${op}: expected a signal of at least 1, got ${L}`);
  checkCount(op, 'outputSize', outputSize, 1);
  return [t, outputSize];
}
