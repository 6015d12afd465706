import {
  ArgumentError,
  type ConfusionMatrix,
  classificationScores,
  DataError,
  type Interval,
  proportionInterval,
  Random,
  scoreIntervals,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { BEATS, THREE, TP } from '../../support/counted.ts';
import { square } from '../../support/patients.ts';

const test = suite('eval/intervals/scoreIntervals');

const ends = ({ low, high }: Interval): number[] => [low, high];

// ---- all scores

// R 4.2.2, survey 4.1-1:
//   f <- function(right, of, level = 0.95) {
//     d <- data.frame(p = rep(seq_along(of), of), r = unlist(mapply(function(a, b) rep(1:0, c(a, b - a)), right, of)))
//     r <- as.svrepdesign(svydesign(~p, data = d, weights = ~1), type = 'JK1')
//     attr(svyciprop(~r, r, method = 'beta', level = level), 'ci') }
//   f(TP, BEATS); f(TP, BEATS, 0.8); then of THREE the accuracy f(c(197, 116, 20), c(200, 131, 29)), of N the sensitivity
//   f(c(90, 40, 20), c(91, 46, 29)) and J f(c(90, 40, 20), c(93, 55, 29)), of S the precision f(c(7, 5, 0), c(8, 11, 9))
test('intervals of scores are Korn and Graubard’s of the survey package', () => {
  const digits = { relative: 1e-9 };
  const seven = TP.map((tp, g): ConfusionMatrix => {
    return [
      [tp, BEATS[g] - tp],
      [0, 0],
    ];
  });
  const of = (level: number): number[] => ends(scoreIntervals(seven, { level }).perClass[0].sensitivity);
  assertClose(of(0.95), [0.641633789406058, 0.99784785557214], digits);
  assertClose(of(0.8), [0.76012178958174, 0.987879054515446], digits);
  const { accuracy, perClass } = scoreIntervals(THREE);
  assertClose(ends(accuracy), [0.282830302989903, 0.999999865378171], digits);
  assertClose(ends(perClass[0].sensitivity), [0.140997382076822, 0.999999990437534], digits);
  const f1 = [0.0878644750772312, 0.99999871845199].map((share) => (2 * share) / (1 + share));
  assertClose(ends(perClass[0].f1), f1, digits);
  assertClose(ends(perClass[1].precision), [0.000287300626436536, 0.99779201985781063], digits);
});

test('where no error is seen the interval is the exact one, and says of how many patients it is', () => {
  const { perClass } = scoreIntervals(THREE);
  const exact = proportionInterval(171, 171);
  assert.equal(perClass[2].sensitivity, { ...exact, groups: 2 });
  assert.equal(perClass[2].precision, { ...exact, groups: 2 });
  const { low } = exact;
  assertClose(ends(perClass[2].f1), [(2 * low) / (1 + low), 1], { relative: 1e-14 }, 'F1 of that share');
  assert.equal(perClass[2].specificity, { ...proportionInterval(189, 189), groups: 3 });
  assert.is(perClass[0].sensitivity.groups, 3);
  assert.is(perClass[1].sensitivity.groups, 2);
  assert.is(perClass[1].precision.groups, 3);
});

test('samples that are there several times count once: three seeds of 171 of 171 are 171', () => {
  const three = THREE.map((m) => m.map((row) => row.map((n) => 3 * n)));
  assert.equal(scoreIntervals(three, { repeats: 3 }), scoreIntervals(THREE));
  const taken = scoreIntervals(three).perClass[2].sensitivity.low;
  assert.is(taken, proportionInterval(513, 513).low);
});

test('every interval holds its score, and that of independent samples', () => {
  const random = new Random('hold');
  for (let trial = 0; trial < 20; trial++) {
    const groups = Array.from({ length: 2 + random.integer(6) }, () =>
      Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => random.integer(9))),
    );
    const total = groups[0].map((row, k) => row.map((_, j) => groups.reduce((sum, m) => sum + m[k][j], 0)));
    const scores = classificationScores(total);
    const { accuracy, macro, perClass } = scoreIntervals(groups);
    const inside = (value: number, { low, high }: Interval, what: string): void =>
      assert.ok(0 <= low && low <= value && value <= high && high <= 1, `${what}: ${value} in ${low} to ${high}`);
    inside(scores.accuracy, accuracy, 'accuracy');
    for (const key of ['sensitivity', 'precision', 'f1', 'specificity'] as const) {
      inside(scores.macro[key], macro[key], `macro ${key}`);
      perClass.forEach((own, k) => {
        inside(scores.perClass[k][key], own[key], key);
      });
    }
    const right = total.reduce((sum, row, k) => sum + row[k], 0);
    const all = total.flat().reduce((a, b) => a + b);
    const exact = proportionInterval(right, all);
    assert.ok(
      accuracy.low <= exact.low + 1e-9 && accuracy.high >= exact.high - 1e-9,
      'no narrower than of independent ones',
    );
  }
});

test('a class that nobody has: from 0 to 1, of no patient', () => {
  const groups: ConfusionMatrix[] = [
    [
      [5, 0],
      [0, 0],
    ],
    [
      [4, 0],
      [0, 0],
    ],
  ];
  const { perClass, macro } = scoreIntervals(groups);
  for (const key of ['sensitivity', 'precision', 'f1'] as const)
    assert.equal(perClass[1][key], { low: 0, high: 1, groups: 0 });
  assert.equal(perClass[0].specificity, { low: 0, high: 1, groups: 0 });
  // the mean of 1, as of 9 of 9, and of what may be anything
  const { low } = proportionInterval(9, 9);
  assertClose(ends(macro.sensitivity), [0.5 - (1 - low) / 2, 1], { relative: 1e-12 });
});

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => scoreIntervals([]), DataError, 'scoreIntervals: expected at least one confusion matrix, got none'],
  [
    () => scoreIntervals([square], { repeats: 0 }),
    ArgumentError,
    'scoreIntervals: expected repeats to be a whole number >= 1, got 0',
  ],
  [
    () => scoreIntervals([[[1e15]]]),
    ArgumentError,
    'scoreIntervals: expected at most 2147483647 samples, got 1000000000000000',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
