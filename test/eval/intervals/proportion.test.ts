import { ArgumentError, type Interval, proportionInterval } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';

const test = suite('eval/intervals/proportion');

const ends = ({ low, high }: Interval): number[] => [low, high];

// ---- proportions

// SciPy 1.10.1: c = scipy.stats.binomtest(k, n).proportion_ci(level, method); c.low, c.high
const PROPORTIONS: readonly [
  k: number,
  n: number,
  level: number,
  method: 'exact' | 'wilson',
  low: number,
  high: number,
][] = [
  [171, 171, 0.95, 'exact', 0.9786586254334967, 1],
  [171, 171, 0.8, 'wilson', 0.9904868406686737, 1],
  [0, 171, 0.95, 'exact', 0, 0.021341374566503316],
  [0, 171, 0.95, 'wilson', 0, 0.021971097968438207],
  [170, 171, 0.95, 'exact', 0.9678495166078122, 0.9998519536029935],
  [170, 171, 0.95, 'wilson', 0.9676230218186955, 0.9989669456861813],
  [3, 4, 0.95, 'exact', 0.19412044968324338, 0.9936905367902901],
  [3, 4, 0.8, 'wilson', 0.4325414503690775, 0.9219192523148823],
  [1, 1, 0.95, 'exact', 0.025, 1],
  [90, 100, 0.8, 'exact', 0.8501174076983797, 0.9368887431514368],
  [90, 100, 0.95, 'wilson', 0.8256343384950865, 0.9447708629393249],
  [5000, 99000, 0.95, 'exact', 0.049149090792467806, 0.05188742106569791],
  [5000, 99000, 0.8, 'wilson', 0.04962055058902471, 0.051404464092952525],
];

test('intervals of proportions: Clopper and Pearson’s, and Wilson’s', () => {
  for (const [k, n, level, method, low, high] of PROPORTIONS) {
    const own = proportionInterval(k, n, { level, method });
    assertClose(ends(own), [low, high], { relative: 1e-11 }, `${k} of ${n}, ${level}, ${method}`);
  }
  assert.equal(proportionInterval(3, 4), proportionInterval(3, 4, { level: 0.95, method: 'exact' }));
  for (const method of ['exact', 'wilson'] as const)
    assert.equal(proportionInterval(0, 0, { method }), { low: 0, high: 1 });
});

test('the exact interval holds every proportion at least as often as its level', () => {
  const [n, level] = [12, 0.9];
  const intervals = Array.from({ length: n + 1 }, (_, k) => proportionInterval(k, n, { level }));
  for (let p = 0.005; p < 1; p += 0.005) {
    let held = 0;
    let probability = (1 - p) ** n; // of k of n
    for (const [k, { low, high }] of intervals.entries()) {
      if (low <= p && p <= high) held += probability;
      probability *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
    assert.ok(held >= level, `${held} at ${p}`);
  }
});

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => proportionInterval(5, 4),
    ArgumentError,
    'proportionInterval: expected at most as many successes as trials, 4, got 5',
  ],
  [
    () => proportionInterval(1, 4, { level: 1 }),
    ArgumentError,
    'proportionInterval: expected a level between 0 and 1, got 1',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
