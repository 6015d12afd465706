import { ArgumentError, DataError, kMeans, nearestCentroid, Random, ShapeError, tensor, zeros } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lloyd } from '../../../src/eval/clusters/lloyd.ts';
import { assertClose, assertSameBits, assertThrows } from '../../support/asserts.ts';

const test = suite('eval/clusters/kMeans');

const draw = (random: Random, n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
const seed = (s: number | string): { random: Random } => ({ random: new Random(s) });

/** Lloyd's algorithm without bounds: every row is compared with every centroid every time. */
function plainLloyd(x: Float64Array, start: Float64Array, N: number, D: number, iterations: number) {
  const K = start.length / D;
  let c = [...start];
  const nearest = (i: number): number => {
    const d = Array.from({ length: K }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < D; j++) sum += (x[i * D + j] - c[k * D + j]) ** 2;
      return sum;
    });
    return d.indexOf(Math.min(...d));
  };
  let assignment = Array.from({ length: N }, (_, i) => nearest(i));
  for (let n = 0; n < iterations; n++) {
    c = Array.from({ length: K * D }, (_, at) => {
      const rows = [...assignment.keys()].filter((i) => assignment[i] === Math.floor(at / D));
      return rows.reduce((sum, i) => sum + x[i * D + (at % D)], 0) / rows.length;
    });
    assignment = assignment.map((_, i) => nearest(i));
  }
  return { centroids: c, assignment };
}

test('the bounds change nothing where centroids start without rows', () => {
  const random = new Random('empty');
  for (let trial = 0; trial < 3000; trial++) {
    const [N, K] = [4 + random.integer(8), 2 + random.integer(3)];
    const x = Float64Array.from({ length: N }, () => random.integer(60));
    const start = Float64Array.from({ length: K }, (_, k) => random.integer(60) + 1000 * k * random.integer(2));
    for (const iterations of [1, 2, 5]) {
      const { centroids, assignment } = lloyd(x, start, N, 1, iterations);
      assert.equal(nearestCentroid(tensor(x, [N, 1]), centroids).index, assignment, `${x} from ${start}`);
    }
  }
});

test('the bounds change nothing: the bits of searching every row every time', () => {
  const random = new Random('bounds');
  for (const [N, D, K] of [
    [60, 1, 3],
    [150, 2, 9],
    [200, 3, 1],
    [300, 7, 16],
    [120, 40, 5],
  ]) {
    const x = draw(random, N * D);
    for (const iterations of [1, 2, 5, 30]) {
      const start = x.slice(0, K * D);
      const expected = plainLloyd(x, start, N, D, iterations);
      const actual = lloyd(x, start, N, D, iterations);
      assert.equal([...actual.assignment], expected.assignment, `${N} ${D} ${K} ${iterations}`);
      assertSameBits(actual.centroids.data, expected.centroids);
    }
  }
});

// scikit-learn 1.2.1:
//   i, d = np.mgrid[0:120, 0:5]; x = ((i * 7919 + d * 104729 + i * i * d) % 1009) / 1009
//   k = KMeans(7, init=x[:7], n_init=1, tol=0, algorithm='lloyd').fit(x)
//   k.inertia_, k.labels_, k.cluster_centers_[:, 0], k.cluster_centers_[3]
test('scikit-learn’s clusters from the same centroids', () => {
  const x = Float64Array.from({ length: 600 }, (_, at) => {
    const [i, d] = [Math.floor(at / 5), at % 5];
    return ((i * 7919 + d * 104729 + i * i * d) % 1009) / 1009;
  });
  const { centroids, assignment, inertia } = lloyd(x, x.slice(0, 35), 120, 5, 50);
  const rounding = { relative: 1e-13 };
  assertClose([inertia], [21.562840878583895], rounding);
  assert.is(
    assignment.join(''),
    '612445611102463333442234446315556333335522225663116401320045325540225225522111652252542225504324040131344631125042403641',
  );
  const first = [
    0.3121902874132805, 0.7294970267591674, 0.7209117938553022, 0.7275572479265557, 0.2926660059464817,
    0.33566324135412867, 0.13208397152896656,
  ];
  assertClose(
    first.map((_, k) => centroids.data[k * 5]),
    first,
    rounding,
  );
  const fourth = [0.7275572479265557, 0.6356997548380366, 0.6491054196442543, 0.7677742423452089, 0.7285483282040582];
  assertClose(centroids.data.slice(15, 20), fourth, rounding);
});

test('the inertia never rises, and the run stops where nothing changes', () => {
  const x = tensor(draw(new Random('inertia'), 400 * 3), [400, 3]);
  let before = Number.POSITIVE_INFINITY;
  for (let iterations = 1; iterations < 60; iterations++) {
    const { inertia } = kMeans(x, { clusters: 12, ...seed(1), iterations });
    assert.ok(inertia <= before, `${inertia} after ${before}`);
    before = inertia;
  }
  const settled = kMeans(x, { clusters: 12, ...seed(1), iterations: 1000 });
  assert.is(settled.inertia, kMeans(x, { clusters: 12, ...seed(1), iterations: 2000 }).inertia);
  const { assignment, centroids } = settled;
  for (let k = 0; k < 12; k++)
    for (let d = 0; d < 3; d++) {
      const values = [...assignment.keys()].filter((i) => assignment[i] === k).map((i) => x.data[i * 3 + d]);
      assert.is(centroids.data[k * 3 + d], values.reduce((sum, v) => sum + v, 0) / values.length);
    }
});

test('what is returned fits together', () => {
  const x = tensor(draw(new Random('fit'), 200 * 6), [200, 6]);
  const { centroids, assignment, inertia } = kMeans(x, { clusters: 5, ...seed(3), iterations: 2 });
  assert.equal([...centroids.shape], [5, 6]);
  assert.is(centroids.dtype, 'float64');
  const { index, distance } = nearestCentroid(x, centroids);
  assert.equal(index, assignment);
  assertClose([distance.reduce((sum, d) => sum + d * d, 0)], [inertia], { relative: 1e-13 });
});

test('blobs far apart are found, each by one centroid', () => {
  const random = new Random('blobs');
  for (let s = 0; s < 20; s++) {
    const labels = Array.from({ length: 120 }, () => random.integer(6));
    const x = labels.flatMap((label) => [
      50 * (label % 3) + random.normal(),
      50 * Math.floor(label / 3) + random.normal(),
    ]);
    const { assignment } = kMeans(tensor(x, [120, 2]), { clusters: 6, ...seed(s) });
    const found = new Set(labels.map((label, i) => `${label} ${assignment[i]}`));
    assert.is(found.size, 6, `seed ${s}: ${[...found]}`);
  }
});

test('eight blobs ten deviations apart are found in nearly every run, and of two starts in all', () => {
  const random = new Random('eight');
  const labels = Array.from({ length: 240 }, (_, i) => i % 8);
  const x = tensor(
    labels.flatMap((k) => [10 * (k % 3) + random.normal(), 10 * Math.floor(k / 3) + random.normal()]),
    [240, 2],
  );
  const found = (starts: number): number => {
    const runs = Array.from({ length: 200 }, (_, s) => kMeans(x, { clusters: 8, ...seed(s), starts }));
    return runs.filter(({ assignment }) => new Set(labels.map((k, i) => `${k} ${assignment[i]}`)).size === 8).length;
  };
  const [once, twice] = [found(1), found(2)];
  assert.ok(once >= 197, `${once} of 200`); // with one candidate a centroid, 146
  assert.is(twice, 200);
});

test('of several starts the lowest inertia is kept, the first of equal ones', () => {
  const x = tensor(draw(new Random('starts'), 120 * 2), [120, 2]);
  const random = new Random(5);
  const runs = Array.from({ length: 6 }, () => kMeans(x, { clusters: 9, random }));
  const best = Math.min(...runs.map(({ inertia }) => inertia));
  const together = kMeans(x, { clusters: 9, ...seed(5), starts: 6 });
  assert.equal(
    together,
    runs.find(({ inertia }) => inertia === best),
  );
  assert.ok(new Set(runs.map(({ inertia }) => inertia)).size > 1);
});

test('numbers whose squares overflow or underflow: the same clusters', () => {
  const x = draw(new Random('scale'), 60 * 2);
  const times = (values: ArrayLike<number>, scale: number) => Float64Array.from(values, (v) => v * scale);
  const run = (scale: number) => kMeans(tensor(times(x, scale), [60, 2]), { clusters: 4, ...seed(2) });
  const plain = run(1);
  const expected = nearestCentroid(tensor(x, [60, 2]), plain.centroids);
  for (const scale of [2 ** 1020, 2 ** 600, 2 ** -600, 2 ** -1000]) {
    const { centroids, assignment } = run(scale);
    assert.equal(assignment, plain.assignment);
    assertSameBits(centroids.data, times(plain.centroids.data, scale));
    const near = nearestCentroid(tensor(times(x, scale), [60, 2]), centroids);
    assert.equal(near.index, expected.index);
    assertSameBits(near.distance, times(expected.distance, scale));
  }
  // 1e200 squared is no double
  const huge = tensor(Float64Array.of(1e200, 3e200, -1e200), [3, 1]);
  const { centroids, inertia } = kMeans(huge, { clusters: 2, ...seed(1), starts: 5 });
  assert.is(centroids.size, 2);
  assert.ok([...centroids.data].every(Number.isFinite));
  assert.is(inertia, Number.POSITIVE_INFINITY, '2e400 is no double');
  assert.is(kMeans(tensor(Float64Array.of(1e-200, 3e-200), [2, 1]), { clusters: 2, ...seed(1) }).centroids.size, 2);
});

test('of eight points the best of a few seeds is the best there is', () => {
  const random = new Random('best');
  const [N, D, K] = [8, 2, 3];
  for (let trial = 0; trial < 5; trial++) {
    const x = draw(random, N * D);
    let best = Number.POSITIVE_INFINITY;
    for (let code = 0; code < K ** N; code++) {
      const rows = Array.from({ length: N }, (_, i) => Math.floor(code / K ** i) % K);
      let sum = 0;
      for (let k = 0; k < K; k++)
        for (let d = 0; d < D; d++) {
          const values = rows.flatMap((r, i) => (r === k ? [x[i * D + d]] : []));
          const mean = values.reduce((a, b) => a + b, 0) / values.length;
          sum += values.reduce((a, b) => a + (b - mean) ** 2, 0);
        }
      best = Math.min(best, sum);
    }
    const inertias = Array.from(
      { length: 30 },
      (_, s) => kMeans(tensor(x, [N, D]), { clusters: K, ...seed(s) }).inertia,
    );
    assertClose([Math.min(...inertias)], [best], { relative: 1e-12 });
  }
});

test('one seed gives the same bits, another other ones; float32 is as its values in float64', () => {
  const x = Float32Array.from(draw(new Random('seeds'), 300 * 4));
  const run = (s: number, data: Float32Array | Float64Array) =>
    kMeans(tensor(data, [300, 4]), { clusters: 8, ...seed(s) });
  assert.equal(run(1, x), run(1, x));
  assert.equal(run(1, Float64Array.from(x)), run(1, x));
  assert.is.not(run(2, x).inertia, run(1, x).inertia);
  const transposed = { data: x, shape: [4, 300], stride: [1, 4], offset: 0 };
  assert.is(kMeans(transposed, { clusters: 3, ...seed(1) }).centroids.shape[1], 300);
});

test('seeding draws rows in proportion to the squared distance from those drawn, and takes the best of them', () => {
  // 1.5 goes to 0 where 0 and -1 were drawn; in all other cases -1 does. After 0, -1 comes before 1.5 as 1 to 2.25; after
  // -1, 0 comes before 1.5 as 1 to 6.25. In both cases 1.5 leaves less, so that it must come in neither of 2 + ln 2 draws.
  const x = tensor([0, -1, 1.5], [3, 1]);
  const expected = ((1 / 3.25) ** 2 + (1 / 7.25) ** 2) / 3;
  const random = new Random('draws');
  const runs = 4000;
  let together = 0;
  for (let n = 0; n < runs; n++) {
    const { assignment } = kMeans(x, { clusters: 2, random });
    if (assignment[0] === assignment[2]) together++;
    else assert.is(assignment[0], assignment[1]);
  }
  const deviation = Math.sqrt((expected * (1 - expected)) / runs);
  assert.ok(Math.abs(together / runs - expected) < 3 * deviation, `${together / runs}, expected ${expected}`);
});

test('fewer distinct rows than clusters: a centroid for each', () => {
  const x = tensor([1, 2, 1, 2, 5, 6, 1, 2, 5, 6], [5, 2]);
  const { centroids, assignment, inertia } = kMeans(x, { clusters: 4, ...seed(1) });
  assert.equal([...centroids.shape], [2, 2]);
  assert.equal(
    [...assignment].map((k) => centroids.data[2 * k]),
    [1, 1, 5, 1, 5],
  );
  assert.is(inertia, 0);
  assert.is(kMeans(x, { clusters: 1, ...seed(1) }).centroids.data[0], 13 / 5);
  assert.equal([...kMeans(zeros([3, 2]), { clusters: 3, ...seed(1) }).centroids.data], [0, 0]);
});

test('a centroid without rows takes the row farthest from its own', () => {
  const x = Float64Array.of(0, 1, 2, 10, 11, 30);
  // Nothing is near 1000; of the others, 30 is farthest from its own, 10.5, and then 11 goes on alone with 10.
  const one = lloyd(x, Float64Array.of(1, 10.5, 1000), 6, 1, 50);
  assert.equal([...one.assignment], [0, 0, 0, 1, 1, 2]);
  assert.equal([...one.centroids.data], [1, 10.5, 30]);
  const two = lloyd(x, Float64Array.of(1, 1000, 2000), 6, 1, 1);
  assert.is(new Set(two.assignment).size, 3, `${two.assignment}`);
  const none = lloyd(Float64Array.of(3, 3), Float64Array.of(3, 9), 2, 1, 5);
  assert.equal([...none.centroids.data], [3, 9], 'no row is off its centroid');
  const alone = lloyd(Float64Array.of(0, 100), Float64Array.of(1, 90, 1000), 2, 1, 5);
  assert.equal([...alone.assignment], [0, 1], 'a row that is alone stays');
  const last = lloyd(Float64Array.of(0, 5, 100), Float64Array.of(1, 100, 1000, 2000), 3, 1, 5);
  assert.equal([...last.centroids.data], [0, 100, 5, 2000], 'also where the other one was taken');
});

test('equally near centroids: the first', () => {
  const { index, distance } = nearestCentroid(tensor([0, 0, 3, 4], [2, 2]), tensor([3, 4, -3, -4, 4, 3, 3, 4], [4, 2]));
  assert.equal([...index], [0, 0]);
  assert.equal([...distance], [5, 0]);
});

test('nearestCentroid agrees with all distances', () => {
  const random = new Random('nearest');
  for (const K of [1, 2, 3, 4, 5, 9]) {
    const [x, c] = [draw(random, 50 * 3), draw(random, K * 3)];
    const { index, distance } = nearestCentroid(tensor(x, [50, 3]), tensor(c, [K, 3]));
    for (let i = 0; i < 50; i++) {
      const d = Array.from({ length: K }, (_, k) => Math.hypot(...[0, 1, 2].map((j) => x[i * 3 + j] - c[k * 3 + j])));
      assert.is(index[i], d.indexOf(Math.min(...d)));
      assertClose([distance[i]], [Math.min(...d)], { relative: 1e-14 });
    }
  }
  const none = nearestCentroid(zeros([0, 3]), zeros([2, 3]));
  assert.is(none.index.length, 0);
});

const x = zeros([4, 2]);
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => kMeans(zeros([4]), { clusters: 2, ...seed(1) }), ShapeError, 'kMeans: expected x (N,D), got [4]'],
  [
    () => kMeans(zeros([0, 2]), { clusters: 2, ...seed(1) }),
    DataError,
    'kMeans: expected x with at least one row and one column, got [0,2]',
  ],
  [
    () => kMeans(tensor([1, Number.NaN], [2, 1]), { clusters: 2, ...seed(1) }),
    DataError,
    'kMeans: expected finite numbers in x (N,D), got NaN at 1',
  ],
  [
    () => kMeans(x, { clusters: 0, ...seed(1) }),
    ArgumentError,
    'kMeans: expected clusters to be a whole number >= 1, got 0',
  ],
  [
    () => kMeans(x, { clusters: 1, ...seed(1), iterations: 0 }),
    ArgumentError,
    'kMeans: expected iterations to be a whole number >= 1, got 0',
  ],
  [
    () => nearestCentroid(x, zeros([2, 3])),
    ShapeError,
    'nearestCentroid: expected centroids (K,D) with D=2, got [2,3]',
  ],
  [
    () => nearestCentroid(x, zeros([0, 2])),
    DataError,
    'nearestCentroid: expected at least one centroid and column, got [0,2]',
  ],
  [
    () => nearestCentroid(x, tensor([1, Number.POSITIVE_INFINITY], [1, 2])),
    DataError,
    'nearestCentroid: expected finite numbers in centroids (K,D), got Infinity at 1',
  ],
];
for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
