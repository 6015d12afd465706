import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AnnotatedRecord,
  annotateRecord,
  beatAnnotations,
  compareBeats,
  type EcgRecord,
  formatComparison,
  grossTally,
  makeLead,
  readAnnotations,
  writeAnnotations,
} from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';
import { loadAnnotations, loadRecord, saveModel, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { summarize } from '../../../examples/tools/summary/summary.ts';
import { COMMANDS } from '../../support/bundledPrograms.ts';
import { type Ended, ended } from '../../support/program.ts';
import { sliceLead } from '../../support/sliceLead.ts';
import { trained, unseen } from '../../support/trained.ts';

const test = suite('annotate');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

/** Runs a command; in another folder, if told so. */
async function program(command: string, args: readonly string[], cwd = root): Promise<Ended> {
  return ended(spawn(process.execPath, [COMMANDS, command, ...args], { cwd }));
}
const model = trained();
saveModel(at('model'), model);
const annotate = (...args: string[]): Promise<Ended> => program('annotate', ['--model', at('model'), ...args]);

/** Recordings of a minute and a half under the folder's name, and where they are. */
function records(folder: string, ...some: EcgRecord[]): string[] {
  for (const record of some) saveRecord(at(folder), record);
  return some.map(({ name }) => at(folder, name));
}
const [one, two] = unseen;
const annotationsIn = (...path: string[]) => readAnnotations(readFileSync(at(...path))).annotations;
const samplingFrequency = 360;
const whole = { samplingFrequency, start: 0, end: one.leads[0].samples.length / samplingFrequency };

test('a record of two samples per frame: times are in ticks of its samples, as the header says only frames', async () => {
  const [path] = records('frames', one);
  const header = readFileSync(`${path}.hea`, 'utf8');
  const length = one.leads[0].samples.length;
  const halved = header.replace(` 360 ${length}`, ` 180 ${length / 2}`).replace(' 212 ', ' 212x2 ');
  assert.is.not(halved, header);
  writeFileSync(`${path}.hea`, halved);
  writeFileSync(`${path}.atr`, writeAnnotations(one.annotations, { timeResolution: 360 }));
  const { code, stdout, stderr } = await annotate('--record', path, '--out', at('frames'), '--start', '0');
  assert.is(code, 0, stderr);
  const expected = beatAnnotations(annotateRecord(model, one), 0);
  assert.equal(loadAnnotations(path, 'dyn'), expected);
  const compared = formatComparison(compareBeats(one.annotations, expected, whole));
  assert.ok(stdout.includes(compared), stdout);
});

test('two records: annotations, csv and json, what is printed, comparison with atr as npm run compare has it', async () => {
  const paths = records('plain', one, two);
  const named = paths.flatMap((path) => ['--record', path]);
  const out = at('new', 'folder');
  const { code, stdout, stderr } = await annotate(...named, '--out', out, '--csv', '--json', '--start', '0');
  assert.is(code, 0, stderr);
  const written = [one, two].flatMap(({ name }) => ['csv', 'dyn', 'json'].map((suffix) => `${name}.${suffix}`));
  assert.equal(readdirSync(out).sort(), written.sort());

  const tallies = [one, two].map(({ name }, i) => {
    const record = loadRecord(paths[i]);
    const annotated = annotateRecord(model, record);
    const { beats } = annotated;
    assert.equal(annotationsIn('new', 'folder', `${name}.dyn`), beatAnnotations(annotated, 0));
    assert.match(stderr, new RegExp(`^${name} +${beats.length} beats \\(`, 'm'));

    const told = stdout.slice(stdout.indexOf(`${name}: ${beats.length} beats in lead MLII at 360 Hz\n`));
    const labels = ['N', 'S', 'V', 'Q'].filter((label) => beats.some((beat) => beat.label === label));
    const counts = labels.map((label) => beats.filter((beat) => beat.label === label).length);
    assert.match(told, new RegExp(`^  ${labels.join(' +')}\n  ${counts.join(' +')}\n`, 'm'));
    const reasons = ['edge', 'unlike'].map((why) => [beats.filter((beat) => beat.why === why).length, why].join(' '));
    const own = told.split('\n\n')[0]; // the next record may have such beats where this one has none
    const without = /^without a class: (.*)$/m.exec(own)?.[1].split(', ').sort() ?? [];
    assert.equal(
      without,
      reasons.filter((reason) => !reason.startsWith('0')),
    );
    const files = ['dyn', 'csv', 'json'].map((suffix) => join(out, `${name}.${suffix}`));
    assert.match(told, `\nwritten: ${files.join(', ')}\n`);

    const json = JSON.parse(readFileSync(files[2], 'utf8'));
    const { limit } = model.novelty!;
    assert.equal(json, { record: name, samplingFrequency: 360, classes: ['N', 'S', 'V'], limit, ...annotated });
    const [header, ...rows] = readFileSync(files[1], 'utf8').trimEnd().split('\n');
    assert.is(header, 'sample,seconds,label,why,nearest,p_N,p_S,p_V,distance');
    assert.is(rows.length, beats.length);
    for (const [r, row] of rows.entries()) {
      const { sample, label, why, nearest, probabilities, distance } = beats[r];
      const cells = row.split(',');
      assert.is(cells.length, 9);
      assert.equal(cells.slice(2, 5), [label, why ?? '', nearest ?? '']);
      const numbers = cells.map((cell) => (cell === '' ? null : Number(cell)));
      const [p0 = null, p1 = null, p2 = null] = probabilities;
      assert.equal([...numbers.slice(0, 2), ...numbers.slice(5)], [sample, sample / 360, p0, p1, p2, distance]);
    }

    const tally = compareBeats(record.annotations, beatAnnotations(annotated), whole);
    assert.match(told, `\n${name}: dyn against atr\n\n${formatComparison(tally)}\n`);
    return tally;
  });
  const gross = `All 2 records\n\n${formatComparison(grossTally(tallies))}\n`;
  assert.match(stdout, gross);
  assert.ok(grossTally(tallies).statistics.veb.sensitivity.value! > 0.6);

  const compared = await program('compare', [...named, '--test', 'dyn', '--dir', out, '--start', '0']);
  assert.is(compared.code, 0, compared.stderr);
  for (const tally of tallies) assert.match(compared.stdout, formatComparison(tally));
  assert.match(compared.stdout, gross);
});

test('one record, quiet, without reference; the current folder', async () => {
  const [path] = records('bare', one);
  rmSync(`${path}.atr`);
  mkdirSync(at('here'));
  const args = ['--model', at('model'), '--record', path, '--quiet'];
  const { code, stdout, stderr } = await program('annotate', args, at('here'));
  assert.equal([code, stderr], [0, '']);
  assert.equal(readdirSync(at('here')), [`${one.name}.dyn`]);
  assert.not.match(stdout, 'against');
  assert.not.match(stdout, /^All \d+ records/m);
});

test('--annotator: R peaks from a file, in its order of time, without what is no beat', async () => {
  const [path] = records('peaks', one);
  const common = { subtype: 0, channel: 0, num: 0, aux: '' };
  const samples = one.annotations.slice(3, 40).map(({ sample }) => sample + 2);
  const marked = [
    { ...common, sample: 5, label: '+', aux: '(N' },
    ...[...samples].reverse().map((sample) => ({ ...common, sample, label: 'N' })),
    { ...common, sample: 9000, label: '~' },
  ];
  writeFileSync(`${path}.qrs`, writeAnnotations(marked));
  const [given, absent] = await Promise.all(
    ['qrs', 'nothing'].map((suffix) => annotate('--record', path, '--out', at('peaks-out'), '--annotator', suffix)),
  );
  assert.is(given.code, 0, given.stderr);
  assert.equal(
    annotationsIn('peaks-out', `${one.name}.dyn`),
    beatAnnotations(annotateRecord(model, one, { peaks: samples })),
  );
  assert.match(given.stdout, 'no comparison with atr: the record ends at 100 s, before --start\n');
  assert.equal(
    [absent.code, absent.stderr],
    [
      1,
      `loadRecord: expected to open ${path}.nothing, got ENOENT: no such file or directory, stat '${path}.nothing'\n`,
    ],
  );
});

test('--lead, --invert, another rate: notes are printed, and annotations bear the signal’s number', async () => {
  const [lead] = one.leads;
  const { digital } = lead;
  assert.ok(digital);
  const turned = Int16Array.from(digital.samples, (v) => 2 * digital.baseline - v);
  const v1 = makeLead({ ...lead, digital: { ...digital, samples: turned } });
  const leads = [two.leads[0], lead, v1].map((l, i) => ({
    ...sliceLead(l, 0, 30000),
    name: ['V5', 'MLII', 'V1'][i],
  }));
  const annotations = one.annotations.filter(({ sample }) => sample < 30000);
  const [path] = records('leads', { ...one, name: 'three', leads, annotations });
  const [slow] = records('leads', { ...one, name: 'slow', samplingFrequency: 300 });
  const run = (out: string, ...args: string[]) => annotate(...args, '--out', at(out), '--json', '--start', '0');
  const [first, second, upright, inverted, resampled] = await Promise.all([
    run('mlii', '--record', path),
    run('v5', '--record', path, '--lead', 'V5'),
    run('v1', '--record', path, '--lead', 'V1'),
    run('v1i', '--record', path, '--lead', 'V1', '--invert'),
    run('slow', '--record', slow, '--reference', 'atr'),
  ]);
  for (const { code, stderr } of [first, second, upright, inverted, resampled]) assert.is(code, 0, stderr);
  const channels = (out: string) => [...new Set(annotationsIn(out, 'three.dyn').map(({ channel }) => channel))];
  assert.equal([channels('mlii'), channels('v5'), channels('v1')], [[1], [0], [2]]);
  assert.not.match(first.stdout, 'note:');
  assert.match(second.stdout, '\nnote: lead V5 is read; the model was trained on MLII\n');
  assert.match(second.stdout, /^three: \d+ beats in lead V5 at 360 Hz$/m);
  assert.match(upright.stdout, /^note: the lead seems to be upside down: /m);
  assert.match(upright.stdout, /^note: \d+ % of the beats are unlike /m);
  assert.not.match(inverted.stdout, 'upside');
  const json = (out: string, name = 'three'): AnnotatedRecord =>
    JSON.parse(readFileSync(at(out, `${name}.json`), 'utf8'));
  assert.equal(json('v1i').beats, json('mlii').beats);
  assert.match(resampled.stdout, "\nnote: resampled from 300 Hz to the model's 360 Hz\n");
  assert.match(resampled.stdout, /^slow: \d+ beats in lead MLII at 300 Hz$/m);
  const places = json('slow', 'slow').beats.map(({ sample }) => sample);
  const near = one.annotations.filter(({ sample }) => places.some((place) => Math.abs(place - sample) < 12));
  assert.ok(near.length > 0.95 * one.annotations.length);
});

test('--summary: printed, and a page next to the annotations, of the lead as it was read', async () => {
  const [path] = records('summary', one);
  const [upright, inverted] = await Promise.all(
    [[], ['--invert']].map(async (more) => {
      const out = at(`summary-out${more.length}`);
      const invert = more.length > 0;
      const { code, stdout, stderr } = await annotate('--record', path, '--out', out, '--summary', '--quiet', ...more);
      assert.equal([code, stderr], [0, '']);
      assert.equal(readdirSync(out).sort(), [`${one.name}.dyn`, `${one.name}.html`]);
      const expected = summarize(one, annotateRecord(model, one, { invert }), { invert });
      assert.match(stdout, `, ${join(out, `${one.name}.html`)}\n\n${expected.text}\n`);
      assert.is(readFileSync(join(out, `${one.name}.html`), 'utf8'), expected.page);
      return expected.page;
    }),
  );
  assert.is.not(upright, inverted);
});

test('--reference: another file; what was there before, where the annotations take its place', async () => {
  const [path] = records('reference', one);
  const moved = one.annotations.slice(0, -5).map((a) => ({ ...a, label: 'V' })); // beats after the last count, too
  writeFileSync(`${path}.dyn`, writeAnnotations(moved));
  const args = ['--record', path, '--out', at('reference'), '--reference', 'dyn', '--start', '0'];
  const { code, stdout, stderr } = await annotate(...args);
  assert.is(code, 0, stderr);
  const annotations = annotationsIn('reference', `${one.name}.dyn`);
  assert.equal(annotations, beatAnnotations(annotateRecord(model, one)));
  const tally = compareBeats(moved, annotations, whole);
  assert.match(stdout, `${one.name}: dyn against dyn\n\n${formatComparison(tally)}\n`);
  assert.not.match(stdout, /^All \d+ records/m);
});

test('--start after the end of a record: no comparison of it, also in the sum', async () => {
  const short = {
    ...one,
    name: 'short',
    leads: [sliceLead(one.leads[0], 0, 9000)],
  };
  const annotations = one.annotations.filter(({ sample }) => sample < 9000);
  const paths = records('late', { ...short, annotations }, one, two);
  const named = paths.flatMap((path) => ['--record', path]);
  const { code, stdout, stderr } = await annotate(...named, '--out', at('late-out'), '--start', '60', '--quiet');
  assert.is(code, 0, stderr);
  assert.match(stdout, '\nno comparison with atr: the record ends at 25 s, before --start\n');
  assert.match(stdout, '\nAll 2 records\n');
  assert.equal(readdirSync(at('late-out')).sort(), ['short.dyn', `${one.name}.dyn`, `${two.name}.dyn`]);
  const tallies = [one, two].map((r) =>
    compareBeats(r.annotations, beatAnnotations(annotateRecord(model, r)), { ...whole, start: 60 }),
  );
  assert.match(stdout, formatComparison(grossTally(tallies)));
});

test('--help', async () => {
  const { code, stdout, stderr } = await program('annotate', ['--help']);
  assert.equal([code, stderr], [0, '']);
  for (const option of 'model record out annotator lead invert csv json summary reference start quiet help'.split(' '))
    assert.match(stdout, `--${option}`);
});

test("without --model the package's own, which says what it is not", async () => {
  const [path] = records('own', one);
  const out = at('own', 'out');
  const { code, stdout, stderr } = await program('annotate', [path, '--out', out, '--quiet']);
  assert.equal(code, 0);
  assert.match(stderr, 'not a medical device');
  assert.match(stdout, 'written: ');
  const { annotations } = readAnnotations(readFileSync(join(out, `${one.name}.dyn`)));
  const expected = annotateRecord(beatModel(), loadRecord(path));
  assert.equal(
    annotations.filter(({ label }) => label !== '~').map(({ sample, label }) => [sample, label]),
    expected.beats.map(({ sample, label }) => [sample, label]),
  );
});

test('what is wrong is told in one line; nothing is written', async () => {
  const [path] = records('bad', one);
  const [other] = records('bad2', one);
  const flat = { name: 'MLII', units: 'mV', samples: new Float32Array(5000) };
  const [silent] = records('bad', { ...one, name: 'silent', annotations: [], leads: [flat] });
  const [spoilt] = records('bad', { ...one, name: 'spoilt' });
  writeFileSync(`${spoilt}.atr`, Uint8Array.of(1, 2, 3));
  writeFileSync(`${path}.empty`, writeAnnotations([]));
  writeFileSync(at('taken'), 'a file');
  saveModel(at('headless'), { ...model, networks: [{ ...model.networks[0], classifier: null }] });
  saveModel(at('silent'), { ...model, about: {} });
  const record = ['--record', path];
  const own = ['--model', at('model')];
  const before = readdirSync(root);
  const cases: [args: string[], message: string | RegExp][] = [
    [own, '--record: expected the path of a record, got none'],
    [['--model', at('absent'), ...record], /^loadModel: expected a model in .*absent, got: ENOENT/],
    [['--model', at('headless'), ...record], 'annotateRecord: expected a model with a classifier, got none'],
    [['--model', at('silent'), ...record], 'beatInput: expected classes among N S V F Q, got undefined'],
    [[...own, '--record', at('bad', 'nobody')], /^loadRecord: expected to open .*nobody\.hea, got ENOENT/],
    [
      [...own, ...record, '--record', other],
      `--record: expected each name once, as files are named by it, got ${one.name} twice`,
    ],
    [
      [...own, '--record', silent],
      'annotateRecord: record silent lead MLII: expected at least one beat, got none: ' +
        'the lead is flat, every sample being 0 mV',
    ],
    [[...own, '--record', spoilt], /^readAnnotations: .*spoilt\.atr byte 2: expected /],
    [[...own, ...record, '--reference', 'gone'], /^loadAnnotations: expected to open .*\.gone, got ENOENT/],
    [[...own, ...record, '--annotator', 'empty'], `--annotator: expected beats in ${path}.empty, got none`],
    [[...own, ...record, '--lead', 'aVR'], `annotateRecord: record ${one.name}: expected lead aVR, got MLII`],
    [[...own, ...record, '--start', 'soon'], '--start: expected seconds >= 0, got soon'],
    [[...own, ...record, '--start', '1e999'], '--start: expected seconds >= 0, got 1e999'],
    [[...own, ...record, '--start=-1'], '--start: expected seconds >= 0, got -1'],
    [
      [...own, ...record, '--out', at('taken')],
      /^--out: expected a folder that can be written, got .*taken: ENOTDIR: not a directory$/,
    ],
    [
      [...own, ...record, '--out', at('taken', 'below')],
      /^--out: expected a folder that can be written, got .*below: ENOTDIR: not a directory$/,
    ],
    [
      [...own, ...record, '--record-s', path],
      'annotate: expected one of the options that --help lists (did you mean --record?), got --record-s',
    ],
    [[...own, path, ...record], `--record: expected each name once, as files are named by it, got ${one.name} twice`],
  ];
  const out = at('bad-out');
  const ends: Ended[] = [];
  for (let i = 0; i < cases.length; i += 4)
    ends.push(
      ...(await Promise.all(
        cases.slice(i, i + 4).map(([args]) => {
          const to = args.includes('--out') ? [] : ['--out', out];
          return program('annotate', ['--quiet', ...to, ...args]);
        }),
      )),
    );
  for (const [i, [args, message]] of cases.entries()) {
    const { code, stdout, stderr } = ends[i];
    assert.equal([code, stdout], [1, ''], `${args.join(' ')}: ${stderr}`);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    if (typeof message === 'string') assert.is(stderr, `${message}\n`);
    else assert.match(stderr.trimEnd(), message);
  }
  assert.equal(existsSync(out) ? readdirSync(out) : [], [], 'no file was written');
  assert.equal(readdirSync(root), before);
});

test('a record that cannot be annotated does not stop the others, and is in the table at the end', async () => {
  const [path] = records('half', one);
  const [cut] = records('half', { ...one, name: 'cut' });
  truncateSync(`${cut}.dat`, 15000);
  const paths = [at('half', 'x'), cut, `${path}.hea`].flatMap((each) => ['--record', each]);
  const { code, stdout, stderr } = await annotate(...paths, '--out', at('half-out'), '--quiet', '--start', '0');
  assert.is(code, 1);
  assert.match(stderr, /^.*half.x: loadRecord: expected to open .*x\.hea, got ENOENT/);
  assert.match(stderr, `${cut}: shortFile: record cut file cut.dat: expected 36000 samples, got 10000\n`);
  assert.match(stderr, /\n\n1 of 3 records failed\n.*half.x {2}loadRecord: expected to open .*x\.hea, got ENOENT.*\n$/);
  assert.match(stdout, 'All 2 records');
  assert.equal(readdirSync(at('half-out')).sort(), ['cut.dyn', `${one.name}.dyn`]);
  const annotations = annotationsIn('half-out', 'cut.dyn');
  assert.ok(annotations.length > 10 && annotations.every(({ sample }) => sample < 10000));
});

test('a CSV file: rate and unit as options, what was guessed, no file of its own overwritten', async () => {
  const samples = Array.from(one.leads[0].samples, (v) => (1000 * v).toFixed(2));
  mkdirSync(at('strap'));
  writeFileSync(at('strap', 'strap.csv'), ['ecg', ...samples].join('\n'));
  const args = ['--record', at('strap', 'strap.csv'), '--quiet'];
  const { code, stdout, stderr } = await annotate(...args, '--rate', '360', '--out', at('strap', 'out'));
  assert.equal([code, stderr], [0, '']);
  assert.equal(readdirSync(at('strap', 'out')), ['strap.dyn']);
  assert.match(stdout, /^strap: \d+ beats in lead ecg at 360 Hz\n/);
  assert.match(stdout, /^note: no unit is stated; taken as uV, as the signal has a height of [\d.]+ in 2 s$/m);
  const named = annotateRecord(model, one).beats.map(({ sample, label }) => [sample, label]);
  const found = annotationsIn('strap', 'out', 'strap.dyn').map(({ sample, label }) => [sample, label]);
  assert.equal(found, named);
  assert.is(readAnnotations(readFileSync(at('strap', 'out', 'strap.dyn'))).timeResolution, 360);
  const summed = await annotate(...args, '--rate', '360', '--out', at('strap', 'out'), '--summary');
  assert.equal([summed.code, readdirSync(at('strap', 'out'))], [0, ['strap.dyn', 'strap.html']]);
  assert.match(summed.stdout, /^Summary of strap, lead ecg, /m);

  const faults: [more: string[], message: RegExp][] = [
    [
      [],
      /^openRecording: strap\.csv: expected the option rate, a rate in the header or a column of times, got none\n$/,
    ],
    [['--rate', '0'], /^--rate: expected a rate above 0 Hz, got 0\n$/],
    [['--rate', '360', '--annotator', 'atr'], /^--annotator: expected a WFDB record, got .*strap\.csv\n$/],
    [
      ['--rate', '360', '--csv', '--out', at('strap')],
      /^--out: expected a folder in which .*strap\.csv is not the recording itself, got /,
    ],
  ];
  for (const [more, message] of faults) {
    const out = more.includes('--out') ? [] : ['--out', at('strap', 'out')];
    const failed = await annotate(...args, ...out, ...more);
    assert.is(failed.code, 1, more.join(' '));
    assert.match(failed.stderr, message);
  }
});

test.run();
