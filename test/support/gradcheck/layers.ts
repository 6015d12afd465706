/** Gradient checks of convolution, pooling, norms and attention. */
import * as d from 'dynaecg';
import { Random, type Shape, Tensor } from 'dynaecg';
import type { Case } from './cases.ts';

const convolution = (x: Shape, w: Shape, options: d.Conv1dOptions = {}): Case[] => [
  [`x [${x}], weight [${w}], ${JSON.stringify(options)}`, (...i) => d.conv1d(i[0], i[1], i[2], options), x, w, [w[0]]],
  [`the same without bias`, (...i) => d.conv1d(i[0], i[1], null, options), x, w],
];

/** Batch norm, or with `pool` its fused form, changes the running statistics, so each call gets new ones. */
const batchNorm = (x: Shape, train: boolean, { pool = 0, ...options }: { eps?: number; pool?: number } = {}): Case => {
  const C = x[1];
  const running = (): d.RunningStatistics => ({
    mean: new Tensor(
      Float64Array.from({ length: C }, (_, c) => c / 3),
      [C],
    ),
    variance: new Tensor(
      Float64Array.from({ length: C }, (_, c) => 0.5 + c),
      [C],
    ),
  });
  return [
    `x [${x}], ${train ? 'train' : 'eval'}${pool ? `, pool ${pool}` : ''}`,
    (...i) => {
      const all = { train, ...options };
      return pool
        ? d.batchNormReluPool(i[0], i[1], i[2], running(), { ...all, pool })
        : d.batchNorm(i[0], i[1], i[2], running(), all);
    },
    x,
    [C],
    [C],
  ];
};

/** Steps that count, (T,B) = (4,2). */
const GAPS = d.tensor([
  [0, 1],
  [1, 0],
  [1, 0],
  [0, 1],
]);

/** Lengths, and numbers of windows over them: which divide and which do not, more than there are positions, one. */
const ADAPTIVE = [
  [8, 4],
  [7, 3],
  [5, 4],
  [3, 7],
  [6, 1],
  [1, 2],
] as const;

export const layers: Record<string, Case[]> = {
  conv1d: [
    ...convolution([2, 3, 9], [4, 3, 3]),
    ...convolution([2, 3, 9], [4, 3, 3], { stride: 2 }),
    ...convolution([2, 3, 9], [4, 3, 5], { padding: 2 }),
    ...convolution([1, 2, 11], [2, 2, 3], { dilation: 3, padding: 1 }),
    ...convolution([2, 4, 7], [6, 2, 3], { groups: 2 }),
    ...convolution([2, 3, 7], [3, 1, 3], { groups: 3, padding: 1 }),
    ...convolution([2, 4, 12], [6, 2, 3], { stride: 3, padding: 2, dilation: 2, groups: 2 }),
    ...convolution([2, 2, 4], [3, 2, 7], { padding: 3 }), // the kernel is longer than the signal
    ...convolution([2, 3, 5], [4, 3, 1]),
    ...convolution([1, 1, 3], [1, 1, 3]), // one output
    ...convolution([2, 3, 9], [4, 3, 5], { padding: 'same' }),
    ...convolution([2, 3, 9], [4, 3, 4], { padding: 'same' }), // one zero more at the right
    ...convolution([2, 4, 7], [6, 2, 4], { padding: 'same', dilation: 3, groups: 2 }),
    ...convolution([2, 2, 3], [3, 2, 8], { padding: 'same' }), // the kernel is longer than the signal
    ...convolution([2, 3, 9], [4, 3, 4], { padding: 'valid', stride: 2 }),
  ],
  maxPool1d: [
    ['kernel 2', (x) => d.maxPool1d(x, 2), [2, 3, 8]],
    ['a rest that no window takes', (x) => d.maxPool1d(x, 3), [2, 3, 11]],
    ['overlapping', (x) => d.maxPool1d(x, 3, { stride: 1 }), [2, 3, 7]],
    ['overlapping with padding', (x) => d.maxPool1d(x, 3, { stride: 2, padding: 1 }), [2, 3, 8]],
    ['gaps', (x) => d.maxPool1d(x, 2, { stride: 3 }), [2, 1, 9]],
    ['one window over all', (x) => d.maxPool1d(x, 6), [2, 2, 6]],
  ],
  avgPool1d: [
    ['kernel 2', (x) => d.avgPool1d(x, 2), [2, 3, 8]],
    ['a rest that no window takes', (x) => d.avgPool1d(x, 3), [2, 3, 11]],
    ['overlapping', (x) => d.avgPool1d(x, 3, { stride: 1 }), [2, 3, 7]],
    ['overlapping with padding', (x) => d.avgPool1d(x, 3, { stride: 2, padding: 1 }), [2, 3, 8]],
    ['padding not counted', (x) => d.avgPool1d(x, 4, { stride: 1, padding: 2, countIncludePad: false }), [2, 3, 8]],
    ['gaps', (x) => d.avgPool1d(x, 2, { stride: 3 }), [2, 1, 9]],
    ['one window over all', (x) => d.avgPool1d(x, 6), [2, 2, 6]],
  ],
  adaptiveAvgPool1d: ADAPTIVE.map(([L, P]): Case => [`${L} to ${P}`, (x) => d.adaptiveAvgPool1d(x, P), [2, 3, L]]),
  adaptiveMaxPool1d: ADAPTIVE.map(([L, P]): Case => [`${L} to ${P}`, (x) => d.adaptiveMaxPool1d(x, P), [2, 3, L]]),

  batchNorm: [
    batchNorm([4, 3, 5], true),
    batchNorm([6, 3], true),
    batchNorm([2, 1, 2], true, { eps: 0.1 }),
    batchNorm([1, 3, 4], true),
    batchNorm([4, 3, 5], false),
    batchNorm([6, 3], false),
    batchNorm([1, 2, 1], false),
  ],
  batchNormReluPool: [1, 2, 3].flatMap((pool) => [
    batchNorm([4, 3, 7], true, { pool }),
    batchNorm([1, 2, 3], false, { pool, eps: 0.1 }),
  ]),
  layerNorm: [
    ['the last axis', (x, w, b) => d.layerNorm(x, [5], w, b), [4, 5], [5], [5]],
    ['the last two of three', (x, w, b) => d.layerNorm(x, [3, 4], w, b), [2, 3, 4], [3, 4], [3, 4]],
    ['all axes', (x, w, b) => d.layerNorm(x, [2, 3], w, b, 0.1), [2, 3], [2, 3], [2, 3]],
    ['without bias', (x, w) => d.layerNorm(x, [5], w), [2, 4, 5], [5]],
    ['bias alone', (x, b) => d.layerNorm(x, [5], null, b), [4, 5], [5]],
    ['neither', (x) => d.layerNorm(x, [5]), [4, 5]],
  ],
  groupNorm: [
    ['groups of two channels', (x, w, b) => d.groupNorm(x, 2, w, b), [3, 4, 5], [4], [4]],
    ['one group', (x, w, b) => d.groupNorm(x, 1, w, b), [3, 4, 5], [4], [4]],
    ['a group for each channel', (x, w, b) => d.groupNorm(x, 4, w, b, 0.1), [2, 4, 5], [4], [4]],
    ['x (B,C)', (x, w, b) => d.groupNorm(x, 3, w, b), [3, 6], [6], [6]],
    ['x (B,C,L,M)', (x, w, b) => d.groupNorm(x, 2, w, b), [2, 4, 3, 2], [4], [4]],
    ['neither weight nor bias', (x) => d.groupNorm(x, 2), [3, 4, 5]],
  ],
  dropout: [0, 0.3, 0.8].map((p): Case => [`p=${p}`, (x) => d.dropout(x, p, new Random(p)), [4, 5]]),

  attentionPool: [
    ['dot', (h, w) => d.attentionPool(h, w).context, [5, 2, 3], [1, 3]],
    ['dot, one step', (h, w) => d.add(d.attentionPool(h, w).context, d.sum(w)), [1, 2, 3], [1, 3]],
    [
      'additive',
      (h, w, weight, bias) => d.attentionPool(h, w, { weight, bias }).context,
      [5, 2, 3],
      [1, 4],
      [4, 3],
      [4],
    ],
    [
      'additive without bias',
      (h, w, weight) => d.attentionPool(h, w, { weight, bias: null }).context,
      [4, 3, 2],
      [1, 2],
      [2, 2],
    ],
    ['lengths', (h, w) => d.attentionPool(h, w, null, { lengths: [4, 2, 3] }).context, [4, 3, 2], [1, 2]],
    [
      'additive, a mask with gaps',
      (h, w, weight, bias) => d.attentionPool(h, w, { weight, bias }, { mask: GAPS }).context,
      [4, 2, 3],
      [1, 5],
      [5, 3],
      [5],
    ],
  ],
  meanPool: [
    ['all steps', (h) => d.meanPool(h), [4, 2, 3]],
    ['lengths', (h) => d.meanPool(h, { lengths: [4, 1, 3] }), [4, 3, 2]],
    ['a mask with gaps', (h) => d.meanPool(h, { mask: GAPS }), [4, 2, 3]],
  ],
  channelAttention: [
    [
      'with biases',
      (x, w1, b1, w2, b2) => d.channelAttention(x, { weight: w1, bias: b1 }, { weight: w2, bias: b2 }),
      [3, 4, 5],
      [6, 4],
      [6],
      [4, 6],
      [4],
    ],
    [
      'without',
      (x, w1, w2) => d.channelAttention(x, { weight: w1, bias: null }, { weight: w2, bias: null }),
      [3, 4, 5],
      [6, 4],
      [4, 6],
    ],
  ],
};
