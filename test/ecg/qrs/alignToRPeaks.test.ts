import { alignToRPeaks, detectQrs, syntheticRecord } from 'dynaecg/ecg';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg/qrs/alignToRPeaks');

const RATE = 360;
const { leads, annotations } = syntheticRecord({ seed: 'align', name: 'a', duration: 60, ventricular: 0.2 });
const { samples } = leads[0];
const found = detectQrs(samples, RATE);
const align = (marks: ArrayLike<number>): number[] => [...alignToRPeaks(samples, RATE, marks)];

/** A flat line with triangles, 11 samples at their base and as high as given, at these samples. */
function triangles(length: number, at: readonly number[], height = 1): Float32Array {
  const signal = new Float32Array(length);
  for (const peak of at) for (let i = -5; i <= 5; i++) signal[peak + i] += height * (1 - Math.abs(i) / 6);
  return signal;
}

test('detected R peaks stay, and those nearby move to them', () => {
  assert.ok(found.length > 50);
  assert.equal(align(found), [...found]);
  for (const ms of [-40, -20, -8, 8, 20, 40]) {
    const moved = found.map((peak) => Math.round(peak + (ms * RATE) / 1000));
    const inside = [...moved.keys()].filter((i) => moved[i] >= 0 && moved[i] < samples.length);
    assert.equal(
      align(inside.map((i) => moved[i])),
      inside.map((i) => found[i]),
      `${ms} ms`,
    );
  }
});

test('each mark by itself, whatever their order', () => {
  const options = { numRuns: 50 };
  const marks = fc.uniqueArray(fc.constantFrom(...found), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(marks, fc.integer({ min: -15, max: 15 }), (some, shift) => {
      const moved = some.map((peak) => Math.min(Math.max(peak + shift, 0), samples.length - 1));
      assert.equal(align(moved), some);
    }),
    options,
  );
});

test('annotations of synthetic recordings are at the R peaks, within a few samples', () => {
  const marks = annotations.filter(({ label }) => 'NAV'.includes(label)).map(({ sample }) => sample);
  const offsets = align(marks).map((peak, i) => Math.abs(peak - marks[i]));
  const near = offsets.filter((offset) => offset <= 3).length / offsets.length;
  assert.ok(near > 0.9, `${near} are within three samples`);
});

test('a mark takes the nearest complex within 150 ms that is not nearer to another mark', () => {
  const signal = triangles(2000, [500, 590, 1500]);
  const at = (...marks: number[]): number[] => [...alignToRPeaks(signal, RATE, marks)];
  assert.equal(at(480), [500]);
  assert.equal(at(1500 + 53), [1500], 'within 150 ms, 54 samples');
  assert.equal(at(1500 + 60), [1560], 'beyond them it stays');
  assert.equal(at(1450, 1490), [1450, 1500], 'the complex is nearer to the second');
  assert.equal(at(1490, 1450), [1500, 1450]);
  assert.equal(at(), []);
  assert.equal(at(0, 1999), [0, 1999]);
});

test('a negative peak is one too, and no R peak is on a sample that is not finite', () => {
  const signal = triangles(2000, [500, 1000, 1500], -1);
  assert.equal([...alignToRPeaks(signal, RATE, [490, 1010, 1490])], [500, 1000, 1500]);
  signal[1000] = Number.NaN;
  const [, peak] = alignToRPeaks(signal, RATE, [490, 1010, 1490]);
  assert.ok(peak !== 1000 && Math.abs(peak - 1000) <= 2, `${peak}`);
  assert.equal([...alignToRPeaks(new Float32Array(1000).fill(Number.NaN), RATE, [500])], [500]);
  assert.equal([...alignToRPeaks(new Float32Array(1000), RATE, [500])], [500], 'a flat line');
});

test('marks that are no samples of the signal are refused', () => {
  for (const mark of [-1, samples.length, 0.5, Number.NaN])
    throwsWith(() => align([100, mark]), ArgumentError, 'alignToRPeaks', 'marks[1]');
  throwsWith(() => alignToRPeaks(samples, 20, [5]), ArgumentError, 'alignToRPeaks', 'samplingFrequency');
});

test.run();
