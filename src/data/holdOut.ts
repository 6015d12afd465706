import { checkCount, checkKind, checkLabels, checkRange } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { membersByLabel } from './sampler.ts';

/**
 * Sets aside a fraction of each class, but at least `atLeast` samples of it, at random.
 *
 * @returns positions of the samples kept and of those held back, ascending
 * @throws DataError where a class has so few samples that none would be kept
 */
export function holdOut(
  labels: ArrayLike<number>,
  fraction: number,
  random: Random,
  atLeast = 1,
): { kept: Int32Array; heldBack: Int32Array } {
  return holdOutOf('holdOut', labels, fraction, random, atLeast);
}

/** The same for `op`, which calls the fraction `name`. */
export function holdOutOf(
  op: string,
  labels: ArrayLike<number>,
  fraction: number,
  random: Random,
  atLeast = 1,
  name = 'fraction',
): { kept: Int32Array; heldBack: Int32Array } {
  checkLabels(op, 'labels', labels);
  checkRange(op, name, fraction, 0, 1);
  checkKind(op, 'random', random, 'random');
  checkCount(op, 'atLeast', atLeast, 0);
  const kept: number[] = [];
  const heldBack: number[] = [];
  for (const [label, all] of membersByLabel(labels)) {
    if (all.length <= atLeast)
      throw new DataError(`${op}: expected more than ${atLeast} samples of class ${label}, got ${all.length}`);
    const count = Math.min(Math.max(Math.round(fraction * all.length), atLeast), all.length - 1);
    random.shuffle(all);
    for (const [i, sample] of all.entries()) (i < count ? heldBack : kept).push(sample);
  }
  const ascending = (list: number[]): Int32Array => Int32Array.from(list).sort();
  return { kept: ascending(kept), heldBack: ascending(heldBack) };
}
