/** Random sizes and arrays. */

import type { Random } from 'dynaecg';

/** A size with every remainder modulo 4, 5, 8 and 16, rarely none or a few hundred: more than any block of a sum. */
export const long = (r: Random): number => {
  const kind = r.integer(12);
  return kind === 0 ? 0 : kind === 1 ? 250 + r.integer(800) : 1 + r.integer(40);
};
/** The same without 0. */
export const some = (r: Random): number => Math.max(long(r), 1);
export const few = (r: Random, most = 9): number => 1 + r.integer(most);
export const perhaps = <T>(r: Random, x: T, share = 0.7): T | null => (r.uniform() < share ? x : null);
export const pick = <T>(r: Random, ...all: T[]): T => all[r.integer(all.length)];
export type Draw = (r: Random) => number;
export const normal: Draw = (r) => r.normal();

export const between =
  (low: number, high: number): Draw =>
  (r) =>
    r.uniform(low, high);
/** Few different numbers, so that many are equal. */
export const coarse: Draw = (r) => r.integer(5) - 2;
/** What is easily got wrong, among ordinary numbers. */
const SPECIAL = [0, -0, Number.NaN, Infinity, -Infinity, 1e-45, -3e-39, 3.4e38, -3.4e38, 1, -1, 88.8, -103.5, 0.2, 17];
export const special: Draw = (r) => (r.uniform() < 0.3 ? SPECIAL[r.integer(SPECIAL.length)] : r.normal(0, 3));
/** Where a function that goes to 0 below keeps its digits; a NaN, an infinity and zeros among them. */
export const nearby: Draw = (r) => (r.uniform() < 0.1 ? pick(r, 0, -0, Number.NaN, Infinity) : r.uniform(-6, 9));
export const floats = (r: Random, n: number, draw: Draw = normal): Float32Array =>
  Float32Array.from({ length: n }, () => draw(r));
export const integers = (r: Random, n: number, below: number): Int32Array =>
  Int32Array.from({ length: n }, () => r.integer(below));
/** An output that is to be overwritten. */
export const blank = (n: number): Float32Array => new Float32Array(n).fill(Number.NaN);

/** Numbers with, now and then, a NaN among them. */
export const data = (r: Random, n: number, draw: Draw = normal): Float32Array => {
  const x = floats(r, n, draw);
  if (n > 0 && r.integer(6) === 0) x[r.integer(n)] = Number.NaN;
  return x;
};

/** Positive numbers of sum 1 along the middle axis of (outer,n,inner). */
export const shares = (r: Random, outer: number, n: number, inner: number): Float32Array => {
  const x = floats(r, outer * n * inner, between(0.01, 1));
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += x[(o * n + j) * inner + i];
      for (let j = 0; j < n; j++) x[(o * n + j) * inner + i] /= sum;
    }
  return x;
};

/** The largest absolute value but NaN and infinities. */
export function largest(x: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]) > most && Number.isFinite(x[i])) most = Math.abs(x[i]);
  return most;
}
