import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkFinite, checkKind, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape, resolveAxis, type Shape, sizeOf, splitAt, stridesOf } from '../core/shape.ts';
import { affine, neg, sqrt, square, sub } from './elementwise.ts';
import { reshape } from './movement.ts';

/** Which axes to reduce (all by default), and whether to keep them as axes of size 1. */
export interface ReduceOptions {
  axis?: number | readonly number[];
  keepDims?: boolean;
}

/** The reduced axes, the shape with these at size 1, and the requested shape. */
function reduced(op: string, shape: Shape, options: ReduceOptions, more: readonly string[] = []) {
  checkOptions(op, options, [], ['axis', 'keepDims', ...more]);
  const { axis, keepDims = false } = options;
  checkKind(op, 'keepDims', keepDims, 'flag');
  const asked = axis === undefined ? [...shape.keys()] : typeof axis === 'number' ? [axis] : axis;
  checkKind(op, 'axis', asked, 'numbers');
  const axes = new Set(asked.map((a) => resolveAxis(op, a, shape.length)));
  if (axes.size < asked.length) throw new ShapeError(`${op}: expected each axis once, got ${formatValue(axis)}`);
  const kept = shape.map((n, i) => (axes.has(i) ? 1 : n));
  const result = keepDims ? kept : shape.filter((_, i) => !axes.has(i));
  return { axes, kept, result, count: sizeOf(shape) / Math.max(sizeOf(kept), 1) };
}

const sumOp = defineOp('sum', (x: Tensor, axes: ReadonlySet<number>, kept: Shape, result: Shape) => {
  const k = kernels(x.dtype);
  const y = empty(result, x.dtype);
  y.data.fill(0);
  const stride = stridesOf(kept).map((s, i) => (axes.has(i) ? 0 : s));
  k.stridedScatter(y.data, x.data, x.shape, stride, 0);
  return {
    inputs: [x],
    output: y,
    vjp: (dy, [dx]) => dx && k.stridedGather(dx, dy, x.shape, stride, 0),
  };
});

/**
 * Sum over some or all axes.
 *
 * @throws ShapeError for an axis out of range
 */
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const t = argument('sum', 'x', x);
  const { axes, kept, result } = reduced('sum', t.shape, options);
  return sumOp(t, axes, kept, result);
}

/**
 * Mean over some or all axes.
 *
 * @throws ShapeError for an axis out of range, or if there is no value
 */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const t = argument('mean', 'x', x);
  const { count } = reduced('mean', t.shape, options);
  if (count === 0) throw new ShapeError(`mean: expected at least one value, got shape ${formatShape(t.shape)}`);
  return affine(sum(t, options), 1 / count);
}

/**
 * Variance over some or all axes: sum (x - mean)^2 / (n - correction).
 *
 * @param options.correction 1 (Bessel's, the default) for the estimate from a sample, 0 for the variance of the values
 * @throws ShapeError if n - correction is not above 0: one value has no sample variance
 */
export function variance(x: TensorLike, options: ReduceOptions & { correction?: number } = {}): Tensor {
  const t = argument('variance', 'x', x);
  const { count } = reduced('variance', t.shape, options, ['correction']);
  const { correction = 1 } = options;
  checkFinite('variance', 'correction', correction, 0);
  if (!(count - correction > 0))
    throw new ShapeError(
      `variance: expected more than ${correction} values with correction ${correction}, got ${count}`,
    );
  const { axis, keepDims } = options;
  const deviation = sub(t, mean(t, { axis, keepDims: true }));
  return affine(sum(square(deviation), { axis, keepDims }), 1 / (count - correction));
}

/** Square root of the variance; see `variance`. */
export function standardDeviation(x: TensorLike, options: ReduceOptions & { correction?: number } = {}): Tensor {
  return sqrt(variance(x, options));
}

const maxOp = defineOp('max', (x: Tensor, axis: number, result: Shape) => {
  const k = kernels(x.dtype);
  const { outer, n, inner } = splitAt(x.shape, axis);
  const y = empty(result, x.dtype);
  const argmax = arena.allocate('int32', outer * inner);
  k.max(y.data, argmax, x.data, outer, n, inner);
  return {
    inputs: [x],
    output: y,
    vjp: (dy, [dx]) => dx && k.maxBackward(dx, dy, argmax, outer, n, inner),
  };
});

/** The operand and axis of an op along one axis, or over all values as one; and the requested shape. */
function oneAxis(op: string, x: TensorLike, options: { axis?: number; keepDims?: boolean }) {
  const t = argument(op, 'x', x);
  const { result, count } = reduced(op, t.shape, options);
  if (count === 0) throw new ShapeError(`${op}: expected at least one value, got shape ${formatShape(t.shape)}`);
  if (options.axis !== undefined && typeof options.axis !== 'number')
    throw new ShapeError(`${op}: expected one axis, got ${formatValue(options.axis)}`);
  if (options.axis === undefined) return { t: reshape(t, [t.size]), axis: 0, result };
  return { t, axis: resolveAxis(op, options.axis, t.shape.length), result };
}

/**
 * Maximum along one axis, or of all values; the gradient goes to the first of equal maxima.
 *
 * @throws ShapeError for an axis out of range, or if there is no value
 */
export function max(x: TensorLike, options: { axis?: number; keepDims?: boolean } = {}): Tensor {
  const { t, axis, result } = oneAxis('max', x, options);
  return maxOp(t, axis, result);
}

/**
 * Minimum along one axis, or of all values; the gradient goes to the first of equal minima. (The gradient of PyTorch's
 * `x.min()` over all values is shared among equal minima.)
 *
 * @throws ShapeError for an axis out of range, or if there is no value
 */
export function min(x: TensorLike, options: { axis?: number; keepDims?: boolean } = {}): Tensor {
  const { t, axis, result } = oneAxis('min', x, options);
  return neg(maxOp(neg(t), axis, result));
}

/**
 * Positions of the maxima along one axis, counted from 0; the first of equal maxima, and the first NaN if there is one.
 * A flat array in the order of the other axes: the format in which `crossEntropy` takes classes and `gather` positions.
 * Without an axis, the position of the maximum of all values in row-major order. No gradient flows.
 *
 * @throws ShapeError for an axis out of range, or if there is no value
 * @example
 *     declare const logits: Tensor; // (B,K)
 *     const classes = argmax(logits, { axis: 1 });
 */
export function argmax(x: TensorLike, options: { axis?: number } = {}): Int32Array {
  checkOptions('argmax', options, [], ['axis']);
  const { t, axis } = oneAxis('argmax', x, options);
  const { outer, n, inner } = splitAt(t.shape, axis);
  const positions = new Int32Array(outer * inner); // outlives a scope
  kernels(t.dtype).max(empty([outer * inner], t.dtype).data, positions, t.data, outer, n, inner);
  return positions;
}

function alongAxis(name: 'softmax' | 'logSoftmax'): (x: TensorLike, axis?: number) => Tensor {
  const op = defineOp(name, (x: Tensor, axis: number) => {
    const k = kernels(x.dtype);
    const { outer, n, inner } = splitAt(x.shape, axis);
    const y = empty(x.shape, x.dtype);
    k[name](y.data, x.data, outer, n, inner);
    return {
      inputs: [x],
      output: y,
      vjp: (dy, [dx]) => dx && k[`${name}Backward` as const](dx, dy, y.data, outer, n, inner),
    };
  });
  return (x, axis = -1) => {
    const t = argument(name, 'x', x);
    return op(t, resolveAxis(name, axis, t.shape.length));
  };
}

/** e^x_i / sum of e^x_j along an axis, by default the last; large values do not overflow. */
export const softmax = /* @__PURE__ */ alongAxis('softmax');
/** Logarithm of the softmax, x_i - log of the sum of e^x_j, computed without going through small probabilities. */
export const logSoftmax = /* @__PURE__ */ alongAxis('logSoftmax');
