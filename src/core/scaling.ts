const SMALLEST = 2 ** -300; // squares of numbers between these, and sums of many squares, are doubles of full precision
const LARGEST = 2 ** 300;
const LARGEST_SCALE = 2 ** 1000;

/**
 * A power of two to multiply numbers by before squaring them: 1 if no square overflows or underflows, otherwise one
 * that brings the largest of them near 1. Scaling by it is exact.
 */
export function scaleForSquares(...arrays: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const array of arrays) for (let i = 0; i < array.length; i++) largest = Math.max(largest, Math.abs(array[i]));
  if (largest === 0 || (largest >= SMALLEST && largest <= LARGEST)) return 1;
  let scale = 1;
  while (largest * scale > 1) scale /= 2;
  while (largest * scale < 0.5 && scale < LARGEST_SCALE) scale *= 2;
  return scale;
}

/** The numbers times a scale; the same array if the scale is 1. */
export function scaled(x: Float64Array, scale: number): Float64Array {
  return scale === 1 ? x : x.map((v) => v * scale);
}
