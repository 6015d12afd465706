import { formatValue } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape, type Shape, sizeOf, stridesOf } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

/** Numbers one row after another, or anything with ndarray's fields: an ndarray, a Tensor, a plain object. */
export type Rows =
  | ArrayLike<number>
  | {
      readonly data: ArrayLike<number>;
      readonly shape: Shape;
      readonly stride: readonly number[];
      readonly offset: number;
    };

/** Dense numbers with ndarray's fields, which `dynaecg`, ndarray and others take as they are. */
export interface Matrix {
  readonly data: Vec;
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly offset: 0;
}

/** A matrix of rows of D numbers. */
export function matrix(data: Vec, D: number): Matrix {
  const shape = [data.length / D, D];
  return { data, shape, stride: stridesOf(shape), offset: 0 };
}

/** Reads rows, whatever they are stored in. */
export interface Reader {
  /** the number of rows */
  N: number;
  /** Writes rows `from` to `end` into an array, one after another. */
  read(into: Vec, from: number, end: number): void;
}

/**
 * Reads rows that each have `shape`, also without its first size where that is 1.
 *
 * @param what the rows, for errors: their name and their axes, such as `x (N,C,L)`
 * @throws ShapeError for other sizes, ArgumentError for anything else than numbers
 */
export function readRows(op: string, what: string, x: Rows, shape: Shape): Reader {
  const size = sizeOf(shape);
  const wanted = `${op}: expected ${what} with rows of ${formatShape(shape)}`;
  const fields = x as Partial<Exclude<Rows, ArrayLike<number>>> | null | undefined;
  if (fields?.data && fields.shape && fields.stride) {
    const { data, shape: full, stride, offset = 0 } = fields;
    const [N = 0, ...row] = full;
    const fits = String(row) === String(shape) || (shape[0] === 1 && String(row) === String(shape.slice(1)));
    const ends = full.map((n, i) => (n - 1) * stride[i]);
    const low = ends.reduce((at, end) => at + Math.min(end, 0), offset);
    const high = ends.reduce((at, end) => at + Math.max(end, 0), offset);
    if (!fits || (N > 0 && !(low >= 0 && high < data.length)))
      throw new ShapeError(`${wanted}, got ${formatShape(full)} over ${data.length} values`);
    const [step, ...inner] = stride;
    return { N, read: (into, from, end) => void gather(op, into, data, row, inner, step, from, end, offset) };
  }
  const flat = x as ArrayLike<number>;
  if (typeof flat !== 'object' || flat === null || !Number.isInteger(flat.length))
    throw new ArgumentError(
      `${op}: expected ${what}: an array of numbers, a tensor or an ndarray, got ${formatValue(x)}`,
    );
  if (flat.length % size !== 0) throw new ShapeError(`${wanted}, got ${flat.length} numbers`);
  return {
    N: flat.length / size,
    read: (into, from, end) => void gather(op, into, flat, [size], [1], size, from, end, 0),
  };
}

function gather(
  op: string,
  into: Vec,
  data: ArrayLike<number>,
  shape: Shape,
  stride: readonly number[],
  step: number,
  from: number,
  end: number,
  offset: number,
): void {
  let to = 0;
  const walk = (axis: number, at: number): void => {
    if (axis < shape.length) {
      for (let i = 0; i < shape[axis]; i++) walk(axis + 1, at + i * stride[axis]);
      return;
    }
    const value = data[at];
    if (typeof value !== 'number')
      throw new ArgumentError(`${op}: expected numbers, got ${formatValue(value)} at ${at}`);
    into[to++] = value;
  };
  for (let i = from; i < end; i++) walk(0, offset + i * step);
}
