import * as d from 'dynaecg';
import { backward, type Tensor, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('ops/activation');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

test('leaky relu: the slope at 0 is the one below; a NaN stays one', () => {
  const x = leaf([-2, 0, 3, NAN]);
  const y = d.leakyRelu(x, 0.5);
  assert.equal(y.toArray(), [-1, 0, 3, NAN]);
  backward(d.sum(y));
  assert.equal([...gradOf(x).data], [0.5, 0.5, 1, 0.5]);
});

test('gelu and silu far out: x on the right, no more than 0 on the left', () => {
  const x = tensor([50, 9, -9, -50, INF, NAN]);
  for (const f of [d.silu, d.gelu, (t: Tensor) => d.gelu(t, { approximate: 'tanh' })]) {
    const y = f(x).data;
    assertClose(y.slice(0, 2), [50, 9], { relative: 2e-4 });
    assert.ok(y[2] <= 0 && y[2] > -2e-3 && Math.abs(y[3]) < 1e-19);
    assert.equal([y[4], y[5]], [INF, NAN]);
  }
});

test.run();
