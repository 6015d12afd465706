import {
  ArgumentError,
  affine,
  crossEntropy,
  DataError,
  fitTemperature,
  Random,
  ShapeError,
  softmax,
  type Tensor,
  tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { LOGITS, N, y } from '../../support/scored.ts';

const test = suite('eval/calibration/temperature');

const loss = (logits: Tensor, labels: ArrayLike<number>, T: number): number =>
  crossEntropy(affine(logits, 1 / T, 0), Int32Array.from(labels)).item();

// SciPy 1.17.1: brentq of the loss's derivative by 1/T in float64; minimize_scalar of the loss has 1.12494303
test("SciPy's minimum, of any scale, and the loss there", () => {
  const T = 1.124943019796433;
  assertClose([fitTemperature(LOGITS, y)], [T], { relative: 1e-13 });
  assertClose([loss(LOGITS, y, 1), loss(LOGITS, y, T)], [0.9024874086501334, 0.8984390535175141], { relative: 1e-12 });
  for (const scale of [0.25, 3, 12]) {
    assertClose([fitTemperature(affine(LOGITS, scale, 0), y)], [scale * T], { relative: 1e-12 });
    assertClose([fitTemperature(affine(LOGITS, scale, 700), y)], [scale * T], { relative: 1e-10 }, 'shifted');
  }
});

test('no temperature nearby has less loss, whatever the logits', () => {
  const random = new Random('temperature');
  for (let round = 0; round < 20; round++) {
    const [n, K] = [30 + random.integer(200), 2 + random.integer(4)];
    const labels = Array.from({ length: n }, () => random.integer(K));
    const sharpness = random.uniform(0.3, 8);
    const rows = labels.map((label) =>
      Array.from({ length: K }, (_, k) => sharpness * (random.normal(0, 1) + Number(k === label))),
    );
    const logits = tensor(Float64Array.from(rows.flat()), [n, K]);
    const T = fitTemperature(logits, labels);
    assert.ok(T > 0.05 && T < 20, `${T}`);
    const least = loss(logits, labels, T);
    for (const other of [0.2, 0.9, 0.999, 1.001, 1.1, 5])
      assert.ok(least < loss(logits, labels, other * T), `${round}: ${other}`);
  }
});

test('labels that are drawn from the probabilities have temperature 1', () => {
  const random = new Random('drawn');
  const rows = Array.from({ length: 20_000 }, () => [random.normal(0, 2), random.normal(0, 2), random.normal(0, 2)]);
  const logits = tensor(Float64Array.from(rows.flat()), [rows.length, 3]);
  const p = softmax(logits).data;
  const labels = rows.map((_, i) => {
    const u = random.uniform();
    return u < p[3 * i] ? 0 : u < p[3 * i] + p[3 * i + 1] ? 1 : 2;
  });
  const T = fitTemperature(logits, labels);
  assert.ok(Math.abs(T - 1) < 0.03, `${T}`);
});

test('without a minimum in range it is the end with less loss', () => {
  const right = tensor(Float64Array.from(y.flatMap((label) => [0, 1, 2, 3].map((k) => Number(k === label)))), [N, 4]);
  assert.is(fitTemperature(right, y), 0.05);
  assert.is(fitTemperature(affine(right, -1, 0), y), 20);
  assert.is(fitTemperature(affine(right, 0, 0), y), 20, 'logits that are all equal');
});

test('says what it expected', () => {
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [
      () => fitTemperature(tensor([[1, Number.NaN]]), [0]),
      DataError,
      'fitTemperature: expected finite logits, got NaN for sample 0',
    ],
    [() => fitTemperature(tensor([[1, 2]]), [0, 1]), ShapeError, 'fitTemperature: expected 1 labels, got 2'],
    [
      () => fitTemperature(tensor([[1, 2]]), [-1]),
      ArgumentError,
      'fitTemperature: expected labels from 0 to 1, got -1 at position 0',
    ],
    [() => fitTemperature(tensor([1, 2]), [0]), ShapeError, 'fitTemperature: expected logits (N,K), got [2]'],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
