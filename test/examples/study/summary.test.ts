import { addConfusion, classificationScores, scoreIntervals } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../../examples/study/ledger.ts';
import { formatRecords, formatSummary } from '../../../examples/study/summary.ts';
import { cells, expectedRow, MADE, matrix, meanAndDeviationText, outcome } from '../../support/outcomes.ts';

const test = suite('examples/study/summary');

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

test.run();
