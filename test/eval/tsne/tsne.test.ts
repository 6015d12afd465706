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
import { jointAffinities } from '../../../src/eval/tsne/affinities.ts';
import { assertClose, assertSameBits, assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { dense, klOracle, nearest, squaredDistances } from '../../support/tsneOracles.ts';
import { cloud, golden, goldenLayout, last, run } from '../../support/tsneRuns.ts';

const test = suite('eval/tsne/tsne');

const neighborsOf = (x: Tensor, k: number): Neighbors => findNeighbors('test', x, k);
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
