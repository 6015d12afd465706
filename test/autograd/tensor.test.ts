import * as d from 'dynaecg';
import {
  ArgumentError,
  affine,
  BackendError,
  backward,
  clipGradNorm,
  gradNorm,
  mul,
  Parameter,
  SGD,
  ShapeError,
  scope,
  sum,
  Tensor,
  tensor,
} from 'dynaecg';
import ndarray from 'ndarray';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { ndarrayTest } from '../support/engine.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('autograd/tensor');
const testNdarray = ndarrayTest(test, 'autograd/tensor');

const parameter = (...values: number[]): Parameter => new Parameter(Float32Array.from(values), [values.length]);
const sgd = (p: Parameter): SGD => new SGD([p], { learningRate: 0.1 });

/** Overwrites what a scope has released. */
const useMemory = (): void => {
  scope(() => affine(tensor([7, 7, 7, 7]), 3));
};

// ---- gradients that are replaced

test('a gradient replaced inside a scope is read after it', () => {
  const p = parameter(1);
  const optimizer = sgd(p);
  scope(() => {
    backward(sum(p));
    p.grad = affine(gradOf(p), 0.5);
  });
  useMemory();
  optimizer.step();
  assert.equal(p.toArray(), [Math.fround(0.95)]);
});

test('so is one by a view without a scope of its own, and clipping and the next backward pass write to it alone', () => {
  const p = parameter(1, 2);
  scope(() => {
    backward(sum(p));
    const { data } = affine(gradOf(p), 3);
    p.grad = new Tensor(data, [2]);
  });
  useMemory();
  assert.is(gradNorm([p]), Math.sqrt(18));
  scope(() => {
    const other = affine(tensor([1, 1, 1, 1]), 5);
    backward(sum(mul(p, 2)));
    assert.equal(gradOf(p).toArray(), [5, 5]);
    clipGradNorm([p], 1);
    assert.equal(other.toArray(), [5, 5, 5, 5], 'another live tensor');
  });
  assert.ok(Math.abs(gradNorm([p]) - 1) < 1e-6);
});

test('a gradient lives as long as its tensor, and what lives as long is not copied', () => {
  const own = tensor([1, 2]);
  const p = parameter(0, 0);
  p.grad = own;
  assert.is(p.grad, own);
  p.grad = null;
  assert.is(p.grad, null);
  scope(() => {
    const x = affine(tensor([1, 2]), 1);
    x.requiresGrad = true;
    const g = affine(x.detach(), 2);
    x.grad = g;
    assert.is(x.grad, g, 'of the same scope');
    scope(() => {
      x.grad = affine(x.detach(), 3);
    });
    useMemory();
    assert.equal(gradOf(x).toArray(), [3, 6], 'of a scope inside');
  });
});

test('a parameter made of released memory keeps its values', () => {
  const p = scope(() => [new Parameter(affine(tensor([1, 2]), 2).data, [2])])[0];
  useMemory();
  assert.equal(p.toArray(), [2, 4]);
});

const released = (): Tensor => {
  let t = tensor([0]);
  scope(() => {
    t = affine(tensor([1]), 2);
  });
  return t;
};

const wrong: [grad: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => tensor([1, 2, 3]), ShapeError, 'grad: expected a gradient of shape [2], got [3]'],
  [() => tensor([[1, 2]]), ShapeError, 'grad: expected a gradient of shape [2], got [1,2]'],
  [() => tensor([1, 2], [2], { dtype: 'float64' }), ShapeError, 'grad: expected a float32 gradient, got float64'],
  [() => [1, 2], ArgumentError, 'grad: expected a Tensor or null, got object'],
  [() => undefined, ArgumentError, 'grad: expected a Tensor or null, got undefined'],
  [released, BackendError, 'grad: expected a live tensor, got one whose scope has closed; return it from the scope'],
];

for (const [grad, type, message] of wrong)
  test(`refused, and nothing is changed: ${message}`, () => {
    const p = parameter(1, 2);
    const before = tensor([3, 4]);
    p.grad = before;
    assertThrows(() => Object.assign(p, { grad: grad() }), type, message);
    assert.is(p.grad, before);
  });

// ---- dtypes and other people's arrays

testNdarray('a tensor bears the fields of an ndarray', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const view = ndarray(x.data, [...x.shape], x.stride, x.offset);
  assert.is(view.get(1, 2), 6);
  assert.equal(x.toArray(), [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.is(`${x}`, 'Tensor [2,3] float32');
});

// ---- the tape

test('detach cuts the history and shares the values', () => {
  const x = leaf([3]);
  const y = d.square(x);
  const cut = y.detach();
  assert.is(cut.data, y.data);
  backward(d.mul(y, cut)); // 9 x^2, the 9 being a constant
  assert.equal([...gradOf(x).data], [54]);
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => z([2]).item(), ShapeError, 'item: expected one element, got shape [2]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
