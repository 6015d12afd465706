import { decodeSignal, type FlacSamples } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../../src/core/errors.ts';
import { throwsWith } from '../../../support/asserts.ts';

const test = suite('ecg/wfdb/signals flac');
const file = Uint8Array.of(0x66, 0x4c, 0x61, 0x43);

/** Reads what a decoder is said to return. */
const read = (format: number, samples: FlacSamples, options: object = {}) =>
  decodeSignal(format, file, {
    signals: samples.channels.length,
    file: 'a.flac',
    flac: (bytes) => {
      assert.is(bytes, file);
      return samples;
    },
    ...options,
  });

test('a channel is a signal', () => {
  const channels = [Int32Array.of(1, -2, 3), [127, -128, 0]];
  assert.equal(read(508, { channels, bitsPerSample: 8 }), [Int16Array.of(1, -2, 3), Int16Array.of(127, -128, 0)]);
  const [wide] = read(524, { channels: [[8388607, -8388608]], bitsPerSample: 24 });
  assert.equal(wide, Int32Array.of(8388607, -8388608));
  const [narrow] = read(516, { channels: [[5]], bitsPerSample: 8 }); // fewer bits than the format's
  assert.equal(narrow, Int16Array.of(5));
});

test('an offset is in samples, and a number of samples is all that is read', () => {
  const channels = [
    [9, 9, 1, 2, 3],
    [9, 9, 4, 5, 6],
  ];
  const two = [Int16Array.of(1, 2), Int16Array.of(4, 5)];
  assert.equal(read(516, { channels, bitsPerSample: 16 }, { byteOffset: 2, samples: 2 }), two);
  const options = { byteOffset: 1, samplesPerFrame: [2, 2] };
  assert.equal(read(516, { channels, bitsPerSample: 16 }, { ...options, samples: 1 }), [
    Int16Array.of(9, 1),
    Int16Array.of(9, 4),
  ]);
  assert.is(read(516, { channels, bitsPerSample: 16 }, options)[0].length, 4);
  assert.is(read(516, { channels, bitsPerSample: 16 }, { ...options, byteOffset: 2 })[0].length, 2); // whole frames
  const long = () => read(516, { channels, bitsPerSample: 16 }, { byteOffset: 3, samples: 3 });
  throwsWith(long, DataError, 'a.flac', 'expected 6 samples in channel 0', 'got 5');
});

test('what the format does not allow is refused, with the file', () => {
  throwsWith(
    () => decodeSignal(516, file, { signals: 1, file: 'a.flac' }),
    DataError,
    'a.flac',
    'option flac',
    'format 516',
  );
  const channels = [[1], [2]];
  throwsWith(() => read(516, { channels, bitsPerSample: 24 }), DataError, 'at most 16 bits', 'got 24');
  throwsWith(() => read(516, { channels, bitsPerSample: 0 }), DataError, 'at most 16 bits', 'got 0');
  throwsWith(() => read(516, { channels, bitsPerSample: 16 }, { signals: 3 }), DataError, 'each of 3 signals', 'got 2');
  throwsWith(
    () => read(516, { channels, bitsPerSample: 16 }, { samplesPerFrame: [1, 2] }),
    DataError,
    'equally many samples per frame',
  );
  const broken = {
    flac: () => {
      throw new Error('no FLAC');
    },
  };
  throwsWith(() => read(516, { channels, bitsPerSample: 16 }, broken), DataError, 'a.flac', 'no FLAC');
  const nothing = { flac: () => null as unknown as FlacSamples };
  throwsWith(() => read(516, { channels, bitsPerSample: 16 }, nothing), ArgumentError, 'what flac returns');
});

test.run();
