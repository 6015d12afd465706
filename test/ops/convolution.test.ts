import * as d from 'dynaecg';
import { ArgumentError, backward, Random, ShapeError } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, leaf, randomTensor } from '../support/tensors.ts';

const test = suite('ops/convolution');

const { NaN: NAN } = Number;

// ---- numbers at the edge

test('a convolution of no channels is its bias, an LSTM of no inputs its biases, and no batch is no trouble', () => {
  const bias = leaf([1, 2]);
  const y = d.conv1d(d.zeros([2, 0, 5]), d.zeros([2, 0, 3]), bias);
  assert.equal([...y.data], [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);
  backward(d.sum(y));
  assert.equal([...gradOf(bias).data], [6, 6]);

  const hidden = { weight_hh: d.full([8, 2], 0.5), bias_ih: d.ones([8]), bias_hh: d.ones([8]) };
  const none = d.lstm(d.zeros([3, 2, 0]), { weight_ih: d.zeros([8, 0]), ...hidden });
  const zero = d.lstm(d.zeros([3, 2, 1]), { weight_ih: d.ones([8, 1]), ...hidden });
  assert.equal([...none.y.data], [...zero.y.data]);

  const weight = leaf(d.ones([8, 1]).toArray());
  backward(d.sum(d.lstm(d.zeros([3, 0, 1]), { weight_ih: weight, ...hidden }).y));
  assert.ok(gradOf(weight).data.every((v) => v === 0));
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;

test("a convolution with padding 'same' is one of the padded signal", () => {
  const random = new Random('same');
  for (const [K, dilation, groups] of [
    [1, 1, 1],
    [2, 1, 1],
    [4, 1, 2],
    [5, 2, 1],
    [4, 3, 2],
    [10, 1, 1],
  ]) {
    const x = randomTensor(random, [3, 4, 8], 'float32');
    const w = randomTensor(random, [6, 4 / groups, K], 'float32');
    const b = randomTensor(random, [6], 'float32');
    const both = dilation * (K - 1);
    const outside = d.pad(x, [Math.floor(both / 2), Math.ceil(both / 2)]);
    const expected = d.conv1d(outside, w, b, { dilation, groups });
    const u = randomTensor(random, expected.shape, 'float32');
    backward(d.sum(d.mul(expected, u)));
    const gradients = [x, w, b].map((t) => {
      const { data } = gradOf(t);
      t.grad = null;
      return data;
    });
    const found = d.conv1d(x, w, b, { padding: 'same', dilation, groups });
    assertTensorClose(found, expected, { relative: 1e-5, absolute: 1e-5 });
    backward(d.sum(d.mul(found, u)));
    for (const [i, t] of [x, w, b].entries())
      assertClose(gradOf(t).data, gradients[i], { relative: 1e-5, absolute: 1e-5 }, `gradient ${i}, K=${K}`);
  }
});

// ---- errors

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.conv1d(z([32, 1]), z([4, 1, 3])), ShapeError, 'conv1d: expected x (B,C,L), got [32,1]'],
  [() => d.conv1d(z([2, 3, 9]), z([4, 2, 3])), ShapeError, 'conv1d: expected weight (O,G,K) with G=3, got [4,2,3]'],
  [
    () => d.conv1d(z([2, 4, 9]), z([3, 2, 3]), null, { groups: 2 }),
    ShapeError,
    'conv1d: expected output channels in 2 groups, got 3',
  ],
  [() => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), z([3])), ShapeError, 'conv1d: expected bias (O) with O=4, got [3]'],
  [
    () => d.conv1d(z([2, 3, 4]), z([4, 3, 3]), null, { dilation: 2 }),
    ShapeError,
    'conv1d: expected a signal of at least 5, got 4',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { stride: 0 }),
    ArgumentError,
    'conv1d: expected stride to be a whole number >= 1, got 0',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { padding: -1 }),
    ArgumentError,
    'conv1d: expected padding to be a whole number >= 0, got -1',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { dilation: 1.5 }),
    ArgumentError,
    'conv1d: expected dilation to be a whole number >= 1, got 1.5',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { groups: NAN }),
    ArgumentError,
    'conv1d: expected groups to be a whole number >= 1, got NaN',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
