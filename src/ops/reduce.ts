import { defineOp } from '../autograd/tape.ts';
import { argument, empty, type Tensor, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkFinite, checkKind, checkOptions, formatValue } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape, resolveAxis, type Shape, sizeOf, splitAt, stridesOf } from '../core/shape.ts';
import { affine, sqrt, square, sub } from './elementwise.ts';
import { reshape } from './movement.ts';

/** Which axes a reduction runs over (all, if none is named), and whether they stay as axes of size 1. */
export interface ReduceOptions {
  axis?: number | readonly number[];
  keepDims?: boolean;
}

/** The reduced axes, the shape with them at size 1, and the shape that the caller asked for. */
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
 * Sum over some axes or all.
 *
 * @throws ShapeError for an axis that is not there
 */
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const t = argument('sum', 'x', x);
  const { axes, kept, result } = reduced('sum', t.shape, options);
  return sumOp(t, axes, kept, result);
}

/**
 * Mean over some axes or all.
 *
 * @throws ShapeError for an axis that is not there, or no value
 */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const t = argument('mean', 'x', x);
  const { count } = reduced('mean', t.shape, options);
  if (count === 0) throw new ShapeError(`mean: expected at least one value, got shape ${formatShape(t.shape)}`);
  return affine(sum(t, options), 1 / count);
}

/**
 * Variance over some axes or all: sum (x - mean)^2 / (n - correction).
 *
 * @param options.correction 1 (Bessel's, the default) for the estimate from a sample, 0 for the variance of the values
 * @throws ShapeError where n - correction is not above 0: one value has no sample variance
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

/**
 * Maximum along one axis, or of all values; the gradient goes to the first of equal maxima.
 *
 * @throws ShapeError for an axis that is not there, or no value
 */
export function max(x: TensorLike, options: { axis?: number; keepDims?: boolean } = {}): Tensor {
  const t = argument('max', 'x', x);
  const { result, count } = reduced('max', t.shape, options);
  if (count === 0) throw new ShapeError(`max: expected at least one value, got shape ${formatShape(t.shape)}`);
  if (options.axis !== undefined && typeof options.axis !== 'number')
    throw new ShapeError(`max: expected one axis, got ${formatValue(options.axis)}`);
  if (options.axis === undefined) return reshape(maxOp(reshape(t, [t.size]), 0, []), result);
  return maxOp(t, resolveAxis('max', options.axis, t.shape.length), result);
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

/** e^x_i / sum of e^x_j along an axis, the last by default; large values do not overflow. */
export const softmax = /* @__PURE__ */ alongAxis('softmax');
/** Logarithm of the softmax, x_i - log of the sum of e^x_j, without the detour through small probabilities. */
export const logSoftmax = /* @__PURE__ */ alongAxis('logSoftmax');
