import { defineOp } from '../autograd/tape.ts';
import { argument, empty, type Tensor, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkCount, checkOptions, checkRange } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';

/** Geometry of a convolution, with PyTorch's names and defaults. */
export interface Conv1dOptions {
  /** positions between two outputs, 1 by default */
  stride?: number;
  /** zeros added at both ends, 0 by default */
  padding?: number;
  /** positions between two taps of the kernel, 1 by default */
  dilation?: number;
  /** channels are cut into so many groups, each with kernels of its own; 1 by default */
  groups?: number;
}

const conv1dOp = defineOp(
  'conv1d',
  (x: Tensor, weight: Tensor, bias: Tensor | null, P: number, options: Required<Conv1dOptions>) => {
    const k = kernels(x.dtype);
    const { stride, padding, dilation, groups } = options;
    const [B, C, L] = x.shape;
    const [O, cg, K] = weight.shape;
    const y = empty([B, O, P], x.dtype);
    const scratch = arena.allocate(x.dtype, cg * K * P);
    const sizes = [B, C, L, O, P, K, stride, padding, dilation, groups] as const;
    k.conv1d(y.data, x.data, weight.data, bias?.data ?? null, scratch, ...sizes);
    return {
      inputs: [x, weight, bias],
      output: y,
      vjp: (dy, [dx, dweight, dbias]) =>
        k.conv1dBackward(dx, dweight, dbias ?? null, dy, x.data, weight.data, scratch, ...sizes),
    };
  },
);

/**
 * One-dimensional convolution (cross-correlation, as everywhere in deep learning):
 * `y[b,o,p] = bias[o] + sum over c,k of weight[o,c,k] x[b, c, p stride + k dilation - padding]`.
 *
 * x (B,C,L), weight (O,C/groups,K), bias (O) or null; y (B,O,P), P = floor((L + 2 padding - dilation (K-1) - 1) / stride) + 1.
 *
 * @throws ShapeError where sizes or groups do not fit or the signal is too short, ArgumentError for options out of range
 */
export function conv1d(
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike | null = null,
  options: Conv1dOptions = {},
): Tensor {
  const op = 'conv1d';
  const t = argument(op, 'x', x);
  const w = argument(op, 'weight', weight);
  const b = bias === null ? null : argument(op, 'bias', bias);
  checkOptions(op, options, [], ['stride', 'padding', 'dilation', 'groups']);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  checkCount(op, 'stride', stride, 1);
  checkCount(op, 'padding', padding, 0);
  checkCount(op, 'dilation', dilation, 1);
  checkCount(op, 'groups', groups, 1);
  const { C, L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  const { O, K } = expectShape<'O' | 'G' | 'K'>(op, 'weight (O,G,K)', w.shape, { G: C / groups });
  if (O % groups !== 0) throw new ShapeError(`${op}: expected output channels in ${groups} groups, got ${O}`);
  if (b) expectShape(op, 'bias (O)', b.shape, { O });
  const P = Math.floor((L + 2 * padding - dilation * (K - 1) - 1) / stride) + 1;
  if (P < 1)
    throw new ShapeError(`${op}: expected a signal of at least ${dilation * (K - 1) + 1 - 2 * padding}, got ${L}`);
  return conv1dOp(t, w, b, P, { stride, padding, dilation, groups });
}

const maxPool1dOp = defineOp('maxPool1d', (x: Tensor, P: number, K: number, stride: number, padding: number) => {
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
 * @throws ShapeError where the signal is too short, ArgumentError for options out of range
 */
export function maxPool1d(x: TensorLike, kernel: number, options: { stride?: number; padding?: number } = {}): Tensor {
  const op = 'maxPool1d';
  const t = argument(op, 'x', x);
  checkCount(op, 'kernel', kernel, 1);
  checkOptions(op, options, [], ['stride', 'padding']);
  const { stride = kernel, padding = 0 } = options;
  checkCount(op, 'stride', stride, 1);
  checkCount(op, 'padding', padding, 0);
  checkRange(op, 'padding', padding, 0, kernel / 2); // no window may lie in the padding alone
  const { L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  const P = Math.floor((L + 2 * padding - kernel) / stride) + 1;
  if (P < 1) throw new ShapeError(`${op}: expected a signal of at least ${kernel - 2 * padding}, got ${L}`);
  return maxPool1dOp(t, P, kernel, stride, padding);
}
