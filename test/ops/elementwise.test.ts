import * as d from 'dynaecg';
import { ArgumentError, backward, ShapeError, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('ops/elementwise');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

// ---- numbers at the edge

test('sqrt at 0: the gradient is 0, not infinite', () => {
  const x = leaf([0, 4, 0]);
  const y = d.sqrt(x);
  backward(d.sum(y));
  assert.equal([...y.data], [0, 2, 0]);
  assert.equal([...gradOf(x).data], [0, 0.25, 0]);
});

test('a NaN is never turned into a clean number', () => {
  const x = tensor([NAN, 1, -1]);
  for (const [name, op] of Object.entries({
    relu: d.relu,
    abs: d.abs,
    sqrt: d.sqrt,
    log: d.log,
    exp: d.exp,
    tanh: d.tanh,
    sigmoid: d.sigmoid,
    sum: d.sum,
    max: d.max,
    softmax: d.softmax,
    logSoftmax: d.logSoftmax,
  }))
    assert.ok(Number.isNaN(op(x).data[0]), name);
  assert.equal([...d.maxPool1d(tensor([[[1, NAN, 2, 3, 4, 0]]]), 3).data], [NAN, 4]);
  const fused = d.batchNormReluPool(
    tensor([[[NAN, 1, 2, NAN, 1, 2, 3, 4, 5, NAN]]]),
    tensor([1]),
    tensor([0]),
    { mean: tensor([0]), variance: tensor([1]) },
    { train: false, pool: 2, eps: 0 },
  );
  assert.equal([...fused.data], [NAN, NAN, 2, 4, NAN]);
  assert.equal([...d.relu(x).data.subarray(1)], [1, 0]);
});

test('a NaN passes a gradient through relu, so that it is not lost', () => {
  const x = leaf([NAN, 1, -1]);
  backward(d.relu(x), tensor([NAN, 1, 1]));
  assert.equal([...gradOf(x).data], [NAN, 1, 0]);
});

test('exp, log and division at infinity', () => {
  assert.equal([...d.exp(tensor([1000, -1000])).data], [INF, 0]);
  assert.equal([...d.log(tensor([0, INF, -1])).data], [-INF, INF, NAN]);
  assert.equal([...d.div(tensor([1, -1, 0]), 0).data], [INF, -INF, NAN]);
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

test('where: what is not taken does not matter, nor receive a gradient', () => {
  const [a, b] = [leaf([1, NAN, INF, 4]), leaf([NAN, 2, 3, INF])];
  const y = d.where(tensor([1, 0, 0, NAN]), a, b); // a NaN is not 0
  assert.equal(y.toArray(), [1, 2, 3, 4]);
  backward(y, tensor([1, 2, 3, 4]));
  assert.equal([...gradOf(a).data], [1, 0, 0, 4]);
  assert.equal([...gradOf(b).data], [0, 2, 3, 0]);
  const x = leaf([0, 4]);
  backward(d.sum(d.where(x, d.div(1, d.where(x, x, 1)), 0))); // the way to 1/x without the pole
  assert.equal([...gradOf(x).data], [0, -1 / 16]);
});

test('where: all three broadcast, of any dtype of the condition', () => {
  const y = d.where(tensor([[1], [0]]), tensor([1, 2, 3]), 9);
  assert.equal(y.toArray(), [
    [1, 2, 3],
    [9, 9, 9],
  ]);
  const tiny = tensor(Float64Array.of(1e-300, 0)); // float32 would make 0 of it
  assert.equal(d.where(tiny, tensor([1, 1]), tensor([2, 2])).toArray(), [1, 2]);
  assert.is(d.where(tensor([1]), 1, tensor(Float64Array.of(2))).dtype, 'float64');
  assertThrows(
    () => d.where(tensor([1, 0]), tensor([1, 2, 3]), 0),
    ShapeError,
    'where: expected shapes that broadcast, got [2] and [3]',
  );
});

test('clamp: bounds pass the gradient, a NaN stays one and receives none', () => {
  const x = leaf([-2, -1, 0, 1, 2, NAN]);
  const y = d.clamp(x, -1, 1);
  assert.equal(y.toArray(), [-1, -1, 0, 1, 1, NAN]);
  backward(d.sum(y));
  assert.equal([...gradOf(x).data], [0, 1, 1, 1, 0, 0]);
  assert.equal(d.clamp(x, 0.5).toArray(), [0.5, 0.5, 0.5, 1, 2, NAN]);
  assert.equal(d.clamp(x, undefined, -1.5).toArray(), [-2, -1.5, -1.5, -1.5, -1.5, NAN]);
  assert.equal(d.clamp(x, 1, 1).toArray(), [1, 1, 1, 1, 1, NAN]);
  assertThrows(() => d.clamp(x, 1, 0), ArgumentError, 'clamp: expected min <= max, got 1 and 0');
  assertThrows(() => d.clamp(x, NAN), ArgumentError, 'clamp: expected min <= max, got NaN and Infinity');
});

test('pow: whole powers of negative numbers, roots of none', () => {
  assert.equal(d.pow(tensor([-2, -2, 0, -1]), tensor([3, 0.5, 0, 2])).toArray(), [-8, NAN, 1, 1]);
  assert.equal(d.pow(tensor([-3, 0, 4]), -1).toArray(), [Math.fround(-1 / 3), INF, 0.25]);
  assert.equal(d.pow(2, tensor([-1, 0, 10])).toArray(), [0.5, 1, 1024]);
  const x = leaf([0]);
  backward(d.pow(x, 0.5));
  assert.is(gradOf(x).data[0], INF, 'as PyTorch has it, and unlike sqrt');
});

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.add(z([2]), z([3])), ShapeError, 'add: expected shapes that broadcast, got [2] and [3]'],
  [() => d.sub(z([2]), z([3])), ShapeError, 'sub: expected shapes that broadcast, got [2] and [3]'],
  [() => d.mul(z([2, 2]), z([3])), ShapeError, 'mul: expected shapes that broadcast, got [2,2] and [3]'],
  [() => d.div(z([2]), z([3])), ShapeError, 'div: expected shapes that broadcast, got [2] and [3]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
