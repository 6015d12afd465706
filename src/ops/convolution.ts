import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkCount, checkPadding } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';

/** Geometry of a convolution, with PyTorch's names and defaults. */
export interface Conv1dOptions {
  /** distance between two outputs, in positions
   * @defaultValue 1 */
  stride?: number;
  /**
   * zeros added at both ends; 'same' adds dilation (K-1) in total, so that the length stays the same, half at either
   * end and an odd one at the right; 'valid' is 0
   * @defaultValue 0
   */
  padding?: number | 'same' | 'valid';
  /** distance between two taps of the kernel, in positions
   * @defaultValue 1 */
  dilation?: number;
  /** number of groups that the channels are divided into, each with its own kernels
   * @defaultValue 1 */
  groups?: number;
}

/** The arguments of the kernels: zeros at the left end; those at the right follow from the number of outputs. */
type Geometry = Required<Conv1dOptions> & { padding: number };

const conv1dOp = defineOp('conv1d', (x: Tensor, weight: Tensor, bias: Tensor | null, P: number, options: Geometry) => {
  const k = kernels(x.dtype);
  const { stride, padding, dilation, groups } = options;
  const [B, C, L] = x.shape;
  const [O, , K] = weight.shape;
  const y = empty([B, O, P], x.dtype);
  const sizes = [B, C, L, O, P, K, stride, padding, dilation, groups] as const;
  k.conv1d(y.data, x.data, weight.data, bias?.data ?? null, ...sizes);
  return {
    inputs: [x, weight, bias],
    output: y,
    vjp: (dy, [dx, dweight, dbias]) => k.conv1dBackward(dx, dweight, dbias ?? null, dy, x.data, weight.data, ...sizes),
  };
});

/** Zeros at the left end, and in total; already checked. */
function zeros(padding: number | 'same' | 'valid', reach: number): [left: number, both: number] {
  if (padding === 'same') return [Math.floor(reach / 2), reach];
  return padding === 'valid' ? [0, 0] : [padding, 2 * padding];
}

/**
 * One-dimensional convolution (cross-correlation, as everywhere in deep learning):
 * `y[b,o,p] = bias[o] + sum over c,k of weight[o,c,k] x[b, c, p stride + k dilation - padding]`.
 *
 * x (B,C,L), weight (O,C/groups,K), bias (O) or null; y (B,O,P), P = floor((L + 2 padding - dilation (K-1) - 1) /
 * stride) + 1.
 *
 * @throws ShapeError if sizes or groups do not fit or the signal is too short, ArgumentError for options out of range
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
  checkPadding(op, padding, stride);
  checkCount(op, 'dilation', dilation, 1);
  checkCount(op, 'groups', groups, 1);
  const { C, L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  const { O, K } = expectShape<'O' | 'G' | 'K'>(op, 'weight (O,G,K)', w.shape, { G: C / groups });
  if (O % groups !== 0) throw new ShapeError(`${op}: expected output channels in ${groups} groups, got ${O}`);
  if (b) expectShape(op, 'bias (O)', b.shape, { O });
  const reach = dilation * (K - 1);
  const [left, both] = zeros(padding, reach);
  const P = Math.floor((L + both - reach - 1) / stride) + 1;
  if (P < 1) throw new ShapeError(`${op}: expected a signal of at least ${reach + 1 - both}, got ${L}`);
  return conv1dOp(t, w, b, P, { stride, padding: left, dilation, groups });
}
