/** Calls of layers. */
import type { Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import type { Call } from './mutations.ts';
import { OPTIONS, of, random } from './operands.ts';

const FINITE = 'any finite number >= 0';

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

const layer = (make: () => { forward(x: Tensor): Tensor }, x: () => Tensor, name: string): Call => ({
  args: () => [x()],
  call: (input: Tensor) => make().forward(input),
  names: name,
});

export const LAYERS: Record<string, Call> = {
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
};
