// ISHNE Holter files. Positions of fields from Badilini, "The ISHNE Holter standard output file format", Annals of Noninvasive
// Electrocardiology 3(3), 1998.
import { ArgumentError, DataError } from 'dynaecg';
import { openRecording } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { crcByTable, ishneFile } from '../../support/open/binary.ts';

const test = suite('ecg/open/ishne');
const AT = 'openRecording: recording';

/** A file of zeros with these bytes at their places. */
function bytesAt(length: number, places: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const bytes = new Uint8Array(length);
  for (const [at, values] of Object.entries(places)) bytes.set(values, Number(at));
  return bytes;
}

/** Two leads of three samples, byte by byte; the checksum of the header is not computed. */
const BYTES = bytesAt(534, {
  0: [0x49, 0x53, 0x48, 0x4e, 0x45, 0x31, 0x2e, 0x30], // ISHNE1.0
  14: [3, 0, 0, 0], // samples of a lead
  18: [0x0a, 0x02, 0, 0], // 522: the block of variable length, which is empty
  22: [0x0a, 0x02, 0, 0], // 522: the samples
  138: [25, 0, 4, 0, 0xe3, 0x07], // 25/4/2019
  150: [13, 0, 5, 0, 9, 0], // 13:05:09
  156: [2, 0], // leads
  158: [6, 0, 16, 0], // II and V6
  206: [0x10, 0x27, 0xc4, 0x09], // 10,000 and 2,500 nV
  272: [0xe8, 0x03], // 1,000 Hz
  522: [100, 0, 0x9c, 0xff, 0x00, 0x80, 1, 0, 0xff, 0x7f, 0x00, 0x80], // 100, -100; fault, 1; 32767, fault
});

test('a file written out byte by byte', () => {
  const { leads, notes, ...rest } = openRecording(BYTES);
  assert.equal(rest, {
    name: 'recording',
    samplingFrequency: 1000,
    annotations: [],
    comments: [],
    customLabels: [],
    baseTime: '13:05:09',
    baseDate: '25/4/2019',
    format: 'ISHNE',
    problems: [],
  });
  assert.equal(
    leads.map(({ name, units }) => [name, units]),
    [
      ['II', 'mV'],
      ['V6', 'mV'],
    ],
  );
  assertClose(leads[0].samples, [1, Number.NaN, 327.67], { relative: 1e-7 });
  assertClose(leads[1].samples, [-0.25, 0.0025, Number.NaN], { relative: 1e-7 });
  assert.equal(notes, ['the checksum of the header is wrong, which some recorders do not compute']);
});

test('the checksum of CCITT over the header; names of patients are not read', () => {
  const record = openRecording(ishneFile({ samples: [[1], [2]], variable: 'free text' }));
  assert.equal([record.notes, record.comments], [[], ['Recorder: digital']]);
  assert.not.match(JSON.stringify(record), /Jane|Doe|P1|1950/);
  assert.is(crcByTable([49, 50, 51, 52, 53, 54, 55, 56, 57]), 0x29b1); // the check value of CRC-16/CCITT-FALSE
  const edited = ishneFile({ samples: [[1], [2]], checksum: 0 });
  assert.is(openRecording(edited).notes.length, 1);
});

test('files that end early, or state the samples of all leads together', () => {
  const samples = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  const lengths = (bytes: Uint8Array): number[] => openRecording(bytes).leads.map((lead) => lead.samples.length);
  const whole = ishneFile({ samples });
  assert.equal(lengths(whole.subarray(0, whole.length - 1)), [3, 3]);
  assert.match(
    openRecording(whole.subarray(0, whole.length - 1)).notes[0],
    'the file ends early: 3 of 4 samples are there',
  );
  assert.equal(lengths(ishneFile({ samples, stated: 8 })), [4, 4]);
  assert.equal(lengths(ishneFile({ samples, stated: 0 })), [4, 4]);
  assert.equal(lengths(ishneFile({ samples, stated: 2 })), [2, 2]);
});

test('dates and times that cannot be are none', () => {
  const at = (date: number[], time: number[]) => {
    const bytes = BYTES.slice();
    const view = new DataView(bytes.buffer);
    for (const [i, v] of [...date, -1, -1, -1, ...time].entries()) view.setInt16(138 + 2 * i, v, true);
    const { baseDate, baseTime } = openRecording(bytes);
    return [baseDate, baseTime];
  };
  assert.equal(at([31, 12, 2020], [23, 59, 59]), ['31/12/2020', '23:59:59']);
  assert.equal(at([1, 1, 1], [0, 0, 0]), ['1/1/1', '00:00:00']);
  for (const date of [
    [32, 12, 2020],
    [0, 1, 2020],
    [1, 13, 2020],
    [1, 0, 2020],
    [1, 1, 0],
  ])
    assert.is(at(date, [0, 0, 0])[0], null);
  for (const time of [
    [24, 0, 0],
    [-1, 0, 0],
    [0, 60, 0],
    [0, -1, 0],
    [0, 0, 60],
    [0, 0, -1],
  ])
    assert.is(at([1, 1, 1], time)[1], null);
});

test('faults, each with what it is', () => {
  const edit = (places: Readonly<Record<number, readonly number[]>>): Uint8Array => {
    const bytes = BYTES.slice();
    for (const [at, values] of Object.entries(places)) bytes.set(values, Number(at));
    return bytes;
  };
  const faults: [bytes: Uint8Array, message: string][] = [
    [BYTES.subarray(0, 521), 'expected a header of 522 bytes, got 521'],
    [BYTES.subarray(0, 525), 'expected samples, got 0'],
    [edit({ 156: [13, 0] }), 'expected 1 to 12 leads, got 13'],
    [edit({ 272: [0, 0] }), 'expected a sampling rate above 0, got 0'],
    [edit({ 22: [0, 0, 1, 0] }), 'expected the samples from byte 522 to 534, got 65536'],
    [edit({ 14: [255, 255, 255, 255] }), 'expected a number of samples, got -1'],
    [edit({ 208: [0, 0] }), 'expected a resolution of lead 1 (V6) above 0 nV, got 0'],
  ];
  for (const [bytes, message] of faults) assertThrows(() => openRecording(bytes), DataError, `${AT}: ${message}`);
  assertThrows(
    () => openRecording(BYTES, { leads: ['V1'] }),
    ArgumentError,
    `${AT}: expected leads among II, V6, got "V1"`,
  );
});

test('any samples read back as they were written', () => {
  const lead = fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(lead, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 32767 }),
      (samples, rate) => {
        const specs = samples.map((_, i) => i + 5);
        const record = openRecording({
          'a/b.ecg': ishneFile({ samples, rate, specs, resolution: samples.map(() => 1000) }),
        });
        assert.equal([record.name, record.samplingFrequency, record.notes], ['b', rate, []]);
        for (const [i, own] of samples.entries())
          assertClose(
            record.leads[i].samples,
            own.map((v) => (v === -32768 ? Number.NaN : v / 1000)),
            { relative: 1e-7 },
          );
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test.run();
