import { checkFields, checkFinite, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { AAMI_CLASSES, type AamiClass } from '../classes.ts';
import { lengthOf, type Stretch } from '../quality/stretches.ts';
import { type Annotation, checkAnnotations } from '../wfdb/annotation.ts';
import { FREQUENCY } from '../wfdb/ranges.ts';
import { type Ectopy, ectopyOf } from './ectopy.ts';
import { type HourSummary, hoursOf } from './hours.ts';
import { type HeartRate, heartRateOf, histogramOf, type RrHistogram, type TrendPoint, trendOf } from './rates.ts';
import { type Rhythm, readRhythm } from './readRhythm.ts';

/** Options of `summarizeRhythm`. */
export interface SummaryOptions {
  /** Of the beats, Hz. */
  samplingFrequency: number;
  /** Start of the part to summarize, s.
   * @defaultValue 0 */
  start?: number;
  /** End of the part to summarize, s, such as the record's length; at most a year.
   * @defaultValue the last beat */
  end?: number;
  /** Stretches in which the signal could not be read, samples; in any order, and they may overlap.
   * @defaultValue none but the shutdowns among the annotations */
  unreadable?: readonly Stretch[];
  /** Time of day at sample 0, as in a header: `13:05:00`.
   * @defaultValue null, when hours count from sample 0 */
  baseTime?: string | null;
  /** A longer RR interval is a pause, s.
   * @defaultValue 2 */
  pause?: number;
  /** Length of the parts of the trend, s, at least 1.
   * @defaultValue 60 */
  trend?: number;
}

/** An RR interval. */
export interface RrInterval {
  /** Sample of its first beat. */
  start: number;
  /** Sample of its second beat. */
  end: number;
  seconds: number;
}

/** What the beats of a recording amount to; positions are samples, `null` means that there is too little to say. */
export interface RhythmSummary {
  /** The part that is summarized: samples from `start` up to `end`, and its length. */
  start: number;
  end: number;
  seconds: number;
  /** Seconds in which beats could be read: all but unreadable stretches, ventricular flutter and fibrillation. */
  analyzed: number;
  /** Seconds, their share of the part (null if it is empty), the beats in them, which are not counted, and where. */
  unreadable: { seconds: number; share: number | null; beats: number; stretches: Stretch[] };
  /** Ventricular flutter and fibrillation, from `[` to `]`. */
  flutter: { seconds: number; stretches: Stretch[] };
  /** Beats of all classes. */
  beats: number;
  /** Beats per analyzed hour. */
  perHour: number | null;
  /** Beats of each AAMI class. */
  counts: Record<AamiClass, number>;
  heartRate: HeartRate;
  supraventricular: Ectopy;
  ventricular: Ectopy;
  /** RR intervals, the shortest and the longest of them. */
  rr: { count: number; shortest: RrInterval | null; longest: RrInterval | null };
  /** In order of time. */
  pauses: RrInterval[];
  histogram: RrHistogram;
  /** The mean heart rate of each minute, or of whatever `trend` is. */
  trend: TrendPoint[];
  hours: HourSummary[];
}

const PAUSE = 2; // s
const TREND = 60; // s
const YEAR = 366 * 86_400; // s, longer than any recording, so that a mistaken end does not make a list of endless hours
const SINCE_MIDNIGHT = /^\d+(:\d+){0,2}(\.\d+)?$/;

/**
 * A summary of the beats of a recording, as reports of ambulatory (Holter) recordings have it: beats and heart rate, the
 * burden of ectopic beats and how they come, the shortest and longest RR intervals, pauses, a histogram, and how much
 * could not be read.
 *
 * An RR interval lies between two successive beats of any class, unless an unreadable stretch, or ventricular flutter or
 * fibrillation, is between them: whether a beat was there is not known, so that it is neither a pause nor a long
 * interval, and beats before and after it are not in a row. With RR in s:
 *
 * - mean heart rate = 60 n / sum of the n intervals; the lowest and the highest are means over 8 successive intervals,
 *   of all beats, so that the fastest may be a run; recorders differ in how many beats, or seconds, they average
 * - burden = beats of the class / all beats; per hour: beats / analyzed hours, those in which beats could be read
 * - single, couplet and run: one, two, three or more beats of one class in a row; the rate of a run is that of its own
 *   intervals, and is not required to be above 100, as for tachycardia
 * - bigeminy and trigeminy: three or more single beats of the class with one N, or two, between each and the next
 * - pause: an RR interval of more than `pause`; also one in which a beat was not detected
 * - histogram: bins of 50 ms from 0 to 3 s
 * - an interval belongs to the hour, and to the part of the trend, in which it ends
 *
 * Classes are those of `aamiClass`: escape beats are N, and fusion beats (F) belong neither to S nor to V. B and n count
 * as N, r as V and ? as Q. Two beats at one sample are one, of the class that is later in N Q F S V. Beats in an
 * unreadable stretch are counted apart. Shutdowns `~` and the periods from `[` to `]` among the annotations are read as
 * by `compareBeats`.
 *
 * @param beats in any order: of a model (`annotateRecord(...).beats`), or annotations, of which others are ignored
 * @throws ArgumentError for options out of range; DataError for a beat that is not at a whole sample, and for one more
 * than a year after the start without an `end`
 * @see Steinberg and others, "2017 ISHNE-HRS expert consensus statement on ambulatory ECG and external cardiac
 * monitoring/telemetry", Heart Rhythm 14(7), 2017, for what a report contains; ANSI/AAMI EC57 for couplets and runs;
 * Crawford and others, "ACC/AHA guidelines for ambulatory electrocardiography", Circulation 100(8), 1999.
 * @example
 *     const { annotations, samplingFrequency, baseTime } = loadRecord('mitdb/100');
 *     const { ventricular, pauses } = summarizeRhythm(annotations, { samplingFrequency, baseTime });
 *     console.log(`${ventricular.beats} V, ${ventricular.runs.length} runs, ${pauses.length} pauses`);
 */
export function summarizeRhythm(
  beats: readonly Pick<Annotation, 'sample' | 'label'>[],
  options: SummaryOptions,
): RhythmSummary {
  const op = 'summarizeRhythm';
  checkAnnotations(op, 'beats', beats as readonly Annotation[]);
  const { samplingFrequency, unreadable, offset, pause, trend, ...part } = checkSummary(op, options);
  const rhythm = readRhythm(op, beats, unreadable, { samplingFrequency, ...part });
  const { samples, classes, first, last } = rhythm;
  if (last > YEAR * samplingFrequency)
    throw new DataError(`${op}: expected beats within a year of the start, got one at sample ${last - 1}`);
  const seconds = (n: number): number => n / samplingFrequency;
  const analyzed = seconds(last - first - lengthOf(rhythm.gaps));
  const hours = analyzed / 3600;
  const lost = lengthOf(rhythm.unreadable);
  const intervals = intervalsOf(rhythm);
  const pauses = intervals.filter((interval) => interval.seconds > pause);
  const counts = AAMI_CLASSES.map((name) => [name, classes.filter((c) => c === name).length]);
  return {
    ...{ start: first, end: last, seconds: seconds(last - first), analyzed },
    unreadable: {
      seconds: seconds(lost),
      share: last > first ? lost / (last - first) : null,
      beats: rhythm.unreadableBeats,
      stretches: rhythm.unreadable,
    },
    flutter: { seconds: seconds(lengthOf(rhythm.flutter)), stretches: rhythm.flutter },
    beats: samples.length,
    perHour: hours > 0 ? samples.length / hours : null,
    counts: Object.fromEntries(counts),
    heartRate: heartRateOf(rhythm, 0, samples.length),
    supraventricular: ectopyOf(rhythm, 'S', hours),
    ventricular: ectopyOf(rhythm, 'V', hours),
    rr: {
      count: intervals.length,
      shortest: extreme(intervals, (a, b) => a < b),
      longest: extreme(intervals, (a, b) => a > b),
    },
    pauses,
    histogram: histogramOf(rhythm),
    trend: trendOf(rhythm, trend),
    hours: hoursOf(
      rhythm,
      offset,
      pauses.map(({ end }) => end),
    ),
  };
}

/** The options in samples. */
function checkSummary(op: string, options: SummaryOptions) {
  checkOptions(op, options, ['samplingFrequency'], ['start', 'end', 'unreadable', 'baseTime', 'pause', 'trend']);
  const { samplingFrequency, start = 0, end, unreadable = [], baseTime = null, pause = PAUSE, trend = TREND } = options;
  checkRange(op, 'samplingFrequency', samplingFrequency, ...FREQUENCY);
  checkRange(op, 'start', start, 0, YEAR);
  if (end !== undefined) checkRange(op, 'end', end, start, YEAR);
  checkKind(op, 'unreadable', unreadable, 'array');
  for (const [i, stretch] of unreadable.entries()) {
    checkFields(op, `unreadable[${i}]`, stretch, { start: 'number', end: 'number' });
    checkFinite(op, `unreadable[${i}].end`, stretch.end, stretch.start);
  }
  checkRange(op, 'pause', pause, 0);
  checkRange(op, 'trend', trend, 1);
  const first = Math.round(start * samplingFrequency);
  const last = end === undefined ? null : Math.round(end * samplingFrequency);
  return { samplingFrequency, first, last, unreadable, offset: secondsOfDay(op, baseTime), pause, trend };
}

/** Seconds since midnight; hours, or hours and minutes, may be missing, as in WFDB's strtim(3). */
function secondsOfDay(op: string, time: string | null): number | null {
  if (time === null) return null;
  if (typeof time !== 'string' || !SINCE_MIDNIGHT.test(time))
    throw new ArgumentError(`${op}: expected baseTime such as 13:05:00, got ${formatValue(time)}`);
  const seconds = time.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
  checkRange(op, 'baseTime in seconds', seconds, 0, YEAR);
  return seconds % 86_400;
}

function intervalsOf({ samples, intervals, samplingFrequency }: Rhythm): RrInterval[] {
  return samples.flatMap((end, i) =>
    Number.isNaN(intervals[i]) ? [] : [{ start: samples[i - 1], end, seconds: intervals[i] / samplingFrequency }],
  );
}

/** The first of the extreme intervals. */
function extreme(intervals: readonly RrInterval[], isBetter: (a: number, b: number) => boolean): RrInterval | null {
  let best: RrInterval | null = null;
  for (const interval of intervals)
    if (best === null || isBetter(interval.end - interval.start, best.end - best.start)) best = interval;
  return best;
}
