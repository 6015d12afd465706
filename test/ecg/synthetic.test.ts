import {
  countByClass,
  type EcgRecord,
  encodeRecord,
  extractBeats,
  interPatientSplit,
  readRecord,
  syntheticRecord,
  syntheticRecords,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError } from '../../src/core/errors.ts';
import { throwsWith } from './throws.ts';

const test = suite('ecg synthetic');
const set = syntheticRecords({ seed: 1 });

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

const CHECKSUM = 1487955205;
function checksum(record: EcgRecord): number {
  return record.leads[0].digital.reduce((sum, v) => (Math.imul(sum, 31) + v) | 0, 0);
}

test('twelve patients of five minutes, all classes, patients apart', () => {
  assert.equal(set.records.map((r) => r.name).slice(0, 2), ['syn01', 'syn02']);
  assert.is(set.records.length, 12);
  assert.ok(set.records.every((r) => r.leads[0].samples.length === 300 * 360));
  const beats = extractBeats(set.records);
  const counts = countByClass(beats);
  const share = (n = 0) => n / beats.labels.length;
  assert.ok(Math.abs(share(counts.N) - 0.75) < 0.03, `N ${share(counts.N)}`);
  assert.ok(Math.abs(share(counts.S) - 0.12) < 0.03, `S ${share(counts.S)}`);
  assert.ok(Math.abs(share(counts.V) - 0.13) < 0.03, `V ${share(counts.V)}`);
  const split = interPatientSplit(beats, set);
  assert.equal([split.patients.train.length, split.patients.test.length, split.patients.shared.length], [6, 6, 0]);
});

test('a record can be written as format 212 and read back equal', () => {
  const record = syntheticRecord({ seed: 1, name: 'syn01', duration: 10 });
  const { leads, annotations } = readRecord(encodeRecord(record));
  assert.equal(leads, record.leads);
  assert.equal(annotations, record.annotations);
});

/** RR intervals around every beat of `label` whose neighbours are both N, in units of the median N-N interval. */
function timing(record: EcgRecord, label: string): { before: number; after: number }[] {
  const a = record.annotations;
  const normal = a.slice(1).filter((b, i) => b.label === 'N' && a[i].label === 'N');
  const intervals = normal.map((b) => b.sample - a[a.indexOf(b) - 1].sample).sort((x, y) => x - y);
  const median = intervals[intervals.length >> 1];
  return a.flatMap((b, i) =>
    b.label === label && a[i - 1]?.label === 'N' && a[i + 1]?.label === 'N'
      ? [{ before: (b.sample - a[i - 1].sample) / median, after: (a[i + 1].sample - b.sample) / median }]
      : [],
  );
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('S is early and its pause is not compensatory; V is early and its pause is', () => {
  for (const record of set.records) {
    const [s, v] = [timing(record, 'A'), timing(record, 'V')];
    assert.ok(s.length > 10 && v.length > 10);
    assert.ok(mean(s.map((t) => t.before)) < 0.87, `S before ${mean(s.map((t) => t.before))}`);
    assert.ok(mean(v.map((t) => t.before)) < 0.8, `V before ${mean(v.map((t) => t.before))}`);
    const [sumS, sumV] = [s, v].map((list) => mean(list.map((t) => t.before + t.after)));
    assert.ok(Math.abs(sumV - 2) < 0.06, `V before + after ${sumV}`);
    assert.ok(sumS < 1.9, `S before + after ${sumS}`);
  }
});

/** Samples around the R peak where the signal stays beyond half of its height above the level before the beat. */
function widthAtHalf(samples: Float32Array, peak: number): number {
  const level = mean([...samples.subarray(peak - 55, peak - 40)]);
  const half = (samples[peak] - level) / 2;
  const beyond = (i: number) => (samples[i] - level) / half > 1;
  let [low, high] = [peak, peak];
  while (beyond(low - 1)) low--;
  while (beyond(high + 1)) high++;
  return high - low + 1;
}

test('S is as narrow as N, V is wide, and both R peaks stand at their annotations', () => {
  for (const name of ['a', 'b', 'c', 'd']) {
    const record = syntheticRecord({ seed: 3, name, duration: 200, noise: 0 });
    const { samples } = record.leads[0];
    const width = (label: string) => {
      const beats = record.annotations.slice(1, -1).filter((a) => a.label === label);
      return mean(beats.map((a) => widthAtHalf(samples, a.sample)));
    };
    const [n, s, v] = ['N', 'A', 'V'].map(width);
    assert.ok(Math.abs(s / n - 1) < 0.15, `${name}: S ${s} N ${n}`);
    assert.ok(v > 1.25 * n, `${name}: V ${v} N ${n}`);
    for (const { sample, label } of record.annotations.slice(1, -1)) {
      const window = samples.subarray(sample - 5, sample + 6);
      const extreme = samples[sample] > samples[sample - 20] ? Math.max(...window) : Math.min(...window);
      assert.ok(Math.abs(samples[sample] - extreme) < 0.05, `${name}: ${label} at ${sample}`);
    }
  }
});

test('N has a P wave, V has none', () => {
  // From 0.24 s to 0.17 s before the R peak a P wave rises; only V beats that come after the T wave's end can tell.
  const rise: Record<string, number[]> = { N: [], V: [] };
  for (const name of ['a', 'b', 'c', 'd']) {
    const { leads, annotations } = syntheticRecord({ seed: 2, name, duration: 200, noise: 0, supraventricular: 0 });
    annotations.forEach(({ sample, label }, i) => {
      const coupling = sample - annotations[i - 1]?.sample;
      if (coupling > 0.6 * 360) rise[label].push(leads[0].samples[sample - 61] - leads[0].samples[sample - 86]);
    });
  }
  assert.ok(rise['V'].length > 10);
  assert.ok(mean(rise['N']) > 0.06, `N ${mean(rise['N'])}`);
  assert.ok(Math.abs(mean(rise['V'])) < 0.03, `V ${mean(rise['V'])}`);
});

test('the shares of ectopic beats are options', () => {
  const record = syntheticRecord({ seed: 1, name: 'n', duration: 60, supraventricular: 0, ventricular: 0 });
  assert.ok(record.annotations.every((a) => a.label === 'N'));
});

test('refuses options out of range', () => {
  const options = { seed: 1, name: 'x' };
  throwsWith(() => syntheticRecord({ ...options, duration: 0 }), ArgumentError, 'duration', 'got 0');
  throwsWith(() => syntheticRecord({ ...options, noise: Number.NaN }), ArgumentError, 'noise', 'NaN');
  throwsWith(() => syntheticRecord({ ...options, ventricular: -1 }), ArgumentError, 'ventricular', '-1');
  throwsWith(() => syntheticRecord({ ...options, supraventricular: 0.3, ventricular: 0.3 }), ArgumentError, '0.6');
  throwsWith(() => syntheticRecords({ seed: 1, patients: 1 }), ArgumentError, 'patients', 'got 1');
});

test.run();
