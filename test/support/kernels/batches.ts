/** Random batches of distances, labels and channels. */

import type { Random } from 'dynaecg';
import type { Vec } from 'dynaecg/kernels';
import type { In } from '../../../src/kernels/types.ts';
import { between, type Draw, data, few, integers, largest, perhaps, pick, some, special } from './arrays.ts';

export function channels(r: Random) {
  const [B, C, L] = [few(r, 5), few(r, 6), some(r)];
  return { n: B * C * L, C, sizes: [B, C, L] as const };
}

/** x - mean in place of x and 0 in place of mean; and dy at its largest, which covers what training takes away from it. */
export function centred(x: In, mean: In, C: number, L: number, dy: In = x): { x: Vec; mean: Vec; dy: Vec } {
  const x0 = Float64Array.from(x, (v, i) => v - mean[Math.floor(i / L) % C] || 0); // a NaN may lie outside all windows
  return { x: x0, mean: new Float64Array(C), dy: x0.slice().fill(largest(dy)) };
}

/** A lower and an upper bound, float32 numbers, of which either may be none. */
export const bounds = (r: Random): [number, number] => {
  const [a, b] = [Math.fround(r.normal()), pick(r, -1, 0, 1)].sort((x, y) => x - y);
  return [pick(r, a, -Infinity), pick(r, b, Infinity)];
};

/** Distances, also many equal ones and such as no distance is, and labels that need not be consecutive. */
export function labelled(r: Random) {
  const B = few(r, 40);
  const draw = pick<Draw>(r, between(0, 4), (random) => Math.fround(0.1 * random.integer(30)), special);
  const labels = integers(r, B, few(r, 4)).map((label) => 7 * label);
  return { B, d: data(r, B * B, draw), labels, margin: pick(r, 0, 0.1, 0.2, 1, 9) };
}

/** The same array twice, or two. */
export const twoOrOne = (
  r: Random,
  make: () => Float32Array,
  same: boolean,
): [Float32Array | null, Float32Array | null] => {
  const [a, b] = [perhaps(r, make()), perhaps(r, make())];
  return same && a && b ? [a, a] : [a, b];
};
