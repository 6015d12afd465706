import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ArgumentError,
  addConfusion,
  classificationScores,
  crossEntropy,
  DataError,
  decodeCheckpoint,
  encodeCheckpoint,
  type MlpClassifier,
  predict,
  scoreIntervals,
} from 'dynaecg';
import { type BeatSet, patientOf, syntheticRecord, syntheticRecords } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import {
  ADDED_FIELDS,
  type Configuration,
  checkConfiguration,
  configurationNames,
  readConfiguration,
} from '../../../examples/dynaecg/configuration.ts';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import { type Plan, plan, type Samples } from '../../../examples/dynaecg/plan.ts';
import { openRecordings, type Recordings } from '../../../examples/dynaecg/recordings.ts';
import { formatResult } from '../../../examples/dynaecg/table.ts';
import type { Reached } from '../../../examples/dynaecg/train.ts';
import { FolderLock } from '../../../examples/shared/lock.ts';
import { formatCurves, formatEmbeddings, formatRanking } from '../../../examples/study/comparisonTables.ts';
import { formatDifference } from '../../../examples/study/difference.ts';
import { currentFingerprint, fingerprint } from '../../../examples/study/fingerprint.ts';
import { Ledger, type Outcome, type Reading, type RunId } from '../../../examples/study/ledger.ts';
import { formatRecords, formatSummary } from '../../../examples/study/summary.ts';
import { Unfinished } from '../../../examples/study/unfinished.ts';
import { assertThrows } from '../../support/asserts.ts';
import { type Ended, ended } from '../../support/program.ts';

const test = suite('experiment');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

// ---- configurations

const SETTINGS = join(root, 'examples/dynaecg/settings');
const STUDY = join(root, 'examples/study');
const configured = (given: Record<string, unknown>) => checkConfiguration('given', given);

test('a fingerprint is of the settings: not of their name, their order, or of defaults that are written out', () => {
  const plain = configured({});
  const names = ['a.json', 'b.json'].map((name) => {
    writeFileSync(at(name), '{ "hidden": 32, "protocol": "inter" }');
    return fingerprint(readConfiguration(at(name)));
  });
  assert.is(names[0], names[1]);
  assert.is(fingerprint(configured({ protocol: 'inter', hidden: 32 })), names[0]);
  assert.is(fingerprint(configured({ ...plain })), fingerprint(plain), 'all defaults written out');
  const reversed = Object.fromEntries(Object.entries(plain).reverse()) as Configuration;
  assert.not.equal(Object.keys(reversed), Object.keys(plain));
  assert.is(fingerprint(reversed), fingerprint(plain));
  assert.match(fingerprint(plain), /^[0-9a-f]{8}$/);
});

test('a fingerprint is of every setting', () => {
  const plain = configured({});
  const named: Record<string, unknown> = {
    ...{ protocol: 'inter', normalize: 'none', timing: ['rate'], channels: [8, 16], attention: 'additive' },
    ...{
      halves: 'time',
      method: 'crossEntropy',
      perClass: [16, 8, 8],
      miner: 'batchHard',
      power: 2,
      margin: 0.2,
      marginPer: 'pair',
      score: 'violations',
      schedule: 'constant',
      keep: 'last',
      trainOn: 'synthetic',
      seconds: 90,
    },
  };
  const prints = Object.entries(plain).map(([key, value]) => {
    const numbers = [Number(value) + 2, 0.5, Number(value) / 2]; // one of which every number can be
    const others = key in named ? [named[key]] : typeof value === 'boolean' ? [!value] : numbers;
    for (const other of others)
      try {
        return fingerprint(configured({ [key]: other }));
      } catch {}
    return assert.unreachable(`${key}: ${others}`);
  });
  assert.is(new Set([fingerprint(plain), ...prints]).size, prints.length + 1);
});

test('fields that were added leave the fingerprints of configurations before them', () => {
  // That of all defaults before there were any, as `fingerprint` printed it then.
  assert.is(fingerprint(configured({})), '126bb47f');
  assert.is(fingerprint(configured({ trainOn: 'recordings', patients: 12, seconds: 180 })), '126bb47f');
  assert.not.equal(fingerprint(configured({ patients: 13 })), '126bb47f');
});

test('every configuration that comes with the example can be read', () => {
  const names = configurationNames();
  for (const name of ['intra', 'inter', 'synthetic']) assert.ok(names.includes(name), name);
  for (const name of names) assert.match(fingerprint(readConfiguration(name)), /^[0-9a-f]{8}$/);
  assert.not(names.includes('fingerprints'));
});

test('every configuration that comes with the example spells out every setting, so that no default counts', () => {
  const spelled = (name: string): Record<string, unknown> => {
    const { from, ...own } = JSON.parse(readFileSync(join(SETTINGS, `${name}.json`), 'utf8'));
    return from === undefined ? own : { ...spelled(from), ...own };
  };
  const added = v.getDefaults(v.object(ADDED_FIELDS));
  for (const name of configurationNames())
    assert.equal({ ...added, ...spelled(name) }, readConfiguration(name), `${name}, but for fields that were added`);
});

test('a configuration from another has the fields of that, and its own before them', () => {
  const file = (name: string, given: object): string => {
    writeFileSync(at(name), JSON.stringify(given));
    return at(name);
  };
  const first = file('first.json', { hidden: 32, embedding: 16, protocol: 'inter' });
  const second = file('second.json', { from: first, hidden: 16, keep: 'last' });
  const third = readConfiguration(file('third.json', { keep: 'best', from: second, dropout: 0.5 }));
  const written = configured({ hidden: 16, embedding: 16, protocol: 'inter', dropout: 0.5 });
  assert.equal(third, written);
  assert.is(fingerprint(third), fingerprint(written));
  assert.is(readConfiguration(file('shipped.json', { from: 'inter', hidden: 7 })).hidden, 7);
  for (const from of [5, null, ['inter'], at('itself.json')]) {
    const path = file('itself.json', { from });
    const message = `configuration ${path}: expected from another configuration, got ${JSON.stringify(from)}`;
    assertThrows(() => readConfiguration(path), ArgumentError, message);
  }
  const nowhere = file('nowhere-from.json', { from: at('nowhere.json') });
  assert.throws(() => readConfiguration(nowhere), /nowhere\.json: expected JSON in .*nowhere\.json, got ENOENT/);
});

test('a list is taken item by item, and either of two kinds of value', () => {
  assert.equal(configured({ perClass: [4, 2, 2] }).perClass, [4, 2, 2]);
  assert.is(configured({ margin: 0.5 }).margin, 0.5);
  assertThrows(
    () => configured({ perClass: [4, 0] }),
    ArgumentError,
    'configuration given: expected perClass a whole number >= 2, or a list, each a whole number >= 1, got [4,0]',
  );
});

test('a choice among numbers is of numbers, not of their digits', () => {
  assert.is(configured({ power: 2 }).power, 2);
  for (const power of [3, '2'])
    assertThrows(
      () => configured({ power }),
      ArgumentError,
      `configuration given: expected power one of 1, 2, got ${JSON.stringify(power)}`,
    );
});

const TINY = {
  ...{ length: 64, before: 32, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4 },
  ...{ iterations: 2, steps: 2, perClass: 3, mlpHidden: 8, mlpEpochs: 3, validationFraction: 0.2 },
};

// ---- plans: which beats are for what

const set = syntheticRecords({ seed: 'plan', patients: 8, duration: 60 });
const recordings: Recordings = {
  source: 'synthetic',
  records: set.records,
  division: { train: set.train, test: set.test },
};
const planned = (given: object, seed = '0', part: 'validation' | 'test' = 'test'): Plan =>
  plan(recordings, configured({ protocol: 'intra', ...given }), seed, part);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Beats by their places in the recordings, ascending. */
const placesOf = (beats: BeatSet, indices: Iterable<number>): string[] => inOrder(beats, indices).sort();
const places = ({ beats }: Samples): string[] => placesOf(beats, range(beats.labels.length));
const inOrder = ({ recordNames, record, sample }: BeatSet, indices: Iterable<number>): string[] =>
  Array.from(indices, (i) => `${recordNames[record[i]]}:${sample[i]}`);
const patients = ({ beats }: Samples): string[] =>
  [...new Set(Array.from(beats.record, (r) => patientOf(beats.recordNames[r])))].sort();
const disjoint = (a: readonly string[], b: readonly string[]): boolean =>
  new Set([...a, ...b]).size === a.length + b.length;
const together = (...lists: string[][]): string[] => lists.flat().sort();

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
    for (const side of [train, held, judged])
      for (const [i, place] of inOrder(side.beats, range(side.labels.length)).entries()) {
        const row = rowOf.get(place) as number;
        assert.is(side.labels[i], all.labels[row]);
        assert.equal(side.x.data.slice(100 * i, 100 * i + 100), all.x.data.slice(100 * row, 100 * row + 100));
        const [own, whole] = [side, all].map(({ context }) => context?.data);
        assert.equal(own?.slice(2 * i, 2 * i + 2), whole?.slice(2 * row, 2 * row + 2));
      }
    assert.is(planned({ protocol }).train.context, undefined);
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
    division: { train: named(train), test: named(others) },
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

// ---- tables

test('the result says how the halves were made, and shows the paper beside its own protocol only', async () => {
  const printed = async (given: object): Promise<string> => {
    const own = planned({ ...TINY, method: 'crossEntropy', iterations: 1, ...given });
    return formatResult(await run(own, { quiet: true }), 'MIT-BIH');
  };
  const [drawn, byTime, apart] = await Promise.all(
    [{}, { halves: 'time' }, { halves: 'time', protocol: 'inter' }].map(printed),
  );
  assert.match(drawn, /^MIT-BIH, intra-patient \(half of the beats of each class for training, patients mixed\)\n/);
  assert.match(byTime, /^MIT-BIH, intra-patient \(first and third quarter of each recording for training, /);
  assert.match(apart, /^MIT-BIH, inter-patient /);
  const { split, all } = planned({ ...TINY, halves: 'time' });
  const neither = all.labels.length - split.train.length - split.test.length;
  const line = 'beats in neither half, as their window crosses a border between quarters: ';
  assert.match(byTime, `${line}${neither}\n`);
  const { overlap } = planned(TINY);
  const shared = `${(100 * overlap).toFixed(1)} % of the test windows share samples with a training window`;
  assert.match(drawn, `\n${shared}: the halves are drawn beat by beat, as we read the paper\n`);
  assert.match(byTime, '\n0.0 % of the test windows share samples with a training window\n');
  assert.not.match(apart, 'share samples');
  assert.match(drawn, 'paper: Sen');
  for (const text of [byTime, apart]) assert.not.match(text, 'paper:');
  for (const text of [drawn, apart]) assert.not.match(text, 'neither half');
});

const outcome = (seed: string, records: Outcome['records'], given: Partial<Outcome> = {}): Outcome => ({
  ...{ name: 'made', settings: '00000000', seed, part: 'validation', protocol: 'inter', classes: ['N', 'S', 'V'] },
  ...{ records, margins: [], minutes: 3 },
  ...given,
});
/** Counts by true class, a row each between bars. */
const matrix = (rows: string): number[][] => rows.split('|').map((row) => row.trim().split(' ').map(Number));
const MADE = [
  { 100: matrix('90 4 6 | 3 5 2 | 0 0 0'), 232: matrix('10 2 0 | 20 30 1 | 1 0 7') },
  { 100: matrix('95 3 2 | 6 4 0 | 0 0 0'), 232: matrix('12 0 0 | 31 19 1 | 0 2 6') },
  { 100: matrix('91 9 0 | 1 9 0 | 0 0 0'), 232: matrix('9 3 0 | 5 46 0 | 0 0 8') },
].map((records, seed) => outcome(String(seed), records));

/** Mean and deviation by the textbook, in percent; one value has no deviation. */
function meanAndDeviationText(values: number[]): string {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0);
  if (values.length === 1) return (100 * mean).toFixed(2);
  return `${(100 * mean).toFixed(2)} ± ${(100 * Math.sqrt(squares / (values.length - 1))).toFixed(2)}`;
}
/** The cells of the first row that begins so; its columns are two spaces apart or more. */
const cells = (table: string, start: string): string[] => {
  const line = table.split('\n').find((text) => text.startsWith(start));
  assert.ok(line, `no line ${start} in\n${table}`);
  return (line as string).trim().split(/ {2,}/);
};

function expectedRow(runs: readonly Outcome[]): string[] {
  const scores = runs.map(({ records }) => classificationScores(addConfusion(Object.values(records))));
  const without = runs.flatMap(({ records }) => {
    const rest = Object.entries(records).filter(([name]) => name !== '232');
    return '232' in records ? [classificationScores(addConfusion(rest.map(([, m]) => m))).perClass[1]] : [];
  });
  return [
    scores.map((s) => s.accuracy),
    scores.map((s) => s.macro.f1),
    scores.map((s) => s.perClass[0].f1),
    scores.map((s) => s.perClass[1].sensitivity),
    scores.map((s) => s.perClass[1].f1),
    scores.map((s) => s.perClass[2].sensitivity),
    scores.map((s) => s.perClass[2].f1),
    ...(without.length > 0 ? [without.map((s) => s.sensitivity), without.map((s) => s.f1)] : []),
  ].map(meanAndDeviationText);
}

test('the table: mean and deviation over seeds of the scores of the summed matrices', () => {
  const others = [
    outcome('0', MADE[1].records, { name: 'other', settings: '11111111' }),
    outcome('0', MADE[2].records, { part: 'test' }),
  ];
  const [validation, tested] = formatSummary([...MADE, ...others]).split('\n\ntest: ');
  assert.match(validation, /^validation: mean ± standard deviation over seeds, %\n/);
  assert.equal(cells(validation, 'made'), ['made (inter)', '3', '3.0', ...expectedRow(MADE)]);
  assert.equal(cells(validation, 'other'), ['other (inter)', '1', '3.0', ...expectedRow(MADE.slice(1, 2))]);
  assert.equal(cells(tested, 'made'), ['made (inter)', '1', '3.0', ...expectedRow(MADE.slice(2))]);
  assert.match(tested, /^mean/);
  // the accuracy by hand: 142, 136 and 163 of 181 right
  assert.is(cells(validation, 'made')[3], meanAndDeviationText([142, 136, 163].map((n) => n / 181)));

  const [, intervals] = validation.split('95 % intervals');
  const [, accuracy] = cells(intervals, 'made');
  const pooled = ['100', '232'].map((name) => addConfusion(MADE.map(({ records }) => records[name])));
  const { low, high, groups } = scoreIntervals(pooled, { repeats: 3 }).accuracy; // each beat is there for three seeds
  assert.is(accuracy, `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)} (${groups})`);
  assert.is(groups, 2);
  assert.is(formatSummary([]), '');
});

test('the difference of two configurations, on the records and seeds that both have', () => {
  const worse = MADE.slice(0, 2).map((o) => {
    const [n, ...rest] = o.records['100'];
    const records = { ...o.records, '100': [[n[0] - 8, n[1] + 8, n[2]], ...rest] };
    return { ...o, name: 'worse', settings: 'ffffffff', records };
  });
  const text = formatDifference([...MADE, ...worse], 'made', 'worse');
  assert.match(text, /^validation: made \(inter\) less worse \(inter\) on the same 2 patients, 2 seeds together/);
  const [, heads, differences, intervals] = text.split('\n');
  assert.match(heads, /accuracy +macro F1 +N F1 +S sen/);
  // 8 of 181 beats, of both seeds; S has no more nor less found
  const [accuracy, , , sen] = differences.trim().split(/ {2,}/).slice(1);
  assert.equal([accuracy, sen], [((100 * 8) / 181).toFixed(2), '0.00']);
  const [low, high] = intervals.trim().split(/ {2,}/)[1].split(' to ').map(Number);
  assert.ok(low <= Number(accuracy) && Number(accuracy) <= high, intervals);
  assert.throws(() => formatDifference(MADE, 'made', 'absent'), /got none of made and absent/);
});

test('the table of means over patients: of those who have beats of the class, each counting alike', () => {
  const text = formatSummary(MADE);
  const [, table] = text.split('\n\nvalidation: mean over patients, %: ');
  assert.match(
    table,
    /^the F1 of each patient alone, all seeds together, .*\n +N F1 +patients +S F1 +patients +V F1 +/,
  );
  // by hand, the matrices of the seeds added: 100 has 276 16 8 | 10 18 2, and 232 has 31 5 0 | 56 95 2 | 1 2 21
  const f1 = (tp: number, fn: number, fp: number): number => (2 * tp) / (2 * tp + fn + fp);
  const N = (f1(276, 24, 10) + f1(31, 5, 57)) / 2;
  const S = (f1(18, 12, 16) + f1(95, 58, 7)) / 2;
  const V = f1(21, 3, 2); // 100 has no V
  const [n, s, v] = [N, S, V].map((mean) => (100 * mean).toFixed(2));
  assert.equal(cells(table, 'made'), ['made (inter)', n, '2', s, '2', v, '1']);

  // 201 and 202 are one patient; a patient whose beats of a class are all missed has an F1 of 0; without any there is no mean
  const same = { 201: matrix('8 0 0 | 2 0 0 | 0 0 0'), 202: matrix('8 2 0 | 0 0 0 | 0 0 0') };
  const other = { 100: matrix('9 0 0 | 0 1 0 | 0 0 0') };
  const few = formatSummary([outcome('0', { ...same, ...other } as Outcome['records'])]);
  const [, own] = few.split('mean over patients');
  const mean = (100 * (f1(16, 2, 2) + 1)) / 2;
  assert.equal(cells(own, 'made'), ['made (inter)', mean.toFixed(2), '2', '50.00', '2', '-', '0']);
  const lines = text.split('\n');
  assert.is(lines.filter((line) => line.startsWith('made')).length, 3, 'a row in each of the three tables');
});

test('the figures by record', () => {
  const text = formatRecords(MADE);
  assert.match(text, /^made \(inter\), validation: 3 seeds together; beats as in one of them\n/);
  const { perClass } = classificationScores(addConfusion(MADE.map(({ records }) => records['100'])));
  const percent = (v: number): string => (100 * v).toFixed(2);
  const figures = perClass
    .slice(0, 2)
    .flatMap((s, k) => [['100', '10'][k], ...[s.sensitivity, s.precision, s.f1].map(percent)]);
  assert.equal(cells(text, '100 '), ['100', ...figures, '-', '-', '-', '-']);
  assert.is(cells(text, '232 ').length, 13);
});

test('beats by record are whole numbers, of the seeds that have the record', () => {
  const seeds = [
    { 100: matrix('3 0 0 | 0 1 0 | 0 0 0'), 200: matrix('4 1 0 | 0 0 0 | 0 0 0') },
    { 100: matrix('4 0 0 | 0 0 0 | 0 0 0') },
  ];
  const text = formatRecords(seeds.map((records, s) => outcome(String(s), records as Outcome['records'])));
  const [hundred, other] = ['100 ', '200 '].map((name) => cells(text, name));
  assert.equal([hundred[1], hundred[5]], ['4', '1'], '3.5 and 0.5');
  assert.is(other[1], '5', 'one seed has it');
});

// ---- the ledger

/** The ledger that comes with the example, as it stands in its file. */
const SHIPPED: RunId[] = readFileSync(join(STUDY, 'ledger.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((text) => JSON.parse(text));
const isReading = (line: RunId): line is Reading => 'reading' in line;

test('the lines of the shipped ledger are of the shipped configurations, whatever fingerprints had been', () => {
  const shipped = new Ledger(join(STUDY, 'ledger.jsonl'));
  const files = new Set(configurationNames());
  const found = [...shipped.outcomes, ...shipped.readings].filter(({ name }) => files.has(name));
  assert.ok(found.length > 100);
  for (const { name, settings } of found) assert.is(settings, fingerprint(readConfiguration(name)), name);
  assert.is(shipped.readings.length, SHIPPED.filter(isReading).length);
  const table: Record<string, string> = JSON.parse(readFileSync(join(STUDY, 'fingerprints.json'), 'utf8'));
  for (const [old, now] of Object.entries(table)) {
    assert.ok(
      SHIPPED.some(({ settings }) => settings === old),
      `${old} is of a line`,
    );
    assert.equal([old, now].map(currentFingerprint), [now, now]);
  }
});

test('a reading under an old fingerprint keeps the test half from being read again', () => {
  const old = SHIPPED.filter(isReading).find(({ settings }) => currentFingerprint(settings) !== settings) as Reading;
  mkdirSync(at('old'));
  writeFileSync(at('old', 'ledger.jsonl'), `${JSON.stringify(old)}\n`);
  const ledger = new Ledger(at('old', 'ledger.jsonl'));
  const { reading, ...id } = old;
  const own = { ...id, settings: fingerprint(readConfiguration(id.name)) };
  assert.not.equal(own.settings, id.settings);
  const message = `expected to read the test half once, got it read with seed ${id.seed} at ${reading}`;
  for (const name of [id.name, 'by another name'])
    assertThrows(() => ledger.read({ ...own, name }), DataError, `experiment ${name}: ${message}`);
  ledger.checkReading({ ...own, seed: 'another' });
  assert.throws(() => ledger.read({ ...own, settings: '00000000' }), /expected the settings that were reported/);
  assert.is(readFileSync(at('old', 'ledger.jsonl'), 'utf8'), `${JSON.stringify(old)}\n`);

  ledger.add({ ...MADE[0], ...id });
  assert.equal(ledger.outcome(own)?.records, JSON.parse(JSON.stringify(MADE[0].records)), 'and a result stands for it');
});

test('a result of part of the records does not stand for the whole, nor a reading', () => {
  const ledger = new Ledger(at('parts', 'ledger.jsonl'));
  const id = { name: 'made', settings: '00000000', seed: '0', part: 'test' } as const;
  const source = 'MIT-BIH, 2 of its records';
  ledger.read({ ...id, source });
  ledger.add({ ...MADE[0], ...id, source });
  assert.is(ledger.outcome(id), undefined);
  assert.is(ledger.outcome({ ...id, source: 'MIT-BIH, 3 of its records' }), undefined);
  assert.is(ledger.outcome({ ...id, source })?.source, source);
  ledger.checkReading(id);
  ledger.checkReading({ ...id, settings: '11111111' });
  assert.throws(() => ledger.checkReading({ ...id, source }), /expected to read the test half once/);
  ledger.read(id);
  ledger.add({ ...MADE[1], ...id });
  assert.equal(ledger.outcome(id)?.records, JSON.parse(JSON.stringify(MADE[1].records)));
  assert.is(ledger.outcomes.length, 2);
});

// ---- the perceptron

for (const keep of ['best', 'last'] as const)
  test(`triplets: the perceptron is scored on the embeddings of the beats held back, and the ${keep} epoch kept`, async () => {
    const own = planned({ ...TINY, keep, iterations: 1, mlpEpochs: 8, mlpLearningRate: 0.5 }, '0', 'validation');
    const { members, histories, judgement } = await run(own, { quiet: true });
    const [{ epochs }] = histories;
    const scores = epochs.map(({ validationLoss }) => validationLoss);
    const best = Math.min(...scores);
    assert.ok(scores.length === 8 && scores[7] > best, 'the last is not the best');
    const [{ embedder, classifier }] = members;
    const logits = predict(classifier as MlpClassifier, embedder.embed(own.validation.x));
    const loss = crossEntropy(logits, own.validation.labels).item();
    const expected = keep === 'best' ? best : scores[7];
    assert.ok(Math.abs(loss - expected) < 1e-4 * expected, `${loss}, expected ${expected} of ${scores}`);
    if (keep === 'last') return; // a tenth of the judged beats is scored
    assert.is(judgement?.scores.accuracy, epochs[scores.indexOf(best)].validationAccuracy, 'of the same beats');
  });

// ---- ensembles

for (const [method, members] of [
  ['crossEntropy', 3],
  ['joint', 2],
] as const)
  test(`an ensemble goes on from a file, with the members that were finished: ${method}`, async () => {
    const given = { method, members, adjustment: 0.5, mlpScale: 16, margin: 'dynamic', marginThreshold: 0.5 };
    const own = (): Plan => planned({ ...TINY, ...given }, '0', 'validation');
    const unfinished = new Unfinished(at(`ensemble-${method}`), own(), '0');
    const course = async (from?: Reached) => {
      let told = 0;
      const onIteration = (reached: Reached): void => {
        if (++told === 3 && !from) unfinished.save({ ...reached, minutes: 0 }); // the second member's first of two
      };
      const { members, histories, judgement } = await run(own(), {
        ...{ quiet: true, from, onIteration },
      });
      const weights = members.map(({ embedder, classifier }) =>
        [embedder, classifier as MlpClassifier].map((m) => m.namedTensors().map(([, { data }]) => [...data])),
      );
      return { told, weights, histories, judgement };
    };
    const { told, ...whole } = await course();
    const { told: left, ...resumed } = await course(unfinished.load());
    assert.equal([told, left], [2 * members, 2 * members - 3]);
    assert.equal(resumed, whole);
    assert.not.equal(whole.weights[0], whole.weights[1], 'each has a seed of its own');
    for (const { iterations, epochs } of whole.histories)
      assert.equal([iterations.length, epochs.length], method === 'joint' ? [2, TINY.mlpEpochs] : [0, 2]);
  });

// ---- runs

/** Runs the tool, and kills it as soon as `until` likes what it has told. */
async function cli(
  args: string[],
  until?: (stderr: string) => boolean,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/study/main.ts', ...args], { cwd: root });
  return ended(child, (stderr) => {
    if (until?.(stderr)) child.kill(signal);
  });
}

/** Recordings of a minute under MIT-BIH's names. */
function records(): string {
  for (const name of ['100', '232'])
    saveRecord(
      at('mitdb'),
      syntheticRecord({ seed: 'experiment', name, duration: 60, supraventricular: 0.2, ventricular: 0.2 }),
    );
  return at('mitdb');
}
const data = records();
const SOURCE = 'MIT-BIH, 2 of its records';
function settings(name: string, given: object = {}): string {
  writeFileSync(at(`${name}.json`), JSON.stringify({ ...TINY, ...given }));
  return at(`${name}.json`);
}
const opened = { data, download: false, quiet: true, seed: '', configurations: [] };
const confusionTotals = (matrix: number[][]): number[] => matrix.map((row) => row.reduce((a, b) => a + b, 0));
/** Options of a place to work in: its ledger, and where interrupted runs are kept. */
const place = (name: string): string[] => ['--data', data, '--out', at(name), '--ledger', at(name, 'ledger.jsonl')];
const ledgerOf = (name: string): string[] => ['--ledger', at(name, 'ledger.jsonl')];
const lines = (name: string): (Outcome | Reading)[] =>
  existsSync(at(name, 'ledger.jsonl'))
    ? readFileSync(at(name, 'ledger.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text))
    : [];
const outcomes = (name: string): Outcome[] => lines(name).filter((line): line is Outcome => 'records' in line);
const oneLine = ({ code, stdout, stderr }: Ended, message: RegExp): void => {
  assert.equal([code, stdout], [1, ''], stderr);
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.match(stderr.trimEnd(), message);
};

test('run: a line of the ledger for each seed, and the table; what it holds is not run again', async () => {
  const config = settings('runs');
  const args = ['run', config, '--seeds', ' a, b', ...place('runs')];
  const { code, stdout, stderr } = await cli(args);
  assert.is(code, 0, stderr);
  for (const seed of ['a', 'b'])
    for (const i of [1, 2]) assert.match(stderr, `${config} seed ${seed} validation: ${i} of 2, `);
  const found = outcomes('runs').sort((a, b) => (a.seed < b.seed ? -1 : 1));
  assert.equal(
    found.map(({ seed }) => seed),
    ['a', 'b'],
  );
  assert.is(lines('runs').length, 2, 'no reading of the test half');
  const configuration = readConfiguration(config);
  for (const [
    i,
    { records: matrices, minutes, margins, neighbors, operating, embedding, ...rest },
  ] of found.entries()) {
    const id = { name: config, settings: fingerprint(configuration), seed: ['a', 'b'][i], part: 'validation' };
    assert.equal(rest, { ...id, source: SOURCE, protocol: 'intra', classes: ['N', 'S', 'V'] });
    assert.ok(minutes > 0 && minutes < 2);
    assert.equal(margins, [0.2, 0.2]);
    for (const [name, matrix] of Object.entries(matrices)) {
      assert.ok(['100', '232'].includes(name));
      assert.equal(
        matrix.map(({ length }) => length),
        [3, 3, 3],
      );
    }
    const { judged } = plan(await openRecordings(opened), configuration, rest.seed, 'validation');
    const counts = confusionTotals(addConfusion(Object.values(matrices)));
    assert.equal(
      counts,
      range(3).map((k) => judged.labels.filter((label) => label === k).length),
      'all held-back beats',
    );
    for (const matrix of [neighbors, ...(operating ?? []).map(({ matrix }) => matrix)])
      assert.equal(confusionTotals(matrix as number[][]), counts, 'the same beats');
    const own = operating?.find(({ adjustment }) => adjustment === configuration.adjustment);
    assert.equal(own?.matrix, addConfusion(Object.values(matrices)));
    assert.equal(Object.keys(embedding ?? {}), ['meanPositive', 'meanNegative', 'violations']);
  }
  const row = cells(stdout, config);
  assert.equal([row[0], row[1]], [`${config} (intra, ${SOURCE})`, '2']);
  assert.equal(row.slice(3), expectedRow(found));

  const before = readFileSync(at('runs', 'ledger.jsonl'), 'utf8');
  const again = await cli(args);
  assert.equal([again.code, again.stdout, again.stderr], [0, stdout, '']);
  assert.is(readFileSync(at('runs', 'ledger.jsonl'), 'utf8'), before);
  const table = await cli(['table', ...ledgerOf('runs')]);
  assert.equal([table.code, table.stdout, table.stderr], [0, stdout, '']);

  const { outcomes: all } = new Ledger(at('runs', 'ledger.jsonl'));
  const misspelt = config.replace('runs.json', 'rnus.json');
  const [embeddings, curve, none] = await Promise.all(
    [['embeddings'], ['curve', config], ['curve', misspelt]].map((words) => cli([...words, ...ledgerOf('runs')])),
  );
  for (const { code, stderr } of [embeddings, curve]) assert.equal([code, stderr], [0, '']);
  assert.is(embeddings.stdout, `${formatEmbeddings(all)}\n\n${formatRanking(all)}\n`);
  assert.is(curve.stdout, `${formatCurves(all)}\n`);
  const ledger = at('runs', 'ledger.jsonl');
  oneLine(
    none,
    new RegExp(
      `^experiment: expected names that ${ledger} has results of \\(did you mean ${config}\\?\\), got ${misspelt}$`,
    ),
  );
});

test('--test: a reading is written down before the result, and there is one only', async () => {
  const config = settings('tested');
  const args = ['run', config, '--seeds', '5', '--test', ...place('tested')];
  const first = await cli(args);
  assert.is(first.code, 0, first.stderr);
  assert.match(first.stdout, 'test: mean ± standard deviation');
  const [reading, result] = lines('tested');
  assert.is(lines('tested').length, 2);
  const settingsOf = fingerprint(readConfiguration(config));
  const id = { name: config, settings: settingsOf, seed: '5', part: 'test', source: SOURCE };
  const { reading: when, ...read } = reading as Reading;
  assert.equal(read, id);
  assert.ok(Math.abs(Date.now() - Date.parse(when)) < 600_000, when);
  const {
    records: matrices,
    minutes,
    margins,
    protocol,
    classes,
    neighbors,
    operating,
    embedding,
    ...rest
  } = result as Outcome;
  assert.equal(rest, id);
  assert.ok(neighbors && operating && embedding);
  assert.ok(Object.keys(matrices).length === 2 && margins.length === 2);

  const ledger = readFileSync(at('tested', 'ledger.jsonl'), 'utf8');
  const again = await cli(args);
  assert.equal([again.code, again.stdout, again.stderr], [0, first.stdout, ''], 'the result is there');

  // a run that was killed between its reading and its result
  mkdirSync(at('lost'));
  const [onlyReading] = ledger.split('\n');
  writeFileSync(at('lost', 'ledger.jsonl'), `${onlyReading}\n`);
  const once = /^experiment .*tested\.json: expected to read the test half once, got it read with seed 5 at \d{4}-/;
  const [run, one] = await Promise.all(
    [
      ['run', '--seeds'],
      ['one', '--seed'],
    ].map((given) => cli([given[0], config, given[1], '5', '--test', ...place('lost')])),
  );
  oneLine(run, once);
  assert.is(one.code, 1, 'nor does the process look that a run starts');
  assert.match(one.stderr.trimEnd().split('\n').at(-1) as string, once);
  assert.is(readFileSync(at('lost', 'ledger.jsonl'), 'utf8'), `${onlyReading}\n`, 'nothing is written');

  // other settings under the name
  settings('tested', { hidden: 5 });
  const other = await cli(['run', config, '--seeds', '6', '--test', ...place('tested')]);
  oneLine(other, /^experiment .*: expected the settings that were reported, [0-9a-f]{8}, got [0-9a-f]{8}; give other/);
  assert.is(readFileSync(at('tested', 'ledger.jsonl'), 'utf8'), ledger, 'nothing is written');
  assert.equal(readdirSync(at('tested')), ['ledger.jsonl'], 'nothing is trained');
});

const ALL = {
  ...{ timing: ['previous', 'change', 'rate'], dropout: 0.1, averaging: 0.9, clipNorm: 1, keep: 'last' },
  ...{ shift: 2, stretch: 0.05, amplitude: 0.1, wander: 0.1, noise: 0.05, recordsPerBatch: 2, margin: 'dynamic' },
  ...{
    marginPer: 'pair',
    marginThreshold: 1000,
    marginBatches: 0,
    iterations: 15,
    steps: 6,
    protocol: 'intra',
    validationFraction: 0.5,
  },
};
for (const [method, members] of [
  ['triplet', 1],
  ['crossEntropy', 1],
  ['crossEntropy', 2],
  ['joint', 1],
] as const)
  test(`a run that was killed goes on, and comes to what it would have come to: ${method}, members ${members}`, async () => {
    const config = settings(`${method}${members}`, { ...ALL, method, members });
    const [killed, whole] = ['killed', 'whole'].map((name) => `${method}${members}-${name}`);
    const total = 15 * members;
    const reached = total - 14; // of the last member the first
    const arms = [config, '--seed', '3'];
    const first = await cli(['one', ...arms, ...place(killed)], (stderr) =>
      stderr.includes(` ${reached} of ${total},`),
    );
    assert.is(first.code, null, 'killed');
    assert.equal(lines(killed), []);
    const folder = runFolder(config, '3');
    const kept = checkpoints(killed, folder).at(-1) as string;
    const checkpoint = decodeCheckpoint(readFileSync(kept));
    const { numbers, tensors } = checkpoint.extra;
    const { minutes: before } = numbers['more'] as { minutes: number };
    assert.ok(before > 0 && before < 2);
    const later = { numbers: { ...numbers, more: { minutes: before + 1000 } }, tensors };
    writeFileSync(kept, encodeCheckpoint({ ...checkpoint, extra: later }));

    const [second, other] = await Promise.all([killed, whole].map((name) => cli(['one', ...arms, ...place(name)])));
    for (const { code, stderr } of [second, other]) assert.is(code, 0, stderr);
    assert.not.match(second.stderr, ` ${reached} of ${total},`);
    assert.match(second.stderr, ` ${total} of ${total},`);
    assert.match(other.stderr, ` 1 of ${total},`);
    const [[{ minutes, ...resumed }], [{ minutes: _, ...expected }]] = [outcomes(killed), outcomes(whole)];
    assert.equal(resumed, expected);
    assert.equal([lines(killed).length, lines(whole).length], [1, 1]);
    assert.ok(minutes > before + 1000 && minutes < before + 1002, `${minutes} with those before`);
    assert.is(new Set(resumed.margins).size, method === 'crossEntropy' ? 0 : 5);
    // the losses and scores that both told
    const told = ({ stderr }: Ended): string[] => stderr.split('\n').map((line) => line.replace(/, \d+:\d\d left/, ''));
    const own = told(second);
    assert.equal(told(other).slice(-own.length), own);
    assert.equal(readdirSync(at(killed)), ['ledger.jsonl'], 'what was kept to go on from is gone');
  });

/** Runs a minute and more unless it is killed. */
const long = (name: string): string => settings(name, { iterations: 100_000 });
const runFolder = (config: string, seed: string): string =>
  `${fingerprint(readConfiguration(config))}-${seed}-validation-MIT-BIH-2-of-its-records`;
const checkpoints = (...folder: string[]): string[] =>
  readdirSync(at(...folder))
    .filter((file) => file.startsWith('checkpoint-'))
    .sort()
    .map((file) => at(...folder, file));
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} ends the runs that were started, and starts no others`, async () => {
    const config = long(signal);
    const pids: number[] = [];
    const seen = (stderr: string): boolean => {
      if (pids.length > 0 || !['0', '1'].every((seed) => stderr.includes(`seed ${seed} `))) return false;
      for (const seed of ['0', '1'])
        pids.push(JSON.parse(readFileSync(at(signal, runFolder(config, seed), '.lock'), 'utf8')).pid);
      assert.ok(pids.every(alive));
      return true;
    };
    const { code, stderr } = await cli(['run', config, '--seeds', '0,1,2', ...place(signal)], seen, signal);
    assert.is(code, 1, stderr);
    assert.is(new Set(pids).size, 2);
    assert.not(pids.some(alive));
    assert.equal(readdirSync(at(signal)).sort(), ['0', '1'].map((seed) => runFolder(config, seed)).sort());
    for (const seed of ['0', '1']) assert.ok(checkpoints(signal, runFolder(config, seed)).length > 0);
  });

test('a run is of one living process', async () => {
  const config = settings('owned');
  const folder = at('owned', runFolder(config, '0'));
  mkdirSync(folder, { recursive: true });
  const lock = new FolderLock(folder);
  const args = ['one', config, '--seed', '0', ...place('owned')];
  const message = `expected no other process to work in ${folder}, got process ${process.pid} on ${hostname()}`;
  oneLine(await cli(args), new RegExp(`^${message}$`));
  assert.equal(lines('owned'), []);
  lock.release();

  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(gone, 'close');
  writeFileSync(join(folder, '.lock'), JSON.stringify({ pid: gone.pid, host: hostname(), started: null, id: 'gone' }));
  const { code, stderr } = await cli(args);
  assert.is(code, 0, stderr);
  assert.is(outcomes('owned').length, 1);
  assert.equal(readdirSync(at('owned')), ['ledger.jsonl']);
});

test('a torn last line is set aside and told, and the next result has a line of its own', () => {
  const path = at('torn-tail', 'ledger.jsonl');
  mkdirSync(at('torn-tail'));
  const whole = `${JSON.stringify(MADE[0])}\n`;
  writeFileSync(path, `${whole}{"name":"cut sh`);
  const ledger = new Ledger(path);
  assert.equal(ledger.outcomes.length, 1, 'it is left out');
  const said: string[] = [];
  const { error } = console;
  console.error = (text: string) => said.push(text);
  try {
    ledger.add({ ...MADE[0], seed: 'next' });
  } finally {
    console.error = error;
  }
  assert.match(said.join(), `the last line of ${path} was cut short; it is in ${path}.torn now`);
  assert.is(readFileSync(`${path}.torn`, 'utf8'), '{"name":"cut sh\n');
  assert.is(readFileSync(path, 'utf8'), `${whole}${JSON.stringify({ ...MADE[0], seed: 'next' })}\n`);
  assert.equal(readdirSync(at('torn-tail')).sort(), ['ledger.jsonl', 'ledger.jsonl.torn'], 'no lock is left');

  writeFileSync(path, whole.trimEnd()); // somebody's editor
  ledger.add({ ...MADE[0], seed: 'next' });
  assert.is(ledger.outcomes.length, 2);
});

test('a run killed between its reading and its result resumes, and its reading stays the only one', async () => {
  const config = settings('between');
  const dir = place('between');
  const one = await cli(['one', config, '--seed', '0', '--test', ...dir]);
  assert.is(one.code, 0, one.stderr);
  const [reading, outcome] = lines('between');
  writeFileSync(at('between', 'ledger.jsonl'), `${JSON.stringify(reading)}\n`); // as if it had been killed then
  oneLine(await cli(['one', config, '--seed', '0', '--test', ...dir]), /expected to read the test half once/);
  const folder = at('between', runFolder(config, '0').replace('validation', 'test'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'reading'), '');
  const again = await cli(['run', config, '--seeds', '0', '--test', ...dir]);
  assert.is(again.code, 0, again.stderr);
  const { minutes: _, ...expected } = outcome as Outcome;
  const [first, { minutes, ...second }, ...rest] = lines('between') as [Reading, Outcome];
  assert.equal([first, second, rest], [reading, expected, []]);
});

test('what cannot be run ends with 1 and says why in one line', async () => {
  const config = settings('wrong');
  writeFileSync(at('torn.jsonl'), '{"name":\n');
  const unlike = { ...MADE[0], records: { 100: [[5, 'a', 0]] } };
  writeFileSync(at('unlike.jsonl'), [MADE[0], unlike].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const cases: [args: string[], message: RegExp][] = [
    [
      ['frobnicate', ...place('bad')],
      /^experiment: expected run, table, records, difference, embeddings, curve or layout, got frobnicate$/,
    ],
    [['run', config], /^--data: expected a folder, got none$/],
    [['one', config, '--seed', '0'], /^--data: expected a folder, got none$/],
    ...['0,,1', '0,1 2', '../0'].map((seeds): (typeof cases)[number] => [
      ['run', config, ...place('bad'), '--seeds', seeds],
      new RegExp(`^--seeds: expected words with commas between them, got ${seeds}$`),
    ]),
    [['tabel'], /^experiment: expected run, table, .* \(did you mean table\?\), got tabel$/],
    [['--data', data], /^experiment: expected one of the options that --help lists, got --data$/],
    [['one', ...place('bad')], /^experiment one: expected a configuration, got none$/],
    [['run', ...place('bad')], /^experiment run: expected the names of configurations, got none$/],
    [['difference', config], /^experiment difference: expected another configuration, got .*wrong\.json$/],
    [
      ['run', 'tripelt', ...place('bad')],
      /^configuration tripelt: expected .* one of .*\(did you mean triplet\?\), got tripelt$/,
    ],
    [['run', config, ...place('bad'), '--jobs', '0'], /^--jobs: expected a whole number >= 1, got 0$/],
    [
      ['run', config, ...place('bad'), '--seed', '3'],
      /^experiment run: expected one of .* \(did you mean --seeds\?\), got --seed$/,
    ],
    [
      ['layout', config, '--data', data, '--seeds', '3'],
      /^experiment layout: expected one of .* \(did you mean --seed\?\), got --seeds$/,
    ],
    [
      ['layout', config, '--data', data, '--test'],
      /^experiment layout: expected one of the options that --help lists, got --test$/,
    ],
    [['table', '--jobs', '3'], /^experiment table: expected one of the options that --help lists, got --jobs$/],
    [['table', '--ledger', at('torn.jsonl')], /^ledger: expected JSON in line 1 of .*torn\.jsonl, got \{"name":$/],
    [
      ['table', '--ledger', at('unlike.jsonl')],
      /^ledger: expected records\.100\[0\]\[1\] a whole number >= 0 in line 2 of .*unlike\.jsonl, got "a"$/,
    ],
    [['table', '--ledger', at('none.jsonl')], /^--ledger: expected a file, got .*none\.jsonl$/],
    [['table', '--ledger', dir], /^--ledger: expected a file that can be read, got .*: EISDIR/],
    [
      ['run', config, '--data', data, '--out', at('bad'), '--ledger', at('torn.jsonl', 'below')],
      /^--ledger: expected a folder that can be written, got .*torn\.jsonl: ENOTDIR/,
    ],
    [
      ['run', config, '--data', data, '--out', at('torn.jsonl'), '--ledger', at('unmade.jsonl')],
      /^--out: expected a folder that can be written, got .*torn\.jsonl: EEXIST/,
    ],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli(args)));
  for (const [i, [, message]] of cases.entries()) oneLine(ends[i], message);
  assert.not(existsSync(at('bad')), 'nothing is written');
  const [all, none, run] = await Promise.all([['--help'], [], ['run', '--help']].map((args) => cli(args)));
  for (const { code, stderr } of [all, none, run]) assert.equal([code, stderr], [0, '']);
  assert.is(none.stdout, all.stdout);
  for (const command of ['run', 'table', 'records', 'difference', 'embeddings', 'curve', 'layout'])
    assert.match(all.stdout, new RegExp(`^  ${command} `, 'm'));
  for (const option of ['data', 'test', 'seeds', 'jobs', 'out', 'ledger', 'help'])
    assert.match(run.stdout, `--${option} `);
});

test.run();
