import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MITDB_RECORDS } from 'dynaecg/ecg';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Judged, Metrics } from '../../../examples/report/metrics.ts';
import { drawReport } from '../../../examples/report/page.ts';
import { readMetrics } from '../../../examples/report/read.ts';
import { changed, page, sample } from '../../support/changedSample.ts';
import { metricsFolder } from '../../support/metricsFolder.ts';

const test = suite('examples/report/tables');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

test('settings that files of earlier runs lack are shown as what they amounted to, the others as they stand there', () => {
  const LACKING = ['halves', 'power', 'marginPer', 'marginBatches', 'score', 'mlpScale'] as const;
  const earlier = changed((m) => {
    const { configuration } = m.protocols['inter'];
    for (const key of LACKING) Reflect.deleteProperty(configuration, key);
    Object.assign(configuration, { miner: 'nearestSemiHard', marginThreshold: 0.1, margin: 'dynamic' });
  });
  const read = readMetrics(metricsFolder(dir, 'lacking', JSON.stringify(earlier)));
  const amounted = { halves: 'beats', power: 1, marginPer: 'pair', marginBatches: 0, score: 'violations', mlpScale: 1 };
  const { configuration } = read.protocols['inter'];
  assert.equal(configuration, { ...earlier.protocols['inter'].configuration, ...amounted });
  assert.equal(read.protocols['intra'], earlier.protocols['intra'], 'what a file says counts');

  const { document } = parseHTML(drawReport(read));
  const rows = [...document.querySelectorAll('[aria-label="Configuration"] tbody tr')];
  const shown = Object.fromEntries(
    rows.map((row) => [row.querySelector('th').textContent, row.querySelectorAll('td')[1].textContent]),
  );
  for (const [key, value] of Object.entries({ ...amounted, miner: 'nearestSemiHard', marginThreshold: 0.1 }))
    assert.is(shown[key], String(value), key);
  assert.equal(Object.keys(shown).sort(), Object.keys(configuration).sort());
});

test('settings that the report does not know are shown in the order of the file, and a dash where a protocol has none', () => {
  const later = changed((m) => {
    m.protocols['intra'].configuration = { added: [1], ...m.protocols['intra'].configuration, kernel: 0 };
  });
  const read = readMetrics(metricsFolder(dir, 'later', JSON.stringify(later)));
  const keys = Object.keys(later.protocols['intra'].configuration);
  assert.equal(Object.keys(read.protocols['intra'].configuration), keys);
  const rows = [...parseHTML(drawReport(read)).document.querySelectorAll('[aria-label="Configuration"] tbody tr')];
  const cells = rows.map((row) => [...row.querySelectorAll('th, td')].map(({ textContent }) => textContent));
  assert.equal(
    cells.map(([key]) => key),
    keys,
  );
  assert.equal(cells[0], ['added', '[1]', '–']);
  assert.equal(cells[keys.indexOf('kernel')], ['kernel', '0', '5']);
});

test('beneath Table 1 stand the method, the operating point and the nearest neighbours; without comparisons two of them', () => {
  const caption = (metrics: Metrics, protocol: string): string =>
    parseHTML(drawReport(metrics)).document.querySelector(`#table1-${protocol} figcaption`).textContent;
  assert.match(caption(sample, 'inter'), /triplet loss, then a perceptron .*, decided at the data's prior/);
  assert.match(caption(sample, 'intra'), /cross-entropy, .*, decided between the data's prior and a batch's \(adj/);
  const [n, s, v] = sample.protocols['intra'].judged!.perClass.map(({ support }) => support);
  const comparison: Partial<Judged> = {
    neighbors: [
      [n, 0, 0],
      [0, 0, s], // all taken for V
      [0, 0, v],
    ],
    operating: [{ adjustment: 1, matrix: sample.protocols['intra'].judged!.confusion }],
    embedding: { meanPositive: 0.1, meanNegative: 1.5, violations: 0.05 },
  };
  const metrics = changed((m) => Object.assign(m.protocols['intra'].judged!, comparison));
  const read = readMetrics(metricsFolder(dir, 'compared', JSON.stringify(metrics)));
  assert.equal(read, metrics, 'nothing is lost');
  const ofV = (2 * v) / (2 * v + s);
  const [mean, last] = [(1 + ofV) / 3, ofV].map((x) => (100 * x).toFixed(2));
  const sentence = `By 9 nearest neighbours among training embeddings F1 is ${mean} on the mean: N 100.00, S 0.00, V ${last}.`;
  assert.ok(caption(read, 'intra').includes(sentence), caption(read, 'intra'));
  assert.not.match(caption(read, 'inter'), 'nearest neighbours');
  assert.not.ok(Object.hasOwn(read.protocols['inter'].judged!, 'neighbors'));
});

/** The cells of the table of beats, patients and times by the title of their row: one for each protocol. */
function factsOf(report: string): Record<string, string[]> {
  const { document } = parseHTML(report);
  const rows = [...document.querySelectorAll('[aria-label="Beats, patients and times"] tbody tr')];
  return Object.fromEntries(
    rows.map((row) => [
      row.querySelector('th').textContent,
      [...row.querySelectorAll('td')].map(({ textContent }) => textContent),
    ]),
  );
}

test('patients and records are a number, and by name where they are few', () => {
  const metrics = changed((m) => {
    m.protocols['intra'].unusedRecords = ['1', '2', '3', '4', '5', '6', '7'];
  });
  const facts = factsOf(drawReport(metrics));
  assert.equal(facts['patients on both sides'], [String(MITDB_RECORDS.length - 1), '1 (201)']); // 201 is 202 too
  assert.equal(facts['unused records'], ['7', '4 (102, 104, 107, 217)']);
  assert.equal(factsOf(page)['unused records'][0], 'none');
});

test('the share of test windows that overlap training windows, and a dash for runs that did not find it out', () => {
  const title = 'test windows that share samples with training windows, %';
  assert.equal(factsOf(page)[title], ['29.99', '0.00']);
  const older = changed((m) => Reflect.deleteProperty(m.protocols['intra'], 'overlap'));
  const folder = metricsFolder(dir, 'older', JSON.stringify(older));
  assert.equal(readMetrics(folder), older);
  assert.equal(factsOf(drawReport(readMetrics(folder)))[title], ['–', '0.00']);
});

test('times are named by the method, and what was not done is left out', () => {
  const titles = (facts: object): string[] =>
    Object.keys(facts).filter((title) => /training of|embedding|judging/.test(title));
  const both = factsOf(page);
  assert.equal(titles(both), [
    'training of the whole network',
    'training of the embedder',
    'embedding',
    'training of the classifier',
    'judging',
  ]);
  assert.equal(both['training of the whole network'], ['18 min', '–']);
  assert.equal(both['training of the embedder'], ['–', '18 min']);
  assert.equal(both['training of the classifier'], ['–', '30.6 s']);
  const crossEntropy = factsOf(drawReport(changed((m) => Reflect.deleteProperty(m.protocols, 'inter'))));
  assert.equal(titles(crossEntropy), ['training of the whole network', 'embedding', 'judging']);
  const triplets = factsOf(drawReport(changed((m) => Reflect.deleteProperty(m.protocols, 'intra'))));
  assert.equal(titles(triplets), ['training of the embedder', 'embedding', 'training of the classifier', 'judging']);
});

test.run();
