// Scores of scikit-learn, with and without sample weights, all of the same made-up samples.
import {
  adjustedRandIndex,
  averagePrecision,
  classificationScores,
  cohenKappa,
  confusionByGroup,
  confusionMatrix,
  groupFolds,
  matthewsCorrelation,
  mcnemarTest,
  multiclassRocArea,
  precisionRecallCurve,
  rocArea,
  rocCurve,
  silhouette,
  tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';

const test = suite('scores');

const rounding = { relative: 1e-13 };

// scikit-learn 1.2.1:
//   import numpy as np; from sklearn import metrics as M
//   i = np.arange(150)
//   y = (i*i*7 + i//9) % 4; y[i % 5 == 0] = 0
//   p = np.where((i*31) % 7 < 5, y, (i*13) % 4); q = np.where((i*29) % 9 < 6, y, (i*5) % 4)
//   w = ((i*37) % 11) / 4
const N = 150;
const of = (f: (i: number) => number): number[] => Array.from({ length: N }, (_, i) => f(i));
const y = of((i) => (i % 5 === 0 ? 0 : (i * i * 7 + Math.floor(i / 9)) % 4));
const p = of((i) => ((i * 31) % 7 < 5 ? y[i] : (i * 13) % 4));
const q = of((i) => ((i * 29) % 9 < 6 ? y[i] : (i * 5) % 4));
const w = of((i) => ((i * 37) % 11) / 4);

//   M.confusion_matrix(y, p), M.confusion_matrix(y, p, sample_weight=w)
const MATRIX = [
  [49, 6, 5, 5],
  [2, 21, 2, 1],
  [1, 1, 28, 2],
  [1, 3, 2, 21],
];
const WEIGHTED = [
  [59.25, 4.75, 9, 5.25],
  [2.25, 29.5, 2.75, 1],
  [1.5, 2.25, 34.5, 3.5],
  [1.75, 3.5, 2, 23.25],
];

test('confusion matrices, counted and weighted', () => {
  assert.equal(confusionMatrix(y, p, 4), MATRIX);
  assert.equal(confusionMatrix(y, p, 4, w), WEIGHTED);
  const byGroup = confusionByGroup(
    y,
    p,
    of((i) => i % 2),
    4,
    w,
  );
  assert.equal([...byGroup.keys()], [0, 1]);
  const [even, odd] = [...byGroup.values()];
  assert.equal(
    even.map((row, k) => row.map((n, j) => n + odd[k][j])),
    WEIGHTED,
  );
});

//   M.balanced_accuracy_score(y, p), [M.recall_score(y != k, p != k) for k in range(4)]
//   with sample_weight=w: M.accuracy_score, M.precision_recall_fscore_support, M.balanced_accuracy_score
test('specificity and balanced accuracy; weighted scores', () => {
  const { balancedAccuracy, perClass, macro } = classificationScores(MATRIX);
  const specificity = [0.9529411764705882, 0.9193548387096774, 0.923728813559322, 0.9349593495934959];
  assertClose([balancedAccuracy], [0.8035790598290597], rounding);
  assertClose(
    perClass.map((s) => s.specificity),
    specificity,
    rounding,
  );
  assertClose([macro.specificity], [specificity.reduce((a, b) => a + b) / 4], rounding);
  const weighted = classificationScores(WEIGHTED);
  assertClose([weighted.accuracy, weighted.balancedAccuracy], [0.7876344086021505, 0.794204200312987], rounding);
  const column = (key: 'precision' | 'sensitivity' | 'f1'): number[] => weighted.perClass.map((s) => s[key]);
  const eight = { absolute: 5e-9 }; // as NumPy prints them
  assertClose(column('precision'), [0.91505792, 0.7375, 0.71502591, 0.70454545], eight);
  assertClose(column('sensitivity'), [0.7571885, 0.83098592, 0.82634731, 0.76229508], eight);
  assertClose(column('f1'), [0.82867133, 0.78145695, 0.76666667, 0.73228346], eight);
});

//   M.cohen_kappa_score(y, p), (..., weights='linear'), (..., weights='quadratic'), M.matthews_corrcoef(y, p)
//   M.cohen_kappa_score(y, p, sample_weight=w), M.matthews_corrcoef(y, p, sample_weight=w)
test('Cohen’s kappa and Matthews’ correlation', () => {
  const kappas = [
    cohenKappa(MATRIX),
    cohenKappa(MATRIX, { weights: 'linear' }),
    cohenKappa(MATRIX, { weights: 'quadratic' }),
    cohenKappa(WEIGHTED),
  ];
  assertClose(kappas, [0.7144085493182656, 0.7220862756065161, 0.7269812644023645, 0.7071552063455684], rounding);
  const correlations = [MATRIX, WEIGHTED].map(matthewsCorrelation);
  assertClose(correlations, [0.7189348663923486, 0.7108127045815728], rounding);
});

test('agreement in the corners: perfect, perfectly wrong, one class alone, nothing at all', () => {
  const right = [
    [3, 0],
    [0, 5],
  ];
  const wrong = [
    [0, 4],
    [4, 0],
  ];
  const constant = [
    [7, 0],
    [2, 0],
  ];
  assert.equal(
    [right, wrong, constant].map((m) => matthewsCorrelation(m)),
    [1, -1, 0],
  );
  assert.equal(
    [right, wrong, constant].map((m) => cohenKappa(m)),
    [1, -1, 0],
  );
  for (const m of [
    [[5]],
    [[0]],
    [
      [5, 0],
      [0, 0],
    ],
  ])
    assert.equal([cohenKappa(m), matthewsCorrelation(m)], [0, 0]);
});

//   s = ((i*7919) % 23)/23 + 0.3*(y == 1)
//   f, t, h = M.roc_curve(y == 1, s, sample_weight=w, drop_intermediate=False); v = [1, 5, 10, -2]; f[v], t[v], h[v]
//     # its first threshold stands for what we call Infinity; 1.2565... is 0.9565... + 0.3
//   M.roc_auc_score(y == 1, s, sample_weight=w), M.average_precision_score(y == 1, s, sample_weight=w)
//   r, c, h = M.precision_recall_curve(y == 1, s, sample_weight=w); r[3], c[3], h[3]   # from the lowest threshold on
test('weighted curves and their areas', () => {
  const scores = of((i) => ((i * 7919) % 23) / 23 + 0.3 * Number(y[i] === 1));
  const positives = y.map((label) => label === 1);
  const roc = rocCurve(scores, positives, w);
  assert.is(roc.length, 43);
  const at = [1, 5, 10, 41].map((n) => roc[n]);
  const rates = [0, 0, 0.07142857142857142, 0.9717607973421927];
  const sensitivities = [0.09859154929577464, 0.4225352112676056, 0.4788732394366197, 1];
  const thresholds = [1.2565217391304349, 1.0826086956521739, 0.9130434782608695, 0.043478260869565216];
  assertClose(
    at.map((point) => point.falsePositiveRate),
    rates,
    rounding,
  );
  assertClose(
    at.map((point) => point.sensitivity),
    sensitivities,
    rounding,
  );
  assertClose(
    at.map((point) => point.threshold),
    thresholds,
    rounding,
  );
  assert.equal([roc[42].falsePositiveRate, roc[42].sensitivity], [1, 1]);
  assertClose([rocArea(scores, positives, w)], [0.8133451874034907], rounding);
  assertClose([averagePrecision(scores, positives, w)], [0.6686617052284382], rounding);
  const curve = precisionRecallCurve(scores, positives, w);
  const { precision, recall, threshold } = curve[curve.length - 4];
  assert.is(curve.length, 42);
  assertClose([precision, recall, threshold], [0.21194029850746268, 1, 0.13043478260869565], rounding);
});

test('tiny and huge weights have the same areas', () => {
  const scores = of((i) => ((i * 31) % 17) / 17);
  const positives = y.map((label) => label > 1);
  for (const scale of [2 ** -1000, 2 ** -600, 2 ** 50])
    for (const f of [rocArea, averagePrecision])
      assertClose(
        [
          f(
            scores,
            positives,
            w.map((v) => v * scale),
          ),
        ],
        [f(scores, positives, w)],
        rounding,
      );
});

test('equal weights change nothing, twice the weight is twice the sample, and 0 is none', () => {
  const scores = of((i) => ((i * 31) % 17) / 17);
  const positives = y.map((label) => label > 1);
  for (const f of [rocArea, averagePrecision]) {
    assert.is(
      f(
        scores,
        positives,
        of(() => 1),
      ),
      f(scores, positives),
    );
    const twice = of((i) => (i < 40 ? 2 : i < 100 ? 1 : 0));
    const order = of((i) => i).flatMap((i) => new Array<number>(twice[i]).fill(i));
    const copied = f(
      order.map((i) => scores[i]),
      order.map((i) => positives[i]),
    );
    assertClose([f(scores, positives, twice)], [copied], rounding);
  }
});

//   P = np.array([[((a*(k+3)*17 + k*5) % 19) + 1 + 12*(y[a] == k) for k in range(4)] for a in i], float)
//   P /= P.sum(1, keepdims=True)
//   [M.roc_auc_score(y, P, multi_class=m, average=a) for m in ('ovr', 'ovo') for a in ('macro', 'weighted')]
//   [M.roc_auc_score(y, P, multi_class='ovr', average=a, sample_weight=w) for a in ('macro', 'weighted')]
test('areas of more than two classes', () => {
  const rows = of((i) => i).map((i) => {
    const row = [0, 1, 2, 3].map((k) => ((i * (k + 3) * 17 + k * 5) % 19) + 1 + 12 * Number(y[i] === k));
    return row.map((v) => v / row.reduce((a, b) => a + b));
  });
  const probabilities = tensor(Float64Array.from(rows.flat()), [N, 4]);
  const ways = [
    { compare: 'oneVsRest', average: 'macro' },
    { compare: 'oneVsRest', average: 'weighted' },
    { compare: 'oneVsOne', average: 'macro' },
    { compare: 'oneVsOne', average: 'weighted' },
    { average: 'macro', weights: w },
    { average: 'weighted', weights: w },
  ] as const;
  const expected = [
    0.9377979708454275, 0.9392495756894018, 0.9362134971509972, 0.9377383072174738, 0.9400751471198209,
    0.9410205004477749,
  ];
  assertClose(
    ways.map((way) => multiclassRocArea(probabilities, y, way)),
    expected,
    rounding,
  );
  assert.is(multiclassRocArea(probabilities, y), multiclassRocArea(probabilities, y, ways[0]));
});

//   b = ((p == y) & (q != y)).sum(); c = ((p != y) & (q == y)).sum()
//   scipy.stats.binomtest(min(b, c), b + c).pvalue   # what statsmodels' mcnemar(exact=True) gives
//   chi2.sf((abs(b - c) - 1)**2 / (b + c), 1), chi2.sf((b - c)**2 / (b + c), 1)   # exact=False, correction=True and False
test('McNemar’s test', () => {
  const [exact, corrected, uncorrected] = (['exact', 'corrected', 'uncorrected'] as const).map((method) =>
    mcnemarTest(y, p, q, { method }),
  );
  assert.equal([exact.firstOnly, exact.secondOnly, exact.statistic], [18, 24, 18]);
  assertClose(
    [exact.pValue, corrected.pValue, uncorrected.pValue],
    [0.44079906734259566, 0.4404006981390033, 0.3545394797735013],
    rounding,
  );
  assertClose([corrected.statistic, uncorrected.statistic], [0.5952380952380952, 0.8571428571428571], rounding);
  assert.equal(mcnemarTest(y, p, q), exact);
  assert.equal(mcnemarTest(y, q, p), { ...exact, firstOnly: 24, secondOnly: 18 });
});

test('McNemar’s test in the corners: no sample that one alone has right, one, and as many on either side', () => {
  for (const method of ['exact', 'corrected', 'uncorrected'] as const) {
    assert.equal(mcnemarTest([0, 1], [0, 0], [0, 0], { method }).pValue, 1);
    assertClose([mcnemarTest([0, 0], [0, 1], [1, 0], { method }).pValue], [1], rounding);
  }
  assertClose([mcnemarTest([0], [0], [1]).pValue], [1], rounding);
  // ten to none: 2 / 2^10
  const zeros = new Array<number>(10).fill(0);
  assertClose([mcnemarTest(zeros, zeros, new Array<number>(10).fill(1)).pValue], [2 / 1024], rounding);
});

//   x = np.array([[((a*7 + d*13 + a*a*(d+1)) % 29)/29 + y[a]*.5*(d == 0) for d in range(3)] for a in i])
//   d = scipy.spatial.distance.cdist(x, x)   # scikit-learn's own distances of equal points are 1e-8
//   M.silhouette_score(d, y, metric='precomputed'), M.silhouette_samples(d, y, metric='precomputed')[[0, 1, 2, 77, 149]]
//   M.adjusted_rand_score(y, p), M.adjusted_rand_score(y, (i*7) % 5)
const x = Float64Array.from({ length: 3 * N }, (_, at) => {
  const [a, d] = [Math.floor(at / 3), at % 3];
  return ((a * 7 + d * 13 + a * a * (d + 1)) % 29) / 29 + (d === 0 ? y[a] * 0.5 : 0);
});

test('silhouettes and the adjusted Rand index', () => {
  const { mean, samples } = silhouette(tensor(x, [N, 3]), y);
  const some = [0.37984182426194446, 0.0686289143746438, 0.20279265062595364, 0.01802445597073592, 0.19478333816986398];
  assertClose([mean], [0.08512720643646375], { relative: 1e-12 });
  assertClose(
    [0, 1, 2, 77, 149].map((i) => samples[i]),
    some,
    { relative: 1e-11 },
  );
  const other = of((i) => (i * 7) % 5);
  const indices = [adjustedRandIndex(y, p), adjustedRandIndex(y, other)];
  assertClose(indices, [0.5224173998212265, 0.09615697887281918], rounding);
  assert.is(adjustedRandIndex(p, y), adjustedRandIndex(y, p));
});

test('silhouettes of huge and of tiny numbers are the same; one alone has 0, and so have equal points', () => {
  const samples = (scale: number): number[] => [
    ...silhouette(
      tensor(
        x.map((v) => v * scale),
        [N, 3],
      ),
      y,
    ).samples,
  ];
  assert.equal(samples(2 ** 1000), samples(1));
  assert.equal(samples(2 ** -1000), samples(1));
  assert.equal([...silhouette(tensor([0, 1, 9], [3, 1]), [4, 4, 7]).samples].slice(2), [0]);
  assert.equal([...silhouette(tensor([2, 2, 2], [3, 1]), [0, 0, 1]).samples], [0, 0, 0]);
});

test('the adjusted Rand index in the corners', () => {
  assert.is(adjustedRandIndex([0, 0, 1, 1], [7, 7, -3, -3]), 1, 'whatever the numbers');
  assert.is(adjustedRandIndex([0, 1, 2], [0, 1, 2]), 1);
  assert.is(adjustedRandIndex([0, 0, 0], [1, 1, 1]), 1);
  assert.is(adjustedRandIndex([0, 0, 0], [0, 1, 2]), 0);
  // sklearn.metrics.adjusted_rand_score([0, 0, 1, 1], [0, 1, 0, 1])
  assert.is(adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1]), -0.5);
});

//   g = (i*i + 3*i) % 17
//   [[sorted(set(g[te])) for tr, te in StratifiedGroupKFold(k).split(i, y, g)] for k in (2, 3, 5)]
test('folds by group', () => {
  const groups = of((i) => (i * i + 3 * i) % 17);
  const expected = {
    2: [
      [0, 1, 4, 10, 11],
      [2, 3, 6, 15],
    ],
    3: [
      [0, 4, 11],
      [1, 3, 6],
      [2, 10, 15],
    ],
    5: [[11, 15], [2, 3], [0, 10], [1, 4], [6]],
  };
  for (const [k, folds] of Object.entries(expected)) {
    const found = groupFolds(y, groups, Number(k));
    assert.equal(
      found.map(({ test: held }) => [...new Set(Array.from(held, (i) => groups[i]))].sort((a, b) => a - b)),
      folds,
    );
    for (const { train, test: held } of found)
      assert.equal(
        [...train, ...held].sort((a, b) => a - b),
        of((i) => i),
      );
  }
});

test('folds of samples that are each a group have the same share of every class', () => {
  const folds = groupFolds(y, [...y.keys()], 4);
  for (const k of [0, 1, 2, 3]) {
    const counts = folds.map(({ test: held }) => held.filter((i) => y[i] === k).length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts} of class ${k}`);
  }
});

test.run();
