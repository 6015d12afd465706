import { LOWEST_RATE } from '../qrs/findQrs.ts';
import { findGaps } from '../quality/gaps.ts';
import { type SignalQuality, signalQuality, unreadableSeconds } from '../quality/signalQuality.ts';
import { lengthOf, merge, type Stretch } from '../quality/stretches.ts';

/** What of a lead can be read. */
export interface Readability {
  /** without windows below 50 Hz */
  quality: SignalQuality;
  /** what is invalid, flat or noise, in order of time */
  unreadable: Stretch[];
}

/**
 * Finds out what of a lead can be read; what cannot is in `notes`, in seconds.
 *
 * @param peaks ascending
 */
export function readability(
  samples: Float32Array,
  samplingFrequency: number,
  peaks: Int32Array,
  notes: string[],
): Readability {
  const gaps = findGaps(samples, samplingFrequency);
  const missing = lengthOf(gaps) / samplingFrequency;
  if (missing > 0)
    notes.push(`${missing.toFixed(0)} s of the lead cannot be read: its samples are invalid, or a flat line`);
  const quality =
    samplingFrequency < LOWEST_RATE
      ? { windows: [], samplingFrequency }
      : signalQuality(samples, samplingFrequency, { peaks });
  const seconds = unreadableSeconds(quality, ['noise']);
  if (seconds > 0) notes.push(`${seconds.toFixed(0)} s of the lead are noise, and the beats in them have no class`);
  const noise = quality.windows.filter(({ problem }) => problem === 'noise');
  return { quality, unreadable: merge([...gaps, ...noise], 0, samples.length) };
}
