import { confusionMatrix, SavedModel } from 'dynaecg';
import { aamiClass, annotateRecord, isBeat, syntheticRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatAdapted } from '../../../examples/model/adaptedTable.ts';
import { adaptedWays } from '../../../examples/model/fewShot.ts';
import type { Adapted } from '../../../examples/model/readings.ts';
import { trained } from '../../support/trained.ts';

const test = suite('examples/model/fewShot');

const model = new SavedModel(trained());
const whole = syntheticRecord({
  seed: 'few-shot',
  name: 'few',
  duration: 360,
  supraventricular: 0.1,
  ventricular: 0.1,
});
const record = { ...whole, annotations: whole.annotations.filter(({ label }) => isBeat(label)) };
const END = 300 * record.samplingFrequency;
const NSV = ['N', 'S', 'V'];
const sum = (matrix: number[][]): number[] => matrix.map((row) => row.reduce((a, b) => a + b));

test('a model that takes the usual beat is judged by what annotateRecord gives it', () => {
  const referred = new SavedModel(trained({ timing: ['previous'], reference: { memory: 9, similarity: 0.8 } }));
  const [asItIs] = adaptedWays(referred, record);
  const peaks = record.annotations.map(({ sample }) => sample);
  const { beats } = annotateRecord(referred, record, { peaks });
  const pairs = record.annotations.flatMap(({ label, sample }, i) => {
    const nearest = NSV.indexOf(beats[i].nearest ?? '');
    return sample >= END && nearest >= 0 ? [[NSV.indexOf(aamiClass(label)!), nearest]] : [];
  });
  const [labels, predictions] = [0, 1].map((k) => pairs.map((pair) => pair[k]));
  assert.equal(asItIs.matrix, confusionMatrix(labels, predictions, 3));
});

test('each way is judged by the beats after five minutes, and knows no more labels than it says', () => {
  const ways = adaptedWays(model, record);
  const peaks = record.annotations.map(({ sample }) => sample);
  const truth = record.annotations.map(({ label }) => NSV.indexOf(aamiClass(label)!));
  const { beats } = annotateRecord(model, record, { peaks });
  const taken = beats.map(({ nearest }) => NSV.indexOf(nearest ?? ''));
  const later = [...peaks.keys()].filter((i) => peaks[i] >= END && taken[i] >= 0);
  const [labels, predictions] = [truth, taken].map((all) => later.map((i) => all[i]));
  assert.is(ways[0].name, 'as it is');
  assert.equal(ways[0].matrix, confusionMatrix(labels, predictions, 3));
  for (const { name, matrix } of ways) assert.equal(sum(matrix), sum(ways[0].matrix), name);

  const wrong = [...peaks.keys()].filter((i) => peaks[i] < END && taken[i] >= 0 && taken[i] !== truth[i]).length;
  const first = peaks.filter((peak) => peak < END).length;
  assert.ok(wrong >= 1, `${wrong}`);
  const labelled = [1, 5, 20].map((n) => Math.min(n, wrong));
  assert.equal(
    ways.map((way) => way.labelled),
    [0, 0, ...labelled, first, first],
  );
  const last = ways.find(({ name }) => name === 'correct, 5 min')!;
  assert.not.equal(last.matrix, ways[0].matrix);
});

test('labels after five minutes change no prediction', () => {
  const other = {
    ...record,
    annotations: record.annotations.map((a) => (a.sample >= END ? { ...a, label: 'N' } : a)),
  };
  const [own, relabelled] = [record, other].map((r) => adaptedWays(model, r));
  const columns = (matrix: number[][]): number[] => [0, 1, 2].map((k) => matrix[0][k] + matrix[1][k] + matrix[2][k]);
  for (const [i, { matrix, name }] of own.entries()) assert.equal(columns(matrix), columns(relabelled[i].matrix), name);
});

test('F1 by hand: of all beats, of S by record where there are ten, and without 232; over seeds', () => {
  const one = [
    [90, 10, 0],
    [5, 15, 0],
    [0, 0, 10],
  ];
  const few = [
    [100, 0, 0],
    [4, 0, 0],
    [0, 0, 10],
  ];
  const of = (seed: number, second: string, labelled = 3): Adapted => {
    const records = { 100: { labelled: 2, matrix: one }, [second]: { labelled, matrix: few } };
    return { model: `name, DS1, seed ${seed}, few-shot`, set: 'DS2', ways: [{ name: 'way', records }] };
  };
  const [title, head, row] = formatAdapted([of(0, '101')]).split('\n');
  assert.is(title, 'name, DS1, few-shot: DS2, after the first five minutes');
  assert.match(head, /seeds +labels +N F1 +S F1 +V F1 +mean F1 +S F1 by record$/);
  // N 2*190/(200+199), S 2*15/(24+25), V 1; by record of the first alone: 2*15/(20+25)
  const [n, s] = [380 / 399, 30 / 49];
  const expected = ['way', '1', '2.5', ...[n, s, 1, (n + s + 1) / 3, 30 / 45].map((x) => (100 * x).toFixed(1))];
  assert.equal(row.trim().split(/\s+/), expected);

  const [, more, both] = formatAdapted([of(0, '232'), of(1, '232', 5)]).split('\n');
  assert.match(more, /S F1 by record +S F1 but 232$/);
  assert.match(both, /^way +2 +3\.0 ± 0\.7 /); // (2 + 3) / 2 and (2 + 5) / 2
  assert.match(both, / 66\.7 ± 0\.0$/); // of record 100: 2*15/(20+25)
});

test.run();
