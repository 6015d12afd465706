import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addConfusion } from 'dynaecg';
import { type AnnotatedRecord, type ClassMap, readAnnotations } from 'dynaecg/ecg';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Metrics } from '../../../examples/report/metrics.ts';
import { readMetrics } from '../../../examples/report/read.ts';
import { timelessFiles } from '../../support/runFiles.ts';
import { cli, SHORT, TINY } from '../../support/trainCommand.ts';
import { PATIENTS, twoFolders } from '../../support/wfdbFolders.ts';

const test = suite('examples/dynaecg/main.folders');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

const [one, two] = twoFolders(dir);
const file = (name: string, contents: unknown): string => {
  writeFileSync(at(name), JSON.stringify(contents));
  return at(name);
};
const names = (folder: string, ...numbers: number[]): string[] => numbers.map((n) => `${folder}/r${n}`);
const SPLIT = {
  train: [...names('one', 1, 2, 3, 4), ...names('two', 1, 2)],
  validation: names('two', 3, 4),
  test: [...names('one', 5, 6, 7, 8), ...names('two', 5, 6, 7)],
  patients: { A: names('one', 5, 6) },
};
const TWO: ClassMap = { normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] };
const FIVE: ClassMap = { N: ['N'], L: ['L'], R: ['R'], atrial: ['A', 'a'], V: ['V', 'E'] };
const split = file('split.json', SPLIT);
const [twoClasses, fiveClasses] = [file('two.json', TWO), file('five.json', FIVE)];

const counted = (classes: ClassMap): Record<string, number> =>
  Object.fromEntries(
    Object.entries(classes).map(([name, labels]) => {
      const own = PATIENTS.flatMap(({ annotations }) => annotations.filter(({ label }) => labels.includes(label)));
      return [name, own.length];
    }),
  );

/** What every run on classes of your own has to say of them. */
function checkClasses(metrics: Metrics, classes: ClassMap): void {
  const own = Object.keys(classes);
  assert.equal([metrics.classes, metrics.labels], [own, classes]);
  assert.equal(metrics.beats.annotated, { ...counted(classes), 'no class': 0 });
  for (const { judged } of Object.values(metrics.protocols)) {
    assert.equal(
      [judged!.confusion.length, judged!.perClass.length, judged!.precisionRecall.length],
      Array(3).fill(own.length),
    );
    assert.equal(addConfusion(Object.values(judged!.records)), judged!.confusion);
    assert.equal(Object.keys(judged!.novelty.byClass).sort(), [...own].sort());
    assert.is(judged!.rhythms, undefined, 'those are of S and V');
  }
}

test('two folders, a split and two classes: all that is written says what was trained on', async () => {
  const args = ['--data', one, two, '--split', split, '--classes', twoClasses, '--protocol', 'inter', ...TINY];
  const { code, stdout, stderr } = await cli([...args, '--out', at('run')]);
  assert.is(code, 0, stderr);
  assert.match(stderr, /^reading +one, 8 records; two, 8 records: 16 records from /m);
  assert.match(stdout, '\nrecords divided: as split.json says; 6 for training, 2 for validation, 7 for test\n');
  assert.match(stdout, '\nclass normal: N L R\nclass ectopic: V A\n');
  assert.match(stdout, /^true \\ predicted +normal +ectopic$/m);

  const metrics = readMetrics(at('run'));
  checkClasses(metrics, TWO);
  assert.equal(
    metrics.folders!.map(({ name, records, samplingFrequencies }) => [name, records, ...samplingFrequencies]),
    [
      ['one', 8, 360],
      ['two', 8, 250],
    ],
  );
  const { division, patients, unusedRecords, judged } = metrics.protocols['inter'];
  const { patients: _, ...parts } = SPLIT;
  assert.equal(division, { how: 'as split.json says', ...parts });
  assert.equal(unusedRecords, ['two/r8']);
  assert.equal(patients.test, ['A', ...names('one', 7, 8), ...names('two', 5, 6, 7)]);
  assert.equal(Object.keys(judged!.records), SPLIT.test);
  assert.is(judged!.intervals.accuracy.groups, 6, 'one patient has two of the seven records');
  assert.equal(Object.keys(metrics.run.checksums).slice(0, 2), ['one/r1.atr', 'one/r1.dat']);

  const { about } = loadModel(at('run', 'model-inter.safetensors'));
  assert.equal([about['classes'], about['labels'], about['run']], [Object.keys(TWO), TWO, metrics.run.id]);
  const { source, folders } = metrics;
  assert.equal(about['data'], { source, folders, division });
  for (const name of ['metrics.json', 'model-inter.safetensors'])
    assert.not.match(readFileSync(at('run', name), 'latin1').replace(/"command":.*?",\n/, ''), dir, 'no absolute path');

  const page = readFileSync(at('run', 'report.html'), 'utf8');
  assert.match(page, 'sorts the beats of one ECG lead into normal (annotated N L R) and ectopic (annotated V A)');
  assert.match(page, '<dt>folder two</dt><dd>8 records at 250 Hz; leads: MLII in 8</dd>');
  assert.match(page, 'as split.json says');
  for (const of of ['(S)', ' S beats', 'N, S and V', 'Fusion']) assert.not.match(page, of);
  const csv = readFileSync(at('run', 'csv', 'records.csv'), 'utf8').split('\r\n');
  assert.is(csv[0], 'protocol,record,class,beats,predictednormal,predictedectopic,sensitivity,precision,f1,run');
  assert.match(csv[1], /^inter,one\/r5,normal,/);
});

test('annotate labels beats of your own classes as WFDB can, and says which class', async () => {
  const model = at('run', 'model-inter.safetensors');
  const args = [join(one, 'r5'), '--model', model, '--out', at('annotated'), '--json', '--quiet'];
  const { code, stdout, stderr } = await cli(args, undefined, 'annotate');
  assert.is(code, 0, stderr);
  const { beats }: AnnotatedRecord = JSON.parse(readFileSync(at('annotated', 'r5.json'), 'utf8'));
  const counts = [...Object.keys(TWO), 'Q'].map((name): [string, number] => [
    name,
    beats.filter(({ why, nearest }) => (why ? 'Q' : nearest) === name).length,
  ]);
  for (const column of [0, 1])
    assert.match(
      stdout,
      new RegExp(
        `^ +${counts
          .filter(([, n]) => n > 0)
          .map((own) => own[column])
          .join(' +')}$`,
        'm',
      ),
    );
  const { annotations } = readAnnotations(readFileSync(at('annotated', 'r5.dyn')));
  const written = annotations.filter(({ label }) => label !== '~');
  assert.is(written.length, beats.length);
  let known = 0;
  for (const [i, { why, label, nearest }] of beats.entries()) {
    if (why) assert.is(label, 'Q');
    else {
      known++;
      assert.equal([label, written[i].label, written[i].aux], [TWO[nearest!][0], label, nearest]);
    }
  }
  assert.ok(known > 20);
});

test('five classes, patients drawn and mixed: the second class is the one that records are ordered by', async () => {
  const args = ['--data', one, '--data', two, '--classes', fiveClasses, ...TINY];
  const { code, stdout, stderr } = await cli([...args, '--quiet', '--out', at('five')]);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, '\nrecords divided: drawn by patient with the fixed seed split; ');
  const metrics = readMetrics(at('five'));
  checkClasses(metrics, FIVE);
  assert.equal(Object.keys(metrics.protocols), ['intra', 'inter']);
  const { train, test: tested, validation } = metrics.protocols['inter'].division!;
  assert.equal([...train, ...tested].sort(), [
    ...names('one', 1, 2, 3, 4, 5, 6, 7, 8),
    ...names('two', 1, 2, 3, 4, 5, 6, 7, 8),
  ]);
  assert.equal(validation, []);
  assert.is(metrics.protocols['intra'].division, undefined);
  const page = readFileSync(at('five', 'report.html'), 'utf8');
  assert.match(page, 'L beats found, by record, those with most L beats on top');
  for (const k of [0, 1, 2, 3, 4]) assert.match(page, `var(--category-${k})`);

  // what was drawn can be given: the figures are then the same
  const given = file('drawn.json', { train, test: tested });
  const again = await cli([...args, '--split', given, '--protocol', 'inter', '--quiet', '--out', at('given')]);
  assert.is(again.code, 0, again.stderr);
  const { judged } = readMetrics(at('given')).protocols['inter'];
  assert.equal(judged!.confusion, metrics.protocols['inter'].judged!.confusion);
  const ids = ['run', 'five', 'given'].map((name) => readMetrics(at(name)).run.id);
  assert.is(new Set(ids).size, 3);
});

test('a resumed run keeps its folders, split and classes, whatever has become of their files', async () => {
  const own = ['--data', one, two, '--split', file('mine.json', SPLIT), '--classes', file('mine2.json', TWO)];
  const args = [
    ...own,
    '--protocol',
    'inter',
    '--config',
    'synthetic',
    ...SHORT.slice(2),
    '--iterations',
    '6',
    '--quiet',
  ];
  const whole = await cli([...args, '--out', at('whole')]);
  assert.is(whole.code, 0, whole.stderr);
  const begun = at('part.unfinished', 'model-inter.safetensors');
  const part = await cli([...args, '--out', at('part')], () => existsSync(begun));
  assert.is(part.code, 130, part.stderr);
  for (const name of ['mine.json', 'mine2.json']) rmSync(at(name));
  const other = await cli(['--resume', at('part'), '--classes', fiveClasses]);
  assert.is(other.code, 1);
  assert.match(other.stderr, /--classes|--resume/);
  const run = JSON.parse(readFileSync(at('part.unfinished', 'run.json'), 'utf8'));
  writeFileSync(at('part.unfinished', 'run.json'), JSON.stringify({ ...run, data: [one] }));
  const moved = await cli(['--resume', at('part'), '--quiet']);
  assert.is(moved.code, 1);
  assert.match(moved.stderr, /^--split mine\.json: expected records of --data in train, got one\/r1/);
  writeFileSync(at('part.unfinished', 'run.json'), JSON.stringify({ ...run, split: null }));
  const undivided = await cli(['--resume', at('part'), '--quiet']);
  assert.is(undivided.code, 1);
  assert.match(undivided.stderr, /expected the data that the checkpoint was made with/);
  writeFileSync(at('part.unfinished', 'run.json'), JSON.stringify(run));
  const resumed = await cli(['--resume', at('part'), '--quiet']);
  assert.is(resumed.code, 0, resumed.stderr);
  assert.equal(timelessFiles(at('part')), timelessFiles(at('whole')));
});

test('options that do not go together', async () => {
  const cases: [string[], string | RegExp][] = [
    [['--split', split], `--split: expected --data with the records that it names, got ${split} alone`],
    [
      ['--data', one, two, '--split', split, '--protocol', 'intra'],
      '--split: expected --protocol inter or both, as it says whose records are for test, got intra',
    ],
    [
      ['--data', one, two, '--download'],
      `--download: expected one folder, which MIT-BIH is fetched into, got ${one}, ${two}`,
    ],
    [['--data', one, '--split', split], /^--split split\.json: expected records of --data in train, got one\/r1/],
    [
      ['--data', one, '--classes', twoClasses, '--config', 'intra'],
      'configuration: expected perClass with a number for each of normal, ectopic, got 3 numbers',
    ],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli([...args, '--quiet', '--out', at('bad')])));
  for (const [i, [args, message]] of cases.entries()) {
    const { code, stdout, stderr } = ends[i];
    assert.equal([code, stdout], [1, ''], args.join(' '));
    if (typeof message === 'string') assert.is(stderr, `${message}\n`);
    else assert.match(stderr, message);
    assert.not(existsSync(at('bad')) || existsSync(at('bad.unfinished')), 'before any work');
  }
});

test.run();
