import { type BeatSet, patientFolds, patientOf } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { beatsOf } from '../../support/beatSets.ts';

const test = suite('ecg/splits/patientFolds');

const names = (beats: BeatSet, indices: Int32Array) => [
  ...new Set(Array.from(indices, (i) => beats.recordNames[beats.record[i]])),
];
const countOf = (beats: BeatSet, indices: Int32Array) =>
  beats.classes.map((_, c) => indices.filter((i) => beats.labels[i] === c).length);

test('patientFolds: every patient is tested on once, by a model of others; 201 and 202 are one', () => {
  const beats = beatsOf(['a', 'b', 'c', 'd', '201', '202']);
  const folds = patientFolds(beats, 3);
  assert.equal(
    folds.flatMap(({ test: held }) => [...held]).sort((a, b) => a - b),
    [...beats.labels.keys()],
  );
  for (const { protocol, train, test: held, patients } of folds) {
    assert.is(protocol, 'inter-patient');
    assert.is(train.length + held.length, beats.labels.length);
    assert.equal(patients.shared, []);
    assert.equal(patients.test, [...new Set(names(beats, held).map(patientOf))]);
    assert.ok(countOf(beats, held).every((n) => n > 0));
  }
  assert.equal(folds.flatMap(({ patients }) => patients.test).sort(), ['201', 'a', 'b', 'c', 'd']);
  assert.is(patientFolds(beats, 2, (record) => record).flatMap(({ patients }) => patients.test).length, 6);
  throwsWith(() => patientFolds(beats, 6), DataError, 'at least 6 patients', 'got 5');
});

test.run();
