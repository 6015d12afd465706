import { checkCount, checkNumber, checkOneOf, checkRange, LARGEST_COUNT } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { CheckpointError } from '../core/errors.ts';
import type { Schedule } from './schedule.ts';

/** When the learning rate falls, with PyTorch's names and defaults. */
export interface PlateauOptions {
  /** whether a lower score is better, 'min', or a higher one, 'max'; 'min' by default */
  mode?: 'min' | 'max';
  /** what the learning rate is multiplied by, 0.1 by default */
  factor?: number;
  /** how many scores in a row may be no better before it falls at the next; 10 by default */
  patience?: number;
  /** by how much a score must be better to count, 1e-4 by default */
  threshold?: number;
  /** whether the threshold is a part of the best score, 'rel', or a difference from it, 'abs'; 'rel' by default */
  thresholdMode?: 'rel' | 'abs';
  /** scores after a fall that are not counted as bad, 0 by default */
  cooldown?: number;
  /** where the fall ends, as a part of the first learning rate; 0 by default. PyTorch has a rate, `min_lr`. */
  minScale?: number;
}

/** The state of a ReduceOnPlateau: plain data that JSON can hold. */
export interface PlateauState {
  scale: number;
  /** null before the first score */
  best: number | null;
  bad: number;
  cooldown: number;
}

/**
 * A learning rate that falls when a score no longer gets better, PyTorch's `ReduceLROnPlateau`. A trainer that is given it as its
 * schedule passes it what each iteration is compared by, lower being better, and saves its state. In a loop of
 * your own, `schedule` goes where a schedule is wanted, alone or inside `warmup`, and `step` is given each score.
 *
 * PyTorch's `eps`, a least change, is left out: scales fall by `factor` each time.
 *
 * @example
 * const schedule = new ReduceOnPlateau({ factor: 0.5, patience: 3 });
 * const trainer = new TripletTrainer({ model, data, random, schedule });
 */
export class ReduceOnPlateau {
  readonly #options: Required<PlateauOptions>;
  #scale = 1;
  #best: number | null = null;
  #bad = 0;
  #cooldown = 0;

  /** The present scale, whatever the time. */
  readonly schedule: Schedule = () => this.#scale;

  constructor(options: PlateauOptions = {}) {
    const op = 'ReduceOnPlateau';
    const known = ['mode', 'factor', 'patience', 'threshold', 'thresholdMode', 'cooldown', 'minScale'];
    checkOptions(op, options, [], known);
    const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'rel' } = options;
    const { cooldown = 0, minScale = 0 } = options;
    checkOneOf(op, 'mode', mode, ['min', 'max']);
    checkRange(op, 'factor', factor, 0, 1);
    checkCount(op, 'patience', patience, 0);
    checkRange(op, 'threshold', threshold, 0);
    checkOneOf(op, 'thresholdMode', thresholdMode, ['rel', 'abs']);
    checkCount(op, 'cooldown', cooldown, 0);
    checkRange(op, 'minScale', minScale, 0, 1);
    this.#options = { mode, factor, patience, threshold, thresholdMode, cooldown, minScale };
  }

  /** Factor on the learning rate, 1 to begin with. */
  get scale(): number {
    return this.#scale;
  }

  /**
   * Takes note of a score; a NaN is no better than any.
   *
   * @returns the scale from now on
   */
  step(score: number): number {
    checkNumber('ReduceOnPlateau', 'score', score);
    const { factor, patience, cooldown, minScale } = this.#options;
    if (this.#better(score)) {
      this.#best = score;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#bad = 0;
    }
    if (this.#bad > patience) {
      this.#scale = Math.max(this.#scale * factor, minScale);
      this.#cooldown = cooldown;
      this.#bad = 0;
    }
    return this.#scale;
  }

  #better(score: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === 'min' ? -1 : 1;
    if (this.#best === null) return sign * score > Number.NEGATIVE_INFINITY;
    const limit = thresholdMode === 'rel' ? this.#best * (1 + sign * threshold) : this.#best + sign * threshold;
    return sign * score > sign * limit;
  }

  /** Its state, to resume from later. */
  get state(): PlateauState {
    return { scale: this.#scale, best: this.#best, bad: this.#bad, cooldown: this.#cooldown };
  }

  /** @throws CheckpointError for what is no such state */
  set state(state: PlateauState) {
    const { scale, best, bad, cooldown } = state ?? {};
    const counts = [bad, cooldown].every((n) => Number.isInteger(n) && n >= 0 && n <= LARGEST_COUNT);
    const part = typeof scale === 'number' && scale >= 0 && scale <= 1;
    if (!counts || !part || !(best === null || typeof best === 'number'))
      throw new CheckpointError(`ReduceOnPlateau: expected a state of its own, got ${JSON.stringify(state)}`);
    this.#scale = scale;
    this.#best = best;
    this.#bad = bad;
    this.#cooldown = cooldown;
  }
}
