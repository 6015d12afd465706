import * as d from 'dynaecg';
import { ShapeError, tensor } from 'dynaecg';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('autograd/creation');

const z = d.zeros;

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => tensor([[1, 2], [3]]), ShapeError, 'tensor: expected nested arrays of shape [2,2], got a ragged entry 3'],
  [() => tensor([1, 2, 3], [2]), ShapeError, 'tensor: expected 2 values for [2], got 3'],
  [() => z([-1]), ShapeError, 'zeros: expected sizes that are whole numbers >= 0, got [-1]'],
  [() => d.empty([1.5], 'float32'), ShapeError, 'empty: expected sizes that are whole numbers >= 0, got [1.5]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
