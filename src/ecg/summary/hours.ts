import type { AamiClass } from '../classes.ts';
import { lengthWithin } from '../quality/stretches.ts';
import { meanRate } from './rates.ts';
import type { Rhythm } from './readRhythm.ts';

/** What happened in an hour. */
export interface HourSummary {
  /** Sample at which it starts, in the part that is summarized. */
  start: number;
  /** Sample at which it ends, not included. */
  end: number;
  /** Hour of the day, 0 to 23; null without a base time, when hours count from sample 0. */
  clock: number | null;
  beats: number;
  supraventricular: number;
  ventricular: number;
  /** Of the RR intervals that end in it, per minute; null if there is none. */
  heartRate: number | null;
  /** Pauses that end in it. */
  pauses: number;
  /** Seconds without unreadable stretches, flutter and fibrillation. */
  analyzed: number;
}

const HOUR = 3600; // s

/** Hour by hour; `offset` is the time of day at sample 0 in s, or null, and `pauses` are the samples at which they end. */
export function hoursOf(rhythm: Rhythm, offset: number | null, pauses: readonly number[]): HourSummary[] {
  const { samples, classes, first, last, gaps, samplingFrequency } = rhythm;
  const hours: HourSummary[] = [];
  const before = offset ?? 0;
  let beat = 0;
  for (let k = Math.floor((first / samplingFrequency + before) / HOUR); ; k++) {
    const border = (hour: number): number => Math.round((hour * HOUR - before) * samplingFrequency);
    const [start, end] = [Math.max(first, border(k)), Math.min(last, border(k + 1))];
    if (start >= last) return hours;
    if (end <= start) continue; // rounding, at the first border
    const from = beat;
    while (beat < samples.length && samples[beat] < end) beat++;
    const count = (wanted: AamiClass): number => classes.slice(from, beat).filter((c) => c === wanted).length;
    hours.push({
      ...{ start, end, clock: offset === null ? null : k % 24 },
      ...{ beats: beat - from, supraventricular: count('S'), ventricular: count('V') },
      heartRate: meanRate(rhythm, from, beat),
      pauses: pauses.filter((sample) => sample >= start && sample < end).length,
      analyzed: (end - start - lengthWithin(gaps, start, end)) / samplingFrequency,
    });
  }
}
