import { decodeFlac, readRecord } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../../src/core/errors.ts';
import { BitReader } from '../../../../src/ecg/wfdb/flac/bitReader.ts';
import { crc8, crc16 } from '../../../../src/ecg/wfdb/flac/crc.ts';
import { readSubframe } from '../../../../src/ecg/wfdb/flac/subframe.ts';
import { throwsWith } from '../../../support/asserts.ts';
import { constant, constantFlac, FLAC_FILES, flacFrame, flacStream } from '../../../support/flacFiles.ts';

const test = suite('ecg/wfdb/flac');

for (const { name, about, bytes, channels, bitsPerSample } of FLAC_FILES)
  test(`reads what the reference encoder wrote: ${name}, ${about}`, () => {
    assert.equal(decodeFlac(bytes), { channels: channels.map((channel) => Int32Array.from(channel)), bitsPerSample });
    const [first] = decodeFlac(bytes, 1).channels;
    assert.ok(first.length >= 1 && first.length <= channels[0].length);
  });

test('a record in FLAC, with invalid samples', () => {
  const [, , , , , , wide] = FLAC_FILES;
  const header = `r 3 250 98\n${'r.flac 524+2 1\n'.repeat(3)}`;
  const { leads } = readRecord({ header, files: { 'r.flac': wide.bytes } }, { flac: decodeFlac });
  assert.ok(leads[0].samples.every(Number.isNaN));
  assert.equal([...leads[2].samples], wide.channels[2].slice(2));
  assert.is(leads[1].digital?.format, 24);
});

/** Bits as text, to bytes. */
const bitsOf = (text: string): Uint8Array => {
  const bits = text.replaceAll(/\s/g, '');
  return Uint8Array.from(bits.padEnd(8 * Math.ceil(bits.length / 8), '0').match(/.{8}/g) ?? [], (b) =>
    Number.parseInt(b, 2),
  );
};

// RFC 9639, section 9.2: a subframe's header, of kind 8 (fixed prediction of order 0); then a coding with parameters of four bits in
// 2^1 partitions: the first not coded, in five bits each (-16, 15, 0, -1), the second in Rice codes of parameter 1, where a number is
// folded (0 -1 1 -2 to 0 1 2 3) and its upper bits are as many zeros before a one: 0 is 1 0, -1 is 1 1, 1 is 01 0, -3 is 001 1.
test('a partition that is not coded, and Rice codes, bit by bit', () => {
  const bits = '0 001000 0   00 0001   1111 00101 10000 01111 00000 11111   0001 1 0 1 1 01 0 001 1';
  const out = new Int32Array(8);
  const reader = new BitReader(bitsOf(bits), 0);
  readSubframe(reader, out, 16);
  assert.equal([...out], [-16, 15, 0, -1, 0, -1, 1, -3]);
  const empty = bits.replace('00101 10000 01111 00000 11111', '00000'); // in no bits: all 0
  readSubframe(new BitReader(bitsOf(empty), 0), out, 16);
  assert.equal([...out], [0, 0, 0, 0, 0, -1, 1, -3]);
});

// RFC 9639, section 9.2.5: an order of n continues a polynomial of degree n - 1; residuals of 0 are 1 in Rice codes of parameter 0.
test('fixed prediction of each order continues a polynomial', () => {
  const read = (order: number, ...first: number[]): number[] => {
    const warmUp = first.map((sample) => sample.toString(2).padStart(8, '0')).join('');
    const out = new Int32Array(6);
    const bits = `0 ${(8 + order).toString(2).padStart(6, '0')} 0 ${warmUp} 00 0000 0000 111111`;
    readSubframe(new BitReader(bitsOf(bits), 0), out, 8);
    return [...out];
  };
  assert.equal(read(0), [0, 0, 0, 0, 0, 0]);
  assert.equal(read(1, 7), [7, 7, 7, 7, 7, 7]);
  assert.equal(read(2, 1, 3), [1, 3, 5, 7, 9, 11]);
  assert.equal(read(3, 0, 1, 4), [0, 1, 4, 9, 16, 25]);
  assert.equal(read(4, 0, 1, 8, 27), [0, 1, 8, 27, 64, 125]);
});

test('a run of zeros of any length', () => {
  for (const zeros of [0, 1, 7, 31, 32, 33, 63, 64, 70])
    for (const before of [0, 1, 5]) {
      const reader = new BitReader(bitsOf(`${'1'.repeat(before)}${'0'.repeat(zeros)}1 101`), 0);
      reader.unsigned(before);
      assert.is(reader.unary(), zeros);
      assert.is(reader.unsigned(3), 5);
    }
});

/** The channels of one frame whose header has these bytes behind its sync code. */
const frameOf = (header: number[], ...channels: number[]): number[][] => {
  const frame = flacFrame([0xff, 0xf8, ...header], channels.flatMap(constant));
  return decodeFlac(flacStream(channels.length, [frame])).channels.map((channel) => Array.from(channel));
};

// RFC 9639, section 9.1: of the first byte, the upper half is the size and the lower one the rate; of the second, the upper half is
// what the channels are, and bits 1 to 3 are the bits of a sample, 6 for 24 and 0 for those of the stream. Then a number follows.
test('frames: sizes of blocks, rates, and numbers of several bytes', () => {
  const size = (...header: number[]): number => frameOf(header, 5)[0].length;
  assert.is(size(0x10, 0x0c, 0), 192);
  assert.equal(
    [2, 3, 4, 5].map((code) => size(code << 4, 0x0c, 0)),
    [576, 1152, 2304, 4608],
  );
  assert.equal(
    [8, 9, 15].map((code) => size(code << 4, 0x0c, 0)),
    [256, 512, 32768],
  );
  assert.is(size(0x60, 0x0c, 0, 6), 7);
  assert.is(size(0x70, 0x0c, 0, 1, 2), 259);
  assert.is(size(0x6c, 0x0c, 0, 6, 44), 7); // a rate in kHz, in 8 bits
  assert.is(size(0x6d, 0x0c, 0, 6, 1, 2), 7); // in Hz, in 16
  assert.is(size(0x60, 0x00, 0, 6), 7);
  for (const number of [[0x7f], [0xc2, 0x80], [0xe1, 0x80, 0x80], [0xfe, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]])
    assert.is(size(0x60, 0x0c, ...number, 6), 7);
  throwsWith(() => size(0x00, 0x0c, 0), DataError, 'a block size', 'frame at byte 46');
  throwsWith(() => size(0x60, 0x08, 0, 6), DataError, '24 bits per sample', 'got 16');
  throwsWith(() => size(0x60, 0x1c, 0, 6), DataError, '1 channels', 'got 2');
  throwsWith(() => size(0x60, 0xbc, 0, 6), DataError, '1 channels');
});

// Left 4 and right 3: a difference of 1, and a mean of 3.5, whose half is that the difference is odd.
test('frames: one channel and the difference, and mean and difference', () => {
  const first = (assignment: number, ...values: number[]): number[] => {
    // A difference has a bit more: behind the subframe's byte, 25 bits of it and 24 of the other.
    const bits = (value: number, count: number): string =>
      (value < 0 ? value + 2 ** count : value).toString(2).padStart(count, '0');
    const wide = [
      [24, 25],
      [25, 24],
      [24, 25],
    ][assignment - 8];
    const subframes = values.map((value, c) => `00000000${bits(value, wide[c])}`).join('');
    const frame = flacFrame([0xff, 0xf8, 0x60, (assignment << 4) | 0x0c, 0, 1], [...bitsOf(subframes)]);
    return decodeFlac(flacStream(2, [frame])).channels.map((channel) => channel[0]);
  };
  assert.equal(first(8, 4, 1), [4, 3]);
  assert.equal(first(9, 1, 3), [4, 3]);
  assert.equal(first(10, 3, 1), [4, 3]);
  assert.equal(first(10, -4, -1), [-4, -3]);
  assert.equal(first(10, 3, -2), [2, 4]);
  assert.equal(first(8, -(2 ** 23), -(2 ** 24) + 1), [-(2 ** 23), 2 ** 23 - 1]);
});

test('subframes that there are not are refused, with the byte', () => {
  const refuses = (bits: string, ...parts: string[]): void =>
    throwsWith(() => readSubframe(new BitReader(bitsOf(bits), 0), new Int32Array(6), 8), DataError, ...parts);
  refuses('1', 'a subframe', 'byte 0');
  refuses('0 000010 0', 'a kind of subframe', 'got 2');
  refuses('0 000000 1 00000001', 'wasted bits', 'got 8');
  refuses('0 001000 0 10', 'a coding of residuals', 'got 2');
  refuses('0 001000 0 00 0010', 'partitions', 'got 1.5');
  refuses('0 001010 0 00000000 00000000 00 0010', 'partitions');
  refuses(`0 100000 0 00000000 1111`, 'a precision');
  refuses(`0 100000 0 00000000 0000 10000`, 'a shift', 'got -16');
  refuses('0 111111 0', 'a block of at least 32 samples', 'got 6');
  refuses('0 001000 0 00 0000 0001', 'the end of 3 bytes');
});

// The check values of catalogues of CRCs: CRC-8/SMBUS and CRC-16/UMTS of the digits 1 to 9.
test('checksums', () => {
  const digits = Uint8Array.from('123456789', (c) => c.charCodeAt(0));
  assert.is(crc8(digits, 0, 9), 0xf4);
  assert.is(crc16(digits, 0, 9), 0xfee8);
});

test('a damaged file is refused, whatever bit of a frame it is', () => {
  const { bytes } = FLAC_FILES[0];
  const start = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xf8);
  for (let bit = 8 * start; bit < 8 * bytes.length; bit++) {
    const damaged = Uint8Array.from(bytes);
    damaged[bit >> 3] ^= 0x80 >> (bit & 7);
    throwsWith(() => decodeFlac(damaged), DataError, 'decodeFlac');
  }
});

test('refuses what is no FLAC, what is cut short, and what is wider than WFDB has it', () => {
  const { bytes } = FLAC_FILES[0];
  throwsWith(() => decodeFlac(Uint8Array.of(1, 2, 3)), DataError, 'begins with fLaC');
  throwsWith(() => decodeFlac(bytes.subarray(0, 6)), DataError, 'the end of 6 bytes');
  throwsWith(() => decodeFlac(bytes.subarray(0, bytes.length - 1)), DataError, 'the end of');
  const sides = Uint8Array.from(FLAC_FILES[1].bytes);
  const second = sides.findIndex((byte, i) => byte === 0xff && sides[i + 1] === 0xf8 && sides[i + 4] === 1);
  assert.is(decodeFlac(sides.subarray(0, second)).channels[0].length, 32); // the encoder wrote no number of samples
  sides[8 + 17] = 100;
  assert.is(decodeFlac(sides).channels[0].length, 100);
  throwsWith(() => decodeFlac(sides.subarray(0, second)), DataError, 'expected 100 samples per channel, got 32');
  assert.is(decodeFlac(sides.subarray(0, second), 20).channels[0].length, 32);
  const long = constantFlac(1);
  long[8 + 13] |= 1; // the upper four of 36 bits that hold the number of samples
  throwsWith(() => decodeFlac(long), DataError, `expected ${2 ** 32} samples per channel, got 65536`);
  const wide = Uint8Array.from(bytes);
  wide[8 + 12] |= 1; // the highest of five bits that hold bits per sample less 1: 31 for 15
  throwsWith(() => decodeFlac(wide), DataError, 'at most 24 bits', 'got 32');
  const other = Uint8Array.from(bytes);
  other[4] |= 1; // a block of another kind
  throwsWith(() => decodeFlac(other), DataError, 'STREAMINFO');
  throwsWith(() => decodeFlac(bytes, -1), ArgumentError, 'samples');
});

test('a few bytes cannot claim any number of samples', () => {
  const [one] = decodeFlac(constantFlac(64)).channels;
  assert.is(one.length, 2 ** 22);
  assert.equal([one[0], one[2 ** 22 - 1]], [1, 1]);
  throwsWith(() => decodeFlac(constantFlac(65)), DataError, 'at most 4194304 samples');
});

test('any bits are a subframe or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.constantFrom(1, 16, 32), (bytes, size) => {
      const kinds = [0, 1, 8, 9, 10, 11, 12, 32, 33, 40, 63];
      const file = Uint8Array.from([kinds[bytes[0] % kinds.length] << 1, ...bytes.subarray(1)]);
      try {
        readSubframe(new BitReader(file, 0), new Int32Array(size), 16);
      } catch (error) {
        assert.instance(error, DataError);
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test.run();
