import * as d from 'dynaecg';
import {
  ArgumentError,
  full,
  meanDistances,
  Random,
  ShapeError,
  type Tensor,
  type TensorLike,
  tensor,
  violationRate,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { triplets } from '../support/embeddingScores.ts';
import { range } from '../support/trainers.ts';

const test = suite('train/tripletStatistics');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

test('meanDistances and violationRate are what plain loops give', () => {
  for (const dtype of ['float64', 'float32'] as const)
    for (const B of [0, 1, 2, 7, 20])
      for (const classes of [1, 2, 4]) {
        const random = new Random(`${B} ${classes}`);
        const labels = range(B).map(() => 5 * random.integer(classes));
        // Some equal to one another, and no two of a pair the same: they need not be symmetric.
        const rows = range(B).map(() => range(B).map(() => Math.fround(random.integer(20) / 4)));
        const distances = B > 0 ? tensor(rows, undefined, { dtype }) : zeros([0, 0], { dtype });
        const pairs = range(B).flatMap((a) => range(B).map((b) => [a, b]));
        const mean = (same: boolean): number => {
          const own = pairs.filter(([a, b]) => a !== b && (labels[a] === labels[b]) === same);
          return own.length > 0 ? own.reduce((sum, [a, b]) => sum + rows[a][b], 0) / own.length : 0;
        };
        const found = meanDistances(distances, labels);
        assertClose([found.meanPositive, found.meanNegative], [mean(true), mean(false)], { relative: 1e-14 });
        const all = triplets(labels);
        for (const margin of [0, 0.25, 2]) {
          const violated = all.filter(([a, p, n]) => rows[a][n] < rows[a][p] + margin);
          assert.equal(violationRate(distances, Int32Array.from(labels), margin), violated.length / all.length); // perhaps NaN
        }
      }
});

test('a negative as far as the positive and the margin together does not violate it, and NaN does', () => {
  const labels = [0, 0, 1];
  const rate = (ap: number, an: number, margin: number): number =>
    violationRate(
      tensor([
        [0, ap, an],
        [9, 0, INF],
        [9, 9, 0],
      ]),
      labels,
      margin,
    ); // of two triplets, one violates nothing
  assert.is(rate(1, 1.5, 0.5), 0);
  assert.is(rate(1, 1.4375, 0.5), 0.5);
  assert.is(rate(1, 1, 0), 0);
  assert.is(rate(1, NAN, 0.5), 0.5);
  assert.is(rate(NAN, 1, 0.5), 0.5);
});

test('violationRate is what plain loops give among NaN, infinite and equal distances', () => {
  const values = [NAN, INF, -INF, 0, -0, 0.25, 0.5, 1, 2 ** 24, 1e-40];
  const seen = new Set<number>();
  for (const dtype of ['float64', 'float32'] as const)
    for (const seed of range(30)) {
      const random = new Random(seed);
      const B = 4 + random.integer(9);
      const labels = range(B).map(() => random.integer(1 + random.integer(4)));
      const distances = tensor(
        range(B).map(() => range(B).map(() => values[random.integer(values.length)])),
        undefined,
        { dtype },
      );
      const at = (a: number, b: number): number => distances.data[a * B + b];
      const all = triplets(labels);
      for (const margin of [0, 0.25, 1]) {
        const violated = all.filter(([a, p, n]) => !(at(a, n) >= at(a, p) + margin)); // NaN violates
        const rate = violationRate(distances, labels, margin);
        assert.equal(rate, violated.length / all.length);
        seen.add(rate);
      }
    }
  assert.ok(seen.size > 20);
});

test('distances may be an ndarray, like any other tensor', () => {
  const transposed: TensorLike = { data: [0, 1, 2, 3, 0, 4, 5, 6, 0], shape: [3, 3], stride: [1, 3], offset: 0 };
  const dense = tensor([
    [0, 3, 5],
    [1, 0, 6],
    [2, 4, 0],
  ]);
  const labels = [0, 0, 1];
  assert.equal(meanDistances(transposed, labels), meanDistances(dense, labels));
  assert.equal(meanDistances(dense, labels), { meanPositive: 2, meanNegative: 17 / 4 });
  assert.is(violationRate(transposed, labels, 2.5), 0.5);
});

const square = zeros([3, 3]);

/** A tensor whose scope has closed. */
function released(): Tensor {
  const kept: Tensor[] = [];
  d.scope(() => {
    kept.push(full([1, 1], 0));
  });
  return kept[0];
}

const failures: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  ...(['meanDistances', 'violationRate'] as const).flatMap((op): typeof failures => {
    const ask = (distances: TensorLike, labels: number[]) => () =>
      ({ meanDistances, violationRate })[op](distances, labels, 0);
    return [
      [ask(square, [0, 1]), ShapeError, `${op}: expected 3 labels, got 2`],
      [ask(square, [0, 1, 0, 1]), ShapeError, `${op}: expected 3 labels, got 4`],
      [ask(zeros([3, 2]), [0, 1, 0]), ShapeError, `${op}: expected distances (B,B), got [3,2]`],
      [ask(zeros([9]), [0, 1, 0]), ShapeError, `${op}: expected distances (B,B), got [9]`],
      [
        ask([] as never, []),
        ArgumentError,
        `${op}: expected distances to be a tensor, an ndarray or a number (tensor(values, shape) makes one from arrays), got []`,
      ],
      [
        () => ask(released(), [0])(),
        d.BackendError,
        `${op}: expected a live tensor, got one whose scope has closed; return it from the scope`,
      ],
    ];
  }),
  ...[-0.1, NAN].map((margin): (typeof failures)[number] => [
    () => violationRate(square, [0, 1, 0], margin),
    ArgumentError,
    `violationRate: expected margin >= 0, got ${margin}`,
  ]),
];

for (const [f, type, message] of failures) test(`errors: ${message}`, () => assertThrows(f, type, message));

test.run();
