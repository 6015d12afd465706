/** t-SNE of points that leave it little to go by: all about equally far apart, equal, huge, tiny; and of cosine distances. */
import { Random, Tensor, type TsneOptions, trustworthiness, tsne } from 'dynaecg';
import * as assert from 'uvu/assert';
import { comparable, metricNeighbors } from '../../../src/eval/neighbors/comparable.ts';
import { findNeighbors } from '../../../src/eval/neighbors/findNeighbors.ts';
import { jointAffinities } from '../../../src/eval/tsne/affinities.ts';
import { TsneGradient } from '../../../src/eval/tsne/gradient.ts';
import { assertClose, assertSameBits } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { conditionalOracle, dense, jointOracle, squaredDistances } from '../../support/tsneOracles.ts';
import { cloud, golden, goldenLayout, last, run } from '../../support/tsneRuns.ts';

const test = suite('eval/tsne/tsne.corners');

/** A run that warns into a list. */
function warned(x: Tensor, options: Partial<TsneOptions>) {
  const warnings: string[] = [];
  const done = run(x, { random: new Random(1), warn: (message) => warnings.push(message), ...options });
  return { ...done, warnings };
}

// ---- points about equally far apart

// import numpy as np
// from sklearn.manifold import TSNE, trustworthiness                                  # scikit-learn 1.2.1
// s = [1]
// for _ in range(400 * 64): s.append(s[-1] * 48271 % 2147483647)
// x = np.array(s[1:]).reshape(400, 64) / 2147483647 - 0.5
// x /= np.linalg.norm(x, axis=1, keepdims=True)                                      # distances 1.411, deviation 0.089
// t = TSNE(init=init, learning_rate=25, random_state=seed); y = t.fit_transform(x)
// t.kl_divergence_, trustworthiness(x, y)
//     pca: 1.94804 0.853, 1.95905 0.855      random: 1.94514 0.852, 1.94955 0.859
// With 1,000 points or more the learning rate is that small by itself, in proportion, and the layout collapses as well.
const apart = (() => {
  let s = 1;
  const data = Float64Array.from({ length: 400 * 64 }, () => {
    s = (s * 48271) % 2147483647;
    return s / 2147483647 - 0.5;
  });
  for (let row = 0; row < data.length; row += 64) {
    const length = Math.sqrt(data.subarray(row, row + 64).reduce((sum, v) => sum + v * v, 0));
    for (let at = row; at < row + 64; at++) data[at] /= length;
  }
  return new Tensor(data, [400, 64]);
})();
const learningRate = 25;

test('golden: of points about equally far apart, exaggeration leaves a layout as good as scikit-learn has it', () => {
  const { result, steps, warnings } = warned(apart, { learningRate });
  assert.is(result.iterations, 1000);
  assertClose([result.klDivergence], [1.95], { relative: 0.01 });
  const trusted = trustworthiness(apart, result.layout);
  assert.ok(trusted > 0.845, `${trusted}`);
  assert.equal([result.collapsed, warnings], [false, []]);
  // Drawn together to next to nothing at the first look, where the exaggeration ends.
  assert.ok(Math.max(...steps[49].layout.data.map(Math.abs)) < 1e-5);
  assert.ok(Math.max(...steps[99].layout.data.map(Math.abs)) > 1e-2);
});

test('the exaggeration ends early with any limit of the gradient', () => {
  const { result, warnings } = warned(apart, { learningRate, minGradNorm: 0, iterations: 300 });
  assert.ok(result.klDivergence < 2.2, `${result.klDivergence}`);
  assert.equal(warnings, []);
});

test('clusters are exaggerated to the end', () => {
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);
  const x = new Tensor(
    cloud(60, 5, 'clusters').data.map((v, at) => v + (at % 5 === labels[Math.floor(at / 5)] ? 9 : 0)),
    [60, 5],
  );
  const at = (exaggerationIterations: number) => last(x, { perplexity: 8, iterations: 120, exaggerationIterations });
  assert.is.not(at(100)[0], at(50)[0]);
  assert.is.not(at(110)[0], at(100)[0]);
});

test('a layout that has collapsed into a point is warned of', () => {
  const stopped = warned(apart, { learningRate: 1e-300, exaggerationIterations: 0, iterationsWithoutProgress: 50 });
  const cut = warned(apart, { learningRate, iterations: 50 });
  for (const { result, warnings } of [stopped, cut]) {
    assert.is(result.collapsed, true);
    assert.is(warnings.length, 1);
    assert.match(
      warnings[0],
      /^tsne: the layout has collapsed into a point after iteration \d+: [\d.e-]+ wide, divergence 2\.\d+\. Try a /,
    );
  }
  assert.match(stopped.warnings[0], `iteration ${stopped.result.iterations}:`);
  assert.ok(stopped.result.iterations === 150);
  // Two points have no other affinities than those of any layout, and a layout on its way has not collapsed.
  assert.equal(warned(cloud(2, 3, 'two'), { perplexity: 1, iterations: 300 }).warnings, []);
  assert.equal(warned(golden, { perplexity: 3, iterations: 60 }).result.collapsed, false);
});

test('it warns on the console unless told otherwise', () => {
  const own = console.warn;
  const seen: unknown[] = [];
  console.warn = (message) => seen.push(message);
  try {
    run(apart, { random: new Random(1), learningRate, iterations: 50 });
  } finally {
    console.warn = own;
  }
  assert.is(seen.length, 1);
});

// ---- equal points, equal distances

test('which of equally far points are neighbours is drawn', () => {
  const [N, k] = [300, 91];
  const equal = new Tensor(new Float32Array(N * 5).fill(1.7), [N, 5]);
  const { index, distance } = metricNeighbors('test', 'euclidean', equal, k);
  assert.ok(distance.every((d) => d === 0));
  const asked = new Int32Array(N);
  for (let i = 0; i < N; i++) {
    const own = index.subarray(i * k, (i + 1) * k);
    assert.is(new Set(own).size, k);
    assert.not.ok(own.includes(i));
    for (const j of own) asked[j]++;
  }
  const deviation = Math.sqrt((k * (N - 1 - k)) / (N - 1)); // of a binomial number
  for (const n of asked) assert.ok(Math.abs(n - k) < 5 * deviation, `${n} of ${k}`);

  // Of whole coordinates: nearer ones are all there, nearest first, the last are any of those as far.
  const random = new Random('grid');
  const grid = new Tensor(
    Float64Array.from({ length: 450 }, () => random.integer(4)),
    [150, 3],
  );
  const d = squaredDistances(grid.data, 150);
  const [drawn, first] = [metricNeighbors('test', 'euclidean', grid, 20), findNeighbors('test', grid, 20)];
  assertSameBits(drawn.distance, first.distance);
  let moved = 0;
  for (let i = 0; i < 150; i++) {
    const own = [...drawn.index.subarray(i * 20, (i + 1) * 20)];
    assert.equal(
      own.map((j) => d[i][j]),
      [...first.distance.subarray(i * 20, (i + 1) * 20)],
    );
    assert.is(new Set([...own, i]).size, 21);
    if (own.some((j) => !first.index.subarray(i * 20, (i + 1) * 20).includes(j))) moved++;
  }
  assert.ok(moved > 100, `${moved}`);
});

/** Of numbers in the order of rows. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const centred = [a, b].map((v) => v.map((value) => value - v.reduce((sum, w) => sum + w, 0) / v.length));
  const sum = (f: (i: number) => number): number => a.reduce((total, _, i) => total + f(i), 0);
  const [u, v] = centred;
  return sum((i) => u[i] * v[i]) / Math.sqrt(sum((i) => u[i] ** 2) * sum((i) => v[i] ** 2));
}

test('equal points are a cloud that does not show the order of rows', () => {
  const N = 300;
  const { result, warnings } = warned(new Tensor(new Float32Array(N * 5).fill(1.7), [N, 5]), { iterations: 400 });
  assert.equal(warnings, []);
  const [u, v] = [0, 1].map((c) => [...result.layout.data].filter((_, at) => at % 2 === c));
  const [mu, mv] = [u, v].map((w) => w.reduce((a, b) => a + b, 0) / N);
  const radius = u.map((value, i) => Math.hypot(value - mu, v[i] - mv));
  const row = u.map((_, i) => i);
  const early = row.map((i) => (i < 92 ? 1 : 0)); // which neighbours by position would be
  for (const [name, measure] of Object.entries({ u, v, radius }))
    for (const order of [row, early]) {
      const r = correlation(order, measure);
      assert.ok(Math.abs(r) < 4 / Math.sqrt(N), `${name}: ${r}`);
    }
});

// ---- sizes

test('points of any size are laid out as those of size 1', () => {
  const [N, D] = [40, 5];
  const one = cloud(N, D, 'sizes');
  one.data[1] = 0;
  const scaled = (factor: number): Tensor =>
    new Tensor(
      one.data.map((v) => v * factor),
      [N, D],
    );
  const options = { perplexity: 5, iterations: 60 };
  for (const metric of ['euclidean', 'cosine'] as const) {
    const expected = last(one, { ...options, metric });
    for (const exponent of [-1000, -700, -500, -100, 100, 400, 600, 1020])
      assertSameBits(last(scaled(2 ** exponent), { ...options, metric }), expected, `${metric} at 2^${exponent}`);
  }
  const short = { perplexity: 5, iterations: 4 };
  for (const factor of [1e-200, 1e200]) assertClose(last(scaled(factor), short), last(one, short), { relative: 1e-6 });

  // Float32 numbers beyond its squares are compared in float64.
  const narrow = (factor: number): Tensor =>
    new Tensor(
      Float32Array.from(one.data, (v) => Math.fround(v) * factor),
      [N, D],
    );
  const wide = last(new Tensor(Float64Array.from(narrow(1).data), [N, D]), options);
  for (const exponent of [-110, -100, -64, 64, 100, 125])
    assertSameBits(last(narrow(2 ** exponent), options), wide, `float32 at 2^${exponent}`);
});

test('trustworthiness of points and layouts of any size', () => {
  const one = cloud(60, 6, 'trust sizes');
  const y = cloud(60, 2, 'trust layout');
  for (const dtype of [Float32Array, Float64Array] as const) {
    const scaled = (x: Tensor, exponent: number): Tensor =>
      new Tensor(new dtype(Array.from(x.data, (v) => Math.fround(v) * 2 ** exponent)), x.shape);
    const exponents = dtype === Float32Array ? [-110, -90, 90, 124] : [-1000, -600, 600, 1020];
    for (const metric of ['euclidean', 'cosine'] as const) {
      const expected = trustworthiness(scaled(one, 0), scaled(y, 0), { metric });
      assert.ok(expected > 0.3 && expected < 0.7, `${expected}`);
      for (const exponent of exponents) {
        assert.is(trustworthiness(scaled(one, exponent), scaled(y, 0), { metric }), expected, `x, 2^${exponent}`);
        assert.is(trustworthiness(scaled(one, 0), scaled(y, exponent), { metric }), expected, `layout, 2^${exponent}`);
      }
    }
  }
});

test('columns far from zero do not hide small differences, nor does the largest range overflow', () => {
  const own = cloud(50, 1, 'offset').data.map((v) => Math.round(64 * v)); // differences are exact
  const column = (offset: number, scale: number): Tensor =>
    new Tensor(
      Float64Array.from({ length: 100 }, (_, at) => (at % 2 ? own[at >> 1] * scale : offset)),
      [50, 2],
    );
  const options = { perplexity: 5, iterations: 60 };
  const expected = last(column(0, 1), options);
  for (const [offset, scale] of [
    [1e300, 2 ** -1000],
    [-1e300, 2 ** 900],
    [3, 2 ** -600],
  ])
    assertSameBits(last(column(offset, scale), options), expected, `${offset}, ${scale}`);
  const ends = new Tensor(
    Float64Array.from({ length: 60 }, (_, i) => (i % 3 ? 1 : -1) * 1.7e308 * (1 - (i % 7) / 100)),
    [60, 1],
  );
  assert.ok(last(ends, options).every(Number.isFinite));
  assert.is(trustworthiness(ends, ends), 1);
});

// ---- cosine distances

// from sklearn.manifold._t_sne import _joint_probabilities_nn, _kl_divergence          # scikit-learn 1.2.1
// from sklearn.neighbors import NearestNeighbors
// from scipy.spatial.distance import squareform
// i, d = np.arange(20)[:, None], np.arange(4)
// x = ((i + 1) * (i + 3 * d + 2) * (d + 5) % 89) / 10; y = x[:, :2] * [1, 0.5] - x[:, 2:] * 0.3
// graph = NearestNeighbors(n_neighbors=10, metric='cosine').fit(x).kneighbors_graph(mode='distance'); graph.data **= 2
// P = _joint_probabilities_nn(graph, 3.0, 0).toarray(); P[0]
// kl, g = _kl_divergence(y.ravel(), squareform(P), 1, 20, 2); kl, g[:6]
test("affinities, divergence and gradient by cosine distances are scikit-learn's", () => {
  const [unit] = comparable('test', 'cosine', { x: golden });
  const affinities = jointAffinities(metricNeighbors('test', 'cosine', unit, 10), 3);
  const row = [
    0, 0, 0, 0, 1.0262752680192782e-7, 2.1674833280664904e-5, 0.019060523111624275, 0.021178055018289465,
    5.474239163499214e-9, 0.01624652009393442, 0.0001735895228905021, 0, 1.906216462008708e-8, 0, 2.9120525567892942e-8,
    2.61644974726418e-8, 3.711570944928398e-8, 0, 3.8768565713271743e-7, 2.414419935006732e-5,
  ];
  assertClose(dense(affinities)[0], row, { relative: 2e-3 });
  const gradient = new Float64Array(40);
  const kl = new TsneGradient(affinities);
  const layout = goldenLayout.data as Float64Array;
  assertClose([kl.divergence(layout, kl.evaluate(gradient, layout, 0))], [1.3259820099691169], { relative: 1e-5 });
  const expected = [
    0.0024525884564239996, -0.009292259827770141, 0.021069168616112084, 0.007589146449230434, 0.0063117155954095835,
    -0.012160555964360036,
  ];
  assertClose(gradient.subarray(0, 6), expected, { relative: 1e-3 }, 'gradient');
});

test('affinities by cosine distances are those of the formula', () => {
  const x = cloud(60, 5, 'cosine');
  const d = squaredDistances(x.data, 60).map((row, i) =>
    row.map((_, j) => {
      const [a, b] = [i, j].map((at) => x.data.subarray(5 * at, 5 * at + 5));
      const dot = (u: ArrayLike<number>, v: ArrayLike<number>) => Array.from(u).reduce((s, w, c) => s + w * v[c], 0);
      return (1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))) ** 2;
    }),
  );
  const [unit] = comparable('test', 'cosine', { x });
  const affinities = jointAffinities(metricNeighbors('test', 'cosine', unit, 20), 6);
  assertClose(dense(affinities).flat(), jointOracle(d, 20, 6).flat(), { relative: 1e-3, absolute: 1e-8 });
  assert.ok(conditionalOracle(d, 20, 6)[0].some((p) => p > 0.01));
});

// i, d = np.mgrid[0:200, 0:6]
// u = ((i * 7919 + d * 104729 + (i * i + 3 * d) * (d * d + 7)) % 1009) / 504 - 1
// x = (2 * (d == i % 5) + 0.5 * u) * (1 + i % 7) ** 2                 # five directions, lengths from 2 to 98
// t = TSNE(metric=metric, init=init, perplexity=15, learning_rate='auto', random_state=0); y = t.fit_transform(x)
// t.kl_divergence_, trustworthiness(x, y, metric='cosine'), trustworthiness(x, y)
//     cosine     pca: 0.34747 0.9922 0.757    random: 0.34490 0.9924 0.759
//     euclidean  pca: 0.13538 0.9330 0.995    random: 0.13502 0.9333 0.995
test('golden: layouts by cosine and by Euclidean distances are as good as scikit-learn has them', () => {
  const x = new Tensor(
    Float64Array.from({ length: 1200 }, (_, at) => {
      const [i, d] = [Math.floor(at / 6), at % 6];
      const u = ((i * 7919 + d * 104729 + (i * i + 3 * d) * (d * d + 7)) % 1009) / 504 - 1;
      return (2 * (d === i % 5 ? 1 : 0) + 0.5 * u) * (1 + (i % 7)) ** 2;
    }),
    [200, 6],
  );
  for (const [metric, divergence, byCosine, byLength] of [
    ['cosine', 0.3462, 0.992, 0.758],
    ['euclidean', 0.1352, 0.933, 0.995],
  ] as const) {
    const { result } = run(x, { random: new Random(1), metric, perplexity: 15 });
    const ratio = result.klDivergence / divergence; // below 1 is a better layout; where it ends is chaotic in the last bits
    assert.ok(ratio > 0.94 && ratio < 1.03, `${metric}: ${result.klDivergence}, ${ratio} of scikit-learn's`);
    assertClose([trustworthiness(x, result.layout, { metric: 'cosine' })], [byCosine], { absolute: 0.01 }, metric);
    assertClose([trustworthiness(x, result.layout)], [byLength], { absolute: 0.02 }, metric);
  }
});

test('by cosine distances, lengths do not count', () => {
  const x = cloud(40, 4, 'lengths');
  const stretched = new Tensor(
    x.data.map((v, at) => v * 2 ** ((Math.floor(at / 4) % 9) * 20)),
    [40, 4],
  );
  const options = { metric: 'cosine', perplexity: 5, iterations: 30 } as const;
  assertSameBits(last(stretched, options), last(x, options));
  assert.is(trustworthiness(stretched, x, { metric: 'cosine' }), trustworthiness(x, x, { metric: 'cosine' }));
  const steps = tsne(x, { random: new Random(1), perplexity: 5, iterations: 30 });
  assert.is.not([...steps].at(-1)?.layout.data[0], last(x, options)[0]);
});

test.run();
