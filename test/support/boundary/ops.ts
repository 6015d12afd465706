/** Calls of ops. */
import type * as d from 'dynaecg';
import type { Tensor } from 'dynaecg';
import type { Call } from './mutations.ts';
import { OPTIONS, of, random } from './operands.ts';

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
const running = (): d.RunningStatistics => ({ mean: of(3), variance: of(3) });

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

export const OPS: Record<string, Call> = {
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
