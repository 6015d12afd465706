import { type Gap, LONGEST_FLAT } from '../quality/gaps.ts';
import { type SignalNote, seconds } from './notes.ts';

const LONG = 0.2; // s of invalid samples, which may hide a beat

/** `GapWatch` as plain data. */
export interface GapWatchState {
  /** samples so far */
  end: number;
  run: { start: number; value: number | null };
  gaps: Gap[];
  /** whether the gap that the signal is in has its note */
  noted: boolean;
}

/** Finds the gaps of `findGaps` in a signal of which there may be more to come, with a note of each. */
export class GapWatch {
  private readonly rate: number;
  private readonly keep: number;
  private state: GapWatchState = { end: 0, run: { start: 0, value: null }, gaps: [], noted: false };

  /** @param keep samples for which a gap is remembered */
  constructor(rate: number, keep: number) {
    this.rate = rate;
    this.keep = keep;
  }

  push(samples: Float32Array, notes: SignalNote[]): void {
    const s = this.state;
    const { run } = s;
    for (let i = 0; i < samples.length; i++) {
      const value = Number.isFinite(samples[i]) ? samples[i] : null;
      if (value === run.value) continue;
      this.close(s.end + i, notes);
      run.start = s.end + i;
      run.value = value;
    }
    s.end += samples.length;
    if (!s.noted && s.end - run.start > LONGEST_FLAT * this.rate) {
      s.noted = true;
      notes.push(this.note(null));
    }
  }

  end(notes: SignalNote[]): void {
    this.close(this.state.end, notes);
  }

  /** The gaps that overlap `[from, to)`, as far as they were known at `to`. */
  within(from: number, to: number): Gap[] {
    const { run, gaps, end } = this.state;
    const all = [...gaps, { start: run.start, end, why: whyOf(run.value) }];
    return all
      .map((gap) => ({ ...gap, end: Math.min(gap.end, to) }))
      .filter((gap) => gap.end > from && gap.end - gap.start > LONGEST_FLAT * this.rate);
  }

  /** Whether a gap ends after one sample and up to another. */
  endsBetween(after: number, until: number): boolean {
    return this.state.gaps.some(({ end }) => end > after && end <= until);
  }

  private close(end: number, notes: SignalNote[]): void {
    const s = this.state;
    const { start, value } = s.run;
    const length = (end - start) / this.rate;
    if (length > LONGEST_FLAT)
      s.gaps = [...s.gaps.filter((gap) => gap.end > end - this.keep), { start, end, why: whyOf(value) }];
    if (length > LONGEST_FLAT || (value === null && length > LONG)) notes.push(this.note(end));
    s.noted = false;
  }

  private note(end: number | null): SignalNote {
    const { start, value } = this.state.run;
    const kind = whyOf(value);
    const what = kind === 'flat' ? 'equal samples' : 'samples that are not finite';
    const text = end === null ? `${what}` : `${seconds(end - start, this.rate)} s of ${what}`;
    return { kind, start, end, text };
  }

  save(): GapWatchState {
    return this.state;
  }

  load(state: GapWatchState): void {
    this.state = state;
  }
}

function whyOf(value: number | null): Gap['why'] {
  return value === null ? 'invalid' : 'flat';
}
