import * as d from 'dynaecg';
import { ArgumentError, Random, ShapeError, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('ops/pooling');

const z = d.zeros;
const { NaN: NAN } = Number;
const EXACT = {};
const CLOSE = { relative: 1e-12, absolute: 1e-12 };

test('average and adaptive pooling against plain loops', () => {
  const random = new Random('pooling');
  const mean = (v: number[], by = v.length): number => v.reduce((a, c) => a + c, 0) / by;
  for (const [L, K, stride, padding] of [
    [9, 3, 3, 0],
    [10, 3, 2, 1],
    [8, 4, 1, 2],
    [5, 2, 3, 0],
    [6, 6, 6, 3],
  ]) {
    const x = randomTensor(random, [1, 1, L]);
    const P = Math.floor((L + 2 * padding - K) / stride) + 1;
    const windows = Array.from({ length: P }, (_, p) =>
      [...x.data].filter((_, l) => l >= p * stride - padding && l < p * stride - padding + K),
    );
    for (const countIncludePad of [true, false]) {
      const expected = windows.map((v) => mean(v, countIncludePad ? K : v.length));
      assertClose(d.avgPool1d(x, K, { stride, padding, countIncludePad }).data, expected, CLOSE);
    }
  }
  for (const [L, P] of [
    [9, 3],
    [10, 3],
    [7, 5],
    [2, 5],
    [6, 1],
  ]) {
    const x = randomTensor(random, [1, 1, L]);
    const windows = Array.from({ length: P }, (_, p) =>
      [...x.data].slice(Math.floor((p * L) / P), Math.ceil(((p + 1) * L) / P)),
    );
    assertClose(
      d.adaptiveAvgPool1d(x, P).data,
      windows.map((v) => mean(v)),
      CLOSE,
    );
    assertClose(
      d.adaptiveMaxPool1d(x, P).data,
      windows.map((v) => Math.max(...v)),
      EXACT,
    );
  }
  assertThrows(
    () => d.avgPool1d(tensor([[[1, 2]]]), 3),
    ShapeError,
    'avgPool1d: expected a signal of at least 3, got 2',
  );
  assertThrows(
    () => d.adaptiveMaxPool1d(d.zeros([1, 1, 0]), 3),
    ShapeError,
    'adaptiveMaxPool1d: expected a signal of at least 1, got 0',
  );
});

test('a NaN is the maximum of its windows', () => {
  const x = tensor([[[1, NAN, 3, 4]]]);
  assert.equal(d.adaptiveMaxPool1d(x, 2).toArray(), [[[NAN, 4]]]);
});

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.maxPool1d(z([2, 9]), 2), ShapeError, 'maxPool1d: expected x (B,C,L), got [2,9]'],
  [() => d.maxPool1d(z([2, 3, 4]), 5), ShapeError, 'maxPool1d: expected a signal of at least 5, got 4'],
  [() => d.maxPool1d(z([2, 3, 4]), 0), ArgumentError, 'maxPool1d: expected kernel to be a whole number >= 1, got 0'],
  [
    () => d.maxPool1d(z([2, 3, 4]), 2, { stride: -1 }),
    ArgumentError,
    'maxPool1d: expected stride to be a whole number >= 1, got -1',
  ],
  [
    () => d.maxPool1d(z([2, 3, 4]), 3, { padding: 2 }),
    ArgumentError,
    'maxPool1d: expected padding from 0 to 1.5, got 2',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
