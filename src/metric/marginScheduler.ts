import { checkCount, checkFields, checkKind, checkOneOf, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';

/** What a margin scheduler is given after each batch. */
export interface MiningCounts {
  /** iteration of the batch, counted from 1 */
  iteration: number;
  /** number of the batch in its iteration, 1 to `steps` */
  step: number;
  /** batches in an iteration */
  steps: number;
  /** triplets mined in the batch */
  triplets: number;
  /** anchor-positive pairs in the batch */
  pairs: number;
  /** all triplets in the batch: each pair with each sample of another class */
  possible: number;
}

/** The state of a margin scheduler: plain data to resume from. */
export interface MarginState {
  /** the scheduler, such as `DynamicMargin`; missing in old states */
  kind?: string;
  margin: number;
  /** consecutive mining rounds with few triplets; 0 if nothing is counted */
  below: number;
  /**
   * of the current mining round: its batches so far, the triplets mined in them, and the number that these are a
   * fraction of
   */
  batches: number;
  triplets: number;
  of: number;
}

/** Decides the margin of the next batch. `State` is plain data that JSON can hold. */
export interface MarginScheduler<State = unknown> {
  readonly margin: number;
  state: State;
  /** Takes the counts of a batch and returns the margin for the next one. */
  update(counts: MiningCounts): number;
}

/** Options of the dynamic margin; defaults are the paper's, where it gives a number. */
export interface DynamicMarginOptions {
  /** initial margin
   * @defaultValue 0.2 */
  min?: number;
  /** upper limit of the margin
   * @defaultValue 0.8 */
  max?: number;
  /** increment of the margin
   * @defaultValue 0.05 */
  step?: number;
  /** fraction of `per` below which the mined triplets of a mining round count as few
   * @defaultValue 0.05 */
  threshold?: number;
  /**
   * what the threshold is a fraction of: the possible triplets (each anchor-positive pair with each sample of another
   * class), or the anchor-positive pairs
   * @defaultValue `'possible'`
   */
  per?: 'possible' | 'pair';
  /** consecutive mining rounds with few triplets before the margin grows
   * @defaultValue 3 */
  patience?: number;
  /** batches in a mining round
   * @defaultValue 1 */
  batches?: number;
}

function checkState(kind: string, state: MarginState): void {
  checkKind(kind, 'state', state, 'object');
  if (state.kind !== undefined && state.kind !== kind)
    throw new CheckpointError(`${kind}: expected the state of a ${kind}, got that of a ${state.kind}`);
}

const NOTHING_COUNTED = { batches: 0, triplets: 0, of: 0 };

/**
 * The paper's dynamic margin (section 2.2): it starts at `min` and grows by `step`, up to `max`, whenever the number of
 * mined triplets stayed below a threshold for `patience` consecutive mining rounds:
 *
 *   mined < threshold * possible
 *
 * The paper leaves the threshold and the length of its rounds open. Here a mining round is a batch by default: twelve
 * steps of 0.05 with a patience of 3 take 36 rounds, and the paper has 30 iterations. As a fraction of the possible
 * triplets, the threshold is independent of the batch size, the number of classes and the miner.
 *
 * @throws ArgumentError for an option out of range
 * @see DynaECG-Net, section 2.2
 * @example
 *     declare const [model, data, random]: [Embedder, Dataset, Random];
 *     const marginScheduler = new DynamicMargin({ max: 0.6, patience: 5 });
 *     const trainer = new TripletTrainer({ model, data, random, marginScheduler });
 */
export class DynamicMargin implements MarginScheduler<MarginState> {
  private steps = 0;
  private below = 0;
  private round = { ...NOTHING_COUNTED };
  private readonly options: Required<DynamicMarginOptions>;

  constructor(options: DynamicMarginOptions = {}) {
    checkOptions('DynamicMargin', options, [], ['min', 'max', 'step', 'threshold', 'per', 'patience', 'batches']);
    const { min = 0.2, max = 0.8, step = 0.05, patience = 3 } = options;
    const { threshold = 0.05, per = 'possible', batches = 1 } = options;
    const all = { min, max, step, threshold, per, patience, batches };
    checkRange('DynamicMargin', 'min', all.min, 0);
    checkRange('DynamicMargin', 'max', all.max, all.min);
    checkRange('DynamicMargin', 'step', all.step, 0);
    checkRange('DynamicMargin', 'threshold', all.threshold, 0);
    checkCount('DynamicMargin', 'patience', all.patience, 1);
    checkCount('DynamicMargin', 'batches', all.batches, 1);
    checkOneOf('DynamicMargin', 'per', all.per, ['possible', 'pair']);
    this.options = all;
  }

  get margin(): number {
    const { min, max, step } = this.options;
    return Math.min(max, min + this.steps * step); // multiplied, not summed, so that 0.2 + 0.05 * 12 is 0.8
  }

  update(counts: MiningCounts): number {
    checkFields('DynamicMargin', 'counts', counts, { triplets: 'number', pairs: 'number', possible: 'number' });
    const { triplets, pairs, possible } = counts;
    const { max, threshold, per, patience, batches } = this.options;
    this.round.batches++;
    this.round.triplets += triplets;
    this.round.of += per === 'possible' ? possible : pairs;
    if (this.round.batches < batches) return this.margin;
    const poor = this.round.triplets < threshold * this.round.of;
    this.below = poor ? this.below + 1 : 0;
    this.round = { ...NOTHING_COUNTED };
    if (this.below >= patience && this.margin < max) {
      this.steps++;
      this.below = 0;
    }
    return this.margin;
  }

  get state(): MarginState {
    return { kind: 'DynamicMargin', margin: this.margin, below: this.below, ...this.round };
  }

  set state(state: MarginState) {
    checkState('DynamicMargin', state);
    const { margin, below, batches, triplets, of } = state;
    const { min, max, step } = this.options;
    checkRange('DynamicMargin', 'state.margin', margin, min, max);
    for (const [name, n] of Object.entries({ below, batches })) checkCount('DynamicMargin', `state.${name}`, n, 0);
    for (const [name, n] of Object.entries({ triplets, of }))
      checkCount('DynamicMargin', `state.${name}`, n, 0, Number.MAX_SAFE_INTEGER);
    this.steps = step > 0 ? Math.ceil((margin - min) / step - 1e-9) : 0;
    this.below = below;
    this.round = { batches, triplets, of };
  }
}

/** A margin that follows a function of the iteration (1, 2, ...), regardless of what was mined. */
export class ScheduledMargin implements MarginScheduler<MarginState> {
  private ownMargin: number;
  private readonly schedule: (iteration: number) => number;

  /** @param schedule a function, or a number for a constant margin */
  constructor(schedule: number | ((iteration: number) => number)) {
    if (typeof schedule !== 'number') checkKind('ScheduledMargin', 'schedule', schedule, 'function');
    this.schedule = typeof schedule === 'number' ? () => schedule : schedule;
    this.ownMargin = this.at(1);
  }

  private at(iteration: number): number {
    const margin = this.schedule(iteration);
    if (!(typeof margin === 'number' && margin >= 0 && margin < Number.POSITIVE_INFINITY))
      throw new ArgumentError(`ScheduledMargin: expected a margin >= 0 for iteration ${iteration}, got ${margin}`);
    return margin;
  }

  get margin(): number {
    return this.ownMargin;
  }

  update(counts: MiningCounts): number {
    checkFields('ScheduledMargin', 'counts', counts, { iteration: 'number', step: 'number', steps: 'number' });
    const { iteration, step, steps } = counts;
    if (step === steps) this.ownMargin = this.at(iteration + 1);
    return this.ownMargin;
  }

  get state(): MarginState {
    return { kind: 'ScheduledMargin', margin: this.ownMargin, below: 0, ...NOTHING_COUNTED };
  }

  set state(state: MarginState) {
    checkState('ScheduledMargin', state);
    const { margin } = state;
    checkRange('ScheduledMargin', 'state.margin', margin, 0);
    this.ownMargin = margin;
  }
}
