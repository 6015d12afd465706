import { ArgumentError, type Shape, ShapeError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCount, checkRange } from '../../src/core/check.ts';
import {
  broadcastShapes,
  checkShape,
  expectShape,
  resolveAxis,
  sizeOf,
  splitAt,
  stridesOf,
} from '../../src/core/shape.ts';
import { assertThrows } from '../support/asserts.ts';

const test = suite('core/shape');

test('sizes and strides', () => {
  for (const [shape, size, strides] of [
    [[], 1, []],
    [[5], 5, [1]],
    [[2, 3, 4], 24, [12, 4, 1]],
    [[3, 0, 2], 0, [0, 2, 1]],
  ] as [Shape, number, number[]][]) {
    assert.is(sizeOf(shape), size);
    assert.equal(stridesOf(shape), strides);
  }
});

// import numpy; numpy.broadcast_shapes(a, b)
test('broadcasting is that of NumPy', () => {
  for (const [a, b, expected] of [
    [[], [], []],
    [[2, 3], [], [2, 3]],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [
      [4, 3, 1],
      [1, 5],
      [4, 3, 5],
    ],
    [[0], [1], [0]],
  ] as Shape[][]) {
    assert.equal(broadcastShapes('add', a, b), expected);
    assert.equal(broadcastShapes('add', b, a), expected);
  }
  for (const [a, b] of [
    [[2, 3], [2]],
    [[3], [4]],
    [
      [2, 3, 4],
      [3, 3, 4],
    ],
    [[0], [2]],
  ])
    assertThrows(
      () => broadcastShapes('add', a, b),
      ShapeError,
      `add: expected shapes that broadcast, got [${a}] and [${b}]`,
    );
});

test('axes count from either end', () => {
  assert.equal(
    [0, 1, 2, -1, -2, -3].map((axis) => resolveAxis('sum', axis, 3)),
    [0, 1, 2, 2, 1, 0],
  );
  for (const axis of [3, -4, 0.5, Number.NaN])
    assertThrows(() => resolveAxis('sum', axis, 3), ShapeError, `sum: expected an axis from -3 to 2, got ${axis}`);
});

test('the three loops around an axis', () => {
  assert.equal(splitAt([2, 3, 4, 5], 1), { outer: 2, n: 3, inner: 20 });
  assert.equal(splitAt([2, 3, 4, 5], 0), { outer: 1, n: 2, inner: 60 });
  assert.equal(splitAt([2, 3, 4, 5], 3), { outer: 24, n: 5, inner: 1 });
});

test('a pattern gives its letters their sizes', () => {
  assert.equal(expectShape('conv1d', 'x (B,C,L)', [2, 3, 4]), { B: 2, C: 3, L: 4 });
  assert.equal(expectShape('tripletHinge', 'distances (B,B)', [4, 4]), { B: 4 });
  assert.equal(expectShape('attentionPool', 'weight (1,E)', [1, 5]), { E: 5 });
  assert.equal(expectShape<'O'>('linear', 'bias (O)', [3], { O: 3 }), { O: 3 });
  assert.equal(expectShape('item', 'x ()', []), {});
});

test('a shape that does not fit is told with the operation first and the offending value last', () => {
  for (const [f, message] of [
    [() => expectShape('conv1d', 'x (B,C,L)', [32, 1]), 'conv1d: expected x (B,C,L), got [32,1]'],
    [() => expectShape('conv1d', 'x (B,C,L)', [1, 2, 3, 4]), 'conv1d: expected x (B,C,L), got [1,2,3,4]'],
    [() => expectShape('pair', 'd (B,B)', [3, 4]), 'pair: expected d (B,B), got [3,4]'],
    [() => expectShape('pool', 'weight (1,E)', [2, 5]), 'pool: expected weight (1,E), got [2,5]'],
    [() => expectShape('item', 'x ()', [1]), 'item: expected x (), got [1]'],
    [
      () => expectShape<'O' | 'G'>('conv1d', 'weight (O,G,K)', [4, 3, 5], { O: 4, G: 2 }),
      'conv1d: expected weight (O,G,K) with O=4 G=2, got [4,3,5]',
    ],
    [() => checkShape('full', [2, -1]), 'full: expected sizes that are whole numbers >= 0, got [2,-1]'],
    [() => checkShape('full', [1.5]), 'full: expected sizes that are whole numbers >= 0, got [1.5]'],
  ] as [() => void, string][])
    assertThrows(f, ShapeError, message);
});

test('counts and ranges', () => {
  checkCount('conv1d', 'stride', 1, 1);
  checkRange('dropout', 'p', 0, 0, 1);
  checkRange('dropout', 'p', 1, 0, 1);
  for (const [f, message] of [
    [() => checkCount('conv1d', 'stride', 0, 1), 'conv1d: expected stride to be a whole number >= 1, got 0'],
    [() => checkCount('conv1d', 'stride', 1.5, 1), 'conv1d: expected stride to be a whole number >= 1, got 1.5'],
    [() => checkRange('dropout', 'p', -0.1, 0, 1), 'dropout: expected p from 0 to 1, got -0.1'],
    [() => checkRange('dropout', 'p', Number.NaN, 0, 1), 'dropout: expected p from 0 to 1, got NaN'],
    [() => checkRange('loss', 'margin', -1, 0), 'loss: expected margin >= 0, got -1'],
    [() => checkRange('loss', 'margin', Number.NaN, 0), 'loss: expected margin >= 0, got NaN'],
  ] as [() => void, string][])
    assertThrows(f, ArgumentError, message);
});

test.run();
