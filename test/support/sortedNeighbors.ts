/** Points, and their neighbours by sorting all. */
import { type Random, Tensor } from 'dynaecg';

export type Point = number[];
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const points = (
  rows: readonly Point[],
  D: number,
  Array_: typeof Float64Array | typeof Float32Array = Float64Array,
) => new Tensor(Array_.from(rows.flat()), [rows.length, D]);

/** Points at random, or whole numbers in a small cube: many equal points and distances, all exact in float32. */
export const clouds: Record<
  string,
  { coordinate: (random: Random) => number; dtype: typeof Float64Array | typeof Float32Array }
> = {
  'space, at random': { coordinate: (random) => random.normal(), dtype: Float64Array },
  'a grid': { coordinate: (random) => random.integer(4), dtype: Float32Array },
};
export const draw = (n: number, D: number, coordinate: (random: Random) => number, random: Random): Point[] =>
  range(n).map(() => range(D).map(() => coordinate(random)));
export const squared = (a: Point, b: Point): number => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0);

/** Positions of the k nearest of `known`, by sorting all: nearest first, equal ones by position. */
export function sorted(known: readonly Point[], asked: Point, k: number): number[] {
  const d = known.map((p) => squared(p, asked));
  return [...d.keys()].sort((a, b) => d[a] - d[b] || a - b).slice(0, k);
}
