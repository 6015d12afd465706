import { checkFields } from '../../core/check.ts';
import { ArgumentError } from '../../core/errors.ts';
import { checkPlaces, type PlacedBeats } from '../beats/beatSet.ts';
import type { Split } from './patients.ts';

/**
 * The test beats whose window shares at least one sample with the window of a training beat of the same record: the
 * network has seen part of such a window in training. Their fraction of a split's test beats is
 * `overlapWithTraining(beats, split).length / split.test.length`; after `temporalSplit` there are none.
 *
 * @returns indices into the beats, in the order of `test`
 * @throws ArgumentError for an index outside the beats
 */
export function overlapWithTraining(beats: PlacedBeats, split: Pick<Split, 'train' | 'test'>): Int32Array {
  checkPlaces('overlapWithTraining', beats);
  checkFields('overlapWithTraining', 'split', split, { train: 'numbers', test: 'numbers' });
  const { record, recordNames, fiducial, length } = beats;
  const { train, test } = split;
  for (const i of [...train, ...test])
    if (!(Number.isInteger(i) && i >= 0 && i < fiducial.length))
      throw new ArgumentError(`overlapWithTraining: expected indices from 0 to ${fiducial.length - 1}, got ${i}`);
  const trained = recordNames.map((): number[] => []);
  for (const i of train) trained[record[i]].push(fiducial[i]);
  const ascending = trained.map((own) => Int32Array.from(own).sort());
  // All windows have the same length: two overlap if they are of beats that are less than it apart.
  return test.filter((i) => {
    const own = ascending[record[i]];
    return own[firstAbove(own, fiducial[i] - length)] < fiducial[i] + length;
  });
}

/** The index of the first of some ascending numbers that is above a value; their number if none is. */
function firstAbove(ascending: Int32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
