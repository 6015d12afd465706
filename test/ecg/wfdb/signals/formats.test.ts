// Bytes put together by hand from signal(5) of the WFDB Applications Guide; how is said above each.
import { decodeSignal, encodeSignal, invalidSample, SIGNAL_FORMATS } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../../src/core/errors.ts';
import { throwsWith } from '../../../support/asserts.ts';

const test = suite('ecg/wfdb/signals formats');
const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
const wide = (format: number): boolean => [8, 24, 32].includes(format);
const digital = (format: number, samples: readonly number[]): Int16Array | Int32Array =>
  wide(format) ? Int32Array.from(samples) : Int16Array.from(samples);

/** One signal: what the bytes are, and that these samples are written as these bytes. */
function reads(format: number, hex: string, samples: number[], written = hex): void {
  const options = { signals: 1, samples: samples.length };
  assert.equal(decodeSignal(format, bytes(hex), options), [digital(format, samples)]);
  assert.equal(encodeSignal(format, [digital(format, samples)]), bytes(written));
}

// 0x030201; all ones; the sign bit alone; all but the sign bit
test('format 24: three bytes, lowest first', () => {
  reads(24, '01 02 03 ff ff ff 00 00 80 ff ff 7f', [0x030201, -1, -8388608, 8388607]);
});

test('format 32: four bytes, lowest first', () => {
  reads(32, '01 02 03 04 fe ff ff ff 00 00 00 80 ff ff ff 7f', [0x04030201, -2, -2147483648, 2147483647]);
});

test('format 16: two bytes, low byte first', () => {
  reads(16, '01 02 fe ff 00 80 ff 7f', [0x0201, -2, -32768, 32767]);
});

test('format 61: two bytes, high byte first', () => {
  reads(61, '01 02 ff fe 80 00 7f ff', [0x0102, -2, -32768, 32767]);
});

test('format 80: a byte less 128', () => {
  reads(80, '00 80 81 ff', [-128, 0, 1, 127]);
});

// 0x0000, 0x8000, 0x8001 and 0xffff less 0x8000
test('format 160: two bytes less 32768, low byte first', () => {
  reads(160, '00 00 00 80 01 80 ff ff', [-32768, 0, 1, 32767]);
});

// The first sample is the 12 low bits of the first pair of bytes, 0x33e3; the pair's four high bits are on top of the third byte.
test('format 212: two samples of 12 bits in three bytes', () => {
  reads(212, 'e3 33 f3', [0x3e3, 0x3f3]);
  reads(212, '00 78 ff', [-2048, 0x7ff]);
  reads(212, '01 70 02 ff 0f', [1, 0x702, -1]);
});

// Words 0x980a and 0x5bfe. Bits 1 to 10: 0x00a / 2 = 5 and 0x3fe / 2 = 511. Bits 11 to 15: 0b10011 and 0b01011, of which the
// first are the lower: 0b01011_10011 = 371.
test('format 310: three samples of 10 bits in two words', () => {
  reads(310, '0a 98 fe 5b', [5, 511, 371]);
  reads(310, '0b 98 ff 5b', [5, 511, 371], '0a 98 fe 5b'); // bit 0 is not used
  // 1 is 0x0002; -1 is 0x07fe; -512 is 0b10000_00000, of which the upper half goes to the second word: 0x8000
  reads(310, '02 00 fe 87', [1, -1, -512]);
  reads(310, '02 00 fe 87 0a 00', [1, -1, -512, 5]);
  reads(310, '02 00 fe 87 0a 00 fe 03', [1, -1, -512, 5, 511]);
});

// Bits 0 to 9: 1; 10 to 19: 0x3ff; 20 to 29: 0x200, so the word is 0x1 + 0xffc00 + 0x20000000 = 0x200ffc01.
test('format 311: three samples of 10 bits in a word of four bytes', () => {
  reads(311, '01 fc 0f 20', [1, -1, -512]);
  reads(311, '01 fc 0f e0', [1, -1, -512], '01 fc 0f 20'); // bits 30 and 31 are not used
  reads(311, '01 fc 0f 20 01 00', [1, -1, -512, 1]);
  reads(311, '01 fc 0f', [1, -1], '01 fc 0f 00'); // read from three bytes, written in four, as the WFDB library does
});

// 100 + 5, + (-1), + (-128), + 127
test('format 8: differences to the sample before, the first to the initial value', () => {
  const file = bytes('05 ff 80 7f');
  assert.equal(decodeSignal(8, file, { signals: 1, initialValues: [100] }), [Int32Array.of(105, 104, -24, 103)]);
  assert.equal(decodeSignal(8, file, { signals: 2 }), [Int32Array.of(5, 5 - 128), Int32Array.of(-1, 126)]);
  const signals = [Int32Array.of(1000, 1127, 999), Int32Array.of(-7, -7, -8)];
  const written = encodeSignal(8, signals);
  assert.equal(written, bytes('00 00 7f 00 80 ff'));
  assert.equal(decodeSignal(8, written, { signals: 2, initialValues: [1000, -7] }), signals);
});

test('format 8: a step of more than a byte is refused, with its place', () => {
  const wrong =
    (...samples: number[]) =>
    () =>
      encodeSignal(8, [Int32Array.of(0, 0, 0), Int32Array.from(samples)]);
  throwsWith(wrong(0, 100, 228), DataError, 'signal 1 sample 2', '-128 to 127', 'got 128');
  throwsWith(wrong(0, -129, -129), DataError, 'signal 1 sample 1', 'got -129');
  assert.ok(Number.isNaN(invalidSample(8)));
});

test('the number of whole samples is taken from the bytes, where none is given', () => {
  const held = (format: number, length: number): number =>
    decodeSignal(format, new Uint8Array(length), { signals: 1 })[0].length;
  const counts = (format: number): number[] => Array.from({ length: 10 }, (_, length) => held(format, length));
  assert.equal(counts(80), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(counts(16), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  assert.equal(counts(24), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
  assert.equal(counts(32), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
  assert.equal(counts(212), [0, 0, 1, 2, 2, 3, 4, 4, 5, 6]);
  assert.equal(counts(310), [0, 0, 1, 1, 3, 3, 4, 4, 6, 6]); // of four bytes two or three samples
  assert.equal(counts(311), [0, 0, 1, 2, 3, 3, 4, 5, 6, 6]);
});

test('a byte less than needed is refused, for every format and length', () => {
  for (const format of SIGNAL_FORMATS)
    for (const samples of [1, 2, 3, 4, 5, 6]) {
      const needed = format === 311 && samples % 3 === 2 ? 3 : 0;
      const written = encodeSignal(format, [digital(format, Array(samples).fill(1))]).length;
      const length = needed ? written - 1 : written;
      const read = (n: number) => decodeSignal(format, new Uint8Array(n), { signals: 1, samples });
      assert.is(read(length)[0].length, samples);
      throwsWith(() => read(length - 1), DataError, `expected ${length} bytes`, `got ${length - 1}`);
    }
});

const LOW: Record<number, number> = { 16: 16, 24: 24, 32: 32, 61: 16, 80: 8, 160: 16, 212: 12, 310: 10, 311: 10 };

test('any samples of any format are read back, the extremes and the invalid one among them', () => {
  for (const [key, bits] of Object.entries(LOW)) {
    const format = Number(key);
    const low = -(2 ** (bits - 1));
    assert.is(invalidSample(format), low);
    const sample = fc.oneof(fc.integer({ min: low, max: -low - 1 }), fc.constantFrom(low, -low - 1, 0, -1));
    const signals = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(11))
      .chain(([count, length]) =>
        fc.array(fc.array(sample, { minLength: length, maxLength: length }), { minLength: count, maxLength: count }),
      );
    fc.assert(
      fc.property(signals, fc.nat(3), (lists, byteOffset) => {
        const list = lists.map((samples) => digital(format, samples));
        const file = new Uint8Array([...Array(byteOffset).fill(255), ...encodeSignal(format, list)]);
        const options = { signals: list.length, samples: list[0].length, byteOffset };
        assert.equal(decodeSignal(format, file, options), list);
      }),
      { seed: 1, numRuns: 100 },
    );
    for (const value of [low - 1, -low])
      throwsWith(
        () => encodeSignal(format, [Float64Array.of(0, value) as unknown as Int32Array]),
        DataError,
        'sample 1',
      );
  }
});

test('any differences of format 8 are read back', () => {
  const signal = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 5, maxLength: 5 });
  const start = fc.constantFrom(0, 1, -(2 ** 31), 2 ** 31 - 1); // which wrap around
  fc.assert(
    fc.property(fc.array(fc.tuple(start, signal), { minLength: 1, maxLength: 3 }), (list) => {
      const signals = list.map(([first, steps]) => {
        let value = first;
        return Int32Array.from([first, ...steps.map((step) => (value += step))]);
      });
      const initialValues = list.map(([first]) => first);
      const file = encodeSignal(8, signals);
      assert.equal(decodeSignal(8, file, { signals: list.length, initialValues }), signals);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test.run();
