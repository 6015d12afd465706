import { ArgumentError } from '../core/errors.ts';
import { checkCount, checkRange } from '../core/shape.ts';

/** What a margin scheduler learns at the end of an iteration. */
export interface MiningCounts {
  /** 1 for the first iteration */
  iteration: number;
  /** triplets mined during the iteration */
  triplets: number;
  /** anchor-positive pairs seen during the iteration */
  pairs: number;
}

/** Where a margin scheduler stands: plain data to go on from later. */
export interface MarginState {
  margin: number;
  /** iterations in a row that were poor in triplets; 0 where nothing is counted */
  below: number;
}

/** Decides the margin of the next iteration. */
export interface MarginScheduler {
  readonly margin: number;
  state: MarginState;
  /** Takes note of an iteration and returns the margin of the next one. */
  update(counts: MiningCounts): number;
}

/** Options of the dynamic margin; the defaults are the paper's where it names a number. */
export interface DynamicMarginOptions {
  /** first margin; 0.2 */
  min?: number;
  /** the margin never exceeds it; 0.8 */
  max?: number;
  /** what is added; 0.05 */
  step?: number;
  /** mined triplets per anchor-positive pair below which an iteration counts as poor in triplets; 0.1 */
  threshold?: number;
  /** consecutive poor iterations before the margin grows; 3 */
  patience?: number;
}

/**
 * The paper's dynamic margin (section 2.2): it starts at `min` and grows by `step`, up to `max`, whenever the number of
 * mined triplets stayed below a threshold for `patience` consecutive iterations. The paper leaves the threshold open; as
 * a fraction of the anchor-positive pairs seen it does not depend on the batch size.
 */
export class DynamicMargin implements MarginScheduler {
  #steps = 0;
  #below = 0;
  readonly #options: Required<DynamicMarginOptions>;

  constructor(options: DynamicMarginOptions = {}) {
    const all = { min: 0.2, max: 0.8, step: 0.05, threshold: 0.1, patience: 3, ...options };
    checkRange('DynamicMargin', 'min', all.min, 0);
    checkRange('DynamicMargin', 'max', all.max, all.min);
    checkRange('DynamicMargin', 'step', all.step, 0);
    checkRange('DynamicMargin', 'threshold', all.threshold, 0);
    checkCount('DynamicMargin', 'patience', all.patience, 1);
    this.#options = all;
  }

  get margin(): number {
    const { min, max, step } = this.#options;
    return Math.min(max, min + this.#steps * step); // multiplied, not summed, so that 0.2 + 0.05 * 12 is 0.8
  }

  update({ triplets, pairs }: MiningCounts): number {
    const { max, threshold, patience } = this.#options;
    this.#below = triplets < threshold * pairs ? this.#below + 1 : 0;
    if (this.#below >= patience && this.margin < max) {
      this.#steps++;
      this.#below = 0;
    }
    return this.margin;
  }

  get state(): MarginState {
    return { margin: this.margin, below: this.#below };
  }

  set state({ margin, below }: MarginState) {
    const { min, max, step } = this.#options;
    checkRange('DynamicMargin', 'state.margin', margin, min, max);
    checkCount('DynamicMargin', 'state.below', below, 0);
    this.#steps = step > 0 ? Math.ceil((margin - min) / step - 1e-9) : 0;
    this.#below = below;
  }
}

/** A margin that follows a function of the iteration (1, 2, ...), whatever was mined. */
export class ScheduledMargin implements MarginScheduler {
  #margin: number;
  readonly #schedule: (iteration: number) => number;

  /** @param schedule a function, or a number for a margin that never changes */
  constructor(schedule: number | ((iteration: number) => number)) {
    this.#schedule = typeof schedule === 'number' ? () => schedule : schedule;
    this.#margin = this.#at(1);
  }

  #at(iteration: number): number {
    const margin = this.#schedule(iteration);
    if (!(margin >= 0 && margin < Number.POSITIVE_INFINITY))
      throw new ArgumentError(`ScheduledMargin: expected a margin >= 0 for iteration ${iteration}, got ${margin}`);
    return margin;
  }

  get margin(): number {
    return this.#margin;
  }

  update({ iteration }: MiningCounts): number {
    this.#margin = this.#at(iteration + 1);
    return this.#margin;
  }

  get state(): MarginState {
    return { margin: this.#margin, below: 0 };
  }

  set state({ margin }: MarginState) {
    checkRange('ScheduledMargin', 'state.margin', margin, 0);
    this.#margin = margin;
  }
}
