const SMALLEST = 2 ** -300; // squares of numbers between these, and sums of many squares, are doubles of full precision
const LARGEST = 2 ** 300;
const LARGEST_SCALE = 2 ** 1000;

/**
 * A power of two that numbers are to be multiplied by before they are squared: 1 where no square overflows or underflows, else
 * one that brings the largest of them near 1. Scaled by it they keep their bits.
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

/** The numbers times a scale; themselves where it is 1. */
export function scaled(x: Float64Array, scale: number): Float64Array {
  return scale === 1 ? x : x.map((v) => v * scale);
}
