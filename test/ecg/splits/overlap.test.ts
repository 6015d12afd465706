import {
  extractBeats,
  interPatientSplit,
  intraPatientSplit,
  overlapWithTraining,
  syntheticRecords,
  temporalSplit,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError } from '../../../src/core/errors.ts';
import { Random } from '../../../src/core/random.ts';
import { throwsWith } from '../../support/asserts.ts';
import { full, sharing } from '../../support/windows.ts';

const test = suite('ecg/splits/overlap');

test('the test windows that overlap training windows are those that a comparison of all with all finds', () => {
  const { records, ...division } = syntheticRecords({ seed: 'overlap', patients: 4, duration: 60 });
  for (const [length, before] of [
    [253, 180],
    [400, 0],
    [5, 2],
  ]) {
    const beats = extractBeats(records, { length, before });
    const drawn = intraPatientSplit(beats, { random: new Random(1) });
    const found = overlapWithTraining(beats, drawn);
    assert.equal(
      [...found],
      [...drawn.test].filter((i) => sharing(beats, drawn.train, Int32Array.of(i)) > 0),
    );
    assert.is(found.length > 0, length > 5, 'beats are further apart than 5 samples');
    for (const split of [temporalSplit(beats), interPatientSplit(beats, division)])
      assert.is(overlapWithTraining(beats, split).length, 0);
  }
});

test('one sample in common is an overlap, and windows of other records are none', () => {
  const beats = extractBeats([full('a', 40), full('b', 40)], { length: 4, before: 1 });
  const [at, other] = [0, 1].map((r) => (t: number) => {
    return beats.sample.findIndex((s, i) => s === t && beats.record[i] === r);
  });
  const split = { train: Int32Array.of(at(20)), test: Int32Array.from([24, 23, 20, 17, 16], at) };
  assert.equal([...overlapWithTraining(beats, split)], [23, 20, 17].map(at));
  assert.equal([...overlapWithTraining(beats, { ...split, test: Int32Array.of(other(20)) })], []);
  for (const i of [-1, beats.labels.length])
    throwsWith(() => overlapWithTraining(beats, { ...split, train: Int32Array.of(i) }), ArgumentError, `got ${i}`);
});

test.run();
