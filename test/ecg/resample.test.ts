import { resample } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError } from '../../src/core/errors.ts';
import { assertClose, assertSameBits, throwsWith } from '../support/asserts.ts';

const test = suite('ecg/resample');
const TURN = 2 * Math.PI;
const RIPPLE = { absolute: 3e-4 }; // three times 80 dB

const PAIRS = [
  [250, 360],
  [360, 200],
  [128, 360],
  [360, 128],
  [1000, 200],
  [360, 333.3],
  [99.7, 250],
] as const;

function sampled(rate: number, seconds: number, f: (t: number) => number): Float32Array {
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => f(i / rate));
}

/** Without what the ends of the signal reach: 32 zero crossings at 0.92 of the lower rate. */
function inner(y: Float32Array, from: number, to: number): { start: number; values: Float32Array } {
  const start = Math.ceil((32 / 0.92 / Math.min(from, to)) * to) + 1;
  return { start, values: y.subarray(start, y.length - start - 1) };
}

test('agrees with scipy', () => {
  // import numpy as np, scipy.signal as s, scipy.special as sp
  // t = np.arange(400)
  // x = np.sin(2*np.pi*0.043*t) + 0.5*np.cos(2*np.pi*0.11*t + 1) + 0.3*np.sin(2*np.pi*0.2*t)
  // for up, down in [(36, 25), (5, 9), (45, 16)]:
  //   c = 0.92 / max(up, down); half = int(32 / c); k = np.arange(-half, half + 1)
  //   beta = 0.1102 * (80 - 8.7)
  //   h = np.sinc(c * k) * sp.i0(beta * np.sqrt(1 - (k * c / 32)**2)) / sp.i0(beta)
  //   y = s.resample_poly(x, up, down, window=h / h.sum()); i = len(y) // 2
  //   print(len(y), y[i:i + 8])
  const golden = [
    [36, 25, 576, -0.3176533, -0.453231, -0.7376695, -1.160718, -1.572026, -1.765353, -1.612939, -1.156815],
    [5, 9, 223, -0.2923063, -0.8561545, -1.760376, -0.8794412, 0.0449117, -0.08598323, 0.3214096, 0.2854807],
    [45, 16, 1125, -0.2950657, -0.3429529, -0.4111403, -0.51551, -0.6644569, -0.8561723, -1.077813, -1.307082],
  ];
  const x = sampled(
    1,
    400,
    (t) => Math.sin(TURN * 0.043 * t) + 0.5 * Math.cos(TURN * 0.11 * t + 1) + 0.3 * Math.sin(TURN * 0.2 * t),
  );
  for (const [up, down, length, ...expected] of golden) {
    const y = resample(x, down, up);
    assert.is(y.length, length);
    // scipy's weights sum to 1 over all outputs, ours for each.
    assertClose(y.subarray(length >> 1, (length >> 1) + 8), expected, { absolute: 1e-5 }, `${up} / ${down}`);
  }
});

test('agrees with its definition at rates in no small ratio', () => {
  const x = sampled(1, 300, (t) => Math.cos(0.9 * t) + (t % 7));
  for (const to of [0.7310585, 1.9318516]) {
    const crossings = 0.92 * Math.min(1, to);
    const bessel = (v: number): number => {
      let sum = 0;
      for (let k = 0; k < 400; k++) sum += Math.exp(v * Math.cos(((k + 0.5) * Math.PI) / 400));
      return sum / 400; // I0(v) is the mean of exp(v cos(angle))
    };
    const w = (u: number): number =>
      (u === 0 ? 1 : Math.sin(Math.PI * u) / (Math.PI * u)) * bessel(0.1102 * 71.3 * Math.sqrt(1 - (u / 32) ** 2));
    const y = resample(x, 1, to);
    for (let i = 0; i < y.length; i += 17) {
      let [sum, total] = [0, 0];
      for (let k = -80; k < 380; k++) {
        const u = (k - i / to) * crossings;
        if (Math.abs(u) > 32) continue;
        total += w(u);
        sum += w(u) * x[Math.min(Math.max(k, 0), 299)]; // held at the ends
      }
      assertClose([y[i]], [sum / total], { absolute: 2e-5 }, `${to}: ${i}`);
    }
  }
});

test('a sine in the band keeps its amplitude and its phase', () => {
  for (const [from, to] of PAIRS)
    for (const part of [0.03, 0.4, 0.8]) {
      const frequency = (part * Math.min(from, to)) / 2;
      const sine = (t: number): number => Math.sin(TURN * frequency * t + 0.7);
      const { start, values } = inner(resample(sampled(from, 4, sine), from, to), from, to);
      assert.ok(values.length > 200);
      const expected = Float32Array.from(values, (_, i) => sine((start + i) / to));
      assertClose(values, expected, RIPPLE, `${from} to ${to}, ${frequency} Hz`);
    }
});

test('a tone above the new Nyquist frequency vanishes', () => {
  for (const [from, to] of PAIRS.filter(([from, to]) => to < from))
    for (const frequency of [0.5 * to, 0.25 * (to + from)]) {
      const tone = sampled(from, 4, (t) => Math.sin(TURN * frequency * t));
      const { values } = inner(resample(tone, from, to), from, to);
      assertClose(values, new Float32Array(values.length), RIPPLE, `${from} to ${to}, ${frequency} Hz`);
    }
});

test('images of a tone above the old Nyquist frequency vanish', () => {
  const y = resample(
    sampled(100, 4, (t) => Math.sin(TURN * 45 * t)),
    100,
    300,
  );
  // The image would be at 55 Hz.
  let [real, imaginary] = [0, 0];
  for (let i = 300; i < 900; i++) {
    real += y[i] * Math.cos((TURN * 55 * i) / 300);
    imaginary += y[i] * Math.sin((TURN * 55 * i) / 300);
  }
  assert.ok(Math.hypot(real, imaginary) / 300 < 3e-4);
});

test('equal rates give a copy', () => {
  const x = Float32Array.of(1, Number.NaN, 3);
  const y = resample(x, 360, 360);
  assertSameBits(y, x);
  assert.is.not(y.buffer, x.buffer);
});

test('a constant stays one up to the ends, and the length is ceil(n to / from)', () => {
  for (const [from, to] of PAIRS)
    for (const n of [0, 1, 2, 100, 1001]) {
      const y = resample(new Float32Array(n).fill(-0.3), from, to);
      assert.is(y.length, Math.ceil((n * to) / from));
      assertSameBits(y, new Float32Array(y.length).fill(-0.3), `${from} to ${to}`);
    }
  // 3 * 0.1 / 0.3 is more than 1 in float64.
  assert.is(resample(new Float32Array(3), 0.3, 0.1).length, 1);
});

test('a signal and its mirror image: no delay', () => {
  const x = new Float32Array(401);
  x[200] = 1;
  x[203] = 0.5;
  for (const [from, to] of [
    [200, 360],
    [200, 100],
  ]) {
    // Up to the output that lies on the last sample.
    const length = (400 * to) / from + 1;
    const y = resample(x, from, to).subarray(0, length);
    const mirrored = resample(x.slice().reverse(), from, to).subarray(0, length);
    assertClose([...mirrored].reverse(), y, { absolute: 1e-7 });
  }
});

test('a NaN or infinite sample makes outputs NaN within one period of the lower rate, and no others', () => {
  const signal = sampled(360, 3, (t) => Math.sin(TURN * 5 * t));
  const rates = [200, 360.5, 1000];
  const cleans = rates.map((to) => resample(signal, 360, to));
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
    for (const [k, to] of rates.entries())
      for (const [start, end] of [
        [500, 501],
        [500, 600],
        [0, 1],
        [0, 90],
        [1079, 1080],
        [300, 1080],
      ]) {
        const x = signal.slice().fill(bad, start, end);
        const y = resample(x, 360, to);
        const period = Math.max(1, 360 / to);
        let invalid = 0;
        y.forEach((v, i) => {
          const t = (i * 360) / to;
          const near = t > start - period && t < end - 1 + period;
          assert.is(Number.isNaN(v), near, `${to} Hz, NaN from ${start} to ${end}, output ${i}`);
          assert.ok(near || Math.abs(v) < 1.1);
          if (near) invalid++;
        });
        assert.ok(invalid >= 1);
        // Beyond the kernel's reach nothing has changed.
        const clean = cleans[k];
        const reach = (32 / 0.92) * period + 1;
        y.forEach((v, i) => {
          const t = (i * 360) / to;
          if (t < start - reach || t > end + reach) assert.is(v, clean[i]);
        });
      }
  assertSameBits(resample(new Float32Array(9).fill(Number.NaN), 3, 1), [Number.NaN, Number.NaN, Number.NaN]);
});

test('what lies beyond a NaN does not come in', () => {
  const x = new Float32Array(200).fill(1).fill(1000, 101);
  x[100] = Number.NaN;
  const y = resample(x, 100, 170);
  assertSameBits(y.subarray(0, 168), new Float32Array(168).fill(1));
  assertSameBits(y.subarray(172), new Float32Array(168).fill(1000));
});

test('rates that are whole numbers and others in the same ratio give the same', () => {
  const x = sampled(100, 3, (t) => Math.sin(40 * t) + t);
  assertClose(resample(x, 250, 360), resample(x, 2.5, 3.6), { absolute: 1e-6 });
});

test('refuses rates that are none', () => {
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const parts = ['resample: expected', 'to be a rate above 0 Hz', `got ${bad}`];
    throwsWith(() => resample(new Float32Array(4), bad, 360), ArgumentError, 'from', ...parts);
    throwsWith(() => resample(new Float32Array(4), 360, bad), ArgumentError, 'to', ...parts);
  }
});

test.run();
