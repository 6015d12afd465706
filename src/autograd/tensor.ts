import { arena } from '../backend/arena.ts';
import { checkKind, checkOneOf, formatValue } from '../core/check.ts';
import { ArgumentError, BackendError, ShapeError } from '../core/errors.ts';
import { checkShape, formatShape, type Shape, sameShape, sizeOf, stridesOf } from '../core/shape.ts';
import type { DType, Vec } from '../kernels/types.ts';

/**
 * Anything with ndarray's field names: an `ndarray`, a `Tensor`, or a plain object. Elements are data[offset + i .
 * stride].
 */
export interface TensorLike {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly offset: number;
}

/** Numbers nested in arrays to any depth. */
export type Nested = number | ArrayLike<number> | readonly Nested[];

/** How a tensor was computed: the op, its inputs, and the rule that propagates gradients back. */
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
 * It has ndarray's fields (`data shape stride offset`; the offset is always 0). Ops are functions, not methods;
 * `tensor` makes one from nested arrays.
 *
 * @example
 *     const x = new Tensor(new Float32Array(6), [2, 3]); // shares the array's memory
 *     const { shape, dtype } = add(x, 1); // [2,3], 'float32'
 */
export class Tensor implements TensorLike {
  readonly data: Vec;
  readonly shape: Shape;
  readonly offset = 0;
  /** Whether `backward` should compute a gradient for it. */
  requiresGrad: boolean;
  // `private` rather than #, which becomes a WeakMap in ES2020: every op reads these.
  private gradient: Tensor | null = null;
  private changes = 0;
  /** The entry on the tape; null for a leaf. */
  node: TapeNode | null = null;
  /** Serial number of the arena scope that owns the memory; 0 for an ordinary array. */
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
   * The gradient computed by `backward`, of the same shape and dtype; null before. Only leaves receive one.
   *
   * It may be replaced, also inside a scope: a value that the scope would release is copied, so that the gradient lives
   * as long as the tensor.
   *
   * @throws ShapeError for a gradient of another shape or dtype, as in PyTorch; BackendError for one that was released;
   * ArgumentError for anything other than a Tensor or null
   */
  get grad(): Tensor | null {
    return this.gradient;
  }

  set grad(value: Tensor | null) {
    if (value === null) {
      this.gradient = null;
      return;
    }
    if (!(value instanceof Tensor)) throw new ArgumentError(`grad: expected a Tensor or null, got ${typeof value}`);
    checkLive('grad', value);
    if (!sameShape(value.shape, this.shape))
      throw new ShapeError(
        `grad: expected a gradient of shape ${formatShape(this.shape)}, got ${formatShape(value.shape)}`,
      );
    if (value.dtype !== this.dtype) throw new ShapeError(`grad: expected a ${this.dtype} gradient, got ${value.dtype}`);
    // Of two open scopes the inner one has the higher serial number. A hand-made view does not record which scope it belongs to.
    const ends = value.scope > this.scope || (value.scope === 0 && arena.owns(value.data));
    this.gradient = ends ? new Tensor(value.data.slice(), value.shape, false, this.scope) : value;
  }

  /** How often the values were changed in place since the tensor was made; `backward` compares it. */
  get version(): number {
    return this.changes;
  }

  /**
   * Records that the values were changed in place, as an optimiser's step and `loadStateDict` do: a graph recorded
   * before then refuses to run backward. Writes to `data` itself go unnoticed.
   */
  noteChange(): void {
    this.changes++;
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

  /** The same values without history. */
  detach(): Tensor {
    checkLive('detach', this);
    return new Tensor(this.data, this.shape, false, this.scope);
  }

  /** A copy in its own memory, without history; it may outlive a scope. */
  clone(): Tensor {
    checkLive('clone', this);
    return new Tensor(this.data.slice(), this.shape);
  }

  /** The values as nested arrays, or a number for a scalar. */
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

/** Whether this is a typed array of floats. */
export function isVec(data: unknown): data is Vec {
  return data instanceof Float32Array || data instanceof Float64Array;
}

const DTYPES = ['float32', 'float64'] as const;

/** Throws unless `dtype` is the name of a float type. */
export function checkDType(op: string, dtype: unknown): void {
  if (dtype !== 'float32' && dtype !== 'float64') checkOneOf(op, 'dtype', dtype, DTYPES);
}

/** Throws if the scope that owned a tensor's memory has closed. (Reads of `data` itself cannot be guarded.) */
export function checkLive(op: string, { scope }: Tensor): void {
  if (!arena.isOpen(scope))
    throw new BackendError(`${op}: expected a live tensor, got one whose scope has closed; return it from the scope`);
}

/** A trainable tensor: a leaf with `requiresGrad`. Memory that a scope will release is copied. */
export class Parameter extends Tensor {
  constructor(data: Vec, shape: Shape) {
    super(isVec(data) && arena.owns(data) ? data.slice() : data, shape, true);
  }
}
