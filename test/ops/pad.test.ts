import * as d from 'dynaecg';
import { ArgumentError, ShapeError, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('ops/pad');

const { NaN: NAN } = Number;

test('pad: every mode at its most', () => {
  const x = tensor([[1, 2, 3]]);
  const padded = (mode: d.PadMode, ...amounts: number[]) => d.pad(x, amounts, { mode }).toArray();
  assert.equal(padded('constant', 1, 2), [[0, 1, 2, 3, 0, 0]]);
  assert.equal(padded('reflect', 2, 2), [[3, 2, 1, 2, 3, 2, 1]]);
  assert.equal(padded('replicate', 2, 4, 0, 1), [
    [1, 1, 1, 2, 3, 3, 3, 3, 3],
    [1, 1, 1, 2, 3, 3, 3, 3, 3],
  ]);
  assert.equal(padded('circular', 3, 2), [[1, 2, 3, 1, 2, 3, 1, 2]]);
  assert.equal(d.pad(x, [0, 1], { value: NAN }).toArray(), [[1, 2, 3, NAN]]);
  assert.is(d.pad(x, [0, 0]), x);
});

const x13 = tensor([[1, 2, 3]]);

const padErrors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => d.pad(x13, [1]), ArgumentError, 'pad: expected amounts in pairs, got 1'],
  [() => d.pad(x13, [1, 1, 1, 1, 1, 1]), ShapeError, 'pad: expected at most 2 pairs for [1,3], got 3'],
  [() => d.pad(x13, [-1, 1]), ArgumentError, 'pad: expected amounts[0] to be a whole number >= 0, got -1'],
  [
    () => d.pad(x13, [0, 3], { mode: 'reflect' }),
    ShapeError,
    "pad: expected at most 2 elements added at an end of axis 1 of 3 with mode 'reflect', got 3",
  ],
  [
    () => d.pad(x13, [4, 0], { mode: 'circular' }),
    ShapeError,
    "pad: expected at most 3 elements added at an end of axis 1 of 3 with mode 'circular', got 4",
  ],
  [() => d.pad(x13, [2e9, 2e9]), ShapeError, 'pad: expected at most 2147483647 values, got shape [1,4000000003]'],
];

for (const [f, type, message] of padErrors) test(message, () => assertThrows(f, type, message));

test.run();
