import {
  ArgumentError,
  addConfusion,
  bootstrapInterval,
  type ConfusionMatrix,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  DataError,
  meanAndDeviation,
  Random,
  ShapeError,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantile } from '../../../src/eval/summary.ts';
import { assertClose, assertThrows } from '../../support/asserts.ts';

const test = suite('evaluation');

const rounding = { relative: 1e-14 };

test('confusion matrices add up', () => {
  const [a, b] = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [10, 0],
      [0, 5],
    ],
  ];
  assert.equal(addConfusion([a, b, a]), [
    [12, 4],
    [6, 13],
  ]);
  assert.equal(addConfusion([a]), a);
  assert.is.not(addConfusion([a])[0], a[0]);
});

test('a matrix for each group, groups ascending', () => {
  const byGroup = confusionByGroup([0, 1, 1, 0, 1], [0, 1, 0, 1, 1], Int32Array.of(12, 5, 12, 5, 5), 2);
  assert.equal(
    [...byGroup],
    [
      [
        5,
        [
          [0, 1],
          [0, 2],
        ],
      ],
      [
        12,
        [
          [1, 0],
          [1, 0],
        ],
      ],
    ],
  );
  assert.is(confusionByGroup([], [], [], 2).size, 0);
});

test('a group is counted as its samples alone, and all groups add up to the whole', () => {
  const random = new Random('groups');
  const draw = (n: number): number[] => Array.from({ length: 400 }, () => random.integer(n));
  const [labels, predictions, groups] = [draw(3), draw(3), draw(11)];
  const byGroup = confusionByGroup(labels, predictions, groups, 3);
  assert.equal([...byGroup.keys()], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const [group, matrix] of byGroup) {
    const own = (values: number[]): number[] => values.filter((_, i) => groups[i] === group);
    assert.equal(matrix, confusionMatrix(own(labels), own(predictions), 3));
  }
  assert.equal(addConfusion([...byGroup.values()]), confusionMatrix(labels, predictions, 3));
});

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

// Three patients, each unlike the others: one mostly right, one without the third class, one mostly wrong.
const patients = [
  [
    [90, 1, 2],
    [2, 7, 1],
    [1, 0, 9],
  ],
  [
    [40, 6, 4],
    [9, 5, 0],
    [0, 0, 0],
  ],
  [
    [20, 9, 13],
    [1, 2, 4],
    [11, 3, 6],
  ],
];

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

const square = [
  [1, 0],
  [0, 1],
];
const random = new Random('errors');
const bootstrap = (options = {}, matrices: ConfusionMatrix[] = [square], value = 0) =>
  bootstrapInterval(matrices, () => value, { random, ...options });

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => addConfusion([]), DataError, 'addConfusion: expected at least one confusion matrix, got none'],
  [
    () => addConfusion([square, patients[0]]),
    ShapeError,
    'addConfusion: expected confusion matrices of 2 x 2, got rows of 3, 3, 3',
  ],
  [
    () => addConfusion([[[1, 0], [1]]]),
    ShapeError,
    'addConfusion: expected confusion matrices of 2 x 2, got rows of 2, 1',
  ],
  [
    () => addConfusion([[[1e308]], [[1e308]]]),
    ArgumentError,
    'addConfusion: expected count from 0 to 9007199254740991, got 1e+308',
  ],
  [() => confusionByGroup([0, 1], [0, 1], [0, 0], 2, [1]), ShapeError, 'confusionByGroup: expected 2 weights, got 1'],
  [
    () => confusionByGroup([0, 1], [0, 1], [0, 0], 2, [1, -0.5]),
    ArgumentError,
    'confusionByGroup: expected weights from 0 to 9007199254740991, got -0.5 at position 1',
  ],
  [() => confusionByGroup([0, 1], [0, 1], [0], 2), DataError, 'confusionByGroup: expected 2 groups, got 1'],
  [() => confusionByGroup([0, 1], [0], [0, 0], 2), DataError, 'confusionByGroup: expected 2 predictions, got 1'],
  [
    () => confusionByGroup([0, 1], [0, 2], [4, 3], 2),
    ArgumentError,
    'confusionByGroup: expected classes from 0 to 1, got 1 and 2 at 1',
  ],
  [
    () => confusionByGroup([], [], [], 0),
    ArgumentError,
    'confusionByGroup: expected classes to be a whole number >= 1, got 0',
  ],
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
    'bootstrapInterval: expected statistic to give finite numbers, got NaN',
  ],
  [() => meanAndDeviation([]), DataError, 'meanAndDeviation: expected at least one value, got none'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

for (const [values, q, type, message] of [
  [[], 0.5, DataError, 'quantile: expected at least one value, got none'],
  [[1, 3, 2], 0.5, DataError, 'quantile: expected values in ascending order, got 2 after 3'],
  [[1, Number.NaN], 0.5, DataError, 'quantile: expected finite numbers in ascending, got NaN at position 1'],
  [[Number.NaN, 1], 0.5, DataError, 'quantile: expected finite numbers in ascending, got NaN at position 0'],
  [[1, 2], 1.1, ArgumentError, 'quantile: expected q from 0 to 1, got 1.1'],
  [[1, 2], Number.NaN, ArgumentError, 'quantile: expected q from 0 to 1, got NaN'],
] as const)
  test(message, () => assertThrows(() => quantile(values, q), type, message));

test.run();
