// Records whose bytes and samples are written out by hand: format 80 is a byte less 128, and a gain of 1 with a baseline of 0 makes
// physical samples of the same value.
import { type EcgRecord, encodeRecord, readRecord, writeAnnotations } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../../src/core/errors.ts';
import { same } from '../../../fuzz/same.ts';
import { throwsWith } from '../../../support/asserts.ts';
import { annotation } from '../../../support/wfdbRecords.ts';

const test = suite('ecg/wfdb/signals frames');
const bytes = (...samples: number[]): Uint8Array => Uint8Array.from(samples, (sample) => sample + 128);
const samplesOf = (record: EcgRecord): number[][] => record.leads.map(({ samples }) => [...samples]);

/** What was read can be written, and is read back the same. */
const writes = (record: EcgRecord): void => assert.is(same(readRecord(encodeRecord(record)), record), '');

/** Two frames of three signals with 4, 1 and 2 samples each. */
const MIXED = {
  header: 'r 3 100 2\na 80x4 1 8 0 1 36\na 80 1 8 0 9 19\na 80x2 1 8 0 20 86\n',
  files: { a: bytes(1, 2, 3, 4, 9, 20, 21, 5, 6, 7, 8, 10, 22, 23) },
};

test('several samples per frame: all at the rate of the fastest lead, slower ones repeated', () => {
  const record = readRecord(MIXED);
  assert.is(record.samplingFrequency, 400);
  assert.equal(samplesOf(record), [
    [1, 2, 3, 4, 5, 6, 7, 8],
    [9, 9, 9, 9, 10, 10, 10, 10],
    [20, 20, 21, 21, 22, 22, 23, 23],
  ]);
  assert.equal(
    record.leads.map(({ digital }) => [...(digital?.samples ?? [])]),
    samplesOf(record),
  );
  writes(record); // at one rate
});

test('three samples among four: none is lost, as in getvec(3) of the WFDB library', () => {
  const header = 'r 2 10 1\na 80x3 1\na 80x4 1\n';
  const record = readRecord({ header, files: { a: bytes(1, 2, 3, 11, 12, 13, 14) } });
  assert.equal(samplesOf(record), [
    [1, 1, 2, 3],
    [11, 12, 13, 14],
  ]);
});

// (1 + 2 + 3 + 4) / 4, (5 + 6 + 7 + 8) / 4; (20 + 21) / 2, (22 + 23) / 2
test('several samples per frame, averaged: the rate of frames, without a digital side', () => {
  const record = readRecord(MIXED, { frames: 'average' });
  assert.is(record.samplingFrequency, 100);
  assert.equal(samplesOf(record), [
    [2.5, 6.5],
    [9, 10],
    [20.5, 22.5],
  ]);
  assert.equal(
    record.leads.map(({ digital }) => digital !== undefined),
    [false, true, false],
  );
});

test('averages use gain and baseline, and are NaN for a frame with an invalid sample', () => {
  const header = 'r 1 100 3\na 80x2 2(10)/uV 8 0\n';
  const files = { a: bytes(14, 16, -128, 20, 10, 11) };
  const { leads } = readRecord({ header, files }, { frames: 'average' });
  assert.equal([...leads[0].samples], [2.5, Number.NaN, 0.25]); // (15 - 10) / 2, and (10.5 - 10) / 2
  assert.is(leads[0].units, 'uV');
  assert.equal([...readRecord({ header, files }).leads[0].samples], [2, 3, Number.NaN, 5, 0, 0.5]);
});

test('times of annotations count frames, or ticks of their own', () => {
  const at = (options: object, resolution: { timeResolution?: number } = {}): number => {
    const annotations = writeAnnotations([annotation(1, 'N')], resolution);
    return readRecord({ ...MIXED, annotations }, options).annotations[0].sample;
  };
  assert.is(at({}), 4);
  assert.is(at({ frames: 'average' }), 1);
  assert.is(at({}, { timeResolution: 200 }), 2);
  const late = { ...MIXED, annotations: writeAnnotations([annotation(2, 'N')]) };
  throwsWith(() => readRecord(late), DataError, 'length of 8', 'got 8');
});

// Of signal b, two samples precede sample 0: it begins with its third, and ends with two that were not recorded.
test('skew: samples before sample 0 are left out, but are part of the sum', () => {
  const header = 'r 2 100 4\na 80 1 8 0 1 10 0 A\na 80:2 1 8 0 51 210 0 B\n';
  const record = readRecord({ header, files: { a: bytes(1, 51, 2, 52, 3, 53, 4, 54) } });
  assert.equal(samplesOf(record), [
    [1, 2, 3, 4],
    [53, 54, Number.NaN, Number.NaN],
  ]);
  assert.equal([...(record.leads[1].digital?.samples ?? [])], [53, 54, -128, -128]);
  writes(record);
  const more = header.replace(':2', ':9');
  assert.ok(
    samplesOf(readRecord({ header: more, files: { a: bytes(1, 51, 2, 52, 3, 53, 4, 54) } }))[1].every(Number.isNaN),
  );
});

test('skew counts samples of its signal, not frames', () => {
  const header = 'r 1 100 2\na 80x2:1 1\n';
  assert.equal(samplesOf(readRecord({ header, files: { a: bytes(1, 2, 3, 4) } })), [[2, 3, 4, Number.NaN]]);
  assert.equal(samplesOf(readRecord({ header, files: { a: bytes(1, 2, 3, 4) } }, { frames: 'average' })), [
    [2.5, Number.NaN],
  ]);
});

test('format 8 with skew: a format that can mark what is missing', () => {
  const header = 'r 1 100 3\na 8:1 1 8 0 100\n';
  const record = readRecord({ header, files: { a: Uint8Array.of(1, 2, 253) } }); // 101, 103, 100
  assert.equal(samplesOf(record), [[103, 100, Number.NaN]]);
  assert.is(record.leads[0].digital?.format, 32);
  writes(record);
});

test('format 8: differences to the initial value, or the ADC zero where there is none', () => {
  const read = (fields: string): number[] =>
    samplesOf(readRecord({ header: `r 1 100 2\na 8 1 ${fields}\n`, files: { a: Uint8Array.of(1, 2) } }))[0];
  assert.equal(read('8 0 100'), [101, 103]);
  assert.equal(read('8 7'), [1 + 7 - 7, 3 + 7 - 7]); // a baseline of 7, too
});

test('byte offsets, several files and formats that mix', () => {
  const header = 'r 4 100 3\na 61+2 1 16 0 258\nb 310 1\nb 310 1\nc 24+1 1\n';
  const files = {
    a: Uint8Array.of(9, 9, 1, 2, 255, 254, 0, 0), // 0x0102, -2, 0
    b: Uint8Array.of(0x0a, 0x98, 0xfe, 0x5b, 0x0a, 0x98, 0xfe, 0x5b), // 5, 511, 371, twice
    c: Uint8Array.of(9, 1, 2, 3, 255, 255, 255, 0, 0, 128),
  };
  const record = readRecord({ header, files });
  assert.equal(samplesOf(record), [
    [258, -2, 0],
    [5, 371, 511],
    [511, 5, 371],
    [0x030201, -1, Number.NaN],
  ]);
  assert.ok(record.leads[3].digital?.samples instanceof Int32Array);
  writes(record);
});

test('FLAC: the lead has the format of as many bits that is not compressed', () => {
  const header = 'r 2 100 2\na 516+1 1 16 0 2\na 516 1\n';
  const flac = () => ({
    channels: [
      [1, 2, 3],
      [4, 5, -32768],
    ],
    bitsPerSample: 16,
  });
  const offsets = () => readRecord({ header, files: { a: bytes() } }, { flac });
  throwsWith(offsets, DataError, 'byte offset of the other signals');
  const record = readRecord({ header: header.replace('a 516 ', 'a 516+1 '), files: { a: bytes() } }, { flac });
  assert.equal(samplesOf(record), [
    [2, 3],
    [5, Number.NaN],
  ]);
  assert.is(record.leads[0].digital?.format, 16);
  throwsWith(
    () => readRecord({ header: 'r 1 100\na 516\n', files: { a: bytes() } }),
    DataError,
    'record r file a',
    'option flac',
  );
});

test('a signal of format 0 was never recorded', () => {
  const header = 'r 2 100 2\n~ 0 5/mmHg 10 0 0 0 0 ABP\na 80 1\n';
  const record = readRecord({ header, files: { a: bytes(1, 2) } });
  assert.equal(samplesOf(record), [
    [Number.NaN, Number.NaN],
    [1, 2],
  ]);
  assert.is(record.leads[0].units, 'mmHg');
  writes(record);
});

test('a header cannot claim more samples than its files can hold', () => {
  const size = 2 ** 22;
  const never = (samples: number) => ({ header: `r 1 100 ${samples}\n~ 0\n`, files: {} });
  assert.is(readRecord(never(size)).leads[0].samples.length, size);
  throwsWith(() => readRecord(never(size + 1)), DataError, 'at most 4194304 samples of 0 bytes', `got ${size + 1}`);
  throwsWith(() => readRecord(never(Number.MAX_SAFE_INTEGER)), DataError, 'at most 2147483647 samples');
  const slow = `r 3 100 1\na 80x${size}\na 80\na 80\n`;
  const files = { a: new Uint8Array(size + 2) };
  assert.is(readRecord({ header: slow, files }).leads[2].samples.length, size);
  const many = `r 40 100 1\na 80x${size}\n${'a 80\n'.repeat(39)}`;
  const wide = { header: many, files: { a: new Uint8Array(size + 39) } };
  throwsWith(() => readRecord(wide), DataError, `at most ${32 * (size + 39)} samples`, `got ${40 * size}`);
  assert.is(readRecord(wide, { frames: 'average' }).leads[39].samples.length, 1);
});

test('samples per frame cost nothing where there is no frame', () => {
  const header = `r 2 100\na 80x${2 ** 31 - 1} 1\na 80 1\n`;
  const { leads, samplingFrequency } = readRecord({ header: header.replace('100', '0.01'), files: { a: bytes(1) } });
  assert.equal(
    leads.map(({ samples }) => samples.length),
    [0, 0],
  );
  assert.is(samplingFrequency, 0.01 * (2 ** 31 - 1));
});

test('any frames, read as a plain loop reads them', () => {
  const record = fc
    .tuple(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), fc.nat(4))
    .chain(([perFrame, frames]) => {
      const length = frames * perFrame.reduce((a, b) => a + b);
      const samples = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: length, maxLength: length });
      return fc.tuple(fc.constant(perFrame), fc.constant(frames), samples);
    });
  fc.assert(
    fc.property(record, ([perFrame, frames, stored]) => {
      const lines = perFrame.map((n) => `a 80x${n} 1`);
      const header = `r ${perFrame.length} 100 ${frames || ''}\n${lines.join('\n')}\n`;
      const most = Math.max(...perFrame);
      const expected = perFrame.map((): number[] => []);
      const means = perFrame.map((): number[] => []);
      let at = 0;
      for (let f = 0; f < frames; f++)
        for (const [s, n] of perFrame.entries()) {
          const frame = stored.slice(at, at + n).map((v) => (v === -128 ? Number.NaN : v));
          at += n;
          for (let k = 0; k < most; k++) expected[s].push(frame[Math.floor((n * k) / most)]);
          means[s].push(Math.fround(frame.reduce((a, b) => a + b) / n));
        }
      const files = { a: bytes(...stored) };
      assert.equal(samplesOf(readRecord({ header, files })), expected);
      assert.equal(samplesOf(readRecord({ header, files }, { frames: 'average' })), means);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('refuses other options', () => {
  throwsWith(() => readRecord(MIXED, { frames: 'all' as 'repeat' }), ArgumentError, "'repeat' or 'average'");
  throwsWith(() => readRecord(MIXED, { flac: 5 as never }), ArgumentError, 'flac');
  const fast = { header: 'r 1 1e9 1\na 80x2\n', files: { a: bytes(1, 2) } };
  throwsWith(() => readRecord(fast), DataError, 'at most 1000000000 samples per second', 'got 2000000000');
});

test.run();
