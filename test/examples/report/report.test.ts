// The report of a run, as far as it can be told without a browser; test/examples/report/report.browser.ts opens it in one.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MITDB_RECORDS } from 'dynaecg/ecg';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv, csvTables } from '../../../examples/report/csv.ts';
import { clock, count, duration } from '../../../examples/report/format.ts';
import { html } from '../../../examples/report/html.ts';
import { drawLayouts } from '../../../examples/report/layouts.ts';
import type { Judged, Layout, Metrics, RecordedIteration } from '../../../examples/report/metrics.ts';
import { drawReport } from '../../../examples/report/page.ts';
import { readMetrics } from '../../../examples/report/read.ts';
import { sampleLayouts, sampleMetrics } from '../../support/reportSample.ts';

const test = suite('report');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

const POINTS = 200;
const sample = sampleMetrics({ points: POINTS });
const page = drawReport(sample);

/** The sample, changed. */
function changed(change: (metrics: Metrics) => void): Metrics {
  const metrics = structuredClone(sample);
  change(metrics);
  return metrics;
}

// ---- the page

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

test('t-SNE of 4,000 beats in both protocols stays below 2.5 MB', () => {
  const size = drawReport(sampleMetrics()).length;
  assert.ok(size < 2.5e6, `${size} characters`);
  const geometry = /\s(?:d|cx|cy|x|y|width|height|transform)="[^"]*\.\d{2,}[^"]*"/.exec(
    page.replaceAll('0.32em', '').replaceAll('0.71em', ''),
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
    '[id^=novelty] th',
  ])
    assert.ok(
      [...document.querySelectorAll(selector)].some((e) => e.textContent.includes(HOSTILE)),
      selector,
    );
});

test('html escapes all but html', () => {
  const items = ['<', html`<b>${'&'}</b>`];
  assert.is(html`<p title="${'"\''}">${items}${null}${1}</p>`.text, '<p title="&quot;&#39;">&lt;<b>&amp;</b>1</p>');
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

test('where there are no beats of classes that were not taught, that is said, and there is no table of them', () => {
  const without = (...protocols: string[]) =>
    parseHTML(
      drawReport(
        changed((m) => {
          for (const protocol of protocols) {
            const { novelty } = m.protocols[protocol].judged!;
            const { N, S, V } = novelty.byClass;
            Object.assign(novelty, { byClass: { N, S, V }, rocArea: {} });
          }
        }),
      ),
    ).document;
  const none = without('intra', 'inter').querySelector('#novelty');
  assert.is(none.querySelectorAll('table').length, 2);
  assert.not.match(none.textContent, /ROC|not taught:/);
  assert.match(none.querySelector('.intro').textContent, 'There are no beats of other classes');
  const absence = 'have no fusion beats (F) and no paced or unknown ones (Q)';
  assert.is(none.textContent.split(absence).length, 3, 'in both protocols');
  const one = without('inter').querySelector('#novelty');
  assert.equal(
    ['intra', 'inter'].map((p) => one.querySelectorAll(`#novelty-${p} table`).length),
    [2, 1],
  );
  assert.match(one.querySelector('.intro').textContent, 'An ROC area of 1');
  assert.match(one.querySelector('#novelty-inter').textContent, absence);
  assert.not.match(one.querySelector('#novelty-intra').textContent, absence);
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

test('the caption of t-SNE says how its beats were drawn, and gives no error rate', () => {
  const { document } = parseHTML(page);
  for (const protocol of ['intra', 'inter']) {
    const caption: string = document.querySelector(`#layout-${protocol} figcaption`).textContent;
    assert.match(
      caption,
      `t-SNE of ${POINTS} beats: at most 800 of N and 400 of each other class, drawn from either side`,
    );
    assert.not.match(caption, 'wrongly');
  }
});

test("each class's curve is marked where the model decides now", () => {
  const { document } = parseHTML(page);
  const percent = (x: number): string => `${(100 * x).toFixed(2)}\u00a0%`;
  for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
    const dots = [...document.querySelectorAll(`#curves-${protocol} svg.plot circle`)];
    assert.equal(
      dots.map((dot) => dot.textContent),
      judged!.confusion.map((row, k) => {
        const sum = (counts: number[]): number => counts.reduce((a, b) => a + b);
        const [sensitivity, precision] = [sum(row), sum(judged!.confusion.map((own) => own[k]))].map((n) => row[k] / n);
        return `${sample.classes[k]} as decided now: sensitivity ${percent(sensitivity)}, precision ${percent(precision)}`;
      }),
    );
    // The plot is 332 by 296 pixels from 54, 10, each standing for 100 %.
    for (const [k, dot] of dots.entries()) {
      const { sensitivity, precision } = judged!.perClass[k];
      const [x, y] = ['cx', 'cy'].map((key) => Number(dot.getAttribute(key)));
      assert.ok(
        Math.abs(x - (54 + 3.32 * 100 * sensitivity)) < 0.2 && Math.abs(y - (10 + 2.96 * 100 * (1 - precision))) < 0.2,
      );
    }
  }
});

/** The fill and the shape of each mark of a drawing that has a title; shapes are `circle`, or the steps from corner to corner. */
function marksOf(drawing: ReturnType<typeof parseHTML>['document']): { fill: string; shape: string }[] {
  return [...drawing.querySelectorAll('title')].map(({ parentElement: mark }) => ({
    fill: mark.closest('[fill]').getAttribute('fill'),
    shape: mark.localName === 'circle' ? 'circle' : mark.getAttribute('d').replace(/^M[^a-z]+/, ''),
  }));
}

/** How often each value is there. */
function counted(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

test('beats of t-SNE are told apart by shape as by colour, in drawings and legends', () => {
  const { document } = parseHTML(page);
  for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
    const { label, trained } = judged!.layout;
    const figures = [
      [`#training-layout-${protocol}`, judged!.trainingLayout!.label],
      [`#layout-${protocol} .panel:nth-child(1)`, label.filter((_, i) => trained[i])],
      [`#layout-${protocol} .panel:nth-child(2)`, label.filter((_, i) => !trained[i])],
    ] as const;
    for (const [selector, labels] of figures) {
      const marks = marksOf(document.querySelector(`${selector} svg.plot`));
      const seen = ['N', 'S', 'V'].map((c) =>
        Object.entries(counted(marks.filter(({ fill }) => fill === `var(--class-${c})`).map(({ shape }) => shape))),
      );
      assert.equal(
        seen.map(([[, n]]) => n),
        sample.classes.map((_, k) => labels.filter((own) => own === k).length),
      );
      assert.ok(seen.every(({ length }) => length === 1));
      const keys = [...document.querySelectorAll(`${selector} .legend svg.key > *`)].slice(0, 3);
      assert.equal(
        keys.map((key) => key.getAttribute('fill')),
        ['N', 'S', 'V'].map((c) => `var(--class-${c})`),
      );
      // A circle, the corners of a triangle, of a square.
      const shapes = seen.map(([[shape]]) => shape);
      assert.equal(
        shapes.map((shape) => (shape === 'circle' ? 0 : shape.match(/[hvl]/g)!.length + 1)),
        [0, 3, 4],
      );
      assert.equal(
        keys.map((key) => (key.localName === 'circle' ? 0 : key.getAttribute('d').match(/[ML]/g).length)),
        [0, 3, 4],
      );
    }
    const byRecord = marksOf(document.querySelector(`#layout-${protocol} .panel:nth-child(3) svg.plot`));
    const [fills, shapes] = (['fill', 'shape'] as const).map((key) => new Set(byRecord.map((mark) => mark[key])));
    const pairs = new Set(byRecord.map(({ fill, shape }) => `${fill} ${shape}`));
    assert.ok(fills.size > 5);
    assert.equal([shapes.size, pairs.size], [fills.size, fills.size]);
  }
});

test('Figure 2 has training beats alone; of a run that has none laid out, the rest is drawn', () => {
  const { document } = parseHTML(page);
  const shown = (protocol: string): string[] =>
    [...document.querySelectorAll(`#training-layout-${protocol} svg.plot title`)].map((t) => t.textContent);
  for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
    const { record, sample: places } = judged!.trainingLayout!;
    const titles = shown(protocol);
    assert.is(titles.length, POINTS / 2);
    for (const [i, name] of record.entries())
      assert.ok(
        titles.some((title) => title.startsWith(`record ${name}, `) && title.includes(`(sample ${places[i]})`)),
      );
    const caption: string = document.querySelector(`#training-layout-${protocol} figcaption`).textContent;
    assert.match(caption, `t-SNE of ${POINTS / 2} of them, at most 800 of N and 400 of each other class`);
    assert.match(caption, /Perplexity 30, .*, trustworthiness 0\.971/);
  }

  const without = (...protocols: string[]): Metrics =>
    changed((m) => {
      for (const p of protocols) Reflect.deleteProperty(m.protocols[p].judged!, 'trainingLayout');
    });
  const [both, one] = [without('intra', 'inter'), without('inter')];
  const read = readMetrics(run('earlier', JSON.stringify(both)));
  assert.equal(
    Object.values(read.protocols).map(({ judged }) => Object.hasOwn(judged!, 'trainingLayout')),
    [false, false],
  );
  assert.equal(parseHTML(drawReport(read)).document.querySelectorAll('[id^=training-layout]').length, 0);
  assert.is(csvTables(read)['training-layout.csv'], 'protocol,x,y,trained,record,sample,annotated,predicted\r\n');
  const ids = [...parseHTML(drawReport(one)).document.querySelectorAll('#layout figure')].map(({ id }) => id);
  assert.equal(ids, ['training-layout-intra', 'layout-intra', 'layout-inter']);
});

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
  const read = readMetrics(run('before', JSON.stringify(earlier)));
  assert.equal(coursesOf(drawReport(read)).titles.slice(0, -4), [
    ...common,
    ['Triplets mined', 'per anchor-positive pair'],
    ['Violations', '% of validation triplets that violate 0.2'],
  ]);
  assert.equal(readMetrics(run('now', JSON.stringify(sample))).protocols, sample.protocols, 'nothing is lost');

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

test('settings that files of earlier runs lack are shown as what they amounted to, the others as they stand there', () => {
  const LACKING = ['halves', 'power', 'marginPer', 'marginBatches', 'score', 'mlpScale'] as const;
  const earlier = changed((m) => {
    const { configuration } = m.protocols['inter'];
    for (const key of LACKING) Reflect.deleteProperty(configuration, key);
    Object.assign(configuration, { miner: 'nearestSemiHard', marginThreshold: 0.1, margin: 'dynamic' });
  });
  const read = readMetrics(run('lacking', JSON.stringify(earlier)));
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
  const read = readMetrics(run('later', JSON.stringify(later)));
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
  const read = readMetrics(run('compared', JSON.stringify(metrics)));
  assert.equal(read, metrics, 'nothing is lost');
  const ofV = (2 * v) / (2 * v + s);
  const [mean, last] = [(1 + ofV) / 3, ofV].map((x) => (100 * x).toFixed(2));
  const sentence = `By 9 nearest neighbours among training embeddings F1 is ${mean} on the mean: N 100.00, S 0.00, V ${last}.`;
  assert.ok(caption(read, 'intra').includes(sentence), caption(read, 'intra'));
  assert.not.match(caption(read, 'inter'), 'nearest neighbours');
  assert.not.ok(Object.hasOwn(read.protocols['inter'].judged!, 'neighbors'));
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
  const folder = run('older', JSON.stringify(older));
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

test('numbers as text', () => {
  assert.is(clock(271_234, 360), '12:33.428');
  assert.is(clock(0, 360), '00:00.000');
  assert.is(clock(360 * 3600 + 1, 360), '1:00:00.003');
  assert.equal([0, 999, 1000, 1_234_567].map(count), ['0', '999', '1,000', '1,234,567']);
  assert.equal([0.04, 59.9, 89, 7260].map(duration), ['0.0 s', '59.9 s', '1 min', '2 h 1 min']);
});

// ---- CSV

test('CSV quotes what it has to, and only that', () => {
  const rows = [['plain', 'a,b', 'say "no"', 'two\nlines', '', 0.1 + 0.2, true, null, Number.NaN]];
  assert.is(csv(['x'], rows), 'x\r\nplain,"a,b","say ""no""","two\nlines",,0.30000000000000004,true,,\r\n');
});

test('CSV has the figures of metrics.json, digit for digit', () => {
  const tables = Object.fromEntries(
    Object.entries(csvTables(sample)).map(([name, text]) => {
      const [header, ...rows] = text
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
      for (const row of rows) assert.is(row.length, header.length, name);
      return [name.replace('.csv', ''), rows.map((row) => Object.fromEntries(header.map((key, i) => [key, row[i]])))];
    }),
  );
  const { intra } = sample.protocols;
  const judged = intra.judged!;
  const of = (name: string) => tables[name].filter(({ protocol }) => protocol === 'intra');
  assert.equal(Object.keys(tables), [
    'table1',
    'confusion',
    'records',
    'intervals',
    'history',
    'precision-recall',
    'training-layout',
    'layout',
    'attention',
    'novelty',
  ]);

  const [n, , , overall] = of('table1');
  assert.is(Number(n['f1']), judged.perClass[0].f1);
  assert.is(n['paperF1'], '0.9935');
  assert.is(n['paperPrecision'], '1');
  assert.is(Number(overall['accuracy']), judged.accuracy);
  assert.is(overall['paperAccuracy'], '0.9897');
  assert.equal(
    of('confusion').map(({ beats }) => Number(beats)),
    judged.confusion.flat(),
  );
  assert.is(of('records').length, 3 * Object.keys(judged.records).length);
  assert.is(Number(of('intervals')[0]['low']), judged.intervals.perClass[0].sensitivity.low);
  assert.is(of('intervals').length, 13);
  assert.is(
    of('history').length,
    intra.history.reduce((sum, { epochs }) => sum + epochs.length, 0),
  );
  assert.is(Number(of('precision-recall')[7]['precision']), judged.precisionRecall[0].points[7].precision);
  for (const [name, { x, trained }] of [
    ['training-layout', judged.trainingLayout!] as const,
    ['layout', judged.layout] as const,
  ])
    assert.equal(
      of(name).map((row) => [Number(row['x']), row['trained'] === 'true']),
      x.map((v, i) => [v, trained[i]]),
    );
  assert.equal(
    of('attention')
      .filter(({ example, series }) => example === '1' && series === 'signal')
      .map(({ value }) => Number(value)),
    judged.attention[0].signal,
  );
  assert.is(Number(of('novelty')[0]['shareAbove']), judged.novelty.byClass['N'].above);
});

test('CSV by record leaves empty what the page shows as a dash', () => {
  const metrics = changed((m) => {
    m.protocols['intra'].judged!.records = {
      '100': [
        [10, 0, 2],
        [4, 0, 0],
        [0, 0, 0],
      ],
    };
  });
  const rows = csvTables(metrics)
    ['records.csv'].split('\r\n')
    .filter((row) => row.startsWith('intra,'));
  const [recall, precision] = [10 / 12, 10 / 14];
  const f1 = (2 * precision * recall) / (precision + recall);
  assert.equal(rows, [
    `intra,100,N,12,10,0,2,${recall},${precision},${f1}`,
    'intra,100,S,4,4,0,0,0,,0', // none found, and none taken for it
    'intra,100,V,0,0,0,0,,0,', // none there, and two taken for it
  ]);
  const [shown] = [...parseHTML(drawReport(metrics)).document.querySelectorAll('#records-table-intra tbody tr')];
  assert.equal(
    [...shown.querySelectorAll('td')].map(({ textContent }) => textContent),
    ['12', '4', '–', '0.00', '–', '0.00', '–', '0.00', '–'],
  );
});

// ---- the command

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function cli(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'examples/commands.ts', 'report', ...args];
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** A folder with this metrics.json. */
function run(name: string, text: string): string {
  const folder = join(dir, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'metrics.json'), text);
  return folder;
}

test('the command writes a page and tables', async () => {
  const folder = run('good', JSON.stringify(sample));
  const { code, stdout, stderr } = await cli(folder);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, join(folder, 'report.html'));
  assert.is(readFileSync(join(folder, 'report.html'), 'utf8'), page);
  const tables = csvTables(sample);
  assert.equal(readdirSync(join(folder, 'csv')).sort(), Object.keys(tables).sort());
  for (const [name, text] of Object.entries(tables)) assert.is(readFileSync(join(folder, 'csv', name), 'utf8'), text);
});

test('bad input is one line and exit code 1', async () => {
  const absent = join(dir, 'absent');
  const expected = 'report: expected metrics.json of a finished run, got ';
  const cases: [args: string[], message: string | RegExp][] = [
    [[], 'report: expected the folder of one run, got none'],
    [['--frobnicate'], 'report: expected one of the options that --help lists, got --frobnicate'],
    [[absent, absent], `report: expected the folder of one run, got ${absent} ${absent}`],
    [[absent], `report: expected the folder of a run, got ${absent}`],
    [[run('broken', '{"source": ')], new RegExp(`^${expected}.*broken/metrics.json: no JSON: `)],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli(...args)));
  for (const [i, [args, message]] of cases.entries()) {
    const { code, stdout, stderr } = ends[i];
    assert.equal([code, stdout], [1, ''], args.join(' '));
    if (typeof message === 'string') assert.is(stderr, `${message}\n`);
    else assert.match(stderr.trimEnd(), message);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  }
  assert.not.ok(existsSync(join(dir, 'broken', 'report.html')), 'no page was written');
});

test('metrics.json of another shape: what is wrong, and where', () => {
  const folder = run('shapes', '');
  const cases: [change: (m: Metrics) => void, message: string][] = [
    [(m) => Object.assign(m, { protocols: {} }), 'protocols should be some and are none'],
    [
      (m) => Reflect.deleteProperty(m.protocols['intra'], 'judged'),
      'protocols.intra.judged should be there and is not',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!.confusion[0], { 1: 'a' }),
      'protocols.intra.judged.confusion[0][1] should be a whole number >= 0 and is "a"',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!, { records: [] }),
      'protocols.intra.judged.records should be an object and is []',
    ],
    [(m) => Object.assign(m.run, { seconds: 'long' }), 'run.seconds should be a number and is "long"'],
    ...[-0.1, 30, null, '0.3'].map((overlap): [(m: Metrics) => void, string] => [
      (m) => Object.assign(m.protocols['intra'], { overlap }),
      `protocols.intra.overlap should be a number from 0 to 1 and is ${JSON.stringify(overlap)}`,
    ]),
    [
      (m) => m.protocols['inter'].judged!.layout.y.pop(),
      'protocols.inter.judged.layout.y should have 200 entries as x and has 199',
    ],
    [
      (m) => m.protocols['inter'].judged!.trainingLayout!.y.pop(),
      'protocols.inter.judged.trainingLayout.y should have 100 entries as x and has 99',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!.trainingLayout!.trained, { 3: false }),
      'protocols.inter.judged.trainingLayout.trained[3] should be true and is false',
    ],
    [
      (m) => m.protocols['inter'].judged!.confusion.pop(),
      'protocols.inter.judged.confusion should be a list of 3 and is a list of 2',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!, { neighbors: [[1, 2, 3]] }),
      'protocols.inter.judged.neighbors should be a list of 3 and is a list of 1',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!, { operating: [{ adjustment: 1 }] }),
      'protocols.inter.judged.operating[0].matrix should be there and is not',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!, { embedding: { meanPositive: 0.1, meanNegative: 1 } }),
      'protocols.inter.judged.embedding.violations should be there and is not',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!.layout.label, { 5: 3 }),
      'protocols.intra.judged.layout.label[5] should be a class from 0 to 2 and is 3',
    ],
    ...['length', 'members', 'iterations', 'mlpEpochs'].map((key): [(m: Metrics) => void, string] => [
      (m) => Object.assign(m.protocols['intra'].configuration, { [key]: 0 }),
      `protocols.intra.configuration.${key} should be a whole number >= 1 and is 0`,
    ]),
    [
      (m) => Object.assign(m.protocols['intra'].configuration, { margin: 'fixed' }),
      'protocols.intra.configuration.margin should be dynamic or a number >= 0 and is "fixed"',
    ],
    ...[
      [null, 'an object and is null'],
      [undefined, 'there and is not'],
      [[1], 'an object and is [1]'],
      ['paper', 'an object and is "paper"'],
    ].map(([configuration, what]): [(m: Metrics) => void, string] => [
      (m) => Object.assign(m.protocols['intra'], { configuration }),
      `protocols.intra.configuration should be ${what}`,
    ]),
    [
      (m) => Object.assign(m.protocols['intra'].configuration, { keep: 1 }),
      'protocols.intra.configuration.keep should be one of best, last and is 1',
    ],
    [
      (m) => Object.assign(m.protocols, { inter: m.protocols['intra'] }),
      'protocols.inter.configuration.protocol should be inter and is intra',
    ],
    [
      (m) => Object.assign(m.protocols, { both: m.protocols['intra'] }),
      'protocols.both.configuration.protocol should be both and is intra',
    ],
  ];
  for (const [change, message] of cases) {
    writeFileSync(join(folder, 'metrics.json'), JSON.stringify(changed(change)));
    const path = join(folder, 'metrics.json');
    assert.throws(
      () => readMetrics(folder),
      (error: Error) => error.message === `report: expected metrics.json of a finished run, got ${path}: ${message}`,
      message,
    );
  }
  const texts: [text: string | null, message: RegExp][] = [
    [null, /metrics\.json: ENOENT/],
    ['[]', /metrics\.json: it should be an object and is \[\]$/],
    ['{"source": "MIT-BIH", "seed": "0"}', /metrics\.json: classes should be there and is not$/],
    [
      '{"source": "", "seed": "", "classes": ["N", "V"]}',
      /metrics\.json: classes should be N, S, V and is \["N","V"\]$/,
    ],
  ];
  for (const [text, message] of texts) {
    if (text === null) rmSync(join(folder, 'metrics.json'));
    else writeFileSync(join(folder, 'metrics.json'), text);
    assert.throws(() => readMetrics(folder), message);
  }
  const infinite = changed((m) =>
    Object.assign(m.protocols['intra'].judged!.precisionRecall[0].points[0], { threshold: null }),
  );
  writeFileSync(join(folder, 'metrics.json'), JSON.stringify(infinite));
  assert.ok(Number.isNaN(readMetrics(folder).protocols['intra'].judged!.precisionRecall[0].points[0].threshold));
});

test('figures that contradict each other: which, and what the others make it', () => {
  const folder = run('contradictions', '');
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

test('the command refuses a confusion that is not the sum of its records, and draws nothing', async () => {
  const folder = run('unlike', JSON.stringify(changed((m) => m.protocols['intra'].judged!.confusion[0][0]++)));
  const { code, stdout, stderr } = await cli(folder);
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, /protocols\.intra\.judged\.confusion should be the sum of its records, .*, and is .*\n$/);
  assert.equal(readdirSync(folder), ['metrics.json']);
});

test.run();
