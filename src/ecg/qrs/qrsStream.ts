import { Complexes, type ComplexesState } from './complexes.ts';
import { Decisions, type DecisionsState, type Found, LONGEST_WAIT } from './decisions.ts';
import { rPeak } from './rPeak.ts';

/** s of signal that have to stay: those of a peak that is decided as late as possible, and around it. */
export const KEPT = LONGEST_WAIT + 2;

/** An R peak, and how it was found. */
export interface FoundPeak {
  sample: number;
  found: Found;
}

/** `QrsStream` as plain data. */
export interface QrsStreamState {
  complexes: ComplexesState;
  decisions: DecisionsState;
  last: number | null;
}

/** The R peaks of a signal of which there may be more to come, as `detectQrs` describes them, noise or not. */
export class QrsStream {
  readonly complexes: Complexes;
  private readonly decisions = new Decisions();
  private readonly refractory: number; // samples
  private last: number | null = null; // R peak

  /**
   * @param refractory s
   * @param keep s of signal that stay at least
   */
  constructor(rate: number, refractory: number, keep = KEPT) {
    this.complexes = new Complexes(rate, refractory, keep);
    this.refractory = refractory * rate;
  }

  /** The R peaks that can be decided with these samples; not many at a time, as memory is made for them. */
  push(samples: Float32Array): FoundPeak[] {
    const { scale } = this.complexes;
    this.decisions.add(this.complexes.push(samples, (sample) => this.decisions.start(sample / scale)));
    return this.decide(this.complexes.until);
  }

  /** The remaining R peaks. */
  end(): FoundPeak[] {
    this.decisions.add(this.complexes.end());
    return this.decide(Number.POSITIVE_INFINITY);
  }

  /** Samples before this have been decided, but for what the search back may find. */
  get until(): number {
    return this.decisions.until(this.complexes.until) * this.complexes.scale;
  }

  /** Where the levels of the beats that wait are learned from; null if none waits for them. */
  get learningFrom(): number | null {
    const from = this.decisions.learningFrom;
    return from === null ? null : Math.round(from * this.complexes.scale);
  }

  private decide(until: number): FoundPeak[] {
    const peaks: FoundPeak[] = [];
    for (const { peak, found } of this.decisions.run(until)) {
      const sample = rPeak(this.complexes, peak);
      // Two positions within one refractory period are deflections of one beat.
      if (sample === null || (this.last !== null && sample - this.last < this.refractory)) continue;
      this.last = sample;
      peaks.push({ sample, found });
    }
    return peaks;
  }

  save(): QrsStreamState {
    return { complexes: this.complexes.save(), decisions: this.decisions.save(), last: this.last };
  }

  load({ complexes, decisions, last }: QrsStreamState): void {
    this.complexes.load(complexes);
    this.decisions.load(decisions);
    this.last = last;
  }
}
