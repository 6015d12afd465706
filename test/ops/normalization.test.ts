import * as d from 'dynaecg';
import { ArgumentError, backward, Random, ShapeError, type Tensor, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('ops/normalization');

const { NaN: NAN } = Number;

// ---- numbers at the edge

test('batch norm in training with one value per channel is an error, in inference it is not', () => {
  const one = d.ones([3]);
  const running = { mean: d.zeros([3]), variance: d.ones([3]) };
  for (const shape of [
    [1, 3],
    [1, 3, 1],
  ]) {
    assertThrows(
      () => d.batchNorm(d.zeros(shape), one, one, running, { train: true }),
      ShapeError,
      'batchNorm: expected more than 1 value per channel in training, got 1',
    );
    assert.equal([...d.batchNorm(d.zeros(shape), one, one, running, { train: false }).data], [1, 1, 1]);
  }
  assert.equal([...running.mean.data, ...running.variance.data], [0, 0, 0, 1, 1, 1], 'nothing was updated');
});

test('batch norm of a constant channel gives its bias', () => {
  const running = { mean: d.zeros([1]), variance: d.ones([1]) };
  const y = d.batchNorm(d.full([4, 1, 3], 7), tensor([2]), tensor([0.5]), running, { train: true });
  assert.equal([...y.data], Array(12).fill(0.5));
});

test('batchNormReluPool is batchNorm, relu and maxPool1d', () => {
  for (const train of [true, false])
    for (const pool of [1, 2, 3]) {
      const random = new Random(`${train} ${pool}`);
      const inputs = [[3, 2, 21], [2], [2]].map((shape) => randomTensor(random, shape, 'float32'));
      const dy = randomTensor(random, [3, 2, Math.floor(21 / pool)], 'float32');
      const run = (op: (x: Tensor, w: Tensor, b: Tensor, running: d.RunningStatistics) => Tensor): number[] => {
        const running = { mean: tensor([0.1, -0.2]), variance: tensor([0.5, 2]) };
        for (const x of inputs) x.grad = null;
        const y = op(inputs[0], inputs[1], inputs[2], running);
        backward(y, dy);
        return [y, ...inputs.map(gradOf), running.mean, running.variance].flatMap((t) => [...t.data]);
      };
      const whole = run((x, w, b, running) => d.batchNormReluPool(x, w, b, running, { train, pool }));
      const parts = run((x, w, b, running) => d.maxPool1d(d.relu(d.batchNorm(x, w, b, running, { train })), pool));
      assertClose(whole, parts, { absolute: 1e-5 }, `train ${train}, pool ${pool}`); // of numbers up to 10
    }
});

test('dropout keeps the mean, and drops all or nothing at the ends', () => {
  const x = d.ones([100_000]);
  const y = d.dropout(x, 0.25, new Random(1));
  assert.equal([...new Set(y.data)].sort(), [0, Math.fround(4 / 3)]);
  // five standard errors: the deviation of one value is sqrt(p / (1 - p))
  assertClose(d.mean(y).data, [1], { absolute: (5 * Math.sqrt(1 / 3)) / Math.sqrt(100_000) });
  assertSameBits(d.dropout(x, 0, new Random(1)).data, x.data);
  assert.ok(d.dropout(x, 1, new Random(1)).data.every((v: number) => v === 0));
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;
const running = { mean: z([3]), variance: z([3]) };
const random = new Random(1);

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [
    () => d.batchNorm(z([3]), z([3]), z([3]), running, { train: true }),
    ShapeError,
    'batchNorm: expected x (B,C) or (B,C,L), got [3]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([2]), z([3]), running, { train: true }),
    ShapeError,
    'batchNorm: expected weight (C) with C=3, got [2]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([3]), z([1]), running, { train: true }),
    ShapeError,
    'batchNorm: expected bias (C) with C=3, got [1]',
  ],
  [
    () => d.batchNorm(z([2, 4]), z([4]), z([4]), running, { train: false }),
    ShapeError,
    'batchNorm: expected running mean (C) with C=4, got [3]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([3]), z([3]), { ...running, variance: z([2]) }, { train: false }),
    ShapeError,
    'batchNorm: expected running variance (C) with C=3, got [2]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([3]), z([3]), running, { train: true, momentum: NAN }),
    ArgumentError,
    'batchNorm: expected momentum from 0 to 1, got NaN',
  ],
  [() => d.dropout(z([2]), -0.1, random), ArgumentError, 'dropout: expected p from 0 to 1, got -0.1'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
