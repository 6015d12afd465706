import { ArgumentError, DataError, Random } from 'dynaecg';
import {
  addNoise,
  beatQuality,
  detectQrs,
  NOISE_KINDS,
  QUALITY_LIMIT,
  resample,
  signalQuality,
  syntheticRecord,
  unreadableSeconds,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';

const test = suite('ecg/quality/signalQuality');
const record = syntheticRecord({ seed: 1, name: 'a', duration: 125, noise: 0.5 });
const { samplingFrequency: rate } = record;
const [{ samples }] = record.leads;
const problems = (x: ArrayLike<number>, hertz = rate) => signalQuality(x, hertz).windows.map(({ problem }) => problem);
const white = (n: number, deviation: number) => {
  const random = new Random('white');
  return Float32Array.from({ length: n }, () => random.normal(0, deviation));
};

test('windows of ten seconds without gaps between them; a clean recording can be read', () => {
  const { windows, samplingFrequency } = signalQuality(samples, rate);
  assert.is(samplingFrequency, rate);
  assert.equal(
    windows.map(({ start, end }) => [start, end]),
    [...Array.from({ length: 12 }, (_, k) => [3600 * k, 3600 * (k + 1)]), [43200, 45000]],
  );
  for (const { index, problem, parts } of windows) {
    assert.ok(index > 0.9 && index <= 1, `${index}`);
    assert.is(problem, null);
    assert.ok(parts!.bSQI > 0.4 && parts!.kSQI > 5 && parts!.basSQI > 0.4 && parts!.tSQI > 0.9, JSON.stringify(parts));
  }
  assert.is(unreadableSeconds({ windows, samplingFrequency }), 0);
  // The last window is short: its parts are of the last ten seconds.
  const end = signalQuality(samples.subarray(35 * rate), rate).windows;
  assertClose([windows[12].parts!.kSQI], [end[8].parts!.kSQI], { relative: 0.01 });
});

test('noise alone, of any kind: nothing can be read', () => {
  for (const deviation of [0.001, 0.1, 10])
    assert.equal(problems(white(60 * rate, deviation)), Array(6).fill('noise'), `white noise of ${deviation} mV`);
  const random = new Random('drift');
  let drift = 0;
  const walk = Float32Array.from({ length: 60 * rate }, () => (drift += random.normal(0, 0.01)));
  assert.equal(problems(walk), Array(6).fill('noise'), 'a drifting electrode');
  const hum = Float32Array.from({ length: 60 * rate }, (_, i) => Math.sin((2 * Math.PI * 50 * i) / rate));
  assert.not.ok(problems(hum.map((v, i) => v + white(1, 0.1)[0] * (i % 2))).includes('flat'));
});

test('noise added at -6 dB is found, at 24 dB it is not', () => {
  for (const kind of NOISE_KINDS) {
    const at = (snr: number) =>
      addNoise(record, { kind, snr, seed: 1, start: 30, period: Number.POSITIVE_INFINITY }).leads[0].samples;
    const low = problems(at(-6));
    assert.equal(low.slice(0, 3), [null, null, null]);
    assert.ok(low.slice(3).filter((p) => p === 'noise').length >= 9, `${kind} ${low}`);
    assert.equal(problems(at(24)), Array(13).fill(null), kind);
  }
});

test('neither a gain nor a sign changes anything', () => {
  const expected = signalQuality(samples, rate);
  for (const gain of [-1, 4, -(2 ** -12)])
    assert.equal(
      signalQuality(
        samples.map((v) => gain * v),
        rate,
      ),
      expected,
    );
  const other = signalQuality(
    samples.map((v) => 3 * v + 7),
    rate,
  ); // rounds
  other.windows.forEach(({ index }, k) => {
    assertClose([index], [expected.windows[k].index], { absolute: 0.01 });
  });
});

test('other rates give nearly the same', () => {
  const expected = signalQuality(samples, rate).windows;
  for (const hertz of [128, 250, 1000])
    signalQuality(resample(samples, rate, hertz), hertz).windows.forEach(({ index, problem }, k) => {
      assert.is(problem, null);
      assertClose([index], [expected[k].index], { absolute: 0.05 });
    });
});

test('a flat line and invalid samples are not noise, and short gaps spoil nothing', () => {
  const x = samples.slice();
  x.fill(0.5, 20 * rate, 30 * rate).fill(Number.NaN, 50 * rate, 57 * rate);
  for (let k = 0; k < 10; k++) x[80 * rate + 500 * k] = Number.NaN;
  const quality = signalQuality(x, rate);
  const expected = Array(13).fill(null);
  expected[2] = 'flat';
  expected[5] = 'invalid';
  assert.equal(
    quality.windows.map(({ problem }) => problem),
    expected,
  );
  assert.equal([quality.windows[2].index, quality.windows[2].parts], [0, null]);
  assert.is(unreadableSeconds(quality), 20);
  assert.is(unreadableSeconds(quality, ['flat']), 10);
  assert.is(unreadableSeconds(quality, ['noise']), 0);
  assert.equal(problems(new Float32Array(20 * rate)), ['flat', 'flat']);
  assert.equal(problems(new Float32Array(20 * rate).fill(Number.NaN)), ['invalid', 'invalid']);
  assert.equal(problems([]), []);
});

test('a pause without a beat is not called noise', () => {
  const still = white(40 * rate, 0.001).map((v, i) => v + (i < 10 * rate ? samples[i] : 0));
  const peaks = detectQrs(samples, rate).filter((p) => p < 10 * rate);
  const { windows } = signalQuality(still, rate, { peaks });
  assert.equal(
    windows.map(({ problem, index }) => [problem, index > QUALITY_LIMIT]),
    Array(4).fill([null, true]),
  );
});

test('of a beat: that of the ten seconds around it', () => {
  const peaks = detectQrs(samples, rate);
  const quality = beatQuality(samples, rate, peaks);
  assert.is(quality.length, peaks.length);
  assert.ok(quality.every((q) => q > 0.9));
  const noisy = samples.map((v, i) => v + (i >= 60 * rate ? white(1, 0)[0] : 0));
  const noise = white(samples.length, 1.5);
  for (let i = 60 * rate; i < noisy.length; i++) noisy[i] += noise[i];
  const own = beatQuality(noisy, rate, peaks);
  peaks.forEach((p, i) => {
    if (p < 55 * rate) assert.ok(own[i] > QUALITY_LIMIT, `${p / rate} s: ${own[i]}`);
    if (p > 65 * rate) assert.ok(own[i] < QUALITY_LIMIT, `${p / rate} s: ${own[i]}`);
  });
  assert.is(beatQuality(samples.subarray(0, 700), rate, [360]).length, 1);
});

test('errors', () => {
  assertThrows(
    () => signalQuality(samples, 40),
    ArgumentError,
    'signalQuality: expected samplingFrequency from 50 to 1000000, got 40',
  );
  const order = 'expected R peaks in ascending order from 0 to 44999, got 4 at 1';
  assertThrows(() => signalQuality(samples, rate, { peaks: [5, 4] }), DataError, `signalQuality: ${order}`);
  assertThrows(() => beatQuality(samples, rate, [5, 4]), DataError, `beatQuality: ${order}`);
});

test.run();
