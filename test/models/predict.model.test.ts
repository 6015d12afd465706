/** Models of a caller's own. */
import * as d from 'dynaecg';
import { ArgumentError, ShapeError, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { Other } from '../support/customParts.ts';

const test = suite('models/predict.model');

const predictBy = (f: (x: d.Tensor) => unknown) => () => d.predict(new Other(f), zeros([5, 2]), { batchSize: 2 });

const models: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [predictBy(() => zeros([3, 1])), ShapeError, 'predict: expected the model to return [2,1] for 2 samples, got [3,1]'],
  [
    predictBy(({ shape: [B] }) => zeros([B, B])),
    ShapeError,
    'predict: expected the model to return [1,2] for 1 samples, got [1,1]',
  ],
  [predictBy(() => [1, 2]), ArgumentError, 'predict: expected the model to return a Tensor, got [1,2]'],
  [
    predictBy(({ shape: [B] }) => zeros([B], { dtype: B === 1 ? 'float64' : 'float32' })),
    ShapeError,
    'predict: expected the model to return one dtype, got float32 and float64',
  ],
];

for (const [f, type, message] of models) test(message, () => assertThrows(f, type, message));

test('predict keeps the dtype that a model gives', () => {
  const third = ({ shape: [B] }: d.Tensor): d.Tensor => d.full([B], 1 / 3, { dtype: 'float64' });
  const found = d.predict(new Other(third), zeros([5, 2]), { batchSize: 2 });
  assert.is(found.dtype, 'float64');
  assert.equal([...found.data], Array(5).fill(1 / 3));
});

test.run();
