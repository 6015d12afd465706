import { last } from '../../core/builtins.ts';
import { Resampler } from '../signal/resampler.ts';
import { Trace, type TraceState } from '../signal/trace.ts';
import { type Candidate, Candidates, type CandidatesState } from './candidates.ts';
import { RATE } from './stages.ts';

const LONG_GAP = 0.2; // s: one that may hide a beat; the signal ends before it and begins anew after it

/** A stretch of a signal without a long gap. */
export interface Section {
  start: number;
  /** -1 as long as it goes on */
  end: number;
}

/** `Complexes` as plain data. */
export interface ComplexesState {
  raw: TraceState;
  filled: TraceState;
  x: TraceState;
  resampler: number;
  candidates: CandidatesState;
  recent: Candidate[];
  sections: Section[];
  gap: number;
}

/**
 * The candidates of QRS complexes of a signal of which there may be more to come.
 *
 * Samples that are not finite are a gap. A gap of at most 200 ms is bridged by a straight line, so that there are no edges
 * for the filters to respond to. Before a longer one the signal ends, and keeps its last value; after it another begins.
 */
export class Complexes {
  /** As the samples came. */
  readonly raw: Trace;
  /** Without gaps; 0 in long ones. */
  readonly filled: Trace;
  /** At 200 Hz; in a long gap the value before it, 0 in a first one. */
  readonly x: Trace;
  /** Samples of the signal per sample at 200 Hz. */
  readonly scale: number;
  readonly rate: number;
  private readonly resampler: Resampler;
  private readonly candidates: Candidates;
  private readonly longest: number; // bridged gap
  private readonly keep: number;
  private ownRecent: Candidate[] = [];
  private sections: Section[] = [];
  private gap = 0; // invalid samples at the end

  /**
   * @param refractory s
   * @param keep s of signal, and of candidates, that stay at least
   */
  constructor(rate: number, refractory: number, keep: number) {
    this.rate = rate;
    this.scale = rate / RATE;
    this.keep = keep;
    this.longest = LONG_GAP * rate;
    this.raw = new Trace(new Float32Array(0), keep * rate);
    this.filled = new Trace(new Float32Array(0), keep * rate);
    this.x = new Trace(new Float32Array(0), keep * RATE);
    this.resampler = new Resampler(rate, RATE);
    this.candidates = new Candidates(refractory * RATE);
  }

  /**
   * Adds samples; not many at a time, as memory is made for them.
   *
   * @param onStart is called with every sample at which the signal continues after a long gap
   */
  push(samples: Float32Array, onStart: (sample: number) => void = () => {}): Candidate[] {
    const found: Candidate[] = [];
    const offset = this.raw.end;
    this.raw.append(samples);
    for (let i = 0; i < samples.length; ) {
      const finite = Number.isFinite(samples[i]);
      let end = i + 1;
      while (end < samples.length && Number.isFinite(samples[end]) === finite) end++;
      if (finite) {
        if (this.gap > 0 || this.current === null) this.join(offset + i, samples[i], onStart);
        this.gap = 0;
        this.filled.append(samples.subarray(i, end));
      } else {
        this.gap += end - i;
        if (this.gap > this.longest) {
          found.push(...this.close());
          this.filled.fillTo(offset + end, 0);
        }
      }
      i = end;
    }
    found.push(...this.run(false));
    return found;
  }

  /** Ends the signal. */
  end(): Candidate[] {
    if (this.current !== null) this.filled.fillTo(this.raw.end, this.filled.at(this.filled.end - 1));
    return this.close();
  }

  /** The candidates of the last seconds, in order of time. */
  get recent(): readonly Candidate[] {
    return this.ownRecent;
  }

  /** Before this, in samples at 200 Hz, all candidates are known. */
  get until(): number {
    return this.current === null ? this.raw.end / this.scale : this.candidates.until;
  }

  /** Whether the signal goes on: there is no long gap at its end. */
  get open(): boolean {
    return this.current !== null;
  }

  /** The section around a sample at 200 Hz. */
  sectionAt(position: number): Section {
    const sample = position * this.scale;
    return last(this.sections.filter(({ start }) => start <= sample + 1)) ?? this.sections[0];
  }

  private get current(): Section | null {
    const open = last(this.sections);
    return open?.end === -1 ? open : null;
  }

  /** Bridges a gap, or begins a section. */
  private join(at: number, value: number, onStart: (sample: number) => void): void {
    if (this.current !== null) {
      const before = this.filled.at(this.filled.end - 1);
      const step = (value - before) / (this.gap + 1);
      const start = this.filled.end;
      this.filled.grow(this.gap);
      for (let k = 0; k < this.gap; k++) this.filled.data[start + k - this.filled.start] = before + step * (k + 1);
      return;
    }
    const long = this.gap > this.longest;
    const start = long ? at : at - this.gap;
    this.filled.fillTo(at, value);
    const first = this.resampler.count(start);
    this.x.fillTo(first, this.x.end > this.x.start ? this.x.at(this.x.end - 1) : 0);
    this.candidates.restart(first);
    const oldest = at - this.keep * this.rate;
    this.sections = [...this.sections.filter(({ end }) => end >= oldest), { start, end: -1 }];
    if (long) onStart(at);
  }

  /** Ends the section. */
  private close(): Candidate[] {
    const current = this.current;
    if (current === null) return [];
    const found = this.run(true);
    current.end = this.filled.end;
    return found;
  }

  private run(ended: boolean): Candidate[] {
    const current = this.current;
    if (current === null) return [];
    this.resampler.run(this.filled, this.x, current.start, ended);
    const found = this.candidates.run(this.x, ended);
    if (found.length > 0) {
      const oldest = found[0].middle - this.keep * RATE;
      this.ownRecent = [...this.ownRecent.filter(({ middle }) => middle >= oldest), ...found];
    }
    return found;
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.raw.bytes + this.filled.bytes + this.x.bytes + this.candidates.bytes;
  }

  save(): ComplexesState {
    return {
      ...{ raw: this.raw.save(), filled: this.filled.save(), x: this.x.save() },
      ...{ resampler: this.resampler.save(), candidates: this.candidates.save() },
      ...{ recent: this.ownRecent, sections: this.sections, gap: this.gap },
    };
  }

  load(state: ComplexesState): void {
    this.raw.load(state.raw);
    this.filled.load(state.filled);
    this.x.load(state.x);
    this.resampler.load(state.resampler);
    this.candidates.load(state.candidates);
    this.ownRecent = state.recent;
    this.sections = state.sections;
    this.gap = state.gap;
  }
}
