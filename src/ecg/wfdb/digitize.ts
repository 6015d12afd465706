import { DataError } from '../../core/errors.ts';
import { DEFAULT_GAIN, GAIN, SIGNAL_RANGES } from './ranges.ts';
import type { DigitalSignal } from './record.ts';
import { leastOf } from './signal.ts';

const FORMAT = 16;
const BITS = 16;
const LARGEST = 32767;
const STEPS = [5, 2, 1]; // of a decade

/**
 * The digital side of a lead that has none, in format 16. The gain is the largest of 1, 2 and 5 times a power of ten with which the
 * samples fit, so that decimal samples of a few digits stay exact; samples are rounded to 1 / gain. The baseline is 0, unless
 * all samples are on one side of 0: then 0 digital is the middle of their range. NaN becomes the invalid value.
 *
 * @param where the lead, for errors
 * @throws DataError for an infinite sample, and for samples beyond what a gain can express
 */
export function digitize(where: string, samples: Float32Array): DigitalSignal {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of samples) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) [low, high] = [0, 0]; // no sample is valid
  for (const edge of [low, high])
    if (!(Math.abs(edge) <= LARGEST / GAIN[0]))
      throw new DataError(`${where}: expected samples that are NaN or at most ${LARGEST / GAIN[0]}, got ${edge}`);
  const middle = low > 0 || high < 0 ? (low + high) / 2 : 0;
  const gain = gainFor(Math.max(high - middle, middle - low) || Math.abs(middle), Math.abs(middle));
  const baseline = -Math.round(middle * gain) + 0; // no -0
  const invalid = leastOf('encodeRecord', FORMAT);
  const codes = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++)
    codes[i] = Number.isNaN(samples[i])
      ? invalid
      : Math.max(-LARGEST, Math.min(Math.round(samples[i] * gain) + baseline, LARGEST));
  return { samples: codes, format: FORMAT, gain, baseline, adcResolution: BITS, adcZero: 0 };
}

/** The largest gain of 1, 2 or 5 times a power of ten with which the height fits into a sample, and the baseline into its field. */
function gainFor(height: number, middle: number): number {
  if (height === 0) return DEFAULT_GAIN;
  for (let decade = 20; decade >= -20; decade--)
    for (const step of STEPS) {
      const gain = Number(`${step}e${decade}`);
      if (gain <= GAIN[1] && gain * height <= LARGEST && gain * middle <= SIGNAL_RANGES.baseline[1]) return gain;
    }
  return GAIN[0];
}
