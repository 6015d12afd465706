import { BatchNorm1d, Dropout, type Layer, predict, Random, Sequential, ShapeError, tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('models/predict');

const random = (): Random => new Random(5);

test('predict puts every mode back as it was', () => {
  const model = new Sequential(new BatchNorm1d(2), new Dropout(0.5, { random: random() }));
  (model.layers[0] as Layer).eval();
  predict(model, zeros([3, 2]));
  assert.equal(
    model.modules().map((m) => m.training),
    [true, false, true],
  );
  assertThrows(() => predict(model, tensor(5)), ShapeError, 'predict: expected samples x (N,...), got a scalar');
});

test.run();
