import {
  ArgumentError,
  DataError,
  principalComponents,
  principalScores,
  Random,
  ShapeError,
  Tensor,
  TrainingError,
  type TsneOptions,
  type TsneStep,
  trustworthiness,
  tsne,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { findNeighbors, type Neighbors } from '../../../src/eval/neighbors/findNeighbors.ts';
import { type Affinities, conditionalAffinities, jointAffinities } from '../../../src/eval/tsne/affinities.ts';
import { TsneGradient } from '../../../src/eval/tsne/gradient.ts';
import { CELL, Quadtree } from '../../../src/eval/tsne/quadtree.ts';
import { assertClose, assertSameBits, assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import {
  conditionalOracle,
  dense,
  entropy,
  jointOracle,
  klOracle,
  nearest,
  relativeError,
  square,
  squaredDistances,
  trustworthinessOracle,
} from '../../support/tsneOracles.ts';
import { cloud, golden, goldenLayout, last, run } from '../../support/tsneRuns.ts';

const test = suite('tsne');

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

test('nearest neighbours, over several blocks, equal distances by position', () => {
  const random = new Random('grid');
  for (const data of [new Float32Array(450), new Float64Array(450)]) {
    for (let i = 0; i < data.length; i++) data[i] = random.integer(4);
    const x = new Tensor(data, [150, 3]);
    const d = squaredDistances(x.data, 150);
    for (const k of [1, 7, 149]) {
      const { index, distance } = neighborsOf(x, k);
      const expected = d.map((row, i) => nearest(row, i, k));
      assert.equal([...index], expected.flat());
      assert.equal(
        [...distance],
        expected.flatMap((own, i) => own.map((j) => d[i][j])),
      );
    }
  }
});

test('conditional affinities reach the perplexity and are those of the formula', () => {
  const x = cloud(60, 5, 'affinities');
  const d = squaredDistances(x.data, 60);
  for (const [k, perplexity] of [
    [25, 8],
    [59, 19.5],
    [59, 1.5],
  ]) {
    const neighbors = neighborsOf(x, k);
    const p = conditionalAffinities(neighbors, perplexity);
    const expected = conditionalOracle(d, k, perplexity);
    for (let i = 0; i < 60; i++) {
      const row = [...p.subarray(i * k, (i + 1) * k)];
      assertClose([row.reduce((a, b) => a + b, 0)], [1], { absolute: 1e-12 }, 'sum');
      assertClose([entropy(row)], [Math.log(perplexity)], { absolute: 1.01e-5 }, 'entropy');
      const own = [...neighbors.index.subarray(i * k, (i + 1) * k)];
      assertClose(
        row,
        own.map((j) => expected[i][j]),
        { relative: 1e-3, absolute: 1e-6 },
        'p',
      );
    }
  }
});

test('where equal distances put the perplexity out of reach, they share the row', () => {
  const row = (distances: number[], perplexity: number): Float64Array =>
    conditionalAffinities(
      { k: distances.length, index: new Int32Array(distances.length), distance: Float64Array.from(distances) },
      perplexity,
    );
  assertClose(row([0, 0, 0, 0, 0], 2), new Array(5).fill(0.2), { absolute: 1e-15 });
  assertClose(row([3, 3, 3, 3], 2), new Array(4).fill(0.25), { absolute: 1e-15 });
  assertClose(row([0, 0, 0, 5, 9], 2), [1 / 3, 1 / 3, 1 / 3, 0, 0], { absolute: 1e-12 });
  assertClose(row([1, 2, 4], 3), [1 / 3, 1 / 3, 1 / 3], { absolute: 2e-2 }); // the most there is: at b = 0
  assertClose(row([1, 2, 4], 3.5), [1 / 3, 1 / 3, 1 / 3], { absolute: 1e-15 });
});

test('affinities do not depend on the unit', () => {
  const p = (scale: number) => jointAffinities(neighborsOf(cloud(40, 3, 'unit', scale), 15), 5);
  const one = p(1);
  for (const scale of [1e-100, 1e100]) {
    assert.equal([...p(scale).other], [...one.other]);
    assertClose(p(scale).p, one.p, { relative: 1e-9 });
  }
});

test('joint affinities are symmetric, sum to 1 and are those of the formula', () => {
  const x = cloud(60, 5, 'joint');
  const d = squaredDistances(x.data, 60);
  for (const [k, perplexity] of [
    [10, 3],
    [59, 15],
  ]) {
    const affinities = jointAffinities(neighborsOf(x, k), perplexity);
    assertClose([affinities.p.reduce((a, b) => a + b, 0)], [0.5], { absolute: 1e-12 }, 'sum');
    assertClose(dense(affinities).flat(), jointOracle(d, k, perplexity).flat(), { relative: 1e-3, absolute: 1e-8 });
    for (let i = 0; i < 60; i++) {
      const row = affinities.other.slice(affinities.start[i], affinities.start[i + 1]);
      assert.equal(
        [...row],
        [...row].sort((a, b) => a - b),
      );
    }
  }
});

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

/** Where it begins, told by a learning rate that moves nothing. */
const beginning = (x: Tensor, init: TsneOptions['init']): Float64Array =>
  last(x, { init, iterations: 1, learningRate: 1e-300, perplexity: 2 });

test('it begins with principal components of deviation 1e-4, with normal numbers, or with what it is given', () => {
  const fit = principalComponents(golden, { components: 2 });
  const deviation = Math.sqrt((fit.explainedVariance[0] * 19) / 20);
  assertClose(
    beginning(golden, undefined),
    principalScores(golden, fit).data.map((v) => (v * 1e-4) / deviation),
    { relative: 1e-12 },
  );
  const drawn = beginning(cloud(2000, 2, 'drawn'), 'random');
  const mean = drawn.reduce((a, b) => a + b) / drawn.length;
  assertClose([mean], [0], { absolute: 5e-6 }, 'mean');
  assertClose([drawn.reduce((sum, v) => sum + v * v, 0) / drawn.length], [1e-8], { relative: 0.1 }, 'variance');
  assertSameBits(beginning(golden, goldenLayout), goldenLayout.data);
  const before = goldenLayout.data.slice();
  last(golden, { init: goldenLayout, iterations: 3, perplexity: 2 });
  assertSameBits(goldenLayout.data, before, 'the given layout');
});

test('directions that x does not have are drawn, so that a layout is never a line', () => {
  const deviation = (layout: Float64Array, c: number): number =>
    Math.sqrt(layout.reduce((sum, v, i) => sum + (i % 2 === c ? v * v : 0), 0) / (layout.length / 2));
  const line = Float64Array.from({ length: 300 }, (_, i) => Math.floor(i / 3) * [1, 2, -3][i % 3] + 7);
  const cases: [string, Tensor][] = [
    ['on a line', new Tensor(line, [100, 3])],
    ['of one number', new Tensor(line.subarray(0, 100), [100, 1])],
    ['all equal', new Tensor(new Float64Array(300).fill(5.1), [100, 3])],
  ];
  for (const [name, x] of cases) {
    const layout = beginning(x, 'pca');
    for (const c of [0, 1]) assertClose([deviation(layout, c)], [1e-4], { relative: 0.3 }, `${name}, column ${c}`);
    assert.ok(last(x, { iterations: 60, perplexity: 5 }).every(Number.isFinite), name);
  }
});

test('it descends as the plain loops do, over the end of the exaggeration', () => {
  const N = 24;
  const x = cloud(N, 4, 'descent');
  const p = dense(jointAffinities(neighborsOf(x, 13), 4));
  const begin = cloud(N, 2, 'descent layout').data;
  const y = [...begin];
  let [update, gain] = [y.map(() => 0), y.map(() => 1)];
  const options = {
    perplexity: 4,
    angle: 0,
    learningRate: 20,
    iterations: 14,
    earlyExaggeration: 3,
    init: cloud(N, 2, 'descent layout'),
  };
  const { steps, result } = run(x, { ...options, exaggerationIterations: 8, random: new Random(1) });
  assert.is(steps.length, 14);
  steps.forEach(({ iteration, layout, gradientNorm, klDivergence }, i) => {
    assert.is(iteration, i + 1);
    if (i === 8) [update, gain] = [y.map(() => 0), y.map(() => 1)];
    const { gradient } = klOracle(p, y, i < 8 ? 3 : 1);
    assertClose([gradientNorm], [Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))], { relative: 1e-9 }, 'norm');
    if (i === 13) assertClose([klDivergence ?? Number.NaN], [klOracle(p, y).kl], { relative: 1e-9 }, 'kl of the step');
    else assert.is(klDivergence, null);
    gradient.forEach((g, j) => {
      gain[j] = Math.max(update[j] * g < 0 ? gain[j] + 0.2 : gain[j] * 0.8, 0.01);
      update[j] = (i < 8 ? 0.5 : 0.8) * update[j] - 20 * gain[j] * g;
      y[j] += update[j];
    });
    assertClose(layout.data, y, { relative: 1e-7, absolute: 1e-7 }, `layout of step ${i + 1}`);
  });
  assert.is(result.iterations, 14);
  assertSameBits(result.layout.data, steps[13].layout.data);
  assertClose([result.klDivergence], [klOracle(p, y).kl], { relative: 1e-7 }, 'kl of the result');
});

test("the learning rate 'auto' is N / earlyExaggeration / 4, and 50 at least", () => {
  const moved = (options: Partial<TsneOptions>) => last(golden, { iterations: 5, perplexity: 3, ...options });
  assertSameBits(moved({}), moved({ learningRate: 50 }));
  const x = cloud(240, 2, 'rate');
  const far = (options: Partial<TsneOptions>) => last(x, { iterations: 3, earlyExaggeration: 1, ...options });
  assertSameBits(far({}), far({ learningRate: 60 }));
  assert.is.not(far({})[0], far({ learningRate: 50 })[0]);
});

test('the same seed gives the same bits, another does not', () => {
  const x = cloud(120, 6, 'bits');
  const layout = (seed: number) => last(x, { random: new Random(seed), init: 'random', iterations: 80 });
  assertSameBits(layout(1), layout(1));
  assert.ok(layout(1).some((v, i) => v !== layout(2)[i]));
});

test('an ndarray-like object in any order, and float32, are taken', () => {
  const [N, D] = [30, 3];
  const x = cloud(N, D, 'strides');
  const turned = Float64Array.from({ length: N * D }, (_, i) => x.data[(i % N) * D + Math.floor(i / N)]);
  const options = { random: new Random(1), perplexity: 5, iterations: 20 };
  const from = (points: Parameters<typeof tsne>[0]) => [...tsne(points, options)].at(-1)?.layout.data ?? [];
  assertSameBits(from({ data: turned, shape: [N, D], stride: [1, N], offset: 0 }), from(x));
  assert.ok(from(new Tensor(Float32Array.from(x.data), [N, D])) instanceof Float64Array);
});

test('the caller stops by break, and layouts stay as they were', () => {
  const seen: TsneStep[] = [];
  const layouts: number[][] = [];
  for (const step of tsne(golden, { random: new Random(1), perplexity: 3 })) {
    seen.push(step);
    layouts.push([...step.layout.data]);
    assert.equal([...step.layout.shape], [20, 2]);
    if (step.iteration === 4) break;
  }
  assert.equal(
    seen.map(({ iteration }) => iteration),
    [1, 2, 3, 4],
  );
  for (const [i, { layout }] of seen.entries()) assertSameBits(layout.data, layouts[i]);
  assert.is.not(layouts[2][0], layouts[3][0]);
});

test('the divergence is computed in each 50th iteration and in the last', () => {
  const { steps } = run(golden, { random: new Random(1), perplexity: 3, iterations: 120 });
  const at = steps.filter(({ klDivergence }) => klDivergence !== null).map(({ iteration }) => iteration);
  assert.equal(at, [50, 100, 120]);
});

test('it ends where nothing moves any more, and the exaggeration before it', () => {
  const iterations = (options: Partial<TsneOptions>): number =>
    run(golden, { random: new Random(1), perplexity: 3, iterations: 400, warn: () => {}, ...options }).result
      .iterations;
  assert.is(iterations({ minGradNorm: 1e9 }), 100);
  assert.is(iterations({ minGradNorm: 1e9, exaggerationIterations: 0 }), 50);
  const still = { learningRate: 1e-300, exaggerationIterations: 0 }; // the least divergence is that of iteration 50
  assert.is(iterations({ ...still, iterationsWithoutProgress: 49 }), 100);
  assert.is(iterations({ ...still, iterationsWithoutProgress: 50 }), 150);
  assert.is(iterations(still), 400);
});

test('clusters stay apart, those of equal points, too', () => {
  const random = new Random('clusters');
  const labels = Array.from({ length: 120 }, (_, i) => i % 3);
  const x = new Tensor(
    Float32Array.from({ length: 1200 }, (_, i) => (i % 10 === labels[Math.floor(i / 10)] ? 8 : 0) + random.normal()),
    [120, 10],
  );
  const { result } = run(x, { random: new Random(3), perplexity: 10, iterations: 400 });
  const y = squaredDistances(result.layout.data, 120);
  for (let i = 0; i < 120; i++) assert.is(labels[nearest(y[i], i, 1)[0]], labels[i]);
  const trusted = trustworthiness(x, result.layout);
  assert.ok(trusted > 0.9, `${trusted}`);
  assert.ok(trustworthiness(x, cloud(120, 2, 'no layout of x')) < 0.7);

  const equal = new Tensor(
    x.data.map((_, i) => x.data[(Math.floor(i / 10) % 6) * 10 + (i % 10)]),
    [120, 10],
  );
  const same = run(equal, { random: new Random(3), perplexity: 10, iterations: 300 }).result;
  assert.ok(same.layout.data.every(Number.isFinite) && same.klDivergence > 0);
  const d = squaredDistances(same.layout.data, 120);
  for (let i = 0; i < 120; i++) assert.is(nearest(d[i], i, 1)[0] % 6, i % 6);
});

test('two points', () => {
  const { result } = run(cloud(2, 3, 'two'), { random: new Random(1), perplexity: 1, iterations: 300 });
  assert.ok(result.layout.data.every(Number.isFinite));
  assertClose([result.klDivergence], [0], { absolute: 1e-12 });
});

// from sklearn.manifold import trustworthiness
// trustworthiness(x, y), trustworthiness(x, y, n_neighbors=3); both with metric='cosine'
test("trustworthiness is scikit-learn's", () => {
  assertClose([trustworthiness(golden, goldenLayout)], [0.7508333333333334], { absolute: 1e-15 });
  assertClose([trustworthiness(golden, goldenLayout, { neighbors: 3 })], [0.7333333333333334], { absolute: 1e-15 });
  const metric = 'cosine';
  assertClose([trustworthiness(golden, goldenLayout, { metric })], [0.8083333333333333], { absolute: 1e-15 });
  assertClose([trustworthiness(golden, goldenLayout, { metric, neighbors: 3 })], [0.8233333333333334], {
    absolute: 1e-15,
  });
});

test('trustworthiness is that of the formula, over several blocks, with equal points and distances', () => {
  const random = new Random('trust');
  for (const levels of [3, 1e6]) {
    const draw = (D: number) =>
      new Tensor(
        Float64Array.from({ length: 150 * D }, () => random.integer(levels)),
        [150, D],
      );
    const [x, y] = [draw(3), draw(2)];
    const [dx, dy] = [x, y].map(({ data }) => squaredDistances(data, 150));
    for (const k of [1, 5, 74]) {
      assertClose([trustworthiness(x, y, { neighbors: k })], [trustworthinessOracle(dx, dy, k)], { absolute: 1e-14 });
      assert.is(trustworthiness(x, x, { neighbors: k }), 1);
    }
  }
});

test('errors of trustworthiness', () => {
  const y = cloud(20, 2, 'errors');
  const fails = (f: () => unknown, type: new (message: string) => Error, message: string): void =>
    assertThrows(f, type, `trustworthiness: ${message}`);
  fails(
    () => trustworthiness([] as never, y),
    ArgumentError,
    'expected x to be a tensor, an ndarray or a number (tensor(values, shape) makes one of arrays), got []',
  );
  fails(() => trustworthiness(new Tensor(new Float32Array(3), [3]), y), ShapeError, 'expected x (N,D), got [3]');
  fails(() => trustworthiness(cloud(21, 2, 'x'), y), ShapeError, 'expected layout (N,M) with N=21, got [20,2]');
  fails(
    () => trustworthiness(y, y, { neighbors: 0 }),
    ArgumentError,
    'expected neighbors to be a whole number >= 1, got 0',
  );
  fails(
    () => trustworthiness(y, y, { neighbors: 10 }),
    ArgumentError,
    'expected neighbors less than half the number of points, 10, got 10',
  );
  const broken = y.clone();
  broken.data[7] = Number.NaN;
  fails(() => trustworthiness(broken, y), DataError, 'expected finite values in x, got NaN in row 3');
  fails(() => trustworthiness(y, broken), DataError, 'expected finite values in layout, got NaN in row 3');
  const zeros = y.clone();
  zeros.data.fill(0, 10, 12);
  fails(
    () => trustworthiness(zeros, y, { metric: 'cosine' }),
    DataError,
    'expected rows with a direction in x for cosine distances, got zeros in row 5',
  );
  fails(
    () => trustworthiness(y, y, { metric: 'cosin' as never }),
    ArgumentError,
    `expected metric 'euclidean' or 'cosine' (did you mean cosine?), got "cosin"`,
  );
});

test('errors of tsne, before the first step', () => {
  const x = cloud(100, 3, 'errors');
  const fails = (options: object, message: string, type: new (message: string) => Error = ArgumentError): void =>
    assertThrows(() => tsne(x, { random: new Random(1), ...options }), type, `tsne: ${message}`);
  const points = (shape: number[], type: new (message: string) => Error, message: string): void => {
    const size = shape.reduce((a, b) => a * b, 1);
    assertThrows(() => tsne(new Tensor(new Float32Array(size), shape), { random: new Random(1) }), type, message);
  };
  points([6], ShapeError, 'tsne: expected x (N,D), got [6]');
  points([1, 3], ShapeError, 'tsne: expected x (N,D) with N >= 2 and D >= 1, got [1,3]');
  points([9, 0], ShapeError, 'tsne: expected x (N,D) with N >= 2 and D >= 1, got [9,0]');
  points([30, 3], ArgumentError, 'tsne: expected perplexity less than the number of points, 30, got 30');
  for (const [value, row] of [
    [Number.NaN, 2],
    [Number.NEGATIVE_INFINITY, 0],
  ]) {
    const broken = cloud(100, 3, 'errors');
    broken.data[3 * row + 1] = value;
    assertThrows(
      () => tsne(broken, { random: new Random(1) }),
      DataError,
      `tsne: expected finite values in x, got ${value} in row ${row}`,
    );
  }
  fails({ perplexity: 100 }, 'expected perplexity less than the number of points, 100, got 100');
  fails({ perplexity: 0.5 }, 'expected perplexity >= 1, got 0.5');
  fails({ perplexity: Number.NaN }, 'expected perplexity >= 1, got NaN');
  fails({ iterations: 0 }, 'expected iterations to be a whole number >= 1, got 0');
  fails({ iterations: 1.5 }, 'expected iterations to be a whole number >= 1, got 1.5');
  fails({ earlyExaggeration: 0.9 }, 'expected earlyExaggeration >= 1, got 0.9');
  fails({ exaggerationIterations: -1 }, 'expected exaggerationIterations to be a whole number >= 0, got -1');
  for (const learningRate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 'fast'])
    fails(
      { learningRate },
      `expected learningRate 'auto' or a finite number > 0, got ${learningRate === 'fast' ? '"fast"' : learningRate}`,
    );
  fails({ angle: 1.1 }, 'expected angle from 0 to 1, got 1.1');
  fails({ angle: -0.1 }, 'expected angle from 0 to 1, got -0.1');
  fails({ minGradNorm: -1 }, 'expected minGradNorm >= 0, got -1');
  fails({ iterationsWithoutProgress: -1 }, 'expected iterationsWithoutProgress to be a whole number >= 0, got -1');
  fails({ metric: 'manhattan' }, `expected metric 'euclidean' or 'cosine', got "manhattan"`);
  fails({ warn: 1 }, 'expected warn to be a function, got 1');
  fails({ init: 'spectral' }, `expected init 'pca', 'random' or a layout (N,2), got "spectral"`);
  fails({ init: cloud(100, 3, 'init') }, 'expected init (N,2) with N=100, got [100,3]', ShapeError);
  fails({ init: cloud(99, 2, 'init') }, 'expected init (N,2) with N=100, got [99,2]', ShapeError);
  const init = cloud(100, 2, 'init');
  init.data[5] = Number.POSITIVE_INFINITY;
  fails({ init }, 'expected finite values in init, got Infinity in row 2', DataError);
  x.data.fill(0, 6, 9);
  fails(
    { metric: 'cosine' },
    'expected rows with a direction in x for cosine distances, got zeros in row 2',
    DataError,
  );
});

test('errors of tsne, on the way', () => {
  assertThrows(
    () => last(cloud(100, 3, 'diverges'), { learningRate: 1e300, perplexity: 5 }),
    TrainingError,
    'tsne: expected a layout of finite numbers, got NaN in iteration 2',
  );
  assertThrows(
    () => last(cloud(3, 3, 'apart'), { perplexity: 2, init: cloud(3, 2, 'apart', 1e200) }),
    TrainingError,
    'tsne: expected a layout of finite numbers, got NaN in iteration 1',
  );
});

test.run();
