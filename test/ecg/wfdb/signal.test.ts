import { decodeSignal, encodeSignal, invalidSample, SIGNAL_FORMATS } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { Random } from '../../../src/core/random.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg/wfdb/signal');
const bytes = (...values: number[]) => Uint8Array.from(values);

test('format 212: the bits as signal(5) lays them out', () => {
  // The first sample is the 12 low bits of the first byte pair; the second has the pair's 4 high bits on top of byte 3.
  assert.equal(decodeSignal(212, bytes(0xe3, 0x33, 0xf3), { signals: 2 }), [
    Int16Array.of(0x3e3),
    Int16Array.of(0x3f3),
  ]);
  const first = decodeSignal(212, bytes(0xff, 0xff, 0xff, 0x00, 0x18, 0x00), { signals: 1 });
  assert.equal(first, [Int16Array.of(-1, -1, -2048, 256)]);
  assert.equal(decodeSignal(212, bytes(0x01, 0x70, 0x02, 0xff, 0x0f), { signals: 1 }), [Int16Array.of(1, 0x702, -1)]);
});

test('format 16 is two’s complement, low byte first', () => {
  assert.equal(decodeSignal(16, bytes(1, 0, 0xff, 0xff, 0, 0x80, 0xff, 0x7f), { signals: 1 }), [
    Int16Array.of(1, -1, -32768, 32767),
  ]);
});

test('format 80 is offset by 128', () => {
  assert.equal(decodeSignal(80, bytes(0, 128, 129, 255), { signals: 2 }), [
    Int16Array.of(-128, 1),
    Int16Array.of(0, 127),
  ]);
});

test('an offset is skipped, and a number of samples is all that is read', () => {
  assert.equal(decodeSignal(80, bytes(9, 9, 129, 130, 131), { signals: 1, samples: 2, byteOffset: 2 }), [
    Int16Array.of(1, 2),
  ]);
});

test('what is written reads back equal, for every format, number of signals and length', () => {
  const random = new Random(1);
  for (const format of SIGNAL_FORMATS)
    for (const count of [1, 2, 3])
      for (const samples of [0, 1, 2, 5, 64]) {
        const low = invalidSample(format);
        const signals = Array.from({ length: count }, () =>
          Int16Array.from({ length: samples }, () => low + random.integer(-2 * low)),
        );
        const written = encodeSignal(format, signals);
        assert.equal(decodeSignal(format, written, { signals: count, samples }), signals);
        if (samples) assert.equal(decodeSignal(format, written, { signals: count }), signals);
      }
});

test('refuses other formats, naming those it reads', () => {
  throwsWith(() => decodeSignal(310, bytes(), { signals: 1 }), DataError, 'decodeSignal', '16, 80, 212', '310');
  throwsWith(() => encodeSignal(8, []), DataError, 'encodeSignal', '16, 80, 212', 'got 8');
  throwsWith(() => invalidSample(0), DataError, '16, 80, 212');
});

test('refuses truncated bytes, naming the file and both counts', () => {
  const options = { signals: 2, samples: 4, byteOffset: 1, file: 'a.dat' };
  throwsWith(() => decodeSignal(212, new Uint8Array(12), options), DataError, 'a.dat', 'expected 13 bytes', 'got 12');
  assert.is(decodeSignal(212, new Uint8Array(13), options)[0].length, 4);
});

test('refuses unequal lengths and values out of range, naming signal and sample', () => {
  throwsWith(
    () => encodeSignal(16, [new Int16Array(3), new Int16Array(2)]),
    DataError,
    '3 samples in signal 1',
    'got 2',
  );
  throwsWith(
    () => encodeSignal(212, [Int16Array.of(0, 2048)]),
    DataError,
    'signal 0 sample 1',
    '-2048 to 2047',
    '2048',
  );
  throwsWith(() => encodeSignal(80, [Int16Array.of(-129)]), DataError, '-128 to 127', '-129');
  throwsWith(() => decodeSignal(16, bytes(), { signals: 0 }), ArgumentError, 'signals', 'got 0');
});

test.run();
