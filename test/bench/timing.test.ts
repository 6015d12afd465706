// What the bench makes of times, and what it lets pass as the same result; no time is measured.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { verify } from '../../bench/suites/micro/verify.ts';
import { elapsed } from '../../bench/support/clock.ts';
import { formatTiming, gflops, timingOf } from '../../bench/support/timing.ts';
import { assertClose, assertThrows } from '../support/asserts.ts';

// from scipy import stats; import numpy as np
// x = np.array([0.012, 0.010, 0.011, 0.014, 0.0105, 0.0125])
// low, high = stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=stats.sem(x))
// print(x.mean(), np.median(x), 100 * (high - low) / 2 / x.mean())
const SAMPLES = [0.012, 0.01, 0.011, 0.014, 0.0105, 0.0125];

test('a timing says what its samples come to', () => {
  const timing = timingOf('gemm', 'wasm', SAMPLES, 1e6);
  assertClose([timing.mean, timing.median, timing.minimum], [0.011666666666666667, 0.0115, 0.01], { relative: 1e-12 });
  assertClose([timing.margin as number], [13.240520885272621], { relative: 1e-9 });
  assert.equal([timing.work, timing.by, timing.samples, timing.flops], ['gemm', 'wasm', 6, 1e6]);
  assert.is(gflops(timing), 0.1);
  const single = timingOf('t-SNE', 'dynaecg', [4]);
  assert.equal(single, { work: 't-SNE', by: 'dynaecg', mean: 4, median: 4, minimum: 4, margin: null, samples: 1 });
});

test('a timing is printed in milliseconds', () => {
  assert.is(
    formatTiming(timingOf('gemm', 'wasm', SAMPLES, 1e6)),
    'minimum     10.0 ms, median     11.5 ms, mean     11.7 ms ± 13.2 % of 6,   0.1 GFLOP/s',
  );
  assert.is(formatTiming(timingOf('t-SNE', 'dynaecg', [4])), 'minimum   4000.0 ms, median   4000.0 ms');
});

test('processor time is told in seconds and nanoseconds', () => {
  assert.equal(elapsed({ user: 1_900_000, system: 200_001 }, [0, 0]), [2, 100_001_000]);
  assert.equal(elapsed({ user: 1_900_000, system: 200_001 }, [0, 900_000_000]), [1, 200_001_000]);
  assert.equal(elapsed({ user: 1_900_000, system: 200_001 }, [2, 100_001_000]), [0, 0]);
});

test('a workload is not timed unless it gives what it should', () => {
  const expected = [Float64Array.of(100, -1), [1, 2]];
  const whole = Int32Array.of(1, 2);
  verify('work', [Float32Array.of(100.0009, -1.0009), whole], expected);
  const cases: [given: ArrayLike<number>[], message: string][] = [
    [[Float32Array.of(100, -1)], 'work: expected 2 arrays, got 1'],
    [[Float64Array.of(100), whole], 'work: expected 2 elements in array 0, got 1'],
    [[Float64Array.of(100, -1.0011), whole], 'work: expected -1 at 1 of array 0, got -1.0011'],
    [[Float64Array.of(Number.NaN, -1), whole], 'work: expected 100 at 0 of array 0, got NaN'],
    [[Float64Array.of(100, -1), Int32Array.of(1, 3)], 'work: expected 2 at 1 of array 1, got 3'],
  ];
  for (const [given, message] of cases) assertThrows(() => verify('work', given, expected), Error, message);
});

test.run();
