import {
  ArgumentError,
  DataError,
  fitTrainingClusters,
  Random,
  ShapeError,
  type Tensor,
  type TrainingClusters,
  tensor,
  trainingDistance,
  zeros,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';

const test = suite('models/trainingClusters');

const seed = (s: number | string): { random: Random } => ({ random: new Random(s) });
const ROUNDING = { relative: 1e-5, absolute: 1e-6 }; // centroids and what is compared with them are float32

/** Samples of classes that lie apart, each with an embedding of 2 numbers and a window of 10. */
function drawn(random: Random, perClass: readonly number[]): { z: Tensor; x: Tensor; labels: number[] } {
  const labels = perClass.flatMap((n, k) => Array.from({ length: n }, () => k));
  const z = labels.flatMap((k) => [3 * k, -k].map((middle) => middle + random.normal(0, 0.3)));
  const x = labels.flatMap((k) => Array.from({ length: 10 }, (_, i) => Math.sin((i * (k + 1)) / 2) + random.normal()));
  return { z: tensor(z, [labels.length, 2]), x: tensor(x, [labels.length, 1, 10]), labels };
}

const rowsOf = ({ data, shape }: Tensor): number[][] => {
  const width = data.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
};

/** The means of samples 0 to 3, 4 to 7 and so on; what is left over does not count. */
const means = (row: readonly number[]): number[] =>
  Array.from({ length: Math.floor(row.length / 4) }, (_, m) => {
    const [a, b, c, d] = row.slice(4 * m);
    return (a + b + c + d) / 4;
  });

/** The root of the mean squared distance from the mean. */
function spread(rows: readonly number[][]): number {
  const middle = rows[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0) / rows.length);
  const squared = rows.map((row) => row.reduce((sum, v, d) => sum + (v - middle[d]) ** 2, 0));
  return Math.sqrt(squared.reduce((a, b) => a + b) / rows.length);
}

/** Distances to the nearest centroid in three plain loops. */
function plainDistances({ centroids, spread }: TrainingClusters, z: Tensor, x: Tensor): number[] {
  const wave = rowsOf(x).map(means);
  return rowsOf(z).map((own, i) => {
    const described = [...own.map((v) => v / spread.embedding), ...wave[i].map((v) => v / spread.waveform)];
    let nearest = Number.POSITIVE_INFINITY;
    for (const centroid of rowsOf(centroids)) {
      let squares = 0;
      for (let d = 0; d < centroid.length; d++) squares += (described[d] - centroid[d]) ** 2;
      nearest = Math.min(nearest, Math.sqrt(squares));
    }
    return nearest;
  });
}

/** The quantile of type 7 by its definition: a line through the points (i / (n - 1), sorted[i]). */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const h = q * (sorted.length - 1);
  const i = Math.min(Math.floor(h), sorted.length - 2);
  return sorted.length === 1 ? sorted[0] : sorted[i] + (h - i) * (sorted[i + 1] - sorted[i]);
}

test('spreads, the number of centroids, distances in three plain loops', () => {
  const random = new Random('loops');
  const { z, x, labels } = drawn(random, [50, 17, 3]);
  const clusters = fitTrainingClusters(z, x, labels, seed(1));
  assertClose([clusters.spread.embedding], [spread(rowsOf(z))], ROUNDING);
  assertClose([clusters.spread.waveform], [spread(rowsOf(x).map(means))], ROUNDING);
  // Of 50, 25 place ceil(25 / 8) centroids; of 17, 9 place 2; of 3, 2 place 1.
  assert.equal([...clusters.centroids.shape], [4 + 2 + 1, 2 + 2]);
  assert.is(clusters.centroids.dtype, 'float32');

  const other = drawn(random, [9, 9, 9]);
  for (const [e, w] of [
    [z, x],
    [other.z, other.x],
  ])
    assertClose(trainingDistance(clusters, e, w), plainDistances(clusters, e, w), ROUNDING);
  const flatShape = tensor(other.x.data, [27, 10]);
  assertSameBits(trainingDistance(clusters, other.z, flatShape), trainingDistance(clusters, other.z, other.x));
  assert.is(trainingDistance(clusters, zeros([0, 2]), zeros([0, 1, 10])).length, 0);
});

test('the waveform counts as means of four samples, and what is left over does not', () => {
  const { z, x, labels } = drawn(new Random('means'), [20, 20]);
  const clusters = fitTrainingClusters(z, x, labels, seed(1));
  const given = trainingDistance(clusters, z, x);
  const moved = x.data.slice();
  for (let i = 0; i < moved.length; i += 10) {
    moved[i + 1] += 0.5;
    moved[i + 2] -= 0.5; // the mean stays
    moved[i + 8] = 99;
    moved[i + 9] = -7;
  }
  assertClose(trainingDistance(clusters, z, tensor(moved, x.shape)), given, { absolute: 1e-5 });
  moved[1] += 4; // and so moves by 1
  const [first] = trainingDistance(clusters, z, tensor(moved, x.shape));
  assert.ok(Math.abs(first - given[0]) > 1e-2, `${first} and ${given[0]}`);
});

test('two samples a class: one is the centroid, the distance of the other the limit, the largest of any class', () => {
  // Along the first number of the embedding, 0.5, 2 and 1 apart; the waveforms are equal, and tell nothing.
  const z = tensor([0, 0, 0.5, 0, 100, 0, 102, 0, 0, 50, 1, 50], [6, 2]);
  const x = tensor(
    Array.from({ length: 6 * 8 }, (_, i) => Math.sin(i % 8)),
    [6, 8],
  );
  const { spread: found, limit, centroids } = fitTrainingClusters(z, x, [4, 4, 7, 7, 0, 0], seed(3));
  assert.is(found.waveform, 0);
  assertClose([limit], [2 / spread(rowsOf(z))], ROUNDING);
  assert.equal([...centroids.shape], [3, 4]);
  for (const row of rowsOf(centroids)) assert.equal(row.slice(2), [0, 0]);
});

test('the limit is the quantile of the judging half in the class where it is largest', () => {
  const { z, x, labels: ascending } = drawn(new Random('limit'), [41, 30, 1, 12]);
  const labels = ascending.map((k) => 3 - k); // classes take their turns by number, whichever comes first
  for (const accepted of [0, 0.3, 0.9, 0.99, 1]) {
    const clusters = fitTrainingClusters(z, x, labels, { ...seed(5), accepted });
    // Which samples judge is drawn first, class by class: the first half of each in an order drawn at random.
    const random = new Random(5);
    const own = plainDistances(clusters, z, x);
    const limits = [0, 1, 2, 3].flatMap((k) => {
      const positions = random.shuffle([...labels.keys()].filter((i) => labels[i] === k));
      const judging = positions.slice(0, Math.floor(positions.length / 2));
      return judging.length > 0
        ? [
            quantile(
              judging.map((i) => own[i]),
              accepted,
            ),
          ]
        : [];
    });
    assert.is(limits.length, 3, 'the class of one sample has none to judge by');
    assertClose([clusters.limit], [Math.max(...limits)], ROUNDING);
  }
  for (let s = 0; s < 20; s++) {
    const all = fitTrainingClusters(z, x, labels, { ...seed(s), accepted: 1 });
    const own = trainingDistance(all, z, x);
    assert.ok(own.includes(all.limit), 'to the bit the distance of the farthest of those that judge');
  }
  const standard = fitTrainingClusters(z, x, labels, seed(5));
  assert.is(standard.limit, fitTrainingClusters(z, x, labels, { ...seed(5), accepted: 0.99 }).limit);
});

test('of new samples the limit passes the share that it is to pass, and none from far away', () => {
  const random = new Random('new');
  const { z, x, labels } = drawn(random, [1200, 1200]);
  const fresh = drawn(random, [3000]);
  for (const accepted of [0.5, 0.9]) {
    const clusters = fitTrainingClusters(z, x, labels, { ...seed(1), accepted });
    const within = trainingDistance(clusters, fresh.z, fresh.x).filter((d) => d <= clusters.limit).length / 3000;
    // The other class may be the wider one, by a little, as both are drawn alike.
    assert.ok(Math.abs(within - accepted) < 0.05, `${within} of ${accepted}`);
  }
  const clusters = fitTrainingClusters(z, x, labels, seed(1));
  const above = trainingDistance(clusters, fresh.z, fresh.x).filter((d) => d > clusters.limit).length / 3000;
  assert.ok(above < 0.03, `${above}`);
  const loud = tensor(
    fresh.x.data.map((v, i) => v + (i % 10 < 4 ? 8 : 0)),
    fresh.x.shape,
  );
  assert.ok(trainingDistance(clusters, fresh.z, loud).every((d) => d > clusters.limit));
  const elsewhere = tensor(
    fresh.z.data.map((v) => v + 10),
    fresh.z.shape,
  );
  assert.ok(trainingDistance(clusters, elsewhere, fresh.x).every((d) => d > clusters.limit));
});

test('a seed gives the same bits; another other ones; what was given stays as it was', () => {
  const { z, x, labels } = drawn(new Random('bits'), [40, 30]);
  const before = [z.data.slice(), x.data.slice(), [...labels]];
  const [a, b, c] = ['s', 's', 't'].map((s) => fitTrainingClusters(z, x, labels, seed(s)));
  assertSameBits(a.centroids.data, b.centroids.data);
  assert.equal([a.limit, a.spread], [b.limit, b.spread]);
  assert.not.equal([...a.centroids.data], [...c.centroids.data]);
  assert.equal([z.data, x.data, labels], before);
});

test('a class of one sample has a centroid all the same', () => {
  const { z, x, labels } = drawn(new Random('one'), [20, 20, 1]);
  const clusters = fitTrainingClusters(z, x, labels, seed(1));
  assertClose([trainingDistance(clusters, z, x)[40]], [0], { absolute: 1e-5 });
  assert.equal([...clusters.centroids.shape], [2 + 2 + 1, 4]);
});

test('where all are equal, in one part or in both, the spread is 0 and that part tells nothing', () => {
  for (const N of [4, 7, 10, 13]) {
    const { x } = drawn(new Random('equal'), [N]);
    // 0.1 is no binary fraction: a mean that is rounded would leave a spread to divide by.
    const z = tensor(new Float32Array(2 * N).fill(0.1), [N, 2]);
    const labels = new Int32Array(N);
    const collapsed = fitTrainingClusters(z, x, labels, seed(1));
    assert.is(collapsed.spread.embedding, 0, `of ${N}`);
    assert.ok(collapsed.limit > 0 && collapsed.centroids.data.every(Number.isFinite));
    const moved = tensor(
      z.data.map((v) => v + 1e-6),
      z.shape,
    );
    assertSameBits(trainingDistance(collapsed, moved, x), trainingDistance(collapsed, z, x));

    const flat = tensor(new Float32Array(10 * N).fill(0.7), [N, 10]);
    const same = fitTrainingClusters(z, flat, labels, seed(1));
    assert.equal([same.spread, same.limit], [{ embedding: 0, waveform: 0 }, 0]);
    assert.equal([...trainingDistance(same, z, flat)], Array(N).fill(0), 'none is above the limit');
  }
});

test('windows of less than four samples: embeddings alone', () => {
  const { z, labels } = drawn(new Random('short'), [9, 9]);
  const clusters = fitTrainingClusters(z, zeros([18, 3]), labels, seed(1));
  assert.equal([...clusters.centroids.shape], [2, 2]);
  assertClose(trainingDistance(clusters, z, zeros([18, 3])), plainDistances(clusters, z, zeros([18, 3])), ROUNDING);
});

const { z, x, labels } = drawn(new Random('errors'), [4, 4]);
const clusters = fitTrainingClusters(z, x, labels, seed(1));
const fit = (...[a = z, b = x, c = labels, accepted = 0.99]: [Tensor?, Tensor?, number[]?, number?]) =>
  fitTrainingClusters(a, b, c, { ...seed(1), accepted });
/** The same with one value replaced. */
const spoilt = ({ data, shape }: Tensor, at: number, value: number): Tensor =>
  tensor(
    data.map((v, i) => (i === at ? value : v)),
    shape,
  );
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => fit(z, x, [0, 1]), ShapeError, 'fitTrainingClusters: expected 8 labels, got 2'],
  [() => fit(z, x, labels, 1.5), ArgumentError, 'fitTrainingClusters: expected accepted from 0 to 1, got 1.5'],
  [
    () => fit(zeros([8]), x),
    ShapeError,
    'fitTrainingClusters: expected embeddings (N,D) and samples (N,1,L), got [8] and [8,1,10]',
  ],
  [
    () => fit(zeros([7, 2]), x),
    ShapeError,
    'fitTrainingClusters: expected embeddings (N,D) and samples (N,1,L), got [7,2] and [8,1,10]',
  ],
  [
    () => fit(z, zeros([8, 2, 5])),
    ShapeError,
    'fitTrainingClusters: expected embeddings (N,D) and samples (N,1,L), got [8,2] and [8,2,5]',
  ],
  [
    () => fit(z, zeros([8])),
    ShapeError,
    'fitTrainingClusters: expected embeddings (N,D) and samples (N,1,L), got [8,2] and [8]',
  ],
  [
    () => fit(z, x, [0, 1, 2, 3, 4, 5, 6, 7]),
    DataError,
    'fitTrainingClusters: expected two samples of some class, got 8 in all',
  ],
  [
    () => fit(zeros([0, 2]), zeros([0, 1, 10]), []),
    DataError,
    'fitTrainingClusters: expected two samples of some class, got 0 in all',
  ],
  [
    () => fit(spoilt(z, 5, Number.NaN)),
    DataError,
    'fitTrainingClusters: expected finite embeddings, got NaN in sample 2',
  ],
  [
    () => fit(z, spoilt(x, 31, Number.POSITIVE_INFINITY)),
    DataError,
    'fitTrainingClusters: expected finite samples, got Infinity in sample 3',
  ],
  [
    () => trainingDistance(clusters, zeros([3, 2]), zeros([2, 1, 10])),
    ShapeError,
    'trainingDistance: expected embeddings (N,D) and samples (N,1,L), got [3,2] and [2,1,10]',
  ],
  [
    () => trainingDistance(clusters, zeros([3, 3]), zeros([3, 1, 10])),
    ShapeError,
    'trainingDistance: expected embeddings (N,D) and samples (N,1,L) of which D + floor(L / 4) is 4, ' +
      'as of clusters.centroids, got [3,3] and [3,1,10]',
  ],
];
for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
