import { checkCount, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import type { Random } from '../core/random.ts';
import { Deck, restoreDecks, saveDecks } from './deck.ts';
import type { Sampler, SamplerState } from './sampler.ts';

/**
 * Passes over all samples, each in a new random order, in batches; the last batch of a pass may be smaller. A last
 * batch of one sample, whose values batch norm could not normalise, is merged into the one before.
 */
export class ShuffledSampler implements Sampler<SamplerState> {
  readonly batchSize: number;
  /** batches in a pass over all samples */
  readonly batchesPerPass: number;
  private readonly deck: Deck;
  private readonly random: Random;

  /** @param samples number of samples */
  constructor(samples: number, options: { batchSize: number; random: Random }) {
    checkCount('ShuffledSampler', 'samples', samples, 1);
    checkOptions('ShuffledSampler', options, ['batchSize', 'random']);
    const { batchSize, random } = options;
    checkKind('ShuffledSampler', 'random', random, 'random');
    checkCount('ShuffledSampler', 'batchSize', batchSize, 1);
    this.batchSize = batchSize;
    const alone = samples > batchSize && batchSize > 1 && samples % batchSize === 1;
    this.batchesPerPass = Math.ceil(samples / batchSize) - (alone ? 1 : 0);
    this.deck = new Deck(
      Int32Array.from({ length: samples }, (_, i) => i),
      random,
    );
    this.random = random;
  }

  next(): Int32Array {
    const left = this.deck.left || this.deck.size;
    const joined = this.batchSize > 1 && left === this.batchSize + 1;
    return this.deck.draw(joined ? left : Math.min(this.batchSize, left), this.random).slice();
  }

  /** Plain data to resume from later. */
  get state(): SamplerState {
    return saveDecks('ShuffledSampler', [this.deck], this.random);
  }

  /** @throws CheckpointError if the state belongs to other samples or another sampler */
  set state(state: SamplerState) {
    restoreDecks('ShuffledSampler', [this.deck], this.random, state);
  }
}
