import * as d from 'dynaecg';
import { Random } from 'dynaecg';
import { assertSameBits } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('nn/residualBlock');

test('a residual block whose last norm is 0 is its shortcut', () => {
  const block = new d.ResidualBlock(3, 3, { random: new Random(1) });
  block.bn2.weight.data.fill(0);
  const x = randomTensor(new Random('x'), [2, 3, 8], 'float32');
  assertSameBits(block.forward(x).data, d.relu(x).data);
});

test.run();
