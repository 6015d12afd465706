import { checkCount, checkNumber, checkOneOf, checkRange, isCount } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { CheckpointError } from '../core/errors.ts';
import type { Schedule } from './schedule.ts';

/** When the learning rate drops, with PyTorch's names and defaults. */
export interface PlateauOptions {
  /** whether a lower score is better, 'min', or a higher one, 'max'
   * @defaultValue 'min' */
  mode?: 'min' | 'max';
  /** factor by which the learning rate is multiplied
   * @defaultValue 0.1 */
  factor?: number;
  /** number of scores in a row without improvement that are tolerated; the rate drops at the next one
   * @defaultValue 10 */
  patience?: number;
  /** by how much a score must be better to count as an improvement
   * @defaultValue 1e-4 */
  threshold?: number;
  /** whether the threshold is a fraction of the best score, 'rel', or a difference from it, 'abs'
   * @defaultValue 'rel' */
  thresholdMode?: 'rel' | 'abs';
  /** number of scores after a drop that do not count as bad
   * @defaultValue 0 */
  cooldown?: number;
  /** lower limit, as a fraction of the initial learning rate; PyTorch's `min_lr` is a rate
   * @defaultValue 0 */
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
 * A learning rate that drops when a score stops improving, PyTorch's `ReduceLROnPlateau`. A trainer whose `schedule` it
 * is passes it the value that iterations are compared by, lower being better, and saves its state. In your own loop,
 * use `schedule` as the schedule, alone or inside `warmup`, and pass each score to `step`.
 *
 * PyTorch's `eps`, a minimum change, is left out: every drop multiplies by `factor`.
 *
 * @example
 *     declare const [model, data, random]: [Embedder, Dataset, Random];
 *     const schedule = new ReduceOnPlateau({ factor: 0.5, patience: 3 });
 *     const trainer = new TripletTrainer({ model, data, random, schedule });
 */
export class ReduceOnPlateau {
  private readonly options: Required<PlateauOptions>;
  private ownScale = 1;
  private best: number | null = null;
  private bad = 0;
  private cooldown = 0;

  /** The current scale, at any time. */
  readonly schedule: Schedule = () => this.ownScale;

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
    this.options = { mode, factor, patience, threshold, thresholdMode, cooldown, minScale };
  }

  /** Factor on the learning rate, initially 1. */
  get scale(): number {
    return this.ownScale;
  }

  /**
   * Records a score; a NaN never counts as an improvement.
   *
   * @returns the new scale
   */
  step(score: number): number {
    checkNumber('ReduceOnPlateau', 'score', score);
    const { factor, patience, cooldown, minScale } = this.options;
    if (this.better(score)) {
      this.best = score;
      this.bad = 0;
    } else this.bad++;
    if (this.cooldown > 0) {
      this.cooldown--;
      this.bad = 0;
    }
    if (this.bad > patience) {
      this.ownScale = Math.max(this.ownScale * factor, minScale);
      this.cooldown = cooldown;
      this.bad = 0;
    }
    return this.ownScale;
  }

  private better(score: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    const sign = mode === 'min' ? -1 : 1;
    if (this.best === null) return sign * score > Number.NEGATIVE_INFINITY;
    const limit = thresholdMode === 'rel' ? this.best * (1 + sign * threshold) : this.best + sign * threshold;
    return sign * score > sign * limit;
  }

  /** The state, to resume from later. */
  get state(): PlateauState {
    return { scale: this.ownScale, best: this.best, bad: this.bad, cooldown: this.cooldown };
  }

  /** @throws CheckpointError for anything other than such a state */
  set state(state: PlateauState) {
    const { scale, best, bad, cooldown } = state ?? {};
    const counts = [bad, cooldown].every(isCount);
    const part = typeof scale === 'number' && scale >= 0 && scale <= 1;
    if (!counts || !part || !(best === null || typeof best === 'number'))
      throw new CheckpointError(
        `ReduceOnPlateau: expected a state saved by ReduceOnPlateau, got ${JSON.stringify(state)}`,
      );
    this.ownScale = scale;
    this.best = best;
    this.bad = bad;
    this.cooldown = cooldown;
  }
}
