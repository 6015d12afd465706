import * as d from 'dynaecg';
import { backward, ShapeError } from 'dynaecg';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('ops/linear');

// ---- numbers at the edge

test('the gradients of weight and bias over many rows stay accurate', () => {
  const n = 200_000;
  const exact = n * Math.fround(0.1);
  for (const [O, D] of [
    [1, 1],
    [6, 9],
  ]) {
    const [weight, bias] = [leaf(d.ones([O, D]).toArray()), leaf(Array(O).fill(0))];
    backward(d.linear(d.ones([n, D]), weight, bias), d.full([n, O], 0.1));
    // The gemm adds blocks of 256 products, and the blocks in float32.
    assertClose(gradOf(weight).data, Array(O * D).fill(exact), { relative: 1e-4 }, `weight (${O},${D})`);
    assertClose(gradOf(bias).data, Array(O).fill(exact), { relative: 1e-4 }, `bias (${O})`);
  }
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [
    () => d.matmul(z([2, 3]), z([2, 3])),
    ShapeError,
    'matmul: expected a (...,M,K) and b (...,K,N), got [2,3] and [2,3]',
  ],
  [() => d.matmul(z([3]), z([3, 2])), ShapeError, 'matmul: expected a (...,M,K) and b (...,K,N), got [3] and [3,2]'],
  [
    () => d.matmul(z([2, 2, 3]), z([3, 3, 2])),
    ShapeError,
    'matmul: expected a (...,M,K) and b (...,K,N), got [2,2,3] and [3,3,2]',
  ],
  [() => d.linear(z([2, 4]), z([5, 3])), ShapeError, 'linear: expected x (...,D) with D=3, got [2,4]'],
  [() => d.linear(z([]), z([5, 3])), ShapeError, 'linear: expected x (...,D) with D=3, got []'],
  [() => d.linear(z([2, 3]), z([3])), ShapeError, 'linear: expected weight (O,D), got [3]'],
  [() => d.linear(z([2, 3]), z([5, 3]), z([3])), ShapeError, 'linear: expected bias (O) with O=5, got [3]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
