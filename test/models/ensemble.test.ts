import { ArgumentError, backward, Ensemble, Linear, Random, sum } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('models/ensemble');

test('Ensemble: the mean of its members, their weights under members.i, gradients to each', () => {
  const r = new Random('ensemble');
  const members = [0, 1, 2].map(() => new Linear(4, 2, { random: r }));
  const ensemble = new Ensemble(members);
  const x = randomTensor(r, [5, 4], 'float32');
  const y = ensemble.forward(x);
  const parts = members.map((m) => m.forward(x).data);
  for (let i = 0; i < y.size; i++)
    assert.ok(Math.abs(y.data[i] - (parts[0][i] + parts[1][i] + parts[2][i]) / 3) < 1e-6);
  assert.equal(Object.keys(ensemble.stateDict()).slice(0, 2), ['members.0.weight', 'members.0.bias']);
  backward(sum(y));
  for (const { bias } of members) assert.ok([...(bias?.grad?.data ?? [])].every((g) => Math.abs(g - 5 / 3) < 1e-5));
  assertThrows(() => new Ensemble([]), ArgumentError, 'Ensemble: expected at least one member, got none');
});

test.run();
