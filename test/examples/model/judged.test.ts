import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { DS1, DS2, PACED_RECORDS } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatAdapted } from '../../../examples/model/adaptedTable.ts';
import { type Judged, JudgedReadings } from '../../../examples/model/readings.ts';
import { JUDGED_SETS } from '../../../examples/model/sets.ts';
import { formatJudged } from '../../../examples/model/table.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('examples/model');
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after(() => rmSync(dir, { recursive: true }));

/** Rows and columns N S V F Q O X. */
const matrix = (rows: Partial<Record<number, number[]>>): number[][] =>
  Array.from({ length: 7 }, (_, r) => rows[r] ?? [0, 0, 0, 0, 0, 0, 0]);
const some = matrix({
  0: [90, 5, 0, 0, 3, 2, 0],
  1: [4, 10, 1, 0, 5, 0, 0],
  2: [0, 2, 20, 0, 0, 0, 0],
  3: [7, 7, 7, 0, 0, 0, 0],
  4: [1, 0, 0, 0, 3, 0, 0],
  5: [6, 0, 3, 0, 0, 0, 0],
});
const judged = (seed: number, labels = some): Judged => {
  const both = { labels, nearest: some };
  return { model: `name, DS1, seed ${seed}`, set: 'DS2', marks: both, detected: both };
};

test('F1 by hand: F and Q beats count neither for nor against, what is found in addition does', () => {
  const lines = formatJudged([judged(0)]).split('\n');
  assert.is(lines[0], 'name, DS1: DS2');
  // N: 2 * 90 / (100 + 90 + 4 + 6), S: 2 * 10 / (20 + 5 + 10 + 2), V: 2 * 20 / (22 + 1 + 20 + 3)
  assert.equal(lines[2].trim().split(/\s+/), 'marks yes 1 90.0 54.1 87.0 5.71 % 75.0 %'.split(' '));
  assert.is(lines.length, 6);
});

test('seeds are one row, with the standard deviation of a sample', () => {
  const other = some.map((row) => [...row]);
  other[0] = [70, 25, 0, 0, 3, 2, 0];
  const [, , labels] = formatJudged([judged(0), judged(1, other)]).split('\n');
  // N of the other: 2 * 70 / (100 + 80) = 77.8
  assert.match(labels, `83.9 ± ${Math.sqrt((90 - 700 / 9) ** 2 / 2).toFixed(1)}`);
  assert.match(formatJudged([judged(0), { ...judged(1), model: 'other, DS1, seed 1' }]), /\n\nother, DS1: DS2\n/);
});

test('a model is judged by a test half once, by others at will; one whose reading was interrupted may begin again', () => {
  const path = join(dir, 'readings.jsonl');
  const readings = new JudgedReadings(path);
  const { model, set } = judged(0);
  for (let i = 0; i < 2; i++) readings.begin(model, set);
  assert.equal(readings.results, []);
  readings.end(judged(0));
  throwsWith(() => readings.begin(model, set), DataError, `${model}: expected to read DS2 once`);
  readings.begin(judged(1).model, set);
  readings.end({ ...judged(0), set: 'paced' });
  readings.begin(model, 'paced');
  assert.equal(new JudgedReadings(path).results, [judged(0), { ...judged(0), set: 'paced' }]);
  assert.is(readFileSync(path, 'utf8').trim().split('\n').length, 6);
});

test('a model that was adapted is judged by a test half once, even if it was interrupted, and its figures are kept', () => {
  const path = join(dir, 'adapted.jsonl');
  const readings = new JudgedReadings(path);
  const model = 'name, DS1, seed 0, few-shot';
  const matrix = [
    [1, 0, 0],
    [0, 2, 0],
    [0, 0, 3],
  ];
  const adapted = { model, set: 'DS2' as const, ways: [{ name: 'way', records: { 100: { labelled: 4, matrix } } }] };
  readings.beginOnce(model, 'DS2');
  throwsWith(() => readings.beginOnce(model, 'DS2'), DataError, `${model}: expected to read DS2 once`);
  readings.end(adapted);
  assert.equal([new JudgedReadings(path).adapted, readings.results], [[adapted], []]);
});

test('a line that was cut short swallows none; one of another form is refused', () => {
  const path = join(dir, 'torn.jsonl');
  const readings = new JudgedReadings(path);
  writeFileSync(path, `${JSON.stringify(judged(0))}\n{"model":"a","se`);
  readings.begin('c', 'paced');
  assert.equal(readings.results, [judged(0)]);
  assert.is(readFileSync(path, 'utf8').trim().split('\n').length, 2);
  writeFileSync(path, `${JSON.stringify({ ...judged(0), marks: { labels: [[1]], nearest: some } })}\n`);
  throwsWith(() => readings.results, DataError, 'marks.labels', 'a list of 7', 'line 1');
});

test('the sets: the halves of svdb by name, and of MIT-BIH what de Chazal has', () => {
  const names = Array.from({ length: 39 }, (_, i) => `${800 + i}`);
  for (const name of [...names].reverse()) writeFileSync(join(dir, `${name}.hea`), '');
  assert.equal(JUDGED_SETS['svdb-development'].namesIn(dir), names.slice(0, 20));
  assert.equal(JUDGED_SETS['svdb-test'].namesIn(dir), names.slice(20));
  assert.equal(
    [JUDGED_SETS.DS1.namesIn(), JUDGED_SETS.DS2.namesIn(), JUDGED_SETS.paced.namesIn()],
    [DS1, DS2, PACED_RECORDS],
  );
  throwsWith(() => JUDGED_SETS['svdb-test'].namesIn(join(dir, '..', 'nowhere-at-all')), Error, 'ENOENT');
});

test('the figures of the documents are those of the readings', () => {
  const { results, adapted } = new JudgedReadings('examples/model/readings.jsonl');
  const printed = [formatJudged(results), formatAdapted(adapted)].join('\n\n').split('\n\n');
  for (const set of ['svdb-test', 'DS2']) {
    for (const [file, models] of Object.entries({
      'docs/model.md': ['inter-patients, DS1', 'inter-patients, DS1, few-shot'],
      'docs/results.md': ['inter-patients, DS1', 'inter-patients, DS1, few-shot', 'bundled, DS1', 'shipped, DS1'],
    }))
      for (const model of models) {
        const block = printed.find((text) => text.startsWith(`${model}: ${set}`))!;
        assert.ok(readFileSync(file, 'utf8').includes(block), `${file} ${model} ${set}`);
      }
  }
});

test.run();
