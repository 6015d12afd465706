/** Nearest neighbours against sorting all. */
import {
  ArgumentError,
  DataError,
  nearestNeighbors,
  pairwiseSquaredEuclidean,
  Random,
  recallAtK,
  retrievalScores,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { clouds, DISTANCES, type Point, points, range, SIZES, sorted } from '../../support/sortedDistances.ts';

const test = suite('eval/neighbors/nearestNeighbors');

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

// ---- errors

const four = zeros([4, 2]);
const labels = [0, 0, 1, 1];
const { POSITIVE_INFINITY: INF } = Number;
const references = { embeddings: four, labels };

// ---- errors

const others: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
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
    `nearestNeighbors: expected labels that fit in 32 bits, got ${2 ** 40} at position 1`,
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
