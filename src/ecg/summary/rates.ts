import { countByBin } from '../rhythm/histogram.ts';
import type { Rhythm } from './readRhythm.ts';

/** The mean heart rate over several successive intervals. */
export interface HeartRateWindow {
  /** Per minute. */
  rate: number;
  /** Sample of the first beat. */
  start: number;
  /** Sample of the last beat. */
  end: number;
}

/** Heart rates; null if there are too few intervals. */
export interface HeartRate {
  /** 60 (number of RR intervals) / (their sum in s), per minute. */
  mean: number | null;
  /** The slowest 8 successive RR intervals. */
  lowest: HeartRateWindow | null;
  /** The fastest 8 successive RR intervals. */
  highest: HeartRateWindow | null;
}

/** The mean heart rate of a part of the recording. */
export interface TrendPoint {
  /** Sample at which the part starts. */
  start: number;
  /** 60 (number of RR intervals that end in the part) / (their sum in s), per minute; null if there is none. */
  rate: number | null;
}

const WINDOW = 8; // intervals

/** Heart rates of the intervals that end at the beats from index `from` up to `to`. */
export function heartRateOf(rhythm: Rhythm, from: number, to: number): HeartRate {
  const { samples, intervals, samplingFrequency } = rhythm;
  let lowest: HeartRateWindow | null = null;
  let highest: HeartRateWindow | null = null;
  let successive = 0;
  for (let i = from; i < to; i++) {
    successive = Number.isNaN(intervals[i]) ? 0 : successive + 1;
    if (successive < WINDOW) continue;
    const [start, end] = [samples[i - WINDOW], samples[i]];
    const rate = (60 * WINDOW * samplingFrequency) / (end - start);
    if (lowest === null || rate < lowest.rate) lowest = { rate, start, end };
    if (highest === null || rate > highest.rate) highest = { rate, start, end };
  }
  return { mean: meanRate(rhythm, from, to), lowest, highest };
}

/** The mean heart rate of the intervals that end at the beats from index `from` up to `to`. */
export function meanRate({ intervals, samplingFrequency }: Rhythm, from: number, to: number): number | null {
  let [count, sum] = [0, 0];
  for (let i = from; i < to; i++) {
    if (Number.isNaN(intervals[i])) continue;
    count++;
    sum += intervals[i];
  }
  return count > 0 ? (60 * count * samplingFrequency) / sum : null;
}

/** The heart rate of each part of `step` seconds. */
export function trendOf(rhythm: Rhythm, step: number): TrendPoint[] {
  const { samples, first, last, samplingFrequency } = rhythm;
  const points: TrendPoint[] = [];
  let beat = 0;
  for (let k = 0; ; k++) {
    const start = first + Math.round(k * step * samplingFrequency);
    if (start >= last) return points;
    const end = first + Math.round((k + 1) * step * samplingFrequency);
    const from = beat;
    while (beat < samples.length && samples[beat] < end) beat++;
    points.push({ start, rate: meanRate(rhythm, from, beat) });
  }
}

/** The number of RR intervals by their length. */
export interface RrHistogram {
  /** Width of a bin, ms. */
  width: number;
  /** Bin i has the intervals from i width up to (i + 1) width, ms. */
  counts: number[];
  /** Intervals longer than those of the last bin. */
  above: number;
}

const BIN = 50; // ms
const BINS = 60; // up to 3 s

/** The histogram of all intervals. */
export function histogramOf({ intervals, samplingFrequency }: Rhythm): RrHistogram {
  const known = intervals.filter((interval) => !Number.isNaN(interval));
  const bins = countByBin(
    known.map((interval) => (1000 * interval) / samplingFrequency),
    BIN,
  );
  const counts = Array.from({ length: BINS }, (_, bin) => bins.get(bin) ?? 0);
  return { width: BIN, counts, above: known.length - counts.reduce((sum, n) => sum + n, 0) };
}
