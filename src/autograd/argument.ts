import { formatValue } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkShape, formatShape, sameShape, sizeOf, stridesOf } from '../core/shape.ts';
import type { DType } from '../kernels/types.ts';
import { isList, newVec } from './creation.ts';
import { checkDType, checkLive, Tensor, type TensorLike } from './tensor.ts';

/**
 * The tensor for an argument: a Tensor itself, or the values of an ndarray-like object (shared if they are a dense
 * typed array, copied otherwise), or a scalar. Throws if the tensor's memory was released.
 */
export function asTensor(op: string, x: TensorLike | number, dtype: DType = 'float32'): Tensor {
  checkDType(op, dtype);
  if (x instanceof Tensor) {
    checkLive(op, x);
    return x;
  }
  if (typeof x === 'number') return new Tensor(newVec(dtype, 1).fill(x), []);
  checkTensorLike(op, '', x);
  const { data, shape, stride, offset } = x;
  checkShape(op, shape);
  if (!Array.isArray(stride)) throw new ShapeError(`${op}: expected strides, an array, got ${formatValue(stride)}`);
  const size = sizeOf(shape);
  const reach = shape.map((n, i) => (n - 1) * stride[i]);
  const low = reach.reduce((at, step) => at + Math.min(step, 0), offset);
  const high = reach.reduce((at, step) => at + Math.max(step, 0), offset);
  if (stride.length !== shape.length || (size > 0 && !(low >= 0 && high < data.length)))
    throw new ShapeError(
      `${op}: expected an ndarray whose elements lie within its data, got shape ${formatShape(shape)}, ` +
        `stride ${formatShape(stride)} and offset ${offset} over ${data.length} values`,
    );
  if ((data instanceof Float32Array || data instanceof Float64Array) && sameShape(stride, stridesOf(shape)))
    return new Tensor(data.subarray(offset, offset + size), [...shape]);
  const copy = newVec(data instanceof Float64Array ? 'float64' : 'float32', size);
  let to = 0;
  const walk = (axis: number, from: number): void => {
    if (axis === shape.length) copy[to++] = numberAt(op, data, from);
    else for (let i = 0; i < shape[axis]; i++) walk(axis + 1, from + i * stride[axis]);
  };
  walk(0, offset);
  return new Tensor(copy, [...shape]);
}

/** Like `asTensor`, for an argument that errors refer to by name and that may not be a bare number. */
export function argument(op: string, name: string, x: TensorLike): Tensor {
  if (!(x instanceof Tensor) && typeof x !== 'number') checkTensorLike(op, name, x);
  return asTensor(op, x);
}

function checkTensorLike(op: string, name: string, x: unknown): asserts x is TensorLike {
  const { shape, stride, data } = (x ?? {}) as Partial<TensorLike>;
  if (shape && stride && data) return;
  const way = isList(x) ? ' (tensor(values, shape) makes one from arrays)' : '';
  throw new ArgumentError(
    `${op}: expected ${name && `${name} to be `}a tensor, an ndarray or a number${way}, got ${formatValue(x)}`,
  );
}

/** One element to copy: stores that are read through `get`, bigints and strings hold no numbers. */
function numberAt(op: string, data: ArrayLike<number>, at: number): number {
  const value = data[at];
  if (typeof value !== 'number')
    throw new ArgumentError(`${op}: expected data of numbers, got ${formatValue(value)} at position ${at}`);
  return value;
}
