import {
  ArgumentError,
  DataError,
  type PrincipalComponents,
  principalComponents,
  principalScores,
  ShapeError,
  Tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../../support/asserts.ts';
import { cloud, golden } from '../../support/tsneRuns.ts';

const test = suite('eval/components/principalComponents');

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
const rowsOf = ({ data, shape: [N, D] }: Tensor): number[][] =>
  Array.from({ length: N }, (_, i) => [...data.subarray(i * D, (i + 1) * D)]);

const scaled = (x: Tensor, scale: number): Tensor =>
  new Tensor(
    x.data.map((v) => v * scale),
    x.shape,
  );

/** The covariance (D,D) with 1 / (N - 1), as plain loops. */
function covariance(x: Tensor): number[][] {
  const rows = rowsOf(x);
  const [N, D] = x.shape;
  const mean = Array.from({ length: D }, (_, d) => rows.reduce((sum, row) => sum + row[d], 0) / N);
  const C = Array.from({ length: D }, () => new Array<number>(D).fill(0));
  for (const row of rows)
    for (let a = 0; a < D; a++)
      for (let b = 0; b < D; b++) C[a][b] += ((row[a] - mean[a]) * (row[b] - mean[b])) / (N - 1);
  return C;
}

// import numpy as np
// from sklearn.decomposition import PCA                                                # scikit-learn 1.2.1
// i, d = np.arange(20)[:, None], np.arange(4)
// x = ((i + 1) * (i + 3 * d + 2) * (d + 5) % 89) / 10
// for a in (x, x.reshape(5, 16)):
//     f = PCA(svd_solver='full').fit(a)
//     v = f.components_
//     s = np.sign(v[np.arange(len(v)), np.abs(v).argmax(1)])
//     f.mean_, s[:, None] * v, f.explained_variance_, f.explained_variance_ratio_, s * f.transform(2 * a[:2] + 1)
const published: [shape: [number, number], expected: Record<string, number[]>][] = [
  [
    [20, 4],
    {
      mean: [3.13, 4.055, 4.6049999999999995, 5.225],
      components: [
        0.06661515932247782, 0.7142086422165926, -0.3232519803336399, -0.617233013652018, 0.31874896001077563,
        0.6162071819385758, 0.5581942870289512, 0.45509004312070933, 0.6415381501108404, -0.32848419240363885,
        0.43579216902178725, -0.5390845227907924, 0.6945432477483682, -0.0478838140855501, -0.6277041345713018,
        0.3482877212849494,
      ],
      variance: [9.50539068705581, 7.321281043483476, 4.682080747012973, 3.831168575079327],
      ratio: [0.3751152447283833, 0.2889228039928385, 0.18477092873684123, 0.15119102254193706],
      scores: [
        -8.615905867613794, 12.099607722732078, -4.951199874749501, -0.34037308457207105, 8.013313491613195,
        9.694272962162705, 1.1781262045242313, -0.7338066955435248,
      ],
    },
  ],
  [
    [5, 16], // the first three of four
    {
      mean: [2.26, 3.96, 3.94, 5.76, 3.3600000000000003, 5.3],
      components: [
        0.0928509712389054, -0.08045119563009766, -0.12983849426991498, -0.37378713848608647, -0.20658077557772095,
        -0.3817360083291128, -0.00019131555928344153, 0.4174303669860387, -0.21602792200046556, -0.09099765683332253,
        0.07010959810931332, 0.08267538149582829, 0.24912799330228513, 0.27114092311154475, 0.027192278895373376,
        0.5125080581249949, -0.2811794144146826, 0.6210182938287774, -0.16410629059553294, -0.09118359386992923,
        0.0872485615381128, 0.28337268810015187, 0.024704213749319238, 0.13245361475916984, 0.12609546700658392,
        -0.09442801278241726, 0.05146638278926491, 0.08624408495303702, 0.312895870759324, 0.30882666745462506,
        0.38174936418022887, -0.14159301705315108, 0.28464506252136146, 0.2681854962201896, 0.4085278829753235,
        0.36610398971361924, 0.2351110532241516, -0.31757546029289396, -0.22967236720492562, 0.23526107541875518,
        -0.11066032855630774, -0.2497646467206973, -0.011838615349374429, 0.1727449026412791, -0.3222962199036346,
        0.20805867986747822, 0.1656347866057738, -0.051873152186314164,
      ],
      variance: [37.869756492432245, 33.222498992186694, 18.113614466235376],
      ratio: [0.37530852890828076, 0.32925184575470207, 0.179515123100754],
      scores: [
        -14.901435785482978, 5.132974652588464, 4.207316490680307, 9.105143967956735, -5.130191631206995,
        15.505850321833632,
      ],
    },
  ],
];

for (const [[N, D], expected] of published)
  test(`golden: scikit-learn's, of ${N} rows and ${D} columns`, () => {
    for (const [dtype, absolute] of [
      [Float64Array, 1e-12],
      [Float32Array, 1e-5],
    ] as const) {
      const x = new Tensor(dtype.from(golden.data), [N, D]);
      const K = expected.variance.length;
      const fit = principalComponents(x, { components: K });
      assert.equal([[...fit.mean.shape], [...fit.components.shape]], [[D], [K, D]]);
      assertClose(fit.mean.data.slice(0, expected.mean.length), expected.mean, { absolute }, 'mean');
      assertClose(fit.components.data, expected.components, { absolute }, 'components');
      assertClose(fit.explainedVariance, expected.variance, { absolute: 10 * absolute }, 'variance');
      assertClose(fit.explainedVarianceRatio, expected.ratio, { absolute }, 'ratio');
      const z = new Tensor(
        x.data.slice(0, 2 * D).map((v) => 2 * v + 1),
        [2, D],
      );
      const scores = principalScores(z, fit);
      assert.equal([...scores.shape], [2, K]);
      assertClose(scores.data, expected.scores, { absolute: 10 * absolute }, 'scores');
    }
  });

/** Fails unless a fit's directions are eigenvectors of the covariance of x at right angles, with its eigenvalues in order. */
function assertComponents(
  x: Tensor,
  { mean, components, explainedVariance, explainedVarianceRatio }: PrincipalComponents,
) {
  const C = covariance(x);
  const V = rowsOf(components);
  const total = C.reduce((sum, row, d) => sum + row[d], 0);
  const absolute = 1e-11 * total;
  V.forEach((v, k) => {
    const image = C.map((row) => dot(row, v));
    assertClose(
      image,
      v.map((value) => value * explainedVariance[k]),
      { absolute },
      `C v, ${k}`,
    );
    for (let j = 0; j <= k; j++) assertClose([dot(v, V[j])], [j === k ? 1 : 0], { absolute: 1e-12 }, `${k} and ${j}`);
    const largest = v.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok((v.find((value) => Math.abs(value) === largest) ?? 0) > 0, `sign of ${k}`);
    if (k > 0) assert.ok(explainedVariance[k] <= explainedVariance[k - 1], `order of ${k}`);
  });
  const all = Math.min(x.shape[0], x.shape[1]);
  if (V.length === all) assertClose([explainedVariance.reduce((a, b) => a + b, 0)], [total], { relative: 1e-12 });
  assertClose(
    explainedVarianceRatio,
    explainedVariance.map((v) => v / total),
    { absolute: 1e-13 },
    'ratio',
  );
  const scores = rowsOf(principalScores(x, { mean, components }));
  const variances = V.map((_, k) => scores.reduce((sum, row) => sum + row[k] ** 2, 0) / (x.shape[0] - 1));
  assertClose(variances, explainedVariance, { absolute }, 'variance of the scores');
}

test('directions are eigenvectors of the covariance, for any number of rows and columns', () => {
  for (const [N, D] of [
    [2, 1],
    [2, 5],
    [3, 2],
    [7, 7],
    [8, 7],
    [7, 8],
    [60, 9],
    [9, 60],
    [90, 70],
  ]) {
    const x = cloud(N, D, `components ${N} ${D}`);
    for (let at = 0; at < x.size; at++) x.data[at] = 7 + x.data[at] * 0.8 ** (at % D);
    assert.is(principalComponents(x).explainedVariance.length, Math.min(N, D));
    assertComponents(x, principalComponents(x));
    assertComponents(x, principalComponents(x, { components: 1 }));
  }
});

test('of many columns: found among directions nearly as wide, and the first of all that there are', () => {
  // Columns of deviations 1, 0.95, 0.9, ... turned by a reflection, so that the directions are known.
  const [N, D] = [600, 40];
  const deviations = Array.from({ length: D }, (_, d) => 0.95 ** d);
  const own = cloud(N, D, 'components').data.map((v, i) => v * deviations[i % D]);
  const axis = Array.from({ length: D }, (_, d) => Math.sin(d + 1));
  const size = dot(axis, axis);
  const reflected = own.map((v, i) => {
    const row = i - (i % D);
    return v - (2 * dot(own.subarray(row, row + D), axis) * axis[i % D]) / size;
  });
  const plain = principalComponents(new Tensor(own, [N, D]));
  const turned = principalComponents(new Tensor(reflected, [N, D]));
  assertClose(turned.explainedVariance, plain.explainedVariance, { relative: 1e-11 });
  rowsOf(plain.components).forEach((v, k) => {
    const along = (2 * dot(v, axis)) / size;
    const found = dot(
      rowsOf(turned.components)[k],
      v.map((value, d) => value - along * axis[d]),
    );
    assertClose([Math.abs(found)], [1], { absolute: 1e-12 }, `direction ${k}`);
  });
  const three = principalComponents(new Tensor(reflected, [N, D]), { components: 3 });
  assertSameBits(three.components.data, turned.components.data.slice(0, 3 * D));
  assertSameBits(three.explainedVariance, turned.explainedVariance.slice(0, 3));
});

test('of points that fill one direction, two or none', () => {
  const own = cloud(60, 2, 'rank').data;
  const points = (N: number, D: number, deviations: number[]): Tensor =>
    new Tensor(
      Float64Array.from({ length: N * D }, (_, at) => {
        const [i, d] = [Math.floor(at / D), at % D];
        return 5 + deviations[0] * own[2 * i] * Math.sin(d + 1) + deviations[1] * own[2 * i + 1] * Math.cos(3 * d);
      }),
      [N, D],
    );
  for (const [N, D] of [
    [60, 12],
    [12, 60],
  ]) {
    const none = points(N, D, [0, 0]);
    const flat = principalComponents(none);
    assert.ok(flat.explainedVariance.every((v) => v === 0) && flat.explainedVarianceRatio.every((v) => v === 0));
    assert.ok(principalScores(none, flat).data.every((v) => v === 0));
    assert.ok(flat.mean.data.every((v) => v === 5));
    for (const [k, v] of rowsOf(flat.components).entries())
      for (const [j, u] of rowsOf(flat.components).entries()) assert.is(dot(u, v), k === j ? 1 : 0);
    for (const second of [0, 1e-3, 0.7]) {
      const x = points(N, D, [1, second]);
      const fit = principalComponents(x);
      assertComponents(x, fit);
      const [first, ...others] = fit.explainedVariance;
      const rest = others.slice(second > 0 ? 1 : 0);
      assert.ok(Math.max(...rest) < 1e-14 * first, `rounding beyond ${second}: ${rest}`);
    }
  }
});

test('numbers of any size', () => {
  const x = cloud(40, 6, 'size');
  const one = principalComponents(x);
  for (const exponent of [-1000, -600, -300, 300, 500]) {
    const fit = principalComponents(scaled(x, 2 ** exponent));
    assertSameBits(fit.components.data, one.components.data, `components at 2^${exponent}`);
    assertSameBits(fit.explainedVarianceRatio, one.explainedVarianceRatio);
    assertSameBits(fit.mean.data, scaled(one.mean, 2 ** exponent).data);
    const variance = one.explainedVariance.map((v) => v * 2 ** exponent * 2 ** exponent); // 0 below the smallest number
    assertSameBits(fit.explainedVariance, variance);
    const scores = principalScores(scaled(x, 2 ** exponent), fit);
    assertClose(scaled(scores, 2 ** -exponent).data, principalScores(x, one).data, { absolute: 1e-12 });
  }
  const narrow = new Tensor(Float32Array.from(x.data), x.shape);
  for (const exponent of [-100, 100])
    assertSameBits(
      principalComponents(scaled(narrow, 2 ** exponent)).components.data,
      principalComponents(narrow).components.data,
    );
  const ends = new Tensor(Float64Array.of(-1.7e308, 1, 1.7e308, 2, 0, 3), [3, 2]);
  for (const huge of [scaled(x, 1e200), ends])
    assertThrows(
      () => principalComponents(huge),
      ArgumentError,
      'principalComponents: expected variances within the range of float64, got Infinity',
    );
  const mean = new Tensor(Float64Array.of(-1.7e308, 0), [2]);
  assertThrows(
    () => principalScores(ends, { mean, components: new Tensor(Float64Array.of(1, 0), [1, 2]) }),
    ArgumentError,
    'principalScores: expected coordinates within the range of float64, got Infinity',
  );
});

test('no row to place is none placed, and inputs stay as they are', () => {
  const x = cloud(20, 4, 'inputs');
  const before = x.data.slice();
  const fit = principalComponents(x, { components: 2 });
  assert.equal([...principalScores(new Tensor(new Float32Array(0), [0, 4]), fit).shape], [0, 2]);
  const turned = { data: x.data, shape: [4, 20], stride: [1, 4], offset: 0 };
  assert.is(principalComponents(turned).mean.shape[0], 20);
  assertSameBits(x.data, before);
});

test('errors', () => {
  const x = cloud(20, 4, 'errors');
  const of = (...shape: number[]): Tensor => new Tensor(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);
  const fit = principalComponents(x, { components: 2 });
  const fails = (f: () => unknown, type: new (message: string) => Error, message: string): void =>
    assertThrows(f, type, message);
  fails(() => principalComponents(of(4)), ShapeError, 'principalComponents: expected x (N,D), got [4]');
  for (const shape of [
    [1, 4],
    [4, 0],
  ])
    fails(
      () => principalComponents(of(...shape)),
      ShapeError,
      `principalComponents: expected x (N,D) with N >= 2 and D >= 1, got [${shape}]`,
    );
  fails(
    () => principalComponents(x, { components: 5 }),
    ArgumentError,
    'principalComponents: expected components to be a whole number from 1 to 4, got 5',
  );
  const broken = x.clone();
  broken.data[9] = Number.NaN;
  fails(
    () => principalComponents(broken),
    DataError,
    'principalComponents: expected finite values in x, got NaN in row 2',
  );
  fails(
    () => principalScores(broken, fit),
    DataError,
    'principalScores: expected finite values in z, got NaN in row 2',
  );
  fails(() => principalScores(of(2, 3), fit), ShapeError, 'principalScores: expected z (M,D) with D=4, got [2,3]');
  fails(
    () => principalScores(x, { ...fit, mean: of(3) }),
    ShapeError,
    'principalScores: expected fit.mean (D) with D=4, got [3]',
  );
});

test.run();
