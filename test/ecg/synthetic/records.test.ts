import {
  countByClass,
  DS1,
  type EcgRecord,
  encodeRecord,
  extractBeats,
  interPatientSplit,
  isBeat,
  readRecord,
  SYNTHETIC_KINDS,
  type SyntheticKind,
  syntheticRecord,
  syntheticRecords,
} from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type PatientStatistics,
  STATISTICS,
  type Statistic,
  statisticsOf,
  valuesOf,
} from '../../../examples/tools/statistics/patient.ts';
import { mean, quantileOf } from '../../../examples/tools/statistics/quantiles.ts';
import { ArgumentError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg/synthetic/records');
const set = syntheticRecords({ seed: 1 });
const many = syntheticRecords({ seed: 'many', patients: 48, duration: 150 });
const beatsOf = ({ annotations }: EcgRecord) => annotations.filter(({ label }) => isBeat(label));
const rhythmsOf = ({ annotations }: EcgRecord) => annotations.filter((a) => a.label === '+').map(({ aux }) => aux);

test('the same seed and name give the same bits, others do not', () => {
  const [a, b] = [
    syntheticRecord({ seed: 5, name: 'x', duration: 20 }),
    syntheticRecord({ seed: 5, name: 'x', duration: 20 }),
  ];
  assert.equal(a, b);
  assert.not.equal(syntheticRecord({ seed: 6, name: 'x', duration: 20 }).leads, a.leads);
  assert.not.equal(syntheticRecord({ seed: 5, name: 'y', duration: 20 }).leads, a.leads);
  // These sums must come out alike on every engine.
  assert.is(checksum(set.records[0]), CHECKSUM);
});

const CHECKSUM = -1146744520;
function checksum(record: EcgRecord): number {
  const codes = record.leads[0].digital?.samples ?? [];
  return [...codes].reduce((sum, v) => (Math.imul(sum, 31) + v) | 0, 0);
}

test('twelve patients of five minutes, all classes in both halves, patients apart', () => {
  assert.equal(set.records.map((r) => r.name).slice(0, 2), ['syn01', 'syn02']);
  assert.is(set.records.length, 12);
  assert.ok(set.records.every((r) => r.leads[0].samples.length === 300 * 360));
  const beats = extractBeats(set.records);
  const counts = countByClass(beats);
  const share = (n = 0) => n / beats.labels.length;
  assert.ok(Math.abs(share(counts.S) - 0.1) < 0.03, `S ${share(counts.S)}`);
  assert.ok(Math.abs(share(counts.V) - 0.1) < 0.03, `V ${share(counts.V)}`);
  const split = interPatientSplit(beats, set);
  assert.equal([split.patients.train.length, split.patients.test.length, split.patients.shared.length], [6, 6, 0]);
});

test('both halves of a set have enough of every class, whatever the seed', () => {
  for (const patients of [2, 3, 4, 8, 12])
    for (let seed = 0; seed < 8; seed++) {
      const { records, train } = syntheticRecords({ seed, patients, duration: 120 });
      for (const half of [true, false]) {
        const own = records.filter(({ name }) => train.includes(name) === half);
        const { N = 0, S = 0, V = 0 } = countByClass(extractBeats(own, { length: 1 }));
        const message = `${patients} patients, seed ${seed}: N ${N} S ${S} V ${V}`;
        assert.ok(N > 50 * own.length && S >= 4 * own.length && V >= 4 * own.length, message);
      }
    }
});

test('a record can be written as format 212 and read back equal', () => {
  const record = syntheticRecord({ seed: 1, name: 'syn01', duration: 10 });
  const { leads, annotations } = readRecord(encodeRecord(record));
  assert.equal(leads, record.leads);
  assert.equal(annotations, record.annotations);
});

// ---- MIT-BIH's figures

const measured: PatientStatistics[] = many.records.map(statisticsOf);

/** Medians over the patients of MIT-BIH's DS1, of which `npm run statistics -- --data DIR` prints 10, 50 and 90 %. */
const MEDIANS: Partial<Record<Statistic, [ds1: number, within: number]>> = {
  'QRS width of N, ms': [64, 12],
  'QRS width of L and R, ms': [117, 25],
  'QRS width of V, ms': [125, 25],
  'QRS height of N, mV': [1.98, 0.3],
  'QRS height of V, mV': [1.9, 0.4],
  'P wave of N, mV': [0.14, 0.04],
  'P wave of N in fibrillation, mV': [-0.01, 0.03],
  'variation of N': [0.07, 0.02],
  'noise, mV': [0.0131, 0.003],
  'slow noise, mV': [0.016, 0.008],
  'wander, mV': [0.137, 0.05],
  'step of the baseline, mV': [0.047, 0.02],
  'RR, s': [0.8, 0.08],
  'RR deviation / mean': [0.065, 0.015],
  'RR successive difference / mean': [0.044, 0.012],
  'RR correlation of successive': [0.68, 0.1],
  'RR deviation / mean, fibrillation': [0.261, 0.06],
  'RR correlation, fibrillation': [0.2, 0.12],
  'interval before S / RR': [0.77, 0.08],
  'interval after S / RR': [1.12, 0.06],
  'interval before V / RR': [0.67, 0.08],
  'interval after V / RR': [1.31, 0.12],
  'both intervals of V / RR': [1.99, 0.06],
};

for (const [name, [ds1, within]] of Object.entries(MEDIANS))
  test(`as in MIT-BIH: ${name}`, () => {
    const values = valuesOf(measured, name as Statistic);
    const own = quantileOf(values, 0.5);
    assert.ok(values.length >= 4 && Math.abs(own - ds1) <= within, `${own} of ${values.length}, MIT-BIH ${ds1}`);
  });

const mitdb = process.env['MITDB'];
if (!mitdb) console.log('ecg/synthetic/records: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else
  test("MIT-BIH's medians are those that stand here", () => {
    const ds1 = DS1.map((name) => statisticsOf(loadRecord(`${mitdb}/${name}`)));
    for (const [name, [median]] of Object.entries(MEDIANS)) {
      const digits = STATISTICS[name as Statistic];
      assert.is(quantileOf(valuesOf(ds1, name as Statistic), 0.5).toFixed(digits), median.toFixed(digits), name);
    }
  });

test('couplets, runs and every second beat, of S and of V, in some patients and not in others', () => {
  for (const kind of ['S', 'V'] as const)
    for (const how of ['in couplets', 'in runs', 'every second or third'] as const) {
      const values = valuesOf(measured, `${kind} ${how}`);
      assert.ok(quantileOf(values, 0.9) > 0.15, `${kind} ${how}: ${quantileOf(values, 0.9)}`);
      assert.ok(quantileOf(values, 0.1) < 0.25, `${kind} ${how}: ${quantileOf(values, 0.1)}`);
    }
});

test('patients without ectopic beats, with fibrillation, and with a bundle branch block', () => {
  const fraction = (of: (p: PatientStatistics) => boolean): number => measured.filter(of).length / measured.length;
  // DS1: 2 of 22 have none and 5 less than 1 %, 2 fibrillate, 4 have a block.
  assert.ok(fraction((p) => p['share of S'] + p['share of V'] === 0) >= 2 / 22);
  assert.ok(fraction((p) => p['share of fibrillation'] > 0.5) >= 2 / 22);
  assert.ok(fraction((p) => p['share of L and R'] > 0.5) >= 2 / 22);
});

// ---- kinds of patients

/** RR intervals around every beat of `label` whose neighbours are normal, in units of the median normal interval. */
function timing(record: EcgRecord, label: string): { before: number; after: number }[] {
  const a = beatsOf(record);
  const normal = a.slice(1).filter((b, i) => b.label === 'N' && a[i].label === 'N');
  const intervals = normal.map((b) => b.sample - a[a.indexOf(b) - 1].sample).sort((x, y) => x - y);
  const median = intervals[intervals.length >> 1];
  return a.flatMap((b, i) =>
    b.label === label && a[i - 1]?.label === 'N' && a[i + 1]?.label === 'N'
      ? [{ before: (b.sample - a[i - 1].sample) / median, after: (a[i + 1].sample - b.sample) / median }]
      : [],
  );
}

test('S is early and its pause is not compensatory; V is early and its pause is', () => {
  const of = (kind: SyntheticKind, label: string) =>
    ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((name) => timing(syntheticRecord({ seed: 1, name, kind }), label));
  const [s, v] = [of('atrial', 'A'), of('ventricular', 'V')];
  assert.ok(s.length > 60 && v.length > 60);
  assert.ok(mean(s.map((t) => t.before)) < 0.87, `S before ${mean(s.map((t) => t.before))}`);
  assert.ok(mean(v.map((t) => t.before)) < 0.87, `V before ${mean(v.map((t) => t.before))}`);
  const [sumS, sumV] = [s, v].map((list) => mean(list.map((t) => t.before + t.after)));
  assert.ok(Math.abs(sumV - 2) < 0.06, `V before + after ${sumV}`);
  assert.ok(sumS < 1.95, `S before + after ${sumS}`);
});

test('every R peak stands at its annotation, or no farther from it than in MIT-BIH', () => {
  for (const kind of SYNTHETIC_KINDS) {
    const record = syntheticRecord({ seed: 3, name: 'peaks', kind, duration: 100, noise: 0 });
    const { samples } = record.leads[0];
    let far = 0;
    const beats = beatsOf(record).slice(1, -1);
    for (const { sample } of beats) {
      const level = mean([...samples.subarray(sample - 60, sample - 40)]);
      const window = Array.from(samples.subarray(sample - 20, sample + 21), (v) => Math.abs(v - level));
      if (Math.max(...window.slice(15, 26)) < 0.6 * Math.max(...window)) far++;
    }
    assert.ok(far < 0.2 * beats.length, `${kind}: ${far} of ${beats.length}`);
  }
});

test('the kinds: labels, rhythms and P waves', () => {
  const of = (kind: SyntheticKind) => syntheticRecord({ seed: 4, name: kind, kind, duration: 300 });
  const labels = (kind: SyntheticKind) => new Set(beatsOf(of(kind)).map(({ label }) => label));
  assert.equal([...labels('healthy')], ['N']);
  assert.ok(labels('mixed').has('V') && (labels('mixed').has('A') || labels('mixed').has('a')));
  assert.not(labels('atrial').has('V'));
  assert.equal([...labels('ventricular')].sort(), ['N', 'V']);
  assert.ok(labels('leftBlock').has('L') && !labels('leftBlock').has('N'));
  assert.ok(labels('rightBlock').has('R') && !labels('rightBlock').has('N'));
  assert.is(rhythmsOf(of('fibrillation'))[0], '(AFIB');
  assert.is(rhythmsOf(of('healthy')).join(), '(N');
  const runs = many.records.flatMap(rhythmsOf);
  for (const rhythm of ['(N', '(AFIB', '(BII', '(VT', '(SVTA', '(B', '(T']) assert.ok(runs.includes(rhythm), rhythm);
  // A dropped beat leaves an interval of about two.
  const dropped = beatsOf(of('droppedBeats')).filter(({ label }, i, a) => label === 'N' && a[i - 1]?.label === 'N');
  const intervals = timing(of('droppedBeats'), 'N').map(({ after }) => after);
  assert.ok(intervals.filter((after) => after > 1.7).length > 0.02 * dropped.length);
});

test('the fractions of ectopic beats are options', () => {
  const record = syntheticRecord({ seed: 1, name: 'n', duration: 60, supraventricular: 0, ventricular: 0 });
  assert.ok(beatsOf(record).every((a) => a.label === 'N'));
  for (const [s, v] of [
    [0.02, 0.07],
    [0.2, 0.1],
    [0.25, 0.25],
  ]) {
    const { records } = syntheticRecords({ seed: 2, patients: 32, supraventricular: s, ventricular: v });
    const { N = 0, S = 0, V = 0 } = countByClass(extractBeats(records, { length: 1 }));
    assert.ok(Math.abs(S / (N + S + V) - s) < 0.15 * s + 0.01, `S ${S / (N + S + V)} for ${s}`);
    assert.ok(Math.abs(V / (N + S + V) - v) < 0.15 * v + 0.01, `V ${V / (N + S + V)} for ${v}`);
  }
});

test('refuses options out of range', () => {
  const options = { seed: 1, name: 'x' };
  throwsWith(() => syntheticRecord({ ...options, duration: 0 }), ArgumentError, 'duration', 'got 0');
  throwsWith(() => syntheticRecord({ ...options, noise: Number.NaN }), ArgumentError, 'noise', 'NaN');
  throwsWith(() => syntheticRecord({ ...options, ventricular: -1 }), ArgumentError, 'ventricular', '-1');
  throwsWith(() => syntheticRecord({ ...options, supraventricular: 0.3, ventricular: 0.3 }), ArgumentError, '0.6');
  throwsWith(() => syntheticRecord({ ...options, kind: 'ill' as 'mixed' }), ArgumentError, 'kind', 'ill');
  throwsWith(() => syntheticRecords({ seed: 1, patients: 1 }), ArgumentError, 'patients', 'got 1');
});

test.run();
