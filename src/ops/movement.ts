import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import {
  broadcastShapes,
  checkShape,
  formatShape,
  resolveAxis,
  type Shape,
  sameShape,
  sizeOf,
  splitAt,
} from '../core/shape.ts';

/**
 * y (shape) = x viewed through other strides. Transposes, slices and broadcasts are this one op, and its gradient,
 * which scatters through the same strides, adds up whatever was read more than once: this is the only place that
 * un-broadcasts.
 */
const viewOp = defineOp('view', (x: Tensor, shape: Shape, stride: readonly number[], offset: number) => {
  const k = kernels(x.dtype);
  const y = empty(shape, x.dtype);
  y.data.fill(0);
  k.stridedGather(y.data, x.data, shape, stride, offset);
  return {
    inputs: [x],
    output: y,
    vjp: (dy, [dx]) => dx && k.stridedScatter(dx, dy, shape, stride, offset),
  };
});

/**
 * x broadcast to a shape.
 *
 * @throws ShapeError if the shapes do not broadcast
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const t = argument('broadcastTo', 'x', x);
  checkShape('broadcastTo', shape);
  if (sameShape(t.shape, shape)) return t;
  if (!sameShape(broadcastShapes('broadcastTo', t.shape, shape), shape))
    throw new ShapeError(
      `broadcastTo: expected a shape that fits into ${formatShape(shape)}, got ${formatShape(t.shape)}`,
    );
  const pad = shape.length - t.shape.length;
  const stride = shape.map((_, i) => (i < pad || t.shape[i - pad] === 1 ? 0 : t.stride[i - pad]));
  return viewOp(t, shape, stride, 0);
}

/**
 * x with its axes permuted; by default the last two are swapped.
 *
 * @throws ShapeError unless every axis is named once
 */
export function transpose(x: TensorLike, axes?: readonly number[]): Tensor {
  const t = argument('transpose', 'x', x);
  const rank = t.shape.length;
  if (axes !== undefined) checkKind('transpose', 'axes', axes, 'array');
  const order = axes ?? [...Array(Math.max(rank - 2, 0)).keys(), rank - 1, rank - 2];
  const resolved = order.map((a) => resolveAxis('transpose', a, rank));
  if (resolved.length !== rank || new Set(resolved).size !== rank)
    throw new ShapeError(`transpose: expected each of the ${rank} axes once, got ${formatValue(order)}`);
  return viewOp(
    t,
    resolved.map((a) => t.shape[a]),
    resolved.map((a) => t.stride[a]),
    0,
  );
}

/**
 * The part of x from `start` up to, not including, `end` along one axis, every `step`-th; negative positions count from
 * the end.
 *
 * @throws ShapeError for an axis out of range, ArgumentError for bounds or a step that are not whole numbers
 */
export function slice(
  x: TensorLike,
  axis: number,
  start: number,
  end: number = Number.MAX_SAFE_INTEGER,
  step = 1,
): Tensor {
  const t = argument('slice', 'x', x);
  const a = resolveAxis('slice', axis, t.shape.length);
  const n = t.shape[a];
  if (!Number.isInteger(step) || step < 1)
    throw new ArgumentError(`slice: expected a whole step >= 1, got ${formatValue(step)}`);
  for (const [name, i] of Object.entries({ start, end }))
    if (!Number.isInteger(i)) throw new ArgumentError(`slice: expected a whole ${name}, got ${formatValue(i)}`);
  const clamp = (i: number): number => Math.min(Math.max(i < 0 ? i + n : i, 0), n);
  const from = clamp(start);
  const count = Math.max(Math.ceil((clamp(end) - from) / step), 0);
  const shape = t.shape.map((size, i) => (i === a ? count : size));
  const stride = t.stride.map((s, i) => (i === a ? s * step : s));
  return viewOp(t, shape, stride, from * t.stride[a]);
}

const reshapeOp = defineOp('reshape', (x: Tensor, shape: Shape) => ({
  inputs: [x],
  output: new Tensor(x.data, shape, false, x.scope),
  vjp: (dy, [dx]) => dx && kernels(x.dtype).axpy(dx, 1, dy, dy.length),
}));

/**
 * The same values, in the same order and the same memory, with another shape; one size may be -1 and is inferred.
 *
 * @throws ShapeError if the number of elements differs
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const t = argument('reshape', 'x', x);
  if (!Array.isArray(shape))
    throw new ShapeError(`reshape: expected a shape of ${t.size} elements, got ${formatValue(shape)}`);
  const known = sizeOf(shape.filter((n) => n !== -1));
  const sizes = shape.map((n) => (n === -1 ? t.size / known : n));
  if (
    sizeOf(sizes) !== t.size ||
    shape.filter((n) => n === -1).length > 1 ||
    !sizes.every((n) => Number.isInteger(n) && n >= 0)
  )
    throw new ShapeError(`reshape: expected a shape of ${t.size} elements, got ${formatValue(shape)}`);
  return reshapeOp(t, sizes);
}

const concatOp = defineOp('concat', (parts: readonly Tensor[], axis: number, shape: Shape) => {
  const k = kernels(parts[0].dtype);
  const y = empty(shape, parts[0].dtype);
  y.data.fill(0);
  const { stride } = y;
  const offsets: number[] = [];
  for (let i = 0, at = 0; i < parts.length; at += parts[i++].shape[axis]) offsets.push(at * stride[axis]);
  for (let i = 0; i < parts.length; i++) k.stridedScatter(y.data, parts[i].data, parts[i].shape, stride, offsets[i]);
  return {
    inputs: parts,
    output: y,
    vjp: (dy, dParts) => {
      for (let i = 0; i < parts.length; i++) {
        const dx = dParts[i];
        if (dx) k.stridedGather(dx, dy, parts[i].shape, stride, offsets[i]);
      }
    },
  };
});

/**
 * Tensors concatenated along an axis; their other sizes agree.
 *
 * @throws ShapeError if the other sizes differ, or there is no tensor
 */
export function concat(parts: readonly TensorLike[], axis = 0): Tensor {
  checkKind('concat', 'parts', parts, 'array');
  const tensors = parts.map((p, i) => argument('concat', `parts[${i}]`, p));
  if (tensors.length === 0) throw new ShapeError('concat: expected at least one tensor, got none');
  const first = tensors[0].shape;
  const a = resolveAxis('concat', axis, first.length);
  for (const { shape } of tensors)
    if (shape.length !== first.length || shape.some((n, i) => i !== a && n !== first[i]))
      throw new ShapeError(
        `concat: expected shapes that agree except on axis ${a}, got ${formatShape(first)} and ${formatShape(shape)}`,
      );
  const total = tensors.reduce((sum, t) => sum + t.shape[a], 0);
  return concatOp(
    tensors,
    a,
    first.map((n, i) => (i === a ? total : n)),
  );
}

/**
 * Tensors of one shape along a new axis: y[i] along it is parts[i].
 *
 * @param axis position of the new axis, 0 by default; negative ones count from the end of the new shape
 * @throws ShapeError if the shapes differ, or there is no tensor
 */
export function stack(parts: readonly TensorLike[], axis = 0): Tensor {
  checkKind('stack', 'parts', parts, 'array');
  const tensors = parts.map((p, i) => argument('stack', `parts[${i}]`, p));
  if (tensors.length === 0) throw new ShapeError('stack: expected at least one tensor, got none');
  const { shape } = tensors[0];
  const a = resolveAxis('stack', axis, shape.length + 1);
  const other = tensors.find((t) => !sameShape(t.shape, shape));
  if (other)
    throw new ShapeError(
      `stack: expected tensors of one shape, got ${formatShape(shape)} and ${formatShape(other.shape)}`,
    );
  const widened = [...shape.slice(0, a), 1, ...shape.slice(a)];
  return concat(
    tensors.map((t) => reshape(t, widened)),
    a,
  );
}

const gatherOp = defineOp('gather', (x: Tensor, index: Int32Array, axis: number) => {
  const k = kernels(x.dtype);
  const { outer, n, inner } = splitAt(x.shape, axis);
  const m = index.length;
  const y = empty(
    x.shape.map((size, i) => (i === axis ? m : size)),
    x.dtype,
  );
  k.gather(y.data, x.data, index, outer, n, m, inner);
  return {
    inputs: [x],
    output: y,
    vjp: (dy, [dx]) => dx && k.gatherBackward(dx, dy, index, outer, n, m, inner),
  };
});

/**
 * The slices of x at the given positions along an axis, in that order; a position may be repeated.
 *
 * @throws ShapeError for an index outside the axis
 */
export function gather(x: TensorLike, index: ArrayLike<number>, axis = 0): Tensor {
  const t = argument('gather', 'x', x);
  const a = resolveAxis('gather', axis, t.shape.length);
  const n = t.shape[a];
  checkKind('gather', 'index', index, 'numbers');
  for (let i = 0; i < index.length; i++)
    if (!Number.isInteger(index[i]) || index[i] < 0 || index[i] >= n)
      throw new ShapeError(`gather: expected indices from 0 to ${n - 1}, got ${index[i]} at position ${i}`);
  return gatherOp(t, Int32Array.from(index), a);
}
