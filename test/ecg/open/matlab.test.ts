// MATLAB 4 files: bytes from "Version 4 MAT-File Format", MATLAB External Interface Guide.
import { DataError } from 'dynaecg';
import { openRecording } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { type MatrixOf, matFile } from '../../support/open/binary.ts';

const test = suite('ecg/open/matlab');
const AT = 'openRecording: recording';

/** A file of PhysioNet's Challenges byte by byte: `val`, int16, two leads of three samples, column by column. */
const BYTES = Uint8Array.from([
  ...[30, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0], // type 0030, rows, columns, imaginary, length of the name
  ...[0x76, 0x61, 0x6c, 0], // val
  ...[0xe8, 0x03, 1, 0, 0x18, 0xfc, 2, 0, 0, 0, 3, 0], // 1000, 1; -1000, 2; 0, 3
]);

test('a file written out byte by byte, with rate and unit', () => {
  assert.is(BYTES.length, 36);
  const { leads, ...rest } = openRecording(BYTES, { rate: 500, unit: 'uV', leads: ['I', 'II'] });
  assert.equal([rest.format, rest.samplingFrequency, rest.notes], ['MATLAB 4', 500, []]);
  assert.equal(
    leads.map(({ name, units }) => `${name} ${units}`),
    ['I mV', 'II mV'],
  );
  assertClose(leads[0].samples, [1, -1, 0], { relative: 1e-7 });
  assertClose(leads[1].samples, [0.001, 0.002, 0.003], { relative: 1e-7 });
});

/*
import io, scipy.io, numpy as np
f = io.BytesIO()
scipy.io.savemat(f, {'val': np.array([[0.5, -1.5, 2.25]]), 'fs': 250.0}, format='4')
print(list(f.getvalue()))
*/
const FROM_SCIPY = Uint8Array.from([
  0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 118, 97, 108, 0, 0, 0, 0, 0, 0, 0, 224, 63, 0, 0, 0, 0, 0,
  0, 248, 191, 0, 0, 0, 0, 0, 0, 2, 64, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 102, 115, 0, 0, 0,
  0, 0, 0, 64, 111, 64,
]);

test("a file of scipy's: doubles, and the rate in a scalar", () => {
  const record = openRecording(FROM_SCIPY, { unit: 'mV' });
  assert.equal([...record.leads[0].samples], [0.5, -1.5, 2.25]);
  assert.equal([record.samplingFrequency, record.notes], [250, ['rate 250 Hz, from fs']]);
});

test("with its header it is a WFDB record in format 16 after 24 bytes, as in PhysioNet's Challenges", () => {
  const header = [
    'A0001 2 500 3',
    'A0001.mat 16+24 1000/mV 16 0 1000 0 0 I',
    'A0001.mat 16+24 1000/mV 16 0 1 6 0 II',
    '# Dx: 426783006',
  ].join('\n');
  const files = { 'A0001.mat': BYTES, 'A0001.hea': Uint8Array.from(Array.from(header, (c) => c.charCodeAt(0))) };
  const record = openRecording(files);
  assert.equal(
    [record.format, record.name, record.samplingFrequency, record.comments],
    ['WFDB', 'A0001', 500, ['Dx: 426783006']],
  );
  assert.equal(
    record.leads.map(({ name }) => name),
    ['I', 'II'],
  );
  assertClose(record.leads[0].samples, [1, -1, 0], { relative: 1e-7 });
});

test('other matrices, columns as leads, and a guess of the unit, each noted', () => {
  const wave = Array.from({ length: 600 }, (_, i) => (i % 100 === 0 ? 1000 : 0));
  const text: MatrixOf = { name: 'about', rows: 1, columns: 2, values: [97, 98], type: 1 };
  const record = openRecording(matFile(text, { name: 'ecg', rows: 600, columns: 1, values: wave, precision: 3 }), {
    rate: 100,
  });
  assert.equal(record.notes, [
    'read the matrix ecg, as there is no val',
    'the columns of ecg are taken as leads',
    'no unit is stated; taken as uV, as the signal has a height of 1000 in 2 s',
  ]);
  assertClose(record.leads[0].samples.slice(0, 2), [1, 0], { relative: 1e-7 });
});

test('of several matrices the largest is read, wherever it is, unless one is called val', () => {
  const [few, many, val] = ['few', 'many', 'val'].map((name, i): MatrixOf => {
    const columns = [3, 6, 4][i];
    return { name, rows: 1, columns, values: Array.from({ length: columns }, (_, k) => i + k), precision: 0 };
  });
  const read = (...matrices: MatrixOf[]): number[] => {
    const { leads } = openRecording(matFile(...matrices), { rate: 100, unit: 'mV' });
    return [...leads[0].samples];
  };
  assert.equal(read(few, many), [1, 2, 3, 4, 5, 6]);
  assert.equal(read(many, few), [1, 2, 3, 4, 5, 6]);
  assert.equal(read(few, many, val), [2, 3, 4, 5]);
});

test('faults, each with its place', () => {
  const faults: [bytes: Uint8Array, message: string][] = [
    [BYTES, ": expected the option rate, or the record's .hea with the file, got neither"],
    [BYTES.subarray(0, 35), ' matrix val: expected 12 bytes for 2 x 3, got 11'],
    [Uint8Array.from([...BYTES, 1, 2, 3]), ' byte 36: expected the header of a matrix, got other bytes'],
    [matFile({ name: 'fs', rows: 1, columns: 1, values: [250] }), ': expected a matrix of leads by samples, got fs'],
    [
      matFile({ name: 'val', rows: 1, columns: 2, values: [1, 2] }, { name: 'fs', rows: 1, columns: 1, values: [0] }),
      ': expected a rate of 0.000001 to 1000000000 Hz, got 0',
    ],
  ];
  for (const [bytes, message] of faults) assertThrows(() => openRecording(bytes), DataError, AT + message);
  assertThrows(
    () => openRecording(BYTES, { rate: 1, leads: ['I'] }),
    DataError,
    `${AT}: expected names for the 2 leads, got 1`,
  );
});

test('every precision, either byte order, read back as they were written', () => {
  const cases = fc.record({
    precision: fc.integer({ min: 0, max: 5 }),
    big: fc.boolean(),
    rows: fc.integer({ min: 1, max: 4 }),
    values: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 16, maxLength: 16 }),
  });
  fc.assert(
    fc.property(cases, ({ precision, big, rows, values }) => {
      const columns = Math.floor(16 / rows);
      const own = values.slice(0, rows * columns);
      const bytes = matFile({ name: 'val', rows, columns, values: own, precision, big });
      const { leads } = openRecording(bytes, { rate: 1, unit: 'mV' });
      for (let r = 0; r < rows; r++)
        assert.equal(
          [...leads[r].samples],
          own.filter((_, i) => i % rows === r),
        );
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.run();
