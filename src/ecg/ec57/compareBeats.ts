import { checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import { type Annotation, checkAnnotations } from '../wfdb/annotation.ts';
import {
  type BeatStatistics,
  type BeatTally,
  beatStatistics,
  COMPARED_CLASSES,
  type ComparedClass,
} from './beatStatistics.ts';
import { isWithin, NEVER, type ReadBeat, type Reading, readBeats } from './readBeats.ts';

/** Options of `compareBeats`. */
export interface CompareOptions {
  /** Of both lists, Hz. */
  samplingFrequency: number;
  /** Largest distance between two annotations of one beat, s.
   * @defaultValue 0.15, as EC57 requires */
  window?: number;
  /** Start of scoring, s: EC57 allows five minutes for learning.
   * @defaultValue 300 */
  start?: number;
  /** End of scoring, s, such as the record's length; with Infinity, the end of both lists.
   * @defaultValue the last reference beat */
  end?: number;
}

/** A beat of either list and its partner; one of the two is null if the beat has no partner. */
export interface BeatPair {
  reference: Annotation | null;
  test: Annotation | null;
  /** The row of the matrix. */
  referenceClass: ComparedClass;
  /** The column of the matrix. */
  testClass: ComparedClass;
}

/** The result of `compareBeats`. */
export interface BeatComparison extends BeatTally {
  statistics: BeatStatistics;
  /** Everything that the matrix counts, in order of time. */
  pairs: BeatPair[];
}

const WINDOW = 0.15; // s, ANSI/AAMI EC57
const LEARNING_PERIOD = 300; // s, the same
const LONGEST = 2 ** 40; // samples, longer than any record: a window from there does not reach NEVER

/**
 * Compares beat annotations with reference annotations, following ANSI/AAMI EC57 as implemented by `bxb`.
 *
 * Both lists are processed in order of time. The earlier of the two current beats takes the other as its partner if
 * that is at most `window` away, and the other is not closer to the beat that follows (unless that one is closer still
 * to the beat after the other). A beat left over counts as missed (column o) or as extra (row O); during a shutdown of
 * the other list, in column or row X. Nothing counts between the reference's `[` and `]`: its own beats there are not
 * read, and extra test beats are skipped. Test beats between the test's `[` and `]` are not read either.
 *
 * A list is shut down from a noise annotation `~` whose subtype has bits 4 and 5 set to the next `~` that lacks one of
 * them. If another annotation follows instead, as in the AHA database, from `window` after the beat (or the `]`) before
 * to `window` before that annotation.
 *
 * Classes: N = N L R B, S = A a J S j e n, V = V E r, F = F, Q = / f Q ?. These are bxb's; `aamiClass` counts the
 * escape beats j and e as N, as de Chazal does. A `!` outside of `[` and `]` is matched like a beat and counts as none.
 *
 * Of the beats before `start`, only the last of the test list may be paired, with the first reference beat after it. A
 * test beat at most `window` after `start` that is farther from the first reference beat than the next one is skipped.
 * Beats after `end` count only as partners of beats before it.
 *
 * Differences from bxb (27 April 2020): lists need not be sorted; every period counts (bxb remembers only the last two
 * that it has read); a shutdown or `[` that is never closed lasts to the end, even if it is not the first; with a start
 * of 0 a beat at sample 0 is like any other (bxb mistakes a test beat there for its own initial value), and no beat is
 * invented at 0 if the test list has none before `start`; RR intervals are not compared, and shutdowns are not timed.
 *
 * @throws ArgumentError for a sampling frequency, window, start or end out of range, DataError for a sample that is not
 * a whole number
 * @see ANSI/AAMI EC57:1998; bxb(1) and bxb.c of the WFDB software package, physionet.org
 * @example
 *     const { annotations, samplingFrequency } = loadRecord('mitdb/100');
 *     const detected = loadAnnotations('mitdb/100', 'qrs');
 *     const { statistics } = compareBeats(annotations, detected, { samplingFrequency });
 *     console.log(statistics.qrs.sensitivity.value);
 */
export function compareBeats(
  reference: readonly Annotation[],
  test: readonly Annotation[],
  options: CompareOptions,
): BeatComparison {
  checkAnnotations('compareBeats', 'reference', reference);
  checkAnnotations('compareBeats', 'test', test);
  checkOptions('compareBeats', options, ['samplingFrequency'], ['window', 'start', 'end']);
  const { samplingFrequency, window = WINDOW, start = LEARNING_PERIOD, end } = options;
  if (!(typeof samplingFrequency === 'number' && samplingFrequency > 0 && samplingFrequency < Number.POSITIVE_INFINITY))
    throw new ArgumentError(
      `compareBeats: expected a sampling frequency above 0 Hz, got ${formatValue(samplingFrequency)}`,
    );
  checkRange('compareBeats', 'window', window, 0, Number.POSITIVE_INFINITY);
  checkRange('compareBeats', 'start', start, 0, Number.POSITIVE_INFINITY);
  if (end !== undefined) checkRange('compareBeats', 'end', end, start, Number.POSITIVE_INFINITY);
  const inSamples = (seconds: number): number => Math.floor(seconds * samplingFrequency + 0.5); // as strtim(3) rounds
  const near = Math.min(inSamples(window), LONGEST);
  const first = inSamples(start);
  const last = end === undefined ? null : Math.min(inSamples(end), NEVER - 1);
  const ref = readBeats('compareBeats', 'reference', reference, near);
  const tested = readBeats('compareBeats', 'test', test, near);

  const matrix = COMPARED_CLASSES.map(() => COMPARED_CLASSES.map(() => 0));
  const pairs: BeatPair[] = [];
  const count = (a: ReadBeat | null, b: ReadBeat | null): void => {
    const referenceClass = a?.beatClass ?? extraBeat(ref, b!.sample);
    const testClass = b?.beatClass ?? (isWithin(tested.shutdowns, a!.sample) ? 'X' : 'O');
    if (referenceClass === null || (isNone(referenceClass) && isNone(testClass))) return;
    matrix[COMPARED_CLASSES.indexOf(referenceClass)][COMPARED_CLASSES.indexOf(testClass)]++;
    pairs.push({ reference: a?.annotation ?? null, test: b?.annotation ?? null, referenceClass, testClass });
  };

  let i = ref.beats.findIndex((beat) => beat.sample >= first);
  let j = tested.beats.findIndex((beat) => beat.sample >= first);
  if (i < 0) i = ref.beats.length;
  if (j < 0) j = tested.beats.length;
  if (first > 0) {
    const T = sampleOf(ref, i);
    const t = sampleOf(tested, j);
    const before = j > 0 ? T - sampleOf(tested, j - 1) : NEVER;
    if (before <= near && before < Math.abs(T - t)) count(ref.beats[i++], tested.beats[j - 1]);
    else if (t - first <= near && Math.abs(T - sampleOf(tested, j + 1)) < Math.abs(T - t)) j++;
  }

  for (;;) {
    const T = sampleOf(ref, i);
    const t = sampleOf(tested, j);
    if (last === null ? T === NEVER : T > last && t > last) break;
    const nextT = sampleOf(ref, i + 1);
    const nextTest = sampleOf(tested, j + 1);
    const distance = Math.abs(T - t);
    // Distance of the later of the two from the beat that follows the earlier one.
    const rival = t < T ? Math.abs(T - nextTest) : Math.abs(t - nextT);
    if (distance <= near && (distance < rival || Math.abs(nextT - nextTest) < rival))
      count(ref.beats[i++], tested.beats[j++]);
    else if (t < T) count(null, tested.beats[j++]);
    else count(ref.beats[i++], null);
  }
  return { matrix, statistics: beatStatistics(matrix), pairs };
}

/** The row in which a test beat without a partner counts; null for none. */
function extraBeat(ref: Reading, sample: number): ComparedClass | null {
  if (isWithin(ref.fibrillations, sample)) return null;
  return isWithin(ref.shutdowns, sample) ? 'X' : 'O';
}

function isNone(beatClass: ComparedClass): boolean {
  return beatClass === 'O' || beatClass === 'X';
}

function sampleOf({ beats }: Reading, i: number): number {
  return i < beats.length ? beats[i].sample : NEVER;
}
