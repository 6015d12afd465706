import { ArgumentError, DataError, meanAndDeviation } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantile } from '../../src/eval/summary.ts';
import { assertClose, assertThrows } from '../support/asserts.ts';

const test = suite('eval/summary');

const rounding = { relative: 1e-14 };

// import numpy as np
// v = np.array([3.5, -1, 2, 8, 0.25, 4])
// [np.quantile(v, q) for q in (0, .025, .1, .5, .77, .975, 1)]
test('quantiles are those of NumPy', () => {
  const ascending = [-1, 0.25, 2, 3.5, 4, 8];
  const expected = [-1.0, -0.84375, -0.375, 2.75, 3.925, 7.5, 8.0];
  const at = [0, 0.025, 0.1, 0.5, 0.77, 0.975, 1];
  assertClose(
    at.map((q) => quantile(ascending, q)),
    expected,
    rounding,
  );
  assert.equal(
    at.map((q) => quantile([7], q)),
    at.map(() => 7),
  );
});

// v.mean(), v.std(ddof=1)
// w = np.array([0.71, 0.74, 0.69]); w.mean(), w.std(ddof=1)
test('mean and deviation are those of NumPy', () => {
  const v = meanAndDeviation([3.5, -1, 2, 8, 0.25, 4]);
  assertClose([v.mean, v.deviation ?? NaN], [2.7916666666666665, 3.1796881398443255], rounding);
  const w = meanAndDeviation([0.71, 0.74, 0.69]);
  assertClose([w.mean, w.deviation ?? NaN], [0.7133333333333333, 0.025166114784235857], rounding);
  assert.equal(meanAndDeviation([0.3]), { mean: 0.3, deviation: null });
});

test('numbers near the ends of the doubles have means, deviations and quantiles', () => {
  const { mean, deviation } = meanAndDeviation([1e308, 1.6e308]);
  assertClose([mean, deviation ?? NaN], [1.3e308, 0.3e308 * Math.SQRT2], rounding);
  const tiny = meanAndDeviation([1e-300, 3e-300]);
  assertClose([tiny.mean, tiny.deviation ?? NaN], [2e-300, 1e-300 * Math.SQRT2], rounding);
  assert.is(quantile([-1.6e308, 1.6e308], 0.5), 0);
  assert.is(quantile([-1.6e308, 1.6e308], 1), 1.6e308);
});

for (const [values, q, type, message] of [
  [[], 0.5, DataError, 'quantile: expected at least one value, got none'],
  [[1, 3, 2], 0.5, DataError, 'quantile: expected values in ascending order, got 2 after 3'],
  [[1, Number.NaN], 0.5, DataError, 'quantile: expected finite numbers in ascending, got NaN at position 1'],
  [[Number.NaN, 1], 0.5, DataError, 'quantile: expected finite numbers in ascending, got NaN at position 0'],
  [[1, 2], 1.1, ArgumentError, 'quantile: expected q from 0 to 1, got 1.1'],
  [[1, 2], Number.NaN, ArgumentError, 'quantile: expected q from 0 to 1, got NaN'],
] as const)
  test(message, () => assertThrows(() => quantile(values, q), type, message));

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => meanAndDeviation([]), DataError, 'meanAndDeviation: expected at least one value, got none'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
