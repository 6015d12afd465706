import * as d from 'dynaecg';
import { ArgumentError, ShapeError, type Tensor } from 'dynaecg';
import ndarray from 'ndarray';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { ndarrayTest } from '../support/engine.ts';

const test = suite('autograd/argument');
const testNdarray = ndarrayTest(test, 'autograd/argument');

// ---- dtypes and other people's arrays

test('float32 and float64 do not mix', () => {
  const [x, y] = [d.ones([2, 2]), d.ones([2, 2], { dtype: 'float64' })];
  for (const [name, op] of [
    ['add', d.add],
    ['div', d.div],
    ['matmul', d.matmul],
    ['linear', d.linear],
    ['squaredEuclidean', d.pairwiseSquaredEuclidean],
    ['concat', (a: Tensor, b: Tensor) => d.concat([a, b])],
  ] as [string, (a: Tensor, b: Tensor) => Tensor][]) {
    assertThrows(() => op(x, y), ShapeError, `${name}: expected inputs of one dtype, got float32 and float64`);
    assertThrows(() => op(y, x), ShapeError, `${name}: expected inputs of one dtype, got float64 and float32`);
  }
  assert.is(d.add(y, 1).dtype, 'float64', 'a number takes the dtype of its partner');
  assert.is(d.sub(1, y).dtype, 'float64');
  assert.is(d.add(0.1, d.zeros([], { dtype: 'float64' })).item(), 0.1, 'and keeps its digits');
});

testNdarray('ops take ndarrays: dense, transposed, strided, offset, of any typed array', () => {
  const base = ndarray(
    Float32Array.from({ length: 24 }, (_, i) => i),
    [4, 6],
  );
  const views = {
    dense: base,
    transposed: base.transpose(1, 0),
    strided: base.step(2, 3),
    reversed: base.step(1, -1),
    part: base.lo(1, 2).hi(2, 3),
    row: base.pick(2, null),
  };
  for (const [name, view] of Object.entries(views)) {
    const expected: number[] = [];
    const [rows, columns = 1] = view.shape;
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) expected.push(view.get(i, j) + 1);
    const y = d.add(view, 1);
    assert.equal([...y.shape], view.shape, name);
    assert.equal([...y.data], expected, name);
  }
  const product = d.matmul(base, base.transpose(1, 0));
  assert.equal(product.shape, [4, 4]);
  assert.is(product.data[1], 145); // 0 6 + 1 7 + 2 8 + 3 9 + 4 10 + 5 11
  assert.is(d.sum(ndarray(Float64Array.of(0.1, 0.2))).dtype, 'float64');
  assert.is(d.sum(ndarray(Int16Array.of(1, 2, 3))).item(), 6);
  assert.is(d.sum({ data: [1, 2, 3, 4], shape: [2], stride: [2], offset: 1 }).item(), 6);
});

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [
    () => d.exp({ data: [1, 2], shape: [2, 2], stride: [2, 1], offset: 0 }),
    ShapeError,
    'exp: expected an ndarray whose elements lie within its data, got shape [2,2], stride [2,1] and offset 0 over 2 values',
  ],
  [
    () => d.exp({ data: [1, 2], shape: [2], stride: [1], offset: undefined as never }),
    ShapeError,
    'exp: expected an ndarray whose elements lie within its data, got shape [2], stride [1] and offset undefined over 2 values',
  ],
  [
    () => d.exp({ data: [1], shape: [-1], stride: [1], offset: 0 }),
    ShapeError,
    'exp: expected sizes that are whole numbers >= 0, got [-1]',
  ],
  [() => d.exp(null as never), ArgumentError, 'exp: expected a tensor, an ndarray or a number, got null'],
  [
    () => d.relu([1, 2] as never),
    ArgumentError,
    'relu: expected a tensor, an ndarray or a number (tensor(values, shape) makes one from arrays), got [1,2]',
  ],
  [() => d.affine('x' as never, 1), ArgumentError, 'affine: expected a tensor, an ndarray or a number, got "x"'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
