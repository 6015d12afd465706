import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { DS1, DS2, type EcgRecord, MITDB_RECORDS } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { divisionOf, readSplit, type SplitFile, usualDivision } from '../../../examples/dynaecg/division.ts';
import { foldersAt } from '../../../examples/dynaecg/folders.ts';
import { plan } from '../../../examples/dynaecg/plan.ts';
import { JUST, openRecordings, type Recordings } from '../../../examples/dynaecg/recordings.ts';
import { assertThrows } from '../../support/asserts.ts';
import { configured } from '../../support/configurations.ts';
import { patients } from '../../support/plans.ts';
import { twoFolders } from '../../support/wfdbFolders.ts';
import { annotation, lead } from '../../support/wfdbRecords.ts';

const test = suite('examples/dynaecg/division');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

const paths = twoFolders(dir);
const file = (name: string, contents: unknown): string => {
  writeFileSync(at(name), typeof contents === 'string' ? contents : JSON.stringify(contents));
  return at(name);
};
const tiny = (name: string): EcgRecord => ({
  ...{ name, samplingFrequency: 360, comments: [] },
  leads: [lead('MLII', [1, 2, 3, 4])],
  annotations: [annotation(1, 'N'), annotation(2, 'A'), annotation(3, 'V')],
});

const names = (folder: string, ...numbers: number[]): string[] => numbers.map((n) => `${folder}/r${n}`);
const SPLIT: SplitFile = {
  train: [...names('one', 1, 2, 3, 4), ...names('two', 1, 2)],
  validation: names('two', 3, 4),
  test: [...names('one', 5, 6, 7), ...names('two', 5, 6, 7, 8)],
  patients: { A: names('one', 1, 2), B: ['one/r5', 'two/r5'] },
};

const opened = (split: SplitFile | null): Promise<Recordings> =>
  openRecordings({
    ...{ ...JUST, data: paths, quiet: true, seed: '0', configurations: [] },
    split: split && { file: 'split.json', contents: split },
  });
const INTER = { protocol: 'inter', length: 64, before: 32, validationFraction: 0.3 };

test('a split file decides what is trained on, what settings are chosen by, and what is judged', async () => {
  const recordings = await opened(SPLIT);
  for (const keep of ['best', 'last']) {
    const made = plan(recordings, configured({ ...INTER, keep }), '0');
    assert.equal(patients(made.train), [...SPLIT.train].sort(), 'validation records are not trained on');
    assert.ok(patients(made.validation).every((name) => SPLIT.validation!.includes(name)));
    if (keep === 'best') assert.equal(patients(made.validation), SPLIT.validation);
    assert.equal(patients(made.judged), [...SPLIT.test].sort());
    assert.equal(made.split.unusedRecords, ['one/r8']);
    const [train, tested] = [made.split.patients.train, made.split.patients.test].map((list) => [...list].sort());
    assert.equal(train, ['A', 'one/r3', 'one/r4', ...names('two', 1, 2, 3, 4)]);
    assert.equal(tested, ['B', ...names('one', 6, 7), ...names('two', 6, 7, 8)]);
    assert.is(made.division?.how, 'as split.json says');
  }
  const validation = plan(recordings, configured(INTER), '0', 'validation');
  assert.equal(patients(validation.judged), SPLIT.validation);
});

test('without a validation part, patients of the training part are drawn for it, whole', async () => {
  const { validation: _, ...rest } = SPLIT;
  const made = plan(await opened(rest), configured(INTER), '1');
  const [train, held] = [patients(made.train), patients(made.validation)];
  assert.equal([...train, ...held].sort(), [...rest.train].sort());
  assert.is(train.includes('one/r1'), train.includes('one/r2'), 'both records of one patient');
  assert.equal(patients(made.judged), [...rest.test].sort());
});

test('without a file, half of the patients are drawn: the same for every seed and setting, every class in both', async () => {
  const recordings = await opened(null);
  assert.is(recordings.division.how, 'drawn by patient with the fixed seed split');
  const [first, ...others] = ['0', '1', 'two'].map((seed) => plan(recordings, configured(INTER), seed));
  const { train, test: tested } = first.division!;
  const all = recordings.records.map(({ name }) => name);
  assert.equal([...train, ...tested].sort(), [...all].sort());
  assert.equal(patients(first.judged), [...tested].sort());
  for (const other of others) assert.equal(other.division, first.division);
  for (const side of [first.train, first.validation, first.judged]) assert.is(new Set(side.labels).size, 3);
  const counts = [first.split.train, first.split.test].map((side) =>
    [0, 1, 2].map((k) => side.filter((i) => first.all.labels[i] === k).length),
  );
  for (const k of [0, 1, 2]) {
    const part = counts[0][k] / (counts[0][k] + counts[1][k]);
    assert.ok(part > 0.35 && part < 0.65, `${part} of class ${k}`);
  }
});

test('MIT-BIH keeps the usual division, in one folder or beside others', () => {
  for (const name of MITDB_RECORDS) saveRecord(at('mitdb'), tiny(name));
  const alone = usualDivision(foldersAt([at('mitdb')]));
  assert.equal(
    [alone.train, alone.test, alone.open],
    [DS1, DS2, []].map((list) => [...list].sort()),
  );
  assert.equal([alone.how, alone.allowShared], ["MIT-BIH by de Chazal's DS1 and DS2", [['201', '202']]]);
  assert.equal(['201', '202', '203'].map(alone.patientOf), ['201', '201', '203']);

  const both = usualDivision(foldersAt([paths[0], at('mitdb')]));
  assert.equal(
    both.train,
    [...DS1].sort().map((name) => `mitdb/${name}`),
  );
  assert.equal(
    both.test,
    [...DS2].sort().map((name) => `mitdb/${name}`),
  );
  assert.equal(both.open, names('one', 1, 2, 3, 4, 5, 6, 7, 8));
  assert.equal(both.allowShared, [['mitdb/201', 'mitdb/202']]);
  assert.equal(['mitdb/202', 'one/r1'].map(both.patientOf), ['mitdb/201', 'one/r1']);
  assert.is(both.how, "MIT-BIH by de Chazal's DS1 and DS2, the others drawn by patient with the fixed seed split");

  rmSync(at('mitdb', '234.atr'));
  const part = usualDivision(foldersAt([at('mitdb')]));
  assert.equal([part.train, part.test, part.open.length], [[], [], 47]);
  const folders = foldersAt([at('mitdb')]);
  const asked = (train: string[], test: string[]) => divisionOf({ file: 's', contents: { train, test } }, folders);
  assertThrows(
    () => asked(['201'], ['202']),
    DataError,
    '--split s: expected each patient in one part, got patient 201 in train (201) and test (202)',
  );
  assertThrows(
    () => asked(['201', '234'], ['100']),
    DataError,
    '--split s: expected records of --data in train, got 234, which is without annotations (.atr)',
  );
});

test('too few patients to divide', async () => {
  for (const name of ['a', 'b', 'c'])
    saveRecord(at('few'), { ...tiny(name), annotations: tiny(name).annotations.slice(0, name === 'a' ? 3 : 2) });
  const asked = { ...JUST, data: [at('few')], quiet: true, seed: '0', configurations: [] };
  const recordings = await openRecordings(asked);
  assertThrows(
    () => plan(recordings, configured({ ...INTER, length: 4, before: 1 }), '0'),
    DataError,
    '--protocol inter: expected at least two patients with beats of every class, so that it can be on both sides, ' +
      'got 3 patients with 3 of N, 3 of S, 1 of V; --split FILE says who is in which half',
  );
});

test('a file that is no split of the records says where it is wrong', async () => {
  const bad: [string, unknown, string | RegExp][] = [
    ['broken', '{ "train": [', /expected JSON, got .*JSON/],
    ['list', '[]', 'expected an object, got []'],
    ['key', { ...SPLIT, tests: [] }, 'expected some of train, validation, test, patients, got tests'],
    ['half', { train: ['one/r1'] }, 'expected test there, got not'],
    ['kind', { train: 'one/r1', test: [] }, 'expected train a list, got "one/r1"'],
    ['entry', { train: [1], test: [] }, 'expected train[0] text, got 1'],
    ['people', { ...SPLIT, patients: [] }, 'expected patients an object, got []'],
  ];
  for (const [name, contents, message] of bad) {
    const path = file(`${name}.json`, contents);
    if (typeof message === 'string') assertThrows(() => readSplit(path), DataError, `--split ${path}: ${message}`);
    else assert.throws(() => readSplit(path), message);
  }
  assert.throws(() => readSplit(at('nowhere.json')), /--split .*nowhere\.json: expected JSON, got ENOENT/);

  const folders = foldersAt(paths);
  const wrong: [Partial<SplitFile>, string][] = [
    [{ train: ['one/r1', 'one/r9'] }, 'expected records of --data in train, got one/r9 (did you mean '],
    [{ test: ['r5'] }, 'expected records of --data in test, got r5'],
    [{ patients: { C: ['one/r0'] } }, 'expected records of --data in C, got one/r0'],
    [{ train: [] }, 'expected records in train, got none'],
    [{ validation: [] }, 'expected records in validation, got none'],
    [{ test: [] }, 'expected records in test, got none'],
    [{ test: ['one/r1'] }, 'expected each record once, got one/r1 in train and test'],
    [{ train: ['one/r1', 'one/r1'] }, 'expected each record once, got one/r1 in train and train'],
    [{ validation: ['one/r7'] }, 'expected each record once, got one/r7 in validation and test'],
    [
      { patients: { A: ['one/r1', 'one/r5'] } },
      'expected each patient in one part, got patient A in train (one/r1) and test (one/r5)',
    ],
    [
      { patients: { A: ['one/r1', 'two/r3'] } },
      'expected each patient in one part, got patient A in train (one/r1) and validation (two/r3)',
    ],
    [{ patients: { A: ['one/r1'], B: ['one/r1'] } }, 'expected each record of one patient, got one/r1 of A and B'],
  ];
  for (const [change, message] of wrong)
    assert.throws(
      () => divisionOf({ file: 'split.json', contents: { ...SPLIT, ...change } }, folders),
      (error: Error) => error instanceof DataError && error.message.startsWith(`--split split.json: ${message}`),
      message,
    );
});

test('a class that a part of the split lacks is refused as soon as the records are read', async () => {
  const normal = { ...tiny('r9'), annotations: [annotation(1, 'N')] };
  saveRecord(paths[0], normal);
  const message = async (change: Partial<SplitFile>) =>
    opened({ ...SPLIT, ...change }).then(
      () => 'read',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const expected = 'DataError: --split split.json: expected beats of every class in';
  assert.is(await message({ train: ['one/r9'] }), `${expected} train, got none of S, V`);
  assert.is(await message({ validation: ['one/r9'] }), `${expected} validation, got none of S, V`);
  assert.is(await message({ test: ['one/r9'] }), `${expected} test, got none of S, V`);
  assert.is(await message({ train: [...SPLIT.train, 'one/r9'] }), 'read');
});

test.run();
