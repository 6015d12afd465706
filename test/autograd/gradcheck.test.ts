import { readdirSync } from 'node:fs';
import * as d from 'dynaecg';
import { defineOp, gradcheck, Random, type Shape, scope, Tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { type Draw, normal, offZero, positive, randomTensor } from '../support/tensors.ts';

const test = suite('autograd/gradcheck');

/**
 * The step of 1e-6 leaves a truncation error of about 1e-12 and a rounding error of about 1e-10: four orders below the
 * bound, which the smallest slip in a formula exceeds by more than that.
 */
const BOUND = 1e-6;

type Op = (...x: Tensor[]) => Tensor;
type Input = Shape | { shape: Shape; draw: Draw };
type Case = [what: string, op: Op, ...inputs: Input[]];

const from =
  (draw: Draw) =>
  (...shape: Shape): Input => ({ shape, draw });
const pos = from(positive);
const off = from(offZero);

/** Several outputs as one, so that gradients flow through each. */
const both = (...parts: Tensor[]): Tensor => d.concat(parts.map((p) => d.reshape(p, [-1])));

const PAIRS: [Shape, Shape][] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [
    [2, 3, 4],
    [2, 3, 1],
  ],
  [
    [3, 1],
    [2, 3, 4],
  ],
  [[1], []],
  [[], []],
];

/** An op of two operands on every pair of shapes, and with a number on either side. */
const binary = (op: (a: Tensor | number, b: Tensor | number) => Tensor, make: (...s: Shape) => Input): Case[] => [
  ...PAIRS.map(([a, b]): Case => [`[${a}] and [${b}]`, op, make(...a), make(...b)]),
  ['a tensor and a number', (a) => op(a, 1.5), make(2, 3)],
  ['a number and a tensor', (b) => op(-0.7, b), make(2, 3)],
  ['an operand with itself', (a) => op(a, a), make(5)],
];

const unary = (op: Op, make: (...s: Shape) => Input): Case[] =>
  [[], [5], [2, 3], [2, 3, 4]].map((shape): Case => [`[${shape}]`, op, make(...shape)]);

const AXES = [undefined, 0, 1, 2, -1, [0, 2], [1, -1], [0, 1, 2]];
const reduction = (op: (x: Tensor, options: d.ReduceOptions) => Tensor): Case[] => [
  ...AXES.flatMap((axis) =>
    [false, true].map((keepDims): Case => {
      return [`axis ${axis}, keepDims ${keepDims}`, (x) => op(x, { axis, keepDims }), [2, 3, 4]];
    }),
  ),
  ['a vector', (x) => op(x, {}), [6]],
];

const alongAxis = (op: (x: Tensor, axis?: number) => Tensor): Case[] => [
  ...[undefined, 0, 1, 2, -2].map((axis): Case => [`axis ${axis}`, (x) => op(x, axis), [2, 3, 4]]),
  ['a vector', (x) => op(x), [7]],
  ['one value', (x) => d.add(op(x), x), [1]], // constant by itself
];

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

const lstm = (T: number, B: number, D: number, H: number, reverse: boolean, initial: string): Case => {
  const op: Op = (x, weight_ih, weight_hh, bias_ih, bias_hh, ...state) => {
    const named = Object.fromEntries(initial.split(' ').map((name, i) => [name, state[i]]));
    const { y, c } = d.lstm(x, { weight_ih, weight_hh, bias_ih, bias_hh }, { reverse, ...named });
    return both(y, c);
  };
  const states = initial.split(' ').filter(Boolean);
  const what = `T=${T} B=${B} D=${D} H=${H}${reverse ? ' reverse' : ''} ${initial}`;
  return [what, op, [T, B, D], [4 * H, D], [4 * H, H], [4 * H], [4 * H], ...states.map(() => [B, H])];
};
const gru = (T: number, B: number, D: number, H: number, reverse: boolean, initial: boolean): Case => {
  const op: Op = (x, weight_ih, weight_hh, bias_ih, bias_hh, h0) =>
    d.gru(x, { weight_ih, weight_hh, bias_ih, bias_hh }, { reverse, h0 });
  const what = `T=${T} B=${B} D=${D} H=${H}${reverse ? ' reverse' : ''}${initial ? ' h0' : ''}`;
  return [what, op, [T, B, D], [3 * H, D], [3 * H, H], [3 * H], [3 * H], ...(initial ? [[B, H]] : [])];
};

const LSTM_WEIGHTS: Shape[] = [[16, 3], [16, 4], [16], [16]];

const triplets = (...rows: [number, number, number][]): d.Triplets => ({
  anchors: Int32Array.from(rows, (r) => r[0]),
  positives: Int32Array.from(rows, (r) => r[1]),
  negatives: Int32Array.from(rows, (r) => r[2]),
});

/** A condition of a shape, true in every third place. */
const striped = (shape: Shape): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return d.tensor(
    Array.from({ length: size }, (_, i) => Number(i % 3 === 1)),
    shape,
  );
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

const cases: Record<string, Case[]> = {
  add: binary(d.add, (...s) => s),
  sub: binary(d.sub, (...s) => s).filter(([what]) => what !== 'an operand with itself'),
  mul: binary(d.mul, (...s) => s),
  div: [
    ...binary(d.div, off).filter(([what]) => what !== 'an operand with itself'),
    ['x / (x + 3)', (x) => d.div(x, d.add(x, 3)), pos(5)],
  ],
  affine: [
    ...unary(
      (x) => d.affine(x, -1.7, 0.3),
      (...s) => s,
    ),
    ['alpha alone', (x) => d.affine(x, 2), [3]],
  ],
  neg: unary(d.neg, (...s) => s),
  exp: unary(d.exp, (...s) => s),
  log: unary(d.log, pos),
  sqrt: unary(d.sqrt, pos),
  square: unary(d.square, (...s) => s),
  abs: unary(d.abs, off),
  relu: unary((x) => d.add(d.relu(x), x), off), // with x, so that not everything is cut off
  sigmoid: unary(d.sigmoid, (...s) => s),
  tanh: unary(d.tanh, (...s) => s),

  silu: unary(d.silu, (...s) => s),
  leakyRelu: [
    ...unary((x) => d.leakyRelu(x), off),
    ['a steeper slope', (x) => d.leakyRelu(x, 1.5), off(4)],
    ['a falling one', (x) => d.leakyRelu(x, -0.3), off(4)],
  ],
  gelu: [
    ...unary(
      (x) => d.gelu(x),
      (...s) => s,
    ),
    ...unary(
      (x) => d.gelu(x, { approximate: 'tanh' }),
      (...s) => s,
    ),
    ['far out', (x) => d.gelu(d.affine(x, 3)), [40]],
  ],
  pow: [
    ...binary(d.pow, pos).filter(([what]) => what !== 'a number and a tensor'), // the number is negative
    ...[-2, -0.5, 0.5, 1, 2, 3, 3.7].map((e): Case => [`to the power of ${e}`, (x) => d.pow(x, e), pos(6)]),
    ['to the power of 0', (x) => d.add(d.pow(x, 0), x), pos(6)], // constant by itself
    ['whole powers of either sign', (x) => d.add(d.pow(x, 3), d.pow(x, -2)), off(6)],
    ['2 to the power of x', (x) => d.pow(2, x), [6]],
  ],
  clamp: [
    ...unary(
      (x) => d.add(d.clamp(x, -0.7, 0.4), x), // with x, so that not everything is cut off
      (...s) => s,
    ),
    ['a lower bound', (x) => d.add(d.clamp(x, 0.05), x), off(8)],
    ['an upper bound', (x) => d.add(d.clamp(x, undefined, 0.05), x), off(8)],
    ['no bound', (x) => d.clamp(x), [8]],
  ],
  where: [
    ...PAIRS.map(([a, b]): Case => {
      const choose: Op = (x, y) => d.where(striped(d.add(x, y).shape), x, y);
      return [`[${a}] and [${b}]`, (x, y) => both(choose(x, y), choose(y, x)), a, b];
    }),
    ['a number on either side', (x) => both(d.where(striped([2, 3]), x, 2), d.where(striped([2, 3]), 3, x)), [2, 3]],
    ['a tensor on both', (x) => d.where(striped([5]), x, d.square(x)), [5]],
    ['a condition for each row', (x) => d.where(d.tensor([[1], [0], [2]]), x, 0), [3, 4]],
  ],

  sum: reduction(d.sum),
  mean: reduction(d.mean),
  variance: [...reduction(d.variance), ...reduction((x, options) => d.variance(x, { ...options, correction: 0 }))],
  standardDeviation: [
    ...reduction(d.standardDeviation),
    ['correction 0', (x) => d.standardDeviation(x, { axis: 1, correction: 0 }), [2, 5]],
  ],
  max: [
    ...[undefined, 0, 1, 2, -1].flatMap((axis) =>
      [false, true].map((keepDims): Case => {
        return [`axis ${axis}, keepDims ${keepDims}`, (x) => d.max(x, { axis, keepDims }), [2, 3, 4]];
      }),
    ),
  ],
  min: [undefined, 0, 1, 2, -1].flatMap((axis) =>
    [false, true].map((keepDims): Case => {
      return [`axis ${axis}, keepDims ${keepDims}`, (x) => d.min(x, { axis, keepDims }), [2, 3, 4]];
    }),
  ),
  softmax: alongAxis(d.softmax),
  logSoftmax: alongAxis(d.logSoftmax),

  matmul: [
    ['matrices', d.matmul, [3, 4], [4, 2]],
    ['row by column', d.matmul, [1, 5], [5, 1]],
    ['column by row', d.matmul, [3, 1], [1, 2]],
    ['a batch', d.matmul, [3, 2, 4], [3, 4, 5]],
    ['two batch axes', d.matmul, [2, 2, 3, 2], [2, 2, 2, 3]],
    ['a matrix with itself', (a) => d.matmul(a, a), [4, 4]],
    ['beyond one block of the gemm', d.matmul, [70, 260], [260, 5]],
    ['wider than one block', d.matmul, [3, 5], [5, 260]],
  ],
  linear: [
    ['x (B,D)', d.linear, [4, 3], [2, 3], [2]],
    ['x (T,B,D)', d.linear, [5, 4, 3], [2, 3], [2]],
    ['x (D)', d.linear, [3], [2, 3], [2]],
    ['without bias', (x, w) => d.linear(x, w), [4, 3], [2, 3]],
    ['x (T,B,D) without bias', (x, w) => d.linear(x, w, null), [2, 4, 3], [5, 3]],
  ],

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

  lstm: [
    ...[false, true].flatMap((reverse) =>
      ['', 'h0', 'c0', 'h0 c0'].map((initial) => lstm(4, 2, 3, 2, reverse, initial)),
    ),
    lstm(1, 2, 3, 2, false, 'h0 c0'),
    lstm(1, 1, 1, 1, true, ''),
    ...[false, true].flatMap((reverse): Case[] => [
      [
        `only y, reverse ${reverse}`,
        (x, ih, hh, bi, bh) => d.lstm(x, { weight_ih: ih, weight_hh: hh, bias_ih: bi, bias_hh: bh }, { reverse }).y,
        [5, 2, 3],
        ...LSTM_WEIGHTS,
      ],
      [
        `only c, reverse ${reverse}`,
        (x, ih, hh, bi, bh) => d.lstm(x, { weight_ih: ih, weight_hh: hh, bias_ih: bi, bias_hh: bh }, { reverse }).c,
        [5, 2, 3],
        ...LSTM_WEIGHTS,
      ],
    ]),
  ],
  bilstm: [
    [
      'two directions',
      (x, ...w) => {
        const [forwards, backwards] = [w.slice(0, 4), w.slice(4)].map(([weight_ih, weight_hh, bias_ih, bias_hh]) => {
          return { weight_ih, weight_hh, bias_ih, bias_hh };
        });
        return d.bilstm(x, forwards, backwards);
      },
      [4, 2, 3],
      ...LSTM_WEIGHTS,
      ...LSTM_WEIGHTS,
    ],
    [
      'one set of weights for both',
      (x, weight_ih, weight_hh, bias_ih, bias_hh) => {
        const weights = { weight_ih, weight_hh, bias_ih, bias_hh };
        return d.bilstm(x, weights, weights);
      },
      [3, 2, 3],
      ...LSTM_WEIGHTS,
    ],
  ],
  gru: [
    ...[false, true].flatMap((reverse) => [false, true].map((initial) => gru(4, 2, 3, 2, reverse, initial))),
    gru(1, 2, 3, 2, false, true),
    gru(1, 1, 1, 1, true, false),
    gru(3, 2, 4, 5, true, true),
    [
      'its last state alone',
      (x, weight_ih, weight_hh, bias_ih, bias_hh) =>
        d.slice(d.gru(x, { weight_ih, weight_hh, bias_ih, bias_hh }), 0, -1),
      [4, 2, 3],
      [6, 3],
      [6, 2],
      [6],
      [6],
    ],
  ],
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

  concat: [0, 1, 2, -1].map((axis): Case => {
    const sizes = [1, 2, 3].map((n) => [2, 3, 4].map((size, i) => (i === (axis + 3) % 3 ? n : size)));
    return [`axis ${axis}`, (...parts) => d.concat([...parts, parts[0]], axis), ...sizes];
  }),
  stack: [0, 1, 2, -1, -3].map((axis): Case => {
    return [`axis ${axis}`, (a, b) => d.stack([a, b, a], axis), [2, 3], [2, 3]];
  }),
  pad: [
    ['the last axis', (x) => d.pad(x, [1, 2]), [2, 3, 4]],
    ['three axes, a value', (x) => d.pad(x, [1, 2, 0, 1, 2, 0], { value: 3 }), [2, 3, 4]],
    ['mirrored', (x) => d.pad(x, [3, 2], { mode: 'reflect' }), [2, 4]],
    ['the ends repeated', (x) => d.pad(x, [3, 6, 1, 0], { mode: 'replicate' }), [2, 4]],
    ['round in a circle', (x) => d.pad(x, [4, 3], { mode: 'circular' }), [2, 4]],
    ['nothing', (x) => d.square(d.pad(x, [0, 0])), [3]],
  ],
  slice: [
    ['first axis', (x) => d.slice(x, 0, 1, 3), [4, 3]],
    ['last axis, every second', (x) => d.slice(x, -1, 1, undefined, 2), [2, 3, 6]],
    ['middle axis, every third', (x) => d.slice(x, 1, 0, 7, 3), [2, 7, 2]],
    ['from the end', (x) => d.slice(x, 1, -3, -1), [2, 5]],
    ['two parts of one tensor', (x) => d.mul(d.slice(x, 0, 0, 3), d.slice(x, 0, 2, 5)), [5, 2]],
  ],
  gather: [
    ['repeated', (x) => d.gather(x, [2, 0, 2, 2, 1]), [3, 4]],
    ['last axis', (x) => d.gather(x, [3, 3, 0], -1), [2, 3, 4]],
    ['middle axis', (x) => d.gather(x, [1, 0, 1], 1), [2, 2, 3]],
    ['some rows never', (x) => d.gather(x, [1]), [4]],
  ],
  reshape: [
    ['to a vector', (x) => d.square(d.reshape(x, [-1])), [2, 3, 4]],
    ['and back', (x) => d.reshape(d.reshape(x, [6, 4]), [2, 3, -1]), [2, 3, 4]],
    ['to a scalar', (x) => d.reshape(x, []), [1, 1]],
    ['x and its reshape', (x) => d.mul(d.reshape(x, [6]), d.reshape(d.square(x), [6])), [2, 3]],
  ],
  transpose: [
    ['a matrix', (x) => d.transpose(x), [2, 3]],
    ['the last two of three', (x) => d.transpose(x), [2, 3, 4]],
    ['a cycle', (x) => d.transpose(x, [2, 0, 1]), [2, 3, 4]],
    ['from the end', (x) => d.transpose(x, [-1, 1, 0]), [2, 3, 4]],
    ['x by its transpose', (x) => d.matmul(x, d.transpose(x)), [3, 2]],
  ],
  broadcastTo: [
    ['a scalar', (x) => d.broadcastTo(x, [2, 3]), []],
    ['a vector', (x) => d.broadcastTo(x, [2, 3, 4]), [4]],
    ['a column', (x) => d.broadcastTo(x, [3, 4]), [3, 1]],
    ['(B,C,1) to (B,C,L)', (x) => d.broadcastTo(x, [2, 3, 5]), [2, 3, 1]],
    ['to its own shape', (x) => d.square(d.broadcastTo(x, [3])), [3]],
  ],

  l2Normalize: [
    ['rows', (x) => d.l2Normalize(x), [4, 5]],
    ['a row', (x) => d.l2Normalize(x), [1, 3]],
  ],
  pairwiseSquaredEuclidean: [
    ['two sides', d.pairwiseSquaredEuclidean, [4, 3], [5, 3]],
    ['with itself', (a) => d.pairwiseSquaredEuclidean(a), [4, 3]],
  ],
  pairwiseCosine: [
    ['two sides', d.pairwiseCosine, [4, 3], [5, 3]],
    ['with itself', (a) => d.pairwiseCosine(a), [4, 3]],
  ],
  crossEntropy: [undefined, [0.5, 2, 1, 3]].flatMap((weights) =>
    [0, 0.1, 1].map((labelSmoothing): Case => {
      const options = { labelSmoothing, weights: weights && d.tensor(weights, undefined, { dtype: 'float64' }) };
      return [
        `weights ${weights}, smoothing ${labelSmoothing}`,
        (x) => d.crossEntropy(x, [0, 3, 1, 1, 2], options),
        [5, 4],
      ];
    }),
  ),
  tripletHinge: [
    ['one triplet', (x) => d.tripletHinge(x, triplets([0, 1, 2]), 5), [3, 3]],
    [
      'several, some repeated and some satisfied',
      (x) => d.tripletHinge(x, triplets([0, 1, 2], [1, 0, 3], [0, 1, 3], [2, 3, 0], [0, 1, 2], [3, 2, 1]), 0.5),
      [4, 4],
    ],
    ['one triplet, squared', (x) => d.tripletHinge(x, triplets([0, 1, 2]), 5, { power: 2 }), [3, 3]],
    [
      'several, some repeated and some satisfied, squared',
      (x) =>
        d.tripletHinge(x, triplets([0, 1, 2], [1, 0, 3], [0, 1, 3], [2, 3, 0], [0, 1, 2], [3, 2, 1]), 0.5, {
          power: 2,
        }),
      [4, 4],
    ],
  ],
};

/** Functions of src/ops that give positions and masks, through which no gradient flows. */
const WITHOUT_GRADIENT = ['argmax', 'lengthMask'];

/** Every function that a file of src/ops exports. */
const exported = new Set<string>();
const ops = new URL('../../src/ops/', import.meta.url);
for (const file of readdirSync(ops))
  for (const [name, value] of Object.entries(await import(new URL(file, ops).href)))
    if (typeof value === 'function') exported.add(name);

test('every op has a gradient check, and is public', () => {
  assert.equal([...Object.keys(cases), ...WITHOUT_GRADIENT].sort(), [...exported].sort());
  for (const name of exported) assert.type((d as Record<string, unknown>)[name], 'function', `${name} in src/index.ts`);
});

/** Which inputs vary: all of them together, then each alone, so that every `null` of a backward kernel comes up. */
const variations = (n: number): boolean[][] => [
  new Array<boolean>(n).fill(true),
  ...(n > 1 ? Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => i === j)) : []),
];

for (const [name, list] of Object.entries(cases))
  test(`${name}: ${list.length} cases`, () => {
    for (const [what, op, ...inputs] of list)
      for (const varied of variations(inputs.length)) {
        const check = (f = op): number => {
          const random = new Random(`${name} ${what}`);
          const tensors = inputs.map((input, i) => {
            const { shape, draw } = 'shape' in input ? input : { shape: input, draw: normal };
            const x = randomTensor(random, shape, 'float64', draw);
            x.requiresGrad = varied[i];
            return x;
          });
          return gradcheck(f, tensors, random);
        };
        const error = check();
        assert.ok(error <= BOUND, `${name}, ${what}, varied ${varied}: relative error ${error}`);
        assert.is(scope(check), error, `${name}, ${what}: the same bits inside a scope`);
        // The inputs' own gradients are there before the op's come, which must add to them and not replace them.
        const added = check((...x) => both(op(...x), ...x));
        assert.ok(added <= BOUND, `${name}, ${what}, varied ${varied}: does not accumulate, relative error ${added}`);
      }
  });

test('a wrong gradient is found', () => {
  const wrongSquare = (factor: number) =>
    defineOp('wrongSquare', (x: Tensor) => {
      const y = zeros(x.shape, { dtype: x.dtype });
      for (let i = 0; i < x.size; i++) y.data[i] = x.data[i] ** 2;
      return {
        inputs: [x],
        output: y,
        vjp: (dy, [dx]) => {
          if (dx) for (let i = 0; i < dx.length; i++) dx[i] += factor * x.data[i] * dy[i];
        },
      };
    });
  const x = randomTensor(new Random(1), [3, 4]);
  assert.ok(gradcheck(wrongSquare(2), [x], new Random(2)) <= BOUND, 'the right factor passes');
  for (const factor of [0, 1, -2, 2.00001])
    assert.ok(gradcheck(wrongSquare(factor), [x], new Random(2)) > BOUND, `a factor of ${factor} does not`);
});

test('a gradient that overwrites and does not add is found', () => {
  const overwriting = defineOp('overwriting', (x: Tensor) => {
    const y = new Tensor(x.data.slice(), x.shape);
    return { inputs: [x], output: y, vjp: (dy, [dx]) => dx?.set(dy) };
  });
  const x = randomTensor(new Random(1), [4]);
  assert.ok(gradcheck((t) => d.add(overwriting(t), t), [x], new Random(2)) > 1e-3);
});

test('float32 inputs are refused', () => {
  const x = randomTensor(new Random(1), [2], 'float32');
  assert.throws(() => gradcheck(d.exp, [x], new Random(1)), /gradcheck: expected float64 inputs, got float32/);
});

test.run();
