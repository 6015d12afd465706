import { Random } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { aboveBaseline, agreement, kurtosis, resemblance } from '../../../src/ecg/quality/parts.ts';
import { bandPower, powerSpectrum } from '../../../src/ecg/quality/spectrum.ts';
import { assertClose } from '../../support/asserts.ts';

const test = suite('ecg/quality/parts');
const signal = Float64Array.from(
  { length: 2000 },
  (_, i) => Math.sin(i / 3) + 3 * Math.sin(i / 150) + (i % 170 === 0 ? 8 : 0) + 5,
);

// import numpy as np
// from scipy.signal import periodogram
// from scipy.stats import kurtosis
// i = np.arange(2000)
// x = np.sin(i / 3) + 3 * np.sin(i / 150) + (i % 170 == 0) * 8 + 5
// kurtosis(x, fisher=False)
// f, p = periodogram(x, 200, window='hann', nfft=2048, detrend='constant')
// p[f <= 1].sum() / p[(f >= 5) & (f <= 15)].sum(), 1 - p[f <= 1].sum() / p[f <= 40].sum()
// f, p = periodogram(x[:700], 200, window='hann', nfft=1024, detrend='constant')
// 1 - p[f <= 1].sum() / p[f <= 40].sum(), p[(f >= 5) & (f <= 15)].sum() / p[f <= 40].sum()
test('kurtosis and shares of power are those of SciPy', () => {
  assertClose([kurtosis(signal)], [3.0012529868159104], { relative: 1e-12 });
  const spectrum = powerSpectrum(signal);
  const ratio = bandPower(spectrum, 200, 0, 1) / bandPower(spectrum, 200, 5, 15);
  assertClose([ratio], [45.90628301583679 / 6.087560151303935], { relative: 1e-12 });
  assertClose([aboveBaseline(signal, 200)], [0.13623952748825952], { relative: 1e-12 });
  const short = signal.subarray(0, 700);
  assertClose([aboveBaseline(short, 200)], [0.20097891842324656], { relative: 1e-12 });
  const own = powerSpectrum(short);
  assertClose([bandPower(own, 200, 5, 15) / bandPower(own, 200, 0, 40)], [0.16732931221050829], { relative: 1e-12 });
});

test('the spectrum is the sum over the samples, of lengths that are no power of two as well', () => {
  for (const n of [1, 2, 3, 16, 50]) {
    const x = signal.subarray(0, n);
    const m = 2 ** Math.max(1, Math.ceil(Math.log2(n)));
    const mean = x.reduce((a, b) => a + b, 0) / n;
    const expected = Float64Array.from({ length: m / 2 + 1 }, (_, k) => {
      let [re, im] = [0, 0];
      x.forEach((v, i) => {
        const w = (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)) * (v - mean);
        re += w * Math.cos((2 * Math.PI * k * i) / m);
        im -= w * Math.sin((2 * Math.PI * k * i) / m);
      });
      return (k === 0 || k === m / 2 ? 1 : 2) * (re * re + im * im);
    });
    assertClose(powerSpectrum(x), expected, { relative: 1e-9, absolute: 1e-12 });
  }
});

test('constants and nothing', () => {
  const constant = new Float64Array(400).fill(3);
  assert.equal([kurtosis(constant), aboveBaseline(constant, 200), kurtosis([])], [0, 0, 0]);
  assert.equal([agreement([], [], 200), agreement([5], [], 200), agreement([], [5], 200)], [1, 0, 0]);
  assert.equal([resemblance(constant, [], 200), resemblance(constant, [200], 200)], [1, 1]);
  assert.is(resemblance(constant, [150, 250], 200), 0);
});

test('agreement: beats within 150 ms are the same, each once', () => {
  assert.is(agreement([100, 300, 500], [100, 330, 531], 200), 2 / 4);
  assert.is(agreement([100, 300, 500], [70, 330, 530], 200), 1);
  assert.is(agreement([100], [90, 110], 200), 1 / 2);
  assert.is(agreement([100, 300], [500], 200), 0);
  assert.is(agreement([90, 110, 400], [100, 390, 410], 200), 2 / 4);
});

test('resemblance: the median over the beats of the highest correlation with another', () => {
  const random = new Random(0);
  const x = Float64Array.from({ length: 2000 }, () => random.normal());
  const peaks = [41, 42, 300, 500, 700, 1000, 1937, 1938];
  const inside = peaks.filter((p) => p >= 42 && p + 62 < 2000);
  assert.equal(inside, [42, 300, 500, 700, 1000, 1937]);
  const part = (p: number): number[] => [...x.subarray(p - 40, p + 61)];
  const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const covariance = (a: number[], b: number[]): number => mean(a.map((v, i) => (v - mean(a)) * (b[i] - mean(b))));
  const correlation = (a: number[], b: number[]): number =>
    covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
  const best = inside.map((p) =>
    Math.max(
      ...inside.filter((q) => q !== p).flatMap((q) => [-2, -1, 0, 1, 2].map((s) => correlation(part(p), part(q + s)))),
    ),
  );
  best.sort((a, b) => a - b);
  assertClose([resemblance(x, peaks, 200)], [(best[2] + best[3]) / 2], { relative: 1e-12 });
});

test('two shapes of beats, each twice: as similar as can be', () => {
  const x = new Float64Array(2000);
  for (const [peak, width] of [
    [200, 3],
    [500, 12],
    [900, 3],
    [1300, 12],
  ])
    for (let t = -40; t <= 60; t++) x[peak + t] += Math.exp(-((t / width) ** 2));
  assertClose([resemblance(x, [200, 500, 900, 1300], 200)], [1], { absolute: 1e-12 });
  assert.ok(resemblance(x, [200, 500], 200) < 0.9);
});

test.run();
