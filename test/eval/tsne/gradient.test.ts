import { Random, type Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { findNeighbors, type Neighbors } from '../../../src/eval/neighbors/findNeighbors.ts';
import { type Affinities, jointAffinities } from '../../../src/eval/tsne/affinities.ts';
import { TsneGradient } from '../../../src/eval/tsne/gradient.ts';
import { CELL, Quadtree } from '../../../src/eval/tsne/quadtree.ts';
import { assertClose } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { dense, jointOracle, klOracle, relativeError, square, squaredDistances } from '../../support/tsneOracles.ts';
import { cloud, golden, goldenLayout } from '../../support/tsneRuns.ts';

const test = suite('eval/tsne/gradient');

/** A layout of clumps of all sizes, as t-SNE's are. */
function clumps(N: number, seed: string, scale = 1): Float64Array {
  const random = new Random(seed);
  const centers = Array.from({ length: 12 }, () => [
    random.normal(0, 30),
    random.normal(0, 30),
    random.uniform(0.1, 6),
  ]);
  const points = Array.from({ length: N }, () => {
    const [u, v, width] = centers[random.integer(12)];
    return [scale * random.normal(u, width), scale * random.normal(v, width)];
  });
  return Float64Array.from(points.flat());
}

const neighborsOf = (x: Tensor, k: number): Neighbors => findNeighbors('test', x, k);

// from sklearn.manifold._t_sne import _joint_probabilities_nn, _kl_divergence          # scikit-learn 1.2.1
// from sklearn.neighbors import NearestNeighbors
// from scipy.spatial.distance import squareform
// graph = NearestNeighbors(n_neighbors=10).fit(x).kneighbors_graph(mode='distance'); graph.data **= 2
// P = _joint_probabilities_nn(graph, 3.0, 0).toarray(); P[0]
// kl, g = _kl_divergence(y.ravel(), squareform(P), 1, 20, 2); kl, g[:6]
test("affinities, divergence and gradient are scikit-learn's", () => {
  const affinities = jointAffinities(neighborsOf(golden, 10), 3);
  const row = [
    0, 0, 0, 0, 2.4530198959268796e-5, 3.6735474787737554e-5, 0.012018382383595833, 0.021408758600869295, 0,
    0.014364173088602295, 0.0006584670838941426, 0, 0.00041571081716193704, 0, 1.651004346640496e-5,
    0.0001914661553651174, 0, 0, 0.0002119151291085338, 0.0006032033829264441,
  ];
  // Both searches stop within 1e-5 of the entropy, scikit-learn's in float32.
  assertClose(dense(affinities)[0], row, { relative: 1e-3 });
  const kl = new TsneGradient(affinities);
  const gradient = new Float64Array(40);
  const layout = goldenLayout.data as Float64Array;
  const z = kl.evaluate(gradient, layout, 0);
  assertClose([kl.divergence(layout, z)], [1.3740295424801428], { relative: 1e-5 }, 'kl');
  assertClose(
    gradient.subarray(0, 6),
    [
      0.006731078421935722, -0.0057526172488374955, 0.03320431708624484, 0.011672037389124531, 0.00989345125988617,
      0.024168794326281738,
    ],
    { relative: 1e-3 },
    'gradient',
  );
});

test("the oracle's gradient is the divergence's, by finite differences", () => {
  const p = jointOracle(squaredDistances(cloud(15, 3, 'differences').data, 15), 14, 5);
  const y = cloud(15, 2, 'differences layout').data;
  const { gradient } = klOracle(p, y);
  const h = 1e-5;
  const at = (i: number, step: number): number =>
    klOracle(
      p,
      y.map((v, j) => (j === i ? v + step : v)),
    ).kl;
  const numeric = gradient.map((_, i) => (at(i, h) - at(i, -h)) / (2 * h));
  assertClose(gradient, numeric, { absolute: 1e-9 });
});

test('at angle 0, gradient, Z and divergence are exact', () => {
  const x = cloud(90, 4, 'exact');
  const affinities = jointAffinities(neighborsOf(x, 30), 10);
  const p = dense(affinities);
  const kl = new TsneGradient(affinities);
  const gradient = new Float64Array(180);
  for (const scale of [1e-4, 1, 100, 1e5])
    for (const exaggeration of [1, 12]) {
      const y = cloud(90, 2, 'exact layout', scale).data as Float64Array;
      const expected = klOracle(p, y, exaggeration);
      const z = kl.evaluate(gradient, y, 0, exaggeration);
      assertClose([z], [expected.z], { relative: 1e-12 }, 'z');
      assertClose([kl.divergence(y, z)], [expected.kl], { relative: 1e-12 }, 'kl');
      const size = Math.max(...expected.repulsion.map(Math.abs), ...expected.gradient.map(Math.abs));
      assertClose(gradient, expected.gradient, { absolute: 1e-12 * size }, `gradient, scale ${scale}`);
    }
});

/** No affinities at all: what is left of the gradient is the second sum. */
const alone = (N: number): Affinities => ({
  start: new Int32Array(N + 1),
  other: new Int32Array(0),
  p: new Float64Array(0),
});

test('the approximation stays within 2 % at angle 0.5, and is the better the smaller the angle', () => {
  const N = 1500;
  const kl = new TsneGradient(alone(N));
  const gradient = new Float64Array(2 * N);
  for (const scale of [1, 0.1]) {
    const y = clumps(N, 'angle', scale);
    const { z, gradient: exact } = klOracle(
      square(N, () => 0),
      y,
    );
    const errors = [1, 0.5, 0.2, 0].map((angle) => {
      const own = kl.evaluate(gradient, y, angle);
      return [relativeError(gradient, exact), Math.abs(own / z - 1)];
    });
    const [one, half, fifth, none] = errors.map(([force]) => force);
    // scikit-learn's own, on its layout of 10,000 points: 1.2 % at 0.5, 3.3 % at 0.8
    assert.ok(half < 0.02 && fifth < half / 4 && none < 1e-12, `${errors}`);
    assert.ok(half > 1e-4 && half < one && one < 0.1, `${errors}: far points are taken together`);
    assert.ok(errors[1][1] < 0.01 && errors[0][1] < 0.05, `${errors}: Z`);
  }
});

test('a cell never stands for the points that ask', () => {
  // Seen from (10,10), the mean of all points is farther off than the root is wide: at angle 1 it would pass for far.
  const random = new Random('corner');
  const y = Float64Array.from({ length: 2 * 1005 }, (_, i) => (i < 2000 ? 0 : 10) + random.uniform(0, 1e-4));
  const kl = new TsneGradient(alone(1005));
  const gradient = new Float64Array(y.length);
  const z = kl.evaluate(gradient, y, 1);
  const exact = klOracle(
    square(1005, () => 0),
    y,
  );
  assertClose([z], [exact.z], { relative: 1e-8 }, 'z');
  assertClose(gradient.subarray(2000), exact.gradient.slice(2000), { relative: 1e-4 }, 'gradient of the corner');
});

test('a cell is as far from a leaf as from the nearest of its points, also where it lies within its width', () => {
  // The second point lies in the middle of a leaf 50 wide, under a cell 40 wide whose mean is 55 away.
  const random = new Random('width');
  const leaf = [0, 0, 25, 0, 50, 0, 100, 0];
  const cell = Array.from({ length: 1000 }, () => [25 + (random.uniform() < 0.5 ? -20 : 20), random.uniform(50, 60)]);
  const y = Float64Array.from([...leaf, ...cell.flat()]);
  const gradient = new Float64Array(y.length);
  new TsneGradient(alone(1004)).evaluate(gradient, y, 0.7);
  const exact = klOracle(
    square(1004, () => 0),
    y,
  );
  const error = relativeError(gradient.subarray(2, 4), exact.gradient.slice(2, 4));
  assert.ok(error < 0.05, `${error}`);
});

/** Layouts that a quadtree may stumble over. */
const AWKWARD: Record<string, number[]> = {
  'one point': [3, 4],
  'two points': [0, 0, 1, 1],
  'two neighbouring numbers': [1, 1, 1 + Number.EPSILON, 1],
  'all equal': new Array(200).fill(0.1),
  duplicates: Array.from({ length: 200 }, (_, i) => Math.floor(i / 40) * (i % 2 ? 0.1 : 0.7)),
  'on a horizontal line': Array.from({ length: 200 }, (_, i) => (i % 2 ? 5 : (i * 37) % 101)),
  'on a diagonal': Array.from({ length: 200 }, (_, i) => Math.floor(i / 2) / 3),
  'at all scales': Array.from({ length: 400 }, (_, i) => 2 ** -Math.floor(i / 2)),
  'neighbouring numbers': Array.from({ length: 100 }, (_, i) => 1 + Math.floor(i / 2) * Number.EPSILON),
  'subnormal numbers': Array.from({ length: 100 }, (_, i) => i * Number.MIN_VALUE),
  'one far away': [...cloud(50, 2, 'far').data, 1e9, -1e9],
  'huge numbers': Array.from({ length: 80 }, (_, i) => (i % 3 ? 1 : -1) * 1.7e308 * (1 - i / 100)),
};

for (const [name, layout] of Object.entries(AWKWARD))
  test(`quadtree: ${name}`, () => {
    const y = Float64Array.from(layout);
    const N = y.length / 2;
    const tree = new Quadtree(N);
    for (const turn of [1, 2]) {
      tree.build(y);
      const { cells, from, to, skip, summary, box, point } = tree;
      assert.ok(cells < 2 * N, `${cells} cells in turn ${turn}`);
      assert.equal(
        [...point].sort((a, b) => a - b),
        [...y.keys()].slice(0, N),
      );
      assert.equal([from[0], to[0], skip[0]], [0, N, cells]);
      for (let cell = 0; cell < cells; cell++) {
        const own = [...point.subarray(from[cell], to[cell])].map((i) => [y[2 * i], y[2 * i + 1]]);
        const sides = [0, 1].map((c) => [Math.min(...own.map((q) => q[c])), Math.max(...own.map((q) => q[c]))]);
        assert.equal([...box.subarray(cell * CELL, (cell + 1) * CELL)], sides.flat());
        const [u, v, count, sideSquared] = summary.subarray(cell * CELL, (cell + 1) * CELL);
        assert.is(count, own.length);
        assert.is(sideSquared, Math.max(...sides.map(([low, high]) => high - low)) ** 2);
        if (name !== 'huge numbers')
          for (const [c, mean] of [u, v].entries()) {
            const sum = own.reduce((a, q) => a + q[c], 0);
            assertClose([mean], [sum / count], { relative: 1e-13, absolute: 1e-300 }, 'mean');
            if (sideSquared === 0 && own.every((q) => q[c] === own[0][c])) assertClose([mean], [own[0][c]], {});
          }
        // Children come one after the other and have all points of their parent among them.
        const children: number[] = [];
        for (let child = cell + 1; child < skip[cell]; child = skip[child]) children.push(child);
        if (children.length === 0)
          assert.ok(own.length <= 16 || own.every(([a, b]) => a === own[0][0] && b === own[0][1]));
        else {
          assert.ok(children.length >= 2);
          assert.equal([from[cell], ...children.map((c) => to[c])], [...children.map((c) => from[c]), to[cell]]);
        }
      }
    }
    if (N < 2 || name === 'huge numbers') return;
    const gradient = new Float64Array(2 * N);
    const exact = klOracle(
      square(N, () => 0),
      y,
    );
    for (const [angle, relative] of [
      [0, 1e-12],
      [0.5, 0.02],
    ]) {
      assertClose([new TsneGradient(alone(N)).evaluate(gradient, y, angle)], [exact.z], { relative }, 'z');
      const off = Math.hypot(...gradient.map((g, i) => g - exact.gradient[i]));
      const allowed = 2 * relative * Math.hypot(...exact.gradient) + 1e-300;
      assert.ok(off <= allowed, `gradient at angle ${angle}: off by ${off}, allowed ${allowed}`);
    }
  });

test.run();
