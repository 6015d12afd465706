import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError, ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { Deck, restoreDecks, type SamplerState, saveDecks } from './deck.ts';
import { checkPerClass, membersByLabel, type Sampler } from './sampler.ts';

/** Options of the group sampler. */
export interface GroupSamplerOptions {
  /** m, the samples of each class in a batch: one number, or one for each class in ascending order of the labels */
  perClass: number | readonly number[];
  /** number of groups that a batch is drawn from */
  groupsPerBatch: number;
  /** fraction of each class that comes from those groups, from 0 to 1; the rest is drawn from all samples
   * @defaultValue 0.5 */
  share?: number;
  random: Random;
}

/** Distributes `m` over places round-robin, with no place above its capacity: as evenly as the places allow. */
function spread(m: number, available: readonly number[]): number[] {
  const counts = available.map(() => 0);
  const total = available.reduce((sum, n) => sum + n, 0);
  let left = Math.min(m, total);
  for (let i = 0; left > 0; i = (i + 1) % counts.length)
    if (counts[i] < available[i]) {
      counts[i]++;
      left--;
    }
  return counts;
}

/**
 * Batches of m samples of each class in which the classes come from the same groups, such as normal and ectopic beats
 * of one patient: triplets then depend on differences between classes, not between patients.
 *
 * Each batch draws `groupsPerBatch` of the groups that contain two or more classes, all equally often. `share` m
 * samples of a class are spread as evenly as possible over the drawn groups that contain it. The rest, and any
 * shortfall, is drawn from all samples of the class, so that groups with a single class are used, too.
 */
export class GroupSampler implements Sampler<SamplerState> {
  readonly batchSize: number;
  private readonly counts: readonly number[];
  private readonly groupsPerBatch: number;
  private readonly share: number;
  /** of the indices of the groups that contain two classes, 0, 1, ... */
  private readonly groups: Deck;
  /** for each class, all its samples */
  private readonly classes: readonly Deck[];
  /** for each group that contains two classes and each class, their common samples */
  private readonly byGroup: readonly (Deck | null)[][];
  private readonly decks: readonly Deck[];
  private readonly random: Random;

  /**
   * @param labels the class of every sample
   * @param groups the group of every sample, such as its record
   * @throws DataError if a class has fewer than m members, or no group contains two classes
   */
  constructor(labels: ArrayLike<number>, groups: ArrayLike<number>, options: GroupSamplerOptions) {
    checkOptions('GroupSampler', options, ['perClass', 'groupsPerBatch', 'random'], ['share']);
    const { perClass, groupsPerBatch, share = 0.5, random } = options;
    checkKind('GroupSampler', 'random', random, 'random');
    checkLabels('GroupSampler', 'labels', labels);
    checkLabels('GroupSampler', 'groups', groups);
    if (groups.length !== labels.length)
      throw new ShapeError(`GroupSampler: expected groups of ${labels.length} samples, got ${groups.length}`);
    const classes = membersByLabel(labels);
    this.counts = checkPerClass('GroupSampler', perClass, classes);
    for (const [i, [c, { length }]] of classes.entries())
      if (length < this.counts[i])
        throw new DataError(`GroupSampler: expected ${this.counts[i]} samples of class ${c}, got ${length}`);
    checkCount('GroupSampler', 'groupsPerBatch', groupsPerBatch, 1);
    checkRange('GroupSampler', 'share', share, 0, 1);
    this.share = share;
    const mixed = membersByLabel(groups)
      .map(([, members]) => classes.map(([c]) => members.filter((i) => labels[i] === c)))
      .filter((shares) => shares.filter(({ length }) => length > 0).length > 1);
    if (mixed.length === 0) throw new DataError('GroupSampler: expected groups that contain two classes, got none');
    if (groupsPerBatch > mixed.length)
      throw new ArgumentError(
        `GroupSampler: expected at most ${mixed.length} groups, those that contain two classes, got ${groupsPerBatch}`,
      );
    this.groupsPerBatch = groupsPerBatch;
    this.batchSize = this.counts.reduce((sum, m) => sum + m, 0);
    this.groups = new Deck([...mixed.keys()], random);
    this.classes = classes.map(([, members]) => new Deck(members, random));
    this.byGroup = mixed.map((shares) => shares.map((share) => (share.length > 0 ? new Deck(share, random) : null)));
    this.decks = [this.groups, ...this.classes, ...this.byGroup.flat().filter((deck) => deck !== null)];
    this.random = random;
  }

  next(): Int32Array {
    const random = this.random;
    const drawn = Array.from(this.groups.draw(this.groupsPerBatch, random), (g) => this.byGroup[g]);
    const batch = new Set<number>(); // in drawing order
    for (const [c, m] of this.counts.entries()) {
      const full = batch.size + m;
      const own = drawn.map((decks) => decks[c]).filter((deck) => deck !== null);
      const counts = spread(
        Math.round(this.share * m),
        own.map(({ size }) => size),
      );
      for (const [i, deck] of own.entries()) for (const sample of deck.draw(counts[i], random)) batch.add(sample);
      while (batch.size < full) batch.add(this.classes[c].draw(1, random)[0]); // duplicates add nothing
    }
    return Int32Array.from(batch);
  }

  /** Plain data to resume from later. */
  get state(): SamplerState {
    return saveDecks('GroupSampler', this.decks, this.random);
  }

  /** @throws CheckpointError if the state belongs to other samples or another sampler */
  set state(state: SamplerState) {
    restoreDecks('GroupSampler', this.decks, this.random, state);
  }
}
