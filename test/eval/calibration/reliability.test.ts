import {
  ArgumentError,
  calibration,
  DataError,
  expectedCalibrationError,
  Random,
  reliabilityCurve,
  ShapeError,
  softmax,
  tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { LOGITS, N, of, y } from '../../support/scored.ts';

const test = suite('eval/calibration/reliability');

const rounding = { relative: 1e-13 };
const probabilities = softmax(LOGITS);
const column = (k: number): number[] => of((i) => probabilities.data[4 * i + k]);

// scikit-learn 1.9.1, P = exp(Z) / exp(Z).sum(1, keepdims=True), q = (((i*97) % 151 + 1) / 152)**2 without ties:
//   calibration_curve(y == 1, P[:, 1], n_bins=7, strategy='uniform'), calibration_curve(y == 1, q, n_bins=7, strategy='quantile')
test('the curves of scikit-learn, by width and by mass', () => {
  const positives = of((i) => Number(y[i] === 1));
  const cases = [
    [
      'width',
      column(1),
      [0.034482758620689655, 0.3076923076923077, 0.2727272727272727, 0.09090909090909091, 0.2777777777777778, 1, 1],
      [
        0.050961916413693305, 0.19488160613475897, 0.36248416059473454, 0.5229262727622431, 0.6447856309428267,
        0.7277317898831658, 0.9393136424921309,
      ],
    ],
    [
      'mass',
      of((i) => (((i * 97) % 151) + 1) / 152).map((v) => v * v),
      [
        0, 0.23809523809523808, 0.14285714285714285, 0.22727272727272727, 0.23809523809523808, 0.19047619047619047,
        0.18181818181818182,
      ],
      [
        0.0074662396121883655, 0.04872172206832871, 0.13027222661917953, 0.25504241689750695, 0.417272622345337,
        0.6145111957525391, 0.8561504501385041,
      ],
    ],
  ] as const;
  for (const [by, p, frequencies, means] of cases) {
    const bins = reliabilityCurve(p, positives, { bins: 7, by });
    assertClose(
      bins.map(({ frequency }) => frequency),
      frequencies,
      rounding,
      by,
    );
    assertClose(
      bins.map(({ probability }) => probability),
      means,
      rounding,
      by,
    );
    assert.is(
      bins.reduce((sum, { samples }) => sum + samples, 0),
      N,
    );
  }
});

// NumPy, equation (3) of Guo et al. with 15 bins (m/15, (m+1)/15]: of P.max(1) and P.argmax(1) == y, and of P[:, k] and y == k
test('the expected calibration error overall and of each class', () => {
  const { overall, perClass } = calibration(probabilities, y);
  assertClose([overall.error], [0.20335294517285182], rounding);
  assertClose(
    perClass.map(({ error }) => error),
    [0.1911901413439907, 0.15655512191871618, 0.1838083789112652, 0.09105704577544478],
    rounding,
  );
  assert.is(overall.error, expectedCalibrationError(overall.bins));
  const alone = reliabilityCurve(
    column(2),
    of((i) => Number(y[i] === 2)),
    { bins: 4, by: 'mass' },
  );
  assert.equal(calibration(probabilities, y, { bins: 4, by: 'mass' }).perClass[2].bins, alone);
});

test('a border belongs to the bin below it, and 0 to the first', () => {
  for (const bins of [1, 3, 7, 10, 15, 49]) {
    const edges = Array.from({ length: bins + 1 }, (_, m) => m / bins);
    const curve = reliabilityCurve(edges, edges.map(Boolean), { bins });
    assert.equal(
      curve.map(({ samples }) => samples),
      edges.slice(1).map((_, m) => (m === 0 ? 2 : 1)),
    );
    assert.equal(
      curve.map(({ low, high }) => [low, high]),
      edges.slice(1).map((high, m) => [edges[m], high]),
    );
  }
  const above = reliabilityCurve([1 / 3, 1 / 3 + Number.EPSILON], [0, 1], { bins: 3 });
  assert.equal(
    above.map(({ frequency }) => frequency),
    [0, 1],
  );
});

test('bins of equal mass have equally many samples, and equal probabilities share one', () => {
  const random = new Random('mass');
  const p = Array.from({ length: 1000 }, () => random.uniform() ** 3);
  const curve = reliabilityCurve(
    p,
    p.map((v) => random.uniform() < v),
    { bins: 10, by: 'mass' },
  );
  assert.equal(
    curve.map(({ samples }) => samples),
    new Array(10).fill(100),
  );
  const tied = reliabilityCurve([0.2, 0.2, 0.2, 0.2, 0.9], [0, 1, 0, 0, 1], { bins: 5, by: 'mass' });
  assert.equal(
    tied.map(({ samples, frequency }) => [samples, frequency]),
    [
      [4, 0.25],
      [1, 1],
    ],
  );
});

test('what is calibrated has no error but that of sampling; what is sure and wrong has all', () => {
  const random = new Random('calibrated');
  const p = Array.from({ length: 40_000 }, () => random.uniform());
  const drawn = p.map((v) => random.uniform() < v);
  for (const by of ['width', 'mass'] as const)
    assert.ok(expectedCalibrationError(reliabilityCurve(p, drawn, { by })) < 0.01);
  assert.is(expectedCalibrationError(reliabilityCurve([1, 1, 0], [0, 0, 1])), 1);
  assert.is(expectedCalibrationError(reliabilityCurve([1, 1, 0], [true, true, false])), 0);
});

test('says what it expected', () => {
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [() => reliabilityCurve([], []), DataError, 'reliabilityCurve: expected at least one probability, got none'],
    [
      () => reliabilityCurve([0.5, 1.5], [0, 1]),
      DataError,
      'reliabilityCurve: expected probabilities from 0 to 1, got 1.5 at position 1',
    ],
    [() => reliabilityCurve([0.5], [0, 1]), DataError, 'reliabilityCurve: expected 1 positives, got 2'],
    [
      () => reliabilityCurve([0.5], [0], { by: 'size' as 'mass' }),
      ArgumentError,
      `reliabilityCurve: expected by 'width' or 'mass', got "size"`,
    ],
    [() => expectedCalibrationError([]), DataError, 'expectedCalibrationError: expected at least one bin, got none'],
    [
      () => calibration(tensor([[2, -1]]), [0]),
      DataError,
      'calibration: expected probabilities from 0 to 1, got 2 at position 0',
    ],
    [
      () => calibration(tensor([[0.5, 0.5]]), [2]),
      ArgumentError,
      'calibration: expected labels from 0 to 1, got 2 at position 0',
    ],
    [() => calibration(tensor([[0.5, 0.5]]), [1, 0]), ShapeError, 'calibration: expected 1 labels, got 2'],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
