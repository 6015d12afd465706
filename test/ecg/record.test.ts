import { encodeRecord, readRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lead, record } from '../support/wfdbRecords.ts';

const test = suite('ecg/record');

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

test.run();
