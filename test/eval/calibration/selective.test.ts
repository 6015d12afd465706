import {
  ArgumentError,
  argmaxRows,
  classificationScores,
  confusionMatrix,
  DataError,
  riskCoverageCurve,
  selectiveScores,
  softmax,
  tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { LOGITS, N, of, y } from '../../support/scored.ts';

const test = suite('eval/calibration/selective');

const probabilities = softmax(LOGITS);
const labels = argmaxRows(probabilities);
const confidences = of((i) => probabilities.data[4 * i + labels[i]]);
const correct = of((i) => Number(labels[i] === y[i]));

test('a curve by hand, with ties', () => {
  const curve = riskCoverageCurve([0.9, 0.7, 0.9, 0.5, 0.7, 0.6], [1, 0, 1, 0, 1, 1]);
  assert.equal(curve, [
    { coverage: 2 / 6, risk: 0, threshold: 0.9 },
    { coverage: 4 / 6, risk: 1 / 4, threshold: 0.7 },
    { coverage: 5 / 6, risk: 1 / 5, threshold: 0.6 },
    { coverage: 1, risk: 2 / 6, threshold: 0.5 },
  ]);
});

test('each point is what is counted at its threshold', () => {
  const curve = riskCoverageCurve(confidences, correct);
  assert.is(curve.length, new Set(confidences).size);
  for (const { coverage, risk, threshold } of curve) {
    const decided = [...correct.keys()].filter((i) => confidences[i] >= threshold);
    assert.is(coverage, decided.length / N);
    assert.is(risk, decided.filter((i) => correct[i] === 0).length / decided.length);
  }
  assert.is(curve.at(-1)!.coverage, 1);
  const { matrix, coverage } = selectiveScores(probabilities, y, curve[9].threshold);
  assert.is(coverage, curve[9].coverage);
  const right = matrix.reduce((sum, row, k) => sum + row[k], 0);
  assertClose([1 - right / (N * coverage)], [curve[9].risk], { absolute: 1e-15 });
});

test('the scores of what remains', () => {
  const whole = confusionMatrix(y, labels, 4);
  assert.equal(selectiveScores(probabilities, y, 0), {
    coverage: 1,
    perClass: [1, 1, 1, 1],
    matrix: whole,
    scores: classificationScores(whole),
  });
  const decided = [...confidences.keys()].filter((i) => confidences[i] >= 0.6);
  const rest = selectiveScores(probabilities, y, 0.6);
  const matrix = confusionMatrix(
    decided.map((i) => y[i]),
    decided.map((i) => labels[i]),
    4,
  );
  assert.equal(rest.matrix, matrix);
  assert.equal(rest.scores, classificationScores(matrix));
  assert.is(rest.coverage, decided.length / N);
  const of2 = (all: readonly number[]): number => all.filter((i) => y[i] === 2).length;
  assert.is(rest.perClass[2], of2(decided) / of2([...y.keys()]));
  const none = selectiveScores(tensor([[0.5, 0.5]]), [0], 0.75);
  assert.is(none.coverage, 0);
  assert.equal(none.perClass, [0, Number.NaN]);
});

test('says what it expected', () => {
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [() => riskCoverageCurve([], []), DataError, 'riskCoverageCurve: expected at least one sample, got none'],
    [() => riskCoverageCurve([1], [1, 0]), DataError, 'riskCoverageCurve: expected 1 correct, got 2'],
    [
      () => riskCoverageCurve([Number.NaN], [1]),
      DataError,
      'riskCoverageCurve: expected finite numbers in confidences, got NaN at position 0',
    ],
    [
      () => selectiveScores(probabilities, y, 1.5),
      ArgumentError,
      'selectiveScores: expected threshold from 0 to 1, got 1.5',
    ],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
