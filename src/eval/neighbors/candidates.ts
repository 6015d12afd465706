import type { Tensor } from '../../autograd/tensor.ts';
import type { Vec } from '../../kernels/types.ts';
import { kthSmallest } from './selection.ts';

/** Number of neighbours, as a fraction of all, up to which ruling out pairs first pays off. */
const FEW = 1 / 8;
/** Number of rows of z from which it pays off. */
const MANY = 16;

/** How far |a|^2 + |b|^2 - 2 a.b, computed as a product, can be from the distance that the kernel computes. */
export interface Bounds {
  /** fraction of |a|^2 + |b|^2 that may be lost by rounding */
  relative: number;
  /** absolute loss for numbers that are too small for relative rounding */
  absolute: number;
  /** |row|^2 of x (N) and z (M) */
  x: Float64Array;
  z: Float64Array;
}

/**
 * With u half a unit in the last place: |b|^2 - 2 a.b as a sum of D + 1 rounded terms, in any order, has an error of at
 * most 2 (D + 2) u (|a|^2 + |b|^2), |b|^2 one of D u |b|^2, and a sum of D squared differences one of (D + 4) u |a -
 * b|^2, which is at most 2 (D + 4) u (|a|^2 + |b|^2) (Higham, "Accuracy and stability of numerical algorithms", 2002,
 * chapter 3): together below 6 (D + 8) u. Null if these bounds do not hold, or if ruling out pairs does not pay off.
 */
export function boundsOf(x: Tensor, z: Tensor, k: number): Bounds | null {
  const [N, D] = x.shape;
  if (k > N * FEW || z.shape[0] < MANY || z.dtype !== x.dtype) return null;
  const [u, least, most] = x.dtype === 'float64' ? [2 ** -53, 2 ** -1022, 2 ** 1000] : [2 ** -24, 2 ** -126, 2 ** 120];
  const relative = 6 * (D + 8) * u;
  const squares = squaredNorms(x);
  const bounds = { relative, absolute: 8 * (D + 8) * least, x: squares, z: z === x ? squares : squaredNorms(z) };
  const bounded = [bounds.x, bounds.z].every((norms) => norms.every((n) => n < most));
  return bounded && relative < 0.1 ? bounds : null;
}

function squaredNorms({ data, shape: [N, D] }: Tensor): Float64Array {
  const norms = new Float64Array(N);
  for (let i = 0; i < N; i++) for (let j = i * D; j < (i + 1) * D; j++) norms[i] += data[j] * data[j];
  return norms;
}

const SAMPLE = 256; // number of lower bounds that the first guess of the limit is based on

/** Positions that may be among the k nearest of a row. */
export class Candidates {
  private readonly k: number;
  private readonly bounds: Bounds;
  private readonly positions: Int32Array;
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;

  constructor(k: number, bounds: Bounds) {
    const N = bounds.x.length;
    this.k = k;
    this.bounds = bounds;
    this.positions = new Int32Array(N);
    this.lower = new Float64Array(N);
    this.upper = new Float64Array(N);
  }

  /** For row i of z, from the lower bounds (N) of its distances, without position `self`; in ascending order. */
  of(bound: Vec, i: number, self: number): Int32Array {
    const { relative, absolute, z } = this.bounds;
    const slack = 2 * (relative * z[i] + absolute);
    for (let guess = this.guess(bound); ; guess = Number.POSITIVE_INFINITY) {
      const count = this.gather(bound, self, guess, slack);
      if (count < this.k) continue; // guessed too low
      const limit = this.limit(count) + slack;
      if (limit <= guess) return this.positions.subarray(0, this.drop(count, limit));
    }
  }

  /** A limit with probably a few more than k lower bounds below it, from a sample of them. */
  private guess(bound: Vec): number {
    const N = bound.length;
    if (N < 4 * SAMPLE) return Number.POSITIVE_INFINITY;
    for (let s = 0; s < SAMPLE; s++) this.upper[s] = bound[Math.floor((s * N) / SAMPLE)];
    const expected = (this.k * SAMPLE) / N;
    return kthSmallest(this.upper, SAMPLE, Math.ceil(expected + 3 * Math.sqrt(expected) + 2)); // three deviations above
  }

  /**
   * Collects the positions with a lower bound up to the limit, which falls as more upper bounds are known; returns
   * their number.
   */
  private gather(bound: Vec, self: number, guess: number, slack: number): number {
    const [positions, lower] = [this.positions, this.lower];
    const N = bound.length;
    let limit = guess;
    let count = 0;
    let full = 8 * this.k + 64; // number collected before those above the limit are dropped
    for (let j = 0; j < N; j++) {
      // most are beyond the limit: four at a time
      while (j + 3 < N && bound[j] > limit && bound[j + 1] > limit && bound[j + 2] > limit && bound[j + 3] > limit)
        j += 4;
      if (j >= N || bound[j] > limit || j === self) continue;
      positions[count] = j;
      lower[count++] = bound[j];
      if (count < full) continue;
      limit = Math.min(guess, this.limit(count) + slack);
      count = this.drop(count, limit);
      full = Math.max(full, 2 * count);
    }
    return count;
  }

  /** The k-th smallest upper bound of the first `count` candidates. */
  private limit(count: number): number {
    const { relative, x } = this.bounds;
    for (let c = 0; c < count; c++) this.upper[c] = this.lower[c] + 2 * relative * x[this.positions[c]];
    return kthSmallest(this.upper, count, this.k);
  }

  /** Drops those with a lower bound above the limit; returns the number left. */
  private drop(count: number, limit: number): number {
    let left = 0;
    for (let c = 0; c < count; c++) {
      if (this.lower[c] > limit) continue;
      this.lower[left] = this.lower[c];
      this.positions[left++] = this.positions[c];
    }
    return left;
  }
}
