import {
  BEATS_BEFORE,
  DELAYED_FEATURES,
  LONGEST_INTERVAL,
  type TimingFeature,
  timingOf,
} from '../rhythm/beatTiming.ts';

/** The timing of beats, one after the other. */
export class BeatTimes {
  private readonly rate: number;
  private readonly features: readonly TimingFeature[];
  private positions: number[] = []; // since the rhythm began

  constructor(rate: number, features: readonly TimingFeature[]) {
    this.rate = rate;
    this.features = features;
  }

  /** s that a beat may have to wait for the next one */
  get wait(): number {
    return this.features.some((feature) => DELAYED_FEATURES.includes(feature)) ? LONGEST_INTERVAL : 0;
  }

  /**
   * Adds a beat; returns the timing of the one before it if that can depend on it.
   *
   * @param begins whether the rhythm begins with it, since the time before cannot be read
   */
  add(position: number, begins: boolean): number[] | null {
    const before = this.positions.length;
    const other = begins ? this.positions : [...this.positions, position];
    const row = before === 0 || this.wait === 0 ? null : this.timingOf(other, before - 1);
    this.positions = begins ? [position] : [...this.positions, position].slice(-(BEATS_BEFORE + 2));
    return row;
  }

  /** The timing of the last beat, if none follows. */
  timing(): number[] {
    return this.timingOf(this.positions, this.positions.length - 1);
  }

  private timingOf(positions: readonly number[], i: number): number[] {
    return this.features.length === 0 ? [] : timingOf(positions, i, this.rate, this.features);
  }

  save(): number[] {
    return this.positions;
  }

  load(positions: number[]): void {
    this.positions = positions;
  }
}
