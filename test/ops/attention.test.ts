import * as d from 'dynaecg';
import { ShapeError } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('ops/attention');

const z = d.zeros;

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.attentionPool(z([4, 2]), z([1, 2])), ShapeError, 'attentionPool: expected h (T,B,D), got [4,2]'],
  [() => d.attentionPool(z([4, 2, 3]), z([3])), ShapeError, 'attentionPool: expected weight (1,E) with E=3, got [3]'],
  [
    () => d.attentionPool(z([4, 2, 3]), z([1, 3]), { weight: z([5, 3]), bias: null }),
    ShapeError,
    'attentionPool: expected weight (1,E) with E=5, got [1,3]',
  ],
  [
    () => d.channelAttention(z([4, 2]), { weight: z([1, 2]), bias: null }, { weight: z([2, 1]), bias: null }),
    ShapeError,
    'channelAttention: expected x (B,C,L), got [4,2]',
  ],
  [
    () => d.channelAttention(z([4, 2, 3]), { weight: z([1, 2]), bias: null }, { weight: z([3, 1]), bias: null }),
    ShapeError,
    'channelAttention: expected gate (B,C) with B=4 C=2, got [4,3]',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test('a mask of lengths', () => {
  assert.equal(d.lengthMask([2, 1, 3], 3).toArray(), [
    [1, 1, 1],
    [1, 0, 1],
    [0, 0, 1],
  ]);
  assert.is(d.lengthMask([], 2).size, 0);
});

test.run();
