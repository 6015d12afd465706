/** Which peaks are QRS complexes: Pan and Tompkins's levels, rhythm and decisions, as `qrs.ts` describes them. */
import { type Candidate, RATE } from './stages.ts';

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

const FEATURES = ['integrated', 'filtered'] as const;

/** Running levels of the peaks of signal and noise, for the integrated and for the filtered signal. */
class Levels {
  readonly #signal = { integrated: 0, filtered: 0 };
  readonly #noise = { integrated: 0, filtered: 0 };

  /** Learns from five periods of two seconds, starting at the first candidate; periods without a peak do not count. */
  constructor(candidates: readonly Candidate[]) {
    for (const feature of FEATURES) {
      const highest: number[] = [];
      for (const c of candidates) {
        const k = Math.floor((c.middle - candidates[0].middle) / LEARNING);
        if (k >= LEARNINGS) break;
        highest[k] = Math.max(highest[k] ?? 0, c[feature]);
      }
      const sorted = Object.values(highest).sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1] ?? 0;
      this.#signal[feature] = FIRST_SIGNAL * median;
      this.#noise[feature] = FIRST_NOISE * median;
    }
  }

  /** Whether a peak is above `factor` times the thresholds of both signals. */
  passes(candidate: Candidate, factor: number): boolean {
    return FEATURES.every((feature) => {
      const noise = this.#noise[feature];
      return candidate[feature] > factor * (noise + ABOVE_NOISE * (this.#signal[feature] - noise));
    });
  }

  addSignal(candidate: Candidate, part: number): void {
    this.#add(this.#signal, candidate, part);
  }

  addNoise(candidate: Candidate): void {
    this.#add(this.#noise, candidate, ADAPTATION);
  }

  #add(level: Record<(typeof FEATURES)[number], number>, candidate: Candidate, part: number): void {
    for (const feature of FEATURES) {
      const peak = Math.min(candidate[feature], MOST * this.#signal[feature]);
      level[feature] += part * (peak - level[feature]);
    }
  }
}

/** The last eight RR intervals, and the last eight that fit the rhythm. */
class Rhythm {
  #recent: number[] = [];
  #fitting: number[] = [];

  add(interval: number): void {
    this.#recent = [...this.#recent, interval].slice(-INTERVALS);
    const fits = this.#fitting.length < INTERVALS || isNear(interval, mean(this.#fitting));
    if (fits) this.#fitting = [...this.#fitting, interval].slice(-INTERVALS);
    if (this.#recent.length === INTERVALS && this.regular) this.#fitting = this.#recent;
  }

  get regular(): boolean {
    const average = mean(this.#recent);
    return this.#recent.every((interval) => isNear(interval, average));
  }

  /** The time without a beat after which one is considered missed; NaN before the second beat. */
  get missed(): number {
    return MISSED * mean(this.#fitting);
  }
}

function isNear(interval: number, average: number): boolean {
  return interval > REGULAR[0] * average && interval < REGULAR[1] * average;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/**
 * The candidates that are QRS complexes.
 *
 * @param candidates in order of time
 * @param starts where the signal continues after a gap that may hide a beat, ascending, in samples at 200 Hz
 */
export function decide(candidates: readonly Candidate[], starts: readonly number[]): Candidate[] {
  const beats: Candidate[] = [];
  const rhythm = new Rhythm();
  let levels = new Levels(candidates);
  let last: Candidate | null = null; // beat, since the last gap
  let passedOver: Candidate[] = []; // since that beat
  let since = 0; // the last beat, the end of the last gap, or the last learning
  let gap = 0;

  const accept = (c: Candidate, part: number): void => {
    levels.addSignal(c, part);
    if (last) rhythm.add(c.middle - last.middle);
    beats.push(c);
    last = c;
    since = c.middle;
    passedOver = passedOver.filter(({ middle }) => middle > c.middle);
  };
  const isTWave = (c: Candidate): boolean =>
    last !== null && c.middle - last.middle < T_WAVE && c.slope < T_WAVE_SLOPE * last.slope;
  const searchBack = (): boolean => {
    const possible = passedOver.filter((c) => levels.passes(c, SEARCHED) && !isTWave(c));
    if (possible.length === 0) return false;
    accept(
      possible.reduce((a, b) => (b.integrated > a.integrated ? b : a)),
      FOUND_LATE,
    );
    return true;
  };

  for (let i = 0; i < candidates.length; i++) {
    const c = candidates[i];
    for (; gap < starts.length && starts[gap] <= c.middle; gap++) {
      last = null;
      passedOver = [];
      since = starts[gap];
    }
    while (last !== null && c.middle - (last as Candidate).middle > rhythm.missed && searchBack());
    if (c.middle - since > SILENCE) {
      levels = new Levels(candidates.slice(i - passedOver.length));
      since = c.middle;
      i -= passedOver.length + 1; // and examines those again
      passedOver = [];
      continue;
    }
    if (levels.passes(c, rhythm.regular ? 1 : IRREGULAR) && !isTWave(c)) accept(c, ADAPTATION);
    else {
      levels.addNoise(c);
      passedOver.push(c);
    }
  }
  return beats;
}
