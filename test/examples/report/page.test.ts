// The report of a run, as far as it can be told without a browser; test/examples/report/report.browser.ts opens it in one.

import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { count } from '../../../examples/page/format.ts';
import { csvTables } from '../../../examples/report/csv.ts';
import { drawLayouts } from '../../../examples/report/layouts.ts';
import type { Layout } from '../../../examples/report/metrics.ts';
import { drawReport } from '../../../examples/report/page.ts';
import { changed, POINTS, page, sample } from '../../support/changedSample.ts';
import { sampleLayouts, sampleMetrics } from '../../support/reportSample.ts';

const test = suite('examples/report/page');

test('it runs nothing, fetches nothing and has no style but the one that the policy names', () => {
  for (const forbidden of [
    /<script/i,
    /\shref="(?!#)/i,
    /\ssrc=/i,
    /http/i,
    /url\(/i,
    /@import/i,
    /javascript:/i,
    /\son\w+=/i,
    /⚠/,
  ])
    assert.not.match(page.replaceAll('http-equiv', ''), forbidden);
  assert.not.match(page, /\sstyle=/i);
  const styles = page.match(/<style[^>]*>.*?<\/style>/gs) ?? [];
  assert.is(styles.length, 1);
  const css = styles[0]!.slice('<style>'.length, -'</style>'.length);
  const hash = createHash('sha256').update(css).digest('base64');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  assert.is(
    policy,
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`.replaceAll("'", '&#39;'),
  );
});

test('every figure has an id of its own and a caption, every drawing a label', () => {
  const { document } = parseHTML(page);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  assert.is(new Set(ids).size, ids.length);
  for (const figure of document.querySelectorAll('figure'))
    assert.ok(figure.querySelector('figcaption')?.textContent, figure.id);
  for (const svg of document.querySelectorAll('svg.plot')) assert.ok(svg.getAttribute('aria-label'));
  for (const link of document.querySelectorAll('a')) assert.ok(ids.includes(link.getAttribute('href').slice(1)));
  assert.is(document.querySelectorAll('h1').length, 1);
  assert.is(document.documentElement.lang, 'en');
});

/** The levels of the headings, in order. */
const levelsOf = (report: string): number[] =>
  [...parseHTML(report).document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(({ localName }) =>
    Number(localName[1]),
  );

test('headings go down one level at a time, and nothing is labelled that has no role', () => {
  const alone = drawReport(changed((m) => Reflect.deleteProperty(m.protocols, 'intra')));
  for (const report of [page, alone, drawLayouts(sampleLayouts({ points: 60 }))]) {
    const levels = levelsOf(report);
    assert.is(levels[0], 1);
    for (const [i, level] of levels.entries()) assert.ok(i === 0 || level <= levels[i - 1] + 1, levels.join(' '));
    const { document } = parseHTML(report);
    for (const labelled of document.querySelectorAll('[aria-label]'))
      assert.ok(labelled.getAttribute('role') || ['nav', 'section'].includes(labelled.localName), labelled.outerHTML);
    for (const svg of document.querySelectorAll('svg'))
      assert.ok(svg.getAttribute('role') === 'img' || svg.getAttribute('aria-hidden') === 'true');
  }
});

test('those who do not see the figures are told what is in them, or where', () => {
  const { document } = parseHTML(page);
  const labels = (id: string): string[] =>
    [...document.querySelectorAll(`#${id} svg.plot`)].map((svg) => svg.getAttribute('aria-label'));
  const { judged, history } = sample.protocols['inter'];
  const { confusion, perClass, precisionRecall, layout, trainingLayout, attention } = judged!;
  const name = 'Patients apart (inter-patient)';

  const [matrix] = labels('confusion-inter');
  for (const [k, row] of confusion.entries()) {
    const cells = row.map((n, j) => `${'NSV'[j]} ${count(n)} (${((100 * n) / perClass[k].support).toFixed(2)}\u00a0%)`);
    assert.ok(matrix.includes(`${'NSV'[k]}: ${cells.join(', ')}`), matrix);
  }
  const [curves] = labels('curves-inter');
  const half = precisionRecall[1].points.find(({ recall }) => recall >= 0.5)!.precision;
  assert.match(curves, `S: precision ${(100 * half).toFixed(2)}\u00a0% at recall 50.00\u00a0%, `);

  const numbers = (beats: Layout, trained: boolean): string =>
    ['N', 'S', 'V']
      .map((c, k) => `${c} ${beats.label.filter((own, i) => own === k && beats.trained[i] === trained).length}`)
      .join(', ');
  const [training, test, byRecord] = labels('layout-inter');
  assert.is(training, `t-SNE of training beats by class, ${name}: ${numbers(layout, true)}`);
  const wrong = layout.label.filter((own, i) => own !== layout.predicted[i] && !layout.trained[i]).length;
  assert.is(test, `t-SNE of test beats by class, ${name}: ${numbers(layout, false)}; ${wrong} wrongly classified`);
  const told = [...byRecord.matchAll(/(\S+) (\d+)(?:,|$)/g)].map(([, record, n]) => [record, Number(n)] as const);
  assert.is(
    told.reduce((sum, [, n]) => sum + n, 0),
    layout.trained.filter((own) => !own).length,
  );
  const [record, n] = told[0];
  assert.is(n, layout.record.filter((own, i) => own === record && !layout.trained[i]).length);
  assert.ok(labels('training-layout-inter')[0].endsWith(`: ${numbers(trainingLayout!, true)}`));

  const [first] = history[0].iterations;
  const last = history[0].iterations.at(-1)!;
  const margin = `network 1 from ${first.margin} at 1 to ${Number(last.margin.toPrecision(3))} at 30, least 0.2 at 1, most 0.8 at`;
  assert.ok(labels('history-inter')[0].includes(margin), labels('history-inter')[0]);

  const { weights, signal, before } = attention[0];
  const at = weights.indexOf(Math.max(...weights));
  const ms = (step: number): string => (((step * signal.length) / weights.length - before) / 0.36).toFixed(0);
  assert.ok(
    labels('attention-inter')[0].endsWith(`: the largest weight from ${ms(at)} to ${ms(at + 1)} ms of the R peak`),
  );
  for (const [id, where] of [
    ['intervals', /Table 1 has/],
    ['records-inter', /table of records below has/],
    ['novelty-inter', /table below has/],
  ] as const)
    for (const label of labels(id)) assert.match(label, where);
});

test('t-SNE of 4,000 beats in both protocols stays below 2.8 MB', () => {
  const size = drawReport(sampleMetrics()).length;
  assert.ok(size < 2.8e6, `${size} characters`);
  const geometry = /\s(?:d|cx|cy|x|y|width|height|transform)="[^"]*\.\d{2,}[^"]*"/.exec(
    page
      .replaceAll('0.32em', '')
      .replaceAll('0.71em', '')
      .replaceAll(/"[\d.]+mm"/g, ''), // strips are in true size
  );
  assert.is(geometry, null);
});

test('the same figures make the same page', () => {
  assert.is(drawReport(sampleMetrics({ points: POINTS })), page);
});

const HOSTILE = `<script>alert("1")</script>&'<img src=x onerror=alert(1)>`;

test('names that are HTML are shown as text', () => {
  const metrics = changed((m) => {
    m.source = m.seed = m.run.command = m.run.cpu = m.run.backend = m.run.started = HOSTILE;
    m.run.versions = { [HOSTILE]: HOSTILE };
    m.run.checksums = { [HOSTILE]: HOSTILE };
    for (const { judged, patients, unusedRecords } of Object.values(m.protocols)) {
      const [first] = Object.keys(judged!.records);
      judged!.records[HOSTILE] = judged!.records[first];
      judged!.layout.record[1] = HOSTILE; // of the test half
      judged!.attention[0].record = HOSTILE;
      judged!.mistakes!.examples[0].record = judged!.mistakes!.examples[1].beats[1].label = HOSTILE;
      judged!.mistakes!.sure.records[HOSTILE] = 1;
      judged!.novelty.byClass[HOSTILE] = { beats: 1, above: 1 };
      judged!.novelty.rocArea[HOSTILE] = 0.5;
      (patients.shared as string[]).push(HOSTILE);
      (unusedRecords as string[]).push(HOSTILE);
    }
  });
  const hostile = drawReport(metrics);
  assert.not.match(hostile, /<(script|img)/i);
  const { document } = parseHTML(hostile);
  assert.is(document.querySelectorAll('script, img').length, 0);
  for (const selector of [
    'code',
    'header .lead',
    'table.records th',
    '[id^=layout] circle title, [id^=layout] path title',
    '[id^=attention] h5',
    '[id^=mistakes] h5',
    '[id^=mistakes] text',
    '[id^=mistakes-table] th',
    '[id^=novelty] th',
  ])
    assert.ok(
      [...document.querySelectorAll(selector)].some((e) => e.textContent.includes(HOSTILE)),
      selector,
    );
});

test('what is synthetic says so, and is not compared with the paper', () => {
  assert.match(page, 'class="paper"');
  assert.not.match(page, 'recordings are synthetic');
  const synthetic = drawReport(sampleMetrics({ points: POINTS, source: 'synthetic' }));
  assert.match(synthetic, 'recordings are synthetic');
  assert.not.match(synthetic, 'class="paper"');
  const part = drawReport(changed((m) => Object.assign(m, { source: 'MIT-BIH, 2 of its records' })));
  assert.not.match(part, 'class="paper"');
  const byTime = drawReport(changed((m) => Object.assign(m.protocols['intra'].configuration, { halves: 'time' })));
  assert.not.match(byTime, 'class="paper"');
  assert.match(byTime, 'first and third quarter of each recording for training');
});

test('an interrupted protocol is said to be so; the other is drawn', () => {
  const metrics = changed((m) => {
    m.protocols['inter'].judged = null;
    m.protocols['inter'].history = [{ iterations: m.protocols['inter'].history[0].iterations.slice(0, 1), epochs: [] }];
  });
  const interrupted = drawReport(metrics);
  assert.match(interrupted, /Patients apart.*<strong>Interrupted<\/strong>/s);
  assert.match(interrupted, 'id="table1-intra"');
  assert.not.match(interrupted, 'id="table1-inter"');
  assert.match(interrupted, 'id="history-inter"');
  assert.not.match(csvTables(metrics)['records.csv'], 'inter');
  const none = drawReport(
    changed((m) => {
      for (const p of Object.values(m.protocols)) Object.assign(p, { judged: null, history: [] });
    }),
  );
  assert.match(none, 'The run stopped before an iteration of training was finished');
  assert.not.match(none, '<table class="scores">');
});

test('what could not be computed is a dash', () => {
  const metrics = changed((m) => {
    const { judged, history } = m.protocols['intra'];
    for (const epoch of history[0].epochs) epoch.validationLoss = Number.NaN;
    judged!.novelty.rocArea['Q'] = Number.NaN;
    judged!.novelty.byClass['Q'] = { beats: 0, above: Number.NaN };
    judged!.records = {
      '100': [
        [10, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    };
    const nothing = { x: [], y: [], trained: [], record: [], sample: [], label: [], predicted: [] };
    Object.assign(judged!.layout, nothing);
    Object.assign(judged!.trainingLayout!, nothing);
    judged!.attention = [];
  });
  assert.not.match(drawReport(metrics), /NaN|Infinity|undefined/);
  assert.not.match(page, /NaN|Infinity|undefined/);
  assert.match(csvTables(metrics)['novelty.csv'], 'intra,Q,0,,,0.3172,64\r\n');
});

test.run();
