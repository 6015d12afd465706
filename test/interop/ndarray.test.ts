import { ArgumentError, backward, mul, Random, scope, sum, Tensor, type TensorLike, tensor, zeros } from 'dynaecg';
import { fromNdarray, type NdArray, toNdarray } from 'dynaecg/ndarray';
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('interop/ndarray');

test('toNdarray shares memory: writes go both ways', () => {
  const t = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const a = toNdarray(t);
  assert.equal([a.shape, a.stride, a.offset], [[2, 3], [3, 1], 0]);
  assert.is(a.data, t.data);
  a.set(1, 2, 60);
  assert.equal(t.toArray(), [
    [1, 2, 3],
    [4, 5, 60],
  ]);
  t.data[0] = 10;
  assert.is(a.get(0, 0), 10);
  ops.mulseq(a.transpose(1, 0).hi(1, 2) as unknown as ndarray.NdArray, 2);
  assert.equal(t.toArray(), [
    [20, 2, 3],
    [8, 5, 60],
  ]);
});

test('fromNdarray copies: nothing is shared, and the copy outlives a scope', () => {
  const a = ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const t = fromNdarray(a);
  a.set(0, 0, 9);
  assert.equal(t.toArray(), [
    [1, 2],
    [3, 4],
  ]);
  let kept = zeros([]);
  scope(() => {
    const inside = zeros([2]);
    inside.data.set([5, 6]);
    kept = fromNdarray(toNdarray(inside));
  });
  assert.equal(kept.toArray(), [5, 6]);
});

/** Views of a (4,6) array of the numbers 0 to 23. */
const views: Record<string, (a: NdArray) => NdArray> = {
  whole: (a) => a,
  transposed: (a) => a.transpose(1, 0),
  'every other column': (a) => a.step(1, 2),
  backwards: (a) => a.step(-1, -2),
  'a block from the middle': (a) => a.lo(1, 2).hi(2, 3),
  'a block, stepped and transposed': (a) => a.lo(1, 1).hi(3, 5).step(2, 3).transpose(1, 0),
  empty: (a) => a.hi(0, 6),
};
for (const [name, view] of Object.entries(views))
  test(`fromNdarray copies a view: ${name}`, () => {
    for (const Type of [Float32Array, Float64Array]) {
      const data = new Type(Array.from({ length: 24 }, (_, i) => i));
      const a = view(ndarray(data, [4, 6]) as NdArray);
      const t = fromNdarray(a);
      assert.instance(t, Tensor);
      assert.instance(t.data, Type);
      assert.equal([...t.shape], a.shape);
      assert.equal(t.stride, [a.shape[1], 1], 'dense');
      for (let i = 0; i < a.shape[0]; i++)
        for (let j = 0; j < a.shape[1]; j++) assert.is(t.data[i * a.shape[1] + j], a.get(i, j), `(${i},${j})`);
    }
  });

test('any rank: a number, a row, four axes', () => {
  const random = new Random(0);
  for (const shape of [[], [5], [2, 3, 2, 2]]) {
    const t = randomTensor(random, shape);
    assert.equal(fromNdarray(toNdarray(t)), t.clone());
  }
});

test('arrays of whole numbers and plain arrays become float32', () => {
  for (const data of [Int16Array.of(1, -2, 3), [1, -2, 3]]) {
    const t = fromNdarray({ data, shape: [3], stride: [1], offset: 0 });
    assert.is(t.dtype, 'float32');
    assert.equal(t.toArray(), [1, -2, 3]);
  }
});

test('a copy may be a leaf that receives a gradient', () => {
  const a = ndarray(Float64Array.of(1, 2, 3), [3]);
  assert.is(fromNdarray(a).requiresGrad, false);
  const t = fromNdarray(a, { requiresGrad: true });
  backward(sum(mul(t, t)));
  assert.equal(gradOf(t).toArray(), [2, 4, 6]);
});

test('stores that hold no numbers, or hide them behind get, are errors', () => {
  const store = (values: number[]) => ({ length: values.length, get: (i: number) => values[i], set: () => 0 });
  const view = (data: unknown) => ({ data, shape: [2], stride: [1], offset: 0 }) as TensorLike;
  const cases: [data: unknown, got: string][] = [
    [store([1, 2]), 'undefined at position 0'],
    [BigInt64Array.of(1n, 2n), '1 at position 0'],
    [[1, '2'], '"2" at position 1'],
    [[1, null], 'null at position 1'],
  ];
  for (const [data, got] of cases)
    for (const [name, f] of Object.entries({ fromNdarray, sum }))
      assertThrows(() => f(view(data)), ArgumentError, `${name}: expected data of numbers, got ${got}`);
  assert.ok(Number.isNaN(fromNdarray(view([Number.NaN, 1])).data[0]), 'a NaN is a number');
});

test.run();
