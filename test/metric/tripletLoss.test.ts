import * as d from 'dynaecg';
import {
  ArgumentError,
  backward,
  l2Normalize,
  pairwiseCosine,
  pairwiseSquaredEuclidean,
  Random,
  ShapeError,
  type Triplets,
  tensor,
  tripletLoss,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { fixture, restored, type Stored } from '../support/fixtures.ts';
import { miners, type Point, points, range, type Triple } from '../support/miners.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('metric/tripletLoss');

const triples = ({ anchors, positives, negatives }: Triplets): Triple[] =>
  Array.from(anchors, (a, i) => [a, positives[i], negatives[i]]);

// ---- the triplet loss against PyTorch

interface Golden {
  name: string;
  op: string;
  options: { miner: string; margin: number };
  inputs: Record<'x' | 'dy', Stored>;
  indices: Record<'labels', Stored>;
  outputs: Record<'loss' | 'count' | 'triplets', Stored>;
  grads: Record<'x', Stored>;
}

/** 9 digits are stored, of values computed in float64; float32 keeps 7 and loses one in the sums. */
const GOLDEN = { float64: { relative: 1e-8, absolute: 1e-11 }, float32: { relative: 1e-5, absolute: 1e-6 } };
const golden = fixture<{ cases: Golden[] }>('golden.json').cases.filter(({ op }) => op === 'triplet_loss');

assert.is(golden.length, 8);

for (const { name, options, inputs, indices, outputs, grads } of golden)
  test(`golden ${name}`, () => {
    for (const dtype of ['float64', 'float32'] as const) {
      const x = restored(inputs.x, dtype, true);
      const { miner } = miners[options.miner];
      const { loss, triplets } = tripletLoss(l2Normalize(x), indices.labels.data, { miner, margin: options.margin });
      assert.is(triplets.anchors.length, outputs.count.data[0]);
      assert.equal(triples(triplets).flat(), outputs.triplets.data, 'in the order of anchor, positive, negative');
      assertTensorClose(loss, outputs.loss, GOLDEN[dtype], `${dtype} loss`);
      backward(loss, restored(inputs.dy, dtype));
      assertTensorClose(gradOf(x), grads.x, GOLDEN[dtype], `${dtype} gradient`);
    }
  });

// ---- semiHardOrFarthest against TensorFlow Addons

// tfa.losses.triplet_semihard_loss (tensorflow_addons/losses/triplet.py) in Python's lists instead of TensorFlow's
// matrices, with its names, and with its masked minimum and maximum. It counts a pair without a negative, which we do not:
// none of these batches has one.
//
//   from math import cos, sin
//   def semihard(x, y, margin):
//       r, n = range(len(x)), len(x)
//       d = [[sum((u - v) ** 2 for u, v in zip(x[a], x[b])) for b in r] for a in r]
//       masked_max = lambda v, m: max((e - min(v)) * k for e, k in zip(v, m)) + min(v)
//       masked_min = lambda v, m: min((e - max(v)) * k for e, k in zip(v, m)) + max(v)
//       loss = pairs = 0
//       for a in r:
//           adjacency_not = [y[b] != y[a] for b in r]
//           negatives_inside = masked_max(d[a], adjacency_not)
//           for p in r:
//               mask = [adjacency_not[b] and d[a][b] > d[a][p] for b in r]
//               negatives_outside = masked_min(d[a], mask)
//               mask_positive = (y[p] == y[a]) - (p == a)
//               loss += max((margin + d[a][p] - (negatives_outside if any(mask) else negatives_inside)) * mask_positive, 0)
//               pairs += mask_positive
//       return loss / pairs
//   circle = [(cos(i * i), sin(i * i)) for i in range(12)]
//   space = [(sin(i), cos(3 * i), sin(5 * i)) for i in range(14)]
const circle = range(12).map((i) => [Math.cos(i * i), Math.sin(i * i)]);

const space = range(14).map((i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i)]);

const published: [what: string, z: Point[], labels: number[], margin: number, loss: number][] = [
  // semihard(circle, [i % 3 for i in range(12)], 0.2)
  ['three classes on a circle', circle, range(12).map((i) => i % 3), 0.2, 0.04774203535752089],
  // semihard(circle, [i // 4 for i in range(12)], 1)
  ['the default margin of TensorFlow Addons', circle, range(12).map((i) => Math.floor(i / 4)), 1, 0.6351973069886969],
  // semihard(space, [i * i % 5 for i in range(14)], 0.2)
  ['space, classes of two sizes', space, range(14).map((i) => (i * i) % 5), 0.2, 0.2534987454348718],
  // semihard(space, [min(i, 1) for i in range(14)], 1)
  ['one negative for all', space, range(14).map((i) => Math.min(i, 1)), 1, 1.8394688084619106],
];

for (const [what, z, labels, margin, expected] of published)
  test(`golden triplet_semihard_loss, ${what}`, () => {
    const { loss, triplets, pairs } = tripletLoss(points(z), labels, { miner: d.semiHardOrFarthest, margin });
    assertClose(loss.data, [expected], { relative: 1e-12 });
    assert.is(triplets.anchors.length, pairs);
  });

// ---- options of the triplet loss

test('violating and the squared Euclidean distance are the defaults', () => {
  const random = new Random('defaults');
  const z = points(range(12).map(() => [random.normal(), random.normal()]));
  const labels = range(12).map((i) => i % 3);
  const given = tripletLoss(z, labels, { margin: 1, miner: d.violating, distance: pairwiseSquaredEuclidean });
  assert.equal(tripletLoss(z, labels, { margin: 1 }), given);
  const others = Object.values(miners).map(({ miner }) => tripletLoss(z, labels, { margin: 1, miner }).triplets);
  assert.is(others.filter(({ anchors }) => anchors.length === given.triplets.anchors.length).length, 1);
  const cosine = tripletLoss(z, labels, { margin: 1, distance: pairwiseCosine });
  assert.not.equal(cosine.triplets, given.triplets);
});

test('the squared hinge is the mean of squares, and its gradient their derivative', () => {
  // hinges at margin 1: 1 - 2 + 1 = 0, 1 - 0.5 + 1 = 1.5, 1 - 4 + 1 < 0, 3 - 1.5 + 1 = 2.5
  const distances = [[0, 1, 2, 0.5, 4], [3, 0, 1.5, 9, 9], ...range(3).map(() => range(5).map(() => 9))];
  const triplets = {
    anchors: Int32Array.of(0, 0, 0, 1),
    positives: Int32Array.of(1, 1, 1, 0),
    negatives: Int32Array.of(2, 3, 4, 2),
  };
  for (const dtype of ['float64', 'float32'] as const) {
    const x = tensor(distances, undefined, { dtype, requiresGrad: true });
    const loss = d.tripletHinge(x, triplets, 1, { power: 2 });
    assert.is(loss.item(), (1.5 ** 2 + 2.5 ** 2) / 4);
    backward(loss);
    // 2 hinge / 4, of d_ap; and negative of d_an
    const expected = [0, 0.75, 0, -0.75, 0, 1.25, 0, -1.25, 0, 0, ...Array(15).fill(0)];
    assertClose(gradOf(x).data, expected, {});
    assert.is(d.tripletHinge(x, triplets, 1, { power: 1 }).item(), (1.5 + 2.5) / 4);
    assert.is(d.tripletHinge(x, triplets, 1).item(), (1.5 + 2.5) / 4);
  }
});

test('tripletLoss takes the power of the hinge', () => {
  const random = new Random('power');
  const labels = range(12).map((i) => i % 3);
  const z = points(range(12).map(() => [random.normal(), random.normal()]));
  const { loss, distances, triplets } = tripletLoss(z, labels, { margin: 1, power: 2 });
  const hinges = triples(triplets).map(([a, p, n]) => distances.data[a * 12 + p] - distances.data[a * 12 + n] + 1);
  assert.ok(hinges.length > 10);
  assertClose(loss.data, [hinges.reduce((sum, h) => sum + h * h, 0) / hinges.length], { relative: 1e-14 });
});

// ---- errors

const four = zeros([4, 4]);

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => tripletLoss(four, [0, 1], { margin: 1 }), ShapeError, 'tripletLoss: expected 2 embeddings, got [4,4]'],
  [() => tripletLoss(four, [0, 0, 1, 1], { margin: -1 }), ArgumentError, 'tripletLoss: expected margin >= 0, got -1'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
