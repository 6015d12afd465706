/** What every layer has: PyTorch's names and shapes, output shapes, and errors of its options. */
import {
  AdaptiveAvgPool1d,
  AdaptiveMaxPool1d,
  ArgumentError,
  AttentionPool,
  AvgPool1d,
  BatchNorm1d,
  BiGRU,
  BiLSTM,
  ChannelAttention,
  Conv1d,
  Dropout,
  DynaecgError,
  GRU,
  GroupNorm,
  type Layer,
  LayerNorm,
  Linear,
  LSTM,
  MaxPool1d,
  MeanPool,
  type Module,
  Random,
  ResidualBlock,
  type Shape,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { nested, random, shapes } from '../support/modules.ts';

const test = suite('nn/layers');

/** Names and shapes of one recurrent layer of 2 units, with the inputs of each direction. */
const recurrent = (rows: number, inputs: number[], layer = 0): Record<string, Shape> =>
  Object.fromEntries(
    inputs.flatMap((D, i) => {
      const end = `_l${layer}${i > 0 ? '_reverse' : ''}`;
      const shapes = { weight_ih: [rows, D], weight_hh: [rows, 2], bias_ih: [rows], bias_hh: [rows] };
      return Object.entries(shapes).map(([name, shape]) => [name + end, shape]);
    }),
  );

const batchNorm = (name: string): Record<string, Shape> =>
  Object.fromEntries([
    ...['weight', 'bias', 'running_mean', 'running_var'].map((field) => [`${name}.${field}`, [3]]),
    [`${name}.num_batches_tracked`, []],
  ]);

// for m in [nn.Linear(3, 2), ...]:
//     print({k: list(v.shape) for k, v in m.state_dict().items()}, sum(p.numel() for p in m.parameters()))
// AttentionPool and ChannelAttention: test/support/fixtures/make.py has the PyTorch modules with these names.
const layers: Record<string, { make: () => Module; state: Record<string, Shape>; parameters: number }> = {
  'Linear(3, 2)': {
    make: () => new Linear(3, 2, { random: random() }),
    state: { weight: [2, 3], bias: [2] },
    parameters: 8,
  },
  'Linear(3, 2, bias=False)': {
    make: () => new Linear(3, 2, { random: random(), bias: false }),
    state: { weight: [2, 3] },
    parameters: 6,
  },
  'Conv1d(4, 6, 5, groups=2)': {
    make: () => new Conv1d(4, 6, 5, { random: random(), groups: 2 }),
    state: { weight: [6, 2, 5], bias: [6] },
    parameters: 66,
  },
  'BatchNorm1d(3)': {
    make: () => new BatchNorm1d(3),
    state: { weight: [3], bias: [3], running_mean: [3], running_var: [3], num_batches_tracked: [] },
    parameters: 6,
  },
  'LSTM(3, 2)': {
    make: () => new LSTM(3, 2, { random: random() }),
    state: { weight_ih_l0: [8, 3], weight_hh_l0: [8, 2], bias_ih_l0: [8], bias_hh_l0: [8] },
    parameters: 56,
  },
  'LSTM(3, 2, bidirectional=True)': {
    make: () => new BiLSTM(3, 2, { random: random() }),
    state: {
      weight_ih_l0: [8, 3],
      weight_hh_l0: [8, 2],
      bias_ih_l0: [8],
      bias_hh_l0: [8],
      weight_ih_l0_reverse: [8, 3],
      weight_hh_l0_reverse: [8, 2],
      bias_ih_l0_reverse: [8],
      bias_hh_l0_reverse: [8],
    },
    parameters: 112,
  },
  'LSTM(3, 2, num_layers=2)': {
    make: () => new LSTM(3, 2, { random: random(), numLayers: 2 }),
    state: { ...recurrent(8, [3]), ...recurrent(8, [2], 1) },
    parameters: 104,
  },
  'LSTM(3, 2, num_layers=2, bidirectional=True)': {
    make: () => new BiLSTM(3, 2, { random: random(), numLayers: 2, dropout: 0.5 }),
    state: { ...recurrent(8, [3, 3]), ...recurrent(8, [4, 4], 1) },
    parameters: 240,
  },
  'GRU(3, 2)': { make: () => new GRU(3, 2, { random: random() }), state: recurrent(6, [3]), parameters: 42 },
  'GRU(3, 2, num_layers=2, bidirectional=True)': {
    make: () => new BiGRU(3, 2, { random: random(), numLayers: 2 }),
    state: { ...recurrent(6, [3, 3]), ...recurrent(6, [4, 4], 1) },
    parameters: 180,
  },
  'LayerNorm(6)': { make: () => new LayerNorm(6), state: { weight: [6], bias: [6] }, parameters: 12 },
  'LayerNorm((4, 6))': { make: () => new LayerNorm([4, 6]), state: { weight: [4, 6], bias: [4, 6] }, parameters: 48 },
  'LayerNorm(6, elementwise_affine=False)': {
    make: () => new LayerNorm(6, { elementwiseAffine: false }),
    state: {},
    parameters: 0,
  },
  'GroupNorm(2, 6)': { make: () => new GroupNorm(2, 6), state: { weight: [6], bias: [6] }, parameters: 12 },
  'GroupNorm(2, 6, affine=False)': { make: () => new GroupNorm(2, 6, { affine: false }), state: {}, parameters: 0 },
  'AvgPool1d(3)': { make: () => new AvgPool1d(3), state: {}, parameters: 0 },
  "BasicBlock(2, 3, stride=2), torchvision's in one dimension, kernels of 5": {
    make: () => new ResidualBlock(2, 3, { random: random(), kernel: 5, stride: 2 }),
    state: {
      'conv1.weight': [3, 2, 5],
      ...batchNorm('bn1'),
      'conv2.weight': [3, 3, 5],
      ...batchNorm('bn2'),
      'downsample.0.weight': [3, 2, 1],
      ...batchNorm('downsample.1'),
    },
    parameters: 99,
  },
  'BasicBlock(3, 3)': {
    make: () => new ResidualBlock(3, 3, { random: random() }),
    state: { 'conv1.weight': [3, 3, 3], ...batchNorm('bn1'), 'conv2.weight': [3, 3, 3], ...batchNorm('bn2') },
    parameters: 66,
  },
  'Linear(6, 1, bias=False), the dot score': {
    make: () => new AttentionPool(6, { random: random() }),
    state: { weight: [1, 6] },
    parameters: 6,
  },
  'AdditiveScore(6)': {
    make: () => new AttentionPool(6, { random: random(), score: 'additive' }),
    state: { weight: [1, 6], 'proj.weight': [6, 6], 'proj.bias': [6] },
    parameters: 48,
  },
  'ChannelAttention(8, 4)': {
    make: () => new ChannelAttention(8, { random: random(), reduction: 4 }),
    state: { 'fc1.weight': [2, 8], 'fc1.bias': [2], 'fc2.weight': [8, 2], 'fc2.bias': [8] },
    parameters: 42,
  },
  'Dropout(0.5)': { make: () => new Dropout(0.5, { random: random() }), state: {}, parameters: 0 },
  'Sequential(Linear(3, 2), ReLU(), Sequential(BatchNorm1d(2), Linear(2, 4)))': {
    make: nested,
    state: {
      '0.weight': [2, 3],
      '0.bias': [2],
      '2.0.weight': [2],
      '2.0.bias': [2],
      '2.0.running_mean': [2],
      '2.0.running_var': [2],
      '2.0.num_batches_tracked': [],
      '2.1.weight': [4, 2],
      '2.1.bias': [4],
    },
    parameters: 24,
  },
};

for (const [name, { make, state, parameters }] of Object.entries(layers))
  test(`the state dictionary of ${name} is PyTorch's`, () => {
    assert.equal(shapes(make()), Object.entries(state)); // names, order and shapes
    assert.is(make().parameterCount, parameters);
  });

test('the output shapes of the layers', () => {
  const r = random();
  for (const [model, x, y] of [
    [new Conv1d(2, 4, 5, { random: r, padding: 2 }), [3, 2, 9], [3, 4, 9]],
    [new Conv1d(2, 4, 3, { random: r, stride: 2, bias: false }), [3, 2, 9], [3, 4, 4]],
    [new LSTM(3, 2, { random: r }), [5, 4, 3], [5, 4, 2]],
    [new BiLSTM(3, 2, { random: r }), [5, 4, 3], [5, 4, 4]],
    [new AttentionPool(4, { random: r }), [5, 3, 4], [3, 4]],
    [new AttentionPool(4, { random: r, score: 'additive', projected: 7 }), [5, 3, 4], [3, 4]],
    [new ChannelAttention(2, { random: r }), [3, 2, 9], [3, 2, 9]],
    ...[1, 2, 5, 6, 12].map((kernel) => [
      new Conv1d(2, 4, kernel, { random: r, padding: 'same', dilation: 2 }),
      [3, 2, 9],
      [3, 4, 9],
    ]),
    [new Conv1d(2, 4, 3, { random: r, padding: 'valid' }), [3, 2, 9], [3, 4, 7]],
    [new GRU(3, 2, { random: r, batchFirst: true }), [4, 5, 3], [4, 5, 2]],
    [new BiGRU(3, 2, { random: r, numLayers: 2 }), [5, 4, 3], [5, 4, 4]],
    [new MeanPool(), [5, 3, 4], [3, 4]],
    [new LayerNorm(9), [3, 2, 9], [3, 2, 9]],
    [new GroupNorm(2, 4), [3, 4, 9], [3, 4, 9]],
    [new MaxPool1d(3, { stride: 2, padding: 1 }), [3, 2, 9], [3, 2, 5]],
    [new AvgPool1d(2), [3, 2, 9], [3, 2, 4]],
    [new AdaptiveAvgPool1d(4), [3, 2, 9], [3, 2, 4]],
    [new AdaptiveMaxPool1d(1), [3, 2, 9], [3, 2, 1]],
    [new ResidualBlock(2, 4, { random: r, kernel: 5, stride: 2, dilation: 3 }), [3, 2, 9], [3, 4, 5]],
  ] as [Layer, Shape, Shape][])
    assert.equal(model.forward(zeros(x)).shape, y);
  const { alpha } = new AttentionPool(4, { random: r }).attend(zeros([5, 3, 4]));
  assert.equal(alpha.toArray(), Array(5).fill(Array(3).fill(Math.fround(0.2)))); // no step differs from another
});

test('constructor arguments out of range', () => {
  const r = random();
  for (const [make, message] of [
    [() => new Linear(0, 2, { random: r }), 'Linear: expected inFeatures to be a whole number >= 1, got 0'],
    [() => new Linear(2, 1.5, { random: r }), 'Linear: expected outFeatures to be a whole number >= 1, got 1.5'],
    [() => new Conv1d(-1, 2, 3, { random: r }), 'Conv1d: expected inChannels to be a whole number >= 1, got -1'],
    [() => new Conv1d(1, 2, 0, { random: r }), 'Conv1d: expected kernel to be a whole number >= 1, got 0'],
    [() => new Conv1d(3, 4, 3, { random: r, groups: 2 }), 'Conv1d: expected inChannels in 2 groups, got 3'],
    [() => new Conv1d(4, 3, 3, { random: r, groups: 2 }), 'Conv1d: expected outChannels in 2 groups, got 3'],
    [() => new BatchNorm1d(Number.NaN), 'BatchNorm1d: expected channels to be a whole number >= 1, got NaN'],
    [
      () => new Conv1d(1, 2, 3, { random: r, padding: 'same', stride: 2 }),
      "Conv1d: expected stride 1 with padding 'same', got 2",
    ],
    [
      () => new Conv1d(1, 2, 3, { random: r, padding: 'full' as 'same' }),
      `Conv1d: expected padding 'same' or 'valid', got "full"`,
    ],
    [() => new GroupNorm(4, 6), 'GroupNorm: expected numChannels in 4 groups, got 6'],
    [() => new LayerNorm([]), 'LayerNorm: expected normalizedShape to be a whole number >= 1, got undefined'],
    [() => new MaxPool1d(3, { padding: 2 }), 'MaxPool1d: expected padding from 0 to 1.5, got 2'],
    [() => new ResidualBlock(2, 2, { random: r, kernel: 4 }), 'ResidualBlock: expected an odd kernel, got 4'],
    [() => new GRU(3, 2, { random: r, numLayers: 0 }), 'GRU: expected numLayers to be a whole number >= 1, got 0'],
    [() => new LSTM(3, 0, { random: r }), 'LSTM: expected hiddenSize to be a whole number >= 1, got 0'],
    [() => new BiLSTM(0, 3, { random: r }), 'BiLSTM: expected inputSize to be a whole number >= 1, got 0'],
    [() => new AttentionPool(0, { random: r }), 'AttentionPool: expected features to be a whole number >= 1, got 0'],
    [
      () => new AttentionPool(4, { random: r, score: 'cosine' as 'dot' }),
      `AttentionPool: expected score 'dot' or 'additive', got "cosine"`,
    ],
    [
      () => new AttentionPool(4, { random: r, score: 'additive', projected: -1 }),
      'AttentionPool: expected projected to be a whole number >= 1, got -1',
    ],
    [
      () => new ChannelAttention(4, { random: r, reduction: 0 }),
      'ChannelAttention: expected reduction to be a whole number >= 1, got 0',
    ],
    [() => new Dropout(1.5, { random: r }), 'Dropout: expected p from 0 to 1, got 1.5'],
    [() => new Dropout(Number.NaN, { random: r }), 'Dropout: expected p from 0 to 1, got NaN'],
  ] as [() => Module, string][])
    assertThrows(make, ArgumentError, message);
  assert.ok(new ArgumentError('x') instanceof DynaecgError);
});

test('one seed gives one initialisation, another seed another', () => {
  for (const { make } of Object.values(layers)) {
    const [a, b] = [make(), make()];
    for (const [i, [name, t]] of a.namedTensors().entries()) assertSameBits(t.data, b.namedTensors()[i][1].data, name);
  }
  const other = new Linear(3, 2, { random: new Random(6) });
  assert.not.equal([...other.weight.data], [...new Linear(3, 2, { random: random() }).weight.data]);
});

test.run();
