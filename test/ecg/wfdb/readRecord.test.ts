import { annotationsOf, encodeRecord, parseHeader, readRecord, writeAnnotations } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { annotation, files, lead, record } from '../../support/wfdbRecords.ts';

const test = suite('ecg/wfdb/readRecord');

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

test('refuses formats and groups that it cannot read', () => {
  throwsWith(
    () => readRecord(files('r1.dat 212 200 11 1024 1000', 'r1.dat 16 200 11 1024 1000')),
    DataError,
    '212',
    'got 16',
  );
  const header = encodeRecord(record()).header.replaceAll(' 212 ', ' 21 ');
  throwsWith(() => readRecord({ ...encodeRecord(record()), header }), DataError, '80, 160, 212', 'got 21');
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
    'signal 0',
    '1 samples as in the shortest',
    'got 2',
  );
});

// Two samples of format 311 are written in four bytes, which have room for three.
test('a file that seems to have one sample more is as long as the others', () => {
  const files = { a: Uint8Array.of(0x01, 0xfc, 0x0f, 0), b: Uint8Array.of(3, 0, 4, 0) };
  const samples = [
    [1, -1],
    [3, 4],
  ];
  for (const header of ['r 2 360\na 311 1\nb 16 1\n', 'r 2 360 2\na 311 1\nb 16 1\n']) {
    assert.equal(
      readRecord({ header, files }).leads.map((one) => [...one.samples]),
      samples,
    );
    const { leads, problems } = readRecord({ header, files }, { partial: true });
    assert.equal(
      leads.map((one) => [...one.samples]),
      samples,
    );
    assert.equal(problems, []);
  }
  // Of several signals in a file, a frame too many is no remainder.
  const three = { a: new Uint8Array(8), b: Uint8Array.of(3, 0) };
  throwsWith(() => readRecord({ header: `r 4 360\n${'a 311\n'.repeat(3)}b 16\n`, files: three }), DataError, 'got 2');
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
  throwsWith(() => annotationsOf(header, before), DataError, 'record r1 byte 8', 'got -2');
});

test('an annotation of signals without samples is outside', () => {
  const empty = { ...record(), leads: [lead('MLII', [])], annotations: [] };
  const encoded = { ...encodeRecord(empty), annotations: writeAnnotations([annotation(0, 'N')]) };
  throwsWith(() => readRecord(encoded), DataError, 'annotation 0 (N)', 'length of 0', 'got 0');
});

test.run();
