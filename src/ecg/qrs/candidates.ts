/** Peaks of the integrated signal: what may be a QRS complex. */
import type { Trace } from '../signal/trace.ts';
import { HALF, Stages, type StagesState } from './stages.ts';

const FLAT = 1e-6; // a slope per sample below this part of the signal is rounding of float32

/** A peak of the integrated signal, with the features found within the width of the integration. */
export interface Candidate {
  /** Position of the peak in the integrated signal. */
  middle: number;
  integrated: number;
  /** Position of the largest deviation of the filtered signal from 0. */
  peak: number;
  /** That deviation. */
  filtered: number;
  /** Steepest slope, of either sign. */
  slope: number;
}

/** `Candidates` as plain data. */
export interface CandidatesState {
  stages: StagesState;
  next: number;
  last: Candidate | null;
}

/**
 * The peaks of the integrated signal in order of time. Of those closer together than the refractory period only the
 * highest counts; rounding errors of a flat line do not count.
 */
export class Candidates {
  private readonly refractory: number;
  private readonly stages = new Stages();
  private next = 1; // sample to look at
  private last: Candidate | null = null; // which a higher one may still replace

  /** @param refractory samples at 200 Hz */
  constructor(refractory: number) {
    this.refractory = refractory;
  }

  /** Begins a signal whose first sample has this index. */
  restart(first: number): void {
    this.stages.restart(first);
    this.next = first + 1;
  }

  /**
   * Those that nothing can replace any more, as far as the signal is known.
   *
   * @param x the signal at 200 Hz
   */
  run(x: Trace, ended: boolean): Candidate[] {
    const { integrated } = this.stages;
    this.stages.run(x, ended);
    const { data, start, end } = integrated;
    const out: Candidate[] = [];
    let i = this.next;
    for (; i < end - 1; i++) {
      if (this.last !== null && i - this.last.middle >= this.refractory) {
        out.push(this.last);
        this.last = null;
      }
      const k = i - start;
      if (!(data[k] > data[k - 1] && data[k] >= data[k + 1])) continue;
      if (this.last === null || data[k] > this.last.integrated) this.last = this.candidateAt(x, i) ?? this.last;
    }
    this.next = i;
    if (ended && this.last !== null) {
      out.push(this.last);
      this.last = null;
    }
    return out;
  }

  /** Before this, all candidates are known. */
  get until(): number {
    return this.last === null ? this.next : this.last.middle;
  }

  private candidateAt(x: Trace, middle: number): Candidate | null {
    const { filtered, slope: slopes, integrated, first } = this.stages;
    let peak = middle;
    let slope = 0;
    let level = 0;
    for (let i = Math.max(middle - HALF, first); i <= Math.min(middle + HALF, x.end - 1); i++) {
      if (Math.abs(filtered.at(i)) > Math.abs(filtered.at(peak))) peak = i;
      slope = Math.max(slope, Math.abs(slopes.at(i)));
      level = Math.max(level, Math.abs(x.at(i)));
    }
    if (slope <= FLAT * level) return null;
    return { middle, integrated: integrated.at(middle), peak, filtered: Math.abs(filtered.at(peak)), slope };
  }

  get bytes(): number {
    return this.stages.bytes;
  }

  save(): CandidatesState {
    return { stages: this.stages.save(), next: this.next, last: this.last };
  }

  load({ stages, next, last }: CandidatesState): void {
    this.stages.load(stages);
    this.next = next;
    this.last = last;
  }
}
