// Opens the report of a run in Chromium, without scripts and without a network, and holds what is seen against metrics.json.
//
//   npm run test:browser
//
// CHROMIUM is the browser; RUN_DIR a finished run, instead of one that is made up; SCREENSHOTS a folder for pictures.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classificationScores } from 'dynaecg';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawLayouts } from '../../../examples/report/layouts.ts';
import type { Judged, PatientInterval, TableScores } from '../../../examples/report/metrics.ts';
import { drawReport } from '../../../examples/report/page.ts';
import { PAPER, PAPER_ACCURACY } from '../../../examples/report/paper.ts';
import { readMetrics } from '../../../examples/report/read.ts';
import { percent } from '../../../examples/shared/text.ts';
import {
  assertLegible,
  assertReadable,
  browserFor,
  channels,
  contrast,
  GRAPHICS,
  luminance,
  type Opened,
  PAPER_WIDTH,
  printed,
} from '../../support/browser.ts';
import { focusStops, rowsOf, type Survey, survey, textsOf, unfold } from '../../support/reportPage.ts';
import { sampleLayouts, sampleMetrics } from '../../support/reportSample.ts';

const test = suite('report in a browser');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const made = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
const folder = process.env['RUN_DIR'] ? resolve(process.env['RUN_DIR']) : made;
if (folder === made) writeFileSync(join(made, 'metrics.json'), JSON.stringify(sampleMetrics()));
execFileSync(process.execPath, ['--import', 'tsx', 'examples/commands.ts', 'report', folder], { cwd: root });
const metrics = readMetrics(folder);
const judged = Object.entries(metrics.protocols).flatMap(([name, { judged }]): [string, Judged][] =>
  judged ? [[name, judged]] : [],
);
const protocols = Object.keys(metrics.protocols);

const { open, findings } = browserFor(test);
test.after(() => rmSync(made, { recursive: true }));
const report = join(folder, 'report.html');
const pictures = process.env['SCREENSHOTS'];
if (pictures) mkdirSync(pictures, { recursive: true });

test('a breach of the policy and a request would be noticed', async () => {
  const path = join(made, 'breach.html');
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src http:">`;
  writeFileSync(path, `${policy}<p style="color: red">text</p><img src="http://example.org/picture.png" alt="">`);
  const { complaints, requests, context } = await open(path, 400, 'light');
  assert.ok(
    complaints.some((text) => text.includes('Content Security Policy')),
    complaints.join('\n'),
  );
  assert.equal(requests, ['http://example.org/picture.png']);
  await context.close();
});

// ---- how it looks

const ids = [
  ...judged.flatMap(([p]) =>
    ['table1', 'confusion', 'records', 'records-table', 'layout', 'attention', 'curves', 'novelty'].map(
      (f) => `${f}-${p}`,
    ),
  ),
  ...judged.filter(([, { rhythms }]) => rhythms).map(([p]) => `rhythms-${p}`),
  ...judged
    .filter(([, { calibration }]) => calibration)
    .flatMap(([p]) => ['reliability', 'calibration-table', 'risk-coverage', 'undecided'].map((f) => `${f}-${p}`)),
  ...judged.filter(([, { mistakes }]) => mistakes).flatMap(([p]) => [`mistakes-${p}`, `mistakes-table-${p}`]),
  ...judged.filter(([, { trainingLayout }]) => trainingLayout).map(([p]) => `training-layout-${p}`),
  ...protocols.map((p) => `history-${p}`),
  ...(judged.length > 0 ? ['intervals'] : []),
].sort();

for (const width of [400, 768, 1400])
  for (const scheme of ['light', 'dark'] as const)
    test(`${width} px, ${scheme}: all figures, nothing cut off, nothing fetched, readable`, async () => {
      const { page, complaints, requests, context } = await open(report, width, scheme);
      const seen: Survey = await page.evaluate(survey);
      assert.equal(complaints, []);
      assert.equal(requests, []);
      assert.ok(seen.scrollWidth <= width, `the page is ${seen.scrollWidth} px wide`);

      assert.equal(seen.figures.map(({ id }) => id).sort(), ids);
      for (const { id, width, height, caption } of seen.figures)
        assert.ok(width > 200 && height > 50 && caption, `${id}: ${width} x ${height}, ${caption}`);
      for (const drawing of seen.drawings) {
        const { label, marks, box } = drawing;
        assert.ok(label.length > 10, `${drawing.figure} has a label`);
        assert.ok(marks > 0 && box.right - box.left > 200, `${label}: ${marks} marks, ${box.right - box.left} px`);
        assertLegible(drawing, width);
        assertReadable(drawing.texts, seen.page);
      }
      assertReadable(seen.letterings, seen.page);
      for (const [name, colour] of Object.entries(seen.colours)) {
        if (name.startsWith('var(--paper')) continue; // what strips are drawn on
        const got = contrast(colour, seen.page, seen.page);
        assert.ok(got >= GRAPHICS, `${name}: ${colour} on ${seen.page}, contrast ${got.toFixed(2)}`);
      }
      assert.is(luminance(channels(seen.page)) > 0.5, scheme === 'light');

      if (pictures) {
        for (const part of ['header', ...(await page.locator('section').evaluateAll(idsOf))])
          await page
            .locator(part === 'header' ? part : `section#${part}`)
            .screenshot({ path: join(pictures, `${width}-${scheme}-${part}.png`) });
      }
      await context.close();
    });
const idsOf = (elements: readonly unknown[]): string[] => (elements as { id: string }[]).map(({ id }) => id);

test('printed, it is light and fits the paper', async () => {
  const { page, context, seen } = await printed(open, report);
  for (const drawing of seen.drawings) assertLegible(drawing, PAPER_WIDTH);
  if (pictures) await page.screenshot({ path: join(pictures, 'print.png'), fullPage: true });
  await context.close();
});

// ---- for those who do not see it, or use no mouse

test('axe-core finds what is wrong', async () => {
  const path = join(made, 'wrong.html');
  writeFileSync(
    path,
    '<!doctype html><h1>a</h1><h3 aria-label="b">c</h3><img src="data:,"><p style="color: #aaa">some text</p>',
  );
  const found = (await findings(path, 'light')).map((text) => text.split(':')[0]);
  for (const id of ['color-contrast', 'heading-order', 'html-has-lang', 'image-alt'])
    assert.ok(found.includes(id), `${id} in ${found}`);
});

const small = join(made, 'small.html'); // with fewer points, each of which axe looks at
const layouts = join(made, 'layouts.html');
for (const scheme of ['light', 'dark'] as const)
  test(`${scheme}: axe-core finds nothing`, async () => {
    if (folder === made) writeFileSync(small, drawReport(sampleMetrics({ points: 400 })));
    writeFileSync(layouts, drawLayouts(sampleLayouts({ points: 400 })));
    assert.equal(await findings(folder === made ? small : report, scheme), []);
    assert.equal(await findings(layouts, scheme), []);
  });

test('the keyboard reaches what is interactive, all of which has a name, and one sees where it is', async () => {
  const { page, context } = await open(report, 1400, 'light');
  await page.evaluate(unfold);
  await page.keyboard.press('Tab'); // from now on the focus is shown
  const stops: ReturnType<typeof focusStops> = await page.evaluate(focusStops);
  for (const { name, marked } of stops) assert.ok(name.length > 2 && marked, `${name} is not marked`);
  const scrolls = await page.locator('.scroll').count();
  const links = await page.locator('nav a').count();
  assert.ok(links > 1 && scrolls > 2 && stops.length >= links + scrolls, `${stops.length} stops`);
  await context.close();
});

test('where the system forces its colours, text stays readable', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    const { page, context } = await open(report, 1400, scheme);
    await page.emulateMedia({ forcedColors: 'active', colorScheme: scheme });
    const seen: Survey = await page.evaluate(survey);
    assert.is(luminance(channels(seen.page)) > 0.5, scheme === 'light', seen.page);
    for (const drawing of seen.drawings)
      assertReadable(
        drawing.texts.filter(({ opacity }) => opacity === 1),
        seen.page,
      );
    await context.close();
  }
});

// ---- layouts side by side

for (const width of [400, 1400])
  for (const scheme of ['light', 'dark'] as const)
    test(`${width} px, ${scheme}: layouts of several networks, side by side where there is room`, async () => {
      const path = join(made, 'layout.html');
      writeFileSync(path, drawLayouts(sampleLayouts()));
      const { page, complaints, requests, context } = await open(path, width, scheme);
      const seen: Survey = await page.evaluate(survey);
      assert.equal([complaints, requests], [[], []]);
      assert.ok(seen.scrollWidth <= width, `the page is ${seen.scrollWidth} px wide`);
      assertReadable(seen.letterings, seen.page);
      assert.is(seen.drawings.length, 3);
      for (const drawing of seen.drawings) assertLegible(drawing, width);
      const tops = new Set(seen.drawings.map(({ box }) => Math.round(box.top)));
      assert.is(tops.size, width === 400 ? 3 : 1);
      if (pictures) await page.screenshot({ path: join(pictures, `${width}-${scheme}-side.png`), fullPage: true });
      await context.close();
    });

// ---- whether it is what metrics.json says

/** Runs in one page, since the checks change nothing in it. */
const shown = (() => {
  let opened: Promise<Opened> | undefined;
  const page = async (): Promise<Page> => {
    opened ??= open(report, 1400, 'light');
    return (await opened).page;
  };
  return {
    rows: async (selector: string) => (await page()).evaluate(rowsOf, selector),
    texts: async (selector: string) => (await page()).evaluate(textsOf, selector),
    count: async (selector: string) => (await page()).locator(selector).count(),
  };
})();

const commas = (n: number): string => n.toLocaleString('en-US');
const dash = (x: number): string => (Number.isFinite(x) ? percent(x) : '–');
const names = metrics.classes;

for (const [protocol, own] of judged) {
  const figure = (name: string, inside: string): string => `#${name}-${protocol} ${inside}`;

  test(`${protocol}: Table 1`, async () => {
    const compared = metrics.source === 'MIT-BIH' && protocol === 'intra';
    const all = String(commas(metrics.protocols[protocol].test));
    const interval = ({ low, high, groups }: PatientInterval): string => `${dash(low)}–${dash(high)} (${groups})`;
    const scores = ['sensitivity', 'precision', 'f1'] as const;
    const paper = (cells: readonly string[]): string[][] => (compared ? [['paper', '', ...cells]] : []);
    const expected = [
      ...[...own.perClass, own.macro].flatMap((s: TableScores, k) => {
        const ends = own.intervals.perClass[k] ?? own.intervals.macro;
        const beats = k < names.length ? commas(own.perClass[k].support) : all;
        return [
          [names[k] ?? 'mean', beats, ...scores.flatMap((score) => [dash(s[score]), interval(ends[score])])],
          ...paper(PAPER[names[k] ?? 'overall']),
        ];
      }),
      ['accuracy', all, dash(own.accuracy), interval(own.intervals.accuracy)],
      ...paper([PAPER_ACCURACY]),
    ];
    assert.equal(await shown.rows(figure('table1', 'table')), expected);
  });

  test(`${protocol}: the verdict`, async () => {
    const [text] = await shown.texts(`#verdict-${protocol}`);
    for (const x of [own.macro.f1, own.accuracy, own.intervals.macro.f1.low, own.intervals.macro.f1.high])
      assert.ok(text.includes(percent(x)), `${text} has ${percent(x)}`);
  });

  test(`${protocol}: confusion matrix`, async () => {
    const texts = await shown.texts(figure('confusion', 'text'));
    for (const row of own.confusion) {
      const beats = row.reduce((sum, n) => sum + n, 0);
      for (const n of row) {
        assert.ok(texts.includes(commas(n)), `${n} in ${texts}`);
        if (beats > 0) assert.ok(texts.includes(`${percent(n / beats)}\u00a0%`), `${n} of ${beats} in ${texts}`);
      }
    }
    assert.is(texts.filter((text) => /\d/.test(text)).length, 2 * names.length ** 2);
  });

  test(`${protocol}: every record`, async () => {
    const rows = await shown.rows(figure('records-table', 'table'));
    assert.equal(rows.map(([name]) => name).sort(), Object.keys(own.records).sort());
    const s = rows.map((row) => Number(row[2].replace('–', '0').replace(',', '')));
    assert.equal(
      s,
      [...s].sort((a, b) => b - a),
      'most S beats first',
    );
    for (const [name, ...cells] of rows) {
      const matrix = own.records[name];
      const { perClass } = classificationScores(matrix);
      const expected = [1, 2].flatMap((k) => {
        const { support, sensitivity, precision, f1 } = perClass[k];
        const predicted = matrix.some((row) => row[k] > 0);
        return [
          support > 0 ? percent(sensitivity) : '–',
          predicted ? percent(precision) : '–',
          support > 0 ? percent(f1) : '–',
        ];
      });
      assert.equal(cells, [...perClass.map(({ support }) => (support > 0 ? commas(support) : '–')), ...expected], name);
    }
    const withS = Object.values(own.records).filter(([, row]) => row.some((n) => n > 0));
    assert.is(await shown.count(figure('records', 'circle')), withS.length);
    const low = withS.filter((m) => m[1][1] < m[1].reduce((sum, n) => sum + n, 0) / 2);
    assert.is(await shown.count(figure('records-table', 'td.low')), low.length);
  });

  test(`${protocol}: every point of t-SNE, with its name`, async () => {
    const { x, trained, record, sample, label, predicted } = own.layout;
    const frequency = own.attention[0]?.samplingFrequency ?? 360;
    const title = (i: number): string => {
      const time = new Date(Math.round((1000 * sample[i]) / frequency))
        .toISOString()
        .replace(/^.*T(00:|0)?(.*)Z$/, '$2');
      return `record ${record[i]}, ${time} (sample ${sample[i]}), annotated ${names[label[i]]}, taken for ${names[predicted[i]]}`;
    };
    const points = x.map((_, i) => i);
    const test = points.filter((i) => !trained[i]);
    const panel = (n: number): string => figure('layout', `.panel:nth-child(${n}) svg.plot`);
    const titled = async (n: number): Promise<string[]> =>
      (await shown.texts(`${panel(n)} :is(circle, path) > title`)).sort();
    assert.equal(
      await titled(1),
      points
        .filter((i) => trained[i])
        .map(title)
        .sort(),
    );
    assert.equal(await titled(2), test.map(title).sort());
    assert.equal(await titled(3), test.map(title).sort());
    const wrong = test.filter((i) => label[i] !== predicted[i]);
    const rings = (n: number): string => `${panel(n)} circle:not(:has(title))`;
    assert.equal(await Promise.all([1, 2, 3].map((n) => shown.count(rings(n)))), [0, wrong.length, 0]);
    const alone = own.trainingLayout?.x.length ?? 0;
    assert.is(await shown.count(figure('training-layout', ':is(circle, path) > title')), alone);
  });

  test(`${protocol}: attention`, async () => {
    assert.is(await shown.count(figure('attention', 'svg.plot')), own.attention.length);
    const bars = own.attention.reduce((sum, { weights }) => sum + weights.length, 0);
    assert.is(await shown.count(figure('attention', 'svg.plot [data-mark=rect] rect')), bars);
    const panels = await shown.texts(figure('attention', '.panel'));
    for (const { record, label, predicted, probability } of own.attention) {
      const text = `annotated ${names[label]}, taken for ${names[predicted]}probability ${percent(probability)}`;
      assert.ok(
        panels.some((t) => t.startsWith(`record ${record}, `) && t.includes(text)),
        text,
      );
    }
  });

  test(`${protocol}: curves and novelty`, async () => {
    const keys = await shown.texts(figure('curves', '.legend li'));
    assert.equal(
      keys,
      names.map((name, k) => `${name}, AP ${percent(own.precisionRecall[k].averagePrecision)}\u00a0%`),
    );
    assert.is(await shown.count(figure('curves', 'svg.plot [data-mark=line] path')), names.length);
    const { byClass, rocArea } = own.novelty;
    const classes = Object.entries(byClass).map(([name, { beats, above }]) => [
      name,
      commas(beats),
      beats > 0 ? dash(above) : '–',
    ]);
    const areas = Object.entries(rocArea).map(([name, area]) => [name, Number.isFinite(area) ? area.toFixed(4) : '–']);
    assert.equal(await shown.rows(figure('novelty', 'table')), [...classes, ...areas]);
  });
}

test('training: a line for each network in each panel', async () => {
  for (const [protocol, { history }] of Object.entries(metrics.protocols)) {
    const networks = (lengths: number[]): number => lengths.filter((n) => n > 0).length;
    const triplets = networks(history.map(({ iterations }) => iterations.length));
    const epochs = networks(history.map(({ epochs }) => epochs.length));
    const panels = await shown.count(`#history-${protocol} .panel`);
    const neighbors = history.some(({ iterations }) => iterations.some(({ neighborF1 }) => neighborF1 !== undefined));
    const own = neighbors ? 6 : 5;
    assert.is(panels, (triplets > 0 ? own : 0) + (epochs > 0 ? 4 : 0));
    assert.is(await shown.count(`#history-${protocol} svg.plot [data-mark=line] path`), own * triplets + 4 * epochs);
  }
});

test('how it was run', async () => {
  const [text] = await shown.texts('#run');
  const { command, backend, cpu, checksums } = metrics.run;
  for (const fact of [command, backend, cpu, metrics.seed, ...Object.values(checksums)])
    assert.ok(text.includes(fact), fact);
  assert.is(await shown.count('header .note'), metrics.source === 'synthetic' ? 1 : 0);
});

test.run();
