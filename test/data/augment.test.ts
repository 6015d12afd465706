import {
  ArgumentError,
  type Augmentation,
  amplitudeScale,
  BackendError,
  baselineWander,
  composeAugmentations,
  type DType,
  gaussianNoise,
  movingAverage,
  Random,
  ShapeError,
  scope,
  type Tensor,
  tensor,
  timeShift,
  timeStretch,
  zeros,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('data/augment');

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const signals = (shape: number[], dtype: DType = 'float64', seed = 1): Tensor =>
  randomTensor(new Random(seed), shape, dtype).clone();
/** A changed copy. */
const changed = (x: Tensor, augment: Augmentation, seed: number | string = 0): Tensor => {
  const y = x.clone();
  augment(y, new Random(seed));
  return y;
};
const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((sum, v) => sum + v, 0) / list.length;
const deviation = (list: number[]): number => Math.sqrt(mean(list.map((v) => (v - mean(list)) ** 2)));
/** Sample b's values of channel c. */
const row = (x: Tensor, b: number, c = 0): number[] => {
  const [L, C] = [x.shape[x.shape.length - 1], x.shape.length === 3 ? x.shape[1] : 1];
  return [...x.data.subarray((b * C + c) * L, (b * C + c + 1) * L)];
};

const makers: Record<string, (strength: number) => Augmentation> = {
  timeShift: (s) => timeShift(Math.round(10 * s)),
  movingAverage: (s) => movingAverage(Math.round(10 * s)),
  timeStretch: (s) => timeStretch(s),
  'timeStretch about a point': (s) => timeStretch(s, 4.3),
  amplitudeScale: (s) => amplitudeScale(s),
  baselineWander: (s) => baselineWander(s),
  gaussianNoise: (s) => gaussianNoise(s),
  'all of them': (s) =>
    composeAugmentations(
      timeShift(Math.round(10 * s)),
      timeStretch(s),
      amplitudeScale(s),
      baselineWander(s),
      gaussianNoise(s),
    ),
};

for (const [name, make] of Object.entries(makers)) {
  test(`${name}: of strength 0 it changes no bit`, () => {
    for (const dtype of ['float32', 'float64'] as const)
      for (const shape of [
        [5, 2, 31],
        [5, 31],
        [3, 1, 1],
        [0, 2, 7],
        [2, 0, 7],
        [2, 3, 0],
      ]) {
        const x = signals(shape, dtype);
        assertSameBits(changed(x, make(0)).data, x.data, `${dtype} [${shape}]`);
      }
  });

  test(`${name}: one seed, the same bits, another seed, others`, () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = signals([6, 2, 31], dtype);
      const y = changed(x, make(0.3), 7);
      assert.is(y.dtype, dtype);
      assertSameBits(changed(x, make(0.3), 7).data, y.data);
      assert.not.equal(changed(x, make(0.3), 8).data, y.data);
      assert.not.equal(y.data, x.data);
      assert.ok(y.data.every(Number.isFinite));
    }
  });

  test(`${name}: (B,L) is (B,1,L), and float32 rounds what float64 gives`, () => {
    const x = signals([6, 31]);
    const y = changed(x, make(0.3));
    assertSameBits(changed(tensor(x.data, [6, 1, 31]), make(0.3)).data, y.data);
    const single = changed(tensor(Float32Array.from(x.data), [6, 31]), make(0.3));
    assertClose(single.data, y.data, { relative: 1e-6, absolute: 1e-6 }); // some roundings of numbers of order 1
  });

  test(`${name}: each sample has draws of its own`, () => {
    const one = row(signals([1, 40]), 0);
    const x = tensor(
      range(8).flatMap(() => one),
      [8, 1, 40],
      { dtype: 'float64' },
    );
    const y = changed(x, make(0.5));
    assert.ok(new Set(range(8).map((b) => row(y, b).join())).size > 4); // two may have drawn the same whole shift
  });

  test(`${name}: in a batch of no width or one value nothing becomes NaN`, () => {
    for (const shape of [
      [4, 1, 1],
      [4, 2, 2],
      [4, 0],
      [0, 4],
    ])
      assert.ok(changed(signals(shape), make(0.9)).data.every(Number.isFinite), `[${shape}]`);
  });
}

// ---- time

test('timeShift: every channel is shifted by the same number of samples, the ends repeated, all shifts as often', () => {
  const [B, C, L, MAX] = [700, 2, 9, 3];
  const x = signals([B, C, L]);
  const y = changed(x, timeShift(MAX));
  const counts = new Map<number, number>();
  for (let b = 0; b < B; b++) {
    const fits = (s: number): boolean =>
      range(C).every((c) => {
        const old = row(x, b, c);
        const now = row(y, b, c);
        return now.every((v, t) => v === old[Math.min(Math.max(t - s, 0), L - 1)]);
      });
    const found = range(2 * MAX + 1)
      .map((i) => i - MAX)
      .filter(fits);
    assert.is(found.length, 1, `sample ${b}`);
    counts.set(found[0], (counts.get(found[0]) ?? 0) + 1);
  }
  assert.is(counts.size, 2 * MAX + 1);
  // binomial, 700 draws of 1/7: 100, deviation 9.3; four of them
  for (const [s, n] of counts) assert.ok(Math.abs(n - 100) < 37, `shift ${s}: ${n} times`);
});

test('movingAverage: means over 2k + 1 samples in plain loops, every k as often, the same for all channels', () => {
  const MAX = 3;
  const x = signals([800, 2, 9]);
  const y = changed(x, movingAverage(MAX));
  const counts = new Map<number, number>();
  for (const b of range(800)) {
    const smooth = (channel: readonly number[], k: number): number[] =>
      channel.map((_, t) => {
        const own = range(2 * k + 1).map((j) => channel[Math.min(Math.max(t + j - k, 0), 8)]);
        return own.reduce((sum, v) => sum + v, 0) / own.length;
      });
    const fits = range(MAX + 1).filter((k) =>
      range(2).every((c) => smooth(row(x, b, c), k).every((v, t) => Math.abs(v - row(y, b, c)[t]) < 1e-12)),
    );
    assert.is(fits.length, 1, `sample ${b}`);
    counts.set(fits[0], (counts.get(fits[0]) ?? 0) + 1);
  }
  for (const k of range(MAX + 1)) assert.ok(counts.get(k)! > 150, `${k}: ${counts.get(k)} of 800`);
});

test('timeShift: beyond the width only the value at the end is left', () => {
  const x = signals([50, 5]);
  const y = changed(x, timeShift(1e6));
  for (let b = 0; b < 50; b++) {
    const old = row(x, b);
    const now = new Set(row(y, b));
    assert.is(now.size, 1);
    assert.ok(now.has(old[0]) || now.has(old[4]));
  }
});

test('timeStretch: a ramp stays straight, with a slope of 1 / (1 + u) about the center, and level beyond the ends', () => {
  const [B, L, MAX] = [300, 61, 0.2];
  for (const center of [undefined, 30, 12.25, 0, 60, -5]) {
    const x = tensor(
      range(B).flatMap(() => range(L)),
      [B, 1, L],
      { dtype: 'float64' },
    );
    const y = changed(x, timeStretch(MAX, center));
    const c = center ?? 30;
    const us: number[] = [];
    for (let b = 0; b < B; b++) {
      const now = row(y, b);
      const inside = range(L).filter((t) => now[t] > 0 && now[t] < L - 1);
      const [first, last] = [inside[0], inside[inside.length - 1]];
      const slope = (now[last] - now[first]) / (last - first);
      us.push(1 / slope - 1);
      const expected = range(L).map((t) => Math.min(Math.max(c + (t - c) * slope, 0), L - 1));
      assertClose(now, expected, { absolute: 1e-10 });
    }
    // uniform in +-0.2: mean 0 with a deviation of 0.0067, deviation 0.1155
    assert.ok(us.every((u) => Math.abs(u) <= MAX + 1e-9));
    assert.ok(Math.abs(mean(us)) < 0.027 && Math.abs(deviation(us) - 0.1155) < 0.015, `${mean(us)} ${deviation(us)}`);
  }
});

test('timeStretch: it interpolates between neighbours, all channels alike', () => {
  const [B, C, L] = [40, 3, 25];
  const x = signals([B, C, L]);
  x.data.set(range(B).flatMap(() => range(C * L).map((i) => (i < L ? i : Math.sin(i * i))))); // channel 0 tells the place
  const y = changed(x, timeStretch(0.3, 11));
  for (let b = 0; b < B; b++)
    for (const c of [1, 2]) {
      const old = row(x, b, c);
      const expected = row(y, b, 0).map((at) => {
        const [i, j] = [Math.floor(at), Math.ceil(at)];
        return old[i] * (1 - (at - i)) + old[j] * (at - i);
      });
      assertClose(row(y, b, c), expected, { absolute: 1e-12 });
    }
});

// ---- amplitude

test('amplitudeScale: one factor a sample, whose logarithm is normal', () => {
  const [B, C, L] = [4000, 2, 3];
  const x = signals([B, C, L]);
  const y = changed(x, amplitudeScale(0.25));
  const logs = range(B).map((b) => {
    const factor = y.data[b * C * L] / x.data[b * C * L];
    for (let i = b * C * L; i < (b + 1) * C * L; i++)
      assertClose([y.data[i]], [factor * x.data[i]], { relative: 1e-14 });
    return Math.log(factor);
  });
  // deviations of the mean and of the deviation: 0.25 / sqrt(4000) = 0.004 and 0.0028; four of them
  assert.ok(Math.abs(mean(logs)) < 0.016, `mean ${mean(logs)}`);
  assert.ok(Math.abs(deviation(logs) - 0.25) < 0.012, `deviation ${deviation(logs)}`);
  const within = logs.filter((g) => Math.abs(g) < 0.25).length / B; // 0.683 of a normal law, deviation 0.0074
  assert.ok(Math.abs(within - 0.683) < 0.03, `${within} within one deviation`);
});

// ---- wander

/** The least-squares fit of a sin + b cos of so many cycles: its amplitude and the largest residual. */
function fit(w: number[], cycles: number): { amplitude: number; residual: number } {
  const step = (2 * Math.PI * cycles) / w.length;
  const [s, c] = [Math.sin, Math.cos].map((f) => w.map((_, t) => f(step * t)));
  const dot = (a: number[], b: number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const [ss, sc, cc, sw, cw] = [dot(s, s), dot(s, c), dot(c, c), dot(s, w), dot(c, w)];
  const det = ss * cc - sc * sc;
  const [a, b] = [(sw * cc - cw * sc) / det, (cw * ss - sw * sc) / det];
  return { amplitude: Math.hypot(a, b), residual: Math.max(...w.map((v, t) => Math.abs(v - a * s[t] - b * c[t]))) };
}

/** Cycles in the window, of a sinusoid: w[t-1] + w[t+1] = 2 cos(step) w[t], by least squares over all t. */
function cyclesOf(w: number[]): number {
  let [above, below] = [0, 0];
  for (let t = 1; t < w.length - 1; t++) {
    above += (w[t - 1] + w[t + 1]) * w[t];
    below += w[t] * w[t];
  }
  return (Math.acos(above / (2 * below)) * w.length) / (2 * Math.PI);
}

for (const [name, cycles] of [
  ['by default 0.1 to 0.6 cycles', undefined],
  ['2 to 5 cycles', [2, 5]],
] as const)
  test(`baselineWander: a sinusoid, the same on all channels, within its bounds: ${name}`, () => {
    const [B, C, L, A] = [400, 2, 253, 0.7];
    const y = changed(zeros([B, C, L], { dtype: 'float64' }), baselineWander(A, cycles));
    const [low, high] = cycles ?? [0.1, 0.6];
    const found = range(B).map((b) => {
      const w = row(y, b);
      assertSameBits(row(y, b, 1), w);
      const f = cyclesOf(w);
      return { f, first: w[0], ...fit(w, f) };
    });
    // The frequency of a slow wander is found to some 1e-7, as 1 - cos of a small step loses digits.
    for (const { f, amplitude, residual } of found) {
      assert.ok(residual < 1e-9, `residual ${residual} at ${f} cycles`);
      assert.ok(amplitude <= A + 1e-6, `amplitude ${amplitude}`);
      assert.ok(f > low - 1e-5 && f < high + 1e-5, `${f} cycles`);
    }
    // uniform laws: A/2 with a deviation of A / sqrt(12 * 400) = 0.01, likewise the frequency; either sign as often
    assert.ok(Math.abs(mean(found.map(({ amplitude }) => amplitude)) - A / 2) < 0.045);
    assert.ok(Math.abs(mean(found.map(({ f }) => f)) - (low + high) / 2) < 0.06 * (high - low));
    assert.ok(Math.abs(mean(found.map(({ first }) => Math.sign(first)))) < 0.2);
  });

test('baselineWander is added', () => {
  const x = signals([20, 2, 50]);
  const wander = changed(zeros([20, 2, 50], { dtype: 'float64' }), baselineWander(0.3));
  const expected = x.data.map((v, i) => v + wander.data[i]);
  assertSameBits(changed(x, baselineWander(0.3)).data, expected);
});

// ---- noise

test('gaussianNoise: normal, its deviation uniform from sample to sample', () => {
  const [B, L, MAX] = [500, 400, 0.2];
  const y = changed(zeros([B, 1, L], { dtype: 'float64' }), gaussianNoise(MAX));
  const own = range(B).map((b) => deviation(row(y, b)));
  // uniform in [0, 0.2]: mean 0.1, deviation 0.0577, known to 0.0026 and 0.0012; four of them, and room for the estimate
  assert.ok(Math.abs(mean(own) - 0.1) < 0.012, `mean ${mean(own)}`);
  assert.ok(Math.abs(deviation(own) - 0.0577) < 0.006, `deviation ${deviation(own)}`);
  assert.ok(own.every((v) => v < 1.15 * MAX)); // an estimate from 400 is good to 3.5%
  const within = range(B).flatMap((b) => row(y, b).map((v) => Number(Math.abs(v) < own[b])));
  assert.ok(Math.abs(mean(within) - 0.683) < 0.005, `${mean(within)} within one deviation`);
  const neighbours = range(B).map((b) => mean(row(y, b).map((v, i, all) => (v * (all[i + 1] ?? 0)) / own[b] ** 2)));
  assert.ok(Math.abs(mean(neighbours)) < 0.01, 'white'); // 200,000 products: 0.0022
});

// ---- together

test('composed is one after another, with one generator', () => {
  const steps = [timeShift(4), timeStretch(0.1), amplitudeScale(0.2), baselineWander(0.3), gaussianNoise(0.05)];
  const x = signals([7, 2, 33], 'float32');
  const expected = x.clone();
  const random = new Random('composed');
  for (const step of steps) step(expected, random);
  assertSameBits(changed(x, composeAugmentations(...steps), 'composed').data, expected.data);
  assertSameBits(changed(x, composeAugmentations()).data, x.data);
});

// ---- errors

const random = new Random(0);
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => timeShift(-1), ArgumentError, 'timeShift: expected max to be a whole number >= 0, got -1'],
  [() => movingAverage(-1), ArgumentError, 'movingAverage: expected max to be a whole number >= 0, got -1'],
  [() => timeShift(1.5), ArgumentError, 'timeShift: expected max to be a whole number >= 0, got 1.5'],
  [() => timeStretch(1), ArgumentError, 'timeStretch: expected max from 0 to below 1, got 1'],
  [() => timeStretch(Number.NaN), ArgumentError, 'timeStretch: expected max from 0 to below 1, got NaN'],
  [() => timeStretch(0.1, Number.NaN), ArgumentError, 'timeStretch: expected a finite center, got NaN'],
  [() => amplitudeScale(-0.1), ArgumentError, 'amplitudeScale: expected a finite deviation >= 0, got -0.1'],
  [() => baselineWander(Number.NaN), ArgumentError, 'baselineWander: expected a finite amplitude >= 0, got NaN'],
  [() => baselineWander(1, [-1, 2]), ArgumentError, 'baselineWander: expected a finite cycles[0] >= 0, got -1'],
  [() => baselineWander(1, [2, 1]), ArgumentError, 'baselineWander: expected a finite cycles[1] >= 2, got 1'],
  [
    () => baselineWander(1, [0, Number.POSITIVE_INFINITY]),
    ArgumentError,
    'baselineWander: expected a finite cycles[1] >= 0, got Infinity',
  ],
  [() => gaussianNoise(-1), ArgumentError, 'gaussianNoise: expected a finite deviation >= 0, got -1'],
  ...Object.entries({ timeShift, timeStretch, movingAverage, amplitudeScale, baselineWander, gaussianNoise }).map(
    ([name, make]): (typeof errors)[number] => [
      () => make(0)(zeros([5]), random),
      ShapeError,
      `${name}: expected x (B,C,L) or (B,L), got [5]`,
    ],
  ),
];
for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test('a batch whose scope has closed is refused', () => {
  let x = zeros([2, 3]);
  scope(() => {
    x = zeros([2, 3]);
  });
  assertThrows(
    () => timeShift(1)(x, random),
    BackendError,
    'timeShift: expected a live tensor, got one whose scope has closed; return it from the scope',
  );
});

test.run();
