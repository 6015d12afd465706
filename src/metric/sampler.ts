import { ArgumentError, DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { checkCount } from '../core/shape.ts';

/** Draws batches: each call gives the positions of the next batch's samples. */
export interface Sampler {
  readonly batchSize: number;
  next(): Int32Array;
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

/** Options of the m-per-class sampler. */
export interface MPerClassOptions {
  /** m, the samples of each class in a batch */
  perClass: number;
  /** classes in a batch, drawn at random where it is fewer than there are; all by default */
  classesPerBatch?: number;
  random: Random;
}

/**
 * Balanced batches: m samples of each class. A class is gone through in random order, without repetition, before it is
 * shuffled again, so that small classes come round more often and every sample comes.
 */
export class MPerClassSampler implements Sampler {
  readonly batchSize: number;
  readonly #perClass: number;
  readonly #classesPerBatch: number;
  readonly #random: Random;
  readonly #decks: { members: Int32Array; at: number }[];

  /**
   * @param labels the class of every sample
   * @throws DataError where a class has fewer than m members
   */
  constructor(labels: ArrayLike<number>, { perClass, classesPerBatch, random }: MPerClassOptions) {
    checkCount('MPerClassSampler', 'perClass', perClass, 1);
    const classes = membersByLabel(labels);
    if (classes.length === 0) throw new DataError('MPerClassSampler: expected labelled samples, got none');
    for (const [c, { length }] of classes)
      if (length < perClass)
        throw new DataError(`MPerClassSampler: expected ${perClass} samples of class ${c}, got ${length}`);
    this.#classesPerBatch = classesPerBatch ?? classes.length;
    checkCount('MPerClassSampler', 'classesPerBatch', this.#classesPerBatch, 1);
    if (this.#classesPerBatch > classes.length)
      throw new ArgumentError(`MPerClassSampler: expected at most ${classes.length} classes, got ${classesPerBatch}`);
    this.#perClass = perClass;
    this.#random = random;
    this.batchSize = perClass * this.#classesPerBatch;
    this.#decks = classes.map(([, members]) => ({ members: random.shuffle(Int32Array.from(members)), at: 0 }));
  }

  next(): Int32Array {
    const all = this.#classesPerBatch === this.#decks.length;
    const chosen = all
      ? this.#decks.keys()
      : this.#random.permutation(this.#decks.length).subarray(0, this.#classesPerBatch);
    const batch = new Int32Array(this.batchSize);
    let to = 0;
    for (const c of chosen) {
      const deck = this.#decks[c];
      // What is left of a deck that is too short for the batch comes first in the next round.
      if (deck.at + this.#perClass > deck.members.length) {
        const left = deck.members.slice(deck.at);
        const drawn = this.#random.shuffle(deck.members.slice(0, deck.at));
        deck.members.set(left);
        deck.members.set(drawn, left.length);
        deck.at = 0;
      }
      batch.set(deck.members.subarray(deck.at, deck.at + this.#perClass), to);
      deck.at += this.#perClass;
      to += this.#perClass;
    }
    return batch;
  }
}
