import * as d from 'dynaecg';
import { BiLSTM, backward, type DType, Random, ResidualBlock, type RunningStatistics, type Tensor } from 'dynaecg';
import { type Kernels, kernels, useKernels, type Vec } from 'dynaecg/kernels';
import * as assert from 'uvu/assert';
import { arena } from '../../src/backend/arena.ts';
import { assertTensorClose, type Tolerance } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { fixture, restored, type Stored } from '../support/fixtures.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('ops/golden');

/** One case of test/support/fixtures/golden.json: PyTorch's lines, and the values that they made. */
interface Case {
  name: string;
  op: string;
  options: Record<string, never>;
  code: string[];
  inputs: Record<string, Stored>;
  indices: Record<string, Stored>;
  outputs: Record<string, Stored>;
  grads: Record<string, Stored>;
}
type Tensors = Record<string, Tensor>;

/**
 * PyTorch computed in float64 and the file keeps 9 digits, half a unit of which is at most 5e-9 of a value; float32 keeps
 * 7, and a sum of some dozen products loses one of them.
 */
const TOLERANCE: Record<DType, Tolerance> = {
  float64: { relative: 1e-8, absolute: 1e-12 },
  float32: { relative: 1e-5, absolute: 1e-5 },
};

const { cases } = fixture<{ cases: Case[] }>('golden.json');

/** Ops whose cases stand elsewhere: the optimisers' in test/optim, the triplet loss's in test/metric. */
const ELSEWHERE = ['adamw', 'adamw_groups', 'sgd', 'sgd_groups', 'clip_grad_norm', 'reduce_on_plateau', 'triplet_loss'];

/** Fields of one dotted prefix: `fc1.weight` and `fc1.bias` as `{ weight, bias }`. */
const layer = (x: Tensors, name: string): { weight: Tensor; bias: Tensor } => ({
  weight: x[`${name}.weight`],
  bias: x[`${name}.bias`],
});

const RECURRENT = { LSTM: d.LSTM, BiLSTM, GRU: d.GRU, BiGRU: d.BiGRU };

/** A model whose parameters are replaced by those of the file, by their names. */
function given<M extends d.Module>(model: M, weights: Tensors): M {
  for (const module of model.modules())
    for (const [name, field] of Object.entries(module)) {
      const [path] = model.namedParameters().find(([, p]) => p === field) ?? [];
      if (path && weights[path]) Object.assign(module, { [name]: weights[path] });
    }
  return model;
}

const classes = ({ indices }: Case): number[] => indices.target.data;

/** How each op is called; what it returns bears the names of the outputs in the file. */
const run: Record<string, (x: Tensors, c: Case) => Tensors> = {
  sigmoid: ({ x }) => ({ y: d.sigmoid(x) }),
  tanh: ({ x }) => ({ y: d.tanh(x) }),
  relu: ({ x }) => ({ y: d.relu(x) }),
  exp: ({ x }) => ({ y: d.exp(x) }),
  log: ({ x }) => ({ y: d.log(x) }),
  sqrt: ({ x }) => ({ y: d.sqrt(x) }),
  silu: ({ x }) => ({ y: d.silu(x) }),
  leaky_relu: ({ x }, { options: { negativeSlope } }) => ({ y: d.leakyRelu(x, negativeSlope) }),
  gelu: ({ x }, { options }) => ({ y: d.gelu(x, options) }),
  pow: ({ x, exponent }, { options }) => ({ y: d.pow(x, exponent ?? options.exponent) }),
  clamp: ({ x }, { options: { min, max } }) => ({ y: d.clamp(x, min, max) }),
  where: ({ condition, a, b }) => ({ y: d.where(condition, a, b) }),
  extrema: ({ x }, { options: { axis } }) => {
    const y = d.sub(d.min(x, { axis }), d.affine(d.max(x, { axis }), 2));
    return { y, position: d.tensor(Float64Array.from(d.argmax(x, { axis })), y.shape, { dtype: x.dtype }) };
  },
  stack: ({ a, b }, { options: { axis } }) => ({ y: d.stack([a, b, a], axis) }),
  pad: ({ x }, { options: { amounts, ...options } }) => ({ y: d.pad(x, amounts, options) }),
  softmax: ({ x }, { options }) => ({ y: d.softmax(x, options.axis) }),
  log_softmax: ({ x }, { options }) => ({ y: d.logSoftmax(x, options.axis) }),
  var: ({ x }, { options }) => ({ y: d.variance(x, options) }),
  matmul: ({ a, b }) => ({ y: d.matmul(a, b) }),
  linear: ({ x, weight, bias }) => ({ y: d.linear(x, weight, bias) }),
  conv1d: ({ x, weight, bias }, { options }) => ({ y: d.conv1d(x, weight, bias, options) }),
  max_pool1d: ({ x }, { options: { kernel, ...options } }) => ({ y: d.maxPool1d(x, kernel, options) }),
  avg_pool1d: ({ x }, { options: { kernel, ...options } }) => ({ y: d.avgPool1d(x, kernel, options) }),
  adaptive_avg_pool1d: ({ x }, { options: { outputSize } }) => ({ y: d.adaptiveAvgPool1d(x, outputSize) }),
  adaptive_max_pool1d: ({ x }, { options: { outputSize } }) => ({ y: d.adaptiveMaxPool1d(x, outputSize) }),
  layer_norm: ({ x, weight, bias }, { options: { normalizedShape, eps } }) => ({
    y: d.layerNorm(x, normalizedShape, weight, bias, eps),
  }),
  group_norm: ({ x, weight, bias }, { options: { numGroups, eps } }) => ({
    y: d.groupNorm(x, numGroups, weight, bias, eps),
  }),
  residual_block: ({ x, ...weights }, { options: { channels, ...options } }) => {
    const block = new ResidualBlock(channels, 3, { random: new Random(0), ...options });
    return { y: given(block, weights).forward(x) };
  },
  batch_norm: ({ first, x, weight, bias, ...given }, { options: { training, ...options } }) => {
    const mean = given.running_mean ?? d.zeros([3], { dtype: x.dtype });
    const running: RunningStatistics = { mean, variance: given.running_var ?? d.ones([3], { dtype: x.dtype }) };
    const norm = (t: Tensor): Tensor => d.batchNorm(t, weight, bias, running, { train: training, ...options });
    if (first) norm(first);
    const y = norm(x);
    const outputs: Tensors = { y };
    return training ? { ...outputs, running_mean: mean, running_var: running.variance } : outputs;
  },
  lstm: ({ x, h0, c0, ...w }, { options: { reverse } }) => {
    const [weight_ih, weight_hh, bias_ih, bias_hh] = Object.values(w); // the file's order, checked by their shapes
    return { ...d.lstm(x, { weight_ih, weight_hh, bias_ih, bias_hh }, { reverse, h0, c0 }) };
  },
  bilstm: ({ x, ...weights }) => {
    const model = new BiLSTM(3, 4, { random: new Random(0) });
    assert.equal(Object.keys(weights), Object.keys(model.stateDict()));
    return { y: Object.assign(model, weights).forward(x) };
  },
  gru: ({ x, h0, ...w }, { options: { reverse } }) => {
    const [weight_ih, weight_hh, bias_ih, bias_hh] = Object.values(w);
    return { y: d.gru(x, { weight_ih, weight_hh, bias_ih, bias_hh }, { reverse, h0 }) };
  },
  recurrent: ({ x, h0, c0, ...weights }, { options: { cell, both, lengths } }) => {
    const options = { random: new Random(0), numLayers: 2, batchFirst: !both };
    const own = cell === 'LSTM' ? { h0, c0 } : { h0 };
    const model = new RECURRENT[`${both ? 'Bi' : ''}${cell as 'LSTM' | 'GRU'}`](3, 4, options);
    assert.equal(Object.keys(weights), Object.keys(model.stateDict()));
    const made = given(model, weights).run(x, { lengths: lengths ?? undefined, ...own });
    return { all: d.concat(Object.values(made).map((t) => d.reshape(t, [-1]))), ...made };
  },
  attention_pool: ({ h, weight, ...x }, { options: { score, lengths } }) => {
    const projection = score === 'additive' ? layer(x, 'proj') : null;
    const { context, alpha } = d.attentionPool(h, weight, projection, { lengths });
    return { c: context, alpha };
  },
  mean_pool: ({ h }, { options }) => ({ y: d.meanPool(h, options) }),
  channel_attention: ({ x, ...weights }) => {
    const y = d.channelAttention(x, layer(weights, 'fc1'), layer(weights, 'fc2'));
    const gate = d.noGrad(() => d.mean(d.div(y, x), { axis: 2 })); // the same at every position
    return { y, s: gate };
  },
  normalize: ({ x }) => ({ y: d.l2Normalize(x) }),
  squared_euclidean: ({ a, b }) => ({ y: d.pairwiseSquaredEuclidean(a, b) }),
  cosine_distance: ({ a, b }) => ({ y: d.pairwiseCosine(a, b) }),
  cross_entropy: ({ x, weight }, c) => ({
    loss: d.crossEntropy(x, classes(c), { weights: weight, ...c.options }),
  }),
};

test('each op of the file is mapped, and nothing else', () => {
  assert.is(cases.length, 132);
  const found = new Set(cases.map((c) => c.op).filter((op) => !ELSEWHERE.includes(op)));
  assert.equal([...found].sort(), Object.keys(run).sort());
});

const mapped = cases.filter(({ op }) => !ELSEWHERE.includes(op));

/** Runs one case, forward and backward, and compares all that the file holds of it. */
function check(c: Case, dtype: DType): void {
  const { dy, ...inputs } = Object.fromEntries(
    Object.entries(c.inputs).map(([name, stored]) => [name, restored(stored, dtype, name in c.grads)]),
  );
  const outputs = run[c.op](inputs, c);
  assert.equal(Object.keys(outputs).sort(), Object.keys(c.outputs).sort());
  for (const [name, expected] of Object.entries(c.outputs)) {
    assert.is(outputs[name].dtype, dtype);
    assertTensorClose(outputs[name], expected, TOLERANCE[dtype], `${dtype} ${name}`);
  }
  const [first] = Object.keys(c.outputs);
  backward(outputs[first], dy);
  assert.ok(Object.keys(c.grads).length > 0);
  for (const [name, expected] of Object.entries(c.grads))
    assertTensorClose(gradOf(inputs[name]), expected, TOLERANCE[dtype], `${dtype} gradient of ${name}`);
}

for (const c of mapped)
  test(c.name, () => {
    check(c, 'float32');
    check(c, 'float64');
  });

/** Elements around each array that nobody may touch. */
const MARGIN = 64;
const isArray = (a: unknown): a is Vec => a instanceof Float32Array || a instanceof Int32Array;

/**
 * A kernel on copies of its arrays that lie in wider ones, in the memory of a scope. What it writes beyond an end is found
 * here; what it reads there is a number that spoils its results. In a training step these places are the next tensor's.
 */
function guarded(name: string, kernel: (...args: unknown[]) => unknown) {
  return (...args: unknown[]): unknown => {
    arena.enter();
    const copies = new Map<Vec, { wide: Vec; margin: number; inner: Vec }>(); // an array given twice stays one
    for (const a of args.filter(isArray)) {
      const margin = 1000 + copies.size; // each its own, so that copying one to another shows
      const type = (a instanceof Float32Array ? 'float32' : 'int32') as 'float32';
      const wide = arena.allocate(type, a.length + 2 * MARGIN).fill(margin);
      wide.set(a, MARGIN);
      copies.set(a, { wide, margin, inner: wide.subarray(MARGIN, MARGIN + a.length) });
    }
    const result = kernel(...args.map((a) => (isArray(a) ? copies.get(a)?.inner : a)));
    for (const [a, { wide, margin, inner }] of copies) {
      const around = [...wide.subarray(0, MARGIN), ...wide.subarray(MARGIN + a.length)];
      assert.ok(
        around.every((v) => v === margin),
        `${name} writes beyond an array of ${a.length}`,
      );
      a.set(inner);
    }
    arena.leave();
    return result;
  };
}

test('no kernel touches anything beyond its arrays', () => {
  const own = Object.entries(kernels('float32'));
  const table = Object.fromEntries(own.map(([name, kernel]) => [name, guarded(name, kernel)]));
  const before = useKernels(table as unknown as Kernels);
  try {
    for (const c of mapped) check(c, 'float32');
  } finally {
    useKernels(before);
  }
});

test.run();
