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
  assert.equal([leads.length, leads[19_999].digital?.samples[0]], [20_000, 19_999]);
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

const written = (samples: number[]) => {
  const source = {
    ...record(),
    leads: [{ name: 'II', units: 'mV', samples: Float32Array.from(samples) }],
    annotations: [],
  };
  return readRecord(encodeRecord(source)).leads[0];
};

test('a lead without a digital side: the largest round gain, 0 at digital 0, NaN as the invalid value', () => {
  const { samples, digital } = written([0, 1.234, -3.2, Number.NaN]);
  assert.equal(samples.subarray(0, 3), Float32Array.of(0, 1.234, -3.2));
  assert.ok(Number.isNaN(samples[3]));
  assert.equal(
    [digital?.format, digital?.gain, digital?.baseline, digital?.samples],
    [16, 10_000, 0, Int16Array.of(0, 12_340, -32_000, -32_768)],
  );
  assert.equal(written([0, 0]).digital?.gain, 200);
  assert.ok(Number.isNaN(written([Number.NaN]).samples[0]));
  assert.equal(written([]).samples, new Float32Array(0));
  assert.equal(written([0, 70_000]).digital?.gain, 0.2);
});

test('a lead without a digital side that does not come near 0: the baseline is the middle of its range', () => {
  const { samples, digital } = written([100_000, 100_050]);
  assert.equal(samples, Float32Array.of(100_000, 100_050));
  assert.equal([digital?.gain, digital?.baseline], [1000, -100_025_000]);
  assert.equal(written([-5, -5]).samples, Float32Array.of(-5, -5));
  assert.equal(written([1e9, 1e9 + 64]).samples, Float32Array.of(1e9, 1e9 + 64));
});

test('no sample of a lead without a digital side is off by more than half a step', () => {
  for (const height of [1e-25, 1e-9, 0.7, 1.6383, 3.2767, 3.3, 6.6, 1e5, 3e9, 1e24]) {
    const values = Array.from({ length: 200 }, (_, i) => Math.fround((height * ((i * 73) % 199)) / 199 - height / 3));
    const { samples, digital } = written(values);
    const { gain = Number.NaN } = digital ?? {};
    assert.ok(gain === 1e20 || height * gain > 32767 / 2.5, `the range of ${height} is used`);
    samples.forEach((v, i) => {
      assert.ok(
        Math.abs(v - values[i]) <= 0.5001 / gain + 1e-7 * Math.abs(values[i]),
        `${height}: ${v} for ${values[i]}`,
      );
    });
  }
});

test('refuses infinite samples without a digital side, and sides of unequal length', () => {
  throwsWith(() => written([0, Number.POSITIVE_INFINITY]), DataError, 'lead II', 'got Infinity');
  throwsWith(() => written([3e38]), DataError, 'lead II', 'at most');
  const r = record();
  const leads = [{ ...r.leads[0], samples: new Float32Array(4) }, r.leads[1]];
  throwsWith(() => encodeRecord({ ...r, leads }), DataError, 'lead MLII', '4 digital samples', 'got 5');
  throwsWith(() => encodeRecord({ ...r, leads: [r.leads[1], leads[0]] }), DataError, '5 samples as in V5', 'got 4');
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
