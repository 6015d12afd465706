import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  annotationsOf,
  type EcgRecord,
  encodeRecord,
  makeLead,
  parseHeader,
  readRecord,
  writeAnnotations,
} from 'dynaecg/ecg';
import { loadAnnotations, loadRecord, loadRecords, saveRecord, writeFileAtomic } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg record');

const lead = (name: string, digital: number[], format = 212) =>
  makeLead({
    name,
    units: 'mV',
    digital: Int16Array.from(digital),
    format,
    gain: 200,
    baseline: 1024,
    adcResolution: 11,
    adcZero: 1024,
  });
const annotation = (sample: number, label: string) => ({ sample, label, subtype: 0, channel: 0, num: 0, aux: '' });

function record(name = 'r1'): EcgRecord {
  return {
    name,
    samplingFrequency: 360,
    leads: [lead('MLII', [1024, 1224, 824, 2047, 1024]), lead('V5', [1000, 1001, 1002, 1003, 1004])],
    annotations: [annotation(1, 'N'), annotation(4, 'V')],
    comments: ['a comment'],
    customLabels: [],
    baseTime: null,
    baseDate: null,
  };
}

/** The files of `record()` with a replacement in the header. */
function files(from: string, to: string) {
  const encoded = encodeRecord(record());
  assert.ok(encoded.header.includes(from), from);
  return { ...encoded, header: encoded.header.replace(from, to) };
}

test('physical units are (digital - baseline) / gain, and invalid samples are NaN', () => {
  const { leads } = record();
  const marked = { ...record(), leads: [lead('MLII', [1024, 1224, 824, -2048, 1024]), leads[1]] };
  const { samples } = readRecord(encodeRecord(marked)).leads[0];
  assert.equal([samples[0], samples[1], samples[2], samples[4]], [0, 1, -1, 0]);
  assert.ok(Number.isNaN(samples[3]));
  assert.ok(Number.isNaN(lead('a', [-32768], 16).samples[0]));
  assert.ok(Number.isNaN(lead('a', [-128], 80).samples[0]));
  assert.is(lead('a', [-2048], 16).samples[0], Math.fround(-15.36));
});

test('what is written reads back equal, with one file or with a file per format', () => {
  const r = record();
  assert.equal(readRecord(encodeRecord(r)), r);
  const mixed = { ...r, leads: [...r.leads, lead('V1', [1, 2, 3, 4, 5], 16), lead('V2', [5, 4, 3, 2, 1], 80)] };
  const encoded = encodeRecord(mixed);
  assert.equal(Object.keys(encoded.files), ['r1_0.dat', 'r1_2.dat', 'r1_3.dat']);
  assert.equal(readRecord(encoded), mixed);
  const empty = { ...r, leads: [], annotations: [] };
  assert.equal(readRecord(encodeRecord(empty)), empty);
});

test('without annotations or a number of samples the record reads all the same', () => {
  const { header, files } = encodeRecord(record());
  assert.equal(readRecord({ header, files }).annotations, []);
  const open = header.replace('r1 2 360 5', 'r1 2 360');
  assert.is(readRecord({ header: open, files }).leads[0].samples.length, 5);
});

test('times in other ticks than samples are converted', () => {
  const annotations = writeAnnotations([annotation(10, 'N')], { timeResolution: 1000 });
  assert.is(readRecord({ ...encodeRecord(record()), annotations }).annotations[0].sample, 4);
});

test('refuses a wrong initial value or checksum, naming record and signal', () => {
  throwsWith(
    () => readRecord(files(' 1000 5010', ' 999 5010')),
    DataError,
    'record r1 signal 1 (V5)',
    'initial value 999',
    'got 1000',
  );
  throwsWith(
    () => readRecord(files(' 1000 5010', ' 1000 5011')),
    DataError,
    'record r1 signal 1 (V5)',
    'checksum 5011',
    'got 5010',
  );
});

test('refuses absent and truncated files', () => {
  const encoded = encodeRecord(record());
  throwsWith(() => readRecord({ ...encoded, files: {} }), DataError, 'record r1', 'r1.dat', 'no files');
  const short = { 'r1.dat': encoded.files['r1.dat'].subarray(0, 14) };
  throwsWith(
    () => readRecord({ ...encoded, files: short }),
    DataError,
    'record r1 file r1.dat',
    'expected 15',
    'got 14',
  );
});

test('refuses formats, frames, skews and groups that it cannot read', () => {
  throwsWith(
    () => readRecord(files('r1.dat 212 200 11 1024 1000', 'r1.dat 16 200 11 1024 1000')),
    DataError,
    '212',
    'got 16',
  );
  throwsWith(() => readRecord(files('r1.dat 212', 'r1.dat 212x2')), DataError, 'signal 0', 'per frame', 'got 2');
  throwsWith(() => readRecord(files('r1.dat 212', 'r1.dat 212:3')), DataError, 'signal 0', 'skew', 'got 3');
  const header = encodeRecord(record()).header.replaceAll(' 212 ', ' 8 ');
  throwsWith(() => readRecord({ ...encodeRecord(record()), header }), DataError, '16, 80, 212', 'got 8');
  const three = 'r 3 360 1\na 16\nb 16\na 16\n';
  throwsWith(
    () => readRecord({ header: three, files: { a: new Uint8Array(4), b: new Uint8Array(2) } }),
    DataError,
    'consecutive',
  );
  const unequal = 'r 2 360\na 16\nb 16\n';
  throwsWith(
    () => readRecord({ header: unequal, files: { a: new Uint8Array(4), b: new Uint8Array(2) } }),
    DataError,
    'signal 1',
    '2 samples',
    'got 1',
  );
});

test('refuses an annotation past the end of the signal, naming index, sample and length', () => {
  const annotations = writeAnnotations([annotation(1, 'N'), annotation(5, 'V')]);
  const encoded = { ...encodeRecord(record()), annotations };
  throwsWith(() => readRecord(encoded), DataError, 'record r1 annotation 1 (V)', 'length of 5', 'got 5');
  const r = { ...record(), annotations: [annotation(7, 'N')] };
  throwsWith(() => encodeRecord(r), DataError, 'record r1 annotation 0', 'length of 5', 'got 7');
});

test('annotations of a record from their bytes: in its samples, within its signals where it says how long they are', () => {
  const header = parseHeader(encodeRecord(record()).header);
  const custom = [{ code: 42, label: 'c', description: 'a mark' }];
  const bytes = writeAnnotations([annotation(3, 'N'), annotation(14, 'c')], {
    timeResolution: 1080,
    customLabels: custom,
  });
  const expected = { annotations: [annotation(1, 'N'), annotation(5, 'c')], customLabels: custom }; // 14 / 3 = 4.67
  const message = "annotationsOf: record r1 annotation 1 (c): expected a sample within the signal's length of 5, got 5";
  throwsWith(() => annotationsOf(header, bytes), DataError, message);
  assert.equal(annotationsOf(header, bytes, { length: 6 }), expected);
  assert.equal(annotationsOf({ ...header, sampleCount: 0 }, bytes), expected, 'no length, no bound');
  throwsWith(() => annotationsOf(header, bytes, { length: 0, file: 'r1.qrs' }), DataError, 'r1.qrs annotation 0 (N)');
  throwsWith(() => annotationsOf(header, Uint8Array.of(1), { file: 'a/r1.qrs' }), DataError, 'a/r1.qrs byte 0');
  throwsWith(() => annotationsOf(header, Uint8Array.of(1)), DataError, 'record r1 byte 0');
  // Time runs backwards, to before the record begins.
  const before = writeAnnotations([annotation(4, 'N'), annotation(2, 'N')]);
  before.set([0xff, 0xff, 0xfa, 0xff], 4); // -6 of a SKIP
  throwsWith(() => annotationsOf(header, before), DataError, 'annotation 1 (N)', 'got -2');
});

test('an annotation of signals without samples is outside', () => {
  const empty = { ...record(), leads: [lead('MLII', [])], annotations: [] };
  const encoded = { ...encodeRecord(empty), annotations: writeAnnotations([annotation(0, 'N')]) };
  throwsWith(() => readRecord(encoded), DataError, 'annotation 0 (N)', 'length of 0', 'got 0');
});

test('refuses leads of unequal length', () => {
  const r = record();
  throwsWith(
    () => encodeRecord({ ...r, leads: [r.leads[0], lead('V1', [1])] }),
    DataError,
    'lead V1',
    '5 samples',
    'got 1',
  );
});

function inFolder(action: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    action(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('files: saves and loads, alone and by folder', () => {
  inFolder((dir) => {
    const folder = join(dir, 'new');
    saveRecord(folder, record('b'));
    saveRecord(folder, record('a'));
    assert.equal(readdirSync(folder).sort(), ['a.atr', 'a.dat', 'a.hea', 'b.atr', 'b.dat', 'b.hea']);
    assert.equal(loadRecord(join(folder, 'b')), record('b'));
    assert.equal(loadRecords(folder), [record('a'), record('b')]);
    assert.equal(loadRecords(folder, ['b']), [record('b')]);
    assert.equal(loadRecord(join(folder, 'b'), { annotator: false }).annotations, []);
    rmSync(join(folder, 'b.atr'));
    assert.equal(loadRecord(join(folder, 'b')).annotations, []);
    throwsWith(() => loadRecord(join(folder, 'b'), { annotator: 'atr' }), DataError, join(folder, 'b.atr'));
    rmSync(join(folder, 'b.dat'));
    throwsWith(() => loadRecord(join(folder, 'b')), DataError, join(folder, 'b.dat'));
  });
});

test('files: annotations alone, from beside the header or another folder', () => {
  inFolder((dir) => {
    saveRecord(dir, record());
    const path = join(dir, 'r1');
    rmSync(join(dir, 'r1.dat')); // signals are not looked at
    assert.equal(loadAnnotations(path, 'atr'), record().annotations);
    const other = join(dir, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'r1.dyn'), writeAnnotations([annotation(2, 'V')]));
    assert.equal(loadAnnotations(path, 'dyn', other), [annotation(2, 'V')]);
    writeFileSync(join(dir, 'r1.fast'), writeAnnotations([annotation(8, 'V')], { timeResolution: 1440 }));
    assert.equal(loadAnnotations(path, 'fast'), [annotation(2, 'V')]);
    const absent = (action: () => unknown, file: string): void =>
      throwsWith(action, DataError, `loadAnnotations: expected to open ${file}, got ENOENT`);
    absent(() => loadAnnotations(path, 'dyn'), join(dir, 'r1.dyn'));
    absent(() => loadAnnotations(path, 'atr', other), join(other, 'r1.atr'));
    absent(() => loadAnnotations(join(other, 'r1'), 'dyn'), join(other, 'r1.hea'));
    writeFileSync(join(other, 'r1.cut'), Uint8Array.of(1, 2, 3));
    throwsWith(() => loadAnnotations(path, 'cut', other), DataError, join(other, 'r1.cut'), 'byte 2');
    writeFileSync(join(dir, 'r1.late'), writeAnnotations([annotation(5, 'V')]));
    throwsWith(() => loadAnnotations(path, 'late'), DataError, join(dir, 'r1.late'), 'length of 5', 'got 5');
    writeFileSync(join(dir, 'r1.hea'), 'r1 one');
    throwsWith(() => loadAnnotations(path, 'atr'), DataError, path, 'line 1');
  });
});

test('files: absent ones, and names that lead elsewhere, are refused by path', () => {
  inFolder((dir) => {
    throwsWith(() => loadRecord(join(dir, 'x')), DataError, join(dir, 'x.hea'));
    throwsWith(() => loadRecords(join(dir, 'absent')), DataError, join(dir, 'absent'));
    throwsWith(() => loadRecords(dir), DataError, dir);
    writeFileSync(join(dir, 'x.hea'), 'x 1 360\n../../etc/passwd 16\n');
    throwsWith(() => loadRecord(join(dir, 'x')), DataError, '../../etc/passwd');
    writeFileSync(join(dir, 'x.hea'), 'x one');
    throwsWith(() => loadRecord(join(dir, 'x')), DataError, join(dir, 'x.hea'), 'line 1');
    throwsWith(() => saveRecord(dir, record('../y')), DataError, '../y');
    throwsWith(() => saveRecord(join(dir, 'x.hea'), record()), DataError, join(dir, 'x.hea'));
  });
});

test('files: a write replaces the whole file and leaves nothing else', () => {
  inFolder((dir) => {
    writeFileAtomic(join(dir, 'f'), 'a longer text');
    writeFileAtomic(join(dir, 'f'), Uint8Array.of(1, 2));
    assert.equal(readdirSync(dir), ['f']);
    throwsWith(() => writeFileAtomic(join(dir, 'absent', 'f'), ''), DataError, join(dir, 'absent', 'f'));
  });
});

test.run();
