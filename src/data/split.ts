import { checkCount, checkKind, checkRange, formatValue } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { membersByLabel } from './sampler.ts';

/** Positions of the samples on the two sides of a split, each ascending. */
export interface SplitPositions {
  train: Int32Array;
  validation: Int32Array;
}

/** Options of `stratifiedSplit`. */
export interface StratifiedOptions {
  /** fraction of each class that goes to validation, from 0 to 1 */
  fraction: number;
  random: Random;
  /** minimum number of validation samples of each class, however small the fraction
   * @defaultValue 1 */
  atLeast?: number;
}

/**
 * Divides samples at random so that validation has the same fraction of each class, and training at least one sample of
 * it.
 *
 * @param labels (N) whole numbers
 * @throws DataError if a class has so few samples that none would be left to train on
 * @example
 *     declare const labels: Int32Array;
 *     const { train, validation } = stratifiedSplit(labels, { fraction: 0.1, random: new Random(0) });
 */
export function stratifiedSplit(labels: ArrayLike<number>, options: StratifiedOptions): SplitPositions {
  checkOptions('stratifiedSplit', options, ['fraction', 'random'], ['atLeast']);
  return stratify('stratifiedSplit', 'fraction', labels, options);
}

/** `stratifiedSplit` for `op`, whose errors call the fraction `name`. */
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

/** Options of `groupedSplit`. */
export interface GroupedOptions {
  /** fraction of each class that goes to validation, above 0 and below 1 */
  fraction: number;
  random: Random;
}

const STARTS = 200; // of the search
const CLOSE = 1e-3; // distance from the fraction at which the search ends

/**
 * Divides samples so that each group, such as a patient, is on one side and every class on both. Of many candidate
 * divisions, each found by adding and removing groups in random order, it takes the one whose class farthest from
 * `fraction` is nearest to it.
 *
 * @param labels (N) whole numbers
 * @param groups (N) whole numbers
 * @throws DataError if no division is found that leaves every class on both sides; ArgumentError for a fraction outside
 * (0, 1)
 * @example
 *     declare const [labels, patients]: [Int32Array, Int32Array];
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
  if (!(typeof fraction === 'number' && fraction > 0 && fraction < 1))
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
    const holding = classes.map(([label], c): [number, number] => [counts.filter((own) => own[c] > 0).length, label]);
    const [fewest, label] = holding.reduce((a, b) => (b[0] < a[0] ? b : a));
    throw new DataError(
      `${op}: expected groups that can be divided so that every class is on both sides, ` +
        `got ${members.length}, ${fewest} of them with class ${label}`,
    );
  }
  const side = (inside: boolean): Int32Array =>
    Int32Array.from(members.flatMap((positions, g) => (chosen.has(g) === inside ? positions : []))).sort();
  return { train: side(false), validation: side(true) };
}

/**
 * The groups whose proportion of every class comes closest to `fraction`, out of many candidates; null if none of them
 * leaves every class on both sides.
 *
 * @param counts for each group, its number of samples of each class
 * @param totals samples of each class
 */
export function chooseGroups(
  counts: readonly (readonly number[])[],
  totals: readonly number[],
  fraction: number,
  random: Random,
): Set<number> | null {
  let best: Set<number> | null = null;
  let least = 1; // at 1 or more, some class is on one side only
  for (let start = 0; start < STARTS && least > CLOSE; start++) {
    const { chosen, cost } = climb(counts, totals, fraction, random);
    if (cost < least) [best, least] = [chosen, cost];
  }
  return best;
}

/** Starting from no group, adds or removes one at a time while that lowers the cost. */
function climb(
  counts: readonly (readonly number[])[],
  totals: readonly number[],
  fraction: number,
  random: Random,
): { chosen: Set<number>; cost: number } {
  const chosen = new Set<number>();
  const held = totals.map(() => 0);
  const add = (g: number, sign: number): void => {
    for (let c = 0; c < held.length; c++) held[c] += sign * counts[g][c];
  };
  let cost = costOf(held, totals, fraction);
  for (let improved = true; improved; ) {
    improved = false;
    for (const g of random.permutation(counts.length)) {
      const sign = chosen.has(g) ? -1 : 1;
      add(g, sign);
      const changed = costOf(held, totals, fraction);
      if (changed < cost) {
        cost = changed;
        improved = true;
        if (sign > 0) chosen.add(g);
        else chosen.delete(g);
      } else add(g, -sign);
    }
  }
  return { chosen, cost };
}

/**
 * Number of classes that are on one side only, plus the largest distance of a class's proportion from the fraction,
 * below 1.
 */
function costOf(held: readonly number[], totals: readonly number[], fraction: number): number {
  let oneSided = 0;
  let distance = 0;
  for (let c = 0; c < held.length; c++) {
    if (totals[c] === 0) continue;
    if (held[c] === 0 || held[c] === totals[c]) oneSided++;
    distance = Math.max(distance, Math.abs(held[c] / totals[c] - fraction));
  }
  return oneSided + distance;
}
