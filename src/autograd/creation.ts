import { arena } from '../backend/arena.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkShape, formatShape, type Shape, sizeOf } from '../core/shape.ts';
import type { DType, Vec } from '../kernels/types.ts';
import { checkDType, isVec, type Nested, Tensor } from './tensor.ts';

/** Options of `tensor` and similar functions. */
export interface TensorOptions {
  /** @defaultValue `'float32'`, or the type of the given typed array */
  dtype?: DType;
  requiresGrad?: boolean;
}

/** An ordinary array owned by the engine, outside all scopes, filled with zeros. */
export function newVec(dtype: DType, n: number): Vec {
  return dtype === 'float64' ? new Float64Array(n) : new Float32Array(n);
}

/**
 * A tensor from nested arrays, or from a flat array and a shape. A Float32Array or Float64Array of the right dtype is
 * used directly, not copied.
 *
 * @throws ShapeError if the arrays are ragged or do not fill the shape, ArgumentError for a value that is not a number
 * @example
 *     const x = tensor([[1, 2, 3], [4, 5, 6]]); // [2,3] float32
 *     const y = tensor(new Float64Array(6), [2, 3], { requiresGrad: true }); // float64, in the array's memory
 */
export function tensor(values: Nested, shape?: Shape, options: TensorOptions = {}): Tensor {
  if (shape !== undefined && typeof shape === 'object' && !Array.isArray(shape))
    throw new ShapeError(`tensor: expected a shape before the options, got ${formatValue(shape)}`);
  checkTensorOptions('tensor', options);
  if (shape !== undefined) checkShape('tensor', shape);
  const dtype = options.dtype ?? (values instanceof Float64Array ? 'float64' : 'float32');
  if (isVec(values) && values instanceof Float64Array === (dtype === 'float64'))
    return sized(values, shape ?? [values.length], options.requiresGrad);
  const found: number[] = [];
  for (let v: Nested | undefined = values; isList(v) && found.length <= DEEPEST; v = v[0]) found.push(v.length);
  if (found.length > DEEPEST)
    throw new ShapeError(`tensor: expected arrays nested at most ${DEEPEST} deep, got a deeper one`);
  const flat: number[] = [];
  const walk = (v: Nested, axis: number): void => {
    if (typeof v === 'number' && axis === found.length) flat.push(v);
    else if (isList(v) && v.length === found[axis]) for (let i = 0; i < v.length; i++) walk(v[i], axis + 1);
    else if (typeof v === 'number' || isList(v))
      throw new ShapeError(`tensor: expected nested arrays of shape ${formatShape(found)}, got a ragged entry ${v}`);
    else throw new ArgumentError(`tensor: expected numbers, alone or nested in arrays, got ${formatValue(v)}`);
  };
  walk(values, 0);
  const data = newVec(dtype, flat.length);
  data.set(flat);
  return sized(data, shape ?? found, options.requiresGrad);
}

function sized(data: Vec, shape: Shape, requiresGrad?: boolean): Tensor {
  if (data.length !== sizeOf(shape))
    throw new ShapeError(`tensor: expected ${sizeOf(shape)} values for ${formatShape(shape)}, got ${data.length}`);
  return new Tensor(data, shape, requiresGrad);
}

const DEEPEST = 32; // axes; an array that contains itself exceeds any limit

/** Whether a value has a length, like an array. */
export function isList(v: unknown): v is ArrayLike<number> {
  return typeof v === 'object' && v !== null && Number.isInteger((v as { length?: unknown }).length);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled('zeros', shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled('ones', shape, 1, options);
}

/** A tensor filled with one value. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filled('full', shape, value, options);
}

function filled(op: string, shape: Shape, value: number, options: TensorOptions): Tensor {
  checkShape(op, shape);
  checkTensorOptions(op, options);
  if (typeof value !== 'number')
    throw new ArgumentError(`${op}: expected a number to fill with, got ${formatValue(value)}`);
  const result = empty(shape, options.dtype ?? 'float32', options.requiresGrad);
  result.data.fill(value);
  return result;
}

/** An uninitialised tensor in the memory of the current scope. */
export function empty(shape: Shape, dtype: DType, requiresGrad = false): Tensor {
  checkShape('empty', shape); // before the arena allocates an invalid size
  checkDType('empty', dtype);
  if (typeof requiresGrad !== 'boolean') checkKind('empty', 'requiresGrad', requiresGrad, 'flag');
  return new Tensor(arena.allocate(dtype, sizeOf(shape)), shape, requiresGrad, arena.current);
}

function checkTensorOptions(op: string, options: TensorOptions): void {
  checkOptions(op, options, [], ['dtype', 'requiresGrad']);
  if (options.dtype !== undefined) checkDType(op, options.dtype);
  if (options.requiresGrad !== undefined) checkKind(op, 'requiresGrad', options.requiresGrad, 'flag');
}
