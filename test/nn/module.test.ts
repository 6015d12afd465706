import {
  AdamW,
  AdaptiveAvgPool1d,
  AdaptiveMaxPool1d,
  ArgumentError,
  AttentionPool,
  AvgPool1d,
  BatchNorm1d,
  BiGRU,
  BiLSTM,
  backward,
  ChannelAttention,
  CheckpointError,
  Conv1d,
  Dropout,
  DynaecgError,
  Ensemble,
  GRU,
  GroupNorm,
  Layer,
  LayerNorm,
  Linear,
  LSTM,
  MaxPool1d,
  MeanPool,
  Module,
  Parameter,
  predict,
  Random,
  ResidualBlock,
  relu,
  Sequential,
  type Shape,
  ShapeError,
  type StateDict,
  scope,
  sum,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import ndarray from 'ndarray';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { ndarrayTest } from '../support/engine.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('module');

const random = (): Random => new Random(5);
const shapes = (m: Module): [string, Shape][] => Object.entries(m.stateDict()).map(([name, t]) => [name, t.shape]);
const nested = (): Sequential => {
  const r = random();
  return new Sequential(
    new Linear(3, 2, { random: r }),
    relu,
    new Sequential(new BatchNorm1d(2), new Linear(2, 4, { random: r })),
  );
};

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

test('one seed gives one initialisation, another seed another', () => {
  for (const { make } of Object.values(layers)) {
    const [a, b] = [make(), make()];
    for (const [i, [name, t]] of a.namedTensors().entries()) assertSameBits(t.data, b.namedTensors()[i][1].data, name);
  }
  const other = new Linear(3, 2, { random: new Random(6) });
  assert.not.equal([...other.weight.data], [...new Linear(3, 2, { random: random() }).weight.data]);
});

test("weights are uniform within PyTorch's bounds and fill them", () => {
  const r = random();
  for (const [model, bound] of [
    [new Linear(50, 60, { random: r }), 1 / Math.sqrt(50)],
    [new Conv1d(10, 60, 5, { random: r }), 1 / Math.sqrt(50)],
    [new Conv1d(20, 60, 5, { random: r, groups: 2 }), 1 / Math.sqrt(50)],
    [new LSTM(7, 100, { random: r }), 1 / Math.sqrt(100)],
    [new BiLSTM(7, 100, { random: r }), 1 / Math.sqrt(100)],
    [new LSTM(7, 100, { random: r, numLayers: 2 }), 1 / Math.sqrt(100)],
    [new GRU(7, 100, { random: r }), 1 / Math.sqrt(100)],
    [new AttentionPool(64, { random: r }), 1 / Math.sqrt(64)],
  ] as [Module, number][])
    for (const [name, { data }] of model.namedParameters()) {
      const values = [...data];
      const largest = Math.max(...values.map(Math.abs));
      const mean = values.reduce((s, v) => s + v, 0) / values.length;
      assert.ok(largest <= Math.fround(bound), `${name}: ${largest} beyond ${bound}`);
      assert.ok(largest > 0.85 * bound, `${name}: ${largest} far from ${bound}`); // 60 draws stay below by chance: 0.85^60 = 6e-5
      assert.ok(Math.abs(mean) < (5 * bound) / Math.sqrt(3 * data.length), `${name}: mean ${mean}`); // five errors
    }
  const bn = new BatchNorm1d(3);
  for (const { weight, bias } of [bn, new LayerNorm(3), new GroupNorm(1, 3)])
    assert.equal([...weight!.data, ...bias!.data], [1, 1, 1, 0, 0, 0]);
  assert.equal([...bn.running_mean.data, ...bn.running_var.data], [0, 0, 0, 1, 1, 1]);
});

test('parameters are trained, buffers are not', () => {
  const bn = new BatchNorm1d(3);
  assert.equal(
    bn.namedParameters().map(([name]) => name),
    ['weight', 'bias'],
  );
  assert.equal(bn.parameters(), [bn.weight, bn.bias]);
  assert.ok(bn.parameters().every((p) => p.requiresGrad));
  assert.not.ok(bn.running_mean.requiresGrad);
});

test('a state dictionary is a copy, and loading it copies too', () => {
  const [a, b] = [new Linear(3, 2, { random: new Random(1) }), new Linear(3, 2, { random: new Random(2) })];
  const state = a.stateDict();
  const saved = [...a.weight.data];
  a.weight.data.fill(9);
  assert.equal([...state.weight.data], saved);
  const { weight } = b;
  assert.is(b.loadStateDict(state), b);
  assert.is(b.weight, weight, 'the parameter that an optimiser holds stays the same');
  assert.equal([...b.weight.data], saved);
  state.weight.data.fill(7);
  assert.equal([...b.weight.data], saved);
});

ndarrayTest(test, 'module')('a state dictionary may hold ndarrays, strided, of either float type', () => {
  const model = new Linear(3, 2, { random: random() });
  const transposed = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2]).transpose(1, 0);
  model.loadStateDict({ weight: transposed, bias: ndarray(Float32Array.of(9, 7, 8), [3]).lo(1) });
  assert.equal(model.weight.toArray(), [
    [1, 3, 5],
    [2, 4, 6],
  ]);
  assert.equal(model.bias?.toArray(), [7, 8]);
});

test('a state dictionary that does not fit: every fault in one error, and nothing changed', () => {
  const model = nested();
  const before = model.stateDict();
  const state: StateDict = { ...zeroed(before), '0.weight': zeros([3, 2]), '2.1.bias': zeros([]), extra: zeros([1]) };
  delete state['0.bias'];
  delete state['2.0.running_var'];
  assertThrows(
    () => model.loadStateDict(state),
    CheckpointError,
    'loadStateDict: expected 0.weight [2,3], got [3,2]; expected 0.bias [2], got none; expected 2.0.running_var [2], got none; ' +
      'expected 2.1.bias [4], got []; expected no extra, got one',
  );
  const released: Tensor[] = [];
  scope(() => released.push(sum(zeros([4, 2]), { axis: 1 })));
  assert.throws(() => model.loadStateDict({ ...zeroed(before), '2.1.bias': released[0] }), /scope has closed/);
  for (const [name, t] of model.namedTensors()) assertSameBits(t.data, before[name].data, name);
});

function zeroed(state: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, zeros(shape)]));
}

test('train and eval reach every module inside', () => {
  const model = nested();
  const all = (m: Module): Module[] => [m, ...m.children().flatMap(([, child]) => all(child))];
  assert.is(all(model).length, 5);
  assert.ok(all(model).every((m) => m.training));
  assert.is(model.eval(), model);
  assert.ok(all(model).every((m) => !m.training));
  assert.is(model.train(), model);
  assert.ok(all(model).every((m) => m.training));
});

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

test('to(float64) converts parameters, buffers and children, and keeps the values', () => {
  const model = nested();
  const before = model.stateDict();
  assert.is(model.to('float64'), model);
  assert.equal(shapes(model), shapes(nested()));
  for (const [name, t] of model.namedTensors()) {
    assert.is(t.dtype, 'float64', name);
    assertSameBits(t.data, before[name].data, name);
    assert.is(t.requiresGrad, t instanceof Parameter);
  }
  assert.is(model.parameters().length, 6);
  const x = randomTensor(random(), [5, 3], 'float64');
  const y = model.forward(x);
  assert.is(y.dtype, 'float64');
  backward(sum(y));
  for (const [name, p] of model.namedParameters()) assert.is(gradOf(p).dtype, 'float64', name);
  assert.ok(
    model
      .to('float32')
      .namedTensors()
      .every(([, t]) => t.dtype === 'float32'),
  );
});

test('Sequential runs its parts in order, functions among them', () => {
  const model = nested().eval();
  const [first, , inner] = model.layers as [Layer, unknown, Layer];
  const x = randomTensor(random(), [4, 3], 'float32');
  assertSameBits(model.forward(x).data, inner.forward(relu(first.forward(x))).data);
  assert.equal(
    model.children().map(([name]) => name),
    ['0', '2'],
  );
  assert.is(new Sequential().forward(x), x);
});

test('Sequential gives context to a first layer that is one, and to no function', () => {
  const x = zeros([2, 3]);
  const seen: unknown[] = [];
  class Told extends Layer {
    forward(t: Tensor, context?: Tensor): Tensor {
      seen.push(context);
      return t;
    }
  }
  const context = zeros([2, 1]);
  new Sequential(new Told(), relu, new Told()).forward(x, context);
  assert.equal(seen, [context, undefined]);
  assertThrows(
    () => new Sequential(relu, new Told()).forward(x, context),
    ArgumentError,
    'Sequential: expected a first layer that takes context, got a function',
  );
  assert.is(seen.length, 2);
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

test('layers in an array are children by position; a layer used twice is trained once', () => {
  class Stack extends Module {
    blocks = [new Linear(2, 2, { random: random() }), new Linear(2, 3, { random: random() })];
    again = this.blocks[1];
  }
  const stack = new Stack();
  const names = ['blocks.0.weight', 'blocks.0.bias', 'blocks.1.weight', 'blocks.1.bias', 'again.weight', 'again.bias'];
  assert.equal(Object.keys(stack.stateDict()), names);
  assert.equal(
    stack.namedParameters().map(([name]) => name),
    names.slice(0, 4),
  );
  assert.not(stack.eval().blocks[0].training);
});

test('a frozen parameter stays as it is', () => {
  const layer = new Linear(2, 2, { random: random() });
  const optimizer = new AdamW(layer.parameters(), { learningRate: 0.1 });
  const step = () => {
    optimizer.zeroGrad();
    backward(sum(layer.forward(zeros([1, 2]))));
    optimizer.step();
    return [...layer.weight.data, ...layer.bias!.data];
  };
  const before = step();
  layer.bias!.requiresGrad = false;
  const after = step();
  assert.equal(after.slice(4), before.slice(4));
  assert.not.equal(after.slice(0, 4), before.slice(0, 4), 'weight decay and momentum go on');
});

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

// ---- fine-tuning

/** Two layers with batch norm between them. */
class Stack extends Layer {
  readonly first = new Linear(3, 4, { random: random() });
  readonly norm = new BatchNorm1d(4);
  readonly last: Linear;
  constructor(outputs = 2) {
    super();
    this.last = new Linear(4, outputs, { random: new Random(outputs) });
  }
  forward(x: Tensor): Tensor {
    return this.last.forward(this.norm.forward(this.first.forward(x)));
  }
}

test('frozen layers keep their weights and statistics while others learn, until they are let go', () => {
  const model = new Stack();
  model.first.freeze();
  model.norm.freeze();
  const optimizer = new AdamW(model.parameters(), { learningRate: 0.1 });
  const step = (): void => {
    model.train();
    optimizer.zeroGrad();
    scope(() => backward(sum(model.forward(randomTensor(new Random(7), [5, 3], 'float32')))));
    optimizer.step();
  };
  const before = model.stateDict();
  step();
  for (const [name, t] of Object.entries(model.stateDict()))
    if (name.startsWith('last')) assert.not.equal([...t.data], [...before[name].data], name);
    else assertSameBits(t.data, before[name].data);
  assert.equal([model.training, model.norm.training, model.last.training], [true, false, true]);
  assert.is(model.first.weight.grad, null);

  model.freeze(false);
  step();
  const after = model.stateDict();
  for (const name of ['first.bias', 'norm.running_mean'])
    assert.not.equal([...after[name].data], [...before[name].data], name);
});

test('loadMatching takes what fits by name and shape, and names the rest', () => {
  const [from, to] = [new Stack(2), new Stack(5)];
  from.norm.running_mean.data.fill(3);
  const own = to.stateDict();
  const state = { ...from.stateDict(), 'head.bias': zeros([2]) };
  assert.equal(to.loadMatching(state), {
    loaded: Object.keys(from.stateDict()).filter((name) => !name.startsWith('last')),
    missing: ['last.weight', 'last.bias'],
    unused: ['last.weight', 'last.bias', 'head.bias'],
  });
  for (const [name, t] of Object.entries(to.stateDict()))
    assertSameBits(t.data, (name.startsWith('last') ? own : from.stateDict())[name].data);
});

test.run();
