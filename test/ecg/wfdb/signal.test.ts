import { decodeSignal, encodeSignal, invalidSample, SIGNAL_FORMATS } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg/wfdb/signal');
const bytes = (...values: number[]) => Uint8Array.from(values);

test('an offset is skipped, and a number of samples is all that is read', () => {
  assert.equal(decodeSignal(80, bytes(9, 9, 129, 130, 131), { signals: 1, samples: 2, byteOffset: 2 }), [
    Int16Array.of(1, 2),
  ]);
});

// Frames of three, one and two samples, byte by byte: 1 2 3 | 10 | 20 21, then 4 5 6 | 11 | 22 23
test('several samples per frame follow each other in it', () => {
  const file = Uint8Array.of(1, 2, 3, 10, 20, 21, 4, 5, 6, 11, 22, 23, 7).map((sample) => sample + 128);
  const options = { signals: 3, samplesPerFrame: [3, 1, 2] };
  const expected = [Int16Array.of(1, 2, 3, 4, 5, 6), Int16Array.of(10, 11), Int16Array.of(20, 21, 22, 23)];
  assert.equal(decodeSignal(80, file, options), expected);
  const [first] = decodeSignal(80, file, { ...options, samples: 1 });
  assert.equal(first, Int16Array.of(1, 2, 3));
  throwsWith(() => decodeSignal(80, file, { ...options, samples: 3 }), DataError, 'expected 18 bytes', 'got 13');
  throwsWith(() => decodeSignal(80, file, { signals: 2, samplesPerFrame: [1] }), ArgumentError, 'of 2 signals, got 1');
  throwsWith(() => decodeSignal(80, file, { signals: 1, samplesPerFrame: [0] }), ArgumentError, 'samplesPerFrame[0]');
});

test('format 8 with several samples per frame: each signal has its own differences', () => {
  const file = bytes(1, 2, 10, 3, 4, 20);
  const options = { signals: 2, samplesPerFrame: [2, 1], initialValues: [100, -100] };
  assert.equal(decodeSignal(8, file, options), [Int32Array.of(101, 103, 106, 110), Int32Array.of(-90, -70)]);
});

test('refuses other formats, naming those it reads', () => {
  const all = SIGNAL_FORMATS.join(', ');
  throwsWith(() => decodeSignal(33, bytes(), { signals: 1 }), DataError, 'decodeSignal', all, '33');
  throwsWith(() => encodeSignal(516, []), DataError, 'encodeSignal', all, 'got 516');
  throwsWith(() => invalidSample(0), DataError, all);
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
