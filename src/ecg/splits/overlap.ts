import { checkFields } from '../../core/check.ts';
import { ArgumentError } from '../../core/errors.ts';
import { type BeatSet, checkBeats } from '../beats/beatSet.ts';
import type { Split } from './patients.ts';

/**
 * The test beats whose window shares at least one sample with the window of a training beat of the same record: the
 * network has seen part of such a window in training. Their fraction of a split's test beats is
 * `overlapWithTraining(beats, split).length / split.test.length`; after `temporalSplit` there are none.
 *
 * @returns indices into the beats, in the order of `test`
 * @throws ArgumentError for an index outside the beats
 */
export function overlapWithTraining(beats: BeatSet, split: Pick<Split, 'train' | 'test'>): Int32Array {
  checkBeats('overlapWithTraining', beats);
  checkFields('overlapWithTraining', 'split', split, { train: 'numbers', test: 'numbers' });
  const { record, fiducial, before, length, recordLengths } = beats;
  const { train, test } = split;
  for (const i of [...train, ...test])
    if (!(Number.isInteger(i) && i >= 0 && i < fiducial.length))
      throw new ArgumentError(`overlapWithTraining: expected indices from 0 to ${fiducial.length - 1}, got ${i}`);
  const covered = recordLengths.map((n) => new Uint8Array(n));
  const start = (i: number): number => fiducial[i] - before;
  for (const i of train) covered[record[i]].fill(1, start(i), start(i) + length);
  // All windows have the same length: if two overlap, one contains the other's first or last sample.
  return test.filter((i) => covered[record[i]][start(i)] || covered[record[i]][start(i) + length - 1]);
}
