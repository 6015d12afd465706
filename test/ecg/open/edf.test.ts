// EDF, EDF+, BDF: bytes worked out from the specification, edfplus.info/specs, and biosemi.com/faq/file_format.htm.
import { ArgumentError, DataError } from 'dynaecg';
import { encodeRecord, openRecording, readRecord } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { type EdfOf, edfFile } from '../../support/open/edf.ts';

const test = suite('ecg/open/edf');
const AT = 'openRecording: recording';

/** A file written out field by field: one signal of two samples in each of two data records of half a second. */
const HEADER = [
  '0       ', // version
  'MCH-0234567 F 02-MAY-1951 Haagse_Harry'.padEnd(80),
  'Startdate 02-MAR-2002 PSG-1234/2002 NN Telemetry03'.padEnd(80),
  '02.03.02',
  '23.05.07',
  '512     ', // bytes of the header: 256 for the file and 256 for the signal
  ' '.repeat(44),
  '2       ', // data records
  '0.5     ', // seconds of each
  '1   ', // signals
  'ECG II          ',
  'AgAgCl electrode'.padEnd(80),
  'uV      ',
  '-3276.8 ',
  '3276.7  ',
  '-32768  ',
  '32767   ',
  'HP:0.1Hz LP:75Hz'.padEnd(80),
  '2       ', // samples in a data record
  ' '.repeat(32),
].join('');
const BODY = [0x01, 0x00, 0xff, 0xff, 0x00, 0x80, 0xff, 0x7f]; // 1, -1 and -32768, 32767, the low byte first
const BYTES = Uint8Array.from([...Array.from(HEADER, (c) => c.charCodeAt(0)), ...BODY]);

test('the example of the specification, byte by byte', () => {
  assert.is(HEADER.length, 512);
  const { annotations, comments, leads, notes, ...rest } = openRecording(BYTES);
  assert.equal(rest, {
    name: 'recording',
    samplingFrequency: 4,
    customLabels: [],
    baseTime: '23:05:07',
    baseDate: '2/3/2002',
    format: 'EDF',
    problems: [],
  });
  assert.equal([annotations, comments, notes], [[], [], []]);
  // 0.1 uV a unit, in mV
  assert.equal([leads.length, leads[0].name, leads[0].units], [1, 'II', 'mV']);
  assertClose(leads[0].samples, [0.1e-3, -0.1e-3, -3.2768, 3.2767], { relative: 2e-7 });
});

test('BDF: 24 bits, the low byte first', () => {
  const bytes = edfFile({
    bdf: true,
    records: 1,
    signals: [
      {
        label: 'ECG',
        dimension: 'mV',
        physical: [-8388608, 8388607],
        digital: [-8388608, 8388607],
        samples: [1, -1, -8388608, 8388607],
      },
      { label: 'Status', samples: [1, 2, 3, 4] },
    ],
  });
  const record = openRecording(bytes);
  assert.is(record.format, 'BDF');
  assert.equal(record.leads, [{ name: 'ECG', units: 'mV', samples: Float32Array.of(1, -1, -8388608, 8388607) }]);
  assert.equal([...bytes.subarray(256 * 3, 256 * 3 + 12)], [1, 0, 0, 255, 255, 255, 0, 0, 128, 255, 255, 127]);
});

/*
Values and annotations of MNE-Python 1.3.0 for the two files, written to plus.edf and a.bdf:

import mne
for file, read in ('plus.edf', mne.io.read_raw_edf), ('a.bdf', mne.io.read_raw_bdf):
    raw = read(file, preload=True)
    print(raw.info['sfreq'], [(a['onset'], a['duration'], a['description']) for a in raw.annotations])
    print([float(f'{v:.9g}') for v in raw.get_data()[0, [0, 1, 2, 100, 399]] * 1e3])
*/
test("MNE-Python's values of EDF+ and BDF", () => {
  const wave = (n: number, step: number): number[] =>
    Array.from({ length: n }, (_, i) => Math.round(900 * Math.sin(i * step)));
  const at = (bytes: Uint8Array): number[] => [0, 1, 2, 100, 399].map((i) => openRecording(bytes).leads[0].samples[i]);
  const plus = edfFile({
    duration: 2,
    signals: [{ label: 'ECG', dimension: 'mV', physical: [-5, 5], digital: [-2048, 2047], samples: wave(400, 0.2) }],
    tals: ['+0\x14\x14\0+0.5\x151.25\x14Apnea\x14\0', '+2\x14\x14\0+3.1\x14beat\x14\0'],
  });
  assertClose(at(plus), [0.00122100122, 0.438339438, 0.855921856, 2.00854701, -2.09157509], { relative: 1e-7 });
  // at 100 Hz: 0.5 s and 3.1 s
  assert.equal(
    openRecording(plus).annotations.map(({ sample, aux }) => [sample, aux]),
    [
      [50, 'Apnea'],
      [310, 'beat'],
    ],
  );
  const range = { physical: [-262144, 262143], digital: [-8388608, 8388607] } as const;
  const samples = wave(512, 0.05).map((v) => 1000 * v);
  const bdf = edfFile({ bdf: true, records: 2, signals: [{ label: 'ECG', ...range, samples }] });
  assertClose(at(bdf), [-0.000484375029, 1.40576303, 2.81201043, -26.9691845, 25.0619693], { relative: 2e-7 });
});

const signal = (label: string, samples: number[], dimension = 'mV') => ({
  label,
  dimension,
  physical: [-1000, 1000] as const,
  digital: [-1000, 1000] as const,
  samples,
});

test('EDF+: lists of annotations become notes, times as samples from the first data record', () => {
  const record = openRecording(
    edfFile({
      duration: 2,
      signals: [signal('ECG', [1, 2, 3, 4, 5, 6, 7, 8])], // 2 Hz
      tals: [
        '+10\x14\x14\0+11.5\x1525.5\x14Apnea\x14\0+9.4\x14before\x14\0',
        '+12\x14\x14\0+12\x150\x14first\x14second\x14\0+13.4\x14\xe2\x82\xac\x14\0+14\x14after\x14\0',
      ],
    }),
  );
  assert.is(record.format, 'EDF+');
  assert.equal(
    record.annotations.map(({ sample, label, aux }) => [sample, label, aux]),
    [
      [3, '"', 'Apnea'],
      [4, '"', 'first'],
      [4, '"', 'second'],
      [7, '"', '\xe2\x82\xac'], // a character per byte
    ],
  );
  assert.equal(record.notes, [
    '2 annotations before or after the signal left out',
    'durations of 1 annotation left out',
  ]);
});

test('annotations in any order in the file are in that of time', () => {
  const tals = ['+0\x14\x14\0+1.5\x14c\x14\0+0.5\x14a\x14\0+1\x14b\x14\0+0\x14start\x14\0'];
  const record = openRecording(edfFile({ duration: 2, signals: [signal('ECG', [1, 2, 3, 4])], tals }));
  assert.equal(
    record.annotations.map(({ sample, aux }) => [sample, aux]),
    [
      [0, 'start'],
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ],
  );
});

test('malformed lists of annotations are left out, and counted', () => {
  const bad = ['1\x14a\x14', '+1\x152\x153\x14b\x14', '+1\x15x\x14c\x14', '+1', '+x\x14d\x14'];
  const tal = ['+0\x14\x14', ...bad, '+0.5\x14good\x14', '-0.5\x14before\x14'].join('\0');
  const record = openRecording(edfFile({ signals: [signal('ECG', [1, 2])], tals: [tal] }));
  assert.equal(
    record.annotations.map(({ sample, aux }) => [sample, aux]),
    [[1, 'good']],
  );
  assert.equal(record.notes, [
    '5 malformed annotation lists left out',
    '1 annotation before or after the signal left out',
  ]);
});

test('a signal without samples is none', () => {
  const record = openRecording(edfFile({ signals: [signal('ECG', [1, 2]), signal('V5', [])] }));
  assert.equal([record.leads.map(({ name }) => name), record.notes], [['ECG'], []]);
});

test('EDF+D: data records at their times, NaN between them', () => {
  const of = (times: number[], file: Partial<EdfOf> = {}) =>
    openRecording(
      edfFile({
        duration: 0.5,
        reserved: 'EDF+D',
        signals: [
          signal(
            'ECG',
            times.flatMap((_, i) => [10 * i + 1, 10 * i + 2]),
          ),
        ],
        tals: times.map((t) => `+${t}\x14\x14\0`),
        ...file,
      }),
    );
  const gap = of([3, 3.5, 5]);
  assert.equal([...gap.leads[0].samples], [1, 2, 11, 12, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 21, 22]);
  assert.equal(gap.notes, ['1 gap between data records, 1.0 s in all, filled with NaN']);
  assert.equal(of([0, 0.5, 1.25]).notes, []); // one sample, which rounding may be
  assert.equal(of([0, 0.5, 1.5]).notes, ['1 gap between data records, 0.5 s in all, filled with NaN']);
  assert.equal([...of([0, 0.4999, 1.0001]).leads[0].samples], [1, 2, 11, 12, 21, 22]);
  assertThrows(
    () => of([0, 0.5, 0.2]),
    DataError,
    `${AT} data record 2: expected a time of at least 1 s, where the one before ends, got 0.2`,
  );
  assertThrows(
    () => of([0, 0.5, 1e9]),
    DataError,
    `${AT}: expected gaps that leave at most 64 times the 6 samples recorded, got 4000000002`,
  );
  assert.equal(of([3, 3.5, 5], { reserved: 'EDF+C' }).leads[0].samples.length, 6);
});

test('of several signals, those that look like an ECG, at the highest rate; others by name', () => {
  const bytes = edfFile({
    signals: [signal('EEG Fpz-Cz', [1, 2, 3, 4]), signal('EKG1', [5, 6]), signal('V5', [7, 8]), signal('ECG low', [9])],
  });
  const record = openRecording(bytes);
  assert.equal([record.samplingFrequency, record.leads.map(({ name }) => name)], [2, ['EKG1', 'V5']]);
  assert.equal(record.notes, ['read EKG1, V5; not read: EEG Fpz-Cz (mV, 4 Hz), ECG low (mV, 1 Hz)']);
  assert.equal([...openRecording(bytes, { leads: ['EEG Fpz-Cz'] }).leads[0].samples], [1, 2, 3, 4]);
  assertThrows(
    () => openRecording(bytes, { leads: ['EKG1', 'ECG low'] }),
    DataError,
    `${AT}: expected leads of one rate, got EKG1 at 2 Hz and ECG low at 1`,
  );
  assertThrows(
    () => openRecording(bytes, { leads: ['III'] }),
    ArgumentError,
    `${AT}: expected leads among EEG Fpz-Cz, EKG1, V5, ECG low, got "III"`,
  );
});

test('a file that ends early gives its complete data records', () => {
  const bytes = edfFile({ records: 3, signals: [signal('ECG', [1, 2, 3, 4, 5, 6])] });
  const record = openRecording(bytes.subarray(0, bytes.length - 1));
  assert.equal([...record.leads[0].samples], [1, 2, 3, 4]);
  assert.equal(record.notes, ['the file ends early: 2 of 3 data records are there']);
  const open = edfFile({ records: 3, statedRecords: -1, signals: [signal('ECG', [1, 2, 3, 4, 5, 6])] });
  assert.equal([openRecording(open).leads[0].samples.length, openRecording(open).notes], [6, []]);
});

test('faults, each with its place', () => {
  const edit = (at: number, text: string): Uint8Array => {
    const bytes = BYTES.slice();
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    return bytes;
  };
  const faults: [bytes: Uint8Array, message: string][] = [
    [BYTES.subarray(0, 300), 'expected 512 bytes of header, got a file of 300'],
    [BYTES.subarray(0, 513), 'expected a data record of 4 bytes, got 1'],
    [edit(184, '768     '), 'expected a header of 512 bytes for 1 signals, got 768'],
    [edit(236, '0       '), 'expected a data record of 4 bytes, got 8'],
    [edit(236, 'two     '), 'expected the number of data records, a number, got two'],
    [edit(244, '-1      '), 'expected a duration of 0 or more seconds, got -1'],
    [edit(244, '0       '), 'expected signals, got a file of annotations alone'],
    [edit(252, '0   '), 'expected a number of signals above 0, got 0'],
    [edit(256 + 104, '3276.7  '), 'expected a range of ECG II, got physical 3276.7 to 3276.7, digital -32768 to 32767'],
    [edit(256 + 120, '        '), 'expected the digital minimum of signal 0 (ECG II), a number, got nothing'],
    [edit(256 + 216, '1.5     '), 'expected a whole number of samples of signal 0 (ECG II), got 1.5'],
  ];
  for (const [bytes, message] of faults) assertThrows(() => openRecording(bytes), DataError, `${AT}: ${message}`);
  assertThrows(
    () => openRecording(BYTES, { rate: 4 }),
    ArgumentError,
    `${AT}: expected no option rate, as a file in EDF states it, got 4`,
  );
});

test('any samples, odd lengths and several records read back as they were written', () => {
  const cases = fc.record({
    bdf: fc.boolean(),
    records: fc.integer({ min: 1, max: 4 }),
    perRecord: fc.integer({ min: 1, max: 9 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ bdf, records, perRecord, seed }) => {
      const limit = bdf ? 2 ** 23 : 2 ** 15;
      const samples = Array.from({ length: records * perRecord }, (_, i) => ((seed + 7919 * i) % (2 * limit)) - limit);
      samples[0] = -limit;
      samples[samples.length - 1] = limit - 1;
      const range = [-limit, limit - 1] as const;
      const bytes = edfFile({
        bdf,
        records,
        signals: [{ label: 'ECG', dimension: 'mV', physical: range, digital: range, samples }],
      });
      const record = openRecording({ 'night 1.edf': bytes });
      assert.equal([...record.leads[0].samples], samples);
      assert.is(record.name, 'night_1');
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a record read from EDF can be written as WFDB', () => {
  const record = openRecording(BYTES, { name: 'edf' });
  const again = readRecord(encodeRecord(record));
  assert.is(again.leads[0].samples.length, 4);
  for (const [i, v] of record.leads[0].samples.entries()) assert.ok(Math.abs(again.leads[0].samples[i] - v) < 1e-3);
});

test.run();
