import { formatValue, LARGEST_COUNT } from './check.ts';
import { ShapeError } from './errors.ts';

/** Sizes of a tensor, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements, the product of the sizes (1 for a scalar). */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Row-major strides in elements: `stride[i] = shape[i+1] * ... * shape[rank-1]`. */
export function stridesOf(shape: Shape): number[] {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    stride[i] = step;
    step *= shape[i];
  }
  return stride;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

/** Throws unless every size is a whole number >= 0 and their product is within the range of 32-bit indices. */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape))
    throw new ShapeError(`${op}: expected a shape, an array of sizes, got ${formatValue(shape)}`);
  let size = 1;
  for (const n of shape) {
    if (!(Number.isSafeInteger(n) && n >= 0))
      throw new ShapeError(`${op}: expected sizes that are whole numbers >= 0, got ${formatValue(shape)}`);
    size *= n;
  }
  if (size > LARGEST_COUNT)
    throw new ShapeError(`${op}: expected at most ${LARGEST_COUNT} values, got shape ${formatShape(shape)}`);
}

/**
 * Throws unless `shape` fits `pattern`, such as `'x (B,C,L)'`: a letter stands for any size, and for the same size
 * wherever it occurs again; `sizes` fixes letters beforehand. Returns the letters' sizes.
 */
export function expectShape<D extends string>(
  op: string,
  pattern: string,
  shape: Shape,
  sizes: Partial<Record<D, number>> = {},
): Record<D, number> {
  const found: Record<string, number> = { ...(sizes as Record<string, number>) };
  const letters = /\((.*)\)/.exec(pattern)?.[1].split(',').filter(Boolean) ?? [];
  let fits = letters.length === shape.length;
  for (let i = 0; fits && i < letters.length; i++) {
    const letter = letters[i];
    if (!/^\d+$/.test(letter)) found[letter] ??= shape[i];
    fits = shape[i] === (found[letter] ?? Number(letter));
  }
  if (fits) return found as Record<D, number>;
  const fixed = Object.entries(sizes).map(([k, v]) => `${k}=${v}`);
  const where = fixed.length ? ` with ${fixed.join(' ')}` : '';
  throw new ShapeError(`${op}: expected ${pattern}${where}, got ${formatShape(shape)}`);
}

/** Axis counted from the front; negative axes count from the back. */
export function resolveAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ShapeError(`${op}: expected an axis from ${-rank} to ${rank - 1}, got ${formatValue(axis)}`);
  return axis < 0 ? axis + rank : axis;
}

/** NumPy's broadcasting: shapes are aligned at the right, and a size of 1 stretches. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1)
      throw new ShapeError(`${op}: expected shapes that broadcast, got ${formatShape(a)} and ${formatShape(b)}`);
    return m === 1 ? n : m;
  });
}

/** The three loops of a computation along one axis: all axes before it, the axis itself, all axes after it. */
export function splitAt(shape: Shape, axis: number): { outer: number; n: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), n: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}
