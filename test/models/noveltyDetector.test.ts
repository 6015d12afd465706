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

/** Samples of 10 of classes that lie apart, those of a group with an offset in common. */
function drawn(
  random: Random,
  perClass: readonly number[],
  perGroup = 1,
): { x: Tensor; labels: number[]; groups: number[] } {
  const labels = perClass.flatMap((n, k) => Array.from({ length: n }, () => k));
  const groups = labels.map((_, i) => Math.floor(i / perGroup));
  const offsets = groups.map(() => random.normal(0, 0.5));
  const x = labels.flatMap((k, i) =>
    Array.from({ length: 10 }, (_, t) => 3 * Math.sin((t * (k + 1)) / 2) + offsets[groups[i]] + random.normal(0, 0.5)),
  );
  return { x: tensor(x, [labels.length, 1, 10]), labels, groups };
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
function plainDistances({ centroids, spread, pooling }: NoveltyDetector, x: Tensor): number[] {
  return rowsOf(x).map((row) => {
    const described = means(row, pooling).map((v) => v / spread);
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

test('the spread, the number of centroids, distances in three plain loops', () => {
  const random = new Random('loops');
  const { x, labels } = drawn(random, [50, 17, 3]);
  const detector = NoveltyDetector.fit(x, labels, seed(1));
  assertClose([detector.spread], [spread(rowsOf(x).map((row) => means(row)))], ROUNDING);
  // 50, 17 and 3 samples, one centroid for every 8.
  assert.equal([...detector.centroids.shape], [7 + 3 + 1, 2]);
  assert.is(detector.centroids.dtype, 'float32');

  const other = drawn(random, [9, 9, 9]).x;
  for (const some of [x, other]) assertClose(detector.distance(some), plainDistances(detector, some), ROUNDING);
  assertSameBits(detector.distance(tensor(other.data, [27, 10])), detector.distance(other));
  assert.is(detector.distance(zeros([0, 1, 10])).length, 0);
});

test('samples count as means of four, and what is left over does not', () => {
  const { x, labels } = drawn(new Random('means'), [20, 20]);
  const detector = NoveltyDetector.fit(x, labels, seed(1));
  const given = detector.distance(x);
  const moved = x.data.slice();
  for (let i = 0; i < moved.length; i += 10) {
    moved[i + 1] += 0.5;
    moved[i + 2] -= 0.5; // the mean stays
    moved[i + 8] = 99;
    moved[i + 9] = -7;
  }
  assertClose(detector.distance(tensor(moved, x.shape)), given, { absolute: 1e-5 });
  moved[1] += 4; // and so moves by 1
  const [first] = detector.distance(tensor(moved, x.shape));
  assert.ok(Math.abs(first - given[0]) > 1e-2, `${first} and ${given[0]}`);
});

test('two groups: each is compared with the other, and the limit is the largest distance of any class', () => {
  // Groups 0 and 1 are 0.5 apart in class 4, 2 in class 7, 1 in class 0; a mean of four equal samples is the sample.
  const levels = [0, 0.5, 100, 102, 50, 51];
  const x = tensor(
    levels.flatMap((v) => [v, v, v, v]),
    [6, 4],
  );
  const { limit, centroids } = NoveltyDetector.fit(x, [4, 4, 7, 7, 0, 0], { ...seed(3), groups: [0, 1, 0, 1, 0, 1] });
  assertClose([limit], [2 / spread(levels.map((v) => [v]))], ROUNDING);
  assert.equal([...centroids.shape], [3, 1]);
});

test('the limit is the quantile over folds of groups in the class where it is largest', () => {
  // With a cluster for each sample, the distance is that to the nearest sample of the other folds.
  const { x, labels: ascending, groups } = drawn(new Random('limit'), [41, 30, 1, 12], 3);
  const labels = ascending.map((k) => 3 - k); // classes take their turns by number, whichever comes first
  const shuffled = new Random(5).shuffle([...new Set(groups)].sort((a, b) => a - b));
  const fold = groups.map((group) => shuffled.indexOf(group) % 5);
  const wave = rowsOf(x).map((row) => means(row).map((v) => v / spread(rowsOf(x).map((r) => means(r)))));
  const own = wave.map((row, i) => {
    const others = wave.filter((_, j) => fold[j] !== fold[i]);
    return Math.min(...others.map((other) => Math.sqrt(other.reduce((sum, v, d) => sum + (v - row[d]) ** 2, 0))));
  });
  const counted = [0, 2, 3]; // class 1 has one sample, and no other group to compare it with
  for (const accepted of [0, 0.3, 0.9, 0.95, 1]) {
    const detector = NoveltyDetector.fit(x, labels, { ...seed(5), groups, accepted, samplesPerCluster: 1 });
    const limits = counted.map((k) =>
      quantile(
        own.filter((_, i) => labels[i] === k),
        accepted,
      ),
    );
    assertClose([detector.limit], [Math.max(...limits)], { relative: 1e-4 });
  }
  const standard = NoveltyDetector.fit(x, labels, { ...seed(5), groups });
  assert.is(standard.limit, NoveltyDetector.fit(x, labels, { ...seed(5), groups, accepted: 0.95 }).limit);
});

test('without groups every sample is one', () => {
  const { x, labels } = drawn(new Random('alone'), [20, 30]);
  const alone = NoveltyDetector.fit(x, labels, seed(1));
  const named = NoveltyDetector.fit(x, labels, { ...seed(1), groups: labels.map((_, i) => i) });
  assert.is(alone.limit, named.limit);
  assertSameBits(alone.centroids.data, named.centroids.data);
});

test('of new groups the limit passes the share that it is to pass, and none from far away', () => {
  const random = new Random('new');
  const { x, labels, groups } = drawn(random, [1500, 1500], 20);
  const fresh = drawn(random, [3000], 20).x;
  const within = (detector: NoveltyDetector): number =>
    detector.distance(fresh).filter((d) => d <= detector.limit).length / 3000;
  for (const accepted of [0.5, 0.9]) {
    const detector = NoveltyDetector.fit(x, labels, { ...seed(1), groups, accepted });
    // More pass, as there are more clusters than in a fold, and as the other class may be the wider one.
    const share = within(detector);
    assert.ok(share > accepted - 0.02 && share < accepted + 0.2, `${share} of ${accepted}`);
  }
  const detector = NoveltyDetector.fit(x, labels, { ...seed(1), groups });
  const loud = tensor(
    fresh.data.map((v, i) => v + (i % 10 < 4 ? 8 : 0)),
    fresh.shape,
  );
  assert.ok(detector.distance(loud).every((d) => d > detector.limit));
});

test('a seed gives the same bits; another other ones; what was given stays as it was', () => {
  const { x, labels } = drawn(new Random('bits'), [40, 30]);
  const before = [x.data.slice(), [...labels]];
  const [a, b, c] = ['s', 's', 't'].map((s) => NoveltyDetector.fit(x, labels, seed(s)));
  assertSameBits(a.centroids.data, b.centroids.data);
  assert.equal([a.limit, a.spread], [b.limit, b.spread]);
  assert.not.equal([...a.centroids.data], [...c.centroids.data]);
  assert.equal([x.data, labels], before);
});

test('a class of one sample has a centroid all the same', () => {
  const { x, labels } = drawn(new Random('one'), [20, 20, 1]);
  const detector = NoveltyDetector.fit(x, labels, seed(1));
  assertClose([detector.distance(x)[40]], [0], { absolute: 1e-5 });
  assert.equal([...detector.centroids.shape], [3 + 3 + 1, 2]);
});

test('where all are equal, the spread is 0 and nothing is novel', () => {
  for (const N of [4, 7, 10, 13]) {
    // 0.7 is no binary fraction: a mean that is rounded would leave a spread to divide by.
    const flat = tensor(new Float32Array(10 * N).fill(0.7), [N, 10]);
    const same = NoveltyDetector.fit(flat, new Int32Array(N), seed(1));
    assert.equal([same.spread, same.limit], [0, 0]);
    assert.equal([...same.distance(flat)], Array(N).fill(0), 'none is above the limit');
  }
});

test('other sizes of a mean and of a cluster', () => {
  const { x, labels } = drawn(new Random('sizes'), [50, 17]);
  const chosen = (options: Omit<NoveltyDetectorOptions, 'random'>): NoveltyDetector =>
    NoveltyDetector.fit(x, labels, { ...seed(1), ...options });
  for (const pooling of [1, 3, 10]) {
    const detector = chosen({ pooling });
    assert.is(detector.pooling, pooling);
    assertClose([detector.spread], [spread(rowsOf(x).map((row) => means(row, pooling)))], ROUNDING);
    assert.is(detector.centroids.shape[1], Math.floor(10 / pooling));
    assertClose(detector.distance(x), plainDistances(detector, x), ROUNDING);
  }
  for (const [samplesPerCluster, K] of [
    [1, 50 + 17],
    [5, 10 + 4],
    [100, 1 + 1],
  ])
    assert.is(chosen({ samplesPerCluster }).centroids.shape[0], K);
  const standard = NoveltyDetector.fit(x, labels, seed(1));
  const same = chosen({ accepted: 0.95, pooling: 4, samplesPerCluster: 8 });
  assertSameBits(standard.centroids.data, same.centroids.data);
  assert.equal([standard.limit, standard.spread, standard.pooling], [same.limit, same.spread, 4]);
});

test('what it is made of makes another, which shares nothing with it', () => {
  const { x, labels } = drawn(new Random('parts'), [20, 20]);
  for (const pooling of [2, 4]) {
    const detector = NoveltyDetector.fit(x, labels, { ...seed(1), pooling });
    const given = detector.distance(x);
    const parts = { ...detector };
    const other = new NoveltyDetector(parts);
    assert.equal([other.limit, other.pooling], [detector.limit, pooling]);
    parts.centroids.data.fill(0);
    assertSameBits(other.distance(x), given);
  }
});

test('one fitted in a scope outlives it', () => {
  const { x, labels } = drawn(new Random('scope'), [20, 20]);
  let inside: NoveltyDetector | undefined;
  const given = scope(() => {
    inside = NoveltyDetector.fit(x, labels, seed(1));
    return inside.distance(x);
  });
  assertSameBits(inside!.distance(x), given);
});

const { x, labels } = drawn(new Random('errors'), [4, 4]);
const detector = NoveltyDetector.fit(x, labels, seed(1));
const fit = (...[a = x, b = labels, more = {}]: [Tensor?, number[]?, Partial<NoveltyDetectorOptions>?]) =>
  NoveltyDetector.fit(a, b, { ...seed(1), ...more });
/** The same with one value replaced. */
const spoilt = ({ data, shape }: Tensor, at: number, value: number): Tensor =>
  tensor(
    data.map((v, i) => (i === at ? value : v)),
    shape,
  );
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => fit(x, [0, 1]), ShapeError, 'NoveltyDetector.fit: expected 8 labels, got 2'],
  [() => fit(x, labels, { groups: [0] }), ShapeError, 'NoveltyDetector.fit: expected 8 groups, got 1'],
  [
    () => fit(x, labels, { accepted: 1.5 }),
    ArgumentError,
    'NoveltyDetector.fit: expected accepted from 0 to 1, got 1.5',
  ],
  [() => fit(zeros([8, 2, 5])), ShapeError, 'NoveltyDetector.fit: expected samples (N,1,L), got [8,2,5]'],
  [() => fit(zeros([8])), ShapeError, 'NoveltyDetector.fit: expected samples (N,1,L), got [8]'],
  [() => fit(zeros([8, 3])), ShapeError, 'NoveltyDetector.fit: expected samples of at least 4, the pooling, got 3'],
  [
    () => fit(x, [0, 1, 2, 3, 4, 5, 6, 7]),
    DataError,
    'NoveltyDetector.fit: expected samples of some class in two groups, got 8 in all',
  ],
  [
    () => fit(x, labels, { groups: [0, 0, 0, 0, 1, 1, 1, 1] }),
    DataError,
    'NoveltyDetector.fit: expected samples of some class in two groups, got 8 in all',
  ],
  [
    () => fit(zeros([0, 1, 10]), []),
    DataError,
    'NoveltyDetector.fit: expected samples of some class in two groups, got 0 in all',
  ],
  [
    () => fit(spoilt(x, 31, Number.POSITIVE_INFINITY)),
    DataError,
    'NoveltyDetector.fit: expected finite samples, got Infinity in sample 3',
  ],
  [
    () => detector.distance(spoilt(x, 5, Number.NaN)),
    DataError,
    'NoveltyDetector.distance: expected finite samples, got NaN in sample 0',
  ],
  [
    () => new NoveltyDetector({ ...detector, centroids: zeros([4]) }),
    ShapeError,
    'NoveltyDetector: expected centroids (K,W), got [4]',
  ],
  [
    () => new NoveltyDetector({ ...detector, centroids: zeros([0, 4]) }),
    ShapeError,
    'NoveltyDetector: expected at least one centroid, got [0,4]',
  ],
  [
    () => new NoveltyDetector({ ...detector, spread: -1 }),
    ArgumentError,
    'NoveltyDetector: expected spread >= 0, got -1',
  ],
  [
    () => new NoveltyDetector({ ...detector, pooling: 0 }),
    ArgumentError,
    'NoveltyDetector: expected pooling to be a whole number >= 1, got 0',
  ],
  [
    () => detector.distance(zeros([3, 1, 7])),
    ShapeError,
    'NoveltyDetector.distance: expected samples (N,1,L) of which floor(L / 4) is 2, as of the centroids, got 1',
  ],
];
for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
