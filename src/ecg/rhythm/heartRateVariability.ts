import { checkFinite, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { meanAndDeviation } from '../../eval/summary.ts';
import { isBeat } from '../classes.ts';
import { type Annotation, checkAnnotations } from '../wfdb/annotation.ts';
import { countByBin } from './histogram.ts';

/** Options of `heartRateVariability`. */
export interface VariabilityOptions {
  /** Of the annotations, Hz. */
  samplingFrequency: number;
  /** Labels of the beats that originate in the sinus node, however they are conducted.
   * @defaultValue `N L R B` */
  normal?: readonly string[];
  /** Longest interval between two normal beats that is not a gap, s, up to 60.
   * @defaultValue 2, which is 30 beats per minute */
  longest?: number;
  /** Length of the segments of SDANN and the SDNN index, s, at least 1.
   * @defaultValue 300 */
  segment?: number;
}

/** The number of intervals used and left out. */
export interface IntervalCounts {
  /** RR intervals: pairs of successive beats, the sum of the next four. */
  rr: number;
  /** NN intervals. */
  nn: number;
  /** Intervals left out because one or both of their beats are not normal. */
  ectopic: number;
  /** Intervals of normal beats left out because the rhythm is annotated as atrial fibrillation or flutter. */
  fibrillation: number;
  /** Intervals of normal beats left out because they are longer than `longest`. */
  gap: number;
  /** nn / rr, from 0 to 1; null if there is no interval. */
  share: number | null;
  /** Pairs of adjacent NN intervals. */
  differences: number;
  /** Segments used for SDANN and the SDNN index. */
  segments: number;
}

/** Heart-rate variability in the time domain; null if there are too few intervals. */
export interface HeartRateVariability {
  /** Mean of the NN intervals, ms. */
  meanNN: number | null;
  /** 60,000 ms / `meanNN`, beats per minute. */
  heartRate: number | null;
  /** Standard deviation of the NN intervals, ms. */
  sdnn: number | null;
  /** Root mean square of the differences, ms. */
  rmssd: number | null;
  /** Standard deviation of the differences, ms. */
  sdsd: number | null;
  /** Differences above 50 ms, %. */
  pnn50: number | null;
  /** Differences above 20 ms, %. */
  pnn20: number | null;
  /** Standard deviation of the segments' means, ms. */
  sdann: number | null;
  /** Mean of the segments' standard deviations, ms. */
  sdnnIndex: number | null;
  /** NN intervals by the height of their histogram. */
  triangularIndex: number | null;
  counts: IntervalCounts;
}

const SINUS = ['N', 'L', 'R', 'B'];
const LONGEST = 2; // s, as in the examples of PhysioNet's HRV Toolkit
const SEGMENT = 300; // s
const COVERED = 0.5; // fraction of a segment covered by its NN intervals
const BIN = 1000 / 128; // ms, of the histogram

/**
 * Heart-rate variability in the time domain, from the beats of a recording.
 *
 * An NN interval lies between two successive beats that are both normal and is at most `longest`; everything else is
 * left out and counted, never bridged or filled in. A difference is NN[i+1] - NN[i] of two intervals that share a beat.
 * With means and standard deviations over n values, the latter as sqrt(sum (v - mean)^2 / (n - 1)):
 *
 * - `sdnn` = deviation of NN, `heartRate` = 60,000 / mean of NN
 * - `rmssd` = sqrt(mean of squared differences), `sdsd` = deviation of the differences
 * - `pnn50` = 100 (differences of more than 50 ms either way) / (differences + 1), `pnn20` likewise; without gaps the
 *   divisor is the number of NN intervals
 * - `sdann` = deviation of the segments' mean NN, `sdnnIndex` = mean of the segments' deviations of NN
 * - `triangularIndex` = NN intervals / those in the fullest bin of 1/128 s, with bins starting at 0
 *
 * Segments follow one another from sample 0. An interval belongs to the one it ends in; a segment counts if it has two
 * or more NN intervals and they cover half of its length or more. A beat is not normal from an annotation of rhythm
 * (`+`) that starts with `(AF`, fibrillation or flutter, up to the next one, since no beat then originates in the sinus
 * node. Two beats at one sample are one, normal if both are. Not left out: an interval of two cycles, up to `longest`,
 * in which a beat was blocked or not detected.
 *
 * Differences are taken in samples, so that 50 ms is never above 50 ms whatever the sampling frequency. Values depend
 * on the duration: SDNN grows with it, and the guideline compares only recordings of equal length, 5 min or 24 h; it
 * requires 20 min or more for the triangular index.
 *
 * @param annotations in any order: of a reference, or of a model by `beatAnnotations`
 * @throws ArgumentError for options out of range and a `normal` label that is not a beat label; DataError for a beat or
 * rhythm that is not at a whole sample
 * @see Task Force of the European Society of Cardiology and the North American Society of Pacing and Electrophysiology,
 * Circulation 93(5), 1996; the formulas of hrv_time in NeuroKit2, except for its segments, which count time without
 * gaps and omit their last interval.
 * @example
 *     const { annotations, samplingFrequency } = loadRecord('mitdb/100');
 *     const { sdnn, rmssd, counts } = heartRateVariability(annotations, { samplingFrequency });
 */
export function heartRateVariability(
  annotations: readonly Annotation[],
  options: VariabilityOptions,
): HeartRateVariability {
  const op = 'heartRateVariability';
  checkAnnotations(op, 'annotations', annotations);
  checkOptions(op, options, ['samplingFrequency'], ['normal', 'longest', 'segment']);
  const { samplingFrequency, normal = SINUS, longest = LONGEST, segment = SEGMENT } = options;
  checkFinite(op, 'samplingFrequency', samplingFrequency, Number.MIN_VALUE);
  checkKind(op, 'normal', normal, 'array');
  for (const label of normal)
    if (typeof label !== 'string' || !isBeat(label))
      throw new ArgumentError(`${op}: expected labels of beats in normal, got ${formatValue(label)}`);
  checkRange(op, 'longest', longest, 0, 60);
  checkRange(op, 'segment', segment, 1);

  const { nn, differences, counts } = readIntervals(
    readBeats(annotations, normal),
    (samples) => samples / samplingFrequency > longest,
  );
  const ms = (samples: number): number => (1000 * samples) / samplingFrequency;
  const intervals = nn.map(({ samples }) => ms(samples));
  const changes = differences.map(ms);
  const segments = statisticsBySegment(intervals, nn, segment * samplingFrequency, 1000 * segment * COVERED);
  const { mean: meanNN, deviation: sdnn } = statistics(intervals);
  const above = (least: number): number | null =>
    changes.length > 0 ? (100 * changes.filter((d) => Math.abs(d) > least).length) / (changes.length + 1) : null;
  const meanSquare = statistics(changes.map((d) => d * d)).mean;
  return {
    meanNN,
    heartRate: meanNN === null ? null : 60000 / meanNN,
    sdnn,
    rmssd: meanSquare === null ? null : Math.sqrt(meanSquare),
    sdsd: statistics(changes).deviation,
    pnn50: above(50),
    pnn20: above(20),
    sdann: statistics(segments.map(({ mean }) => mean)).deviation,
    sdnnIndex: statistics(segments.map(({ deviation }) => deviation)).mean,
    triangularIndex: intervals.length > 0 ? intervals.length / Math.max(...countByBin(intervals, BIN).values()) : null,
    counts: { ...counts, segments: segments.length },
  };
}

interface Beat {
  sample: number;
  kind: 'normal' | 'ectopic' | 'fibrillation';
}

/** The beats in order of time, each sample once. */
function readBeats(annotations: readonly Annotation[], normal: readonly string[]): Beat[] {
  const isRhythm = ({ label, aux }: Annotation): boolean =>
    label === '+' && typeof aux === 'string' && aux.startsWith('(');
  const read = annotations.filter((a) => isBeat(a.label) || isRhythm(a));
  const between = read.find(({ sample }) => !Number.isInteger(sample));
  if (between)
    throw new DataError(
      `heartRateVariability: expected beats and rhythms at whole samples, got ${between.label} at ${between.sample}`,
    );
  read.sort((a, b) => a.sample - b.sample || Number(isRhythm(b)) - Number(isRhythm(a)));
  const beats: Beat[] = [];
  let fibrillation = false;
  for (const annotation of read) {
    const { sample, label, aux } = annotation;
    if (isRhythm(annotation)) {
      fibrillation = aux.startsWith('(AF');
      continue;
    }
    const kind = !normal.includes(label) ? 'ectopic' : fibrillation ? 'fibrillation' : 'normal';
    const last = beats[beats.length - 1];
    if (last?.sample !== sample) beats.push({ sample, kind });
    else if (kind === 'ectopic') last.kind = kind;
  }
  return beats;
}

/** An NN interval and where it ends, in samples. */
interface Interval {
  samples: number;
  end: number;
}

/** The NN intervals, the differences of adjacent ones in samples, and the counts of all intervals. */
function readIntervals(beats: readonly Beat[], isGap: (samples: number) => boolean) {
  const nn: Interval[] = [];
  const differences: number[] = [];
  const counts = { nn: 0, ectopic: 0, fibrillation: 0, gap: 0 };
  let adjacent: number | null = null; // the previous interval, if it is an NN interval
  for (let i = 1; i < beats.length; i++) {
    const samples = beats[i].sample - beats[i - 1].sample;
    const kinds = [beats[i - 1].kind, beats[i].kind];
    const left = (['ectopic', 'fibrillation'] as const).find((kind) => kinds.includes(kind));
    const kind = left ?? (isGap(samples) ? 'gap' : 'nn');
    counts[kind]++;
    if (kind === 'nn') {
      nn.push({ samples, end: beats[i].sample });
      if (adjacent !== null) differences.push(samples - adjacent);
    }
    adjacent = kind === 'nn' ? samples : null;
  }
  const rr = Math.max(beats.length - 1, 0);
  const share = rr > 0 ? nn.length / rr : null;
  return { nn, differences, counts: { rr, ...counts, share, differences: differences.length } };
}

/** Mean and deviation of the segments covered for `least` ms by two or more intervals. */
function statisticsBySegment(intervals: readonly number[], nn: readonly Interval[], length: number, least: number) {
  const segments = new Map<number, number[]>();
  nn.forEach(({ end }, i) => {
    const index = Math.floor(end / length);
    const own = segments.get(index);
    if (own) own.push(intervals[i]);
    else segments.set(index, [intervals[i]]);
  });
  const covered = [...segments.values()].filter((own) => own.length > 1 && own.reduce((sum, v) => sum + v, 0) >= least);
  return covered.map((own) => {
    const { mean, deviation } = meanAndDeviation(own);
    return { mean, deviation: deviation as number };
  });
}

function statistics(values: readonly number[]): { mean: number | null; deviation: number | null } {
  return values.length > 0 ? meanAndDeviation(values) : { mean: null, deviation: null };
}
