import { encodeRecord, readRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { lead, record } from '../../support/wfdbRecords.ts';

const test = suite('ecg/wfdb/encodeRecord');

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

test('the signals of a file stand together, however many files there are', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `f${i} 16`);
  const files = Object.fromEntries(lines.map((_, i) => [`f${i}`, Uint8Array.of(i & 255, i >> 8)]));
  const { leads } = readRecord({ header: `r 20000 360 1\n${lines.join('\n')}`, files });
  assert.equal([leads.length, leads[19_999].digital[0]], [20_000, 19_999]);
  const apart = 'r 3 360 1\na 16\nb 16\na 16';
  throwsWith(
    () => readRecord({ header: apart, files: { a: new Uint8Array(4), b: new Uint8Array(2) } }),
    DataError,
    'the signals of a in consecutive lines',
  );
});

test('a file of many signals', () => {
  const header = `r 150000 360 1\n${'r.dat 80\n'.repeat(150_000)}`;
  assert.is(readRecord({ header, files: { 'r.dat': new Uint8Array(150_000) } }).leads.length, 150_000);
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

test.run();
