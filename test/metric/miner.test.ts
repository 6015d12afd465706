import * as d from 'dynaecg';
import {
  ArgumentError,
  anchorPositivePairs,
  backward,
  DataError,
  pairwiseSquaredEuclidean,
  possibleTriplets,
  Random,
  ShapeError,
  type Triplets,
  tensor,
  tripletLoss,
  zeros,
} from 'dynaecg';
import { kernels } from 'dynaecg/kernels';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { file, unitEuclidean, X } from '../support/metric.ts';
import { type Found, miners, type Point, points, range, type Triple } from '../support/miners.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('metric/miner');

// ---- miners against three plain loops

const harder = (x: Found, y: Found): boolean => x.ap > y.ap || (x.ap === y.ap && x.an < y.an);
const squared = (a: Point, b: Point): number => a.reduce((sum, v, i) => sum + (v - b[i]) * (v - b[i]), 0);

/** Goes through every anchor, positive and negative; of those that compete it keeps the best, and the first of equals. */
function oracle(name: string, z: Point[], labels: number[], margin: number): Triple[] {
  const { allowed, oneFor, better = harder } = miners[name];
  const kept = new Map<string, Found>();
  for (let a = 0; a < z.length; a++)
    for (let p = 0; p < z.length; p++)
      for (let n = 0; n < z.length; n++) {
        if (a === p || labels[a] !== labels[p] || labels[a] === labels[n]) continue;
        const found: Found = { triple: [a, p, n], ap: squared(z[a], z[p]), an: squared(z[a], z[n]) };
        if (!allowed(found.ap, found.an, margin)) continue;
        const key = String({ triplet: [a, p, n], pair: [a, p], anchor: [a] }[oneFor]);
        const old = kept.get(key);
        if (!old || better(found, old)) kept.set(key, found);
      }
  return [...kept.values()].map(({ triple }) => triple);
}

const triples = ({ anchors, positives, negatives }: Triplets): Triple[] =>
  Array.from(anchors, (a, i) => [a, positives[i], negatives[i]]);

/** Whole numbers in a small square: many equal distances, distance 0 among them, and bands whose edges are hit exactly. */
const clouds: Record<string, { point: (random: Random) => Point; margins: number[] }> = {
  'a circle': {
    point: (random) => {
      const angle = random.uniform(0, 2 * Math.PI);
      return [Math.cos(angle), Math.sin(angle)];
    },
    margins: [0, 0.1, 0.5, 4],
  },
  'space, at random': { point: (random) => range(5).map(() => random.normal()), margins: [0.2, 3, 100] },
  'a grid': { point: (random) => [random.integer(4), random.integer(4)], margins: [0, 1, 2, 5] },
};

for (const [name, { miner }] of Object.entries(miners))
  for (const [cloud, { point, margins }] of Object.entries(clouds))
    test(`${name} finds what three loops find: points of ${cloud}`, () => {
      let found = 0;
      for (const B of [2, 5, 13, 24])
        for (const classes of [2, 3, 5])
          for (const seed of range(4)) {
            const random = new Random(`${cloud} ${B} ${classes} ${seed}`);
            const z = range(B).map(() => point(random));
            const labels = z.map(() => 7 * random.integer(classes)); // labels need not be consecutive
            for (const margin of margins) {
              const mined = triples(miner(pairwiseSquaredEuclidean(points(z)), labels, margin));
              assert.equal(mined, oracle(name, z, labels, margin), `B ${B}, ${classes} classes, margin ${margin}`);
              found += mined.length;
            }
          }
      assert.ok(found > 1000, `only ${found} triplets to compare`);
    });

test('the violating triplets are the semi-hard and the hard ones', () => {
  // from sample 0: itself, a positive, and negatives: nearer, as far, in the band, and at its end
  const distances = [[0, 1, 0.5, 1, 1.5, 2], ...range(5).map(() => range(6).map(() => 9))];
  const mined = (margin: number): Triple[] =>
    triples(d.violating(points(distances), [0, 0, 1, 2, 3, 4], margin)).filter(([a]) => a === 0);
  assert.equal(mined(1), [
    [0, 1, 2],
    [0, 1, 3],
    [0, 1, 4],
  ]);
  assert.equal(mined(0), [[0, 1, 2]]);
});

test('semiHardOrFarthest takes a negative as far as the positive for hard, and the first of equal ones', () => {
  const negative = (...far: number[]): number => {
    const distances = [[0, 1, ...far], ...range(far.length + 1).map(() => range(far.length + 2).map(() => 9))];
    const labels = [0, 0, ...far.map((_, i) => i + 1)];
    const [first] = triples(d.semiHardOrFarthest(points(distances), labels, 0));
    assert.equal(first.slice(0, 2), [0, 1]);
    return first[2] - 2;
  };
  assert.is(negative(0.5, 9, 1, 1.5, 1.5), 3);
  assert.is(negative(0.5, 1, 0, 1), 1);
  assert.is(negative(0, 0), 0);
  assert.is(negative(0.5, Infinity, Infinity), 1);
  assert.is(negative(Infinity, 8), 1);
});

test('the band is open at both ends', () => {
  // from sample 0: itself, a positive, and negatives at both ends of the band and inside
  const distances = [[0, 1, 1, 1.5, 2], ...range(4).map(() => range(5).map(() => 9))];
  const mined = d.semiHard(points(distances), [0, 0, 1, 2, 3], 1);
  assert.equal(triples(mined)[0], [0, 1, 3]);
  assert.is(triples(mined).filter(([a]) => a === 0).length, 1);
});

/** Batches with little or nothing to mine, with the number of triplets for each miner in the order above, and of pairs. */
const degenerate: Record<string, { z: Point[]; labels: number[]; counts: number[]; pairs: number; loss: number }> = {
  'no sample': { z: [], labels: [], counts: [0, 0, 0, 0, 0, 0], pairs: 0, loss: 0 },
  'one sample': { z: [[1, 0]], labels: [0], counts: [0, 0, 0, 0, 0, 0], pairs: 0, loss: 0 },
  'one class': {
    z: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
    labels: [4, 4, 4],
    counts: [0, 0, 0, 0, 0, 0],
    pairs: 6,
    loss: 0,
  },
  'every class once': {
    z: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
    labels: [0, 1, 2],
    counts: [0, 0, 0, 0, 0, 0],
    pairs: 0,
    loss: 0,
  },
  'equal embeddings': {
    z: range(4).map(() => [0.6, 0.8]),
    labels: [0, 0, 1, 1],
    counts: [0, 8, 0, 4, 4, 8],
    pairs: 4,
    loss: 0.3,
  },
  'classes far apart': {
    z: [
      [0, 0],
      [0, 1],
      [9, 0],
      [9, 1],
    ],
    labels: [0, 0, 1, 1],
    counts: [0, 0, 0, 4, 4, 8],
    pairs: 4,
    loss: 0,
  },
};

for (const [name, { z, labels, counts, pairs, loss }] of Object.entries(degenerate))
  test(`a degenerate batch, ${name}: the loss is known, and the gradient is zero`, () => {
    for (const [i, { miner }] of Object.values(miners).entries()) {
      const x = z.length > 0 ? points(z, true) : zeros([0, 2], { dtype: 'float64', requiresGrad: true });
      const result = tripletLoss(x, labels, { miner, margin: 0.3 });
      assert.is(result.triplets.anchors.length, counts[i]);
      assert.is(result.pairs, pairs);
      assertClose(result.loss.data, [counts[i] > 0 ? loss : 0], { absolute: 1e-15 });
      backward(result.loss);
      assert.ok(gradOf(x).data.every((g) => g === 0));
    }
  });

test('anchorPositivePairs counts ordered pairs of one label', () => {
  for (const n of [0, 1, 2, 9, 30]) {
    const random = new Random(n);
    const labels = range(n).map(() => random.integer(4));
    const pairs = labels.flatMap((a, i) => labels.filter((b, j) => i !== j && a === b)).length;
    assert.is(anchorPositivePairs(labels), pairs);
  }
});

test('possibleTriplets counts all triplets', () => {
  for (const n of [0, 1, 2, 9, 30])
    for (const classes of [1, 2, 4]) {
      const random = new Random(`${n} ${classes}`);
      const labels = range(n).map(() => 7 * random.integer(classes));
      const { anchors } = d.allTriplets(zeros([n, n]), labels, 0);
      assert.is(possibleTriplets(labels), anchors.length);
      if (n > 0) assert.is(tripletLoss(zeros([n, 2]), labels, { margin: 0 }).possible, anchors.length);
    }
});

// ---- what cannot be mined

for (const [name, { miner }] of Object.entries(miners))
  test(`a distance that is no number is an error, not a triplet that is missing: ${name}`, () => {
    const distances = zeros([4, 4]);
    distances.data[6] = Number.NaN;
    const message = `${name}: expected distances other than NaN, got NaN from sample 1 to 2`;
    assertThrows(() => miner(distances, [0, 0, 1, 1], 1), DataError, message);
  });

test('triplets beyond 32 bits are counted, and an error says how large a batch may be', () => {
  const B = 2582;
  const labels = Int32Array.from({ length: B }, (_, i) => i % 2);
  const distances = zeros([B, B]);
  const all = 4_300_036_980;
  assert.is(d.possibleTriplets(labels), all);
  if (d.backend().name === 'wasm')
    // loops over all of them in JavaScript
    assert.is(kernels('float32').mineAllTriplets(null, null, null, distances.data, labels, B, 0), all);
  const most = 2 ** 29;
  const message =
    `allTriplets: expected at most ${most} triplets, such as of a batch of 1290 with the same class proportions, ` +
    `got ${all} of ${B} samples`;
  assertThrows(() => d.allTriplets(distances, labels, 0), ArgumentError, message);
  assert.ok(d.possibleTriplets(labels.subarray(0, 1290)) < most);
});

// ---- errors

const four = zeros([4, 4]);

test('golden miners of pytorch-metric-learning: the same triplets', () => {
  const distances = unitEuclidean(tensor(X, undefined, { dtype: 'float64' }));
  const sorted = ([a, p, n]: ArrayLike<number>[]): string[] =>
    Array.from(a, (_, i) => `${a[i]} ${p[i]} ${n[i]}`).sort();
  for (const [name, miner] of [
    ['TripletMarginMiner(margin=0.2, all)', d.violating],
    ['TripletMarginMiner(margin=0.2, semihard)', d.semiHard],
    ['BatchHardMiner', d.batchHard],
  ] as const) {
    const { anchors, positives, negatives } = miner(distances, file.inputs.labels, 0.2);
    assert.ok(anchors.length > 0);
    assert.equal(sorted([anchors, positives, negatives]), sorted(file.miners[name]), name);
  }
});

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  ...Object.entries(miners).flatMap(([name, { miner }]): typeof errors => [
    [() => miner(four, [0, 0, 1, 1], -0.1), ArgumentError, `${name}: expected margin >= 0, got -0.1`],
    [() => miner(four, [0, 0, 1, 1], Number.NaN), ArgumentError, `${name}: expected margin >= 0, got NaN`],
    [() => miner(four, [0, 0, 1], 1), ShapeError, `${name}: expected 4 labels, got 3`],
    [() => miner(zeros([4, 3]), [0, 0, 1, 1], 1), ShapeError, `${name}: expected distances (B,B), got [4,3]`],
  ]),
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
