import * as d from 'dynaecg';
import { ArgumentError, backward, MeanPool, Random, ShapeError, tensor } from 'dynaecg';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { alone, B, CLOSE, D, LENGTHS, padded, T } from '../support/recurrent.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('nn/meanPool');

// ---- pooling over time

test('mean pooling of unequal lengths: each sequence as alone', () => {
  const own = randomTensor(new Random('h'), [T, B, D]);
  const h = padded(own, Number.NaN);
  const pool = new MeanPool();
  const y = pool.pool(h, { lengths: LENGTHS });
  backward(d.sum(d.square(y)));
  for (const [b, n] of LENGTHS.entries()) {
    const single = pool.forward(alone(own, b, n));
    assertClose(y.data.slice(b * D, (b + 1) * D), single.data, CLOSE.float64);
    backward(d.sum(d.square(single)));
  }
  assertClose(gradOf(h).data, gradOf(own).data, CLOSE.float64);
});

// ---- bad arguments

const x = d.zeros([T, 2, D]);

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () =>
      d.meanPool(x, {
        mask: tensor(
          Array.from({ length: 2 * T }, (_, i) => 1 - (i % 2)),
          [T, 2],
        ),
      }),
    ArgumentError,
    'meanPool: expected a step that counts in each sequence, got none in sequence 1',
  ],
  [() => d.meanPool(x, { mask: d.ones([2, T]) }), ShapeError, 'meanPool: expected mask (T,B) with T=7 B=2, got [2,7]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
