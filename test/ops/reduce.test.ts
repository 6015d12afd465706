import * as d from 'dynaecg';
import { backward, ShapeError, scope, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('ops/reduce');

/** Half the distance from 1 to the next float32 number: what one rounding costs. */
const FLOAT32_ROUNDING = 2 ** -24;
const { NaN: NAN } = Number;

// ---- numbers at the edge

test('softmax of huge values does not overflow', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const x = leaf([1e4, 1e4, -1e4], dtype);
    const y = d.softmax(x);
    assert.equal([...y.data], [0.5, 0.5, 0]);
    backward(y, tensor([1, 0, 0]));
    assert.equal([...gradOf(x).data], [0.25, -0.25, 0]);
  }
});

test('logSoftmax of a huge spread keeps every logarithm', () => {
  const x = leaf([0, -1e4, 1e4]);
  const y = d.logSoftmax(x);
  assert.equal([...y.data], [-1e4, -2e4, 0]);
  backward(y, tensor([1, 1, 1]));
  assert.equal([...gradOf(x).data], [1, 1, -2]);
  assert.equal([...d.logSoftmax(tensor([1e30, -1e30])).data], [0, Math.fround(-2e30)]);
});

test('the variance of one value: an error with correction 1, 0 with correction 0', () => {
  const x = leaf([[3], [4]]);
  for (const op of [d.variance, d.standardDeviation])
    assertThrows(
      () => op(x, { axis: 1 }),
      ShapeError,
      'variance: expected more than 1 values with correction 1, got 1',
    );
  const y = d.standardDeviation(x, { axis: 1, correction: 0 });
  assert.equal([...y.data], [0, 0]);
  backward(d.sum(y));
  assert.equal([...gradOf(x).data], [0, 0]);
});

test('the variance of a constant far from 0 is 0', () => {
  assert.is(d.variance(d.full([1000], 4096)).item(), 0);
});

// A naive float32 sum of a million times 0.1 is off by 1 %.
test('sums and means of many float32 values stay accurate, over whichever axis', () => {
  const n = 1_000_000;
  const exact = n * Math.fround(0.1);
  for (const shape of [[n], [n, 1], [1000, 1000], [100, 100, 100]]) {
    const x = d.full(shape, 0.1);
    // A backend may add a few hundred terms in float32 before it goes on in float64: found, 5.5 roundings at most.
    assertClose(d.sum(x).data, [exact], { relative: 8 * FLOAT32_ROUNDING }, `sum of [${shape}]`);
    assertClose(d.mean(x).data, [exact / n], { relative: 8 * FLOAT32_ROUNDING }, `mean of [${shape}]`);
  }
  const columns = d.sum(d.full([n, 2], 0.1), { axis: 0 });
  assertClose(columns.data, [exact, exact], { relative: 8 * FLOAT32_ROUNDING }, 'sum over the first axis');
});

test('empty tensors', () => {
  assert.is(d.sum(d.zeros([0, 3])).item(), 0);
  assert.equal(d.sum(d.zeros([0, 3]), { axis: 0 }).toArray(), [0, 0, 0]);
  assert.equal(d.matmul(d.zeros([2, 0]), d.zeros([0, 2])).toArray(), [
    [0, 0],
    [0, 0],
  ]);
  assert.equal(d.concat([d.zeros([0, 2]), d.ones([1, 2])]).toArray(), [[1, 1]]);
  assert.equal(d.slice(d.ones([3]), 0, 2, 1).shape, [0]);
  assertThrows(() => d.mean(d.zeros([0])), ShapeError, 'mean: expected at least one value, got shape [0]');
  assertThrows(() => d.max(d.zeros([0])), ShapeError, 'max: expected at least one value, got shape [0]');
});

test('equal maxima: the first of them takes the gradient', () => {
  const x = leaf([[1, 3, 3]]);
  backward(d.max(x));
  assert.equal([...gradOf(x).data], [0, 1, 0]);
  const z = leaf([[[2, 2, 1, 1]]]);
  backward(d.sum(d.maxPool1d(z, 2)));
  assert.equal([...gradOf(z).data], [1, 0, 1, 0]);
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

test('min and argmax: the first of equals, a NaN before all', () => {
  const x = leaf([
    [3, 1, 1],
    [2, NAN, 0],
  ]);
  const y = d.min(x, { axis: 1 });
  assert.equal(y.toArray(), [1, NAN]);
  backward(y, tensor([1, 1]));
  assert.equal([...gradOf(x).data], [0, 1, 0, 0, 1, 0]);
  assert.equal(d.min(x, { axis: 0, keepDims: true }).shape, [1, 3]);
  assert.equal(d.min(tensor([2, 1, 3]), { keepDims: true }).shape, [1]);
  assert.equal(
    [
      ...d.argmax(
        tensor([
          [1, 5, 5],
          [7, 2, NAN],
        ]),
        { axis: 1 },
      ),
    ],
    [1, 2],
  );
  assert.equal(
    [
      ...d.argmax(
        tensor([
          [1, 5, 5],
          [7, 2, 1],
        ]),
        { axis: 0 },
      ),
    ],
    [1, 0, 0],
  );
  assert.equal(
    [
      ...d.argmax(
        tensor([
          [1, 5, 5],
          [7, 2, 1],
        ]),
      ),
    ],
    [3],
  );
  assertThrows(() => d.min(x, { axis: [0, 1] as never }), ShapeError, 'min: expected one axis, got [0,1]');
});

test('argmax gives what gather and crossEntropy take, and outlives a scope', () => {
  const logits = tensor([
    [1, 3, 2],
    [9, 0, 1],
  ]);
  const kept: Int32Array[] = [];
  scope(() => {
    kept.push(d.argmax(d.affine(logits, 2), { axis: 1 }));
  });
  assert.equal(kept, [Int32Array.of(1, 0)]);
  assert.equal(d.gather(tensor([10, 20, 30]), kept[0]).toArray(), [20, 10]);
  assert.ok(d.crossEntropy(logits, kept[0]).item() < 0.3);
});

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.sum(z([2, 3]), { axis: 2 }), ShapeError, 'sum: expected an axis from -2 to 1, got 2'],
  [() => d.mean(z([2, 3]), { axis: [0, -3] }), ShapeError, 'mean: expected an axis from -2 to 1, got -3'],
  [() => d.variance(z([2]), { axis: 1 }), ShapeError, 'variance: expected an axis from -1 to 0, got 1'],
  [() => d.variance(z([0])), ShapeError, 'variance: expected more than 1 values with correction 1, got 0'],
  [() => d.max(z([2]), { axis: 0.5 }), ShapeError, 'max: expected an axis from -1 to 0, got 0.5'],
  [() => d.softmax(z([2]), 1), ShapeError, 'softmax: expected an axis from -1 to 0, got 1'],
  [() => d.logSoftmax(z([2]), -2), ShapeError, 'logSoftmax: expected an axis from -1 to 0, got -2'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
