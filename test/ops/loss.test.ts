import * as d from 'dynaecg';
import { ArgumentError, backward, ShapeError } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf } from '../support/tensors.ts';

const test = suite('ops/loss');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
/** Half the distance from 1 to the next float32 number: what one rounding costs. */
const FLOAT32_ROUNDING = 2 ** -24;

const triplets = (anchors: number[], positives: number[], negatives: number[]): d.Triplets => ({
  anchors: Int32Array.from(anchors),
  positives: Int32Array.from(positives),
  negatives: Int32Array.from(negatives),
});

// ---- numbers at the edge

test('cross-entropy of saturated logits is finite', () => {
  const x = leaf([
    [1e4, -1e4],
    [-1e4, 1e4],
  ]);
  const loss = d.crossEntropy(x, [0, 0]);
  assert.is(loss.item(), 1e4); // (0 + 20000) / 2
  backward(loss);
  assert.equal([...gradOf(x).data], [0, 0, -0.5, 0.5]);
});

test('cross-entropy with a class masked by -Infinity is finite', () => {
  const x = leaf([[0, 0, -INF]]);
  const loss = d.crossEntropy(x, [0]);
  assertClose(loss.data, [Math.LN2], { relative: FLOAT32_ROUNDING });
  backward(loss);
  assert.equal([...gradOf(x).data], [-0.5, 0.5, 0]);
});

test('no triplet: loss 0 and a zero gradient', () => {
  const x = leaf([
    [0, 1],
    [1, 0],
  ]);
  const loss = d.tripletHinge(x, triplets([], [], []), 0.2);
  assert.is(loss.item(), 0);
  backward(loss);
  assert.equal([...gradOf(x).data], [0, 0, 0, 0]);
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.crossEntropy(z([3]), [0]), ShapeError, 'crossEntropy: expected logits (B,K), got [3]'],
  [() => d.crossEntropy(z([2, 3]), [0]), ShapeError, 'crossEntropy: expected 2 targets, at least one, got 1'],
  [() => d.crossEntropy(z([0, 3]), []), ShapeError, 'crossEntropy: expected 0 targets, at least one, got 0'],
  [
    () => d.crossEntropy(z([2, 3]), [0, 3]),
    ArgumentError,
    'crossEntropy: expected targets from 0 to 2, got 3 at position 1',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [NAN]),
    ArgumentError,
    'crossEntropy: expected targets from 0 to 2, got NaN at position 0',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [0], { weights: z([2]) }),
    ShapeError,
    'crossEntropy: expected weights (K) with K=3, got [2]',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [0], { weights: z([3], { dtype: 'float64' }) }),
    ShapeError,
    'crossEntropy: expected inputs of one dtype, got float32 and float64',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [0], { labelSmoothing: 2 }),
    ArgumentError,
    'crossEntropy: expected labelSmoothing from 0 to 1, got 2',
  ],
  [
    () => d.tripletHinge(z([2, 3]), triplets([], [], []), 0),
    ShapeError,
    'tripletHinge: expected distances (B,B), got [2,3]',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([0], [1], []), 0),
    ShapeError,
    'tripletHinge: expected as many positives and negatives as anchors, got 1, 1, 0',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([0, 1], [1, 0], [0, 2]), 0),
    ShapeError,
    'tripletHinge: expected indices from 0 to 1, got 2 in triplet 1',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([], [], []), -0.1),
    ArgumentError,
    'tripletHinge: expected margin >= 0, got -0.1',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([], [], []), NAN),
    ArgumentError,
    'tripletHinge: expected margin >= 0, got NaN',
  ],
  ...[0, 1.5, 3, NAN].map((power): (typeof errors)[number] => [
    () => d.tripletHinge(z([2, 2]), triplets([], [], []), 0, { power: power as 1 }),
    ArgumentError,
    `tripletHinge: expected power 1 or 2, got ${power}`,
  ]),
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
