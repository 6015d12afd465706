import { Random } from 'dynaecg';
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
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { assertClose, assertSameBits, throwsWith } from '../../support/asserts.ts';
import { naive, rounding, rows } from '../../support/beatTiming.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg/rhythm/beatTiming');

type Annotated = readonly (readonly [sample: number, label: string])[];

/** A record of zeros, and the set of its beats in windows of one sample. */
function made(annotations: Annotated, name = 'r'): { record: EcgRecord; beats: BeatSet } {
  const length = Math.max(0, ...annotations.map(([sample]) => sample)) + 1;
  const record = makeRecord(name, { MLII: new Float32Array(length) }, annotations);
  return { record, beats: extractBeats([record], { length: 1 }) };
}

/** The same of N at the ends of the given intervals, in s; the first beat is at 1 s. */
function spaced(intervals: readonly number[]): { record: EcgRecord; beats: BeatSet } {
  let time = 1;
  const times = [time, ...intervals.map((interval) => (time += interval))];
  return made(times.map((at) => [Math.round(360 * at), 'N']));
}

const STEADY = 0.825; // s, a whole number of samples
const steady = (count: number): number[] => new Array<number>(count).fill(STEADY);
const RATE = Math.log(STEADY / 0.8);

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
    [-four, -four, rate(100), four], // without the 1000
    [four, four, -four, 0],
  ];
  assertClose(rows(record, beats).slice(2).flat(), expected.flat(), rounding);
});

test('a gap in the annotations is no interval: the rhythm begins anew, at its rate', () => {
  const { record, beats } = spaced([...steady(40), 100, ...steady(40)]);
  const found = rows(record, beats);
  assert.is(found.length, 82);
  const ordinary = [0, 0, RATE, 0];
  const unknown = [0, 0, 0, 0];
  const expected = found.map((_, i) => ([0, 1, 41, 42].includes(i) ? unknown : ordinary));
  assertClose(found.flat(), expected.flat(), rounding);
});

test('a gap at the beginning, at the end, and two in a row, are the edges of other records', () => {
  const part = [0.7, 0.8, 0.9, 0.6, 0.8];
  const alone = spaced(part);
  const expected = rows(alone.record, alone.beats);
  const unknown = [0, 0, 0, 0];
  for (const [before, beatsBefore] of [
    [[11], 1],
    [[0.8, 11], 2],
    [[11, 11], 2],
  ] as const) {
    const { record, beats } = spaced([...before, ...part, 11]);
    const beginning = new Array<number[]>(beatsBefore).fill(unknown);
    assert.equal(rows(record, beats), [...beginning, ...expected, unknown]);
  }
});

test('ten seconds are an interval, a sample more is none', () => {
  const { record, beats } = spaced([0.8, 0.8, 10, 0.8]);
  assertClose(rows(record, beats)[3], [Math.log(4), Math.log(4), 0, 0], rounding);
  const longer = spaced([0.8, 0.8, 10 + 1 / 360, 0.8]);
  assert.equal(rows(longer.record, longer.beats)[3], [0, 0, 0, 0]);
});

test('a pause is no rhythm: wherever it is, the mean is without it', () => {
  for (const pauses of [[3.5], [9], [9, 9], [9, STEADY, 6, STEADY, 9]]) {
    const { record, beats } = spaced([...steady(20), ...pauses, ...steady(40)]);
    const timing = beatTiming([record], beats, { features: ['previous', 'rate'] }).x;
    for (let i = 21 + pauses.length; i < beats.sample.length; i++)
      assertClose(timing.subarray(2 * i, 2 * i + 2), [0, RATE], rounding, `${pauses} at ${i}`);
  }
  const first = spaced([9, ...steady(40)]); // of one or two intervals nobody knows which is the pause
  const found = rows(first.record, first.beats);
  for (let i = 4; i < found.length; i++) assertClose(found[i], [0, 0, RATE, found[i][3]], rounding, `${i}`);
});

test('a slow rhythm is one, and a change of rate is in the mean', () => {
  const slow = new Array<number>(40).fill(3); // 20 a minute, a block
  const rate = (from: number, count: number): number[] => {
    const { record, beats } = spaced([...new Array<number>(40).fill(from), ...slow]);
    return [
      ...beatTiming([record], beats, { features: ['previous', 'rate'] })
        .x.subarray(2 * (41 + count))
        .slice(0, 2),
    ];
  };
  for (let count = 0; count <= 34; count++) {
    const inMemory = Math.min(count, 32);
    const mean = ((32 - inMemory) * 0.8 + inMemory * 3) / 32;
    assertClose(rate(0.8, count), [Math.log(3 / mean), Math.log(mean / 0.8)], rounding, `${count}`);
    // More than four times as slow, so that half of the memory has to be.
    const later = count < 16 ? 0.5 : ((32 - inMemory) * 0.5 + inMemory * 3) / 32;
    assertClose(rate(0.5, count), [Math.log(Math.min(4, 3 / later)), Math.log(later / 0.8)], rounding, `${count}`);
  }
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

test('agrees with a naive computation on synthetic records', () => {
  for (const memory of [1, 5, 32, 1000]) {
    const { x, features } = beatTiming([...set.records].reverse(), beats, { features: TIMING_FEATURES, memory });
    assert.equal(features, TIMING_FEATURES);
    const byRecord = set.records.map((record) => naive(record, memory));
    const expected = Array.from(beats.sample, (sample, i) => {
      const r = beats.record[i];
      return byRecord[r][set.records[r].annotations.filter((a) => isBeat(a.label) && a.sample < sample).length];
    });
    assertClose(x, expected.flat(), rounding, `memory ${memory}`);
  }
});

test('agrees with a naive computation where there are pauses, gaps and double annotations, and is causal there', () => {
  const random = new Random('pauses');
  const kinds = [0.01, 0.2, 0.3, 0.8, 0.8, 0.8, 0.8, 1.5, 3, 3.3, 6, 9.9, 10.1, 60];
  let leftOut = 0;
  for (let round = 0; round < 8; round++) {
    const { record, beats } = spaced(
      Array.from({ length: 100 }, () => kinds[random.integer(kinds.length)] * (1 + 0.1 * random.uniform())),
    );
    for (const memory of [1, 2, 3, 8, 32, 1000]) {
      const x = rows(record, beats, memory);
      const exact = naive(record, memory);
      const plain = naive(record, memory, true);
      assertClose(
        x.flat(),
        exact.flatMap((row) => row.slice(0, 4)),
        rounding,
        `round ${round} memory ${memory}`,
      );
      leftOut += exact.filter(([, , rate], i) => rate !== plain[i][2]).length;
      beats.sample.forEach((_, i) => {
        const until = { ...record, annotations: record.annotations.slice(0, i + 1) };
        assert.equal(rows(until, subset(beats, [i]), memory)[0].slice(0, 3), x[i].slice(0, 3));
      });
    }
  }
  assert.ok(leftOut > 1000, `${leftOut}`);
});

test('the memory is 32 intervals by default', () => {
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

/** The features of the last beat but one after intervals in seconds. */
function lastBut(intervals: number[], features: readonly TimingFeature[]): number[] {
  const { record, beats } = spaced(intervals);
  const { x } = beatTiming([record], beats, { features });
  const F = features.length;
  return [...x.subarray((beats.sample.length - 2) * F, (beats.sample.length - 1) * F)];
}

test('a beat at the sinus rate after a block is early for the mean, and not among the shortest; an early beat is both', () => {
  const features = ['previous', 'median', 'shortest', 'delayedShortest', 'delayedPause'] as const;
  // every second beat blocked, and some that come through: 1.6 s and 0.8 s
  const block = Array.from({ length: 32 }, (_, i) => (i % 4 === 3 ? 0.8 : 1.6));
  const mean = (24 * 1.6 + 8 * 0.8) / 32;
  const through = lastBut([...block, 0.8, 0.8], features);
  assertClose(through, [Math.log(0.8 / mean), Math.log(0.8 / 1.6), 0, 0, Math.log(0.8 / mean)], rounding);
  const early = lastBut([...block, 0.5, 1.1], features);
  assert.ok(early[2] < -0.4 && early[3] > 0.3, `${early}`);

  const sinus = new Array(32).fill(0.8);
  const ventricular = lastBut([...sinus, 0.5, 1.1], features); // the pause compensates
  assertClose(ventricular, [0.5 / 0.8, 0.5 / 0.8, 0.5 / 0.8, 1.1 / 0.8, 1].map(Math.log), { absolute: 1e-2 });
  const supraventricular = lastBut([...sinus, 0.5, 0.85], features); // it does not, since the sinus was reset
  assert.ok(supraventricular[4] < -0.15, `${supraventricular}`);
});

test('nothing after a beat changes what is causal, and only the next beat what is delayed', () => {
  const causal = TIMING_FEATURES.filter((f) => f !== 'next' && !f.startsWith('delayed'));
  const delayed = TIMING_FEATURES.filter((f) => !causal.includes(f));
  assert.equal(delayed, ['next', 'delayedShortest', 'delayedPause']);
  const rest = [0.8, 0.7, 0.9, 0.5, 1.1, 0.8];
  const own = lastBut([...rest, 0.6, 1], causal);
  assert.equal(lastBut([...rest, 0.6, 2], causal), own);
  const late = lastBut([...rest, 0.6, 1], delayed);
  const other = lastBut([...rest, 0.6, 2], delayed);
  for (const [f, value] of late.entries()) assert.ok(other[f] > value);
  const { record, beats } = spaced([...rest, 0.6, 1, 0.4, 3]);
  const { x } = beatTiming([record], beats, { features: TIMING_FEATURES });
  const F = TIMING_FEATURES.length;
  const row = [...x.subarray((rest.length + 1) * F, (rest.length + 2) * F)];
  assert.equal(row, lastBut([...rest, 0.6, 1], TIMING_FEATURES), 'two beats later nothing changes any more');
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
    'beatTiming: expected features among previous, change, rate, next, irregularity, median, shortest, delayedShortest, ' +
      'delayedPause, got "nxt"',
  );
  for (const memory of [0, 1.5, Number.NaN])
    throwsWith(() => beatTiming([record], beats, { memory }), ArgumentError, 'beatTiming', 'memory', `got ${memory}`);
  throwsWith(() => beatTiming([made(rhythm, 's').record], beats), DataError, 'beatTiming', 'none with name r');
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
