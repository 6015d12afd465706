import { arena } from '../backend/arena.ts';
import { checkKind, checkOneOf, checkOptions, formatValue } from '../core/check.ts';
import { ArgumentError, BackendError, ShapeError } from '../core/errors.ts';
import { checkShape, formatShape, type Shape, sameShape, sizeOf, stridesOf } from '../core/shape.ts';
import type { DType, Vec } from '../kernels/types.ts';

/** Anything with ndarray's field names: an `ndarray`, a `Tensor`, or a plain object. Elements are data[offset + i . stride]. */
export interface TensorLike {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly offset: number;
}

/** Numbers nested in arrays to any depth. */
export type Nested = number | ArrayLike<number> | readonly Nested[];

/** How a tensor came about: the op, its inputs, and the rule that carries gradients back. */
export interface TapeNode {
  readonly op: string;
  readonly serial: number;
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
  /** `version` of each input when the op ran */
  readonly versions: readonly number[];
  /** null once it has run */
  vjp: ((dOutputs: (Vec | null)[], dInputs: (Vec | null)[]) => void) | null;
}

/**
 * A dense row-major array of float32 or float64 numbers that remembers how it was computed.
 *
 * It bears ndarray's fields (`data shape stride offset`; the offset is always 0). Ops are functions, not methods.
 */
export class Tensor implements TensorLike {
  readonly data: Vec;
  readonly shape: Shape;
  readonly offset = 0;
  /** Whether `backward` should bring it a gradient. */
  requiresGrad: boolean;
  #grad: Tensor | null = null;
  #version = 0;
  /** The tape's entry; null for a leaf. */
  node: TapeNode | null = null;
  /** Serial number of the arena scope that owns the memory; 0 for the engine's own. */
  readonly scope: number;

  constructor(data: Vec, shape: Shape, requiresGrad = false, scope = 0) {
    checkShape('Tensor', shape);
    if (!isVec(data))
      throw new ArgumentError(`Tensor: expected data of a Float32Array or Float64Array, got ${formatValue(data)}`);
    if (typeof requiresGrad !== 'boolean') checkKind('Tensor', 'requiresGrad', requiresGrad, 'flag');
    if (data.length !== sizeOf(shape))
      throw new ShapeError(`Tensor: expected ${sizeOf(shape)} values for ${formatShape(shape)}, got ${data.length}`);
    this.data = data;
    this.shape = shape;
    this.requiresGrad = requiresGrad;
    this.scope = scope;
  }

  /**
   * The gradient that `backward` left, of the same shape and dtype; null before. Only leaves receive one.
   *
   * It may be replaced, inside a scope too: what would be released before this tensor is copied, so that the gradient
   * lives as long as the tensor.
   *
   * @throws ShapeError for one of another shape or dtype, as PyTorch refuses it; BackendError for one that was released;
   * ArgumentError for what is neither a Tensor nor null
   */
  get grad(): Tensor | null {
    return this.#grad;
  }

  set grad(value: Tensor | null) {
    if (value === null) {
      this.#grad = null;
      return;
    }
    if (!(value instanceof Tensor)) throw new ArgumentError(`grad: expected a Tensor or null, got ${typeof value}`);
    checkLive('grad', value);
    if (!sameShape(value.shape, this.shape))
      throw new ShapeError(
        `grad: expected a gradient of shape ${formatShape(this.shape)}, got ${formatShape(value.shape)}`,
      );
    if (value.dtype !== this.dtype) throw new ShapeError(`grad: expected a ${this.dtype} gradient, got ${value.dtype}`);
    // Of two open scopes the inner one has the higher serial number. A view made by hand does not say where it lies.
    const ends = value.scope > this.scope || (value.scope === 0 && arena.owns(value.data));
    this.#grad = ends ? new Tensor(value.data.slice(), value.shape, false, this.scope) : value;
  }

  /** How often the values were changed in place since the tensor was made; `backward` compares it. */
  get version(): number {
    return this.#version;
  }

  /**
   * Notes that the values were changed in place, as an optimiser's step and `loadStateDict` do: a graph that was recorded
   * before refuses to run backward. Writes to `data` itself are not seen.
   */
  noteChange(): void {
    this.#version++;
  }

  get dtype(): DType {
    return this.data instanceof Float64Array ? 'float64' : 'float32';
  }

  get size(): number {
    return this.data.length;
  }

  get stride(): number[] {
    return stridesOf(this.shape);
  }

  /** The value of a tensor with one element. */
  item(): number {
    checkLive('item', this);
    if (this.size !== 1) throw new ShapeError(`item: expected one element, got shape ${formatShape(this.shape)}`);
    return this.data[0];
  }

  /** The same values without their history. */
  detach(): Tensor {
    checkLive('detach', this);
    return new Tensor(this.data, this.shape, false, this.scope);
  }

  /** A copy in memory of its own, without history: what may outlive a scope. */
  clone(): Tensor {
    checkLive('clone', this);
    return new Tensor(this.data.slice(), this.shape);
  }

  /** The values as nested arrays, a number for a scalar. */
  toArray(): Nested {
    checkLive('toArray', this);
    const nest = (axis: number, from: number): Nested => {
      if (axis === this.shape.length) return this.data[from];
      const step = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis] }, (_, i) => nest(axis + 1, from + i * step));
    };
    return nest(0, 0);
  }

  toString(): string {
    return `Tensor ${formatShape(this.shape)} ${this.dtype}`;
  }
}

function isVec(data: unknown): data is Vec {
  return data instanceof Float32Array || data instanceof Float64Array;
}

const DTYPES = ['float32', 'float64'] as const;

/** Throws unless `dtype` is the name of a float type. */
export function checkDType(op: string, dtype: unknown): void {
  if (dtype !== 'float32' && dtype !== 'float64') checkOneOf(op, 'dtype', dtype, DTYPES);
}

function checkTensorOptions(op: string, options: TensorOptions): void {
  checkOptions(op, options, [], ['dtype', 'requiresGrad']);
  if (options.dtype !== undefined) checkDType(op, options.dtype);
  if (options.requiresGrad !== undefined) checkKind(op, 'requiresGrad', options.requiresGrad, 'flag');
}

/** Throws where the scope that owned a tensor's memory has closed. (Reads of `data` itself cannot be guarded.) */
export function checkLive(op: string, { scope }: Tensor): void {
  if (!arena.isOpen(scope))
    throw new BackendError(`${op}: expected a live tensor, got one whose scope has closed; return it from the scope`);
}

/** A tensor that training changes: a leaf with `requiresGrad`. Memory that a scope will release is copied. */
export class Parameter extends Tensor {
  constructor(data: Vec, shape: Shape) {
    super(isVec(data) && arena.owns(data) ? data.slice() : data, shape, true);
  }
}

/** Options of `tensor` and similar functions. */
export interface TensorOptions {
  /** float32 by default, or what the given typed array is */
  dtype?: DType;
  requiresGrad?: boolean;
}

/** An array of the engine's own, outside all scopes, filled with zeros. */
export function newVec(dtype: DType, n: number): Vec {
  return dtype === 'float64' ? new Float64Array(n) : new Float32Array(n);
}

/**
 * A tensor from nested arrays, or from a flat array and a shape. A Float32Array or Float64Array of the right dtype is
 * used as it is, not copied.
 *
 * @throws ShapeError where the arrays are ragged or do not fill the shape, ArgumentError for what is no number
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

const DEEPEST = 32; // axes; an array that holds itself is deeper than any

function isList(v: unknown): v is ArrayLike<number> {
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

/** A tensor whose values are still to be written; in the current scope's memory. */
export function empty(shape: Shape, dtype: DType, requiresGrad = false): Tensor {
  checkShape('empty', shape); // before the arena takes a size that is none
  checkDType('empty', dtype);
  if (typeof requiresGrad !== 'boolean') checkKind('empty', 'requiresGrad', requiresGrad, 'flag');
  return new Tensor(arena.allocate(dtype, sizeOf(shape)), shape, requiresGrad, arena.current);
}

/**
 * The tensor that an argument means: itself, or the values of an ndarray-like object (shared where they are a dense
 * typed array, copied otherwise), or a scalar. Throws where its memory was released.
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

/** The same for an argument that a message shall name, and that is no bare number unless it says so. */
export function argument(op: string, name: string, x: TensorLike): Tensor {
  if (!(x instanceof Tensor) && typeof x !== 'number') checkTensorLike(op, name, x);
  return asTensor(op, x);
}

function checkTensorLike(op: string, name: string, x: unknown): asserts x is TensorLike {
  const { shape, stride, data } = (x ?? {}) as Partial<TensorLike>;
  if (shape && stride && data) return;
  const way = isList(x) ? ' (tensor(values, shape) makes one of arrays)' : '';
  throw new ArgumentError(
    `${op}: expected ${name && `${name} to be `}a tensor, an ndarray or a number${way}, got ${formatValue(x)}`,
  );
}

/** An element that is copied: stores that are read by `get` alone, bigints and texts hold no numbers. */
function numberAt(op: string, data: ArrayLike<number>, at: number): number {
  const value = data[at];
  if (typeof value !== 'number')
    throw new ArgumentError(`${op}: expected data of numbers, got ${formatValue(value)} at position ${at}`);
  return value;
}
