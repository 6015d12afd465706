/** Nearest neighbours and the scores made of them, against sorting all. */
import type * as d from 'dynaecg';
import {
  ArgumentError,
  DataError,
  type Distance,
  l2Normalize,
  nearestNeighbors,
  pairwiseCosine,
  pairwiseSquaredEuclidean,
  precisionAt1,
  Random,
  recallAtK,
  retrievalScores,
  ShapeError,
  Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { kthSmallest, Selection } from '../../../src/eval/neighbors/selection.ts';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { fixture } from '../../support/fixtures.ts';

const test = suite('retrieval');

type Point = number[];
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const points = (rows: readonly Point[], D: number, dtype: d.DType): Tensor =>
  new Tensor(dtype === 'float64' ? Float64Array.from(rows.flat()) : Float32Array.from(rows.flat()), [rows.length, D]);

/** Clouds of points: many equal ones, equal distances, clusters closer than a product of float32 numbers can tell. */
const clouds: Record<string, { point: (random: Random, D: number) => Point; dtypes: d.DType[] }> = {
  'space, at random': { point: (random, D) => range(D).map(() => random.normal()), dtypes: ['float32', 'float64'] },
  'a grid': { point: (random, D) => range(D).map(() => random.integer(3)), dtypes: ['float32', 'float64'] },
  'tight clusters far from the origin': {
    point: (random, D) => {
      const center = random.integer(5);
      return range(D).map((j) => 40 + ((center * (j + 1)) % 5) + 1e-4 * random.normal());
    },
    dtypes: ['float32', 'float64'],
  },
  'lengths from 1e-8 to 1e8': {
    point: (random, D) => {
      const length = 10 ** random.uniform(-8, 8);
      return range(D).map(() => length * random.normal());
    },
    dtypes: ['float32', 'float64'],
  },
  'nearly nothing': { point: (random, D) => range(D).map(() => 1e-22 * random.normal()), dtypes: ['float32'] },
  'nearly too much': { point: (random, D) => range(D).map(() => 1e17 * random.normal()), dtypes: ['float32'] },
};

/** Positions of all but `self`, those at the smallest distances first, equal ones by position. */
function sorted(distances: ArrayLike<number>, self = -1): number[] {
  return range(distances.length)
    .filter((j) => j !== self)
    .sort((a, b) => distances[a] - distances[b] || a - b);
}

const SIZES: [N: number, M: number, D: number][] = [
  [1, 1, 1],
  [7, 20, 3],
  [150, 25, 5],
];
const DISTANCES: Record<string, Distance> = { 'squared Euclidean': pairwiseSquaredEuclidean, cosine: pairwiseCosine };

// ---- the search

for (const [cloud, { point, dtypes }] of Object.entries(clouds))
  test(`the neighbours are those of sorting all distances: ${cloud}`, () => {
    for (const dtype of dtypes)
      for (const [N, M, D] of SIZES) {
        const random = new Random(`${cloud} ${N}`);
        const [known, asked] = [N, M].map((n) =>
          points(
            range(n).map(() => point(random, D)),
            D,
            dtype,
          ),
        );
        const labels = range(N).map(() => random.integer(1000) - 500);
        for (const [what, distance] of Object.entries(DISTANCES)) {
          const [all, own] = [distance(asked, known), distance(known, known)];
          const options = distance === pairwiseSquaredEuclidean ? {} : { distance };
          const compare = (queries: Tensor | undefined, rows: number, { data }: Tensor): void => {
            const order = range(rows).map((i) => sorted(data.subarray(i * N, (i + 1) * N), queries ? -1 : i));
            for (const k of [1, 5, 40, N]) {
              const found = nearestNeighbors({ embeddings: known, labels }, k, { ...options, queries });
              const place = `${dtype} ${what} ${N} ${k}`;
              assert.is(found.k, Math.min(k, queries ? N : N - 1));
              assert.equal(
                [...found.index],
                order.flatMap((all) => all.slice(0, k)),
                place,
              );
              assert.equal(
                [...found.labels],
                order.flatMap((all) => all.slice(0, k).map((j) => labels[j])),
                place,
              );
              const near = order.flatMap((all, i) => all.slice(0, k).map((j) => data[i * N + j]));
              assert.equal([...found.distance], near, place);
            }
          };
          compare(asked, M, all);
          compare(undefined, N, own);
        }
      }
  });

/** Rows of a large set: some of them equal; or every eighth, by which a sample of them goes, unlike the others. */
const large: Record<string, (random: Random, i: number) => Point> = {
  'some equal': (random, i) => range(24).map((j) => (i % 50 < 3 ? (j % 3) - 1 : random.normal())),
  'tight clusters': (random) => clouds['tight clusters far from the origin'].point(random, 24),
  'every eighth near': (random, i) => range(24).map(() => random.normal(0, i % 8 === 0 ? 0.1 : 5)),
  'every eighth far': (random, i) => range(24).map(() => random.normal(0, i % 8 === 0 ? 5 : 0.1)),
};

for (const [what, row] of Object.entries(large))
  test(`the neighbours in a large set, in which most pairs are ruled out: ${what}`, () => {
    const N = 2048;
    const random = new Random(what);
    const x = points(
      range(N).map((i) => row(random, i)),
      24,
      'float32',
    );
    const labels = range(N).map((i) => i % 7);
    const queries = points(
      range(40).map((m) => row(random, 53 * m)),
      24,
      'float32',
    );
    const { data } = pairwiseSquaredEuclidean(queries, x);
    const order = range(40).map((m) => sorted(data.subarray(m * N, (m + 1) * N)));
    for (const k of [1, 12, 250, 1500]) {
      const { index } = nearestNeighbors({ embeddings: x, labels }, k, { queries });
      for (const m of range(40))
        assert.equal([...index.subarray(m * k, (m + 1) * k)], order[m].slice(0, k), `k ${k}, query ${m}`);
    }
  });

test('selection: the k smallest of a row, in order, by heap and by sorting', () => {
  const draws: Record<string, (random: Random) => number> = {
    normal: (random) => random.normal(),
    'few values': (random) => random.integer(4) - 2,
    zeros: (random) => (random.integer(2) ? 0 : -0),
    'of all sizes': (random) => random.normal() * 10 ** random.uniform(-300, 300),
    'with infinity': (random) => (random.integer(3) ? random.normal() : Infinity),
  };
  for (const [what, draw] of Object.entries(draws))
    for (const dtype of ['float32', 'float64'] as const) {
      const random = new Random(what);
      const row = new Float64Array(900).map(() => (dtype === 'float32' ? Math.fround(draw(random)) : draw(random)));
      for (const k of [1, 3, 256, 257, 590, 899]) {
        const selection = new Selection(k, 900, dtype);
        for (const self of [-1, 0, 450]) {
          selection.take(row, self);
          const expected = range(900)
            .filter((j) => j !== self)
            .sort((a, b) => (row[a] < row[b] ? -1 : row[a] > row[b] ? 1 : a - b))
            .slice(0, k);
          assert.equal(
            [...selection.distance],
            expected.map((j) => row[j]),
            `${what} ${k} ${self}`,
          );
          if (expected.every((j) => row[j] < Infinity)) assert.equal([...selection.index], expected);
        }
      }
      const ordered = [...row].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (const k of [1, 2, 450, 900]) assert.ok(kthSmallest(Float64Array.from(row), 900, k) === ordered[k - 1]);
    }
});

test('there may be nobody to be found, and nobody who asks', () => {
  const one = { embeddings: zeros([1, 2]), labels: [3] };
  const none = { embeddings: zeros([0, 2]), labels: [] };
  assert.equal(nearestNeighbors(one, 5), {
    ...{ k: 0, index: new Int32Array(0), distance: new Float64Array(0), labels: new Int32Array(0) },
  });
  assert.is(nearestNeighbors(none, 5).k, 0);
  assert.is(nearestNeighbors(none, 5, { queries: zeros([3, 2]) }).index.length, 0);
  assert.is(nearestNeighbors(one, 5, { queries: zeros([0, 2]) }).index.length, 0);
  const nothing = { precisionAt1: 0, rPrecision: 0, meanAveragePrecisionAtR: 0, meanReciprocalRank: 0 };
  assert.equal(retrievalScores(zeros([0, 2]), []), { ...nothing, unmatched: 0 });
  assert.equal(retrievalScores(zeros([3, 2]), [0, 1, 2]), { ...nothing, unmatched: 3 });
  assert.equal(retrievalScores(zeros([3, 2]), [0, 1, 2], { references: none }), { ...nothing, unmatched: 3 });
  assert.is(recallAtK(zeros([0, 2]), [], 1), 0);
  assert.is(recallAtK(zeros([1, 2]), [0], 1), 0);
  assert.is(recallAtK(zeros([2, 2]), [0, 1], 1, { references: none }), 0);
});

// ---- the scores, against sorting

/** The scores of one query, from the labels of its references in order. */
function scoresOf(label: number, ranked: number[], maxRank: number): [p1: number, rp: number, map: number, rr: number] {
  const R = ranked.filter((other) => other === label).length;
  if (R === 0) return [0, 0, 0, 0];
  const precisions: number[] = []; // at the ranks that match
  for (let r = 1, hits = 0; r <= R; r++) if (ranked[r - 1] === label) precisions.push(++hits / r);
  const first = ranked.indexOf(label) + 1;
  const map = precisions.reduce((sum, p) => sum + p, 0) / R;
  return [first === 1 ? 1 : 0, precisions.length / R, map, first <= maxRank ? 1 / first : 0];
}

for (const [cloud, { point, dtypes }] of Object.entries(clouds))
  test(`recall@k and the scores are those of sorting: ${cloud}`, () => {
    let deep = 0;
    for (const dtype of dtypes)
      for (const [N, M, D] of SIZES.slice(1))
        for (const classes of [2, 30]) {
          const random = new Random(`${cloud} ${N} ${classes}`);
          const [known, asked] = [N, M].map((n) =>
            points(
              range(n).map(() => point(random, D)),
              D,
              dtype,
            ),
          );
          const [labels, wanted] = [N, M].map((n) => range(n).map(() => random.integer(classes) ** 2));
          wanted[0] = -1; // one without a match
          for (const [what, distance] of Object.entries(DISTANCES))
            for (const self of [true, false]) {
              const [x, y] = self ? [known, labels] : [asked, wanted];
              const matrix = distance(x, known).data;
              const ranked = y.map((_, i) =>
                sorted(matrix.subarray(i * N, (i + 1) * N), self ? i : -1).map((j) => labels[j]),
              );
              const options = {
                ...(self ? {} : { references: { embeddings: known, labels } }),
                ...(distance === pairwiseSquaredEuclidean ? {} : { distance }),
              };
              const place = `${dtype} ${what} ${N} of ${classes} classes, ${self ? 'itself' : 'references'}`;
              for (const k of [1, 2, 10, N, 10 * N]) {
                const hits = ranked.filter((row, i) => row.slice(0, k).includes(y[i])).length;
                assert.is(recallAtK(x, y, k, options), hits / y.length, `recall@${k}, ${place}`);
              }
              for (const maxRank of [undefined, 1, 3]) {
                const found = retrievalScores(x, y, { ...options, maxRank });
                const each = ranked.map((row, i) => scoresOf(y[i], row, maxRank ?? N));
                const means = range(4).map((s) => each.reduce((sum, row) => sum + row[s], 0) / y.length);
                assertClose(
                  [found.precisionAt1, found.rPrecision, found.meanAveragePrecisionAtR, found.meanReciprocalRank],
                  means,
                  { relative: 1e-12 },
                  place,
                );
                assert.is(found.unmatched, ranked.filter((row, i) => !row.includes(y[i])).length);
                assert.is(precisionAt1(x, y, options), found.precisionAt1);
                const R = Math.max(...y.map((label) => labels.filter((other) => other === label).length));
                deep += ranked.filter((row, i) => row.indexOf(y[i]) >= R).length;
              }
            }
        }
    assert.ok(deep > 0, 'a match is always among the first');
  });

// ---- the scores, against pytorch-metric-learning

const golden = fixture<{
  inputs: { labels: number[] };
  retrieval: Record<string, Record<string, number>>;
}>('metric.json');

test('golden: the scores of pytorch-metric-learning', () => {
  const [N, D] = [12, 6];
  const x = range(N).map((i) => range(D).map((j) => Math.cos(0.7 * (i * D + j) + 0.31 * i)));
  const { labels } = golden.inputs;
  for (const dtype of ['float64', 'float32'] as const) {
    const all = points(x, D, dtype);
    // its LpDistance compares embeddings of unit length: their order is the cosine's
    const ways = [
      (z: Tensor, options: object) =>
        retrievalScores(z, labels.slice(0, z.shape[0]), { ...options, distance: pairwiseCosine }),
      (z: Tensor, options: object) => retrievalScores(l2Normalize(z), labels.slice(0, z.shape[0]), options),
    ];
    for (const way of ways) {
      const compare = (found: d.RetrievalScores, name: string): void => {
        const expected = golden.retrieval[name];
        assertClose(
          [found.precisionAt1, found.rPrecision, found.meanAveragePrecisionAtR, found.meanReciprocalRank],
          ['precision_at_1', 'r_precision', 'mean_average_precision_at_r', 'mean_reciprocal_rank'].map(
            (score) => expected[score],
          ),
          { absolute: 1e-15, relative: 1e-12 },
          name,
        );
      };
      // no more neighbours are fetched there than a query has matches: 4 others of a class of 5, and 2 references
      compare(way(all, { maxRank: 4 }), 'leave one out, all twelve');
      const references = { embeddings: l2Normalize(points(x.slice(5), D, dtype)), labels: labels.slice(5) };
      compare(
        way(points(x.slice(0, 5), D, dtype), { maxRank: 2, references }),
        'queries 0 to 4 against references 5 to 11',
      );
    }
  }
});

// ---- errors

const four = zeros([4, 2]);
const labels = [0, 0, 1, 1];
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

for (const [op, call] of Object.entries({
  recallAtK: (x: Tensor, y: number[], options?: d.RetrievalOptions) => recallAtK(x, y, 2, options),
  precisionAt1,
  retrievalScores,
}))
  test(`errors of ${op}`, () => {
    const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
      [() => call(four, [0, 1]), ShapeError, 'expected 4 labels, got 2'],
      [() => call(zeros([4]), [0]), ShapeError, 'expected embeddings (N,D), got [4]'],
      [() => call(four, [0, 1.5, 0, 0]), ArgumentError, 'expected whole labels, got 1.5 at position 1'],
      ...[NAN, INF].map((bad): (typeof errors)[number] => [
        () => call(tensor([[0], [bad], [bad], [1]]), labels),
        DataError,
        `expected finite numbers in embeddings, got ${bad} at position 1`,
      ]),
      [
        () => call(tensor([[0], [1e30], [2e30], [1]]), labels),
        ArgumentError,
        'expected squared distances that float32 can hold, got Infinity',
      ],
      [
        () => call(four, labels, { distance: () => zeros([4, 3]) }),
        ShapeError,
        'expected distance to give [4,4], got [4,3]',
      ],
      [
        () => call(four, labels, { references: { embeddings: zeros([3, 2]), labels } }),
        ShapeError,
        'expected 3 references.labels, got 4',
      ],
      [
        () => call(four, labels, { references: { embeddings: zeros([4, 3]), labels } }),
        ShapeError,
        'expected references.embeddings (N,D) with D=2, got [4,3]',
      ],
      [
        () => call(four, labels, { references: { embeddings: zeros([4, 2], { dtype: 'float64' }), labels } }),
        ShapeError,
        'expected references.embeddings of float32 as what it is compared with, got float64',
      ],
      [
        () => call(four, labels, { references: { embeddings: tensor([[0, NAN]]), labels: [0] } }),
        DataError,
        'expected finite numbers in references.embeddings, got NaN at position 1',
      ],
    ];
    for (const [f, type, message] of errors) assertThrows(f, type, `${op}: ${message}`);
  });

const references = { embeddings: four, labels };
const others: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => recallAtK(four, labels, 0), ArgumentError, 'recallAtK: expected k to be a whole number >= 1, got 0'],
  [
    () => retrievalScores(four, labels, { maxRank: 0 }),
    ArgumentError,
    'retrievalScores: expected maxRank to be a whole number >= 1, got 0',
  ],
  [
    () => nearestNeighbors(references, 0.5),
    ArgumentError,
    'nearestNeighbors: expected k to be a whole number >= 1, got 0.5',
  ],
  [
    () => nearestNeighbors({ embeddings: four, labels: [0, 1] }, 1),
    ShapeError,
    'nearestNeighbors: expected 4 references.labels, got 2',
  ],
  [
    () => nearestNeighbors({ embeddings: four, labels: [0, 2 ** 40, 0, 0] }, 1),
    ArgumentError,
    `nearestNeighbors: expected labels that 32 bits hold, got ${2 ** 40} at position 1`,
  ],
  [
    () => nearestNeighbors(references, 1, { queries: zeros([2, 3]) }),
    ShapeError,
    'nearestNeighbors: expected queries (M,D) with D=2, got [2,3]',
  ],
  [
    () => nearestNeighbors(references, 1, { queries: tensor([[0, INF]]) }),
    DataError,
    'nearestNeighbors: expected finite numbers in queries, got Infinity at position 1',
  ],
];
for (const [f, type, message] of others) test(message, () => assertThrows(f, type, message));

test.run();
