import { argmaxRows, DataError, MlpClassifier, Random, ShapeError, tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { signals, used } from '../support/models.ts';

const test = suite('models/mlpClassifier');

// ---- by itself

test('the classifier: probabilities of sum 1, and the most probable class', () => {
  const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(1) });
  const z = used().embed(signals(9));
  const p = classifier.probabilities(z, { batchSize: 4 });
  assert.equal([...p.shape], [9, 3]);
  const rows = Array.from({ length: 9 }, (_, i) => [...p.data.subarray(3 * i, 3 * i + 3)]);
  for (const row of rows) assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-6);
  const predicted = classifier.predict(z, { batchSize: 2 });
  assert.equal(
    [...predicted],
    rows.map((row) => row.indexOf(Math.max(...row))),
  );
});

// ---- bad arguments

test('a sample that is NaN has no class', () => {
  const classifier = new MlpClassifier({ inFeatures: 2, hidden: 3, classes: 2, random: new Random(1) });
  const z = tensor([
    [1, 2],
    [Number.NaN, 0],
  ]);
  assertThrows(() => classifier.predict(z), DataError, 'predict: expected finite values, got NaN in sample 1');
});

test('the largest of each row; a row with NaN has none', () => {
  const rows = (...values: number[][]) => argmaxRows(tensor(values));
  assert.equal(rows([1, 3, 3], [-1, -2, -3]), Int32Array.of(1, 0));
  assert.equal(argmaxRows(zeros([0, 3])), new Int32Array(0));
  for (const row of [
    [Number.NaN, 1],
    [1, Number.NaN],
  ])
    assertThrows(() => rows([1, 2], row), DataError, 'argmaxRows: expected numbers, got NaN in row 1');
  assertThrows(() => argmaxRows(zeros([2])), ShapeError, 'argmaxRows: expected x (N,K), got [2]');
  assertThrows(
    () => argmaxRows(zeros([2, 0])),
    ShapeError,
    'argmaxRows: expected x with at least one column, got [2,0]',
  );
});

test.run();
