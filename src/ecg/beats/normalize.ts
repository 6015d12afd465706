/**
 * How a window is scaled, with its mean m and deviation s (divided by n), and M and S those of the whole lead:
 *
 * - `zscore`: (x - m) / s; a flat window becomes zeros
 * - `center`: x - m, in physical units, so that a tall beat remains tall
 * - `record`: (x - M) / S, so that beats of one record keep their relative heights, whatever its gain; it requires the
 *   whole recording in advance, which a monitor that classifies while recording does not have
 * - `none`: x, in physical units
 */
export type Normalization = 'zscore' | 'center' | 'record' | 'none';

/** Those independent of the gain. */
export const SCALE_FREE: readonly Normalization[] = ['zscore', 'record'];

/** Takes all samples of a lead, and returns a function that scales a window of it in place. */
type Scaling = (lead: Float32Array) => (window: Float32Array) => void;

export const NORMALIZATIONS: Readonly<Record<Normalization, Scaling>> = {
  zscore: () => (window) => {
    const { mean, deviation } = moments(window);
    scale(window, mean, deviation);
  },
  center: () => (window) => scale(window, moments(window).mean, 1),
  record: (lead) => {
    const { mean, deviation } = moments(lead);
    return (window) => scale(window, mean, deviation);
  },
  none: () => () => {},
};

/** Mean and deviation (divided by n) of the finite samples; exactly the value and 0 if all of them are equal. */
function moments(samples: Float32Array): { mean: number; deviation: number } {
  let n = 0;
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of samples) {
    if (!Number.isFinite(v)) continue;
    n++;
    sum += v;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low >= high) return { mean: low, deviation: 0 }; // rounding would turn a flat line into noise
  const mean = sum / n;
  let squares = 0;
  for (const v of samples) if (Number.isFinite(v)) squares += (v - mean) * (v - mean);
  return { mean, deviation: Math.sqrt(squares / n) };
}

/** In place (v - mean) / deviation, or v - mean if the deviation is 0. */
function scale(window: Float32Array, mean: number, deviation: number): void {
  const factor = deviation > 0 ? 1 / deviation : 1;
  for (let i = 0; i < window.length; i++) window[i] = (window[i] - mean) * factor;
}
