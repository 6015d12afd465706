import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvTables } from '../../../../examples/report/csv.ts';
import type { Metrics, RecordedIteration } from '../../../../examples/report/metrics.ts';
import { drawReport } from '../../../../examples/report/page.ts';
import { readMetrics } from '../../../../examples/report/read.ts';
import { changed, page, sample } from '../../../support/changedSample.ts';
import { metricsFolder } from '../../../support/metricsFolder.ts';

const test = suite('examples/report/figures/history');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

/** The panels of how training went with the patients apart: title and label of the axis, ticks of it, title by title. */
function coursesOf(report: string): { titles: [title: string, label: string][]; ticks: Record<string, string[]> } {
  const { document } = parseHTML(report);
  const panels = [...document.querySelectorAll('#history-inter .panel')];
  const titles = panels.map((panel): [string, string] => [
    panel.querySelector('h4').textContent,
    panel.querySelector('[data-mark="y-axis label"]').textContent,
  ]);
  const ticks = panels.map((panel) => [
    panel.querySelector('h4').textContent,
    [...panel.querySelectorAll('[data-mark="y-axis tick label"] text')].map(({ textContent }) => textContent),
  ]);
  return { titles, ticks: Object.fromEntries(ticks) };
}

/** The sample, with iterations changed. */
const withIterations = (change: (it: RecordedIteration) => void): Metrics =>
  changed((m) => {
    for (const { iterations } of m.protocols['inter'].history) for (const it of iterations) change(it);
  });

test('training shows mined and violated triplets and the neighbours; of earlier runs, which lack some, what they have', () => {
  const common = [
    ['Margin', 'squared distance'],
    ['Triplet loss', 'mean of a batch'],
    ['Active pairs', '% of anchor-positive pairs'],
  ];
  const { titles } = coursesOf(page);
  assert.equal(titles.slice(0, -4), [
    ...common,
    ['Triplets mined', '% of possible triplets'],
    ['Violations', '% of validation triplets that violate 0.2'],
    ['Nearest neighbours', 'macro F1 of validation beats, %'],
  ]);
  const earlier = withIterations((it) => {
    Reflect.deleteProperty(it, 'possible');
    Reflect.deleteProperty(it, 'neighborF1');
    Object.assign(it, { score: it.violationRate }); // what it was called
    Reflect.deleteProperty(it, 'violationRate');
  });
  const read = readMetrics(metricsFolder(dir, 'before', JSON.stringify(earlier)));
  assert.equal(coursesOf(drawReport(read)).titles.slice(0, -4), [
    ...common,
    ['Triplets mined', 'per anchor-positive pair'],
    ['Violations', '% of validation triplets that violate 0.2'],
  ]);
  assert.equal(
    readMetrics(metricsFolder(dir, 'now', JSON.stringify(sample))).protocols,
    sample.protocols,
    'nothing is lost',
  );

  const row = (metrics: Metrics): string[] =>
    csvTables(metrics)
      ['history.csv'].split('\r\n')
      .find((line) => line.startsWith('inter,1,iteration,1,'))!
      .split(',');
  const header = csvTables(sample)['history.csv'].split('\r\n')[0].split(',');
  const [first] = sample.protocols['inter'].history[0].iterations;
  for (const key of ['possible', 'violationRate', 'neighborF1'] as const)
    assert.is(Number(row(sample)[header.indexOf(key)]), first[key], key);
  for (const key of ['possible', 'neighborF1']) assert.is(row(read)[header.indexOf(key)], '', key);
  assert.is(Number(row(read)[header.indexOf('violationRate')]), first.violationRate);
});

test('the share of mined triplets is that of the possible ones', () => {
  const { ticks } = coursesOf(drawReport(withIterations((it) => Object.assign(it, { triplets: 25, possible: 200 }))));
  assert.equal(ticks['Triplets mined'], ['10', '15']); // 12.5 with room about it
});

test('the axis of the margin is that of the paper, from 0 to 0.8, whether it moves or stays, and longer where it has to be', () => {
  const paper = ['0.0', '0.2', '0.4', '0.6', '0.8'];
  const margins = sample.protocols['inter'].history[0].iterations.map(({ margin }) => margin);
  assert.equal([margins[0], margins.at(-1)!.toFixed(2)], [0.2, '0.80']);
  assert.equal(coursesOf(page).ticks['Margin'], paper);
  const fixed = (margin: number): string[] =>
    coursesOf(drawReport(withIterations((it) => Object.assign(it, { margin })))).ticks['Margin'];
  assert.equal(fixed(0.2), paper);
  assert.equal(fixed(1), [...paper, '1.0']);
});

test('it is told how the network was trained', () => {
  const told = (protocol: string, method?: string): string => {
    const metrics = changed((m) => method && Object.assign(m.protocols[protocol].configuration, { method }));
    return parseHTML(drawReport(metrics)).document.querySelector(`#history-${protocol} figcaption`).textContent;
  };
  assert.match(told('intra'), 'Trained by cross-entropy: there are neither margins nor triplets');
  assert.match(told('inter'), 'Iterations with triplets, and then the epochs of the perceptron on the embeddings');
  assert.match(told('inter', 'joint'), "Iterations with triplets and the perceptron's cross-entropy at once");
});

test.run();
