import { correlation, deviation, mean, median } from './quantiles.ts';
import type { Marked, Recording } from './recording.ts';

const REGULAR = 8; // normal intervals before a beat, next to whose median it is early
const LEAST = 20; // intervals or beats that a figure is of

/** Intervals of a recording; what has too few of them is NaN. */
export interface Intervals {
  /** s, the mean interval of normal beats one after another */
  rr: number;
  /** their standard deviation by the mean, and the root mean square of what successive ones differ by, by the mean */
  spread: number;
  successive: number;
  /** Pearson's correlation of successive ones */
  correlation: number;
}

/** The intervals before and after an ectopic beat, as multiples of the median of the normal intervals before it. */
export interface Coupling {
  before: number[];
  after: number[];
}

/** How ectopic beats of one kind come, as fractions of these beats. */
export interface Patterns {
  beats: number;
  /** two in a row, and three or more */
  couplets: number;
  runs: number;
  /** every second or every third beat: with the same distance to the one before or the one after of their kind */
  bigeminy: number;
  trigeminy: number;
}

const seconds = ({ rate }: Recording, a: Marked, b: Marked): number => (b.sample - a.sample) / rate;

/** Intervals between normal beats, three of them in a row: in atrial fibrillation or flutter, or else outside of them. */
export function intervals(recording: Recording, fibrillation = false): Intervals {
  const { beats } = recording;
  const pairs: [number, number][] = [];
  for (let i = 0; i + 2 < beats.length; i++) {
    const three = beats.slice(i, i + 3);
    if (!three.every(({ kind, rhythm }) => kind === 'N' && isFibrillation(rhythm) === fibrillation)) continue;
    pairs.push([seconds(recording, three[0], three[1]), seconds(recording, three[1], three[2])]);
  }
  if (pairs.length < LEAST)
    return { rr: Number.NaN, spread: Number.NaN, successive: Number.NaN, correlation: Number.NaN };
  const [first, second] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  const rr = mean(first);
  return {
    rr,
    spread: deviation(first) / rr,
    successive: Math.sqrt(mean(pairs.map(([a, b]) => (a - b) ** 2))) / rr,
    correlation: correlation(first, second),
  };
}

/** Atrial fibrillation or flutter: the atria drive the ventricles irregularly. */
export function isFibrillation(rhythm: string): boolean {
  return rhythm.startsWith('(AFIB') || rhythm.startsWith('(AFL');
}

/** Prematurity of single ectopic beats of a kind and the pauses after them. */
export function coupling(recording: Recording, kind: string): Coupling {
  const { beats } = recording;
  const found: Coupling = { before: [], after: [] };
  const normal: number[] = []; // the last intervals between normal beats
  for (let i = 1; i + 1 < beats.length; i++) {
    const [last, beat, next] = beats.slice(i - 1, i + 2);
    if (last.kind === 'N' && beat.kind === 'N') normal.push(seconds(recording, last, beat));
    if (beat.kind !== kind || last.kind !== 'N' || next.kind !== 'N' || normal.length < REGULAR) continue;
    const usual = median(normal.slice(-REGULAR));
    found.before.push(seconds(recording, last, beat) / usual);
    found.after.push(seconds(recording, beat, next) / usual);
  }
  return found;
}

/** How the beats of a kind follow one another. */
export function patterns({ beats }: Recording, kind: string): Patterns {
  const at = beats.flatMap((b, i) => (b.kind === kind ? [i] : []));
  const counts = { beats: at.length, couplets: 0, runs: 0, bigeminy: 0, trigeminy: 0 };
  const is = (i: number): boolean => beats[i]?.kind === kind;
  for (const i of at) {
    let [first, last] = [i, i];
    while (is(first - 1)) first--;
    while (is(last + 1)) last++;
    const length = last - first + 1;
    if (length === 2) counts.couplets++;
    else if (length > 2) counts.runs++;
    else if (is(i - 2) || is(i + 2)) counts.bigeminy++;
    else if (is(i - 3) || is(i + 3)) counts.trigeminy++;
  }
  for (const key of ['couplets', 'runs', 'bigeminy', 'trigeminy'] as const) counts[key] /= at.length;
  return counts;
}
