import { argument } from '../autograd/argument.ts';
import { full } from '../autograd/creation.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkNumber, checkOneOf } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkShape, formatShape } from '../core/shape.ts';
import { concat, gather } from './movement.ts';

/**
 * What is added at the ends: one value, the values mirrored about the last one, the last one repeated, or the values of
 * the other end.
 */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

const MODES: readonly PadMode[] = ['constant', 'reflect', 'replicate', 'circular'];

/** Position along an axis of n that the element at i is copied from, i being beyond an end or not. */
const SOURCE: Record<Exclude<PadMode, 'constant'>, (i: number, n: number) => number> = {
  reflect: (i, n) => (i < 0 ? -i : i < n ? i : 2 * (n - 1) - i),
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, n) => (i + n) % n,
};

/** The most elements that can be added at one end of an axis of n. */
const MOST: Record<PadMode, (n: number) => number> = {
  constant: () => Number.POSITIVE_INFINITY,
  reflect: (n) => n - 1,
  replicate: (n) => (n > 0 ? Number.POSITIVE_INFINITY : 0),
  circular: (n) => n,
};

/**
 * x with more elements at the ends of its last axes.
 *
 * @param amounts pairs as in PyTorch: how many before and after on the last axis, then on the one before it, ...
 * (PyTorch's negative amounts cut; use `slice` for that)
 * @param options.mode 'constant' by default
 * @param options.value value that `constant` adds, 0 by default
 * @throws ArgumentError for amounts that are not pairs of whole numbers >= 0, ShapeError if there are more pairs than
 * axes, or an axis is too short to reflect or wrap around
 * @example
 *     declare const x: Tensor; // (B,C,L)
 *     const padded = pad(x, [2, 2]); // (B,C,L+4)
 */
export function pad(
  x: TensorLike,
  amounts: readonly number[],
  options: { mode?: PadMode; value?: number } = {},
): Tensor {
  const op = 'pad';
  let y = argument(op, 'x', x);
  const { shape } = y;
  checkKind(op, 'amounts', amounts, 'numbers');
  checkOptions(op, options, [], ['mode', 'value']);
  const { mode = 'constant', value = 0 } = options;
  checkOneOf(op, 'mode', mode, MODES);
  checkNumber(op, 'value', value);
  if (amounts.length % 2 !== 0) throw new ArgumentError(`${op}: expected amounts in pairs, got ${amounts.length}`);
  if (amounts.length / 2 > shape.length)
    throw new ShapeError(
      `${op}: expected at most ${shape.length} pairs for ${formatShape(shape)}, got ${amounts.length / 2}`,
    );
  for (let i = 0; i < amounts.length; i++) checkCount(op, `amounts[${i}]`, amounts[i], 0);
  for (let i = 0; i < amounts.length; i += 2) {
    const axis = shape.length - 1 - i / 2;
    const [before, after] = [amounts[i], amounts[i + 1]];
    const n = shape[axis];
    if (Math.max(before, after) > MOST[mode](n))
      throw new ShapeError(
        `${op}: expected at most ${MOST[mode](n)} elements added at an end of axis ${axis} of ${n} with mode ` +
          `'${mode}', got ${Math.max(before, after)}`,
      );
    if (before + after > 0) y = padAxis(y, axis, before, after, mode, value);
  }
  return y;
}

function padAxis(x: Tensor, axis: number, before: number, after: number, mode: PadMode, value: number): Tensor {
  const n = x.shape[axis];
  const along = (count: number): number[] => x.shape.map((size, i) => (i === axis ? count : size));
  checkShape('pad', along(before + n + after)); // before memory is allocated
  if (mode !== 'constant') {
    const index = Int32Array.from({ length: before + n + after }, (_, i) => SOURCE[mode](i - before, n));
    return gather(x, index, axis);
  }
  const ends = [before, after].map((count) => full(along(count), value, { dtype: x.dtype }));
  return concat([ends[0], x, ends[1]], axis);
}
