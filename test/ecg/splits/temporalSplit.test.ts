import { extractBeats, patientOf, syntheticRecords, temporalSplit } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';
import { from, full, sharing, startsOf } from '../../support/windows.ts';

const test = suite('ecg/splits/temporalSplit');

const ramp = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

test('first and third quarter for training, second and fourth for test, none across a border', () => {
  const beats = extractBeats([full('a', 40), full('201', 80), full('202', 80)], { length: 4, before: 1 });
  const split = temporalSplit(beats);
  assert.is(split.protocol, 'intra-patient');
  assert.equal(startsOf(beats, split.train), [...from(0, 6), ...from(20, 26)]);
  assert.equal(startsOf(beats, split.test), [...from(10, 16), ...from(30, 36)]);
  assert.equal(startsOf(beats, split.dropped), [...from(7, 9), ...from(17, 19), ...from(27, 29)]);
  assert.equal(startsOf(beats, split.train, 1), [...from(0, 16), ...from(40, 56)], 'each record by its own length');
  assert.equal(
    [...split.train, ...split.test, ...split.dropped].sort((a, b) => a - b),
    [...beats.labels.keys()],
  );
  assert.equal(split.patients, { train: ['a', '201'], test: ['a', '201'], shared: ['a', '201'] });
  assert.equal(split.unusedRecords, []);
  assert.equal(temporalSplit(beats), split, 'nothing is drawn');
  const own = temporalSplit(beats, { patientOf: (name) => `patient ${name}` });
  assert.equal(own.patients.shared, ['patient a', 'patient 201', 'patient 202']);
});

test('a border between samples, and another number of parts', () => {
  const beats = extractBeats([full('a', 10, 'NNNNN'), full('b', 60)], { length: 1 });
  const quarters = temporalSplit(beats); // borders of a at 2.5, 5 and 7.5
  assert.equal(startsOf(beats, quarters.train), [0, 1, 2, 5, 6, 7]);
  assert.equal(startsOf(beats, quarters.test), [3, 4, 8, 9]);
  const thirds = temporalSplit(beats, { parts: 3 });
  assert.equal(startsOf(beats, thirds.test, 1), from(20, 39));
  const halves = temporalSplit(beats, { parts: 2 });
  assert.equal(startsOf(beats, halves.train, 1), from(0, 29));
});

test('no training window shares a sample with a test window', () => {
  const { records } = syntheticRecords({ seed: 'quarters', patients: 6, duration: 120 });
  for (const [length, before] of [
    [253, 126],
    [253, 180],
    [900, 0],
    [64, 63],
  ]) {
    const beats = extractBeats(records, { length, before });
    const { train, test: tested, dropped } = temporalSplit(beats);
    assert.is(sharing(beats, train, tested), 0, `${length}, ${before}`);
    assert.is(train.length + tested.length + dropped.length, beats.labels.length);
    for (const side of [train, tested]) {
      assert.equal([...new Set(Array.from(side, (i) => beats.labels[i]))].sort(), [0, 1, 2], 'every class');
      assert.is(new Set(Array.from(side, (i) => patientOf(beats.recordNames[beats.record[i]]))).size, 6);
    }
    const quarterOf = (i: number): number => Math.floor((4 * beats.sample[i]) / beats.recordLengths[beats.record[i]]);
    assert.ok(train.every((i) => quarterOf(i) % 2 === 0));
    assert.ok(tested.every((i) => quarterOf(i) % 2 === 1));
  }
});

test('refuses what cannot be divided', () => {
  const beats = extractBeats([full('a', 40)], { length: 4, before: 1 });
  for (const parts of [1, 0, -4, 2.5, Number.NaN])
    throwsWith(() => temporalSplit(beats, { parts }), ArgumentError, 'temporalSplit', 'parts', String(parts));
  const early = makeRecord('a', { MLII: ramp(40) }, [
    ...from(2, 30).map((t) => [t, 'N'] as const),
    ...[2, 3, 12].map((t) => [t, 'A'] as const),
    ...[3, 4, 32].map((t) => [t, 'V'] as const),
  ]);
  temporalSplit(extractBeats([early], { length: 4, before: 1 }));
  const rest = { ...early, annotations: early.annotations.filter(({ sample, label }) => label !== 'A' || sample < 12) };
  throwsWith(() => temporalSplit(extractBeats([rest], { length: 4, before: 1 })), DataError, 'got no S in test');
  const cut = { ...beats, recordLengths: [20] };
  throwsWith(() => temporalSplit(cut), DataError, 'record a', '20 samples', 'from 17 to 20');
});

test.run();
