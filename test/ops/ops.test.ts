/** What ops do at ties, at NaN, at their bounds, and against plain loops; values beside PyTorch's are in golden.test.ts. */
import * as d from 'dynaecg';
import { ArgumentError, backward, Random, ShapeError, scope, type Tensor, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('ops');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
const leaf = (values: d.Nested): Tensor => tensor(values, undefined, { requiresGrad: true });
const EXACT = {};
const CLOSE = { relative: 1e-12, absolute: 1e-12 };

// ---- elementwise

test('where: what is not taken does not matter, nor receive a gradient', () => {
  const [a, b] = [leaf([1, NAN, INF, 4]), leaf([NAN, 2, 3, INF])];
  const y = d.where(tensor([1, 0, 0, NAN]), a, b); // a NaN is not 0
  assert.equal(y.toArray(), [1, 2, 3, 4]);
  backward(y, tensor([1, 2, 3, 4]));
  assert.equal([...gradOf(a).data], [1, 0, 0, 4]);
  assert.equal([...gradOf(b).data], [0, 2, 3, 0]);
  const x = leaf([0, 4]);
  backward(d.sum(d.where(x, d.div(1, d.where(x, x, 1)), 0))); // the way to 1/x without the pole
  assert.equal([...gradOf(x).data], [0, -1 / 16]);
});

test('where: all three broadcast, of any dtype of the condition', () => {
  const y = d.where(tensor([[1], [0]]), tensor([1, 2, 3]), 9);
  assert.equal(y.toArray(), [
    [1, 2, 3],
    [9, 9, 9],
  ]);
  const tiny = tensor(Float64Array.of(1e-300, 0)); // float32 would make 0 of it
  assert.equal(d.where(tiny, tensor([1, 1]), tensor([2, 2])).toArray(), [1, 2]);
  assert.is(d.where(tensor([1]), 1, tensor(Float64Array.of(2))).dtype, 'float64');
  assertThrows(
    () => d.where(tensor([1, 0]), tensor([1, 2, 3]), 0),
    ShapeError,
    'where: expected shapes that broadcast, got [2] and [3]',
  );
});

test('clamp: bounds pass the gradient, a NaN stays one and receives none', () => {
  const x = leaf([-2, -1, 0, 1, 2, NAN]);
  const y = d.clamp(x, -1, 1);
  assert.equal(y.toArray(), [-1, -1, 0, 1, 1, NAN]);
  backward(d.sum(y));
  assert.equal([...gradOf(x).data], [0, 1, 1, 1, 0, 0]);
  assert.equal(d.clamp(x, 0.5).toArray(), [0.5, 0.5, 0.5, 1, 2, NAN]);
  assert.equal(d.clamp(x, undefined, -1.5).toArray(), [-2, -1.5, -1.5, -1.5, -1.5, NAN]);
  assert.equal(d.clamp(x, 1, 1).toArray(), [1, 1, 1, 1, 1, NAN]);
  assertThrows(() => d.clamp(x, 1, 0), ArgumentError, 'clamp: expected min <= max, got 1 and 0');
  assertThrows(() => d.clamp(x, NAN), ArgumentError, 'clamp: expected min <= max, got NaN and Infinity');
});

test('pow: whole powers of negative numbers, roots of none', () => {
  assert.equal(d.pow(tensor([-2, -2, 0, -1]), tensor([3, 0.5, 0, 2])).toArray(), [-8, NAN, 1, 1]);
  assert.equal(d.pow(tensor([-3, 0, 4]), -1).toArray(), [Math.fround(-1 / 3), INF, 0.25]);
  assert.equal(d.pow(2, tensor([-1, 0, 10])).toArray(), [0.5, 1, 1024]);
  const x = leaf([0]);
  backward(d.pow(x, 0.5));
  assert.is(gradOf(x).data[0], INF, 'as PyTorch has it, and unlike sqrt');
});

test('leaky relu: the slope at 0 is the one below; a NaN stays one', () => {
  const x = leaf([-2, 0, 3, NAN]);
  const y = d.leakyRelu(x, 0.5);
  assert.equal(y.toArray(), [-1, 0, 3, NAN]);
  backward(d.sum(y));
  assert.equal([...gradOf(x).data], [0.5, 0.5, 1, 0.5]);
});

test('gelu and silu far out: x on the right, no more than 0 on the left', () => {
  const x = tensor([50, 9, -9, -50, INF, NAN]);
  for (const f of [d.silu, d.gelu, (t: Tensor) => d.gelu(t, { approximate: 'tanh' })]) {
    const y = f(x).data;
    assertClose(y.slice(0, 2), [50, 9], { relative: 2e-4 });
    assert.ok(y[2] <= 0 && y[2] > -2e-3 && Math.abs(y[3]) < 1e-19);
    assert.equal([y[4], y[5]], [INF, NAN]);
  }
});

// ---- along axes

test('min and argmax: the first of equals, a NaN before all', () => {
  const x = leaf([
    [3, 1, 1],
    [2, NAN, 0],
  ]);
  const y = d.min(x, { axis: 1 });
  assert.equal(y.toArray(), [1, NAN]);
  backward(y, tensor([1, 1]));
  assert.equal([...gradOf(x).data], [0, 1, 0, 0, 1, 0]);
  assert.equal(d.min(x, { axis: 0, keepDims: true }).shape, [1, 3]);
  assert.equal(d.min(tensor([2, 1, 3]), { keepDims: true }).shape, [1]);
  assert.equal(
    [
      ...d.argmax(
        tensor([
          [1, 5, 5],
          [7, 2, NAN],
        ]),
        { axis: 1 },
      ),
    ],
    [1, 2],
  );
  assert.equal(
    [
      ...d.argmax(
        tensor([
          [1, 5, 5],
          [7, 2, 1],
        ]),
        { axis: 0 },
      ),
    ],
    [1, 0, 0],
  );
  assert.equal(
    [
      ...d.argmax(
        tensor([
          [1, 5, 5],
          [7, 2, 1],
        ]),
      ),
    ],
    [3],
  );
  assertThrows(() => d.min(x, { axis: [0, 1] as never }), ShapeError, 'min: expected one axis, got [0,1]');
});

test('argmax gives what gather and crossEntropy take, and outlives a scope', () => {
  const logits = tensor([
    [1, 3, 2],
    [9, 0, 1],
  ]);
  const kept: Int32Array[] = [];
  scope(() => {
    kept.push(d.argmax(d.affine(logits, 2), { axis: 1 }));
  });
  assert.equal(kept, [Int32Array.of(1, 0)]);
  assert.equal(d.gather(tensor([10, 20, 30]), kept[0]).toArray(), [20, 10]);
  assert.ok(d.crossEntropy(logits, kept[0]).item() < 0.3);
});

// ---- stacks and padding

test('stack: a new axis anywhere', () => {
  const [a, b] = [tensor([1, 2]), tensor([3, 4])];
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const columns = [
    [1, 3],
    [2, 4],
  ];
  assert.equal(d.stack([a, b]).toArray(), rows);
  assert.equal(d.stack([a, b], 1).toArray(), columns);
  assert.equal(d.stack([a, b], -1).toArray(), columns);
  assert.equal(d.stack([tensor(1), tensor(2)]).toArray(), [1, 2]);
  assertThrows(() => d.stack([a, tensor([1])]), ShapeError, 'stack: expected tensors of one shape, got [2] and [1]');
  assertThrows(() => d.stack([]), ShapeError, 'stack: expected at least one tensor, got none');
  assertThrows(() => d.stack([a], 2), ShapeError, 'stack: expected an axis from -2 to 1, got 2');
});

test('pad: every mode at its most', () => {
  const x = tensor([[1, 2, 3]]);
  const padded = (mode: d.PadMode, ...amounts: number[]) => d.pad(x, amounts, { mode }).toArray();
  assert.equal(padded('constant', 1, 2), [[0, 1, 2, 3, 0, 0]]);
  assert.equal(padded('reflect', 2, 2), [[3, 2, 1, 2, 3, 2, 1]]);
  assert.equal(padded('replicate', 2, 4, 0, 1), [
    [1, 1, 1, 2, 3, 3, 3, 3, 3],
    [1, 1, 1, 2, 3, 3, 3, 3, 3],
  ]);
  assert.equal(padded('circular', 3, 2), [[1, 2, 3, 1, 2, 3, 1, 2]]);
  assert.equal(d.pad(x, [0, 1], { value: NAN }).toArray(), [[1, 2, 3, NAN]]);
  assert.is(d.pad(x, [0, 0]), x);
});

const x13 = tensor([[1, 2, 3]]);
const padErrors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => d.pad(x13, [1]), ArgumentError, 'pad: expected amounts in pairs, got 1'],
  [() => d.pad(x13, [1, 1, 1, 1, 1, 1]), ShapeError, 'pad: expected at most 2 pairs for [1,3], got 3'],
  [() => d.pad(x13, [-1, 1]), ArgumentError, 'pad: expected amounts[0] to be a whole number >= 0, got -1'],
  [
    () => d.pad(x13, [0, 3], { mode: 'reflect' }),
    ShapeError,
    "pad: expected at most 2 elements more at an end of axis 1 of 3 with mode 'reflect', got 3",
  ],
  [
    () => d.pad(x13, [4, 0], { mode: 'circular' }),
    ShapeError,
    "pad: expected at most 3 elements more at an end of axis 1 of 3 with mode 'circular', got 4",
  ],
  [() => d.pad(x13, [2e9, 2e9]), ShapeError, 'pad: expected at most 2147483647 values, got shape [1,4000000003]'],
];
for (const [f, type, message] of padErrors) test(message, () => assertThrows(f, type, message));

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

// ---- pooling and norms against plain loops

test('average and adaptive pooling against plain loops', () => {
  const random = new Random('pooling');
  const mean = (v: number[], by = v.length): number => v.reduce((a, c) => a + c, 0) / by;
  for (const [L, K, stride, padding] of [
    [9, 3, 3, 0],
    [10, 3, 2, 1],
    [8, 4, 1, 2],
    [5, 2, 3, 0],
    [6, 6, 6, 3],
  ]) {
    const x = randomTensor(random, [1, 1, L]);
    const P = Math.floor((L + 2 * padding - K) / stride) + 1;
    const windows = Array.from({ length: P }, (_, p) =>
      [...x.data].filter((_, l) => l >= p * stride - padding && l < p * stride - padding + K),
    );
    for (const countIncludePad of [true, false]) {
      const expected = windows.map((v) => mean(v, countIncludePad ? K : v.length));
      assertClose(d.avgPool1d(x, K, { stride, padding, countIncludePad }).data, expected, CLOSE);
    }
  }
  for (const [L, P] of [
    [9, 3],
    [10, 3],
    [7, 5],
    [2, 5],
    [6, 1],
  ]) {
    const x = randomTensor(random, [1, 1, L]);
    const windows = Array.from({ length: P }, (_, p) =>
      [...x.data].slice(Math.floor((p * L) / P), Math.ceil(((p + 1) * L) / P)),
    );
    assertClose(
      d.adaptiveAvgPool1d(x, P).data,
      windows.map((v) => mean(v)),
      CLOSE,
    );
    assertClose(
      d.adaptiveMaxPool1d(x, P).data,
      windows.map((v) => Math.max(...v)),
      EXACT,
    );
  }
  assertThrows(
    () => d.avgPool1d(tensor([[[1, 2]]]), 3),
    ShapeError,
    'avgPool1d: expected a signal of at least 3, got 2',
  );
  assertThrows(
    () => d.adaptiveMaxPool1d(d.zeros([1, 1, 0]), 3),
    ShapeError,
    'adaptiveMaxPool1d: expected a signal of at least 1, got 0',
  );
});

test('a NaN is the maximum of its windows', () => {
  const x = tensor([[[1, NAN, 3, 4]]]);
  assert.equal(d.adaptiveMaxPool1d(x, 2).toArray(), [[[NAN, 4]]]);
});

test('norms of a sample do not depend on its batch, nor on a shift', () => {
  const random = new Random('norms');
  const x = randomTensor(random, [3, 6, 5], 'float32');
  const [weight, bias] = [randomTensor(random, [6], 'float32'), randomTensor(random, [6], 'float32')];
  const all = d.groupNorm(x, 2, weight, bias);
  for (let b = 0; b < 3; b++)
    assertSameBits(d.groupNorm(d.slice(x, 0, b, b + 1), 2, weight, bias).data, all.data.slice(30 * b, 30 * (b + 1)));
  const far = d.groupNorm(d.add(x, 1000), 2, weight, bias);
  assertTensorClose(far, all, { absolute: 1e-3 }); // 1000 + x keeps 4 digits of x
});

test('group norm: one group is layer norm, a group for each channel normalises its positions', () => {
  const x = randomTensor(new Random('x'), [3, 4, 5]);
  assertTensorClose(d.groupNorm(x, 1), d.layerNorm(x, [4, 5]), CLOSE);
  assertTensorClose(d.groupNorm(x, 4), d.layerNorm(x, [5]), CLOSE);
  const y = d.groupNorm(x, 2, null, null, 0);
  const groups = d.reshape(y, [6, 10]);
  assertClose(d.mean(groups, { axis: 1 }).data, Array(6).fill(0), CLOSE);
  assertClose(d.variance(groups, { axis: 1, correction: 0 }).data, Array(6).fill(1), CLOSE);
});

const normErrors: [f: () => unknown, message: string][] = [
  [() => d.layerNorm(x13, [2]), 'layerNorm: expected x (...,2), got [1,3]'],
  [() => d.layerNorm(x13, []), 'layerNorm: expected a normalizedShape of at least one value, got []'],
  [() => d.layerNorm(x13, [3], tensor([1])), 'layerNorm: expected weight (3), got [1]'],
  [() => d.groupNorm(x13, 2), 'groupNorm: expected channels in 2 groups, got 3'],
  [() => d.groupNorm(tensor([1, 2]), 1), 'groupNorm: expected x (B,C,...) with at least one value a sample, got [2]'],
  [() => d.groupNorm(x13, 3, null, tensor([1])), 'groupNorm: expected bias (3), got [1]'],
];
for (const [f, message] of normErrors) test(message, () => assertThrows(f, ShapeError, message));

test('a residual block whose last norm is 0 is its shortcut', () => {
  const block = new d.ResidualBlock(3, 3, { random: new Random(1) });
  block.bn2.weight.data.fill(0);
  const x = randomTensor(new Random('x'), [2, 3, 8], 'float32');
  assertSameBits(block.forward(x).data, d.relu(x).data);
});

test.run();
