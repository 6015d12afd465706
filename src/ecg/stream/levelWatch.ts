import { type SignalNote, seconds } from './notes.ts';

const QUARTER = 0.25; // s, whose mean and extremes are kept
const SIDE = 2; // quarters on either side of a step: the mean over half a second hardly feels a beat
const BEFORE = 8; // quarters before those, whose height a step must exceed
const QUIET = 12; // quarters after a step in which no other is noted
const APART = 2; // s without a saturated sample, after which the next one is another stretch

/** The samples of a quarter of a second. */
interface Quarter {
  sum: number;
  low: number;
  high: number;
}

/** `LevelWatch` as plain data. */
export interface LevelWatchState {
  end: number;
  /** in the quarter that is being summed */
  count: number;
  quarter: Quarter | null;
  quarters: Quarter[];
  quiet: number;
  saturated: { start: number; end: number; count: number } | null;
}

/** Notes where the baseline of a signal steps, and where its samples are at the limits of the range. */
export class LevelWatch {
  private readonly rate: number;
  private readonly length: number;
  private readonly range: readonly [number, number] | null;
  private state: LevelWatchState = { end: 0, count: 0, quarter: null, quarters: [], quiet: 0, saturated: null };

  constructor(rate: number, range: readonly [number, number] | null) {
    this.rate = rate;
    this.length = Math.max(1, Math.round(QUARTER * rate));
    this.range = range;
  }

  push(samples: Float32Array, notes: SignalNote[]): void {
    const s = this.state;
    for (let i = 0; i < samples.length; i++) {
      const v = samples[i];
      if (s.count === 0) s.quarter = { sum: 0, low: v, high: v };
      if (s.quarter !== null) {
        if (Number.isFinite(v)) {
          s.quarter.sum += v;
          if (v < s.quarter.low) s.quarter.low = v;
          if (v > s.quarter.high) s.quarter.high = v;
        } else s.quarter = null;
      }
      s.count++;
      if (s.count === this.length) this.endQuarter(s.end + i + 1, notes);
    }
    if (this.range !== null) this.saturation(samples, this.range, notes);
    s.end += samples.length;
  }

  end(notes: SignalNote[]): void {
    const { saturated } = this.state;
    if (saturated) notes.push(this.saturated(saturated, true));
    this.state.saturated = null;
  }

  /** A quarter with a sample that is not finite makes a new beginning. */
  private endQuarter(end: number, notes: SignalNote[]): void {
    const s = this.state;
    s.quarters = s.quarter === null ? [] : [...s.quarters, s.quarter].slice(-(BEFORE + 2 * SIDE));
    s.count = 0;
    s.quarter = null;
    if (s.quiet > 0) s.quiet--;
    if (s.quiet > 0 || s.quarters.length < BEFORE + 2 * SIDE) return;
    const before = s.quarters.slice(0, BEFORE);
    const height = Math.max(...before.map(({ high }) => high)) - Math.min(...before.map(({ low }) => low));
    const meanOf = (from: number): number =>
      s.quarters.slice(from, from + SIDE).reduce((sum, quarter) => sum + quarter.sum, 0) / (SIDE * this.length);
    const step = meanOf(BEFORE + SIDE) - meanOf(BEFORE);
    if (!(height > 0 && Math.abs(step) > height)) return;
    s.quiet = QUIET;
    const start = end - 2 * SIDE * this.length;
    const text = `the baseline steps by ${step.toPrecision(2)}, more than the height of the signal, ${height.toPrecision(2)}`;
    notes.push({ kind: 'step', start, end, text });
  }

  private saturation(samples: Float32Array, [low, high]: readonly [number, number], notes: SignalNote[]): void {
    const s = this.state;
    for (let i = 0; i < samples.length; i++) {
      const at = s.end + i;
      if (s.saturated !== null && at - s.saturated.end >= APART * this.rate) {
        notes.push(this.saturated(s.saturated, true));
        s.saturated = null;
      }
      if (!(samples[i] <= low || samples[i] >= high)) continue;
      if (s.saturated === null) {
        s.saturated = { start: at, end: at + 1, count: 1 };
        notes.push(this.saturated(s.saturated, false));
      } else {
        s.saturated.end = at + 1;
        s.saturated.count++;
      }
    }
  }

  private saturated({ start, end, count }: { start: number; end: number; count: number }, over: boolean): SignalNote {
    const text = over
      ? `${count} samples at a limit of the range in ${seconds(end - start, this.rate)} s`
      : 'samples at a limit of the range';
    return { kind: 'saturated', start, end: over ? end : null, text };
  }

  save(): LevelWatchState {
    return this.state;
  }

  load(state: LevelWatchState): void {
    this.state = state;
  }
}
