import {
  ArgumentError,
  DataError,
  NearestNeighborClassifier,
  type NearestNeighborOptions,
  Random,
  ShapeError,
  type TensorLike,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { clouds, draw, type Point, points, range, sorted } from '../support/sortedNeighbors.ts';

const test = suite('models/nearestNeighborClassifier');

// ---- the classifier, against plain loops

/** The fractions of the votes. */
function votes(known: Point[], labels: number[], asked: Point[], K: number, k: number, weights: number[]): number[][] {
  return asked.map((z) => {
    const nearest = sorted(known, z, k).map((j) => labels[j]);
    const total = nearest.reduce((sum, label) => sum + weights[label], 0);
    return range(K).map((c) =>
      total > 0 ? nearest.filter((label) => label === c).reduce((sum) => sum + weights[c], 0) / total : 0,
    );
  });
}

// Weights whose sums float32 holds exactly, so that ties are ties.
const weightings: (number[] | undefined)[] = [undefined, [1, 1, 1, 1], [0.5, 2, 3, 0.25], [0, 1, 0, 2], [0, 0, 0, 0]];

for (const [cloud, { coordinate, dtype }] of Object.entries(clouds))
  test(`votes are those of plain loops: ${cloud}`, () => {
    let ties = 0;
    for (const [N, M, D] of [
      [1, 9, 2],
      [6, 30, 1],
      [100, 90, 2],
      [150, 70, 5],
    ])
      for (const weights of weightings) {
        const random = new Random(`${cloud} ${N} ${weights}`);
        const [known, asked] = [N, M].map((n) => draw(n, D, coordinate, random));
        const labels = known.map(() => random.integer(3)); // there is none of the fourth class
        const classes = 4;
        for (const k of [1, 2, 9, 1000]) {
          const embeddings = points(known, D, dtype);
          const classifier = new NearestNeighborClassifier({ embeddings, labels, classes, k, weights });
          assert.is(classifier.k, Math.min(k, N));
          assert.is(classifier.classes, 4);
          const z = points(asked, D, dtype);
          const expected = votes(known, labels, asked, 4, k, weights ?? [1, 1, 1, 1]);
          const p = classifier.probabilities(z);
          assert.equal([...p.shape], [M, 4]);
          assertClose(p.data, expected.flat(), { absolute: 1e-7 }, `N ${N}, k ${k}, weights ${weights}`);
          const first = expected.map((row) => row.indexOf(Math.max(...row)));
          assert.equal([...classifier.predict(z)], first);
          ties += expected.filter((row, i) => row.lastIndexOf(row[first[i]]) !== first[i]).length;
        }
      }
    assert.ok(ties > 100, `${ties} ties`);
  });

test('nine neighbours vote alike, of as many classes as the labels have, unless asked otherwise', () => {
  const random = new Random('defaults');
  const known = draw(40, 2, (r) => r.normal(), random);
  const labels = known.map((_, i) => (i % 2) * 3);
  const embeddings = points(known, 2);
  const z = points(
    draw(25, 2, (r) => r.normal(), random),
    2,
  );
  const given = new NearestNeighborClassifier({ embeddings, labels, classes: 4, k: 9, weights: [1, 1, 1, 1] });
  const plain = new NearestNeighborClassifier({ embeddings, labels: Int32Array.from(labels) });
  assert.equal([plain.k, plain.classes], [9, 4]);
  assert.equal(plain.probabilities(z), given.probabilities(z));
  const other = new NearestNeighborClassifier({ embeddings, labels, k: 8 });
  assert.not.equal(other.probabilities(z), plain.probabilities(z));
});

test('embeddings may be ndarrays, weights are copied, and there may be nothing to classify', () => {
  const embeddings: TensorLike = { data: [0, 9, 5, 9, 1, 9, 6, 9], shape: [4, 1], stride: [2, 1], offset: 0 };
  const weights = [1, 1];
  const classifier = new NearestNeighborClassifier({ embeddings, labels: [0, 1, 0, 1], k: 3, weights });
  weights[0] = 100;
  const z: TensorLike = { data: [7, 2], shape: [2, 1], stride: [-1, 1], offset: 1 };
  assertClose(classifier.probabilities(z).data, [2 / 3, 1 / 3, 1 / 3, 2 / 3], { absolute: 1e-7 });
  assert.equal([...classifier.predict(z)], [0, 1]);
  assert.equal([...classifier.probabilities(zeros([0, 1])).shape], [0, 2]);
  assert.is(classifier.predict(zeros([0, 1])).length, 0);
});

// ---- the classifier, against scikit-learn

// scikit-learn 1.2.1:
//   i, d = np.mgrid[0:150, 0:5]; x = ((i * 7919 + d * 104729 + i * i * d) % 1009) / 1009
//   y = (10 * x[:, 0] + 5 * x[:, 1] ** 2).astype(int) % 4
//   c = KNeighborsClassifier(k).fit(x[:120], y[:120])
//   (k * c.predict_proba(x[120:])).round().astype(int), c.predict(x[120:])
// Votes are written as the digits of each row. The distances of a row differ by 3e-6 at least.
const published: [k: number, votes: string, predicted: string][] = [
  [
    1,
    '1000 0001 1000 0001 0010 1000 1000 1000 0001 0010 0001 0010 0100 0010 1000 ' +
      '0001 0100 1000 0001 1000 0001 0010 1000 1000 0010 0001 0001 0001 0100 1000',
    '030320003232120310303200233310',
  ],
  [
    4,
    '2110 1111 1120 0022 1210 1111 1120 1003 0202 2020 0202 0130 1300 0310 1120 ' +
      '2002 0301 2020 2101 3001 1012 1111 1021 1012 1120 0112 1201 1012 2110 1021',
    '002210231012112010003023231302',
  ],
  [
    9,
    '6120 2133 4122 2034 1620 1134 5220 3123 0414 4023 1332 2241 2502 1332 4122 ' +
      '4032 0315 3132 4131 3213 3123 3321 1422 3213 3222 1413 5211 3222 3321 1332',
    '020313001012110030000010010001',
  ],
];

for (const [k, counts, predicted] of published)
  test(`golden: scikit-learn's votes of ${k} neighbours`, () => {
    const x = range(150).map((i) => range(5).map((d) => ((i * 7919 + d * 104729 + i * i * d) % 1009) / 1009));
    const labels = x.map(([a, b]) => Math.floor(10 * a + 5 * (b * b)) % 4);
    for (const dtype of [Float64Array, Float32Array]) {
      const embeddings = points(x.slice(0, 120), 5, dtype);
      const classifier = new NearestNeighborClassifier({ embeddings, labels: labels.slice(0, 120), k });
      const z = points(x.slice(120), 5, dtype);
      const expected = [...counts.replaceAll(' ', '')].map((n) => Number(n) / k);
      assertClose(classifier.probabilities(z).data, expected, { absolute: 1e-7 });
      assert.is(classifier.predict(z).join(''), predicted);
    }
  });

// ---- errors

const four = points([[0], [1], [2], [3]], 1);
const make = (options: Partial<NearestNeighborOptions>) => () =>
  new NearestNeighborClassifier({ embeddings: four, labels: [0, 1, 0, 2], ...options });
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [make({ embeddings: zeros([0, 3]), labels: [] }), DataError, 'expected at least one embedding, got none'],
  [make({ embeddings: zeros([4]) }), ShapeError, 'expected embeddings (N,D), got [4]'],
  [make({ labels: [0, 1, 0] }), ShapeError, 'expected 4 labels, got 3'],
  [make({ labels: [0, 1, 0, 2, 2] }), ShapeError, 'expected 4 labels, got 5'],
  ...[-1, 0.5, NAN].flatMap((label): typeof errors => [
    [
      make({ labels: [0, label, 0, 2] }),
      ArgumentError,
      `expected labels that are whole numbers from 0 to 1048575, got ${label} at position 1`,
    ],
    [
      make({ labels: [0, 1, 0, label], classes: 2 }),
      ArgumentError,
      `expected labels from 0 to 1, got ${label} at position 3`,
    ],
  ]),
  [make({ classes: 2 }), ArgumentError, 'expected labels from 0 to 1, got 2 at position 3'],
  ...[0, -1, 2.5, NAN].flatMap((n): typeof errors => [
    [make({ k: n }), ArgumentError, `expected k to be a whole number >= 1, got ${n}`],
    [make({ classes: n }), ArgumentError, `expected classes to be a whole number >= 1, got ${n}`],
  ]),
  [make({ weights: [1, 1] }), ShapeError, 'expected weights (K) with K=3, got 2'],
  [make({ weights: [1, 1, 1, 1] }), ShapeError, 'expected weights (K) with K=3, got 4'],
  ...[-0.5, NAN, INF].map((w): (typeof errors)[number] => [
    make({ weights: [1, w, 1] }),
    ArgumentError,
    `expected finite weights >= 0, got ${w}`,
  ]),
  ...[NAN, INF, -INF].flatMap((value): typeof errors => [
    [
      make({
        embeddings: points(
          [
            [0, 0],
            [1, 1],
            [2, value],
            [3, 3],
          ],
          2,
        ),
      }),
      DataError,
      `expected finite values in embeddings, got ${value} in row 2`,
    ],
    [
      () => make({})().predict(points([[0], [value]], 1)),
      DataError,
      `expected finite values in z, got ${value} in row 1`,
    ],
  ]),
  [() => make({})().predict(zeros([4])), ShapeError, 'expected z (M,D) with D=1, got [4]'],
  [() => make({})().probabilities(zeros([2, 3])), ShapeError, 'expected z (M,D) with D=1, got [2,3]'],
  [
    () => make({ embeddings: points([[0], [1], [2], [3e38]], 1, Float32Array), k: 4 })().predict(zeros([1, 1])),
    ArgumentError,
    'expected squared distances within the range of float32, got Infinity',
  ],
];

for (const [f, type, message] of errors)
  test(`errors: ${message}`, () => assertThrows(f, type, `NearestNeighborClassifier: ${message}`));

test.run();
