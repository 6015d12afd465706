import { checkCount, checkKind, checkOptions, formatValue } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { log } from '../core/math.ts';
import { type BeatSet, checkBeats } from './beats.ts';
import { isBeat } from './classes.ts';
import { checkRecords, type EcgRecord } from './record.ts';

/** What `beatTiming` can tell of a beat; all but `next` are causal, known when the beat itself is. */
export const TIMING_FEATURES = ['previous', 'change', 'rate', 'next', 'irregularity'] as const;

/** One of `TIMING_FEATURES`; `beatTiming` has their formulas. */
export type TimingFeature = (typeof TIMING_FEATURES)[number];

/** Which timing of beats is wanted. */
export interface TimingOptions {
  /** In the order of the columns; the causal ones by default: `previous`, `change`, `rate`. */
  features?: readonly TimingFeature[];
  /** Most RR intervals in the mean that stands for the rhythm so far; 32 by default. */
  memory?: number;
}

/** When the beats of a set come, relative to the rhythm before them; n beats, F features. */
export interface BeatTiming {
  /** (n, F), a row per beat in the order of the set. */
  x: Float32Array;
  /** The names of the columns. */
  features: readonly TimingFeature[];
}

const CAUSAL: readonly TimingFeature[] = ['previous', 'change', 'rate'];
const MEMORY = 32; // beats, about half a minute: an ectopic beat moves the mean by little, and the mean follows the rhythm
const REFERENCE = 0.8; // s, 75 beats a minute
const REGULAR = 0.05; // successive intervals of a sinus rhythm differ by about as much, and those of fibrillation five times
const LARGEST_RATIO = 4; // a longer or shorter interval is a pause in the annotations or an artefact

/**
 * The timing of every beat of a set among all annotated beats of its record, also those that the set leaves out.
 *
 * With RR[i] the time from the beat before to beat i, and m[i] the mean of up to `memory` intervals before RR[i] (from
 * RR[i-1] backwards):
 *
 * - `previous` = log(RR[i] / m[i]), negative for a beat that comes early
 * - `change` = log(RR[i] / RR[i-1])
 * - `rate` = log(m[i] / 0.8 s), 0 at 75 beats a minute, positive in a slower rhythm
 * - `next` = log(RR[i+1] / m[i]), positive before a pause; known only when the next beat is, so that with it every
 *   decision is a beat late
 * - `irregularity` = log(d[i] / 0.05), with d[i] the median of |log(RR[j] / RR[j-1])| over the intervals of m[i]: about -0.5
 *   in a sinus rhythm, where single ectopic beats do not move it, and above 1 in atrial fibrillation
 *
 * Ratios are clipped to [1/4, 4]. What is not known is 0: everything of a record's first two beats, before which there is
 * no interval, `irregularity` of the third, and `next` of its last. Two annotations at one sample are one beat.
 *
 * @param records those that the beats were cut from; others may be among them
 * @throws ArgumentError for an unknown feature and for a memory below 1; DataError for beats of a record that is not among
 * `records`, a beat where its record has no annotated one, and annotations that are not at whole samples
 * Source: the RR intervals of de Chazal, O'Dwyer and Reilly, IEEE TBME 51(7), 2004, as ratios and without
 * their mean over the whole recording, which is not causal.
 */
export function beatTiming(records: readonly EcgRecord[], beats: BeatSet, options: TimingOptions = {}): BeatTiming {
  checkRecords('beatTiming', records);
  checkBeats('beatTiming', beats);
  checkOptions('beatTiming', options, [], ['features', 'memory']);
  const { features = CAUSAL, memory = MEMORY } = options;
  checkKind('beatTiming', 'features', features, 'array');
  checkCount('beatTiming', 'memory', memory, 1);
  for (const feature of features)
    if (!TIMING_FEATURES.includes(feature))
      throw new ArgumentError(
        `beatTiming: expected features among ${TIMING_FEATURES.join(', ')}, got ${formatValue(feature)}`,
      );
  const rhythms = new Map<number, Rhythm>(); // by index of the record in the set
  const rhythmOf = (r: number): Rhythm => {
    const found = rhythms.get(r) ?? readRhythm(records, beats.recordNames[r]);
    rhythms.set(r, found);
    return found;
  };
  const x = new Float32Array(beats.sample.length * features.length);
  beats.sample.forEach((sample, row) => {
    const rhythm = rhythmOf(beats.record[row]);
    const i = rhythm.indexOf.get(sample);
    if (i === undefined)
      throw new DataError(
        `beatTiming: record ${beats.recordNames[beats.record[row]]}: expected an annotated beat at every beat of the set, ` +
          `got none at sample ${sample}`,
      );
    const timing = timingAt(rhythm, i, memory);
    features.forEach((feature, f) => {
      x[row * features.length + f] = timing[feature];
    });
  });
  return { x, features };
}

/** The beats of a record. */
interface Rhythm {
  /** Seconds per sample. */
  step: number;
  /** Sample indices of the annotated beats, each once, ascending. */
  positions: Float64Array;
  /** Where in `positions` a sample index is. */
  indexOf: ReadonlyMap<number, number>;
}

function readRhythm(records: readonly EcgRecord[], name: string): Rhythm {
  const record = records.find((r) => r.name === name);
  if (!record) throw new DataError(`beatTiming: expected the records of all beats, got none of name ${name}`);
  const samples = record.annotations.filter(({ label }) => isBeat(label)).map(({ sample }) => sample);
  const between = samples.find((sample) => !Number.isInteger(sample));
  if (between !== undefined)
    throw new DataError(`beatTiming: record ${name}: expected whole annotation samples, got ${between}`);
  const positions = Float64Array.from(new Set(samples)).sort();
  const indexOf = new Map(Array.from(positions, (sample, i) => [sample, i]));
  return { step: 1 / record.samplingFrequency, positions, indexOf };
}

/** The features of beat i. A mean of intervals that follow one another is the time they span, divided by their number. */
function timingAt({ step, positions }: Rhythm, i: number, memory: number): Record<TimingFeature, number> {
  if (i < 2) return { previous: 0, change: 0, rate: 0, next: 0, irregularity: 0 };
  const count = Math.min(memory, i - 1);
  const mean = (positions[i - 1] - positions[i - 1 - count]) / count;
  const interval = positions[i] - positions[i - 1];
  return {
    previous: logRatio(interval, mean),
    change: logRatio(interval, positions[i - 1] - positions[i - 2]),
    rate: logRatio(mean * step, REFERENCE),
    next: i + 1 < positions.length ? logRatio(positions[i + 1] - positions[i], mean) : 0,
    irregularity: irregularity(positions, i, count),
  };
}

/** How much successive ones of the `count` intervals before the last one differ, at the median. */
function irregularity(positions: Float64Array, i: number, count: number): number {
  if (count < 2) return 0;
  const differences = new Float64Array(count - 1);
  for (let k = 0; k < count - 1; k++) {
    const [a, b, c] = positions.subarray(i - 3 - k, i - k);
    differences[k] = Math.abs(logRatio(c - b, b - a));
  }
  differences.sort();
  const middle = (differences.length - 1) / 2;
  return logRatio((differences[Math.floor(middle)] + differences[Math.ceil(middle)]) / 2, REGULAR);
}

function logRatio(a: number, b: number): number {
  return log(Math.min(Math.max(a / b, 1 / LARGEST_RATIO), LARGEST_RATIO));
}
