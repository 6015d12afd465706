// The tape alone, on ops made here: derivatives by hand, without a numeric gradient.
import {
  ArgumentError,
  affine,
  BackendError,
  backward,
  defineOp,
  mul,
  noGrad,
  ShapeError,
  sum,
  Tensor,
  type TensorLike,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import type { Vec } from '../../src/kernels/types.ts';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('autograd/tape.rules');

const leaf = (...values: number[]): Tensor => tensor(values, undefined, { requiresGrad: true });
const valuesOf = (x: Tensor): number[] => [...x.data];

/** The order in which rules run backward. */
let ran: string[] = [];
/** x + y, whose rule notes its name. */
const named = (name: string) =>
  defineOp(name, (x: Tensor, y: Tensor) => ({
    inputs: [x, y],
    output: new Tensor(
      x.data.map((v, i) => v + y.data[i]),
      x.shape,
    ),
    vjp: (dy, inputs) => {
      ran.push(name);
      for (const d of inputs) if (d) for (let i = 0; i < dy.length; i++) d[i] += dy[i];
    },
  }));

/** [2 x, 3 x]: notes which of its outputs have a gradient. */
let received: (number[] | null)[] = [];
const pair = defineOp('pair', (x: Tensor) => ({
  inputs: [x],
  output: [
    new Tensor(
      x.data.map((v) => 2 * v),
      x.shape,
    ),
    new Tensor(
      x.data.map((v) => 3 * v),
      x.shape,
    ),
  ],
  vjp: (dys, [dx]) => {
    received = dys.map((dy) => dy && [...dy]);
    for (const [k, dy] of dys.entries()) if (dy && dx) for (let i = 0; i < dy.length; i++) dx[i] += (2 + k) * dy[i];
  },
}));

test('an op that several others use runs backward after all of them, once', () => {
  const x = leaf(3);
  const [f, g, h, k] = ['f', 'g', 'h', 'k'].map(named);
  const a = f(x, x); // 2x
  const b = g(a, x); // 3x
  const c = h(b, a); // 5x
  const y = k(a, c); // 7x: a is the first of its inputs, and the oldest
  ran = [];
  backward(y);
  assert.equal(ran, ['k', 'h', 'g', 'f']);
  assert.equal(valuesOf(gradOf(x)), [7]);
  const z = leaf(3);
  const [p, q] = [mul(z, z), affine(z, 2)]; // z^2 and 2z
  backward(sum(mul(mul(p, q), p))); // 2 z^5
  assert.equal(valuesOf(gradOf(z)), [10 * 3 ** 4]);
});

test('gradients add up: those of one graph, of several, and in the entries where they belong', () => {
  const x = leaf(1, 2, 3);
  backward(sum(mul(x, tensor([4, 5, 6]))));
  assert.equal(valuesOf(gradOf(x)), [4, 5, 6]);
  const first = gradOf(x);
  backward(mul(x, 2), tensor([1, 10, 100]));
  assert.equal(valuesOf(gradOf(x)), [6, 25, 206]);
  assert.is(gradOf(x), first, 'the same tensor');
});

test('a leaf is its own gradient: the seed, or 1', () => {
  const [x, y] = [leaf(5), leaf(5, 6)];
  backward(x);
  assert.equal(valuesOf(gradOf(x)), [1]);
  backward(x);
  assert.equal(valuesOf(gradOf(x)), [2]);
  backward(y, tensor([3, 4]));
  assert.equal(valuesOf(gradOf(y)), [3, 4]);
  assert.is(gradOf(y).requiresGrad, false);
});

test('a seed: needed unless there is one value, of the same shape, in any tensor-like form', () => {
  const x = leaf(1, 2);
  const y = mul(x, x);
  assertThrows(() => backward(y), ShapeError, 'backward: expected a scalar or a seed gradient, got shape [2]');
  const message = 'backward: expected a seed of shape [2], got [1]';
  assertThrows(() => backward(y, tensor([1])), ShapeError, message);
  assert.is(x.grad, null, 'nothing has run');
  backward(y, { data: [1, 2, 3], shape: [2], stride: [2], offset: 0 } as TensorLike);
  assert.equal(valuesOf(gradOf(x)), [2, 12]);
  const one = leaf(4);
  backward(mul(one, one), tensor([10]));
  assert.equal(valuesOf(gradOf(one)), [80]);
});

test('of several outputs those without a gradient are null', () => {
  const x = leaf(1, 2);
  backward(sum(pair(x)[1]));
  assert.equal(received, [null, [1, 1]]);
  assert.equal(valuesOf(gradOf(x)), [3, 3]);
  const z = leaf(1);
  const [two, three] = pair(z);
  backward(sum(mul(two, three))); // 6 z^2
  assert.equal(received, [[3], [2]]);
  assert.equal(valuesOf(gradOf(z)), [12]);
});

test('an input that needs no gradient gets none, and its history is not visited', () => {
  const [x, constant] = [leaf(2), tensor([3])];
  const wanted: boolean[] = [];
  const op = defineOp('op', (a: Tensor, b: Tensor) => ({
    inputs: [a, b],
    output: new Tensor(Float32Array.of(a.data[0] * b.data[0]), [1]),
    vjp: (dy: Vec, inputs) => {
      wanted.push(...inputs.map((d) => d !== null));
      inputs.forEach((d, i) => {
        if (d) d[0] += dy[0] * (i === 0 ? b : a).data[0];
      });
    },
  }));
  backward(op(x, constant));
  backward(op(constant, x));
  assert.equal(wanted, [true, false, false, true]);
  assert.is(constant.grad, null);
  assert.equal(valuesOf(gradOf(x)), [6]);
  assert.is(op(constant, constant).requiresGrad, false);
  assertThrows(
    () => backward(op(constant, constant)),
    BackendError,
    'backward: expected a result that depends on a tensor with requiresGrad, got one that does not',
  );
});

test('an input may be null, also the first', () => {
  const plus = defineOp('plus', (bias: Tensor | null, x: Tensor) => ({
    inputs: [bias, x],
    output: new Tensor(
      x.data.map((v, i) => v + (bias?.data[i] ?? 0)),
      x.shape,
    ),
    vjp: (dy: Vec, inputs) => {
      for (const d of inputs) if (d) for (let i = 0; i < dy.length; i++) d[i] += dy[i];
    },
  }));
  const x = leaf(1, 2);
  backward(sum(plus(null, x)));
  assert.equal(valuesOf(gradOf(x)), [1, 1]);
  const double = tensor([1, 2], undefined, { dtype: 'float64' });
  const message = 'plus: expected inputs of one dtype, got float32 and float64';
  assertThrows(() => plus(x, double), ShapeError, message);
});

test('a graph runs backward once', () => {
  const x = leaf(2);
  const y = mul(x, x);
  backward(y);
  const again = 'backward: expected a fresh graph, got one whose mul has already run backward';
  assertThrows(() => backward(y), BackendError, again);
  assertThrows(() => backward(affine(y, 2)), BackendError, again);
  assert.equal(valuesOf(gradOf(x)), [4], 'refused before anything has run');
});

test('noGrad: nothing is recorded inside, and recording is as before afterwards', () => {
  const x = leaf(2);
  const inside = noGrad(() => {
    assert.is(noGrad(() => mul(x, x)).requiresGrad, false);
    return mul(x, x); // after another noGrad has ended
  });
  assert.is(inside.requiresGrad, false);
  assert.is(inside.node, null);
  const failure = new Error('inside');
  assert.throws(
    () =>
      noGrad(() => {
        throw failure;
      }),
    (error: unknown) => error === failure,
  );
  assert.is(mul(x, x).requiresGrad, true);
});

test('what is not a name, a rule or a function is refused', () => {
  const rule = (x: Tensor) => ({ inputs: [x], output: x, vjp: () => {} });
  assert.throws(
    () => defineOp(1 as unknown as string, rule),
    (e: unknown) => e instanceof ArgumentError && e.message.startsWith('defineOp: expected name'),
  );
  assert.throws(
    () => defineOp('op', 1 as unknown as typeof rule),
    (e: unknown) => e instanceof ArgumentError && e.message.startsWith('defineOp: expected rule'),
  );
  assert.throws(
    () => noGrad(1 as unknown as () => void),
    (e: unknown) => e instanceof ArgumentError && e.message.startsWith('noGrad: expected f'),
  );
});

test.run();
