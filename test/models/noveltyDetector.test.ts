import {
  ArgumentError,
  DataError,
  NoveltyDetector,
  type NoveltyDetectorOptions,
  Random,
  ShapeError,
  scope,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';

const test = suite('models/noveltyDetector');

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

/** The means of so many samples each, by default of samples 0 to 3, 4 to 7 and so on; what is left over does not count. */
const means = (row: readonly number[], pooling = 4): number[] =>
  Array.from({ length: Math.floor(row.length / pooling) }, (_, m) => {
    const own = row.slice(pooling * m, pooling * (m + 1));
    return own.reduce((a, b) => a + b) / pooling;
  });

/** The root of the mean squared distance from the mean. */
function spread(rows: readonly number[][]): number {
  const middle = rows[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0) / rows.length);
  const squared = rows.map((row) => row.reduce((sum, v, d) => sum + (v - middle[d]) ** 2, 0));
  return Math.sqrt(squared.reduce((a, b) => a + b) / rows.length);
}

/** Distances to the nearest centroid in three plain loops. */
function plainDistances({ centroids, spread, pooling }: NoveltyDetector, z: Tensor, x: Tensor): number[] {
  const wave = rowsOf(x).map((row) => means(row, pooling));
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
  const detector = NoveltyDetector.fit(z, x, labels, seed(1));
  assertClose([detector.spread.embedding], [spread(rowsOf(z))], ROUNDING);
  assertClose([detector.spread.waveform], [spread(rowsOf(x).map((row) => means(row)))], ROUNDING);
  // Of 50, 25 place ceil(25 / 8) centroids; of 17, 9 place 2; of 3, 2 place 1.
  assert.equal([...detector.centroids.shape], [4 + 2 + 1, 2 + 2]);
  assert.is(detector.centroids.dtype, 'float32');

  const other = drawn(random, [9, 9, 9]);
  for (const [e, w] of [
    [z, x],
    [other.z, other.x],
  ])
    assertClose(detector.distance(e, w), plainDistances(detector, e, w), ROUNDING);
  const flatShape = tensor(other.x.data, [27, 10]);
  assertSameBits(detector.distance(other.z, flatShape), detector.distance(other.z, other.x));
  assert.is(detector.distance(zeros([0, 2]), zeros([0, 1, 10])).length, 0);
});

test('the waveform counts as means of four samples, and what is left over does not', () => {
  const { z, x, labels } = drawn(new Random('means'), [20, 20]);
  const detector = NoveltyDetector.fit(z, x, labels, seed(1));
  const given = detector.distance(z, x);
  const moved = x.data.slice();
  for (let i = 0; i < moved.length; i += 10) {
    moved[i + 1] += 0.5;
    moved[i + 2] -= 0.5; // the mean stays
    moved[i + 8] = 99;
    moved[i + 9] = -7;
  }
  assertClose(detector.distance(z, tensor(moved, x.shape)), given, { absolute: 1e-5 });
  moved[1] += 4; // and so moves by 1
  const [first] = detector.distance(z, tensor(moved, x.shape));
  assert.ok(Math.abs(first - given[0]) > 1e-2, `${first} and ${given[0]}`);
});

test('two samples a class: one is the centroid, the distance of the other the limit, the largest of any class', () => {
  // Along the first number of the embedding, 0.5, 2 and 1 apart; the waveforms are equal, and tell nothing.
  const z = tensor([0, 0, 0.5, 0, 100, 0, 102, 0, 0, 50, 1, 50], [6, 2]);
  const x = tensor(
    Array.from({ length: 6 * 8 }, (_, i) => Math.sin(i % 8)),
    [6, 8],
  );
  const { spread: found, limit, centroids } = NoveltyDetector.fit(z, x, [4, 4, 7, 7, 0, 0], seed(3));
  assert.is(found.waveform, 0);
  assertClose([limit], [2 / spread(rowsOf(z))], ROUNDING);
  assert.equal([...centroids.shape], [3, 4]);
  for (const row of rowsOf(centroids)) assert.equal(row.slice(2), [0, 0]);
});

test('the limit is the quantile of the judging half in the class where it is largest', () => {
  const { z, x, labels: ascending } = drawn(new Random('limit'), [41, 30, 1, 12]);
  const labels = ascending.map((k) => 3 - k); // classes take their turns by number, whichever comes first
  for (const accepted of [0, 0.3, 0.9, 0.99, 1]) {
    const detector = NoveltyDetector.fit(z, x, labels, { ...seed(5), accepted });
    // Which samples judge is drawn first, class by class: the first half of each in an order drawn at random.
    const random = new Random(5);
    const own = plainDistances(detector, z, x);
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
    assertClose([detector.limit], [Math.max(...limits)], ROUNDING);
  }
  for (let s = 0; s < 20; s++) {
    const all = NoveltyDetector.fit(z, x, labels, { ...seed(s), accepted: 1 });
    const own = all.distance(z, x);
    assert.ok(own.includes(all.limit), 'to the bit the distance of the farthest of those that judge');
  }
  const standard = NoveltyDetector.fit(z, x, labels, seed(5));
  assert.is(standard.limit, NoveltyDetector.fit(z, x, labels, { ...seed(5), accepted: 0.99 }).limit);
});

test('of new samples the limit passes the share that it is to pass, and none from far away', () => {
  const random = new Random('new');
  const { z, x, labels } = drawn(random, [1200, 1200]);
  const fresh = drawn(random, [3000]);
  for (const accepted of [0.5, 0.9]) {
    const detector = NoveltyDetector.fit(z, x, labels, { ...seed(1), accepted });
    const within = detector.distance(fresh.z, fresh.x).filter((d) => d <= detector.limit).length / 3000;
    // The other class may be the wider one, by a little, as both are drawn alike.
    assert.ok(Math.abs(within - accepted) < 0.05, `${within} of ${accepted}`);
  }
  const detector = NoveltyDetector.fit(z, x, labels, seed(1));
  const above = detector.distance(fresh.z, fresh.x).filter((d) => d > detector.limit).length / 3000;
  assert.ok(above < 0.03, `${above}`);
  const loud = tensor(
    fresh.x.data.map((v, i) => v + (i % 10 < 4 ? 8 : 0)),
    fresh.x.shape,
  );
  assert.ok(detector.distance(fresh.z, loud).every((d) => d > detector.limit));
  const elsewhere = tensor(
    fresh.z.data.map((v) => v + 10),
    fresh.z.shape,
  );
  assert.ok(detector.distance(elsewhere, fresh.x).every((d) => d > detector.limit));
});

test('a seed gives the same bits; another other ones; what was given stays as it was', () => {
  const { z, x, labels } = drawn(new Random('bits'), [40, 30]);
  const before = [z.data.slice(), x.data.slice(), [...labels]];
  const [a, b, c] = ['s', 's', 't'].map((s) => NoveltyDetector.fit(z, x, labels, seed(s)));
  assertSameBits(a.centroids.data, b.centroids.data);
  assert.equal([a.limit, a.spread], [b.limit, b.spread]);
  assert.not.equal([...a.centroids.data], [...c.centroids.data]);
  assert.equal([z.data, x.data, labels], before);
});

test('a class of one sample has a centroid all the same', () => {
  const { z, x, labels } = drawn(new Random('one'), [20, 20, 1]);
  const detector = NoveltyDetector.fit(z, x, labels, seed(1));
  assertClose([detector.distance(z, x)[40]], [0], { absolute: 1e-5 });
  assert.equal([...detector.centroids.shape], [2 + 2 + 1, 4]);
});

test('where all are equal, in one part or in both, the spread is 0 and that part tells nothing', () => {
  for (const N of [4, 7, 10, 13]) {
    const { x } = drawn(new Random('equal'), [N]);
    // 0.1 is no binary fraction: a mean that is rounded would leave a spread to divide by.
    const z = tensor(new Float32Array(2 * N).fill(0.1), [N, 2]);
    const labels = new Int32Array(N);
    const collapsed = NoveltyDetector.fit(z, x, labels, seed(1));
    assert.is(collapsed.spread.embedding, 0, `of ${N}`);
    assert.ok(collapsed.limit > 0 && collapsed.centroids.data.every(Number.isFinite));
    const moved = tensor(
      z.data.map((v) => v + 1e-6),
      z.shape,
    );
    assertSameBits(collapsed.distance(moved, x), collapsed.distance(z, x));

    const flat = tensor(new Float32Array(10 * N).fill(0.7), [N, 10]);
    const same = NoveltyDetector.fit(z, flat, labels, seed(1));
    assert.equal([same.spread, same.limit], [{ embedding: 0, waveform: 0 }, 0]);
    assert.equal([...same.distance(z, flat)], Array(N).fill(0), 'none is above the limit');
  }
});

test('other sizes of a mean and of a cluster', () => {
  const { z, x, labels } = drawn(new Random('sizes'), [50, 17]);
  const chosen = (options: Omit<NoveltyDetectorOptions, 'random'>): NoveltyDetector =>
    NoveltyDetector.fit(z, x, labels, { ...seed(1), ...options });
  for (const pooling of [1, 3, 10]) {
    const detector = chosen({ pooling });
    assert.is(detector.pooling, pooling);
    assertClose([detector.spread.waveform], [spread(rowsOf(x).map((row) => means(row, pooling)))], ROUNDING);
    assert.is(detector.centroids.shape[1], 2 + Math.floor(10 / pooling));
    assertClose(detector.distance(z, x), plainDistances(detector, z, x), ROUNDING);
  }
  // Of 50 and 17, 25 and 9 place the centroids.
  for (const [samplesPerCluster, K] of [
    [1, 25 + 9],
    [5, 5 + 2],
    [100, 1 + 1],
  ])
    assert.is(chosen({ samplesPerCluster }).centroids.shape[0], K);
  const standard = NoveltyDetector.fit(z, x, labels, seed(1));
  const same = chosen({ accepted: 0.99, pooling: 4, samplesPerCluster: 8 });
  assertSameBits(standard.centroids.data, same.centroids.data);
  assert.equal([standard.limit, standard.spread, standard.pooling], [same.limit, same.spread, 4]);
});

test('what it is made of makes another, which shares nothing with it', () => {
  const { z, x, labels } = drawn(new Random('parts'), [20, 20]);
  for (const pooling of [2, 4]) {
    const detector = NoveltyDetector.fit(z, x, labels, { ...seed(1), pooling });
    const given = detector.distance(z, x);
    const parts = { ...detector, spread: { ...detector.spread } };
    const other = new NoveltyDetector(parts);
    assert.equal([other.limit, other.pooling], [detector.limit, pooling]);
    parts.centroids.data.fill(0);
    parts.spread.embedding = 99;
    assertSameBits(other.distance(z, x), given);
  }
});

test('one fitted in a scope outlives it', () => {
  const { z, x, labels } = drawn(new Random('scope'), [20, 20]);
  let inside: NoveltyDetector | undefined;
  const given = scope(() => {
    inside = NoveltyDetector.fit(z, x, labels, seed(1));
    return inside.distance(z, x);
  });
  assertSameBits(inside!.distance(z, x), given);
});

test('windows of less than four samples: embeddings alone', () => {
  const { z, labels } = drawn(new Random('short'), [9, 9]);
  const detector = NoveltyDetector.fit(z, zeros([18, 3]), labels, seed(1));
  assert.equal([...detector.centroids.shape], [2, 2]);
  assertClose(detector.distance(z, zeros([18, 3])), plainDistances(detector, z, zeros([18, 3])), ROUNDING);
});

const { z, x, labels } = drawn(new Random('errors'), [4, 4]);
const detector = NoveltyDetector.fit(z, x, labels, seed(1));
const fit = (...[a = z, b = x, c = labels, accepted = 0.99]: [Tensor?, Tensor?, number[]?, number?]) =>
  NoveltyDetector.fit(a, b, c, { ...seed(1), accepted });
/** The same with one value replaced. */
const spoilt = ({ data, shape }: Tensor, at: number, value: number): Tensor =>
  tensor(
    data.map((v, i) => (i === at ? value : v)),
    shape,
  );
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => fit(z, x, [0, 1]), ShapeError, 'NoveltyDetector.fit: expected 8 labels, got 2'],
  [() => fit(z, x, labels, 1.5), ArgumentError, 'NoveltyDetector.fit: expected accepted from 0 to 1, got 1.5'],
  [
    () => fit(zeros([8]), x),
    ShapeError,
    'NoveltyDetector.fit: expected embeddings (N,D) and samples (N,1,L), got [8] and [8,1,10]',
  ],
  [
    () => fit(zeros([7, 2]), x),
    ShapeError,
    'NoveltyDetector.fit: expected embeddings (N,D) and samples (N,1,L), got [7,2] and [8,1,10]',
  ],
  [
    () => fit(z, zeros([8, 2, 5])),
    ShapeError,
    'NoveltyDetector.fit: expected embeddings (N,D) and samples (N,1,L), got [8,2] and [8,2,5]',
  ],
  [
    () => fit(z, zeros([8])),
    ShapeError,
    'NoveltyDetector.fit: expected embeddings (N,D) and samples (N,1,L), got [8,2] and [8]',
  ],
  [
    () => fit(z, x, [0, 1, 2, 3, 4, 5, 6, 7]),
    DataError,
    'NoveltyDetector.fit: expected two samples of some class, got 8 in all',
  ],
  [
    () => fit(zeros([0, 2]), zeros([0, 1, 10]), []),
    DataError,
    'NoveltyDetector.fit: expected two samples of some class, got 0 in all',
  ],
  [
    () => fit(spoilt(z, 5, Number.NaN)),
    DataError,
    'NoveltyDetector.fit: expected finite embeddings, got NaN in sample 2',
  ],
  [
    () => fit(z, spoilt(x, 31, Number.POSITIVE_INFINITY)),
    DataError,
    'NoveltyDetector.fit: expected finite samples, got Infinity in sample 3',
  ],
  [
    () => detector.distance(zeros([3, 2]), zeros([2, 1, 10])),
    ShapeError,
    'NoveltyDetector.distance: expected embeddings (N,D) and samples (N,1,L), got [3,2] and [2,1,10]',
  ],
  [
    () => detector.distance(spoilt(z, 5, Number.NaN), x),
    DataError,
    'NoveltyDetector.distance: expected finite embeddings, got NaN in sample 2',
  ],
  [
    () => new NoveltyDetector({ ...detector, centroids: zeros([4]) }),
    ShapeError,
    'NoveltyDetector: expected centroids (K,D+W), got [4]',
  ],
  [
    () => new NoveltyDetector({ ...detector, centroids: zeros([0, 4]) }),
    ShapeError,
    'NoveltyDetector: expected at least one centroid, got [0,4]',
  ],
  [
    () => new NoveltyDetector({ ...detector, spread: { embedding: 1, waveform: -1 } }),
    ArgumentError,
    'NoveltyDetector: expected spread.waveform >= 0, got -1',
  ],
  [
    () => new NoveltyDetector({ ...detector, pooling: 0 }),
    ArgumentError,
    'NoveltyDetector: expected pooling to be a whole number >= 1, got 0',
  ],
  [
    () => detector.distance(zeros([3, 3]), zeros([3, 1, 10])),
    ShapeError,
    'NoveltyDetector.distance: expected embeddings (N,D) and samples (N,1,L) of which D + floor(L / 4) is 4, ' +
      'as of the centroids, got [3,3] and [3,1,10]',
  ],
];
for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
