import {
  type BeatSet,
  beatTiming,
  type EcgRecord,
  extractBeats,
  isBeat,
  subset,
  syntheticRecords,
  TIMING_FEATURES,
  type TimingFeature,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../src/core/errors.ts';
import { assertClose, assertSameBits } from '../support.ts';
import { makeRecord } from './records.ts';
import { throwsWith } from './throws.ts';

const test = suite('ecg rhythm');
const rounding = { absolute: 1e-7 }; // of float32

type Annotated = readonly (readonly [sample: number, label: string])[];

/** A record of zeros, and the set of its beats in windows of one sample. */
function made(annotations: Annotated, name = 'r'): { record: EcgRecord; beats: BeatSet } {
  const record = makeRecord(name, { MLII: new Float32Array(3000) }, annotations);
  return { record, beats: extractBeats([record], { length: 1 }) };
}

const RATIOS = ['previous', 'change', 'rate', 'next'] as const;

/** Rows of the timing, with all features that are of one interval. */
function rows(record: EcgRecord, beats: BeatSet, memory?: number): number[][] {
  const { x } = beatTiming([record], beats, { features: RATIOS, memory });
  return Array.from(beats.sample, (_, i) => [...x.subarray(4 * i, 4 * i + 4)]);
}

// At 360 Hz; intervals in samples: 288 (0.8 s), 288, 144, 432, 288. F is a beat that the set leaves out, + is none.
const rhythm: Annotated = [
  [90, '+'],
  [100, 'N'],
  [388, 'N'],
  [500, '~'],
  [676, 'N'],
  [820, 'F'],
  [1252, 'N'],
  [1540, 'V'],
];

test('intervals run between all annotated beats, also those that the set leaves out', () => {
  const { record, beats } = made(rhythm);
  assert.equal([...beats.sample], [100, 388, 676, 1252, 1540]);
  const expected = [
    [0, 0, 0, 0], // no interval
    [0, 0, 0, 0], // one interval, and no past to compare it with
    [0, 0, 0, Math.log(144 / 288)],
    [Math.log(432 / 240), Math.log(432 / 144), Math.log(240 / 288), Math.log(288 / 240)], // m = (288 + 288 + 144) / 3
    [0, Math.log(288 / 432), 0, 0], // m = (288 + 288 + 144 + 432) / 4 = 288; no beat follows
  ];
  assertClose(rows(record, beats).flat(), expected.flat(), rounding);
  const withF = extractBeats([record], { length: 1, classes: ['F'] });
  const early = [Math.log(144 / 288), Math.log(144 / 288), 0, Math.log(432 / 288)];
  assertClose(rows(record, withF).flat(), early, rounding);
});

test('the memory is the number of intervals in the mean', () => {
  const { record, beats } = made(rhythm);
  const last = (memory: number): number[] => rows(record, beats, memory)[4];
  assertClose(last(1), [Math.log(288 / 432), Math.log(288 / 432), Math.log(432 / 288), 0], rounding);
  assertClose(last(2), [0, Math.log(288 / 432), 0, 0], rounding); // (144 + 432) / 2 = 288
  assertClose(last(3), [0, Math.log(288 / 432), 0, 0], rounding); // (288 + 144 + 432) / 3 = 288
});

test('rate is in seconds, the others are not', () => {
  const { record, beats } = made(rhythm);
  const slow = rows({ ...record, samplingFrequency: 180 }, beats)[3];
  assertClose(slow, [Math.log(1.8), Math.log(3), Math.log(480 / 288), Math.log(1.2)], rounding);
});

test('irregularity is the median of what successive intervals differ by', () => {
  const at = (...intervals: number[]): Annotated => {
    const after = (n: number): number => intervals.slice(0, n).reduce((sum, interval) => sum + interval, 0);
    return [0, ...intervals].map((_, n) => [after(n), 'N'] as const);
  };
  const of = (...intervals: number[]): number => {
    const { record, beats } = made(at(...intervals));
    return beatTiming([record], beats, { features: ['irregularity'] }).x[intervals.length];
  };
  // The interval before the beat itself does not count: log ratios are log 2, log 2 and log 1.5 here.
  assertClose(
    [of(100, 200, 100, 150, 299)],
    [Math.log(Math.log(2) / 0.05)].map((v) => Math.min(v, Math.log(4))),
    rounding,
  );
  assertClose([of(100, 110, 100, 300)], [Math.log(Math.log(1.1) / 0.05)], rounding);
  assertClose([of(100, 100, 100)], [Math.log(1 / 4)], rounding);
  assert.is(of(100, 200), 0, 'one interval before the last one');
});

test('beats whose window is dropped count', () => {
  const annotations = [100, 388, 676, 820].map((sample) => [sample, 'N'] as const);
  const record = makeRecord('r', { MLII: new Float32Array(900) }, annotations);
  const beats = extractBeats([record], { length: 253 });
  assert.equal([...beats.sample], [388, 676]); // the first and the last lack a part of their window
  assertClose(rows(record, beats).flat(), [0, 0, 0, 0, 0, 0, 0, Math.log(0.5)], rounding);
});

test('ratios are clipped to a quarter and to four', () => {
  const at = [0, 100, 200, 1200, 1201, 2900] as const; // intervals 100, 100, 1000, 1, 1699
  const { record, beats } = made(at.map((sample) => [sample, 'N'] as const));
  const four = Math.log(4);
  const rate = (mean: number): number => Math.log(mean / 288);
  const expected = [
    [0, 0, rate(100), four],
    [four, four, rate(100), -four],
    [-four, -four, rate(400), four],
    [four, four, rate(1201 / 4), 0],
  ];
  assertClose(rows(record, beats).slice(2).flat(), expected.flat(), rounding);
});

test('two annotations at one sample are one beat', () => {
  const { record, beats } = made(rhythm);
  const twice = made(rhythm.flatMap((annotation) => [annotation, annotation]));
  assert.equal(
    rows(twice.record, twice.beats),
    rows(record, beats).flatMap((row) => [row, row]),
  );
});

test('annotations out of order, and a set in another order', () => {
  const { record, beats } = made(rhythm);
  const backwards = { ...record, annotations: [...record.annotations].reverse() };
  assert.equal(rows(backwards, beats), rows(record, beats));
  assert.equal(
    rows(record, subset(beats, [3, 0, 4])),
    [3, 0, 4].map((i) => rows(record, beats)[i]),
  );
});

test('features come in the order asked for, by default the causal ones', () => {
  const { record, beats } = made(rhythm);
  const all = rows(record, beats);
  const timing = beatTiming([record], beats);
  assert.equal(timing.features, ['previous', 'change', 'rate']);
  assert.equal(
    [...timing.x],
    all.flatMap((row) => row.slice(0, 3)),
  );
  const two = beatTiming([record], beats, { features: ['next', 'previous'] });
  assert.equal(two.features, ['next', 'previous']);
  assert.equal(
    [...two.x],
    all.flatMap(([previous, , , next]) => [next, previous]),
  );
  assert.is(beatTiming([], subset(beats, [])).x.length, 0);
});

const set = syntheticRecords({ seed: 'rhythm', patients: 3, duration: 60 });
const beats = extractBeats(set.records, { classes: ['S', 'N'] });

/** The definitions, word for word. */
function naive(record: EcgRecord, sample: number, memory: number): Record<TimingFeature, number> {
  const times = record.annotations.filter((a) => isBeat(a.label)).map((a) => a.sample / record.samplingFrequency);
  const i = times.indexOf(sample / record.samplingFrequency);
  const rr = (k: number): number => (k >= 1 && k < times.length ? times[k] - times[k - 1] : Number.NaN);
  let [sum, n] = [0, 0];
  for (let k = i - 1; k >= 1 && n < memory; k--, n++) sum += rr(k);
  const known = (ratio: number): number =>
    Number.isNaN(ratio) ? 0 : Math.max(Math.log(1 / 4), Math.min(Math.log(4), Math.log(ratio)));
  const m = sum / n; // NaN where there is no interval
  const steps = Array.from({ length: Math.max(0, n - 1) }, (_, k) => Math.abs(known(rr(i - 1 - k) / rr(i - 2 - k))));
  const [low, high] = [Math.floor, Math.ceil].map((at) => steps.sort((a, b) => a - b)[at((steps.length - 1) / 2)]);
  return {
    previous: known(rr(i) / m),
    change: known(rr(i) / rr(i - 1)),
    rate: known(m / 0.8),
    next: known(rr(i + 1) / m),
    irregularity: known((low + high) / 2 / 0.05),
  };
}

test('agrees with a naive computation on synthetic records', () => {
  for (const memory of [1, 5, 32, 1000]) {
    const { x, features } = beatTiming([...set.records].reverse(), beats, { features: TIMING_FEATURES, memory });
    const expected = Array.from(beats.sample, (sample, i) => {
      const timing = naive(set.records[beats.record[i]], sample, memory);
      return features.map((feature) => timing[feature]);
    });
    assertClose(x, expected.flat(), rounding, `memory ${memory}`);
  }
  const atDefault = beatTiming(set.records, beats, { features: TIMING_FEATURES }).x;
  assertSameBits(atDefault, beatTiming(set.records, beats, { features: TIMING_FEATURES, memory: 32 }).x);
});

test('nothing after a beat changes its causal features, and next changes', () => {
  const whole = beatTiming(set.records, beats).x;
  const next = beatTiming(set.records, beats, { features: ['next'] }).x;
  let changed = 0;
  beats.sample.forEach((sample, i) => {
    const record = set.records[beats.record[i]];
    const until = record.annotations.filter((a) => isBeat(a.label) && a.sample <= sample);
    const futures = [[], [{ ...until[0], sample: sample + 1 }], [{ ...until[0], sample: sample + 500 }]];
    const one = subset(beats, [i]);
    const nexts = futures.map((future) => {
      const other = [{ ...record, annotations: [...until, ...future] }];
      assertSameBits(beatTiming(other, one).x, whole.subarray(3 * i, 3 * i + 3));
      return beatTiming(other, one, { features: ['next'] }).x[0];
    });
    if (until.length < 3) return; // no past to compare with
    assert.is(nexts[0], 0);
    assert.ok(nexts[1] < nexts[2]);
    if (next[i] !== nexts[0]) changed++;
  });
  assert.ok(changed > 0.9 * beats.sample.length, `${changed} of ${beats.sample.length}`);
});

test('S comes early, and after it there is a pause', () => {
  const { x } = beatTiming(set.records, beats, { features: ['previous', 'next'] });
  const early = (label: number): number => {
    const values = Array.from(beats.labels.keys()).filter((i) => beats.labels[i] === label);
    return values.reduce((sum, i) => sum + x[2 * i], 0) / values.length;
  };
  assert.ok(early(0) < -0.1 && early(1) > -0.05, `S ${early(0)}, N ${early(1)}`);
});

test('refuses features that do not exist, no memory, and beats that are not of the records', () => {
  const { record, beats } = made(rhythm);
  throwsWith(
    () => beatTiming([record], beats, { features: ['rate', 'nxt' as 'next'] }),
    ArgumentError,
    'beatTiming: expected features among previous, change, rate, next, irregularity, got "nxt"',
  );
  for (const memory of [0, 1.5, Number.NaN])
    throwsWith(() => beatTiming([record], beats, { memory }), ArgumentError, 'beatTiming', 'memory', `got ${memory}`);
  throwsWith(() => beatTiming([made(rhythm, 's').record], beats), DataError, 'beatTiming', 'none of name r');
  const without = { ...record, annotations: record.annotations.filter((a) => a.sample !== 676) };
  throwsWith(() => beatTiming([without], beats), DataError, 'beatTiming: record r', 'none at sample 676');
  const noBeat = {
    ...record,
    annotations: record.annotations.map((a) => (a.sample === 676 ? { ...a, label: '+' } : a)),
  };
  throwsWith(() => beatTiming([noBeat], beats), DataError, 'none at sample 676');
  const between = { ...record, annotations: [...record.annotations, { ...record.annotations[1], sample: 0.5 }] };
  throwsWith(() => beatTiming([between], beats), DataError, 'record r', 'got 0.5');
});

test.run();
