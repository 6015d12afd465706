import * as d from 'dynaecg';
import {
  ArgumentError,
  anchorPositivePairs,
  backward,
  DataError,
  DynamicMargin,
  l2Normalize,
  type Miner,
  pairwiseCosine,
  pairwiseSquaredEuclidean,
  possibleTriplets,
  Random,
  ScheduledMargin,
  ShapeError,
  type Tensor,
  type Triplets,
  tensor,
  tripletLoss,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { fixture, restored, type Stored } from '../support/fixtures.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('metric');

type Point = number[];
type Triple = [anchor: number, positive: number, negative: number];

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const points = (z: Point[], requiresGrad = false): Tensor => tensor(z, undefined, { dtype: 'float64', requiresGrad });

// ---- miners against three plain loops

/** A triplet with its two distances. */
interface Found {
  triple: Triple;
  ap: number;
  an: number;
}

const inBand = (ap: number, an: number, margin: number): boolean => ap < an && an < ap + margin;
const any = (): boolean => true;
const harder = (x: Found, y: Found): boolean => x.ap > y.ap || (x.ap === y.ap && x.an < y.an);
/** Beyond the positive the nearest comes first, and before all that are not beyond it, of which it is the farthest. */
const beyondFirst = (x: Found, y: Found): boolean => {
  if (x.an > x.ap && y.an > y.ap) return x.an < y.an;
  return x.an > y.an;
};

/** What a miner wants: which distances, one triplet for each of what, and which of two it then prefers. */
const miners: Record<
  string,
  {
    miner: Miner;
    allowed: (ap: number, an: number, margin: number) => boolean;
    oneFor: 'triplet' | 'pair' | 'anchor';
    better?: (x: Found, y: Found) => boolean;
  }
> = {
  semiHard: { miner: d.semiHard, allowed: inBand, oneFor: 'triplet' },
  violating: { miner: d.violating, allowed: (ap, an, margin) => an < ap + margin, oneFor: 'triplet' },
  nearestSemiHard: { miner: d.nearestSemiHard, allowed: inBand, oneFor: 'pair' },
  semiHardOrFarthest: { miner: d.semiHardOrFarthest, allowed: any, oneFor: 'pair', better: beyondFirst },
  batchHard: { miner: d.batchHard, allowed: any, oneFor: 'anchor' },
  allTriplets: { miner: d.allTriplets, allowed: any, oneFor: 'triplet' },
};

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

// ---- distances

test('distances are what plain loops give', () => {
  const dot = (a: Point, b: Point): number => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const formulas: [typeof pairwiseCosine, (a: Point, b: Point) => number][] = [
    [pairwiseSquaredEuclidean, squared],
    [pairwiseCosine, (a, b) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))],
  ];
  for (const [distance, formula] of formulas)
    for (const [M, N, D] of [
      [1, 1, 1],
      [4, 3, 5],
      [7, 9, 2],
      [0, 3, 2],
    ]) {
      const random = new Random(`${M} ${N} ${D}`);
      const [a, b] = [M, N].map((n) => range(n).map(() => range(D).map(() => random.normal())));
      const x = M > 0 ? points(a) : zeros([0, D], { dtype: 'float64' });
      const expected = a.flatMap((p) => b.map((q) => formula(p, q)));
      assert.equal([...distance(x, points(b)).shape], [M, N]);
      // a dozen roundings of numbers of order 1 to 10
      assertClose(distance(x, points(b)).data, expected, { relative: 1e-14, absolute: 1e-14 });
      assertClose(distance(x).data, distance(x, x).data, {});
    }
});

// ---- what cannot be mined

for (const [name, { miner }] of Object.entries(miners))
  test(`a distance that is no number is an error, not a triplet that is missing: ${name}`, () => {
    const distances = zeros([4, 4]);
    distances.data[6] = Number.NaN;
    const message = `${name}: expected distances that are numbers, got NaN from sample 1 to 2`;
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
    assert.is(d.kernels('float32').mineAllTriplets(null, null, null, distances.data, labels, B, 0), all);
  const most = 2 ** 29;
  const message =
    `allTriplets: expected at most ${most} triplets, such as of a batch of 1290 with the same shares of classes, ` +
    `got ${all} of ${B} samples`;
  assertThrows(() => d.allTriplets(distances, labels, 0), ArgumentError, message);
  assert.ok(d.possibleTriplets(labels.subarray(0, 1290)) < most);
});

// ---- margins

/** What the margin is told of batches of so many triplets each, `steps` of them in an iteration. */
const batchesOf = (triplets: number[], { pairs = 30, possible = 1000, steps = 1 } = {}): d.MiningCounts[] =>
  triplets.map((n, i) => ({
    iteration: 1 + Math.floor(i / steps),
    step: 1 + (i % steps),
    steps,
    ...{ triplets: n, pairs, possible },
  }));
/** The margin after each of these batches. */
const margins = (scheduler: d.MarginScheduler, ...counts: Parameters<typeof batchesOf>): number[] =>
  batchesOf(...counts).map((batch) => scheduler.update(batch));
const near = { absolute: 1e-12 };
const THRESHOLD = 0.05; // by default, of the possible triplets
const ENOUGH = THRESHOLD * 1000;

test('the dynamic margin grows by 0.05 after three consecutive batches poor in triplets', () => {
  const margin = new DynamicMargin();
  assert.is(margin.margin, 0.2);
  const poor = ENOUGH - 1;
  const cases: [triplets: number, margin: number][] = [
    [poor, 0.2],
    [0, 0.2],
    [poor, 0.25], // the third changes the margin
    [poor, 0.25],
    [poor, 0.25],
    [ENOUGH, 0.25], // not poor, and the count begins anew
    [poor, 0.25],
    [poor, 0.25],
    [poor, 0.3],
    [poor, 0.3],
    [poor, 0.3],
    [poor, 0.35], // after a change three more are needed
    [900, 0.35],
  ];
  const expected = cases.map(([, m]) => m);
  assertClose(
    margins(
      margin,
      cases.map(([n]) => n),
    ),
    expected,
    near,
  );
});

test('the threshold is a fraction of the possible triplets, however many pairs they come of', () => {
  const grows = [0.2, 0.2, 0.25];
  for (const possible of [20, 1000, 240_000])
    for (const pairs of [4, 3000]) {
      const least = THRESHOLD * possible;
      assertClose(margins(new DynamicMargin(), Array(3).fill(least - 1), { pairs, possible }), grows, near);
      assertClose(margins(new DynamicMargin(), Array(9).fill(least), { pairs, possible }), Array(9).fill(0.2), near);
    }
});

test('per pair the threshold is a fraction of the pairs, however many triplets are possible', () => {
  for (const pairs of [10, 100, 5000])
    for (const possible of [4, 1e6]) {
      const run = (n: number) =>
        margins(new DynamicMargin({ per: 'pair', threshold: 0.5 }), Array(3).fill(n), { pairs, possible });
      assertClose(run(0.5 * pairs - 1), [0.2, 0.2, 0.25], near);
      assertClose(run(0.5 * pairs), [0.2, 0.2, 0.2], near);
      const many = margins(new DynamicMargin({ per: 'pair', threshold: 3 }), Array(3).fill(2 * pairs), {
        pairs,
        possible,
      });
      assertClose(many, [0.2, 0.2, 0.25], near); // a pair has more triplets than one
    }
});

test('the dynamic margin does not move where nothing is poor', () => {
  for (const [options, triplets, possible] of [
    [{}, ENOUGH, 1000],
    [{ threshold: 0 }, 0, 1000],
    [{}, 0, 0], // a batch of one class, which holds no triplet
    [{ step: 0, threshold: 1 }, 0, 1000],
  ] as const) {
    const margin = new DynamicMargin(options);
    assert.equal(margins(margin, Array(200).fill(triplets), { possible }), Array(200).fill(0.2));
  }
  const sometimes = range(300).map((i) => (i % 3 === 2 ? ENOUGH : 0)); // never three in a row
  assert.equal(margins(new DynamicMargin(), sometimes), Array(300).fill(0.2));
});

test('the dynamic margin is 0.8 exactly after 36 poor batches, and not before', () => {
  const all = margins(new DynamicMargin(), Array(60).fill(0));
  assertClose(
    all,
    all.map((_, i) => Math.min(0.2 + 0.05 * Math.floor((i + 1) / 3), 0.8)),
    near,
  );
  assert.is(all.indexOf(0.8), 35);
  assert.ok(all.slice(0, 35).every((m) => m < 0.76));
  assert.ok(all.slice(35).every((m) => m === 0.8));
});

test('the numbers of the dynamic margin are options', () => {
  const options = { min: 0.1, max: 0.35, step: 0.1, threshold: 0.5, patience: 2 };
  const found = margins(new DynamicMargin(options), [499, 499, 500, 499, 499, 499, 499, 499, 499]);
  assertClose(found, [0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.35, 0.35, 0.35], near);
});

test('a mining round of several batches is poor by their sum, and moves the margin with its last', () => {
  const options = { batches: 4, patience: 1, threshold: 0.05 };
  const poor = [150, 0, 0, 49]; // 199 of 4000: some batches would do, some would not
  const enough = [0, 0, 0, 200];
  const expected = [...poor.map((_, i) => (i < 3 ? 0.2 : 0.25)), ...Array(4).fill(0.25), 0.25, 0.25, 0.25, 0.3];
  for (const steps of [4, 6, 1, 100]) // a round may go on from one iteration into the next
    assertClose(margins(new DynamicMargin(options), [...poor, ...enough, ...poor], { steps }), expected, near);

  const unequal = new DynamicMargin(options); // 90 of 1800, though 3 of the batches are poor
  const sizes: [triplets: number, possible: number][] = [
    [0, 100],
    [0, 100],
    [0, 100],
    [90, 1500],
  ];
  for (const [triplets, possible] of sizes)
    for (const batch of batchesOf([triplets], { possible })) unequal.update(batch);
  assert.is(unequal.margin, 0.2);
  for (const [triplets, possible] of sizes)
    for (const batch of batchesOf([Math.min(triplets, 89)], { possible })) unequal.update(batch);
  assertClose([unequal.margin], [0.25], near);
});

test('the dynamic margin is what plain loops over all batches give', () => {
  const random = new Random('margin');
  let grown = 0;
  for (let trial = 0; trial < 300; trial++) {
    const options = {
      min: random.integer(3) / 10,
      max: 0.3 + random.integer(6) / 10,
      step: [0, 0.05, 0.1, 0.3][random.integer(4)],
      threshold: [0.1, 0.3, 2][random.integer(3)],
      per: (['possible', 'pair'] as const)[random.integer(2)],
      patience: 1 + random.integer(4),
      batches: 1 + random.integer(5),
    };
    const counts = range(120).map((i): d.MiningCounts => {
      const [pairs, possible] = [random.integer(60), random.integer(200)];
      const place = { iteration: 1 + Math.floor(i / 7), step: 1 + (i % 7), steps: 7 };
      return { ...place, pairs, possible, triplets: random.integer(trial % 2 ? 30 : 3) };
    });
    const scheduler = new DynamicMargin(options);
    const found = counts.map((batch) => scheduler.update(batch));

    const { min, max, step, threshold, per, patience, batches } = options;
    const expected = counts.map((_, last) => {
      let [margin, poor] = [min, 0];
      for (let first = 0; first + batches <= last + 1; first += batches) {
        const round = counts.slice(first, first + batches);
        const mined = round.reduce((sum, b) => sum + b.triplets, 0);
        const of = round.reduce((sum, b) => sum + (per === 'pair' ? b.pairs : b.possible), 0);
        poor = mined < threshold * of ? poor + 1 : 0;
        if (poor < patience || margin === max) continue;
        [margin, poor] = [Math.min(max, margin + step), 0];
      }
      return margin;
    });
    assertClose(found, expected, near, JSON.stringify(options));
    if (found[119] > min) grown++;
  }
  assert.ok(grown > 100 && grown < 290, `${grown} of 300 have moved`);
});

test('the dynamic margin goes on from its state after every batch as if nothing had been', () => {
  const triplets = [...range(50).map((i) => (i % 7 === 6 ? 900 : 0)), ...Array(30).fill(0)];
  for (const options of [{}, { batches: 3, patience: 2 }, { batches: 5, patience: 1, per: 'pair' as const }]) {
    const steps = 4;
    const all = batchesOf(triplets, { steps });
    const whole = new DynamicMargin(options);
    const expected = all.map((batch) => whole.update(batch));
    assert.ok(new Set(expected).size > 3);
    let amid = 0;
    for (let cut = 1; cut < triplets.length; cut++) {
      const first = new DynamicMargin(options);
      for (const batch of all.slice(0, cut)) first.update(batch);
      const second = new DynamicMargin(options);
      second.state = JSON.parse(JSON.stringify(first.state));
      assert.equal(second.state, first.state);
      if (first.state.batches > 0) amid++;
      const found = all.slice(cut).map((batch) => second.update(batch));
      assertClose(found, expected.slice(cut), {}, `after ${cut} batches`);
    }
    assert.is(amid > 0, 'batches' in options, 'states amid a mining round');
  }
});

test('a state is a copy', () => {
  const margin = new DynamicMargin({ batches: 3 });
  margins(margin, [1, 2]);
  const { state } = margin;
  assert.equal(state, { kind: 'DynamicMargin', margin: 0.2, below: 0, batches: 2, triplets: 3, of: 2000 });
  margins(margin, [3]);
  assert.equal(state, { kind: 'DynamicMargin', margin: 0.2, below: 0, batches: 2, triplets: 3, of: 2000 });
  assert.equal(margin.state, { kind: 'DynamicMargin', margin: 0.2, below: 1, batches: 0, triplets: 0, of: 0 });
});

test('a scheduled margin follows its function, whatever is mined', () => {
  const margin = new ScheduledMargin((iteration) => iteration / 10);
  assert.is(margin.margin, 0.1);
  assertClose(margins(margin, [0, 1000, 0]), [0.2, 0.3, 0.4], {});
  assertClose(margins(new ScheduledMargin(0.5), [0, 0, 0, 0]), Array(4).fill(0.5), {});
});

test('a scheduled margin changes only after the last batch of an iteration', () => {
  const asked: number[] = [];
  const margin = new ScheduledMargin((iteration) => {
    asked.push(iteration);
    return iteration / 10;
  });
  const expected = [0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.3, 0.3];
  assertClose(margins(margin, Array(9).fill(0), { steps: 4 }), expected, {});
  assert.equal(asked, [1, 2, 3]);
  const other = new ScheduledMargin((iteration) => iteration / 10);
  other.state = JSON.parse(JSON.stringify(margin.state));
  assert.equal(other.state, { kind: 'ScheduledMargin', margin: 0.3, below: 0, batches: 0, triplets: 0, of: 0 });
});

// ---- errors

const four = zeros([4, 4]);
const fresh: d.MarginState = { margin: 0.3, below: 0, batches: 0, triplets: 0, of: 0 };
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  ...Object.entries(miners).flatMap(([name, { miner }]): typeof errors => [
    [() => miner(four, [0, 0, 1, 1], -0.1), ArgumentError, `${name}: expected margin >= 0, got -0.1`],
    [() => miner(four, [0, 0, 1, 1], Number.NaN), ArgumentError, `${name}: expected margin >= 0, got NaN`],
    [() => miner(four, [0, 0, 1], 1), ShapeError, `${name}: expected 4 labels, got 3`],
    [() => miner(zeros([4, 3]), [0, 0, 1, 1], 1), ShapeError, `${name}: expected distances (B,B), got [4,3]`],
  ]),
  [() => tripletLoss(four, [0, 1], { margin: 1 }), ShapeError, 'tripletLoss: expected 2 embeddings, got [4,4]'],
  [() => tripletLoss(four, [0, 0, 1, 1], { margin: -1 }), ArgumentError, 'tripletLoss: expected margin >= 0, got -1'],
  [() => new DynamicMargin({ min: -0.1 }), ArgumentError, 'DynamicMargin: expected min >= 0, got -0.1'],
  [() => new DynamicMargin({ min: Number.NaN }), ArgumentError, 'DynamicMargin: expected min >= 0, got NaN'],
  [() => new DynamicMargin({ max: 0.1 }), ArgumentError, 'DynamicMargin: expected max >= 0.2, got 0.1'],
  [() => new DynamicMargin({ step: -1 }), ArgumentError, 'DynamicMargin: expected step >= 0, got -1'],
  [() => new DynamicMargin({ threshold: -1 }), ArgumentError, 'DynamicMargin: expected threshold >= 0, got -1'],
  ...[0, 1.5, Number.NaN].flatMap((n): typeof errors => [
    [
      () => new DynamicMargin({ patience: n }),
      ArgumentError,
      `DynamicMargin: expected patience to be a whole number >= 1, got ${n}`,
    ],
    [
      () => new DynamicMargin({ batches: n }),
      ArgumentError,
      `DynamicMargin: expected batches to be a whole number >= 1, got ${n}`,
    ],
  ]),
  [
    () => new DynamicMargin({ per: 'pairs' as 'pair' }),
    ArgumentError,
    `DynamicMargin: expected per 'possible' or 'pair' (did you mean pair?), got "pairs"`,
  ],
  ...[0.1, 0.9, Number.NaN].map((margin): (typeof errors)[number] => [
    () => Object.assign(new DynamicMargin(), { state: { ...fresh, margin } }),
    ArgumentError,
    `DynamicMargin: expected state.margin from 0.2 to 0.8, got ${margin}`,
  ]),
  ...(['below', 'batches', 'triplets', 'of'] as const).flatMap((key) =>
    [-1, 0.5, Number.NaN, undefined].map((n): (typeof errors)[number] => [
      () => Object.assign(new DynamicMargin(), { state: { ...fresh, [key]: n } }),
      ArgumentError,
      `DynamicMargin: expected state.${key} to be a whole number >= 0, got ${n}`,
    ]),
  ),
  [() => new ScheduledMargin(-1), ArgumentError, 'ScheduledMargin: expected a margin >= 0 for iteration 1, got -1'],
  [
    () => margins(new ScheduledMargin((i) => (i < 3 ? 1 : Number.NaN)), [0, 0, 0]),
    ArgumentError,
    'ScheduledMargin: expected a margin >= 0 for iteration 3, got NaN',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
