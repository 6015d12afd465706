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
