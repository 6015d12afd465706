/** Where the R peak of a QRS complex is: the sample that is farthest from the mean of its surroundings. */
import type { Complexes } from './complexes.ts';

const REACH = 0.075; // s to either side, half the width of the integration
const AROUND = 0.1; // s to either side

/**
 * Where a signal near the peak of a candidate is farthest from the mean of its surroundings; null if all of it is a gap.
 *
 * @param peak in samples at 200 Hz
 */
export function rPeak(complexes: Complexes, peak: number): number | null {
  const { raw, filled, rate, scale } = complexes;
  const near = Math.round(peak * scale);
  const reach = Math.round(REACH * rate);
  const around = Math.round(AROUND * rate);
  const { start, end } = complexes.sectionAt(peak);
  const last = (end < 0 ? filled.end : end) - 1;
  const at = (i: number): number => filled.at(Math.min(Math.max(i, start), last));
  let sum = 0;
  for (let j = near - reach - around; j <= near - reach + around; j++) sum += at(j);
  let best: number | null = null;
  let farthest = 0;
  for (let i = near - reach; i <= near + reach; i++) {
    const distance = Math.abs(at(i) - sum / (2 * around + 1));
    if (distance > farthest && Number.isFinite(raw.at(i))) {
      farthest = distance;
      best = i;
    }
    sum += at(i + around + 1) - at(i - around);
  }
  return best;
}
