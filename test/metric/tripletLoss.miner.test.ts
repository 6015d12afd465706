/** Miners and distances of a caller's own. */
import * as d from 'dynaecg';
import { ArgumentError, DataError, type Miner, ShapeError, tensor, zeros } from 'dynaecg';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { z } from '../support/customParts.ts';

const test = suite('metric/tripletLoss.miner');

const pairs = [0, 0, 1, 1];

const mined = (convert: (list: number[]) => unknown): Miner => {
  const found = { anchors: convert([0, 1]), positives: convert([1, 0]), negatives: convert([2, 3]) };
  return () => found as d.Triplets;
};

test('a miner may give triplets in any array of whole numbers', () => {
  const loss = (convert: (list: number[]) => unknown): number =>
    d.tripletLoss(z, pairs, { miner: mined(convert), margin: 0.2 }).loss.item();
  const expected = (9 - 1 + 0.2 + 9 - 5 + 0.2) / 2;
  for (const convert of [
    (list: number[]) => list,
    (list: number[]) => Uint8Array.from(list),
    (list: number[]) => Float64Array.from(list),
    (list: number[]) => Int32Array.from(list),
  ])
    assertClose([loss(convert)], [expected], { relative: 1e-6 });
});

const lossWith = (options: object) => () => d.tripletLoss(z, pairs, { margin: 0.2, ...options });

const wrong: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    lossWith({ miner: mined((list) => list.map((i) => i + 0.5)) }),
    ShapeError,
    'tripletLoss: expected whole indices in anchors, got 0.5 at position 0',
  ],
  [
    lossWith({ miner: mined((list) => list.map((i) => i + 3)) }),
    ShapeError,
    'tripletHinge: expected indices from 0 to 3, got 4 in triplet 1',
  ],
  [
    lossWith({ miner: () => undefined }),
    ArgumentError,
    'tripletLoss: expected triplets to be an object, got undefined',
  ],
  [
    lossWith({ miner: () => ({ anchors: [0], positives: [1] }) }),
    ArgumentError,
    'tripletLoss: expected triplets.negatives to be an array of numbers, got undefined',
  ],
  [
    lossWith({ distance: () => zeros([3, 3]) }),
    ShapeError,
    'tripletLoss: expected distance to return [4,4], got [3,3]',
  ],
  [
    lossWith({ distance: () => [[0]] }),
    ArgumentError,
    'tripletLoss: expected distance to return a Tensor, got an array of 1',
  ],
  [
    () => d.recallAtK(z, pairs, 1, { distance: () => zeros([4, 3]) }),
    ShapeError,
    'recallAtK: expected distance to return [4,4], got [4,3]',
  ],
  [
    () =>
      d.precisionAt1(z, pairs, {
        distance: () =>
          tensor([
            [0, 1, 2, 3],
            [0, 1, Number.NaN, 2],
            [0, 1, 2, 3],
            [0, 1, 2, 3],
          ]),
      }),
    DataError,
    'precisionAt1: expected finite distances, got NaN from sample 1 to 2',
  ],
];

for (const [f, type, message] of wrong) test(message, () => assertThrows(f, type, message));

test.run();
