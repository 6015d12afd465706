import type { Complexes } from './complexes.ts';
import { rPeak } from './rPeak.ts';
import { HALF } from './stages.ts';

/**
 * The R peak at a mark: that of the nearest candidate of a QRS complex within `reach`, and not nearer to another mark.
 *
 * @param mark sample index
 * @param reach samples
 * @param ended whether all candidates are known
 * @returns null for none; undefined if it depends on what is still to come
 */
export function alignedPeak(
  complexes: Complexes,
  mark: number,
  reach: number,
  others: readonly number[],
  ended: boolean,
): number | null | undefined {
  const { scale } = complexes;
  let nearest: number | null = null;
  let least = reach;
  for (const { peak } of complexes.recent) {
    const distance = Math.abs(peak * scale - mark);
    if (distance > reach || others.some((other) => Math.abs(peak * scale - other) < distance)) continue;
    if (nearest !== null && distance >= least) continue;
    nearest = peak;
    least = distance;
  }
  // A nearer peak is of a candidate whose middle is at most half of the integration away.
  if (!ended && complexes.until <= (mark + least) / scale + HALF) return undefined;
  return nearest === null ? null : rPeak(complexes, nearest);
}
