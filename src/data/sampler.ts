import { checkCount, checkKind } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { Deck, restoreDecks, type SamplerState, saveDecks } from './deck.ts';

export type { DeckState, SamplerState } from './deck.ts';

/**
 * Draws batches: each call gives the positions of the next batch's samples. `State` is plain data that JSON can hold.
 */
export interface Sampler<State = unknown> {
  readonly batchSize: number;
  /** batches in a pass over the data, if that is not N / `batchSize`, rounded up */
  readonly batchesPerPass?: number;
  next(): Int32Array;
  /** Plain data to resume from later, with the same batches in the same order. */
  state: State;
}

/**
 * The positions of N samples that a sampler returned.
 *
 * @throws DataError if there is none, or for one that is not from 0 to N - 1
 */
export function drawnPositions(op: string, given: ArrayLike<number>, N: number): Int32Array {
  checkKind(op, 'positions returned by the sampler', given, 'numbers');
  if (given.length === 0) throw new DataError(`${op}: expected the sampler to return positions, got none`);
  for (let i = 0; i < given.length; i++)
    if (!(Number.isInteger(given[i]) && given[i] >= 0 && given[i] < N))
      throw new DataError(
        `${op}: expected the sampler to return positions from 0 to ${N - 1}, got ${given[i]} at position ${i}`,
      );
  return given instanceof Int32Array ? given : Int32Array.from(given);
}

/** The labels that occur, ascending, each with the positions of its samples. */
export function membersByLabel(labels: ArrayLike<number>): [number, number[]][] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const list = members.get(labels[i]);
    if (list) list.push(i);
    else members.set(labels[i], [i]);
  }
  return [...members].sort(([a], [b]) => a - b);
}

/**
 * The number of samples of each class in a batch.
 *
 * @param perClass one number for all classes, or one per class
 */
export function checkPerClass(
  op: string,
  perClass: number | readonly number[],
  classes: readonly [number, number[]][],
): number[] {
  if (!Array.isArray(perClass)) checkCount(op, 'perClass', perClass, 1);
  else for (const [i, m] of perClass.entries()) checkCount(op, `perClass[${i}]`, m, 1);
  if (classes.length === 0) throw new DataError(`${op}: expected labelled samples, got none`);
  const counts = typeof perClass === 'number' ? classes.map(() => perClass) : [...perClass];
  if (counts.length !== classes.length)
    throw new ArgumentError(`${op}: expected perClass for ${classes.length} classes, got ${counts.length} numbers`);
  return counts;
}

/** Options of the m-per-class sampler. */
export interface MPerClassOptions {
  /** m, the samples of each class in a batch: one number, or one for each class in ascending order of the labels */
  perClass: number | readonly number[];
  /** classes in a batch, drawn at random if fewer than there are
   * @defaultValue all classes */
  classesPerBatch?: number;
  random: Random;
}

/**
 * Balanced batches: m samples of each class. Each class is drawn from in random order without repetition, then
 * reshuffled, so that small classes repeat more often and every sample is used. If a class has fewer than m samples,
 * some occur several times in a batch.
 *
 * @example
 *     declare const [labels, random]: [Int32Array, Random];
 *     const sampler = new MPerClassSampler(labels, { perClass: 32, random });
 *     const positions = sampler.next(); // 32 samples of each class
 */
export class MPerClassSampler implements Sampler<SamplerState> {
  readonly batchSize: number;
  private readonly counts: readonly number[];
  private readonly classesPerBatch: number;
  private readonly decks: readonly Deck[];
  private readonly random: Random;

  /**
   * @param labels the class of every sample
   * @throws DataError if there is no sample
   */
  constructor(labels: ArrayLike<number>, options: MPerClassOptions) {
    checkOptions('MPerClassSampler', options, ['perClass', 'random'], ['classesPerBatch']);
    const { perClass, random } = options;
    checkKind('MPerClassSampler', 'random', random, 'random');
    checkLabels('MPerClassSampler', 'labels', labels);
    const classes = membersByLabel(labels);
    this.counts = checkPerClass('MPerClassSampler', perClass, classes);
    const { classesPerBatch = classes.length } = options;
    this.classesPerBatch = classesPerBatch;
    checkCount('MPerClassSampler', 'classesPerBatch', this.classesPerBatch, 1);
    if (this.classesPerBatch > classes.length)
      throw new ArgumentError(`MPerClassSampler: expected at most ${classes.length} classes, got ${classesPerBatch}`);
    if (typeof perClass !== 'number' && this.classesPerBatch < classes.length)
      throw new ArgumentError(
        `MPerClassSampler: expected all ${classes.length} classes in a batch, since perClass is an array, ` +
          `got ${classesPerBatch}`,
      );
    this.batchSize = this.counts.slice(0, this.classesPerBatch).reduce((sum, m) => sum + m, 0);
    this.decks = classes.map(([, members]) => new Deck(members, random));
    this.random = random;
  }

  next(): Int32Array {
    const all = this.classesPerBatch === this.decks.length;
    const chosen = all
      ? this.decks.keys()
      : this.random.permutation(this.decks.length).subarray(0, this.classesPerBatch);
    const batch = new Int32Array(this.batchSize);
    let to = 0;
    for (const c of chosen) {
      for (let left = this.counts[c]; left > 0; ) {
        const drawn = this.decks[c].draw(Math.min(left, this.decks[c].size), this.random);
        batch.set(drawn, to);
        to += drawn.length;
        left -= drawn.length;
      }
    }
    return batch;
  }

  /** Plain data to resume from later. */
  get state(): SamplerState {
    return saveDecks('MPerClassSampler', this.decks, this.random);
  }

  /** @throws CheckpointError if the state belongs to other samples or another sampler */
  set state(state: SamplerState) {
    restoreDecks('MPerClassSampler', this.decks, this.random, state);
  }
}
