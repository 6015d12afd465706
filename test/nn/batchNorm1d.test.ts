import { BatchNorm1d, Dropout, Random, tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('nn/batchNorm1d');

const random = (): Random => new Random(5);

test('batch norm and dropout behave by their mode', () => {
  const x = randomTensor(random(), [50, 3], 'float32');
  const bn = new BatchNorm1d(3);
  bn.forward(x);
  bn.forward(x);
  assert.is(bn.num_batches_tracked.item(), 2);
  const { running_mean, running_var } = bn.stateDict();
  const y = bn.eval().forward(x);
  assert.equal([...bn.running_mean.data, ...bn.running_var.data], [...running_mean.data, ...running_var.data]);
  assert.is(bn.num_batches_tracked.item(), 2);
  assert.not.equal([...y.data], [...bn.train().forward(x).data]);

  const dropout = new Dropout(0.5, { random: random() });
  const dropped = dropout.forward(x).data.filter((v: number) => v === 0).length;
  assert.ok(dropped > 45 && dropped < 105, `${dropped} of 150`); // five standard errors about 75
  assert.is(dropout.eval().forward(x), x);
  assert.is(new Dropout(0, { random: random() }).forward(x), x);
});

test("batch norm has PyTorch's defaults and takes others", () => {
  assert.equal([new BatchNorm1d(1).momentum, new BatchNorm1d(1).eps], [0.1, 1e-5]);
  const bn = new BatchNorm1d(1, { momentum: 0.5, eps: 3 });
  assert.equal([...bn.forward(tensor([[3], [5]])).data], [-0.5, 0.5]); // (x - 4) / sqrt(1 + 3)
  assert.equal([bn.running_mean.item(), bn.running_var.item()], [2, 1.5]); // halfway to 4, and to 2 with Bessel's correction
});

test('a batch that batch norm refuses is not counted', () => {
  const bn = new BatchNorm1d(3);
  assert.throws(() => bn.forward(zeros([1, 3])), /more than 1 value per channel/);
  assert.is(bn.num_batches_tracked.item(), 0);
});

test.run();
