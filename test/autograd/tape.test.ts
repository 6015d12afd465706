import * as d from 'dynaecg';
import {
  AdamW,
  BackendError,
  backward,
  mul,
  noGrad,
  Parameter,
  SGD,
  ShapeError,
  sum,
  type Tensor,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('autograd/tape');

const parameter = (...values: number[]): Parameter => new Parameter(Float32Array.from(values), [values.length]);
const sgd = (p: Parameter): SGD => new SGD([p], { learningRate: 0.1 });
const changed = (op: string): string =>
  `backward: expected the inputs that ${op} ran on, got one of shape [1] that has changed since, ` +
  'such as by an optimiser step or a loaded state';

const changes: Record<string, (p: Parameter) => void> = {
  'a step of SGD': (p) => sgd(p).step(),
  'a step of AdamW': (p) => new AdamW([p]).step(),
};

for (const [what, change] of Object.entries(changes))
  test(`${what} between the forward and the backward pass is an error`, () => {
    const p = parameter(2);
    p.grad = tensor([0.5]);
    const y = sum(mul(mul(p, p), p));
    change(p);
    assertThrows(() => backward(y), BackendError, changed('mul'));
    const fresh = sum(mul(mul(p, p), p));
    p.grad = null;
    backward(fresh);
    assertClose(gradOf(p).data, [3 * p.data[0] ** 2], { relative: 1e-6 });
  });

test('so is a state that is loaded, also into a weight that is not trained', () => {
  const model = new d.Linear(1, 1, { random: new d.Random(0), bias: false });
  model.weight.requiresGrad = false;
  const x = tensor([[1]], undefined, { requiresGrad: true });
  const y = sum(model.forward(x));
  model.loadStateDict({ weight: tensor([[3]]) });
  assertThrows(() => backward(y), BackendError, changed('linear').replace('[1]', '[1,1]'));
});

test('gradients of several graphs add up before a step, as they did', () => {
  const p = parameter(2);
  const first = sum(mul(p, p));
  const second = sum(mul(p, 3));
  backward(first);
  backward(second);
  sgd(p).step();
  assert.equal(gradOf(p).toArray(), [7]);
});

test('a graph runs backward once', () => {
  const x = leaf([2]);
  const y = d.square(x);
  backward(y);
  assertThrows(
    () => backward(y),
    BackendError,
    'backward: expected a fresh graph, got one whose square has already run backward',
  );
});

test('backward needs a scalar or a seed, of the right shape', () => {
  const y = d.square(leaf([2, 3]));
  assertThrows(() => backward(y), ShapeError, 'backward: expected a scalar or a seed gradient, got shape [2]');
  assertThrows(() => backward(y, tensor([1])), ShapeError, 'backward: expected a seed of shape [2], got [1]');
  backward(y, tensor([1, 1])); // the failed calls used nothing up
});

test('backward needs something to reach', () => {
  const message = 'backward: expected a result that depends on a tensor with requiresGrad, got one that does not';
  for (const y of [d.square(tensor([2])), noGrad(() => d.square(leaf([2]))), d.square(leaf([2])).detach()])
    assertThrows(() => backward(y), BackendError, message);
});

test('noGrad records nothing, and ends with its function, on an error too', () => {
  const x = leaf([2]);
  assert.is(noGrad(() => d.square(x)).node, null);
  noGrad(() => noGrad(() => 0));
  assert.throws(() =>
    noGrad(() => {
      throw new Error('out');
    }),
  );
  const y = d.square(x);
  assert.ok(y.node && y.requiresGrad);
  assert.not.ok(noGrad(() => d.mul(y, x)).requiresGrad);
});

test('gradients of two backward calls add up', () => {
  const x = leaf([2, 3]);
  backward(d.sum(d.square(x)));
  const { grad } = x;
  backward(d.sum(d.mul(x, 10)));
  assert.is(x.grad, grad, 'in the same tensor');
  assert.equal([...gradOf(x).data], [14, 16]);
});

test('a leaf gets no gradient that it does not want', () => {
  const [x, y] = [leaf([2]), tensor([3])];
  backward(d.mul(x, y));
  assert.is(y.grad, null);
  assert.equal([...gradOf(x).data], [3]);
});

test('backward of a leaf is the seed', () => {
  const x = leaf([2, 3]);
  backward(x, tensor([5, 7]));
  assert.equal([...gradOf(x).data], [5, 7]);
});

test('a diamond: a tensor used twice gets both gradients, and its node runs once', () => {
  const x = leaf([3], 'float64');
  const y = d.square(x); // 9
  const z = d.mul(d.mul(y, 2), d.add(y, d.mul(y, x))); // 2 y (y + y x) = 2 x^4 + 2 x^5
  backward(z);
  assert.equal([...gradOf(x).data], [8 * 27 + 10 * 81]);
});

test('a ladder of diamonds takes as many steps as it has nodes', () => {
  const x = leaf([1], 'float64');
  let y: Tensor = x;
  for (let i = 0; i < 60; i++) y = d.add(y, y); // 2^60 paths
  backward(y);
  assert.equal([...gradOf(x).data], [2 ** 60]);
});

test('a chain of 5,000 ops does not overflow the stack', () => {
  const x = leaf([1], 'float64');
  let y: Tensor = x;
  for (let i = 0; i < 5000; i++) y = d.add(y, x);
  backward(y);
  assert.is(y.item(), 5001);
  assert.equal([...gradOf(x).data], [5001]);
});

test('two results of one graph, each with its own part of the tape', () => {
  const x = leaf([2, 3]);
  const [a, b] = [d.square(x), d.mul(x, 5)];
  backward(d.sum(a));
  backward(d.sum(b));
  assert.equal([...gradOf(x).data], [9, 11]);
});

test.run();
