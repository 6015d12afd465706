/** Which peaks are QRS complexes: Pan and Tompkins's levels, rhythm and decisions, as `detectQrs.ts` describes them. */
import type { Candidate } from './candidates.ts';
import { RATE } from './stages.ts';

// Levels and thresholds: section "adjusting the thresholds". The paper's 0.25 and 0.5 apply to energies; these two apply to
// amplitudes, chosen on records of de Chazal's DS1, where 0.3 to 0.45 and 0.5 to 0.7 give nearly the same detections.
const ABOVE_NOISE = 0.35; // of the way from the noise level to the signal level
const IRREGULAR = 0.7; // of the thresholds, in an irregular rhythm: half of the energy
const SEARCHED = 0.5; // of the thresholds, in the search back
const ADAPTATION = 0.125; // weight of a new peak in the level of its kind
const FOUND_LATE = 0.25; // the same for a peak found by the search back
const MOST = 2; // times the signal level, our addition: an artefact counts at most that much

// Rhythm: section "adjusting the average RR interval and rate limits".
const INTERVALS = 8;
const REGULAR = [0.92, 1.16]; // times the mean interval
const MISSED = 1.66; // times the mean interval without a beat: one was missed

// T waves: section "T wave identification".
const T_WAVE = 0.36 * RATE; // after a beat
const T_WAVE_SLOPE = 0.5; // of that beat's

// Learning: our own, since the paper only says that it takes two seconds.
const LEARNING = 2 * RATE;
const LEARNINGS = 5; // number of periods; the median of their highest peaks counts
const FIRST_SIGNAL = 0.5; // of that median
const FIRST_NOISE = 0.1;
const SILENCE = 4 * RATE; // without a beat before thresholds are relearned; a heart hardly ever pauses that long
const BACK = 10 * RATE; // as far as peaks that were passed over are examined again

/** As far back as a peak may be decided late, and for how long it may wait, s. */
export const LONGEST_WAIT = (BACK + LEARNINGS * LEARNING) / RATE;

const FEATURES = ['integrated', 'filtered'] as const;

/** A level for each feature. */
type Level = Record<(typeof FEATURES)[number], number>;

/** Running levels of the peaks of signal and noise, for the integrated and for the filtered signal. */
interface Levels {
  signal: Level;
  noise: Level;
}

/** Learns from five periods of two seconds, starting at the first candidate; periods without a peak do not count. */
function learn(candidates: readonly Candidate[]): Levels {
  const levels = { signal: { integrated: 0, filtered: 0 }, noise: { integrated: 0, filtered: 0 } };
  for (const feature of FEATURES) {
    const highest: number[] = [];
    for (const c of candidates) {
      const k = Math.floor((c.middle - candidates[0].middle) / LEARNING);
      if (k >= LEARNINGS) break;
      highest[k] = Math.max(highest[k] ?? 0, c[feature]);
    }
    const sorted = Object.values(highest).sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? 0;
    levels.signal[feature] = FIRST_SIGNAL * median;
    levels.noise[feature] = FIRST_NOISE * median;
  }
  return levels;
}

/** Whether a peak is above `factor` times the thresholds of both signals. */
function passes({ signal, noise }: Levels, candidate: Candidate, factor: number): boolean {
  return FEATURES.every(
    (feature) => candidate[feature] > factor * (noise[feature] + ABOVE_NOISE * (signal[feature] - noise[feature])),
  );
}

function adapt(level: Level, { signal }: Levels, candidate: Candidate, part: number): void {
  for (const feature of FEATURES) {
    const peak = Math.min(candidate[feature], MOST * signal[feature]);
    level[feature] += part * (peak - level[feature]);
  }
}

/** The last eight RR intervals, and the last eight that fit the rhythm. */
interface Rhythm {
  recent: number[];
  fitting: number[];
}

function addInterval(rhythm: Rhythm, interval: number): void {
  rhythm.recent = [...rhythm.recent, interval].slice(-INTERVALS);
  const fits = rhythm.fitting.length < INTERVALS || isNear(interval, mean(rhythm.fitting));
  if (fits) rhythm.fitting = [...rhythm.fitting, interval].slice(-INTERVALS);
  if (rhythm.recent.length === INTERVALS && isRegular(rhythm)) rhythm.fitting = rhythm.recent;
}

function isRegular({ recent }: Rhythm): boolean {
  const average = mean(recent);
  return recent.every((interval) => isNear(interval, average));
}

function isNear(interval: number, average: number): boolean {
  return interval > REGULAR[0] * average && interval < REGULAR[1] * average;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** How a QRS complex was found: at once, by searching back, or after learning. */
export type Found = 'directly' | 'searchBack' | 'learning';

/** A candidate that is a QRS complex. */
export interface Decided extends Candidate {
  found: Found;
}

/** `Decisions` as plain data. */
export interface DecisionsState {
  levels: Levels | null;
  rhythm: Rhythm;
  last: Candidate | null;
  passedOver: Candidate[];
  waiting: Candidate[];
  starts: number[];
  since: number;
  learned: number;
}

/** Decides which candidates are QRS complexes, one after the other. */
export class Decisions {
  private state: DecisionsState = {
    levels: null, // being learned
    rhythm: { recent: [], fitting: [] },
    last: null, // beat, since the last gap
    passedOver: [], // since that beat, at most 10 s old
    waiting: [], // not examined yet
    starts: [], // where the signal continues after a gap that may hide a beat
    since: 0, // the last beat, the end of the last gap, or the last learning
    learned: 0, // candidates before this waited for the levels
  };

  /** The signal continues here after a gap that may hide a beat, in samples at 200 Hz. */
  start(at: number): void {
    this.state.starts.push(at);
  }

  /** Candidates, in order of time. */
  add(candidates: readonly Candidate[]): void {
    this.state.waiting.push(...candidates);
  }

  /**
   * The QRS complexes that can be decided.
   *
   * @param until before this, all candidates have been added; infinite if there are no more
   */
  run(until: number): Decided[] {
    const s = this.state;
    const beats: Decided[] = [];
    while (s.waiting.length > 0) {
      const [c] = s.waiting;
      if (s.levels === null) {
        const learned = c.middle + LEARNINGS * LEARNING;
        if (until < learned) break;
        s.levels = learn(s.waiting);
        s.learned = learned;
      }
      for (; s.starts.length > 0 && s.starts[0] <= c.middle; ) {
        s.last = null;
        s.passedOver = [];
        s.since = s.starts.shift()!;
      }
      s.passedOver = s.passedOver.filter(({ middle }) => c.middle - middle <= BACK);
      while (s.last !== null && c.middle - s.last.middle > MISSED * mean(s.rhythm.fitting) && this.searchBack(beats));
      if (c.middle - s.since > SILENCE) {
        s.levels = null;
        s.since = c.middle;
        s.waiting.unshift(...s.passedOver); // to be examined again
        s.passedOver = [];
        continue;
      }
      s.waiting.shift();
      if (passes(s.levels, c, isRegular(s.rhythm) ? 1 : IRREGULAR) && !this.isTWave(c))
        this.accept(c, ADAPTATION, c.middle < s.learned ? 'learning' : 'directly', beats);
      else {
        adapt(s.levels.noise, s.levels, c, ADAPTATION);
        s.passedOver.push(c);
      }
    }
    return beats;
  }

  /** Before this, all has been decided, but for what the search back may find. */
  until(known: number): number {
    return this.state.waiting.length > 0 ? this.state.waiting[0].middle : known;
  }

  /** The first candidate that the levels are being learned from; null if they are known, or there is none. */
  get learningFrom(): number | null {
    const { levels, waiting } = this.state;
    return levels === null && waiting.length > 0 ? waiting[0].middle : null;
  }

  save(): DecisionsState {
    return this.state;
  }

  load(state: DecisionsState): void {
    this.state = state;
  }

  private accept(c: Candidate, part: number, found: Found, beats: Decided[]): void {
    const s = this.state;
    adapt(s.levels!.signal, s.levels!, c, part);
    if (s.last) addInterval(s.rhythm, c.middle - s.last.middle);
    beats.push({ ...c, found });
    s.last = c;
    s.since = c.middle;
    s.passedOver = s.passedOver.filter(({ middle }) => middle > c.middle);
  }

  private searchBack(beats: Decided[]): boolean {
    const { passedOver, levels } = this.state;
    const possible = passedOver.filter((c) => passes(levels!, c, SEARCHED) && !this.isTWave(c));
    if (possible.length === 0) return false;
    const highest = possible.reduce((a, b) => (b.integrated > a.integrated ? b : a));
    this.accept(highest, FOUND_LATE, 'searchBack', beats);
    return true;
  }

  private isTWave(c: Candidate): boolean {
    const { last } = this.state;
    return last !== null && c.middle - last.middle < T_WAVE && c.slope < T_WAVE_SLOPE * last.slope;
  }
}
