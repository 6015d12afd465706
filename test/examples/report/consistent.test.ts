import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Judged, Metrics } from '../../../examples/report/metrics.ts';
import { readMetrics } from '../../../examples/report/read.ts';
import { changed, sample } from '../../support/changedSample.ts';
import { metricsFolder } from '../../support/metricsFolder.ts';

const test = suite('examples/report/consistent');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

test('figures that contradict each other: which, and what the others make it', () => {
  const folder = metricsFolder(dir, 'contradictions', '');
  const at = 'protocols.inter.judged';
  const judged = sample.protocols['inter'].judged!;
  const total = judged.confusion.flat().reduce((a, b) => a + b);
  const json = (value: unknown): string => JSON.stringify(value);
  const moved = judged.confusion.map((row, k) => (k === 1 ? [row[0] + 1, row[1] - 1, row[2]] : row));
  const beats = judged.confusion.map((row) => row.reduce((a, b) => a + b));
  const [name] = Object.keys(judged.records);
  const cases: [change: (m: Metrics['protocols'][string], j: Judged, m0: Metrics) => void, message: string][] = [
    [
      (_, j) => Object.assign(j, { confusion: moved }),
      `${at}.confusion should be the sum of its records, ${json(judged.confusion)}, and is ${json(moved)}`,
    ],
    [
      (_, j) => j.records[name][0][0]++,
      `${at}.confusion should be the sum of its records, ${json(judged.confusion.map((row, k) => row.map((n, l) => n + Number(k + l === 0))))}, and is ${json(judged.confusion)}`,
    ],
    [
      (_, j) => Object.assign(j.rhythms!, { '999': j.rhythms![name] }),
      `${at}.rhythms should be of the records and has "999"`,
    ],
    [(_, j) => Object.assign(j, { records: {} }), `${at}.records should be some and are none`],
    [
      (p) => Object.assign(p, { test: total - 1 }),
      `protocols.inter.test should be the number of beats in judged.confusion, ${total}, and is ${total - 1}`,
    ],
    [
      (p) => Object.assign(p, { train: 100_000 }),
      `protocols.inter.train and test should be 100115 windows at most and are ${100_000 + total}`,
    ],
    [
      (_p, _j, m) => Object.assign(m.beats, { windows: 100_116 }),
      'beats.windows should be the annotated beats of N, S and V but for those dropped, 100115, and is 100116',
    ],
    [
      (_, j) => Object.assign(j, { accuracy: 0.5 }),
      `${at}.accuracy should be that of confusion, ${judged.accuracy}, and is 0.5`,
    ],
    [
      (_, j) => Object.assign(j.macro, { f1: null }),
      `${at}.macro.f1 should be that of confusion, ${judged.macro.f1}, and is null`,
    ],
    [
      (_, j) => Object.assign(j.perClass[1], { precision: 1 }),
      `${at}.perClass[1].precision should be that of confusion, ${judged.perClass[1].precision}, and is 1`,
    ],
    [
      (_, j) => Object.assign(j.perClass[2], { support: 1 }),
      `${at}.perClass[2].support should be that of confusion, ${beats[2]}, and is 1`,
    ],
    [
      (_, j) => Object.assign(j, { neighbors: judged.confusion.map((row) => row.map((n) => 2 * n)) }),
      `${at}.neighbors should be of the beats of each class in confusion, ${json(beats)}, and is ${json(beats.map((n) => 2 * n))}`,
    ],
    [
      (_, j) => Object.assign(j, { operating: [{ adjustment: 1, matrix: judged.records[name] }] }),
      `${at}.operating[0].matrix should be of the beats of each class in confusion, ${json(beats)}, and is ${json(judged.records[name].map((row) => row.reduce((a, b) => a + b)))}`,
    ],
    [
      (p) => Object.assign(p.patients, { shared: [] }),
      'protocols.inter.patients.shared should be the patients of both train and test, ["201"], and is []',
    ],
    [(p) => p.history.pop(), 'protocols.inter.history should be of the 2 networks configured and is of 1'],
    [
      (p) => Object.assign(p, { judged: null, history: [...p.history, p.history[0]] }),
      'protocols.inter.history should be of the 2 networks configured and is of 3',
    ],
    [
      (p) => Object.assign(p.configuration, { iterations: 20 }),
      'protocols.inter.history[0].iterations should be 20 at most, as configured, and are 30',
    ],
    [
      (p) => Object.assign(p.configuration, { method: 'crossEntropy' }),
      'protocols.inter.history[0].iterations should be 0 at most, as configured, and are 30',
    ],
    [
      (p) => Object.assign(p.configuration, { mlpEpochs: 39 }),
      'protocols.inter.history[0].epochs should be 39 at most, as configured, and are 40',
    ],
    [
      (p) => p.history[1].epochs.splice(0, 38),
      'protocols.inter.history[1].epochs should be numbered, [1,2], and is [39,40]',
    ],
    [
      (_, j) => Object.assign(j.layout.record, { [j.layout.trained.indexOf(false)]: 'nobody' }),
      `${at}.layout.record[${judged.layout.trained.indexOf(false)}] should be one of the records and is "nobody"`,
    ],
    [
      (_, j) => Object.assign(j.attention[2], { record: 'nobody' }),
      `${at}.attention[2].record should be one of the records and is "nobody"`,
    ],
    [(_, j) => j.attention[0].signal.pop(), `${at}.attention[0].signal should be of 253 as configured and is of 252`],
    [
      (_, j) => Object.assign(j.novelty.byClass, { N: { beats: 1, above: 0 } }),
      `${at}.novelty.byClass.N.beats should be those of confusion, ${beats[0]}, and is 1`,
    ],
    [
      (_, j) => Reflect.deleteProperty(j.novelty.byClass, 'V'),
      `${at}.novelty.byClass.V.beats should be those of confusion, ${beats[2]}, and is 0`,
    ],
    [
      (_, j) => Object.assign(j.novelty.byClass, { X: { beats: 1, above: 0 } }),
      `${at}.novelty.byClass should be of N, S, V, F, Q and has X`,
    ],
    [
      (_, j) => Object.assign(j.novelty.rocArea, { N: 0.5 }),
      `${at}.novelty.rocArea should be of F, Q, F and Q and has N`,
    ],
    // each by itself
    [
      (_, j) => Object.assign(j.intervals.macro.f1, { low: 0.9, high: 0.8 }),
      `${at}.intervals.macro.f1 should be from a low end up to a high one and is {"low":0.9,"high":0.8,"groups":22}`,
    ],
    [
      (_, j) => Object.assign(j.intervals.accuracy, { high: 1.5 }),
      `${at}.intervals.accuracy.high should be a number from 0 to 1 and is 1.5`,
    ],
    [
      (_, j) => Object.assign(j.precisionRecall[1], { averagePrecision: 96 }),
      `${at}.precisionRecall[1].averagePrecision should be a number from 0 to 1 and is 96`,
    ],
    [
      (_, j) => Object.assign(j.novelty.rocArea, { F: -0.1 }),
      `${at}.novelty.rocArea.F should be a number from 0 to 1 and is -0.1`,
    ],
    [
      (_, j) => Object.assign(j.attention[0], { kind: 'wrong' }),
      `${at}.attention[0].kind should go with label and predicted and is wrong with 0 and 0`,
    ],
    [
      (_, j) => Object.assign(j.attention[0], { before: 253 }),
      `${at}.attention[0].before should be below 253 and is 253`,
    ],
    [
      (_, j) => Object.assign(j.attention[0], { weights: [] }),
      `${at}.attention[0].weights should be from 1 to 253 and are 0`,
    ],
    [
      (_, j) => j.calibration!.bins.perClass[1].pop(),
      `${at}.calibration.bins.perClass[1] should be of all beats, ${total}, and is ${total - judged.calibration!.bins.perClass[1].at(-1)!.samples}`,
    ],
    [
      (_, j) => Object.assign(j.calibration!.undecided[2], { matrix: moved }),
      `${at}.calibration.undecided[2].matrix should be of beats in confusion and is ${json(moved)}`,
    ],
    [
      (_, j) => Object.assign(j.mistakes!.sure, { records: { '999': 1 } }),
      `${at}.mistakes should be of the records and has "999"`,
    ],
    [
      (_, j) => Object.assign(j.mistakes!.examples[0], { record: '998' }),
      `${at}.mistakes should be of the records and has "998"`,
    ],
    [
      (_, j) => Object.assign(j.mistakes!.examples[0], { label: 0, predicted: 0 }),
      `${at}.mistakes.examples[0] should be wrong and is of class 0 twice`,
    ],
    [
      (_, j) => Object.assign(j.mistakes!.examples[0].beats[1], { at: 361 }),
      `${at}.mistakes.examples[0] should have beats in its 361 samples and has one at 361`,
    ],
  ];
  const path = join(folder, 'metrics.json');
  for (const [change, message] of cases) {
    const metrics = changed((m) => {
      Object.assign(m, { protocols: { inter: m.protocols['inter'] } });
      change(m.protocols['inter'], m.protocols['inter'].judged!, m);
    });
    writeFileSync(path, JSON.stringify(metrics));
    assert.throws(
      () => readMetrics(folder),
      (error: Error) => {
        assert.is(error.message, `report: expected metrics.json of a finished run, got ${path}: ${message}`);
        return true;
      },
    );
  }
});

test.run();
