import { checkCount, checkKind, checkOptions } from '../core/check.ts';
import type { Random } from '../core/random.ts';
import { Deck, restoreDecks, saveDecks } from './deck.ts';
import type { Sampler, SamplerState } from './sampler.ts';

/** Passes over all samples, each in another random order, in batches of which a pass's last may be smaller. */
export class ShuffledSampler implements Sampler {
  readonly batchSize: number;
  readonly #deck: Deck;
  readonly #random: Random;

  /** @param samples how many there are */
  constructor(samples: number, options: { batchSize: number; random: Random }) {
    checkCount('ShuffledSampler', 'samples', samples, 1);
    checkOptions('ShuffledSampler', options, ['batchSize', 'random']);
    const { batchSize, random } = options;
    checkKind('ShuffledSampler', 'random', random, 'random');
    checkCount('ShuffledSampler', 'batchSize', batchSize, 1);
    this.batchSize = batchSize;
    this.#deck = new Deck(
      Int32Array.from({ length: samples }, (_, i) => i),
      random,
    );
    this.#random = random;
  }

  next(): Int32Array {
    const left = this.#deck.left || this.#deck.size;
    return this.#deck.draw(Math.min(this.batchSize, left), this.#random).slice();
  }

  /** Plain data to go on from later. */
  get state(): SamplerState {
    return saveDecks([this.#deck], this.#random);
  }

  /** @throws CheckpointError where the state is one of other samples */
  set state(state: SamplerState) {
    restoreDecks('ShuffledSampler', [this.#deck], this.#random, state);
  }
}
