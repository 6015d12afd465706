import {
  type BeatSet,
  DE_CHAZAL,
  DS1,
  DS2,
  extractBeats,
  interPatientSplit,
  intraPatientSplit,
  MITDB_RECORDS,
  PACED_RECORDS,
  patientOf,
  SAME_PATIENT,
  splitPatients,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { Random } from '../../../src/core/random.ts';
import { throwsWith } from '../../support/asserts.ts';
import { beatsOf } from '../../support/beatSets.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg/splits/patients');

const names = (beats: BeatSet, indices: Int32Array) => [
  ...new Set(Array.from(indices, (i) => beats.recordNames[beats.record[i]])),
];
const countOf = (beats: BeatSet, indices: Int32Array) =>
  beats.classes.map((_, c) => indices.filter((i) => beats.labels[i] === c).length);

test('intra-patient: half of each class, no beat on both sides, the same for the same seed', () => {
  const beats = beatsOf(['a', 'b', 'c']);
  const split = intraPatientSplit(beats, { random: new Random(1) });
  assert.is(split.protocol, 'intra-patient');
  assert.equal(countOf(beats, split.train), [9, 3, 3]);
  assert.equal(countOf(beats, split.test), [9, 3, 3]);
  assert.equal(
    [...split.train, ...split.test].sort((a, b) => a - b),
    [...beats.labels.keys()],
  );
  assert.equal(split.patients.shared.length, 3);
  assert.equal(intraPatientSplit(beats, { random: new Random(1) }), split);
  assert.not.equal(intraPatientSplit(beats, { random: new Random(2) }).train, split.train);
  const most = intraPatientSplit(beats, { fraction: 0.99, random: new Random(1) });
  assert.equal(countOf(beats, most.test), [1, 1, 1]);
});

test('inter-patient: de Chazal’s lists, which say whom they share and what they leave out', () => {
  const beats = beatsOf(MITDB_RECORDS);
  const split = interPatientSplit(beats);
  assert.is(split.protocol, 'inter-patient');
  assert.equal(names(beats, split.train), [...DS1]);
  assert.equal(names(beats, split.test), [...DS2]);
  assert.equal(split.patients.shared, ['201']);
  assert.equal(split.unusedRecords, [...PACED_RECORDS]);
  assert.is(split.patients.train.length, 22);
});

test('inter-patient: refuses a patient on both sides', () => {
  const beats = beatsOf(MITDB_RECORDS);
  throwsWith(() => interPatientSplit(beats, { train: DS1, test: DS2 }), DataError, 'patient 201', '(201)', '(202)');
  throwsWith(() => interPatientSplit(beats, { train: ['100'], test: ['100', '101'] }), DataError, 'patient 100');
  const sameRecord = { ...DE_CHAZAL, test: [...DS2, '201'] };
  throwsWith(() => interPatientSplit(beats, sameRecord), DataError, 'patient 201');
  const other = { train: ['100'], test: ['101'], patientOf: () => 'x', allowShared: [SAME_PATIENT] };
  throwsWith(() => interPatientSplit(beats, other), DataError, 'patient x', '100', '101');
  const strict = interPatientSplit(beats, { train: DS1, test: DS2.filter((r) => r !== '202') });
  assert.equal(strict.patients.shared, []);
});

test('refuses absent records and absent classes, naming them', () => {
  throwsWith(() => interPatientSplit(beatsOf(['100', '101'])), DataError, 'got none of', '106', '234');
  const beats = beatsOf(['a'], 'NNAA');
  throwsWith(() => intraPatientSplit(beats, { random: new Random(1) }), DataError, 'no V in train');
  const single = beatsOf(['a'], 'NNAAV');
  throwsWith(() => intraPatientSplit(single, { random: new Random(1) }), DataError, 'class 2', 'got 1');
  const mixed = extractBeats(
    [
      makeRecord('a', { I: new Float32Array(9) }, [
        [2, 'N'],
        [3, 'A'],
        [4, 'V'],
      ]),
      makeRecord('b', { I: new Float32Array(9) }, [
        [2, 'N'],
        [3, 'V'],
      ]),
    ],
    { length: 3 },
  );
  throwsWith(() => interPatientSplit(mixed, { train: ['a'], test: ['b'] }), DataError, 'no S in test');
});

test('refuses fractions that leave a side empty', () => {
  const beats = beatsOf(['a']);
  const random = new Random(1);
  for (const fraction of [0, 1, -0.5, Number.NaN]) {
    throwsWith(() => intraPatientSplit(beats, { fraction, random }), ArgumentError, 'fraction');
    throwsWith(() => splitPatients(beats, Int32Array.of(0), fraction, random), ArgumentError, 'fraction');
  }
});

test('splitPatients keeps patients whole and every class on both sides', () => {
  const beats = beatsOf(['a', 'b', 'c', 'd', '201', '202']);
  const all = Int32Array.from(beats.labels.keys());
  for (let seed = 0; seed < 5; seed++) {
    const { train, validation } = splitPatients(beats, all, 0.3, new Random(seed));
    const [left, right] = [train, validation].map((side) => names(beats, side).map(patientOf));
    assert.equal(
      left.filter((p) => right.includes(p)),
      [],
    );
    assert.is(train.length + validation.length, all.length);
    assert.ok([train, validation].every((side) => countOf(beats, side).every((n) => n > 0)));
  }
  throwsWith(() => splitPatients(beatsOf(['a']), Int32Array.of(0, 6, 8), 0.5, new Random(1)), DataError, '1 of S');
});

/** Records of unequal numbers of N, S and V beats. */
function unequal(random: Random, patients: number): BeatSet {
  const records = Array.from({ length: patients }, (_, p) => {
    const labels = ['N', 'A', 'V'].flatMap((label) => new Array<string>(random.integer(12)).fill(label));
    const annotations = labels.map((label, i) => [i + 1, label] as const);
    return makeRecord(`p${p}`, { MLII: new Float32Array(labels.length + 2) }, annotations);
  });
  return extractBeats(records, { length: 3, normalize: 'none' });
}

test('splitPatients: no choice of patients comes nearer to the fraction in every class', () => {
  const random = new Random('unequal');
  let compared = 0;
  for (let trial = 0; trial < 20; trial++) {
    const beats = unequal(random, 5);
    const all = Int32Array.from(beats.labels.keys());
    const totals = countOf(beats, all);
    const fraction = random.uniform(0.05, 0.95);
    const apart = (held: Int32Array): number => {
      const counts = countOf(beats, held);
      if (counts.some((n, c) => totals[c] > 0 && (n === 0 || n === totals[c]))) return Number.POSITIVE_INFINITY;
      return Math.max(...counts.map((n, c) => (totals[c] ? Math.abs(n / totals[c] - fraction) : 0)));
    };
    const choices = Array.from({ length: 2 ** 5 }, (_, code) =>
      apart(all.filter((i) => (code >> beats.record[i]) & 1)),
    );
    const best = Math.min(...choices);
    if (best === Number.POSITIVE_INFINITY) continue;
    assert.is(apart(splitPatients(beats, all, fraction, new Random(trial)).validation), best, `trial ${trial}`);
    compared++;
  }
  assert.ok(compared > 10, `${compared} compared`);
});

test('splitPatients: also of a fraction near 1 every class stays on both sides', () => {
  const beats = beatsOf(['a', 'b', 'c']);
  const { train, validation } = splitPatients(beats, Int32Array.from(beats.labels.keys()), 0.99, new Random(1));
  assert.equal([names(beats, train).length, names(beats, validation).length], [1, 2]);
});

test('splitPatients says what stands in the way', () => {
  const all = (beats: BeatSet) => Int32Array.from(beats.labels.keys());
  const records = (...labels: string[]) =>
    extractBeats(
      labels.map((own, p) =>
        makeRecord(
          `p${p}`,
          { MLII: new Float32Array(9) },
          [...own].map((label, i) => [i + 1, label] as const),
        ),
      ),
      { length: 3, normalize: 'none' },
    );
  const one = records('NNV', 'NNA', 'NNV');
  throwsWith(
    () => splitPatients(one, all(one), 0.5, new Random(1)),
    DataError,
    'at least two patients with beats of every class',
    '3 patients with 3 of N, 1 of S, 2 of V',
  );
  // each class has two patients, and whoever is on one side has all of some class
  const three = records('NA', 'NV', 'AV');
  throwsWith(
    () => splitPatients(three, all(three), 0.5, new Random(1)),
    DataError,
    'expected patients who can be divided with every class on both sides',
    'got 3 for whom no division',
  );
});

test.run();
