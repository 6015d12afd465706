import * as d from 'dynaecg';
import { Random, ShapeError, tensor } from 'dynaecg';
import { assertClose, assertSameBits, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('ops/layerNorm');

const CLOSE = { relative: 1e-12, absolute: 1e-12 };
const x13 = tensor([[1, 2, 3]]);

test('norms of a sample do not depend on its batch, nor on a shift', () => {
  const random = new Random('norms');
  const x = randomTensor(random, [3, 6, 5], 'float32');
  const [weight, bias] = [randomTensor(random, [6], 'float32'), randomTensor(random, [6], 'float32')];
  const all = d.groupNorm(x, 2, weight, bias);
  for (let b = 0; b < 3; b++)
    assertSameBits(d.groupNorm(d.slice(x, 0, b, b + 1), 2, weight, bias).data, all.data.slice(30 * b, 30 * (b + 1)));
  const far = d.groupNorm(d.add(x, 1000), 2, weight, bias);
  assertTensorClose(far, all, { absolute: 1e-3 }); // 1000 + x keeps 4 digits of x
});

test('group norm: one group is layer norm, a group for each channel normalises its positions', () => {
  const x = randomTensor(new Random('x'), [3, 4, 5]);
  assertTensorClose(d.groupNorm(x, 1), d.layerNorm(x, [4, 5]), CLOSE);
  assertTensorClose(d.groupNorm(x, 4), d.layerNorm(x, [5]), CLOSE);
  const y = d.groupNorm(x, 2, null, null, 0);
  const groups = d.reshape(y, [6, 10]);
  assertClose(d.mean(groups, { axis: 1 }).data, Array(6).fill(0), CLOSE);
  assertClose(d.variance(groups, { axis: 1, correction: 0 }).data, Array(6).fill(1), CLOSE);
});

const normErrors: [f: () => unknown, message: string][] = [
  [() => d.layerNorm(x13, [2]), 'layerNorm: expected x (...,2), got [1,3]'],
  [() => d.layerNorm(x13, []), 'layerNorm: expected a normalizedShape of at least one value, got []'],
  [() => d.layerNorm(x13, [3], tensor([1])), 'layerNorm: expected weight (3), got [1]'],
  [() => d.groupNorm(x13, 2), 'groupNorm: expected channels in 2 groups, got 3'],
  [() => d.groupNorm(tensor([1, 2]), 1), 'groupNorm: expected x (B,C,...) with at least one value per sample, got [2]'],
  [() => d.groupNorm(x13, 3, null, tensor([1])), 'groupNorm: expected bias (3), got [1]'],
];

for (const [f, message] of normErrors) test(message, () => assertThrows(f, ShapeError, message));

test.run();
