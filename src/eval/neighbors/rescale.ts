import { Tensor } from '../../autograd/tensor.ts';
import type { Vec } from '../../kernels/types.ts';

/**
 * Widths of data whose squared distances fit in the dtype: the sum of 2^27 squared columns does not overflow, and a
 * distance of 2^-40 of the width can still be squared at full precision.
 */
const WIDTHS = { float32: [2 ** -20, 2 ** 50], float64: [2 ** -400, 2 ** 450] } as const;
const FAR = 2 ** 50; // times the width; beyond it, differences are exact with the first row subtracted
const LARGEST_FACTOR = 2 ** 1000; // a finite power of two for the narrowest data

/**
 * The same points, in one or several sets of rows (N,D), in numbers whose squared distances neither overflow nor
 * underflow: nearly always the points themselves. Float32 data become float64, whose squares are in range; float64 data
 * are multiplied by a power of two, and taken relative to their first row if they are far from zero. Ratios of
 * distances are preserved.
 */
export function rescaled(...sets: Tensor[]): Tensor[] {
  const width = widthOf(sets);
  const fits = (dtype: 'float32' | 'float64'): boolean => width >= WIDTHS[dtype][0] && width <= WIDTHS[dtype][1];
  if (width === 0 || sets.every(({ dtype }) => dtype === sets[0].dtype && fits(dtype))) return sets;
  const wide = sets.map(({ data, shape }) => new Tensor(Float64Array.from(data), shape));
  if (fits('float64')) return wide;
  const factor = unitFactor(width);
  const first = wide.find(({ size }) => size > 0)?.data ?? new Float64Array(0);
  const far = wide.some(({ data }) => data.some((value) => Math.abs(value * factor) > FAR));
  const origin = far ? first : new Float64Array(sets[0].shape[1]);
  return wide.map(({ data, shape }) => new Tensor(shifted(data, origin, shape[1], factor), shape));
}

/** (value - origin of its column) times a power of two. */
export function shifted(data: Vec, origin: Vec, D: number, factor: number): Float64Array {
  const [before, after] = [Math.min(factor, 1), Math.max(factor, 1)]; // a difference may overflow
  return Float64Array.from(data, (value, at) => (value * before - origin[at % D] * before) * after);
}

/** The power of two that scales a width to between 1/2 and 1, or as close as a finite one can. */
export function unitFactor(width: number): number {
  let factor = 1;
  if (!(width < Number.POSITIVE_INFINITY)) return 2 ** -1023;
  while (width * factor > 1) factor /= 2;
  while (width * factor < 0.5 && factor < LARGEST_FACTOR) factor *= 2;
  return factor;
}

/** The largest difference within a column, over all rows of all sets; Infinity if it overflows float64. */
export function widthOf(sets: readonly Tensor[]): number {
  const D = sets[0].shape[1];
  const low = new Float64Array(D).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(D).fill(Number.NEGATIVE_INFINITY);
  for (const { data, size } of sets)
    for (let at = 0; at < size; )
      for (let d = 0; d < D; d++, at++) {
        const value = data[at];
        if (value < low[d]) low[d] = value;
        if (value > high[d]) high[d] = value;
      }
  let width = 0;
  for (let d = 0; d < D; d++) width = Math.max(width, high[d] - low[d]);
  return width;
}
