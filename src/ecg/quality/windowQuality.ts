import { movingMean, RATE } from '../qrs/stages.ts';
import { combine, QUALITY_LIMIT, type QualityParts } from './combine.ts';
import type { Gap } from './gaps.ts';
import { aboveBaseline, agreement, COMPARED, kurtosis, resemblance } from './parts.ts';

/** s */
export const WINDOW = 10;
const BASELINE = 101; // samples at 200 Hz: the mean over half a second is subtracted before beats are compared

/** Samples at 200 Hz on either side of a window that its quality depends on. */
export const AROUND = Math.ceil(COMPARED * RATE) + (BASELINE - 1) / 2;

/** The quality of ten seconds of a lead. */
export interface QualityWindow {
  /** First sample. */
  start: number;
  /** The sample after the last one. */
  end: number;
  /** From 0, noise, to 1, a clean ECG. */
  index: number;
  /**
   * Why it cannot be read: most of it is `flat` or `invalid` (not finite), or it is `noise`, with an index below
   * `QUALITY_LIMIT`; null if it can be read.
   */
  problem: 'flat' | 'invalid' | 'noise' | null;
  /** What the index is made of; null for a window that is flat or invalid. */
  parts: QualityParts | null;
}

/** A lead at 200 Hz, in the forms that its parts are measured on. */
export interface Prepared {
  /** of the samples that gaps count */
  rate: number;
  gaps: readonly Gap[];
  /** at 200 Hz, without gaps; and without baseline wander */
  plain: Float32Array;
  level: Float32Array;
  /** of the two detectors, in samples at 200 Hz */
  first: readonly number[];
  second: readonly number[];
}

/** The signal less its mean over half a second. */
export function withoutBaseline(plain: Float32Array): Float32Array {
  const mean = movingMean(plain, BASELINE);
  const level = new Float32Array(plain.length);
  for (let i = 0; i < level.length; i++) level[i] = plain[i] - mean[i];
  return level;
}

/** The quality of the samples from `start` to before `end`. */
export function qualityOf(lead: Prepared, start: number, end: number): Omit<QualityWindow, 'start' | 'end'> {
  const missing = { flat: 0, invalid: 0 };
  for (const gap of lead.gaps) missing[gap.why] += Math.max(0, Math.min(gap.end, end) - Math.max(gap.start, start));
  if (missing.flat + missing.invalid > (end - start) / 2)
    return { index: 0, problem: missing.flat > missing.invalid ? 'flat' : 'invalid', parts: null };
  const scale = RATE / lead.rate;
  const last = Math.min(Math.round(end * scale), lead.plain.length);
  const first = Math.max(0, Math.min(Math.round(start * scale), last - WINDOW * RATE));
  const within = (positions: readonly number[]): number[] => positions.filter((p) => p >= first && p < last);
  const own = within(lead.first);
  const parts = {
    bSQI: agreement(own, within(lead.second), RATE),
    kSQI: kurtosis(lead.plain.subarray(first, last)),
    basSQI: aboveBaseline(lead.plain.subarray(first, last), RATE),
    tSQI: resemblance(lead.level, own, RATE),
  };
  const index = own.length > 0 ? combine(parts) : 1;
  return { index, problem: index < QUALITY_LIMIT ? 'noise' : null, parts };
}
