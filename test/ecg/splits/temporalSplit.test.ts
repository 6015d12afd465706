import {
  type BeatSet,
  extractBeats,
  interPatientSplit,
  intraPatientSplit,
  overlapWithTraining,
  patientOf,
  syntheticRecords,
  temporalSplit,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { Random } from '../../../src/core/random.ts';
import { throwsWith } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg split by time');

const ramp = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);
/** A record with a beat at every sample, the classes in turn. */
const full = (name: string, n: number, labels = 'NAV') =>
  makeRecord(
    name,
    { MLII: ramp(n) },
    Array.from({ length: n }, (_, i) => [i, labels[i % labels.length]] as const),
  );
const startsOf = (beats: BeatSet, indices: Int32Array, record = 0): number[] =>
  [...indices].filter((i) => beats.record[i] === record).map((i) => beats.sample[i] - beats.before);
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Pairs of a training and a test window of one record that share a sample, by comparing all with all. */
function sharing(beats: BeatSet, train: Int32Array, tested: Int32Array): number {
  const samplesOf = (i: number) => new Set(from(0, beats.length - 1).map((t) => beats.sample[i] - beats.before + t));
  let count = 0;
  for (const i of train)
    for (const j of tested)
      if (beats.record[i] === beats.record[j] && Math.abs(beats.sample[i] - beats.sample[j]) < 3 * beats.length) {
        const own = samplesOf(i);
        if ([...samplesOf(j)].some((t) => own.has(t))) count++;
      }
  return count;
}

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
