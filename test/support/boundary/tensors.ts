/** Calls of tensors, the tape, ops, layers and what they run on. */
import * as d from 'dynaecg';
import { Random, type Tensor, tensor } from 'dynaecg';
import { type Kernels, kernels, useKernels } from 'dynaecg/kernels';
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
const gruWeights = (): Record<string, Tensor> => ({
  weight_ih: of(6, 3),
  weight_hh: of(6, 2),
  bias_ih: of(6),
  bias_hh: of(6),
});
const FINITE = 'any finite number >= 0';
const OPTIONS = 'the defaults';
/** Options of LSTM and GRU, and what may be run with them. */
const recurrentOptions = (): Call => ({
  args: () => [3, 2, { random: random(), numLayers: 2, batchFirst: true, dropout: 0.1 }],
  optional: '2.numLayers 2.batchFirst 2.dropout',
  allows: { '2.dropout = 0 | 0.5': 'from 0 to 1' },
});
const states = (names: string[]): Record<string, Tensor> =>
  Object.fromEntries(names.map((name) => [name, of(1, 2, 2)]));
const recurrentRun = (
  make: () => { run(x: Tensor, options: object): unknown },
  name: string,
  names: string[],
): Call => ({
  args: () => [of(4, 2, 3), { lengths: [4, 2], ...states(names) }],
  call: (x: Tensor, options: object) => make().run(x, options),
  names: `${name}.run`,
  optional: `1 1.lengths ${names.map((n) => `1.${n}`).join(' ')}`,
  allows: { '1 = {}': OPTIONS },
});
const pool1d = (): Call => ({
  args: () => [3, { stride: 2, padding: 1 }],
  optional: '1 1.stride 1.padding',
  allows: { '1 = {}': OPTIONS, '1.padding = 0': 'none' },
});
const running = (): d.RunningStatistics => ({ mean: of(3), variance: of(3) });
const layer = (make: () => { forward(x: Tensor): Tensor }, x: () => Tensor, name: string): Call => ({
  args: () => [x()],
  call: (input: Tensor) => make().forward(input),
  names: name,
});

/** Calls of `dynaecg/kernels`. */
export const INTERNALS: Record<string, Call> = {
  poisonReleasedMemory: { args: () => [true] },
  scopeMemory: { args: () => [] },
  asTensor: {
    args: () => ['mine', of(2), 'float64'],
    optional: '2',
    names: 'mine',
    allows: {
      '0 = missing | null | {} | [] | [5] | nonsense |  | case | true | function | 0.5': 'a name for errors',
      '1 = 0.5': 'a scalar',
    },
  },
  kernels: { args: () => ['float64'] },
  useKernels: {
    args: () => [kernels('float32')],
    call: (table: Kernels) => {
      const before = useKernels(table);
      useKernels(before);
    },
    opaque: '0',
    data: '0',
  },
};

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
  scope: { args: () => [() => 1] },
  backward: { args: () => [d.sum(leaf(2)), tensor(1)], optional: '1', allows: { '1 = 0.5': 'a scalar' } },
  defineOp: {
    args: () => ['mine', (x: Tensor) => ({ inputs: [x], output: x, vjp: () => {} })],
    allows: { '0 = nonsense |  | case': 'any name' },
  },
  noGrad: { args: () => [() => 1] },
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
    args: () => [4, { random: random(), score: 'additive', projected: 2, batchFirst: true }],
    optional: '1.score 1.projected 1.batchFirst',
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
  'Conv1d#same': {
    args: () => [2, 4, 3, { random: random(), padding: 'same' }],
    optional: '3.padding',
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
  LSTM: recurrentOptions(),
  'LSTM#run': recurrentRun(() => new d.LSTM(3, 2, { random: random() }), 'LSTM', ['h0', 'c0']),
  'LSTM#forward': layer(
    () => new d.LSTM(3, 2, { random: random() }),
    () => of(4, 2, 3),
    'lstm',
  ),
  BiLSTM: recurrentOptions(),
  'BiLSTM#forward': layer(
    () => new d.BiLSTM(3, 2, { random: random() }),
    () => of(4, 2, 3),
    'bilstm',
  ),
  GRU: recurrentOptions(),
  'GRU#run': recurrentRun(() => new d.GRU(3, 2, { random: random() }), 'GRU', ['h0']),
  'GRU#forward': layer(
    () => new d.GRU(3, 2, { random: random() }),
    () => of(4, 2, 3),
    'gru',
  ),
  BiGRU: recurrentOptions(),
  'BiGRU#forward': layer(
    () => new d.BiGRU(3, 2, { random: random(), batchFirst: true }),
    () => of(4, 2, 3),
    'gru',
  ),
  'AttentionPool#attend': {
    args: () => [of(4, 2, 3), { lengths: [4, 2] }],
    call: (h: Tensor, options: d.TimeOptions) => new d.AttentionPool(3, { random: random() }).attend(h, options),
    names: 'attentionPool',
    optional: '1 1.lengths',
    allows: { '1 = {}': OPTIONS },
  },
  MeanPool: { args: () => [{ batchFirst: true }], optional: '0 0.batchFirst', allows: { '0 = {}': OPTIONS } },
  'MeanPool#pool': {
    args: () => [of(4, 2, 3), { mask: of(4, 2) }],
    call: (h: Tensor, options: d.TimeOptions) => new d.MeanPool().pool(h, options),
    names: 'meanPool',
    optional: '1 1.mask',
    allows: { '1 = {}': OPTIONS },
  },
  LayerNorm: {
    args: () => [[3, 4], { eps: 1e-3, elementwiseAffine: true }],
    optional: '1 1.eps 1.elementwiseAffine',
    allows: { '0 = [5]': 'one axis', '1 = {}': OPTIONS, '1.eps = 0 | 0.5 | huge': FINITE },
  },
  'LayerNorm#forward': layer(
    () => new d.LayerNorm(3),
    () => of(4, 3),
    'layerNorm',
  ),
  GroupNorm: {
    args: () => [2, 4, { eps: 1e-3, affine: true }],
    optional: '2 2.eps 2.affine',
    allows: { '2 = {}': OPTIONS, '2.eps = 0 | 0.5 | huge': FINITE },
  },
  'GroupNorm#forward': layer(
    () => new d.GroupNorm(2, 4),
    () => of(3, 4, 5),
    'groupNorm',
  ),
  MaxPool1d: pool1d(),
  AvgPool1d: {
    args: () => [3, { stride: 2, padding: 1, countIncludePad: true }],
    optional: '1 1.stride 1.padding 1.countIncludePad',
    allows: { '1 = {}': OPTIONS, '1.padding = 0': 'none' },
  },
  AdaptiveAvgPool1d: { args: () => [3] },
  AdaptiveMaxPool1d: { args: () => [3] },
  ...Object.fromEntries(
    (
      [
        ['MaxPool1d', () => new d.MaxPool1d(2)],
        ['AvgPool1d', () => new d.AvgPool1d(2)],
        ['AdaptiveAvgPool1d', () => new d.AdaptiveAvgPool1d(2)],
        ['AdaptiveMaxPool1d', () => new d.AdaptiveMaxPool1d(2)],
      ] as const
    ).map(([name, make]) => [`${name}#forward`, layer(make, () => of(2, 3, 8), name[0].toLowerCase() + name.slice(1))]),
  ),
  ResidualBlock: {
    args: () => [2, 4, { random: random(), kernel: 3, stride: 2, dilation: 2 }],
    optional: '2.kernel 2.stride 2.dilation',
  },
  'ResidualBlock#forward': layer(
    () => new d.ResidualBlock(3, 2, { random: random() }),
    () => of(4, 3, 5),
    'conv1d',
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
  avgPool1d: {
    args: () => [of(2, 2, 9), 3, { stride: 2, padding: 1, countIncludePad: true }],
    optional: '2 2.stride 2.padding 2.countIncludePad',
    allows: { '2 = {}': OPTIONS, '2.padding = 0': 'none' },
  },
  adaptiveAvgPool1d: { args: () => [of(2, 2, 9), 3] },
  adaptiveMaxPool1d: { args: () => [of(2, 2, 9), 3] },
  layerNorm: {
    args: () => [of(2, 3), [3], of(3), of(3), 1e-3],
    optional: '2 3 4',
    allows: { '2 = null': 'ones', '3 = null': 'zeros', '4 = 0 | 0.5 | huge': FINITE },
  },
  groupNorm: {
    args: () => [of(2, 4, 3), 2, of(4), of(4), 1e-3],
    optional: '2 3 4',
    allows: { '2 = null': 'ones', '3 = null': 'zeros', '4 = 0 | 0.5 | huge': FINITE },
  },
  stack: { args: () => [[of(2, 3), of(2, 3)], 1], optional: '1', allows: { '1 = -1 | 0': 'axes, too' } },
  pad: {
    args: () => [of(2, 3), [1, 2], { mode: 'constant', value: 1 }],
    optional: '2 2.mode 2.value',
    allows: {
      '1 = [] | empty': 'nothing more',
      '1.0 = 0': 'none',
      '2 = {}': OPTIONS,
      '2.value = NaN | -1 | 0 | 0.5 | huge | Infinity': T,
    },
  },
  argmax: {
    args: () => [of(2, 3), { axis: 1 }],
    optional: '1 1.axis',
    allows: { '1 = {}': 'over all axes', '1.axis = -1 | 0': 'axes' },
  },
  min: {
    args: () => [of(2, 3), { axis: 1, keepDims: true }],
    optional: '1 1.axis 1.keepDims',
    allows: { '1 = {}': 'over all axes', '1.axis = -1 | 0': 'axes' },
  },
  gru: {
    args: () => [of(4, 2, 3), gruWeights(), { reverse: true, h0: of(2, 2) }],
    optional: '2 2.reverse 2.h0',
    data: '1',
    allows: { '2 = {}': OPTIONS },
  },
  meanPool: {
    args: () => [of(4, 2, 3), { lengths: [4, 2] }],
    optional: '1 1.lengths',
    allows: { '1 = {}': OPTIONS },
  },
  lengthMask: { args: () => [[4, 2], 4], allows: { '0 = [] | empty': 'no sequence' } },
  l2Normalize: { args: () => [of(2, 3), 1e-6], optional: '1', allows: { '1 = 0 | 0.5 | huge': 'any finite length' } },
  pairwiseCosine: { args: () => [of(2, 3), of(4, 3)], optional: '1' },
  pairwiseSquaredEuclidean: { args: () => [of(2, 3), of(4, 3)], optional: '1' },
  add: binary(),
  sub: binary(),
  mul: binary(),
  div: binary(),
  pow: {
    args: () => [of(2, 3), of(3)],
    allows: { '0 = 0.5': 'a scalar', '1 = 0.5': 'one exponent for all' },
  },
  where: {
    args: () => [of(2, 3), of(3), of(2, 1)],
    allows: { '0 = 0.5': 'a scalar', '1 = 0.5': 'a scalar', '2 = 0.5': 'a scalar' },
  },
  clamp: {
    args: () => [of(2, 3), -1, 1],
    optional: '1 2',
    allows: {
      '0 = 0.5': 'a scalar',
      '1 = -1 | 0 | 0.5': 'a bound',
      '2 = -1 | 0 | 0.5 | huge | Infinity': 'a bound',
    },
  },
  leakyRelu: {
    args: () => [of(2, 3), 0.2],
    optional: '1',
    allows: { '0 = 0.5': 'a scalar', '1 = -1 | 0 | 0.5 | huge': 'any finite slope' },
  },
  gelu: {
    args: () => [of(2, 3), { approximate: 'tanh' }],
    optional: '1 1.approximate',
    allows: { '0 = 0.5': 'a scalar', '1 = {}': OPTIONS },
  },
  silu: unary(),
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
    args: () => [of(4, 2, 3), of(1, 5), { weight: of(5, 3), bias: of(5) }, { lengths: [4, 2] }],
    optional: '2 3 3.lengths',
    data: '2',
    allows: { '2.bias = null': 'no bias', '3 = {}': OPTIONS },
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
