/** Scores made of nearest neighbours, against sorting all. */
import type * as d from 'dynaecg';
import {
  ArgumentError,
  DataError,
  l2Normalize,
  pairwiseCosine,
  pairwiseSquaredEuclidean,
  precisionAt1,
  Random,
  recallAtK,
  retrievalScores,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { fixture } from '../../support/fixtures.ts';
import { clouds, DISTANCES, points, range, SIZES, sorted } from '../../support/sortedDistances.ts';

const test = suite('eval/neighbors/retrieval');

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
        'expected squared distances within the range of float32, got Infinity',
      ],
      [
        () => call(four, labels, { distance: () => zeros([4, 3]) }),
        ShapeError,
        'expected distance to return [4,4], got [4,3]',
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
        'expected references.embeddings of float32 like what it is compared with, got float64',
      ],
      [
        () => call(four, labels, { references: { embeddings: tensor([[0, NAN]]), labels: [0] } }),
        DataError,
        'expected finite numbers in references.embeddings, got NaN at position 1',
      ],
    ];
    for (const [f, type, message] of errors) assertThrows(f, type, `${op}: ${message}`);
  });

// ---- errors

const others: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => recallAtK(four, labels, 0), ArgumentError, 'recallAtK: expected k to be a whole number >= 1, got 0'],
  [
    () => retrievalScores(four, labels, { maxRank: 0 }),
    ArgumentError,
    'retrievalScores: expected maxRank to be a whole number >= 1, got 0',
  ],
];

for (const [f, type, message] of others) test(message, () => assertThrows(f, type, message));

test.run();
