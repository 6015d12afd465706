import { checkCount, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { log } from '../../core/math.ts';
import { quantile } from '../../eval/summary.ts';
import { type BeatList, checkBeatList } from '../beats/beatList.ts';
import { isBeat } from '../classes.ts';
import { checkRecords, type EcgRecord } from '../wfdb/record.ts';

/** Features of a beat's timing; all but `next` and those named `delayed` are causal: known at the beat itself. */
export const TIMING_FEATURES = [
  'previous',
  'change',
  'rate',
  'next',
  'irregularity',
  'median',
  'shortest',
  'delayedShortest',
  'delayedPause',
] as const;

/** Those of them that are known at the next beat only. */
export const DELAYED_FEATURES: readonly TimingFeature[] = ['next', 'delayedShortest', 'delayedPause'];

/** One of `TIMING_FEATURES`; `beatTiming` has their formulas. */
export type TimingFeature = (typeof TIMING_FEATURES)[number];

/** Options of `beatTiming`. */
export interface TimingOptions {
  /** In the order of the columns.
   * @defaultValue the causal ones `previous`, `change`, `rate` */
  features?: readonly TimingFeature[];
  /** Maximum number of RR intervals in the mean that represents the recent rhythm.
   * @defaultValue 32 */
  memory?: number;
}

/** The timing of the beats of a set, relative to the rhythm before them; n beats, F features. */
export interface BeatTiming {
  /** (n, F), a row per beat in the order of the set. */
  x: Float32Array;
  /** The names of the columns. */
  features: readonly TimingFeature[];
}

const CAUSAL: readonly TimingFeature[] = ['previous', 'change', 'rate'];
const MEMORY = 32; // beats, about half a minute: an ectopic beat hardly affects the mean, and the mean follows the rhythm
const REFERENCE = 0.8; // s, 75 beats a minute
const REGULAR = 0.05; // typical relative difference of successive intervals in sinus rhythm; five times as much in fibrillation
const LARGEST_RATIO = 4; // a longer or shorter interval is a pause or an artefact
/** s; after such a pause, or unmarked beats, there is no rhythm to be early in */
export const LONGEST_INTERVAL = 10;

/**
 * The timing of every beat of a set among all annotated beats of its record, including those that are not in the set.
 *
 * With RR[i] the time from the previous beat to beat i, W[i] the up to `memory` intervals before RR[i] (from RR[i-1]
 * backwards), and m[i] the mean of those in W[i] that are at most 4 median(W[i]):
 *
 * - `previous` = log(RR[i] / m[i]), negative for an early beat
 * - `change` = log(RR[i] / RR[i-1])
 * - `rate` = log(m[i] / 0.8 s), 0 at 75 beats a minute, positive in a slower rhythm
 * - `next` = log(RR[i+1] / m[i]), positive before a pause; known only at the next beat, so that every decision based on
 *   it is one beat late
 * - `irregularity` = log(d[i] / 0.05), with d[i] the median of |log(RR[j] / RR[j-1])| over the intervals of W[i]: about
 *   -0.5 in a sinus rhythm, where single ectopic beats do not affect it, and above 1 in atrial fibrillation
 * - `median` = log(RR[i] / median(W[i])): `previous` for a rhythm with pauses, which lengthen a mean
 * - `shortest` = log(RR[i] / min(W[i])): negative only for a beat that is earlier than all before it. A beat after a
 *   block or a pause that comes at the sinus rate again is early for `previous`, whose mean the long intervals have
 *   lengthened, but 0 or more here, as there is a sinus interval among those before
 * - `delayedShortest` = log(RR[i+1] / min(W[i])), one beat late: 0 where the rhythm goes on at that rate, as after a
 *   block, and positive where an early beat is followed by a pause
 * - `delayedPause` = log((RR[i] + RR[i+1]) / (2 m[i])), one beat late: 0 for an early beat with a full compensatory
 *   pause, as of most ventricular beats, negative where the pause is shorter, as a supraventricular one resets the sinus
 *
 * Ratios are clipped to [1/4, 4]. Unknown values are 0: everything for a record's first two beats, before which there
 * is no interval, `irregularity` of the third, and `next` and the delayed ones of the last. More than 10 s between beats count as a gap in
 * the annotations: the beats before and after it are treated like those of two records. Two annotations at one sample
 * are one beat.
 *
 * A pause thus does not count as rhythm, but a change of rate does: one that slows it more than four times as soon as
 * half of W[i] is slow, any other at once. Short intervals need no such rule, since they contribute at most their share
 * to the mean.
 *
 * @param records the records that the beats were cut from; others may be included
 * @throws ArgumentError for an unknown feature and for a memory below 1; DataError for beats of a record that is not in
 * `records`, a beat without an annotation in its record, and annotations that are not at whole samples
 * @see the RR intervals of de Chazal, O'Dwyer and Reilly, IEEE TBME 51(7), 2004, as ratios and without
 * their mean over the whole recording, which is not causal; blocks, resets and compensatory pauses: Surawicz and
 * Knilans, "Chou's Electrocardiography in Clinical Practice", chapters on atrioventricular block and ectopic beats.
 */
export function beatTiming(records: readonly EcgRecord[], beats: BeatList, options: TimingOptions = {}): BeatTiming {
  checkRecords('beatTiming', records);
  checkBeatList('beatTiming', beats);
  const { features, memory } = checkTiming('beatTiming', options);
  const rhythms = new Map<number, Rhythm>(); // by index of the record in the set
  const rhythmOf = (r: number): Rhythm => {
    const found = rhythms.get(r) ?? readRhythm(records, beats.recordNames[r]);
    rhythms.set(r, found);
    return found;
  };
  const rows = Array.from(beats.sample, (sample, row) => {
    const rhythm = rhythmOf(beats.record[row]);
    const i = rhythm.indexOf.get(sample);
    if (i === undefined)
      throw new DataError(
        `beatTiming: record ${beats.recordNames[beats.record[row]]}: expected an annotated beat at every beat of the set, ` +
          `got none at sample ${sample}`,
      );
    return timingAt(rhythm, i, memory);
  });
  return columns(rows, features);
}

/**
 * The timing of beats at given positions, such as detected R peaks, relative to each other: the features of
 * `beatTiming`.
 *
 * @param peaks (n) sample indices, in any order
 * @param samplingFrequency Hz
 * @throws ArgumentError for an unknown feature, a memory below 1, and a position that is not a whole number
 */
export function peakTiming(
  peaks: ArrayLike<number>,
  samplingFrequency: number,
  options: TimingOptions = {},
): BeatTiming {
  checkKind('peakTiming', 'peaks', peaks, 'numbers');
  for (let i = 0; i < peaks.length; i++) checkCount('peakTiming', `peaks[${i}]`, peaks[i], 0);
  checkRange('peakTiming', 'samplingFrequency', samplingFrequency, Number.MIN_VALUE);
  const { features, memory } = checkTiming('peakTiming', options);
  const rhythm = rhythmOfPeaks(peaks, samplingFrequency);
  return columns(
    Array.from(peaks, (peak) => timingAt(rhythm, rhythm.indexOf.get(peak)!, memory)),
    features,
  );
}

/** Number of beats before one that its timing depends on. */
export const BEATS_BEFORE = MEMORY + 1;

/**
 * The features of the beat `i` of some in order of time, the same as among more of them if it has `BEATS_BEFORE` before it.
 */
export function timingOf(
  peaks: readonly number[],
  i: number,
  samplingFrequency: number,
  features: readonly TimingFeature[],
): number[] {
  const row = timingAt(rhythmAt(Float64Array.from(peaks), samplingFrequency), i, MEMORY);
  return features.map((feature) => row[feature]);
}

function checkTiming(op: string, options: TimingOptions): Required<TimingOptions> {
  checkOptions(op, options, [], ['features', 'memory']);
  const { features = CAUSAL, memory = MEMORY } = options;
  checkKind(op, 'features', features, 'array');
  checkCount(op, 'memory', memory, 1);
  for (const feature of features)
    if (!TIMING_FEATURES.includes(feature))
      throw new ArgumentError(
        `${op}: expected features among ${TIMING_FEATURES.join(', ')}, got ${formatValue(feature)}`,
      );
  return { features, memory };
}

function columns(rows: readonly Record<TimingFeature, number>[], features: readonly TimingFeature[]): BeatTiming {
  return { x: Float32Array.from(rows.flatMap((row) => features.map((feature) => row[feature]))), features };
}

/** The beats of a record. */
interface Rhythm {
  /** Seconds per sample. */
  step: number;
  /** Samples from the previous beat to each beat, NaN if there is none or it is too long ago: n beats. */
  intervals: Float64Array;
  /** Number of consecutive intervals without a gap up to each beat. */
  known: Int32Array;
  /** The beat at a sample index. */
  indexOf: ReadonlyMap<number, number>;
}

function readRhythm(records: readonly EcgRecord[], name: string): Rhythm {
  const record = records.find((r) => r.name === name);
  if (!record) throw new DataError(`beatTiming: expected the records of all beats, got none with name ${name}`);
  const samples = record.annotations.filter(({ label }) => isBeat(label)).map(({ sample }) => sample);
  const between = samples.find((sample) => !Number.isInteger(sample));
  if (between !== undefined)
    throw new DataError(`beatTiming: record ${name}: expected whole annotation samples, got ${between}`);
  return rhythmOfPeaks(samples, record.samplingFrequency);
}

function rhythmOfPeaks(samples: ArrayLike<number>, samplingFrequency: number): Rhythm {
  const positions = Float64Array.from(new Set(Array.from(samples))).sort();
  const indexOf = new Map(Array.from(positions, (sample, i) => [sample, i]));
  return { ...rhythmAt(positions, samplingFrequency), indexOf };
}

/** @param positions ascending, each once */
function rhythmAt(positions: Float64Array, samplingFrequency: number): Omit<Rhythm, 'indexOf'> {
  const longest = LONGEST_INTERVAL * samplingFrequency;
  const intervals = new Float64Array(positions.length).fill(Number.NaN);
  const known = new Int32Array(positions.length);
  for (let i = 1; i < positions.length; i++) {
    const interval = positions[i] - positions[i - 1];
    if (interval > longest) continue;
    intervals[i] = interval;
    known[i] = known[i - 1] + 1;
  }
  return { step: 1 / samplingFrequency, intervals, known };
}

/** The features of a beat without any interval before it. */
const NONE = Object.fromEntries(TIMING_FEATURES.map((feature) => [feature, 0])) as Record<TimingFeature, number>;

/** The features of beat i. */
function timingAt(
  { step, intervals, known }: Omit<Rhythm, 'indexOf'>,
  i: number,
  memory: number,
): Record<TimingFeature, number> {
  if (known[i] < 2) return NONE;
  const before = intervals.subarray(i - Math.min(memory, known[i] - 1), i);
  const ascending = before.slice().sort();
  const mean = meanWithoutPauses(ascending);
  const after = known[i + 1] > 0 ? intervals[i + 1] : null;
  return {
    previous: logRatio(intervals[i], mean),
    change: logRatio(intervals[i], intervals[i - 1]),
    rate: logRatio(mean * step, REFERENCE),
    next: after === null ? 0 : logRatio(after, mean),
    irregularity: irregularity(before),
    median: logRatio(intervals[i], quantile(ascending, 0.5)),
    shortest: logRatio(intervals[i], ascending[0]),
    delayedShortest: after === null ? 0 : logRatio(after, ascending[0]),
    delayedPause: after === null ? 0 : logRatio(intervals[i] + after, 2 * mean),
  };
}

/** Median difference of successive intervals; 0 if there are fewer than two. */
function irregularity(intervals: Float64Array): number {
  if (intervals.length < 2) return 0;
  const differences = Float64Array.from(intervals.subarray(1), (interval, k) =>
    Math.abs(logRatio(interval, intervals[k])),
  );
  return logRatio(quantile(differences.sort(), 0.5), REGULAR);
}

/** The mean of the intervals, in ascending order, that are at most `LARGEST_RATIO` times the median. */
function meanWithoutPauses(intervals: Float64Array): number {
  const longest = LARGEST_RATIO * quantile(intervals, 0.5);
  const counted = intervals.filter((interval) => interval <= longest);
  return counted.reduce((sum, interval) => sum + interval, 0) / counted.length;
}

function logRatio(a: number, b: number): number {
  return log(Math.min(Math.max(a / b, 1 / LARGEST_RATIO), LARGEST_RATIO));
}
