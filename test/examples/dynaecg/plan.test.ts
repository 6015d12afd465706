import { ArgumentError } from 'dynaecg';
import { beatChannels } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plan, planOnAll } from '../../../examples/dynaecg/plan.ts';
import type { Recordings } from '../../../examples/dynaecg/recordings.ts';
import { channelsOf, readAll, type Samples, windowsOf } from '../../../examples/dynaecg/samples.ts';
import { assertSameBits, assertThrows } from '../../support/asserts.ts';
import { configured, TINY } from '../../support/configurations.ts';
import {
  disjoint,
  inOrder,
  patients,
  places,
  placesOf,
  planned,
  range,
  recordings,
  together,
} from '../../support/plans.ts';

const test = suite('examples/dynaecg/plan');

for (const protocol of ['intra', 'inter'] as const) {
  test(`${protocol}: the validation part sees no beat of the test half`, () => {
    for (const keep of ['best', 'last'] as const) {
      const { split, all, train, validation: held, judged } = planned({ protocol, keep }, '0', 'validation');
      const [training, tested] = [split.train, split.test].map((side) => placesOf(all.beats, side));
      assert.ok(disjoint(training, tested));
      if (keep === 'best') assert.equal(places(judged), places(held));
      else assert.ok(places(held).every((place) => places(judged).includes(place)));
      assert.ok(disjoint(places(train), places(judged)), 'judged on what was not trained on');
      assert.equal(together(places(train), places(judged)), training);
      for (const side of [train, held, judged]) assert.ok(disjoint(places(side), tested));
    }
  });

  test(`${protocol}: the test part trains on the training half, and is judged on the test half`, () => {
    for (const keep of ['best', 'last'] as const) {
      const { split, all, train, validation: held, judged } = planned({ protocol, keep }, '0', 'test');
      const [training, tested] = [split.train, split.test].map((side) => placesOf(all.beats, side));
      assert.equal(places(judged), tested);
      assert.ok(disjoint(training, tested));
      if (keep === 'best') {
        assert.ok(disjoint(places(train), places(held)), 'chosen by what was not trained on');
        assert.equal(together(places(train), places(held)), training);
      } else {
        assert.equal(places(train), training, 'nothing is chosen: all is for training');
        assert.ok(places(held).every((place) => training.includes(place)));
      }
    }
  });

  test(`${protocol}: the test half is the same for all seeds and settings, and what is held back the same for one seed`, () => {
    const tests = ['0', '1', 'two'].map((seed) => [...planned({ protocol }, seed).split.test]);
    for (const other of tests.slice(1)) assert.equal(other, tests[0]);
    assert.equal(
      [...planned({ protocol, validationFraction: 0.3, timing: ['rate'], hidden: 8 }, '7').split.test],
      tests[0],
    );
    // With a long window more beats pass an edge; those that are left stand on the side where they stood.
    const [short, long] = [253, 1800].map((length) => planned({ protocol, length }));
    assert.ok(long.all.labels.length < short.all.labels.length);
    for (const side of ['train', 'judged'] as const)
      assert.ok(places(long[side]).every((place) => places(short[side]).includes(place)));
    if (protocol === 'intra')
      assert.not.equal(places(planned({}, '0').validation), places(planned({}, '1').validation));
    const twice = range(2).map(() => places(planned({ protocol }, '0').validation));
    assert.equal(twice[0], twice[1]);
    assert.equal(places(planned({ protocol }, '0', 'validation').validation), twice[0], 'the same in both parts');
  });

  test(`${protocol}: every side holds windows, timing and labels of the same beats`, () => {
    const {
      all,
      train,
      validation: held,
      judged,
    } = planned({ protocol, timing: ['rate', 'previous'], length: 100, before: 40 });
    const rowOf = new Map(inOrder(all.beats, range(all.labels.length)).map((place, i) => [place, i]));
    const whole = readAll(all);
    for (const side of [train, held, judged]) {
      const { x, context } = readAll(side);
      for (const [i, place] of inOrder(side.beats, range(side.labels.length)).entries()) {
        const row = rowOf.get(place) as number;
        assert.is(side.labels[i], all.labels[row]);
        assert.equal(x.data.slice(100 * i, 100 * i + 100), whole.x.data.slice(100 * row, 100 * row + 100));
        assert.equal(context?.data.slice(2 * i, 2 * i + 2), whole.context?.data.slice(2 * row, 2 * row + 2));
      }
    }
    assert.is(readAll(planned({ protocol }).train).context, undefined);
  });
}

test('trained on synthetic recordings: no beat of the given ones is trained on, nor any of the test half watched', () => {
  const given = { ...TINY, protocol: 'inter', trainOn: 'synthetic', patients: 4, seconds: 40 };
  const names = new Map(recordings.records.map(({ name }, i) => [name, `given${i}`] as const));
  const named = (list: readonly string[]): string[] => list.map((name) => names.get(name) as string);
  const { train, test: others } = recordings.division;
  const renamed: Recordings = {
    ...recordings,
    records: recordings.records.map((record) => ({ ...record, name: names.get(record.name) as string })),
    division: { ...recordings.division, train: named(train), test: named(others) },
  };
  for (const part of ['validation', 'test'] as const)
    for (const keep of ['best', 'last'] as const) {
      const made = plan(renamed, configured({ ...given, keep }), '0', part);
      assert.equal(patients(made.train), ['syn01', 'syn02', 'syn03', 'syn04']);
      const [known, unknown] = [named(train), named(others)];
      assert.equal(patients(made.judged), [...(part === 'test' ? unknown : known)].sort());
      assert.ok(patients(made.validation).every((name) => known.includes(name)));
      const again = plan(renamed, configured({ ...given, keep }), '0', part);
      assert.equal(places(again.train), places(made.train));
    }
  const wrong = configured({ ...given, protocol: 'intra' });
  assertThrows(() => plan(renamed, wrong, '0'), ArgumentError, 'trainOn synthetic: expected protocol inter, got intra');
});

test('trained on both: the recordings as without synthetic ones, with these behind them', () => {
  const given = { protocol: 'inter', patients: 4, seconds: 40, timing: ['rate'] };
  const records = recordings.records.map((record) => ({ ...record, name: `given ${record.name}` }));
  const named = (list: readonly string[]): string[] => list.map((name) => `given ${name}`);
  const { division } = recordings;
  const sides = { train: named(division.train), test: named(division.test) };
  const renamed: Recordings = { ...recordings, records, division: { ...division, ...sides } };
  for (const part of ['validation', 'test'] as const) {
    const [alone, both] = (['recordings', 'both'] as const).map((trainOn) =>
      plan(renamed, configured({ ...given, trainOn }), '0', part),
    );
    const made = plan(renamed, configured({ ...given, trainOn: 'synthetic' }), '0', part).train;
    const n = alone.train.length;
    assert.equal(
      inOrder(both.train.beats, range(both.train.length)),
      [alone.train, made].flatMap(({ beats, length }) => inOrder(beats, range(length))),
    );
    assert.equal(both.shares, alone.shares);
    for (const side of ['validation', 'judged'] as const) assert.equal(places(both[side]), places(alone[side]));
    const mixed = [n, 0, n + made.length - 1, n - 1, 3];
    for (const at of [mixed, [1, 2], [n + 1]]) {
      const { x, context, labels } = both.train.get(Int32Array.from(at));
      for (const [row, i] of at.entries()) {
        const other = i < n ? alone.train.get(Int32Array.of(i)) : made.get(Int32Array.of(i - n));
        const L = other.x.size;
        assertSameBits(x.data.subarray(row * L, (row + 1) * L), other.x.data);
        assert.equal([context!.data[row], labels[row]], [other.context!.data[0], other.labels[0]]);
      }
    }
  }
});

test('on all beats, for a model that is judged by others', () => {
  const given = { protocol: 'inter', keep: 'last', patients: 4, seconds: 40 };
  const [alone, both] = (['recordings', 'both'] as const).map((trainOn) =>
    planOnAll(recordings, configured({ ...given, trainOn }), '0'),
  );
  assert.equal(
    inOrder(alone.train.beats, range(alone.train.length)),
    inOrder(alone.all.beats, range(alone.all.length)),
  );
  assert.ok(both.train.length > both.all.length);
  assert.equal(both.shares, alone.shares);
  for (const [wrong, message] of [
    [{ keep: 'best' }, 'keep: expected last, as no beats are left to choose by, got best'],
    [{ trainOn: 'synthetic' }, 'trainOn: expected recordings or both, got synthetic'],
  ] as const)
    assertThrows(() => planOnAll(recordings, configured({ ...given, ...wrong }), '0'), ArgumentError, message);
});

test("the patient's usual beat, and the windows of beats before, as further channels", () => {
  const alone = readAll(planned({ protocol: 'inter' }).all).x;
  for (const [reference, previous] of [
    [9, 0],
    [0, 2],
    [9, 2],
  ]) {
    const { all } = planned({ protocol: 'inter', reference, previous });
    const { x } = readAll(all);
    assert.equal(x.shape, [all.length, 1 + Math.sign(reference) + previous, alone.shape[2]]);
    assertSameBits(windowsOf({ x }).data, alone.data);
    const beats = { ...all.beats, x: new Float32Array(alone.data) };
    assertSameBits(x.data, beatChannels(beats, channelsOf({ reference, previous })).data);
  }
});

test('halves by time: no window of the one shares a sample with one of the other, whatever the part', () => {
  const time = { halves: 'time', validationFraction: 0.2 };
  const extents = ({ beats }: Samples): [record: string, start: number][] =>
    Array.from(beats.sample, (sample, i) => [beats.recordNames[beats.record[i]], sample - beats.before]);
  for (const [length, before] of [
    [253, 126],
    [253, 180],
    [600, 0],
  ]) {
    const { split, overlap, all, train, validation: held, judged } = planned({ ...time, length, before });
    const tested = extents(judged);
    for (const [record, start] of [...extents(train), ...extents(held)])
      for (const [other, from] of tested)
        assert.ok(record !== other || Math.abs(start - from) >= length, `${record}: ${start}, ${from}`);
    assert.is(overlap, 0);
    assert.equal(places(judged), placesOf(all.beats, split.test));
    assert.equal(together(places(train), places(held)), placesOf(all.beats, split.train));
    assert.ok(disjoint(places(train), places(held)));
    const crossing = all.labels.length - split.train.length - split.test.length;
    assert.ok(crossing > 0);
    for (const side of [train, held, judged]) assert.is(new Set(side.labels).size, 3);
    for (let i = 0; i < judged.labels.length; i++) {
      const { sample, record, recordLengths } = judged.beats;
      assert.is(Math.floor((4 * sample[i]) / recordLengths[record[i]]) % 2, 1, 'second or fourth quarter');
    }
  }
  const [validation, last] = [planned(time, '0', 'validation'), planned({ ...time, keep: 'last' })];
  const halves = planned(time);
  assert.equal(places(validation.judged), places(halves.validation));
  assert.equal(places(last.train), placesOf(last.all.beats, last.split.train));
  assert.equal(places(planned(time, '7').judged), places(halves.judged), 'the same for all seeds');
  assert.not.equal(places(planned(time, '7').validation), places(halves.validation));
  assert.equal(places(planned({ ...time, protocol: 'inter' }).judged), places(planned({ protocol: 'inter' }).judged));
});

test('intra: of each class a part is held back, at least two', () => {
  const { train, validation: held } = planned({ protocol: 'intra', validationFraction: 0.2 });
  for (const k of range(3)) {
    const [kept, back] = [train, held].map(({ labels }) => labels.filter((label) => label === k).length);
    assert.is(back, Math.max(2, Math.round(0.2 * (kept + back))));
  }
});

const NONE_DROPPED = { length: 4, before: 2 }; // no window passes an edge

test('where the last iteration is kept, a tenth of the beats held back is scored', () => {
  for (const protocol of ['intra', 'inter'] as const) {
    const { judged, validation: held } = planned(
      { protocol, validationFraction: 0.5, keep: 'last', ...NONE_DROPPED },
      '0',
      'validation',
    );
    for (const k of range(3)) {
      const [all, scored] = [judged, held].map(({ labels }) => labels.filter((label) => label === k).length);
      assert.is(scored, Math.max(2, Math.round(0.1 * all)));
    }
  }
});

test('inter: patients are held back whole', () => {
  for (const seed of ['0', '1', '2']) {
    const {
      train,
      validation: held,
      judged,
      split,
    } = planned({ protocol: 'inter', validationFraction: 0.3 }, seed, 'test');
    assert.ok(patients(held).length > 0);
    assert.ok(disjoint(patients(train), patients(held)));
    assert.equal(together(patients(train), patients(held)), [...split.patients.train].sort());
    assert.ok(disjoint(patients(judged), together(patients(train), patients(held))));
  }
});

test.run();
