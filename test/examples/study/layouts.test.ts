// Training beats as networks of several configurations embed them: npm run experiment -- layout.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tensor, trustworthiness } from 'dynaecg';
import { syntheticRecord, syntheticRecords } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfiguration, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import { plan } from '../../../examples/dynaecg/plan.ts';
import { JUST, openRecordings, recordingsOf } from '../../../examples/dynaecg/recordings.ts';
import { readAll } from '../../../examples/dynaecg/samples.ts';
import { drawLayouts, type LaidOut, type Layouts } from '../../../examples/report/layouts.ts';
import { fingerprint } from '../../../examples/study/fingerprint.ts';
import { layOutTraining, meanDistances } from '../../../examples/study/layouts.ts';
import { assertClose } from '../../support/asserts.ts';
import { programArgs } from '../../support/bundledPrograms.ts';
import { type Ended, ended } from '../../support/program.ts';
import { sampleLayouts } from '../../support/reportSample.ts';

const test = suite('experiment: layouts');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

const TINY = {
  ...{ length: 64, before: 32, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4 },
  ...{ iterations: 5, steps: 2, perClass: 3, mlpHidden: 8, mlpEpochs: 2, validationFraction: 0.2 },
};
const configured = (given: object) => checkConfiguration('given', { ...TINY, ...given });

// ---- what is found out

test('mean squared distances within classes and between them, over all pairs', () => {
  const rows = [
    [0, 0],
    [3, 4],
    [0, 1],
    [6, 8],
  ];
  const squared = (i: number, j: number): number => rows[i].reduce((sum, v, d) => sum + (v - rows[j][d]) ** 2, 0);
  const { positive, negative } = meanDistances(tensor(rows), [0, 0, 1, 1]);
  assertClose([positive], [(squared(0, 1) + squared(2, 3)) / 2], { relative: 1e-6 });
  assertClose([negative], [(squared(0, 2) + squared(0, 3) + squared(1, 2) + squared(1, 3)) / 4], { relative: 1e-6 });
  assert.ok(Number.isNaN(meanDistances(tensor(rows), [0, 1, 2, 3]).positive));
  assert.ok(Number.isNaN(meanDistances(tensor(rows), [0, 0, 0, 0]).negative));
});

const set = syntheticRecords({ seed: 'layouts', patients: 4, duration: 60 });
const recordings = recordingsOf('synthetic', set);

for (const [method, members] of [
  ['triplet', 2],
  ['crossEntropy', 1],
] as const)
  test(`the first network of a run on the validation part, by its training beats: ${method}, members ${members}`, async () => {
    const configuration = configured({ method, members });
    const found = await layOutTraining(recordings, { name: 'given', configuration, seed: '3' }, true);
    const planned = plan(recordings, configuration, '3', 'validation');
    const { members: trained, histories } = await run(planned, { quiet: true });
    const [{ embedder, classifier }] = trained;
    const { train, all, split } = planned;
    const { layout } = found;
    assert.equal(
      [found.train, layout.x.length],
      [train.labels.length, train.labels.length],
      'few enough to draw them all',
    );
    assert.equal(layout.sample, [...train.beats.sample]);
    assert.equal(layout.label, [...train.labels]);
    const tested = new Set(
      Array.from(split.test, (i) => `${all.beats.recordNames[all.beats.record[i]]} ${all.beats.sample[i]}`),
    );
    assert.ok(tested.size > 0 && layout.record.every((name, i) => !tested.has(`${name} ${layout.sample[i]}`)));

    const z = embedder.embed(readAll(train).x);
    assertClose(
      [found.distances.positive, found.distances.negative],
      Object.values(meanDistances(z, train.labels)),
      { relative: 1e-4 },
      'of the same weights',
    );
    const places = tensor(
      layout.x.flatMap((x, i) => [x, layout.y[i]]),
      [layout.x.length, 2],
    );
    assertClose([layout.trustworthiness], [trustworthiness(z, places)], { absolute: 1e-3 });
    const logits = classifier!.forward(z).data;
    const most = (i: number): number => [0, 1, 2].reduce((a, b) => (logits[3 * i + b] > logits[3 * i + a] ? b : a));
    const same = layout.predicted.filter((predicted, i) => predicted === most(i)).length;
    assert.ok(same >= 0.99 * layout.x.length, `${same} of ${layout.x.length}`);

    const [{ iterations, epochs }] = histories;
    const rounds = method === 'triplet' ? iterations : epochs;
    assert.equal([found.rounds, found.member], [5, 0]);
    assert.is(found.kept, rounds.map(({ best }) => best).lastIndexOf(true) + 1);
    assert.is(found.margin === null, method === 'crossEntropy');
  });

// ---- the page

test('the page runs nothing, fetches nothing, and takes names for text', () => {
  const made = sampleLayouts({ points: 60 });
  const hostile = `<script>alert("1")</script>&'`;
  made.source = made.seed = made.configurations[0].name = hostile;
  made.configurations[0].layout.record[0] = hostile;
  const page = drawLayouts(made);
  for (const forbidden of [/<(script|img|link)/i, /\s(href|src|style)=/i, /http(?!-equiv)/i, /url\(/i, /NaN|undefined/])
    assert.not.match(page, forbidden);
  const [, css] = /<style>(.*?)<\/style>/s.exec(page)!;
  assert.match(page, `style-src &#39;sha256-${createHash('sha256').update(css).digest('base64')}&#39;`);
  const { document } = parseHTML(page);
  for (const selector of ['h2', '.lead', 'svg.plot title', 'title'])
    assert.ok(
      [...document.querySelectorAll(selector)].some((e) => e.textContent.includes(hostile)),
      selector,
    );
});

/** What stands above the drawings, line by line, and the beats in each. */
function panelsOf(page: string): { lines: string[][]; beats: number[] } {
  const panels = [...parseHTML(page).document.querySelectorAll('#layouts .panel')];
  return {
    lines: panels.map((panel) => [...panel.querySelectorAll('h2, .detail')].map(({ textContent }) => textContent)),
    beats: panels.map((panel) => panel.querySelectorAll('svg.plot title').length),
  };
}

test('above each layout stand its configuration, margin, distances and trustworthiness', () => {
  const made = sampleLayouts({ points: 60 });
  const { lines, beats } = panelsOf(drawLayouts(made));
  assert.equal(beats, [60, 60, 60]);
  const trained = 'trained on 45,052 beats';
  const laidOut = 'trustworthiness 0.971; 60 beats, perplexity 30';
  const rounds = made.configurations.map((c) => `${c.kept} of ${c.rounds}`);
  assert.equal(lines, [
    [
      'ablation/margin-0.2',
      'Patients mixed (intra-patient)',
      'margin fixed: 0.20 at the start, 0.20 at the end',
      `weights of iteration ${rounds[0]}; ${trained}`,
      'dap 0.123, dan 1.500',
      laidOut,
    ],
    [
      'ablation/dynamic',
      'Patients mixed (intra-patient)',
      'margin moving: 0.20 at the start, 0.80 at the end',
      `weights of iteration ${rounds[1]}; ${trained}`,
      'dap 0.057, dan 1.750',
      laidOut,
    ],
    [
      'intra-three',
      'Patients mixed (intra-patient); network 1 of 3',
      'trained by cross-entropy, without a margin',
      `weights of epoch ${rounds[2]}; ${trained}`,
      'dap 0.210, dan –',
      laidOut,
    ],
  ]);
});

test('that the beats are the same is said where they are', () => {
  const caption = (configurations: LaidOut[]): string =>
    parseHTML(drawLayouts({ ...sampleLayouts({ points: 60 }), configurations })).document.querySelector('figcaption')
      .textContent;
  const [a, b] = sampleLayouts({ points: 60 }).configurations;
  assert.not.match(caption([a, b]), 'the same in each');
  assert.not.match(caption([a]), 'the same in each');
  assert.match(
    caption([a, { ...b, layout: { ...b.layout, record: a.layout.record, sample: a.layout.sample } }]),
    'the same',
  );
});

// ---- the command

function cli(...args: string[]): Promise<Ended> {
  return ended(spawn(process.execPath, [...programArgs('examples/study/main.ts'), ...args], { cwd: root }));
}

for (const name of ['100', '232']) saveRecord(at('mitdb'), syntheticRecord({ seed: 'experiment', name, duration: 60 }));

function settings(name: string, given: object): string {
  writeFileSync(at(`${name}.json`), JSON.stringify({ ...TINY, ...given }));
  return at(`${name}.json`);
}

test('a margin that stays beside one that moves: a page, and its figures beside it', async () => {
  const names = [settings('fixed', { margin: 0.5 }), settings('moving', { marginThreshold: 1000 })];
  const page = at('out', 'deeper', 'pair.html');
  const figures = at('out', 'deeper', 'pair.json');
  const args = ['layout', ...names, names[0], '--data', at('mitdb'), '--seed', 'a'];
  const { code, stdout, stderr } = await cli(...args, '--out', page);
  assert.is(code, 0, stderr);
  assert.is(stdout, `the layouts are in ${page}, their figures in ${figures}\n`);
  for (const [i, name] of names.entries()) assert.match(stderr, `${name}, ${i + 1} of 2\n`);
  assert.match(stderr, /^intra: embedder +best of 5 iterations: \d/m);
  assert.match(stderr, /^intra: t-SNE +\d+ beats, trustworthiness 0\.\d{3}/m);
  assert.equal(readdirSync(at('out', 'deeper')).sort(), ['pair.html', 'pair.json']);

  const found: Layouts = JSON.parse(readFileSync(figures, 'utf8'));
  const { configurations, ...rest } = found;
  assert.equal(rest, { source: 'MIT-BIH, 2 of its records', seed: 'a', classes: ['N', 'S', 'V'] });
  assert.equal(
    configurations.map(({ name, settings }) => [name, settings]),
    names.map((name) => [name, fingerprint(readConfiguration(name))]),
  );
  const [fixed, moving] = configurations.map(({ margin }) => margin);
  assert.equal(fixed, { start: 0.5, end: 0.5, kept: 0.5 });
  assert.is(moving?.start, 0.2);
  assert.is(moving?.end, 0.2 + 3 * 0.05, 'that of the tenth batch, after nine poor ones');
  assert.is(readFileSync(page, 'utf8'), drawLayouts(found));
  const { lines, beats } = panelsOf(readFileSync(page, 'utf8'));
  assert.equal(
    lines.map(([name]) => name),
    names,
  );
  assert.equal(
    beats,
    configurations.map(({ layout }) => layout.x.length),
  );

  const opened = await openRecordings({
    ...JUST,
    data: [at('mitdb')],
    quiet: true,
    seed: 'a',
    configurations: [],
  });
  const { train } = plan(opened, readConfiguration(names[0]), 'a', 'validation');
  for (const { layout } of configurations)
    assert.equal(layout.sample, [...train.beats.sample], 'of training beats alone');
});

test('what cannot be laid out ends with 1 and says why in one line', async () => {
  const config = settings('wrong', {});
  const data = ['--data', at('mitdb')];
  writeFileSync(at('file'), '');
  const cases: [args: string[], message: RegExp][] = [
    [[config], /^--data: expected a folder, got none$/],
    [data, /^experiment layout: expected the names of configurations, got none$/],
    [
      [config, 'nowhere', ...data, '--out', at('bad')],
      /^configuration nowhere: expected a file that ends in \.json, or /,
    ],
    [[config, '--data', at('absent'), '--out', at('bad')], /^--data: expected a folder, got .*absent$/],
    [
      [config, ...data, '--out', at('file', 'page.html')],
      /^--out: expected a folder that can be written, got .*file: EEXIST/,
    ],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli('layout', ...args)));
  for (const [i, [, message]] of cases.entries()) {
    const { code, stdout, stderr } = ends[i];
    assert.equal([code, stdout], [1, ''], stderr);
    assert.match(stderr.trimEnd(), message);
  }
  assert.not(existsSync(at('bad', 'layout.html')));
});

test.run();
