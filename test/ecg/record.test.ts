import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EcgRecord, encodeRecord, makeLead, readRecord, writeAnnotations } from 'dynaecg/ecg';
import { loadRecord, loadRecords, saveRecord, writeFileAtomic } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/core/errors.ts';
import { throwsWith } from './throws.ts';

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
