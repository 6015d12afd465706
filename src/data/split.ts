import { checkCount, checkKind, checkLabels, checkOptions, checkRange, formatValue } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { membersByLabel } from './sampler.ts';

/** Positions of the samples on the two sides of a split, each ascending. */
export interface SplitPositions {
  train: Int32Array;
  validation: Int32Array;
}

/** How `stratifiedSplit` divides. */
export interface StratifiedOptions {
  /** of each class that goes to validation, from 0 to 1 */
  fraction: number;
  random: Random;
  /** samples of each class that go to validation however small the fraction; @defaultValue 1 */
  atLeast?: number;
}

/**
 * Divides samples at random so that each class has the same fraction in validation, and at least one sample in training.
 *
 * @param labels (N) whole numbers
 * @throws DataError where a class has so few samples that none would be left to train on
 * @example
 *     const { train, validation } = stratifiedSplit(labels, { fraction: 0.1, random: new Random(0) });
 */
export function stratifiedSplit(labels: ArrayLike<number>, options: StratifiedOptions): SplitPositions {
  checkOptions('stratifiedSplit', options, ['fraction', 'random'], ['atLeast']);
  return stratify('stratifiedSplit', 'fraction', labels, options);
}

/** The same for `op`, which calls the fraction `name`. */
export function stratify(
  op: string,
  name: string,
  labels: ArrayLike<number>,
  { fraction, random, atLeast = 1 }: StratifiedOptions,
): SplitPositions {
  checkLabels(op, 'labels', labels);
  checkRange(op, name, fraction, 0, 1);
  checkKind(op, 'random', random, 'random');
  checkCount(op, 'atLeast', atLeast, 0);
  const train: number[] = [];
  const validation: number[] = [];
  for (const [label, all] of membersByLabel(labels)) {
    if (all.length <= atLeast)
      throw new DataError(`${op}: expected more than ${atLeast} samples of class ${label}, got ${all.length}`);
    const count = Math.min(Math.max(Math.round(fraction * all.length), atLeast), all.length - 1);
    random.shuffle(all);
    for (const [i, sample] of all.entries()) (i < count ? validation : train).push(sample);
  }
  const ascending = (list: number[]): Int32Array => Int32Array.from(list).sort();
  return { train: ascending(train), validation: ascending(validation) };
}

/** How `groupedSplit` divides. */
export interface GroupedOptions {
  /** of each class that goes to validation, from 0 to 1, neither of which it may be */
  fraction: number;
  random: Random;
}

const DRAWS = 200; // orders of the groups to try

/**
 * Divides samples so that each group, such as a patient, is on one side. Of many random choices of groups the one is taken in
 * which the class that is farthest from `fraction` is nearest to it; every class is on both sides.
 *
 * @param labels (N) whole numbers
 * @param groups (N) whole numbers
 * @throws DataError where no choice leaves every class on both sides; ArgumentError for a fraction outside (0, 1)
 * @example
 *     const { train, validation } = groupedSplit(labels, patients, { fraction: 0.2, random: new Random(0) });
 */
export function groupedSplit(
  labels: ArrayLike<number>,
  groups: ArrayLike<number>,
  options: GroupedOptions,
): SplitPositions {
  const op = 'groupedSplit';
  checkOptions(op, options, ['fraction', 'random']);
  const { fraction, random } = options;
  checkLabels(op, 'labels', labels);
  checkLabels(op, 'groups', groups, labels.length);
  checkKind(op, 'random', random, 'random');
  if (!(fraction > 0 && fraction < 1))
    throw new ArgumentError(`${op}: expected a fraction between 0 and 1, got ${formatValue(fraction)}`);
  const classes = membersByLabel(labels);
  const members = membersByLabel(groups).map(([, positions]) => positions);
  const place = new Map(classes.map(([label], c) => [label, c]));
  const counts = members.map((positions) => {
    const own = new Array<number>(classes.length).fill(0);
    for (const i of positions) own[place.get(labels[i])!]++;
    return own;
  });
  const totals = classes.map(([, { length }]) => length);
  const chosen = chooseGroups(counts, totals, fraction, random);
  if (!chosen) {
    const among = classes.map(([label], c) => `${counts.filter((own) => own[c] > 0).length} of class ${label}`);
    throw new DataError(
      `${op}: expected every class with at least two groups, so that it can be on both sides, ` +
        `got ${members.length} groups with ${among.join(', ')}`,
    );
  }
  const side = (inside: boolean): Int32Array =>
    Int32Array.from(members.flatMap((positions, g) => (chosen.has(g) === inside ? positions : []))).sort();
  return { train: side(false), validation: side(true) };
}

/**
 * The groups whose share of every class comes nearest to `fraction`, of all beginnings of some random orders; null where none
 * leaves every class on both sides.
 *
 * @param counts of each group, its samples of each class
 * @param totals samples of each class
 */
export function chooseGroups(
  counts: readonly (readonly number[])[],
  totals: readonly number[],
  fraction: number,
  random: Random,
): Set<number> | null {
  let best: Set<number> | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let draw = 0; draw < DRAWS; draw++) {
    const held = totals.map(() => 0);
    const chosen: number[] = [];
    for (const g of random.permutation(counts.length)) {
      chosen.push(g);
      for (let c = 0; c < held.length; c++) held[c] += counts[g][c];
      if (held.some((n, c) => totals[c] > 0 && (n === 0 || n === totals[c]))) continue;
      const distance = Math.max(...held.map((n, c) => (totals[c] > 0 ? Math.abs(n / totals[c] - fraction) : 0)));
      if (distance >= least) continue;
      least = distance;
      best = new Set(chosen);
    }
  }
  return best;
}
