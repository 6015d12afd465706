import {
  ArgumentError,
  addConfusion,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  DataError,
  Random,
  ShapeError,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { patients, square } from '../support/patients.ts';
import { MATRIX, of, p, WEIGHTED, w, y } from '../support/scored.ts';

const test = suite('eval/confusion');

const rounding = { relative: 1e-15 };
const loose = { relative: 1e-13 };

test('predictions are counted by true class, in rows, and predicted class, in columns', () => {
  assert.equal(confusionMatrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 2, 2], 3), [
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 2],
  ]);
  assert.equal(confusionMatrix(Int32Array.of(1), Float32Array.of(0), 2), [
    [0, 0],
    [1, 0],
  ]);
  assert.equal(confusionMatrix([], [], 2), [
    [0, 0],
    [0, 0],
  ]);
});

test('the matrix counts every sample once', () => {
  const random = new Random('confusion');
  const draw = (): number[] => Array.from({ length: 500 }, () => random.integer(4));
  const [labels, predictions] = [draw(), draw()];
  const matrix = confusionMatrix(labels, predictions, 4);
  for (let k = 0; k < 4; k++)
    for (let j = 0; j < 4; j++)
      assert.is(matrix[k][j], labels.filter((label, i) => label === k && predictions[i] === j).length);
});

// 150 beats: 100 N, 20 S, 30 V.
//
//   true \ predicted     N    S    V
//   N                   90    4    6    TP 90   FN 10   FP  8 + 3 = 11
//   S                    8   10    2    TP 10   FN 10   FP  4 + 0 =  4
//   V                    3    0   27    TP 27   FN  3   FP  6 + 2 =  8
test('equations (5) to (8), by hand', () => {
  const { accuracy, perClass, macro } = classificationScores([
    [90, 4, 6],
    [8, 10, 2],
    [3, 0, 27],
  ]);
  assertClose([accuracy], [127 / 150], rounding, '(5)'); // (90 + 10 + 27) / 150
  const column = (key: keyof (typeof perClass)[0]): number[] => perClass.map((c) => c[key]);
  assert.equal(column('support'), [100, 20, 30]);
  assertClose(column('sensitivity'), [90 / 100, 10 / 20, 27 / 30], rounding, '(6)');
  assertClose(column('precision'), [90 / 101, 10 / 14, 27 / 35], rounding, '(7)');
  // 2 TP / (2 TP + FP + FN), the harmonic mean with the fractions cleared
  const f1 = [180 / 201, 20 / 34, 54 / 65];
  assertClose(column('f1'), f1, rounding, '(8)');
  assertClose([macro.sensitivity], [(0.9 + 0.5 + 0.9) / 3], rounding);
  assertClose([macro.precision], [(90 / 101 + 10 / 14 + 27 / 35) / 3], rounding);
  assertClose([macro.f1], [(f1[0] + f1[1] + f1[2]) / 3], rounding, 'the mean of the F1, not the F1 of the means');
});

test('all right, and all wrong', () => {
  const right = classificationScores([
    [5, 0],
    [0, 3],
  ]);
  assert.equal(right.macro, { sensitivity: 1, precision: 1, f1: 1, specificity: 1 });
  assert.is(right.accuracy, 1);
  const wrong = classificationScores([
    [0, 5],
    [3, 0],
  ]);
  assert.equal(wrong.macro, { sensitivity: 0, precision: 0, f1: 0, specificity: 0 });
  assert.is(wrong.accuracy, 0);
});

test('0/0 counts as 0: a class without samples, a class never predicted, no sample at all', () => {
  const none = { sensitivity: 0, precision: 0, f1: 0, specificity: 1 };
  const { perClass, macro } = classificationScores([
    [4, 0, 2],
    [0, 0, 0],
    [2, 0, 0],
  ]);
  assert.equal(perClass[1], { ...none, support: 0 });
  assert.equal(perClass[2], { ...none, specificity: 4 / 6, support: 2 });
  assertClose([macro.sensitivity, macro.f1], [4 / 6 / 3, 4 / 6 / 3], rounding);
  const neverPredicted = classificationScores([
    [4, 0],
    [2, 0],
  ]).perClass[1];
  assert.equal(neverPredicted, { ...none, support: 2 });
  const nothing = { ...none, specificity: 0 };
  assert.equal(classificationScores([[0]]), {
    accuracy: 0,
    balancedAccuracy: 0,
    perClass: [{ ...nothing, support: 0 }],
    macro: nothing,
  });
});

test('a constant guess looks good by accuracy and bad by macro F1', () => {
  const { accuracy, macro } = classificationScores([
    [90, 0, 0],
    [3, 0, 0],
    [7, 0, 0],
  ]);
  assert.is(accuracy, 0.9);
  assert.ok(macro.f1 < 0.33, `${macro.f1}`);
});

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => confusionMatrix([0, 1], [0], 2), DataError, 'confusionMatrix: expected 2 predictions, got 1'],
  [() => confusionMatrix([0], [0, 1], 2), DataError, 'confusionMatrix: expected 1 predictions, got 2'],
  [
    () => confusionMatrix([0, 2], [0, 1], 2),
    ArgumentError,
    'confusionMatrix: expected classes from 0 to 1, got 2 and 1 at 1',
  ],
  [
    () => confusionMatrix([0, 1], [2, 1], 2),
    ArgumentError,
    'confusionMatrix: expected classes from 0 to 1, got 0 and 2 at 0',
  ],
  [
    () => confusionMatrix([-1], [0], 2),
    ArgumentError,
    'confusionMatrix: expected classes from 0 to 1, got -1 and 0 at 0',
  ],
  [
    () => confusionMatrix([0.5], [0], 2),
    ArgumentError,
    'confusionMatrix: expected classes from 0 to 1, got 0.5 and 0 at 0',
  ],
  [
    () => confusionMatrix([0], [Number.NaN], 2),
    ArgumentError,
    'confusionMatrix: expected classes from 0 to 1, got 0 and NaN at 0',
  ],
  [
    () => confusionMatrix([], [], 0),
    ArgumentError,
    'confusionMatrix: expected classes to be a whole number >= 1, got 0',
  ],
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
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

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

test('confusion matrices, counted and weighted', () => {
  assert.equal(confusionMatrix(y, p, 4), MATRIX);
  assert.equal(confusionMatrix(y, p, 4, w), WEIGHTED);
  const byGroup = confusionByGroup(
    y,
    p,
    of((i) => i % 2),
    4,
    w,
  );
  assert.equal([...byGroup.keys()], [0, 1]);
  const [even, odd] = [...byGroup.values()];
  assert.equal(
    even.map((row, k) => row.map((n, j) => n + odd[k][j])),
    WEIGHTED,
  );
});

//   M.balanced_accuracy_score(y, p), [M.recall_score(y != k, p != k) for k in range(4)]
//   with sample_weight=w: M.accuracy_score, M.precision_recall_fscore_support, M.balanced_accuracy_score
test('specificity and balanced accuracy; weighted scores', () => {
  const { balancedAccuracy, perClass, macro } = classificationScores(MATRIX);
  const specificity = [0.9529411764705882, 0.9193548387096774, 0.923728813559322, 0.9349593495934959];
  assertClose([balancedAccuracy], [0.8035790598290597], loose);
  assertClose(
    perClass.map((s) => s.specificity),
    specificity,
    loose,
  );
  assertClose([macro.specificity], [specificity.reduce((a, b) => a + b) / 4], loose);
  const weighted = classificationScores(WEIGHTED);
  assertClose([weighted.accuracy, weighted.balancedAccuracy], [0.7876344086021505, 0.794204200312987], loose);
  const column = (key: 'precision' | 'sensitivity' | 'f1'): number[] => weighted.perClass.map((s) => s[key]);
  const eight = { absolute: 5e-9 }; // as NumPy prints them
  assertClose(column('precision'), [0.91505792, 0.7375, 0.71502591, 0.70454545], eight);
  assertClose(column('sensitivity'), [0.7571885, 0.83098592, 0.82634731, 0.76229508], eight);
  assertClose(column('f1'), [0.82867133, 0.78145695, 0.76666667, 0.73228346], eight);
});

test.run();
