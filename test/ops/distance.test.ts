import * as d from 'dynaecg';
import {
  backward,
  pairwiseCosine,
  pairwiseSquaredEuclidean,
  Random,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import type { Point } from '../support/miners.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('ops/distance');

/** Half the distance from 1 to the next float32 number: what one rounding costs. */
const FLOAT32_ROUNDING = 2 ** -24;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const points = (z: Point[], requiresGrad = false): Tensor => tensor(z, undefined, { dtype: 'float64', requiresGrad });
const squared = (a: Point, b: Point): number => a.reduce((sum, v, i) => sum + (v - b[i]) * (v - b[i]), 0);

// ---- numbers at the edge

test('the distance of coincident points pulls nowhere', () => {
  const x = leaf([
    [1, 2],
    [1, 2],
  ]);
  backward(d.sum(d.sqrt(d.pairwiseSquaredEuclidean(x))));
  assert.equal([...gradOf(x).data], [0, 0, 0, 0]);
});

test('coincident points are at distance 0 exactly, far from the origin too', () => {
  const x = tensor([
    [4096.1, -512.7],
    [4096.1, -512.7],
  ]);
  assert.equal([...d.pairwiseSquaredEuclidean(x).data], [0, 0, 0, 0]);
});

test('the zero vector normalised is zero, and so is its gradient', () => {
  const x = leaf([
    [0, 0],
    [3, 4],
  ]);
  const y = d.l2Normalize(x);
  assertClose(y.data, [0, 0, 0.6, 0.8], { relative: FLOAT32_ROUNDING });
  backward(y, tensor([5, 7, 1, 1], [2, 2]));
  assert.equal([...gradOf(x).data.subarray(0, 2)], [0, 0]);
  // (dy - y (y . dy)) / |x| = (1 - 0.6 1.4, 1 - 0.8 1.4) / 5
  assertClose(gradOf(x).data.subarray(2), [0.032, -0.024], { absolute: 4 * FLOAT32_ROUNDING });
});

test('the cosine distance of the zero vector is 1, and it pulls nowhere', () => {
  const x = leaf([
    [0, 0],
    [3, 4],
  ]);
  const y = d.pairwiseCosine(x);
  assertClose(y.data, [1, 1, 1, 0], { absolute: 4 * FLOAT32_ROUNDING });
  backward(y, d.ones([2, 2]));
  assert.equal([...gradOf(x).data.subarray(0, 2)], [0, 0]);
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.l2Normalize(z([3])), ShapeError, 'l2Normalize: expected x (B,D), got [3]'],
  [
    () => d.pairwiseSquaredEuclidean(z([2, 3]), z([2, 4])),
    ShapeError,
    'pairwiseSquaredEuclidean: expected b (N,D) with D=3, got [2,4]',
  ],
  [() => d.pairwiseCosine(z([2])), ShapeError, 'pairwiseCosine: expected a (M,D), got [2]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test('distances are what plain loops give', () => {
  const dot = (a: Point, b: Point): number => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const formulas: [typeof pairwiseCosine, (a: Point, b: Point) => number][] = [
    [pairwiseSquaredEuclidean, squared],
    [pairwiseCosine, (a, b) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))],
  ];
  for (const [distance, formula] of formulas)
    for (const [M, N, D] of [
      [1, 1, 1],
      [4, 3, 5],
      [7, 9, 2],
      [0, 3, 2],
    ]) {
      const random = new Random(`${M} ${N} ${D}`);
      const [a, b] = [M, N].map((n) => range(n).map(() => range(D).map(() => random.normal())));
      const x = M > 0 ? points(a) : zeros([0, D], { dtype: 'float64' });
      const expected = a.flatMap((p) => b.map((q) => formula(p, q)));
      assert.equal([...distance(x, points(b)).shape], [M, N]);
      // a dozen roundings of numbers of order 1 to 10
      assertClose(distance(x, points(b)).data, expected, { relative: 1e-14, absolute: 1e-14 });
      assertClose(distance(x).data, distance(x, x).data, {});
    }
});

test.run();
