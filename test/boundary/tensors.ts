/** Calls of tensors, the tape, ops, layers and what they run on. */
import * as d from 'dynaecg';
import { Random, type Tensor, tensor } from 'dynaecg';
import type { Call } from './mutations.ts';

const random = (): Random => new Random(1);
/** A tensor of small numbers, another for each shape. */
export const of = (...shape: number[]): Tensor => {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: n }, (_, i) => ((i * 7) % 5) / 4 + 0.1),
    shape,
  );
};
const leaf = (...shape: number[]): Tensor => {
  const t = of(...shape);
  t.requiresGrad = true;
  return t;
};
/** Tensors are looked into by their own entry. */
const T = 'arithmetic as IEEE 754 has it: NaN and infinity are numbers';

/** An op of one tensor; a bare number is a scalar to it. */
const unary = (): Call => ({ args: () => [of(2, 3)], allows: { '0 = 0.5': 'a scalar' } });
const binary = (): Call => ({
  args: () => [of(2, 3), of(2, 3)],
  allows: { '0 = 0.5': 'a scalar', '1 = 0.5': 'a scalar' },
});
const lstmWeights = (): Record<string, Tensor> => ({
  weight_ih: of(8, 3),
  weight_hh: of(8, 2),
  bias_ih: of(8),
  bias_hh: of(8),
});
const running = (): d.RunningStatistics => ({ mean: of(3), variance: of(3) });
const layer = (make: () => { forward(x: Tensor): Tensor }, x: () => Tensor, name: string): Call => ({
  args: () => [x()],
  call: (input: Tensor) => make().forward(input),
  names: name,
});

export const TENSORS: Record<string, Call> = {
  gradcheck: {
    args: () => [
      (x: Tensor) => d.square(x),
      [tensor([1, 2], undefined, { dtype: 'float64', requiresGrad: true })],
      random(),
      1e-6,
    ],
    optional: '3',
    names: 'square',
    allows: {
      '3 = 0.5 | huge': 'any step; a bad one shows in the result',
    },
  },
  poisonReleasedMemory: { args: () => [true] },
  scope: { args: () => [() => 1] },
  scopeMemory: { args: () => [] },
  backward: { args: () => [d.sum(leaf(2)), tensor(1)], optional: '1', allows: { '1 = 0.5': 'a scalar' } },
  defineOp: {
    args: () => ['mine', (x: Tensor) => ({ inputs: [x], output: x, vjp: () => {} })],
    allows: { '0 = nonsense |  | case': 'any name' },
  },
  noGrad: { args: () => [() => 1] },
  asTensor: {
    args: () => ['mine', of(2), 'float64'],
    optional: '2',
    names: 'mine',
    allows: {
      '0 = missing | null | {} | [] | [5] | nonsense |  | case | true | function | 0.5': 'a name for errors',
      '1 = 0.5': 'a scalar',
    },
  },
  empty: {
    args: () => [[2, 3], 'float32', true],
    optional: '2',
    allows: { '0 = []': 'a scalar', '0 = [5]': 'five', '0.0 = 0': 'no element' },
  },
  full: {
    args: () => [[2, 3], 1, { dtype: 'float64', requiresGrad: true }],
    optional: '2 2.dtype 2.requiresGrad',
    allows: {
      '0 = [] | [5]': 'shapes, too',
      '0.0 = 0': 'no element',
      '1 = NaN | -1 | 0 | 0.5 | huge | Infinity': T,
      '2 = {}': 'the defaults',
    },
  },
  ones: {
    args: () => [[2, 3], { dtype: 'float64', requiresGrad: true }],
    optional: '1 1.dtype 1.requiresGrad',
    allows: { '0 = [] | [5]': 'shapes, too', '0.0 = 0': 'no element', '1 = {}': 'the defaults' },
  },
  zeros: {
    args: () => [[2, 3], { dtype: 'float64', requiresGrad: true }],
    optional: '1 1.dtype 1.requiresGrad',
    allows: { '0 = [] | [5]': 'shapes, too', '0.0 = 0': 'no element', '1 = {}': 'the defaults' },
  },
  Parameter: {
    args: () => [new Float32Array([1, 2]), [2]],
    names: 'Tensor',
    allows: { '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': T },
  },
  Tensor: {
    args: () => [new Float32Array([1, 2]), [2], true],
    optional: '2',
    allows: { '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': T },
  },
  tensor: {
    args: () => [
      [
        [1, 2],
        [3, 4],
      ],
      [4],
      { dtype: 'float64', requiresGrad: true },
    ],
    optional: '1 2 2.dtype 2.requiresGrad',
    allows: { '0.0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': T, '2 = {}': 'the defaults' },
  },
  backend: { args: () => [] },
  kernels: { args: () => ['float64'] },
  setBackend: {
    args: () => ['js', { relaxed: false }],
    call: (name: 'js', options: { relaxed: boolean }) => {
      const before = d.backend();
      try {
        return d.setBackend(name, options);
      } finally {
        d.setBackend(before.name, { relaxed: before.relaxed });
      }
    },
    optional: '1 1.relaxed',
    allows: { '1 = {}': 'the default' },
  },
  useKernels: {
    args: () => [d.kernels('float32')],
    call: (table: d.Kernels) => {
      const before = d.useKernels(table);
      d.useKernels(before);
    },
    opaque: '0',
    data: '0',
  },
  Random: {
    args: () => ['seed'],
    allows: { '0 = nonsense |  | case | 0.5': 'any seed' },
  },
  'Random#fork': {
    args: () => ['label'],
    call: (label: string) => random().fork(label),
    allows: { '0 = nonsense |  | case': 'any label' },
  },
  'Random#state': {
    args: () => [random().state],
    call: (state: d.RandomState) => Random.restore(state),
    data: '0',
    opaque: '0',
  },
  AttentionPool: {
    args: () => [4, { random: random(), score: 'additive', projected: 2 }],
    optional: '1.score 1.projected',
  },
  'AttentionPool#forward': layer(
    () => new d.AttentionPool(3, { random: random() }),
    () => of(4, 2, 3),
    'attentionPool',
  ),
  BatchNorm1d: {
    args: () => [3, { momentum: 0.2, eps: 1e-3 }],
    optional: '1 1.momentum 1.eps',
    allows: {
      '1 = {}': 'the defaults',
      '1.momentum = 0 | 0.5': 'from 0 to 1',
      '1.eps = 0 | 0.5 | huge': 'any finite number >= 0',
    },
  },
  'BatchNorm1d#forward': layer(
    () => new d.BatchNorm1d(3),
    () => of(4, 3, 5),
    'batchNorm',
  ),
  ChannelAttention: {
    args: () => [4, { random: random(), reduction: 2 }],
    optional: '1.reduction',
  },
  'ChannelAttention#forward': layer(
    () => new d.ChannelAttention(3, { random: random() }),
    () => of(4, 3, 5),
    'channelAttention',
  ),
  Conv1d: {
    args: () => [2, 4, 3, { random: random(), bias: true, stride: 1, padding: 1, dilation: 1, groups: 2 }],
    optional: '3.bias 3.stride 3.padding 3.dilation 3.groups',
    allows: { '3.padding = 0': 'none' },
  },
  'Conv1d#forward': layer(
    () => new d.Conv1d(3, 2, 3, { random: random() }),
    () => of(4, 3, 5),
    'conv1d',
  ),
  Dropout: { args: () => [0.5, { random: random() }], allows: { '0 = 0 | 0.5': 'from 0 to 1' } },
  'Dropout#forward': {
    ...layer(
      () => new d.Dropout(0.5, { random: random() }),
      () => of(4, 3),
      'dropout',
    ),
    allows: { '0 = 0.5': 'a scalar' },
  },
  Linear: { args: () => [3, 2, { random: random(), bias: true }], optional: '2.bias' },
  'Linear#forward': layer(
    () => new d.Linear(3, 2, { random: random() }),
    () => of(4, 3),
    'linear',
  ),
  LSTM: { args: () => [3, 2, { random: random() }] },
  'LSTM#forward': layer(
    () => new d.LSTM(3, 2, { random: random() }),
    () => of(4, 2, 3),
    'lstm',
  ),
  BiLSTM: { args: () => [3, 2, { random: random() }] },
  'BiLSTM#forward': layer(
    () => new d.BiLSTM(3, 2, { random: random() }),
    () => of(4, 2, 3),
    'bilstm',
  ),
  Sequential: {
    args: () => [new d.Linear(3, 2, { random: random() }), d.relu],
    allows: { '0 = function': 'a function of a tensor' },
  },
  'Module#train': {
    args: () => [false],
    call: (on: boolean) => new d.BatchNorm1d(3).train(on),
    names: 'train',
    optional: '0',
  },
  'Module#to': { args: () => ['float64'], call: (to: 'float64') => new d.BatchNorm1d(3).to(to), names: 'to' },
  'Module#loadStateDict': {
    args: () => [new d.Linear(3, 2, { random: random() }).stateDict()],
    call: (state: d.StateDict) => new d.Linear(3, 2, { random: random() }).loadStateDict(state),
    names: 'loadStateDict',
  },
  conv1d: {
    args: () => [of(2, 2, 9), of(4, 1, 3), of(4), { stride: 1, padding: 1, dilation: 1, groups: 2 }],
    optional: '2 3 3.stride 3.padding 3.dilation 3.groups',
    allows: {
      '2 = null': 'no bias',
      '3.padding = 0': 'none',
    },
  },
  maxPool1d: {
    args: () => [of(2, 2, 9), 3, { stride: 2, padding: 1 }],
    optional: '2 2.stride 2.padding',
    allows: { '2 = {}': 'the defaults', '2.padding = 0': 'none' },
  },
  l2Normalize: { args: () => [of(2, 3), 1e-6], optional: '1', allows: { '1 = 0 | 0.5 | huge': 'any finite length' } },
  pairwiseCosine: { args: () => [of(2, 3), of(4, 3)], optional: '1' },
  pairwiseSquaredEuclidean: { args: () => [of(2, 3), of(4, 3)], optional: '1' },
  add: binary(),
  sub: binary(),
  mul: binary(),
  div: binary(),
  abs: unary(),
  exp: unary(),
  log: unary(),
  neg: { ...unary(), names: 'affine' },
  relu: unary(),
  sigmoid: unary(),
  sqrt: unary(),
  square: unary(),
  tanh: unary(),
  affine: {
    args: () => [of(2), 2, 1],
    optional: '2',
    allows: {
      '0 = 0.5': 'a scalar',
      '1 = NaN | -1 | 0 | 0.5 | huge | Infinity': T,
      '2 = NaN | -1 | 0 | 0.5 | huge | Infinity': T,
    },
  },
  linear: { args: () => [of(2, 3), of(4, 3), of(4)], optional: '2', allows: { '2 = null': 'no bias' } },
  matmul: { args: () => [of(2, 3), of(3, 4)] },
  crossEntropy: {
    args: () => [of(2, 3), [0, 2], { weights: of(3), labelSmoothing: 0.1 }],
    optional: '2 2.weights 2.labelSmoothing',
    allows: { '1.0 = 0': 'a class', '2 = {}': 'the defaults', '2.labelSmoothing = 0 | 0.5': 'from 0 to 1' },
  },
  tripletHinge: {
    args: () => [
      of(3, 3),
      { anchors: Int32Array.of(0, 1), positives: Int32Array.of(1, 0), negatives: Int32Array.of(2, 2) },
      0.2,
      { power: 2 },
    ],
    optional: '3 3.power',
    data: '1',
    allows: {
      '2 = 0 | 0.5 | huge': 'any finite margin >= 0',
      '3 = {}': 'the default',
    },
  },
  broadcastTo: { args: () => [of(1, 3), [2, 3]], allows: { '0 = 0.5': 'a scalar', '1.0 = 0': 'no row' } },
  concat: {
    args: () => [[of(2, 3), of(2, 3)], 1],
    optional: '1',
    allows: { '1 = -1 | 0': 'axes, too' },
  },
  gather: {
    args: () => [of(4, 3), [0, 2], 0],
    optional: '2',
    allows: { '1 = [] | empty': 'no slice', '1.0 = 0': 'a position', '2 = -1 | 0': 'axes, too' },
  },
  reshape: { args: () => [of(2, 3), [3, 2]], allows: { '1.0 = -1': 'is worked out' } },
  slice: {
    args: () => [of(4, 3), 1, 1, 3, 2],
    optional: '3 4',
    allows: {
      '1 = -1 | 0': 'axes, too',
      '2 = -1 | 0 | huge': 'counts from the end, or is clamped to it',
      '3 = -1 | 0 | huge': 'the same',
      '4 = huge': 'leaves the first',
    },
  },
  transpose: { args: () => [of(2, 3), [1, 0]], optional: '1', allows: { '1.0 = -1': 'an axis, too' } },
  batchNorm: {
    args: () => [of(2, 3), of(3), of(3), running(), { train: true, momentum: 0.2, eps: 1e-3 }],
    optional: '4.momentum 4.eps',
    data: '3',
    allows: {
      '4.momentum = 0 | 0.5': 'from 0 to 1',
      '4.eps = 0 | 0.5 | huge': 'any finite number >= 0',
    },
  },
  batchNormReluPool: {
    args: () => [of(2, 3, 4), of(3), of(3), running(), { train: true, pool: 2, momentum: 0.2, eps: 1e-3 }],
    optional: '4.momentum 4.eps',
    data: '3',
    allows: {
      '4.momentum = 0 | 0.5': 'from 0 to 1',
      '4.eps = 0 | 0.5 | huge': 'any finite number >= 0',
    },
  },
  dropout: {
    args: () => [of(2, 3), 0.25, random()],
    allows: { '0 = 0.5': 'a scalar', '1 = 0 | 0.5': 'from 0 to 1' },
  },
  logSoftmax: { args: () => [of(2, 3), 0], optional: '1', allows: { '1 = -1 | 0': 'axes' } },
  softmax: { args: () => [of(2, 3), 0], optional: '1', allows: { '1 = -1 | 0': 'axes' } },
  max: {
    args: () => [of(2, 3), { axis: 1, keepDims: true }],
    optional: '1 1.axis 1.keepDims',
    allows: { '1 = {}': 'over all axes', '1.axis = -1 | 0': 'axes' },
  },
  mean: reduction('mean'),
  sum: reduction('sum'),
  variance: { ...reduction('variance'), ...spread('variance') },
  standardDeviation: { ...reduction('variance'), ...spread('variance') },
  attentionPool: {
    args: () => [of(4, 2, 3), of(1, 5), { weight: of(5, 3), bias: of(5) }],
    optional: '2',
    data: '2',
    allows: { '2.bias = null': 'no bias' },
  },
  bilstm: { args: () => [of(4, 2, 3), lstmWeights(), lstmWeights()], data: '1 2' },
  lstm: {
    args: () => [of(4, 2, 3), lstmWeights(), { reverse: true, h0: of(2, 2), c0: of(2, 2) }],
    optional: '2 2.reverse 2.h0 2.c0',
    data: '1',
    allows: { '2 = {}': 'the defaults' },
  },
  channelAttention: {
    args: () => [of(2, 3, 4), { weight: of(2, 3), bias: of(2) }, { weight: of(3, 2), bias: of(3) }],
    data: '1 2',
    names: 'linear',
    allows: { '1.bias = null': 'no bias', '2.bias = null': 'no bias' },
  },
};

function reduction(name: string): Call {
  return {
    args: () => [of(2, 3), { axis: [1], keepDims: true }],
    optional: '1 1.axis 1.keepDims',
    names: name,
    allows: {
      '1 = {}': 'over all axes',
      '1.axis = [] | empty': 'over none',
      '1.axis.0 = -1 | 0': 'axes',
    },
  };
}

function spread(name: string): Call {
  return {
    args: () => [of(2, 3), { axis: [1], keepDims: true, correction: 0 }],
    optional: '1 1.axis 1.keepDims 1.correction',
    names: name,
    allows: {
      '1 = {}': 'over all axes',
      '1.axis = [] | empty': 'over none',
      '1.axis.0 = -1 | 0': 'axes',
      '1.correction = 0 | 0.5': 'less than there are values',
    },
  };
}
