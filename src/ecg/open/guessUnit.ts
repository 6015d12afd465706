import { median } from './median.ts';

const WINDOW = 2; // s, long enough for a beat

/**
 * The unit of the numbers of an ECG, guessed from the median height of two seconds: 0.02 to 20 mV, and accordingly for V, µV and
 * nV. The guess is noted.
 */
export function guessUnit(leads: readonly Float32Array[], rate: number, notes: string[]): string {
  const heights = leads.flatMap((samples) => heightsOf(samples, Math.max(2, Math.round(WINDOW * rate))));
  const height = median(Float64Array.from(heights.filter((h) => h > 0)));
  if (Number.isNaN(height)) {
    notes.push('no unit is stated and the signal is flat, taken as mV');
    return 'mV';
  }
  const unit = height < 0.02 ? 'V' : height < 20 ? 'mV' : height < 20_000 ? 'uV' : 'nV';
  notes.push(
    `no unit is stated; taken as ${unit}, as the signal has a height of ${Number(height.toPrecision(3))} in ${WINDOW} s`,
  );
  return unit;
}

/** Of each window, the highest less the lowest sample. */
function heightsOf(samples: Float32Array, window: number): number[] {
  const heights: number[] = [];
  for (let start = 0; start < samples.length; start += window) {
    const end = Math.min(start + window, samples.length);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = start; i < end; i++) {
      if (samples[i] < low) low = samples[i];
      if (samples[i] > high) high = samples[i];
    }
    if (high >= low && Number.isFinite(high - low)) heights.push(high - low);
  }
  return heights;
}
