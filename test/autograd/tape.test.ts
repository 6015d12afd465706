/** Graphs whose inputs change between the forward and the backward pass. */
import * as d from 'dynaecg';
import { AdamW, BackendError, backward, mul, Parameter, SGD, sum, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('changed inputs');

const parameter = (...values: number[]): Parameter => new Parameter(Float32Array.from(values), [values.length]);
const sgd = (p: Parameter): SGD => new SGD([p], { learningRate: 0.1 });

const changed = (op: string): string =>
  `backward: expected the inputs that ${op} ran on, got one of shape [1] that has changed since, ` +
  'as by an optimiser step or a loaded state';

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

test.run();
