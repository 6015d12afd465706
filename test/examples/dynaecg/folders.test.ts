import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { type EcgRecord, MITDB_RECORDS } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checksumsOf, foldersAt, isAllOfMitBih, sourceOf } from '../../../examples/dynaecg/folders.ts';
import { JUST, openRecordings } from '../../../examples/dynaecg/recordings.ts';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { atRate, PATIENTS, twoFolders } from '../../support/wfdbFolders.ts';
import { annotation, lead } from '../../support/wfdbRecords.ts';

const test = suite('examples/dynaecg/folders');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

const open = (...data: string[]) => openRecordings({ ...JUST, data, quiet: true, seed: '0', configurations: [] });
const [one, two] = twoFolders(at('two folders'));
const small = (name: string): EcgRecord => ({
  ...{ name, samplingFrequency: 360, comments: [] },
  leads: [lead('MLII', [1, 2, 3, 4])],
  annotations: [annotation(1, 'N'), annotation(2, 'A'), annotation(3, 'V')],
});

test('records of the same name in several folders stay apart; all are read at 360 Hz, and their beats stay in place', async () => {
  const { records, source, folders } = await open(one, two);
  assert.equal(
    records.map(({ name }) => name),
    ['one', 'two'].flatMap((name) => PATIENTS.slice(0, 8).map((_, i) => `${name}/r${i + 1}`)),
  );
  assert.is(source, 'one, 8 records; two, 8 records');
  const leads = { MLII: 8 };
  assert.equal(folders, [
    { name: 'one', records: 8, samplingFrequencies: [360], leads, leftOut: [] },
    { name: 'two', records: 8, samplingFrequencies: [250], leads, leftOut: [] },
  ]);
  for (const [i, { samplingFrequency, lead, length, annotations }] of records.entries()) {
    const given = PATIENTS[i];
    const { units, samples } = lead();
    assert.equal([samplingFrequency, units, length], [360, 'mV', samples.length]);
    assert.equal(
      annotations.map(({ label }) => label),
      given.annotations.map(({ label }) => label),
    );
    const moved = annotations.map(({ sample }, k) => Math.abs(sample - given.annotations[k].sample));
    assert.ok(Math.max(...moved) <= (i < 8 ? 0 : 1), 'half a sample of 250 Hz is less than a sample of 360 Hz');
    // by 250 Hz, what is above 115 Hz is lost; away from the ends, the signal is otherwise the same to the ADC's steps
    const inside = (samples: Float32Array) => samples.slice(360, 360 * 38);
    const difference = inside(samples).map((v, k) => v - inside(given.leads[0].samples)[k]);
    assert.ok(Math.hypot(...difference) / Math.sqrt(difference.length) < (i < 8 ? 1e-6 : 0.02), `${i}`);
  }
});

test('the lead is MLII, or one like it, or the first; voltages are in mV', async () => {
  const [patient] = PATIENTS;
  const [{ samples }] = patient.leads;
  const named = (name: string, ...names: string[]): EcgRecord => ({
    ...atRate(patient, name, 360),
    leads: names.map((own, k) => ({
      ...{ name: own, units: 'uV' },
      samples: samples.map((v) => 1000 * v * (k + 1)),
    })),
  });
  for (const record of [named('a', 'I', 'II'), named('b', 'V5', 'V2'), named('c', 'V1', 'MLII', 'II')])
    saveRecord(at('leads'), record);
  const { records, folders } = await open(at('leads'));
  assert.equal(folders[0].leads, { II: 1, V5: 1, MLII: 1 });
  for (const [i, factor] of [2, 1, 2].entries())
    assertClose(
      records[i].lead().samples.slice(0, 500),
      samples.slice(0, 500).map((v) => factor * v),
      { absolute: 0.01 },
    );
});

test('RECORDS says which records there are, also below the folder; those that lack something are left out and named', () => {
  for (const path of ['x/a', 'x/sub/b', 'x/sub/deep/c', 'x/unlisted', 'x/silent', 'x/mute'])
    saveRecord(dirname(at(path)), { ...small(path.split('/').at(-1)!) });
  rmSync(at('x/silent.atr'));
  writeFileSync(at('x/mute.hea'), 'mute 0 360 100\n');
  writeFileSync(at('x/RECORDS'), 'a\r\n sub/b \n\nsub/deep/\nsilent\nmute\ngone\na\n');
  writeFileSync(at('x/sub/deep/RECORDS'), 'c\n');
  const [found] = foldersAt([at('x')]);
  assert.equal(
    found.records.map(({ name, own }) => [name, own]),
    ['a', 'sub/b', 'sub/deep/c'].map((name) => [name, name]),
  );
  assert.equal(found.leftOut, [
    { record: 'silent', without: 'annotations (.atr)' },
    { record: 'mute', without: 'signals' },
    { record: 'gone', without: 'a header' },
  ]);
  rmSync(at('x/RECORDS'));
  assert.equal(
    foldersAt([at('x')])[0].records.map(({ own }) => own),
    ['a', 'unlisted'],
    'without RECORDS, the headers in the folder itself',
  );
  assert.is(sourceOf(foldersAt([at('x'), one])), 'x, 2 records; one, 8 records');
});

test('folders whose own names are the same are named by as much of their paths as it takes', () => {
  const paths = ['p/data', 'q/data', 'q/other'].map((path) => at(path));
  for (const path of paths) saveRecord(path, small('r'));
  assert.equal(
    foldersAt(paths).map(({ name, records }) => [name, records[0].name]),
    ['p/data', 'q/data', 'q/other'].map((name) => [name, `${name}/r`]),
  );
  assert.equal(
    foldersAt(paths.slice(1)).map(({ name }) => name),
    ['data', 'other'],
  );
});

test('a folder is MIT-BIH if it holds its records and no others', () => {
  for (const name of MITDB_RECORDS) saveRecord(at('mitdb'), small(name));
  const [mitdb] = foldersAt([at('mitdb')]);
  assert.equal([sourceOf([mitdb]), isAllOfMitBih(mitdb)], ['MIT-BIH', true]);
  saveRecord(at('mitdb'), small('mine'));
  assert.equal(
    foldersAt([at('mitdb')]).map((f) => [sourceOf([f]), isAllOfMitBih(f)]),
    [['mitdb, 49 records', false]],
  );
  rmSync(at('mitdb', 'mine.hea'));
  rmSync(at('mitdb', '234.hea'));
  assert.equal(
    foldersAt([at('mitdb')]).map((f) => [sourceOf([f]), isAllOfMitBih(f)]),
    [['MIT-BIH, 47 of its records', false]],
  );
});

test('checksums are of the header, annotations, signals and segments of each record', () => {
  const parts = [small('s1'), { ...small('s2'), annotations: [] }];
  for (const part of parts) saveRecord(at('segmented'), part);
  writeFileSync(at('segmented', 'whole.hea'), 'whole/3 1 360 12\ns1 4\n~ 4\ns2 4\n');
  writeFileSync(at('segmented', 'whole.atr'), readFileSync(at('segmented', 's1.atr')));
  const [found] = foldersAt([at('segmented')]);
  assert.equal(
    found.records.map(({ own }) => own),
    ['whole'],
    'segments are no records',
  );
  const sha256 = (file: string) =>
    createHash('sha256')
      .update(readFileSync(at('segmented', file)))
      .digest('hex');
  const files = 's1.atr s1.dat s1.hea s2.atr s2.dat s2.hea whole.atr whole.hea'.split(' ');
  assert.equal(checksumsOf([found]), Object.fromEntries(files.map((file) => [file, sha256(file)])));
  const [, ofTwo] = Object.keys(checksumsOf(foldersAt([one, two])));
  assert.is(ofTwo, 'one/r1.dat');
});

test('what cannot be read says what was expected', () => {
  mkdirSync(at('empty'));
  saveRecord(at('bare'), small('r'));
  rmSync(at('bare', 'r.atr'));
  const listing = (name: string, line: string): string => {
    saveRecord(at(name), small('r'));
    writeFileSync(at(name, 'RECORDS'), `${line}\n`);
    return at(name);
  };
  const expected = '--data: expected WFDB records with annotations (100.hea, 100.atr ...) in';
  const cases: [string[], string][] = [
    [[at('absent')], `--data: expected a folder, got ${at('absent')}`],
    [[join(one, 'r1.hea')], `--data: expected a folder, got ${join(one, 'r1.hea')}`],
    [[one, at('empty')], `${expected} ${at('empty')}, got none`],
    [[at('bare')], `${expected} ${at('bare')}, got 1 records, the first without annotations (.atr)`],
    ...['../r', '/etc/r', 'a/../../r', 'c:r'].map((line, i): [string[], string] => [
      [listing(`outside${i}`, line)],
      `--data: expected records below the folder in ${at(`outside${i}`, 'RECORDS')}, got ${line}`,
    ]),
  ];
  for (const [paths, message] of cases) assertThrows(() => foldersAt(paths), DataError, message);
  assertThrows(
    () => foldersAt([one, two, `${dirname(one)}/./one/`]),
    ArgumentError,
    `--data: expected each folder once, got ${one} twice`,
  );
});

test('classes that no record has beats of', async () => {
  const only = { ...atRate(PATIENTS[0], 'n', 360) };
  only.annotations = only.annotations.filter(({ label }) => label !== 'V');
  saveRecord(at('no V'), only);
  const attempt = async (classes: Record<string, string[]> | null) => {
    const asked = { ...JUST, data: [at('no V')], classes, quiet: true, seed: '0', configurations: [] };
    return openRecordings(asked).then(
      () => 'read',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };
  const message = 'DataError: --data: expected beats of every class, got none of';
  assert.is(await attempt(null), `${message} V; --classes FILE names other classes`);
  assert.is(await attempt({ N: ['N'], ectopic: ['A'], paced: ['/'], fusion: ['F'] }), `${message} paced, fusion`);
  assert.is(await attempt({ N: ['N', 'V'], ectopic: ['A', 'S'] }), 'read');
});

test.run();
