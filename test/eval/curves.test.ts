import {
  ArgumentError,
  averagePrecision,
  DataError,
  type Positives,
  precisionRecallCurve,
  Random,
  rocArea,
  rocCurve,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { of, w, y } from '../support/scored.ts';

const test = suite('eval/curves');

const rounding = { relative: 1e-14 };

// scikit-learn 1.2.1:
//   scores = np.array([0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.2]); positives = np.array([1, 1, 0, 1, 0, 0, 1, 0])
//   roc_curve(positives, scores, drop_intermediate=False)   # its first threshold, 1.9, stands for what we call Infinity
//   precision_recall_curve(positives, scores)               # from the lowest threshold on, and a point (1, 0) at the end
//   roc_auc_score(positives, scores), average_precision_score(positives, scores)
const SCORES = [0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.2];

const POSITIVES = [1, 1, 0, 1, 0, 0, 1, 0];
const loose = { relative: 1e-13 };

test('the points of scikit-learn, with ties', () => {
  const roc = rocCurve(SCORES, POSITIVES);
  assert.equal(
    roc.map((p) => p.falsePositiveRate),
    [0, 0, 0.25, 0.25, 0.75, 1],
  );
  assert.equal(
    roc.map((p) => p.sensitivity),
    [0, 0.25, 0.5, 0.75, 1, 1],
  );
  assert.equal(
    roc.map((p) => p.threshold),
    [Number.POSITIVE_INFINITY, 0.9, 0.8, 0.7, 0.6, 0.2],
  );
  assert.equal(precisionRecallCurve(SCORES, POSITIVES), [
    { recall: 0.25, precision: 1, threshold: 0.9 },
    { recall: 0.5, precision: 2 / 3, threshold: 0.8 },
    { recall: 0.75, precision: 0.75, threshold: 0.7 },
    { recall: 1, precision: 4 / 7, threshold: 0.6 },
    { recall: 1, precision: 0.5, threshold: 0.2 },
  ]);
  assert.is(rocArea(SCORES, POSITIVES), 0.78125);
  assertClose([averagePrecision(SCORES, POSITIVES)], [0.7470238095238095], rounding);
});

// scikit-learn 1.2.1:
//   i = np.arange(200); positives = (i * i * 31) % 97 < 30; scores = ((i * 7919) % 41) / 41 + positives * 0.25
//   roc_auc_score(positives, scores), average_precision_score(positives, scores)
test('the areas of scikit-learn', () => {
  const positives = Array.from({ length: 200 }, (_, i) => (i * i * 31) % 97 < 30);
  const scores = positives.map((positive, i) => ((i * 7919) % 41) / 41 + Number(positive) * 0.25);
  assertClose([rocArea(scores, positives)], [0.8062678062678064], rounding);
  assertClose([averagePrecision(scores, positives)], [0.7186407495404878], rounding);
});

/** A few scores, so that many are equal. */
function draw(random: Random, n: number): { scores: Float64Array; positives: boolean[] } {
  const scores = Float64Array.from({ length: n }, () => random.integer(8) / 8 - 0.5);
  const positives = Array.from(scores, (s) => random.uniform() < 0.4 + 0.4 * s);
  positives[0] = true;
  positives[1] = false;
  return { scores, positives };
}

test('the area is the share of pairs in which the positive has the higher score, ties half', () => {
  const random = new Random('pairs');
  for (let k = 0; k < 100; k++) {
    const { scores, positives } = draw(random, 2 + random.integer(60));
    let wins = 0;
    let pairs = 0;
    positives.forEach((p, i) => {
      positives.forEach((q, j) => {
        if (!p || q) return;
        pairs++;
        wins += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      });
    });
    assert.is(rocArea(scores, positives), wins / pairs);
  }
});

test('every point is what calling positive from its threshold on gives', () => {
  const random = new Random('points');
  for (let k = 0; k < 100; k++) {
    const { scores, positives } = draw(random, 2 + random.integer(60));
    const share = (of: boolean[], which: (called: boolean, positive: boolean) => boolean, t: number): number =>
      positives.filter((p, i) => of.includes(p) && which(scores[i] >= t, p)).length;
    const truth = share([true], () => true, 0);
    for (const { threshold, sensitivity, falsePositiveRate } of rocCurve(scores, positives)) {
      assert.is(sensitivity, share([true], (called) => called, threshold) / truth);
      assert.is(falsePositiveRate, share([false], (called) => called, threshold) / (positives.length - truth));
    }
    const curve = precisionRecallCurve(scores, positives);
    let area = 0;
    curve.forEach(({ threshold, recall, precision }, n) => {
      const hits = share([true], (called) => called, threshold);
      assert.is(recall, hits / truth);
      assert.is(precision, hits / share([true, false], (called) => called, threshold));
      area += (recall - (curve[n - 1]?.recall ?? 0)) * precision;
    });
    assert.equal(
      curve.map((p) => p.threshold),
      [...new Set(scores)].sort((a, b) => b - a),
    );
    assertClose([averagePrecision(scores, positives)], [area], rounding);
  }
});

test('the order of samples does not matter', () => {
  const random = new Random('order');
  const { scores, positives } = draw(random, 50);
  const order = [...random.permutation(50)];
  const shuffled: [number[], boolean[]] = [order.map((i) => scores[i]), order.map((i) => positives[i])];
  assert.equal(rocCurve(...shuffled), rocCurve(scores, positives));
  assert.equal(precisionRecallCurve(...shuffled), precisionRecallCurve(scores, positives));
});

test('perfect, perfectly wrong and constant scores', () => {
  const positives = [true, true, false, false, false];
  assert.is(rocArea([5, 4, 3, 2, 1], positives), 1);
  assert.is(averagePrecision([5, 4, 3, 2, 1], positives), 1);
  assert.is(rocArea([1, 2, 3, 4, 5], positives), 0);
  assert.is(rocArea([7, 7, 7, 7, 7], positives), 0.5);
  assert.is(averagePrecision([7, 7, 7, 7, 7], positives), 2 / 5);
  assert.equal(rocCurve([7, 7, 7, 7, 7], positives).slice(1), [{ falsePositiveRate: 1, sensitivity: 1, threshold: 7 }]);
});

test('50,000 samples', () => {
  const random = new Random('many');
  const positives = Array.from({ length: 50_000 }, () => random.integer(2));
  const scores = positives.map((p) => random.normal(p));
  const area = rocArea(scores, positives);
  assert.ok(Math.abs(area - 0.7602) < 0.01, `${area}`); // of two normals a deviation apart: Phi(1 / sqrt 2)
  assert.is(rocCurve(scores, positives).length, new Set(scores).size + 1);
});

const functions: [name: string, f: (scores: ArrayLike<number>, positives: Positives) => unknown][] = [
  ['rocCurve', rocCurve],
  ['rocArea', rocArea],
  ['precisionRecallCurve', precisionRecallCurve],
  ['averagePrecision', averagePrecision],
];

for (const [name, f] of functions)
  test(`${name} refuses what is no task`, () => {
    const oneKind = 'expected at least one positive and one negative, got';
    assertThrows(() => f([1, 2], [1]), DataError, `${name}: expected 2 positives, got 1`);
    assertThrows(() => f([], []), DataError, `${name}: ${oneKind} 0 positives among 0 samples`);
    assertThrows(() => f([1, 2], [1, 1]), DataError, `${name}: ${oneKind} 2 positives among 2 samples`);
    assertThrows(() => f([1, 2], [false, false]), DataError, `${name}: ${oneKind} 0 positives among 2 samples`);
    assertThrows(() => f([1, Number.NaN], [1, 0]), DataError, `${name}: expected finite scores, got NaN at position 1`);
    assertThrows(
      () => f([1, 2], [1, 2]),
      ArgumentError,
      `${name}: expected positives of true, false, 1 or 0, got 2 at position 1`,
    );
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
    loose,
  );
  assertClose(
    at.map((point) => point.sensitivity),
    sensitivities,
    loose,
  );
  assertClose(
    at.map((point) => point.threshold),
    thresholds,
    loose,
  );
  assert.equal([roc[42].falsePositiveRate, roc[42].sensitivity], [1, 1]);
  assertClose([rocArea(scores, positives, w)], [0.8133451874034907], loose);
  assertClose([averagePrecision(scores, positives, w)], [0.6686617052284382], loose);
  const curve = precisionRecallCurve(scores, positives, w);
  const { precision, recall, threshold } = curve[curve.length - 4];
  assert.is(curve.length, 42);
  assertClose([precision, recall, threshold], [0.21194029850746268, 1, 0.13043478260869565], loose);
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
        loose,
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
    assertClose([f(scores, positives, twice)], [copied], loose);
  }
});

test.run();
