import {
  ArgumentError,
  bootstrapDifference,
  bootstrapInterval,
  type ConfusionMatrix,
  classificationScores,
  DataError,
  type Interval,
  Random,
  ShapeError,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { THREE } from '../../support/counted.ts';
import { patients, square } from '../../support/patients.ts';

const test = suite('eval/intervals/bootstrap');

// Equations (5) and (8) from the counts; 2 TP / (2 TP + FP + FN) is the F1 with the fractions cleared.
const statistics = {
  accuracy: (m: ConfusionMatrix) => (m[0][0] + m[1][1] + m[2][2]) / m.flat().reduce((a, b) => a + b),
  f1: (m: ConfusionMatrix) =>
    [0, 1, 2]
      .map((k) => (2 * m[k][k]) / ([0, 1, 2].reduce((sum, j) => sum + m[k][j] + m[j][k], 0) || 1))
      .reduce((a, b) => a + b) / 3,
};

/** The statistic of all n^n resamples of n groups, ascending. */
function allResamples(groups: readonly ConfusionMatrix[], statistic: (m: ConfusionMatrix) => number): number[] {
  const n = groups.length;
  return Array.from({ length: n ** n }, (_, code) => {
    const total = groups[0].map((row) => row.map(() => 0));
    for (let i = 0; i < n; i++) {
      const drawn = groups[Math.floor(code / n ** i) % n];
      for (const [k, row] of drawn.entries()) for (const [j, count] of row.entries()) total[k][j] += count;
    }
    return statistic(total);
  }).sort((a, b) => a - b);
}

const ends = ({ low, high }: Interval): number[] => [low, high];
const seed = (): { random: Random } => ({ random: new Random('all') });

test('the percentile bootstrap has the quantiles of all resamples, of two groups (4) and of three (27)', () => {
  const draws = 20000;
  const margin = 0.015; // four deviations of a share of 0.5 among 20000 draws are 0.014
  let compared = 0;
  for (const groups of [patients.slice(1), patients])
    for (const name of ['accuracy', 'f1'] as const) {
      const all = allResamples(groups, statistics[name]);
      // Where the distribution is flat around q, its quantile is a value of it and beyond doubt.
      const exact = (q: number): number | undefined => {
        const around = [q - margin, q, q + margin].map(
          (p) => all[Math.min(Math.max(Math.floor(p * all.length), 0), all.length - 1)],
        );
        return around[2] - around[0] < 1e-12 ? around[1] : undefined;
      };
      for (const level of [0.1, 0.4, 0.6, 0.8, 0.95]) {
        const random = new Random(`${groups.length} ${name} ${level}`);
        const { low, high } = bootstrapInterval(
          groups,
          (scores) => (name === 'f1' ? scores.macro.f1 : scores.accuracy),
          { random, draws, level, method: 'percentile', expand: false },
        );
        const ends = [
          [low, exact((1 - level) / 2)],
          [high, exact((1 + level) / 2)],
        ] as const;
        for (const [end, expected] of ends) {
          if (expected === undefined) continue;
          assertClose([end], [expected], { relative: 1e-12 }, `${groups.length} groups, ${name}, level ${level}`);
          compared++;
        }
      }
    }
  assert.ok(compared > 25, `${compared} of 40 ends compared`);
});

test('one group is drawn every time, and one draw is its own interval', () => {
  const { accuracy } = classificationScores(patients[0]);
  const random = new Random(1);
  const of = (s: { accuracy: number }): number => s.accuracy;
  assert.equal(bootstrapInterval([patients[0]], of, { random, draws: 50 }), { low: accuracy, high: accuracy });
  const { low, high } = bootstrapInterval(patients, of, { random, draws: 1 });
  assert.is(low, high);
});

test('one seed, one interval; by default 2000 draws and a level of 0.95', () => {
  const interval = (seed: number, options = {}) =>
    bootstrapInterval(patients, (s) => s.perClass[1].f1 + s.accuracy, { random: new Random(seed), ...options });
  assert.equal(interval(1), interval(1));
  assert.equal(interval(1), interval(1, { draws: 2000, level: 0.95, method: 'bca', expand: true }));
  assert.not.equal(interval(1, { draws: 3 }), interval(4, { draws: 3 }));
  const [wide, narrow] = [interval(1), interval(1, { level: 0.5, expand: false })];
  assert.ok(wide.low < narrow.low && narrow.high < wide.high);
});

const random = new Random('errors');
const bootstrap = (options = {}, matrices: ConfusionMatrix[] = [square], value = 0) =>
  bootstrapInterval(matrices, () => value, { random, ...options });

test('the difference of a model from itself is 0, and of two it is the difference of their scores', () => {
  const same = bootstrapDifference(THREE, THREE, (s) => s.macro.f1, seed());
  assert.equal(same, { difference: 0, low: 0, high: 0 });
  const worse = THREE.map((m) => [[m[0][0] - 5, m[0][1] + 5, 0], ...m.slice(1)]);
  const of = (s: { accuracy: number }): number => s.accuracy;
  const { difference, low, high } = bootstrapDifference(THREE, worse, of, seed());
  assertClose([difference], [15 / 360], { relative: 1e-12 });
  assert.ok(0 < low && low < difference && difference < high, `${low} to ${high}`);
  const turned = bootstrapDifference(worse, THREE, of, { ...seed(), method: 'percentile' });
  const there = bootstrapDifference(THREE, worse, of, { ...seed(), method: 'percentile' });
  assertClose([-turned.high, -turned.low], ends(there), { absolute: 1e-12 });
});

test('the difference has the quantiles of all resamples of the same patients for both', () => {
  const random = new Random('paired');
  const groups = (): ConfusionMatrix[] =>
    [30, 12, 50].map((n) => {
      const right = Math.floor(n * random.uniform(0.3, 1));
      return [
        [right, n - right],
        [0, 0],
      ];
    });
  const [first, second] = [groups(), groups()];
  const right = (m: readonly ConfusionMatrix[], drawn: number[]): number =>
    drawn.reduce((sum, g) => sum + m[g][0][0], 0) / drawn.reduce((sum, g) => sum + m[g][0][0] + m[g][0][1], 0);
  const all = Array.from({ length: 27 }, (_, code) => [code % 3, Math.floor(code / 3) % 3, Math.floor(code / 9)])
    .map((drawn) => right(first, drawn) - right(second, drawn))
    .sort((a, b) => a - b);
  const { low, high } = bootstrapDifference(first, second, (s) => s.accuracy, {
    ...{ random, draws: 8000, level: 0.9, method: 'percentile', expand: false },
  });
  // 5 % of 27 equally likely ones is within the second, 95 % within the last but one
  assertClose([low, high], [all[1], all[25]], { absolute: 1e-12 });
});

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => bootstrap({}, []), DataError, 'bootstrapInterval: expected at least one confusion matrix, got none'],
  [
    () => bootstrap({ draws: 1 }, [square, patients[0]]),
    ShapeError,
    'bootstrapInterval: expected confusion matrices of 2 x 2, got rows of 3, 3, 3',
  ],
  [() => bootstrap({ draws: 0 }), ArgumentError, 'bootstrapInterval: expected draws to be a whole number >= 1, got 0'],
  [() => bootstrap({ level: 1 }), ArgumentError, 'bootstrapInterval: expected a level between 0 and 1, got 1'],
  [() => bootstrap({ level: 0 }), ArgumentError, 'bootstrapInterval: expected a level between 0 and 1, got 0'],
  [
    () => bootstrap({ level: Number.NaN }),
    ArgumentError,
    'bootstrapInterval: expected a level between 0 and 1, got NaN',
  ],
  [
    () => bootstrap({}, [square], Number.NaN),
    ArgumentError,
    'bootstrapInterval: expected statistic to return finite numbers, got NaN',
  ],
  [
    () => bootstrapDifference([square], [square, square], (s) => s.accuracy, seed()),
    ShapeError,
    'bootstrapDifference: expected 1 matrices of 2 classes of the second model, got 2 of 2',
  ],
  [
    () =>
      bootstrapDifference(
        [square, square],
        [
          square,
          [
            [2, 0],
            [0, 1],
          ],
        ],
        (s) => s.accuracy,
        seed(),
      ),
    DataError,
    'bootstrapDifference: expected the same samples for both models, got 1 and 2 of class 0 in group 1',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
