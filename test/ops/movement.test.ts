import * as d from 'dynaecg';
import { ArgumentError, ShapeError, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('ops/movement');

const { NaN: NAN } = Number;
const z = d.zeros;

test('stack: a new axis anywhere', () => {
  const [a, b] = [tensor([1, 2]), tensor([3, 4])];
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const columns = [
    [1, 3],
    [2, 4],
  ];
  assert.equal(d.stack([a, b]).toArray(), rows);
  assert.equal(d.stack([a, b], 1).toArray(), columns);
  assert.equal(d.stack([a, b], -1).toArray(), columns);
  assert.equal(d.stack([tensor(1), tensor(2)]).toArray(), [1, 2]);
  assertThrows(() => d.stack([a, tensor([1])]), ShapeError, 'stack: expected tensors of one shape, got [2] and [1]');
  assertThrows(() => d.stack([]), ShapeError, 'stack: expected at least one tensor, got none');
  assertThrows(() => d.stack([a], 2), ShapeError, 'stack: expected an axis from -2 to 1, got 2');
});

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.concat([]), ShapeError, 'concat: expected at least one tensor, got none'],
  [() => d.concat([z([2]), z([3])], 1), ShapeError, 'concat: expected an axis from -1 to 0, got 1'],
  [
    () => d.concat([z([2, 3]), z([2, 4])]),
    ShapeError,
    'concat: expected shapes that agree except on axis 0, got [2,3] and [2,4]',
  ],
  [
    () => d.concat([z([2, 3]), z([2])]),
    ShapeError,
    'concat: expected shapes that agree except on axis 0, got [2,3] and [2]',
  ],
  [() => d.slice(z([2]), 1, 0), ShapeError, 'slice: expected an axis from -1 to 0, got 1'],
  [() => d.slice(z([2]), 0, 0, 2, 0), ArgumentError, 'slice: expected a whole step >= 1, got 0'],
  [() => d.slice(z([2]), 0, 0.5), ArgumentError, 'slice: expected a whole start, got 0.5'],
  [() => d.slice(z([2]), 0, 0, NAN), ArgumentError, 'slice: expected a whole end, got NaN'],
  [() => d.gather(z([2]), [0, 2]), ShapeError, 'gather: expected indices from 0 to 1, got 2 at position 1'],
  [() => d.gather(z([2]), [-1]), ShapeError, 'gather: expected indices from 0 to 1, got -1 at position 0'],
  [() => d.gather(z([2]), [0.5]), ShapeError, 'gather: expected indices from 0 to 1, got 0.5 at position 0'],
  [() => d.reshape(z([2, 3]), [4]), ShapeError, 'reshape: expected a shape of 6 elements, got [4]'],
  [() => d.reshape(z([2, 3]), [-1, -1]), ShapeError, 'reshape: expected a shape of 6 elements, got [-1,-1]'],
  [() => d.reshape(z([2, 3]), [4, -1]), ShapeError, 'reshape: expected a shape of 6 elements, got [4,-1]'],
  [() => d.reshape(z([2, 3]), [-2, -3]), ShapeError, 'reshape: expected a shape of 6 elements, got [-2,-3]'],
  [() => d.reshape(z([0]), [0, -1]), ShapeError, 'reshape: expected a shape of 0 elements, got [0,-1]'],
  [() => d.transpose(z([2, 3]), [0]), ShapeError, 'transpose: expected each of the 2 axes once, got [0]'],
  [() => d.transpose(z([2, 3]), [0, 0]), ShapeError, 'transpose: expected each of the 2 axes once, got [0,0]'],
  [() => d.transpose(z([2, 3]), [0, 2]), ShapeError, 'transpose: expected an axis from -2 to 1, got 2'],
  [() => d.broadcastTo(z([2, 3]), [3]), ShapeError, 'broadcastTo: expected a shape that fits into [3], got [2,3]'],
  [() => d.broadcastTo(z([2]), [3]), ShapeError, 'broadcastTo: expected shapes that broadcast, got [2] and [3]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
