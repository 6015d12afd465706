import { formatValue } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import type { Random, RandomState } from '../core/random.ts';

/** A deck as plain data: the samples in their order, and how many of them have been drawn. */
export interface DeckState {
  members: number[];
  at: number;
}

/** The state of a sampler: plain data that JSON can hold. */
export interface SamplerState {
  /** the sampler, such as `MPerClassSampler`; missing in old states */
  kind?: string;
  random: RandomState;
  decks: DeckState[];
}

/** Members in random order, drawn without repetition until all have been drawn, then reshuffled. */
export class Deck {
  private readonly members: Int32Array;
  private at = 0;

  constructor(members: ArrayLike<number>, random: Random) {
    this.members = random.shuffle(Int32Array.from(members));
  }

  get size(): number {
    return this.members.length;
  }

  /** Members not yet drawn in this round. */
  get left(): number {
    return this.members.length - this.at;
  }

  /** The next `count` members, at most `size`: a view of the deck that the next draw may overwrite. */
  draw(count: number, random: Random): Int32Array {
    const members = this.members;
    // If too few members are left for the draw, they come first in the next round.
    if (this.at + count > members.length) {
      const left = members.slice(this.at);
      const drawn = random.shuffle(members.slice(0, this.at));
      members.set(left);
      members.set(drawn, left.length);
      this.at = 0;
    }
    this.at += count;
    return members.subarray(this.at - count, this.at);
  }

  get state(): DeckState {
    return { members: [...this.members], at: this.at };
  }

  set state({ members, at }: DeckState) {
    this.members.set(members);
    this.at = at;
  }

  /** Throws unless a state has the same members; `name` identifies the deck in errors. */
  check(name: string, state: DeckState): void {
    const { members, at } = state ?? {};
    if (!Array.isArray(members) || members.length !== this.size)
      throw new CheckpointError(
        `${name} of the same ${this.size} samples, got ${members ? `one of ${members.length}` : 'none'}`,
      );
    const [own, other] = [this.members, members].map((list) => Float64Array.from(list).sort());
    if (!own.every((member, i) => member === other[i]))
      throw new CheckpointError(`${name} of the same ${this.size} samples, got one of other samples`);
    if (!Number.isInteger(at) || at < 0 || at > this.size)
      throw new CheckpointError(`${name} of which 0 to ${this.size} samples are drawn, got ${formatValue(at)}`);
  }
}

/** The state of a sampler that consists of these decks. */
export function saveDecks(kind: string, decks: readonly Deck[], random: Random): SamplerState {
  return { kind, random: random.state, decks: decks.map(({ state }) => state) };
}

/**
 * Restores the decks and their generator, all or nothing.
 *
 * @throws CheckpointError if the state belongs to other samples or another sampler
 */
export function restoreDecks(op: string, decks: readonly Deck[], random: Random, state: SamplerState): void {
  const saved = state?.decks;
  if (!Array.isArray(saved) || saved.length !== decks.length)
    throw new CheckpointError(`${op}: expected a state of ${decks.length} decks, got ${saved?.length}`);
  for (const [i, deck] of decks.entries()) deck.check(`${op}: expected a deck ${i}`, saved[i]);
  if (state.kind !== undefined && state.kind !== op)
    throw new CheckpointError(`${op}: expected the state of a ${op}, got that of a ${state.kind}`);
  random.state = state.random;
  for (const [i, deck] of decks.entries()) deck.state = saved[i];
}
