import * as d from 'dynaecg';
import { ArgumentError, BackendError, backward, noGrad, Random, ShapeError, type Tensor, tensor } from 'dynaecg';
import ndarray from 'ndarray';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { ndarrayTest } from '../support/engine.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('edge');
const testNdarray = ndarrayTest(test, 'edge');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
/** Half the distance from 1 to the next float32 number: what one rounding costs. */
const FLOAT32_ROUNDING = 2 ** -24;

const leaf = (values: d.Nested, dtype: d.DType = 'float32'): Tensor =>
  tensor(values, undefined, { dtype, requiresGrad: true });
const triplets = (anchors: number[], positives: number[], negatives: number[]): d.Triplets => ({
  anchors: Int32Array.from(anchors),
  positives: Int32Array.from(positives),
  negatives: Int32Array.from(negatives),
});

// ---- numbers at the edge

test('sqrt at 0: the gradient is 0, not infinite', () => {
  const x = leaf([0, 4, 0]);
  const y = d.sqrt(x);
  backward(d.sum(y));
  assert.equal([...y.data], [0, 2, 0]);
  assert.equal([...gradOf(x).data], [0, 0.25, 0]);
});

test('the distance of coincident points pulls nowhere', () => {
  const x = leaf([
    [1, 2],
    [1, 2],
  ]);
  backward(d.sum(d.sqrt(d.pairwiseSquaredEuclidean(x))));
  assert.equal([...gradOf(x).data], [0, 0, 0, 0]);
});

test('coincident points are at distance 0 exactly, far from the origin too', () => {
  const x = tensor([
    [4096.1, -512.7],
    [4096.1, -512.7],
  ]);
  assert.equal([...d.pairwiseSquaredEuclidean(x).data], [0, 0, 0, 0]);
});

test('softmax of huge values does not overflow', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const x = leaf([1e4, 1e4, -1e4], dtype);
    const y = d.softmax(x);
    assert.equal([...y.data], [0.5, 0.5, 0]);
    backward(y, tensor([1, 0, 0]));
    assert.equal([...gradOf(x).data], [0.25, -0.25, 0]);
  }
});

test('logSoftmax of a huge spread keeps every logarithm', () => {
  const x = leaf([0, -1e4, 1e4]);
  const y = d.logSoftmax(x);
  assert.equal([...y.data], [-1e4, -2e4, 0]);
  backward(y, tensor([1, 1, 1]));
  assert.equal([...gradOf(x).data], [1, 1, -2]);
  assert.equal([...d.logSoftmax(tensor([1e30, -1e30])).data], [0, Math.fround(-2e30)]);
});

test('cross-entropy of saturated logits is finite', () => {
  const x = leaf([
    [1e4, -1e4],
    [-1e4, 1e4],
  ]);
  const loss = d.crossEntropy(x, [0, 0]);
  assert.is(loss.item(), 1e4); // (0 + 20000) / 2
  backward(loss);
  assert.equal([...gradOf(x).data], [0, 0, -0.5, 0.5]);
});

test('cross-entropy with a class masked by -Infinity is finite', () => {
  const x = leaf([[0, 0, -INF]]);
  const loss = d.crossEntropy(x, [0]);
  assertClose(loss.data, [Math.LN2], { relative: FLOAT32_ROUNDING });
  backward(loss);
  assert.equal([...gradOf(x).data], [-0.5, 0.5, 0]);
});

test('the variance of one value: an error with correction 1, 0 with correction 0', () => {
  const x = leaf([[3], [4]]);
  for (const op of [d.variance, d.standardDeviation])
    assertThrows(
      () => op(x, { axis: 1 }),
      ShapeError,
      'variance: expected more than 1 values with correction 1, got 1',
    );
  const y = d.standardDeviation(x, { axis: 1, correction: 0 });
  assert.equal([...y.data], [0, 0]);
  backward(d.sum(y));
  assert.equal([...gradOf(x).data], [0, 0]);
});

test('the variance of a constant far from 0 is 0', () => {
  assert.is(d.variance(d.full([1000], 4096)).item(), 0);
});

test('batch norm in training with one value per channel is an error, in inference it is not', () => {
  const one = d.ones([3]);
  const running = { mean: d.zeros([3]), variance: d.ones([3]) };
  for (const shape of [
    [1, 3],
    [1, 3, 1],
  ]) {
    assertThrows(
      () => d.batchNorm(d.zeros(shape), one, one, running, { train: true }),
      ShapeError,
      'batchNorm: expected more than 1 value per channel in training, got 1',
    );
    assert.equal([...d.batchNorm(d.zeros(shape), one, one, running, { train: false }).data], [1, 1, 1]);
  }
  assert.equal([...running.mean.data, ...running.variance.data], [0, 0, 0, 1, 1, 1], 'nothing was updated');
});

test('batch norm of a constant channel gives its bias', () => {
  const running = { mean: d.zeros([1]), variance: d.ones([1]) };
  const y = d.batchNorm(d.full([4, 1, 3], 7), tensor([2]), tensor([0.5]), running, { train: true });
  assert.equal([...y.data], Array(12).fill(0.5));
});

test('batchNormReluPool is batchNorm, relu and maxPool1d', () => {
  for (const train of [true, false])
    for (const pool of [1, 2, 3]) {
      const random = new Random(`${train} ${pool}`);
      const inputs = [[3, 2, 21], [2], [2]].map((shape) => randomTensor(random, shape, 'float32'));
      const dy = randomTensor(random, [3, 2, Math.floor(21 / pool)], 'float32');
      const run = (op: (x: Tensor, w: Tensor, b: Tensor, running: d.RunningStatistics) => Tensor): number[] => {
        const running = { mean: tensor([0.1, -0.2]), variance: tensor([0.5, 2]) };
        for (const x of inputs) x.grad = null;
        const y = op(inputs[0], inputs[1], inputs[2], running);
        backward(y, dy);
        return [y, ...inputs.map(gradOf), running.mean, running.variance].flatMap((t) => [...t.data]);
      };
      const whole = run((x, w, b, running) => d.batchNormReluPool(x, w, b, running, { train, pool }));
      const parts = run((x, w, b, running) => d.maxPool1d(d.relu(d.batchNorm(x, w, b, running, { train })), pool));
      assertClose(whole, parts, { absolute: 1e-5 }, `train ${train}, pool ${pool}`); // of numbers up to 10
    }
});

test('the zero vector normalised is zero, and so is its gradient', () => {
  const x = leaf([
    [0, 0],
    [3, 4],
  ]);
  const y = d.l2Normalize(x);
  assertClose(y.data, [0, 0, 0.6, 0.8], { relative: FLOAT32_ROUNDING });
  backward(y, tensor([5, 7, 1, 1], [2, 2]));
  assert.equal([...gradOf(x).data.subarray(0, 2)], [0, 0]);
  // (dy - y (y . dy)) / |x| = (1 - 0.6 1.4, 1 - 0.8 1.4) / 5
  assertClose(gradOf(x).data.subarray(2), [0.032, -0.024], { absolute: 4 * FLOAT32_ROUNDING });
});

test('the cosine distance of the zero vector is 1, and it pulls nowhere', () => {
  const x = leaf([
    [0, 0],
    [3, 4],
  ]);
  const y = d.pairwiseCosine(x);
  assertClose(y.data, [1, 1, 1, 0], { absolute: 4 * FLOAT32_ROUNDING });
  backward(y, d.ones([2, 2]));
  assert.equal([...gradOf(x).data.subarray(0, 2)], [0, 0]);
});

test('a NaN is never turned into a clean number', () => {
  const x = tensor([NAN, 1, -1]);
  for (const [name, op] of Object.entries({
    relu: d.relu,
    abs: d.abs,
    sqrt: d.sqrt,
    log: d.log,
    exp: d.exp,
    tanh: d.tanh,
    sigmoid: d.sigmoid,
    sum: d.sum,
    max: d.max,
    softmax: d.softmax,
    logSoftmax: d.logSoftmax,
  }))
    assert.ok(Number.isNaN(op(x).data[0]), name);
  assert.equal([...d.maxPool1d(tensor([[[1, NAN, 2, 3, 4, 0]]]), 3).data], [NAN, 4]);
  const fused = d.batchNormReluPool(
    tensor([[[NAN, 1, 2, NAN, 1, 2, 3, 4, 5, NAN]]]),
    tensor([1]),
    tensor([0]),
    { mean: tensor([0]), variance: tensor([1]) },
    { train: false, pool: 2, eps: 0 },
  );
  assert.equal([...fused.data], [NAN, NAN, 2, 4, NAN]);
  assert.equal([...d.relu(x).data.subarray(1)], [1, 0]);
});

test('a NaN passes a gradient through relu, so that it is not lost', () => {
  const x = leaf([NAN, 1, -1]);
  backward(d.relu(x), tensor([NAN, 1, 1]));
  assert.equal([...gradOf(x).data], [NAN, 1, 0]);
});

test('exp, log and division at infinity', () => {
  assert.equal([...d.exp(tensor([1000, -1000])).data], [INF, 0]);
  assert.equal([...d.log(tensor([0, INF, -1])).data], [-INF, INF, NAN]);
  assert.equal([...d.div(tensor([1, -1, 0]), 0).data], [INF, -INF, NAN]);
});

// A naive float32 sum of a million times 0.1 is off by 1 %.
test('sums and means of many float32 values stay accurate, over whichever axis', () => {
  const n = 1_000_000;
  const exact = n * Math.fround(0.1);
  for (const shape of [[n], [n, 1], [1000, 1000], [100, 100, 100]]) {
    const x = d.full(shape, 0.1);
    // A backend may add a few hundred terms in float32 before it goes on in float64: found, 5.5 roundings at most.
    assertClose(d.sum(x).data, [exact], { relative: 8 * FLOAT32_ROUNDING }, `sum of [${shape}]`);
    assertClose(d.mean(x).data, [exact / n], { relative: 8 * FLOAT32_ROUNDING }, `mean of [${shape}]`);
  }
  const columns = d.sum(d.full([n, 2], 0.1), { axis: 0 });
  assertClose(columns.data, [exact, exact], { relative: 8 * FLOAT32_ROUNDING }, 'sum over the first axis');
});

test('the gradients of weight and bias over many rows stay accurate', () => {
  const n = 200_000;
  const exact = n * Math.fround(0.1);
  for (const [O, D] of [
    [1, 1],
    [6, 9],
  ]) {
    const [weight, bias] = [leaf(d.ones([O, D]).toArray()), leaf(Array(O).fill(0))];
    backward(d.linear(d.ones([n, D]), weight, bias), d.full([n, O], 0.1));
    // The gemm adds blocks of 256 products, and the blocks in float32.
    assertClose(gradOf(weight).data, Array(O * D).fill(exact), { relative: 1e-4 }, `weight (${O},${D})`);
    assertClose(gradOf(bias).data, Array(O).fill(exact), { relative: 1e-4 }, `bias (${O})`);
  }
});

test('a convolution of no channels is its bias, an LSTM of no inputs its biases, and no batch is no trouble', () => {
  const bias = leaf([1, 2]);
  const y = d.conv1d(d.zeros([2, 0, 5]), d.zeros([2, 0, 3]), bias);
  assert.equal([...y.data], [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);
  backward(d.sum(y));
  assert.equal([...gradOf(bias).data], [6, 6]);

  const hidden = { weight_hh: d.full([8, 2], 0.5), bias_ih: d.ones([8]), bias_hh: d.ones([8]) };
  const none = d.lstm(d.zeros([3, 2, 0]), { weight_ih: d.zeros([8, 0]), ...hidden });
  const zero = d.lstm(d.zeros([3, 2, 1]), { weight_ih: d.ones([8, 1]), ...hidden });
  assert.equal([...none.y.data], [...zero.y.data]);

  const weight = leaf(d.ones([8, 1]).toArray());
  backward(d.sum(d.lstm(d.zeros([3, 0, 1]), { weight_ih: weight, ...hidden }).y));
  assert.ok(gradOf(weight).data.every((v) => v === 0));
});

test('no triplet: loss 0 and a zero gradient', () => {
  const x = leaf([
    [0, 1],
    [1, 0],
  ]);
  const loss = d.tripletHinge(x, triplets([], [], []), 0.2);
  assert.is(loss.item(), 0);
  backward(loss);
  assert.equal([...gradOf(x).data], [0, 0, 0, 0]);
});

test('empty tensors', () => {
  assert.is(d.sum(d.zeros([0, 3])).item(), 0);
  assert.equal(d.sum(d.zeros([0, 3]), { axis: 0 }).toArray(), [0, 0, 0]);
  assert.equal(d.matmul(d.zeros([2, 0]), d.zeros([0, 2])).toArray(), [
    [0, 0],
    [0, 0],
  ]);
  assert.equal(d.concat([d.zeros([0, 2]), d.ones([1, 2])]).toArray(), [[1, 1]]);
  assert.equal(d.slice(d.ones([3]), 0, 2, 1).shape, [0]);
  assertThrows(() => d.mean(d.zeros([0])), ShapeError, 'mean: expected at least one value, got shape [0]');
  assertThrows(() => d.max(d.zeros([0])), ShapeError, 'max: expected at least one value, got shape [0]');
});

test('equal maxima: the first of them takes the gradient', () => {
  const x = leaf([[1, 3, 3]]);
  backward(d.max(x));
  assert.equal([...gradOf(x).data], [0, 1, 0]);
  const z = leaf([[[2, 2, 1, 1]]]);
  backward(d.sum(d.maxPool1d(z, 2)));
  assert.equal([...gradOf(z).data], [1, 0, 1, 0]);
});

test('dropout keeps the mean, and drops all or nothing at the ends', () => {
  const x = d.ones([100_000]);
  const y = d.dropout(x, 0.25, new Random(1));
  assert.equal([...new Set(y.data)].sort(), [0, Math.fround(4 / 3)]);
  // five standard errors: the deviation of one value is sqrt(p / (1 - p))
  assertClose(d.mean(y).data, [1], { absolute: (5 * Math.sqrt(1 / 3)) / Math.sqrt(100_000) });
  assertSameBits(d.dropout(x, 0, new Random(1)).data, x.data);
  assert.ok(d.dropout(x, 1, new Random(1)).data.every((v: number) => v === 0));
});

// ---- dtypes and other people's arrays

test('float32 and float64 do not mix', () => {
  const [x, y] = [d.ones([2, 2]), d.ones([2, 2], { dtype: 'float64' })];
  for (const [name, op] of [
    ['add', d.add],
    ['div', d.div],
    ['matmul', d.matmul],
    ['linear', d.linear],
    ['squaredEuclidean', d.pairwiseSquaredEuclidean],
    ['concat', (a: Tensor, b: Tensor) => d.concat([a, b])],
  ] as [string, (a: Tensor, b: Tensor) => Tensor][]) {
    assertThrows(() => op(x, y), ShapeError, `${name}: expected inputs of one dtype, got float32 and float64`);
    assertThrows(() => op(y, x), ShapeError, `${name}: expected inputs of one dtype, got float64 and float32`);
  }
  assert.is(d.add(y, 1).dtype, 'float64', 'a number takes the dtype of its partner');
  assert.is(d.sub(1, y).dtype, 'float64');
  assert.is(d.add(0.1, d.zeros([], { dtype: 'float64' })).item(), 0.1, 'and keeps its digits');
});

testNdarray('ops take ndarrays: dense, transposed, strided, offset, of any typed array', () => {
  const base = ndarray(
    Float32Array.from({ length: 24 }, (_, i) => i),
    [4, 6],
  );
  const views = {
    dense: base,
    transposed: base.transpose(1, 0),
    strided: base.step(2, 3),
    reversed: base.step(1, -1),
    part: base.lo(1, 2).hi(2, 3),
    row: base.pick(2, null),
  };
  for (const [name, view] of Object.entries(views)) {
    const expected: number[] = [];
    const [rows, columns = 1] = view.shape;
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) expected.push(view.get(i, j) + 1);
    const y = d.add(view, 1);
    assert.equal([...y.shape], view.shape, name);
    assert.equal([...y.data], expected, name);
  }
  const product = d.matmul(base, base.transpose(1, 0));
  assert.equal(product.shape, [4, 4]);
  assert.is(product.data[1], 145); // 0 6 + 1 7 + 2 8 + 3 9 + 4 10 + 5 11
  assert.is(d.sum(ndarray(Float64Array.of(0.1, 0.2))).dtype, 'float64');
  assert.is(d.sum(ndarray(Int16Array.of(1, 2, 3))).item(), 6);
  assert.is(d.sum({ data: [1, 2, 3, 4], shape: [2], stride: [2], offset: 1 }).item(), 6);
});

testNdarray('a tensor bears the fields of an ndarray', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const view = ndarray(x.data, [...x.shape], x.stride, x.offset);
  assert.is(view.get(1, 2), 6);
  assert.equal(x.toArray(), [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.is(`${x}`, 'Tensor [2,3] float32');
});

// ---- the tape

test('a graph runs backward once', () => {
  const x = leaf([2]);
  const y = d.square(x);
  backward(y);
  assertThrows(
    () => backward(y),
    BackendError,
    'backward: expected a fresh graph, got one whose square has run backward before',
  );
});

test('backward needs a scalar or a seed, of the right shape', () => {
  const y = d.square(leaf([2, 3]));
  assertThrows(() => backward(y), ShapeError, 'backward: expected a scalar or a seed gradient, got shape [2]');
  assertThrows(() => backward(y, tensor([1])), ShapeError, 'backward: expected a seed of shape [2], got [1]');
  backward(y, tensor([1, 1])); // the failed calls used nothing up
});

test('backward needs something to reach', () => {
  const message = 'backward: expected a result that depends on a tensor with requiresGrad, got one that does not';
  for (const y of [d.square(tensor([2])), noGrad(() => d.square(leaf([2]))), d.square(leaf([2])).detach()])
    assertThrows(() => backward(y), BackendError, message);
});

test('noGrad records nothing, and ends with its function, on an error too', () => {
  const x = leaf([2]);
  assert.is(noGrad(() => d.square(x)).node, null);
  noGrad(() => noGrad(() => 0));
  assert.throws(() =>
    noGrad(() => {
      throw new Error('out');
    }),
  );
  const y = d.square(x);
  assert.ok(y.node && y.requiresGrad);
  assert.not.ok(noGrad(() => d.mul(y, x)).requiresGrad);
});

test('gradients of two backward calls add up', () => {
  const x = leaf([2, 3]);
  backward(d.sum(d.square(x)));
  const { grad } = x;
  backward(d.sum(d.mul(x, 10)));
  assert.is(x.grad, grad, 'in the same tensor');
  assert.equal([...gradOf(x).data], [14, 16]);
});

test('a leaf gets no gradient that it does not want', () => {
  const [x, y] = [leaf([2]), tensor([3])];
  backward(d.mul(x, y));
  assert.is(y.grad, null);
  assert.equal([...gradOf(x).data], [3]);
});

test('backward of a leaf is the seed', () => {
  const x = leaf([2, 3]);
  backward(x, tensor([5, 7]));
  assert.equal([...gradOf(x).data], [5, 7]);
});

test('a diamond: a tensor used twice gets both gradients, and its node runs once', () => {
  const x = leaf([3], 'float64');
  const y = d.square(x); // 9
  const z = d.mul(d.mul(y, 2), d.add(y, d.mul(y, x))); // 2 y (y + y x) = 2 x^4 + 2 x^5
  backward(z);
  assert.equal([...gradOf(x).data], [8 * 27 + 10 * 81]);
});

test('a ladder of diamonds takes as many steps as it has nodes', () => {
  const x = leaf([1], 'float64');
  let y: Tensor = x;
  for (let i = 0; i < 60; i++) y = d.add(y, y); // 2^60 paths
  backward(y);
  assert.equal([...gradOf(x).data], [2 ** 60]);
});

test('a chain of 5,000 ops does not overflow the stack', () => {
  const x = leaf([1], 'float64');
  let y: Tensor = x;
  for (let i = 0; i < 5000; i++) y = d.add(y, x);
  backward(y);
  assert.is(y.item(), 5001);
  assert.equal([...gradOf(x).data], [5001]);
});

test('detach cuts the history and shares the values', () => {
  const x = leaf([3]);
  const y = d.square(x);
  const cut = y.detach();
  assert.is(cut.data, y.data);
  backward(d.mul(y, cut)); // 9 x^2, the 9 being a constant
  assert.equal([...gradOf(x).data], [54]);
});

test('two results of one graph, each with its own part of the tape', () => {
  const x = leaf([2, 3]);
  const [a, b] = [d.square(x), d.mul(x, 5)];
  backward(d.sum(a));
  backward(d.sum(b));
  assert.equal([...gradOf(x).data], [9, 11]);
});

// ---- errors of each op: the class, the op first, the offending value last

const z = d.zeros;
const running = { mean: z([3]), variance: z([3]) };
const lstmWeights = { weight_ih: z([8, 3]), weight_hh: z([8, 2]), bias_ih: z([8]), bias_hh: z([8]) };
const random = new Random(1);

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.add(z([2]), z([3])), ShapeError, 'add: expected shapes that broadcast, got [2] and [3]'],
  [() => d.sub(z([2]), z([3])), ShapeError, 'sub: expected shapes that broadcast, got [2] and [3]'],
  [() => d.mul(z([2, 2]), z([3])), ShapeError, 'mul: expected shapes that broadcast, got [2,2] and [3]'],
  [() => d.div(z([2]), z([3])), ShapeError, 'div: expected shapes that broadcast, got [2] and [3]'],
  [
    () => d.exp({ data: [1, 2], shape: [2, 2], stride: [2, 1], offset: 0 }),
    ShapeError,
    'exp: expected an ndarray whose elements lie within its data, got shape [2,2], stride [2,1] and offset 0 over 2 values',
  ],
  [
    () => d.exp({ data: [1, 2], shape: [2], stride: [1], offset: undefined as never }),
    ShapeError,
    'exp: expected an ndarray whose elements lie within its data, got shape [2], stride [1] and offset undefined over 2 values',
  ],
  [
    () => d.exp({ data: [1], shape: [-1], stride: [1], offset: 0 }),
    ShapeError,
    'exp: expected sizes that are whole numbers >= 0, got [-1]',
  ],
  [() => d.lstm(z([0, 2, 3]), lstmWeights), ShapeError, 'lstm: expected at least one time step, got x [0,2,3]'],
  [() => d.exp(null as never), ArgumentError, 'exp: expected a tensor, an ndarray or a number, got null'],
  [
    () => d.relu([1, 2] as never),
    ArgumentError,
    'relu: expected a tensor, an ndarray or a number (tensor(values, shape) makes one of arrays), got [1,2]',
  ],
  [() => d.affine('x' as never, 1), ArgumentError, 'affine: expected a tensor, an ndarray or a number, got "x"'],

  [() => d.sum(z([2, 3]), { axis: 2 }), ShapeError, 'sum: expected an axis from -2 to 1, got 2'],
  [() => d.mean(z([2, 3]), { axis: [0, -3] }), ShapeError, 'mean: expected an axis from -2 to 1, got -3'],
  [() => d.variance(z([2]), { axis: 1 }), ShapeError, 'variance: expected an axis from -1 to 0, got 1'],
  [() => d.variance(z([0])), ShapeError, 'variance: expected more than 1 values with correction 1, got 0'],
  [() => d.max(z([2]), { axis: 0.5 }), ShapeError, 'max: expected an axis from -1 to 0, got 0.5'],
  [() => d.softmax(z([2]), 1), ShapeError, 'softmax: expected an axis from -1 to 0, got 1'],
  [() => d.logSoftmax(z([2]), -2), ShapeError, 'logSoftmax: expected an axis from -1 to 0, got -2'],

  [
    () => d.matmul(z([2, 3]), z([2, 3])),
    ShapeError,
    'matmul: expected a (...,M,K) and b (...,K,N), got [2,3] and [2,3]',
  ],
  [() => d.matmul(z([3]), z([3, 2])), ShapeError, 'matmul: expected a (...,M,K) and b (...,K,N), got [3] and [3,2]'],
  [
    () => d.matmul(z([2, 2, 3]), z([3, 3, 2])),
    ShapeError,
    'matmul: expected a (...,M,K) and b (...,K,N), got [2,2,3] and [3,3,2]',
  ],
  [() => d.linear(z([2, 4]), z([5, 3])), ShapeError, 'linear: expected x (...,D) with D=3, got [2,4]'],
  [() => d.linear(z([]), z([5, 3])), ShapeError, 'linear: expected x (...,D) with D=3, got []'],
  [() => d.linear(z([2, 3]), z([3])), ShapeError, 'linear: expected weight (O,D), got [3]'],
  [() => d.linear(z([2, 3]), z([5, 3]), z([3])), ShapeError, 'linear: expected bias (O) with O=5, got [3]'],

  [() => d.conv1d(z([32, 1]), z([4, 1, 3])), ShapeError, 'conv1d: expected x (B,C,L), got [32,1]'],
  [() => d.conv1d(z([2, 3, 9]), z([4, 2, 3])), ShapeError, 'conv1d: expected weight (O,G,K) with G=3, got [4,2,3]'],
  [
    () => d.conv1d(z([2, 4, 9]), z([3, 2, 3]), null, { groups: 2 }),
    ShapeError,
    'conv1d: expected output channels in 2 groups, got 3',
  ],
  [() => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), z([3])), ShapeError, 'conv1d: expected bias (O) with O=4, got [3]'],
  [
    () => d.conv1d(z([2, 3, 4]), z([4, 3, 3]), null, { dilation: 2 }),
    ShapeError,
    'conv1d: expected a signal of at least 5, got 4',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { stride: 0 }),
    ArgumentError,
    'conv1d: expected stride to be a whole number >= 1, got 0',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { padding: -1 }),
    ArgumentError,
    'conv1d: expected padding to be a whole number >= 0, got -1',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { dilation: 1.5 }),
    ArgumentError,
    'conv1d: expected dilation to be a whole number >= 1, got 1.5',
  ],
  [
    () => d.conv1d(z([2, 3, 9]), z([4, 3, 3]), null, { groups: NAN }),
    ArgumentError,
    'conv1d: expected groups to be a whole number >= 1, got NaN',
  ],
  [() => d.maxPool1d(z([2, 9]), 2), ShapeError, 'maxPool1d: expected x (B,C,L), got [2,9]'],
  [() => d.maxPool1d(z([2, 3, 4]), 5), ShapeError, 'maxPool1d: expected a signal of at least 5, got 4'],
  [() => d.maxPool1d(z([2, 3, 4]), 0), ArgumentError, 'maxPool1d: expected kernel to be a whole number >= 1, got 0'],
  [
    () => d.maxPool1d(z([2, 3, 4]), 2, { stride: -1 }),
    ArgumentError,
    'maxPool1d: expected stride to be a whole number >= 1, got -1',
  ],
  [
    () => d.maxPool1d(z([2, 3, 4]), 3, { padding: 2 }),
    ArgumentError,
    'maxPool1d: expected padding from 0 to 1.5, got 2',
  ],

  [
    () => d.batchNorm(z([3]), z([3]), z([3]), running, { train: true }),
    ShapeError,
    'batchNorm: expected x (B,C) or (B,C,L), got [3]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([2]), z([3]), running, { train: true }),
    ShapeError,
    'batchNorm: expected weight (C) with C=3, got [2]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([3]), z([1]), running, { train: true }),
    ShapeError,
    'batchNorm: expected bias (C) with C=3, got [1]',
  ],
  [
    () => d.batchNorm(z([2, 4]), z([4]), z([4]), running, { train: false }),
    ShapeError,
    'batchNorm: expected running mean (C) with C=4, got [3]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([3]), z([3]), { ...running, variance: z([2]) }, { train: false }),
    ShapeError,
    'batchNorm: expected running variance (C) with C=3, got [2]',
  ],
  [
    () => d.batchNorm(z([2, 3]), z([3]), z([3]), running, { train: true, momentum: NAN }),
    ArgumentError,
    'batchNorm: expected momentum from 0 to 1, got NaN',
  ],
  [() => d.dropout(z([2]), -0.1, random), ArgumentError, 'dropout: expected p from 0 to 1, got -0.1'],

  [() => d.lstm(z([4, 3]), lstmWeights), ShapeError, 'lstm: expected x (T,B,D), got [4,3]'],
  [() => d.lstm(z([4, 2, 5]), lstmWeights), ShapeError, 'lstm: expected weight_ih (G,D) with G=8 D=5, got [8,3]'],
  [
    () => d.lstm(z([4, 2, 3]), { ...lstmWeights, weight_hh: z([6, 2]) }),
    ShapeError,
    'lstm: expected weight_hh (G,H) with G=8 H=2, got [6,2]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), { ...lstmWeights, bias_ih: z([2]) }),
    ShapeError,
    'lstm: expected bias_ih (G) with G=8, got [2]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), { ...lstmWeights, bias_hh: z([8, 1]) }),
    ShapeError,
    'lstm: expected bias_hh (G) with G=8, got [8,1]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), lstmWeights, { h0: z([1, 2]) }),
    ShapeError,
    'lstm: expected h0 (B,H) with B=2 H=2, got [1,2]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), lstmWeights, { c0: z([2, 3]) }),
    ShapeError,
    'lstm: expected c0 (B,H) with B=2 H=2, got [2,3]',
  ],
  [() => d.bilstm(z([4, 3]), lstmWeights, lstmWeights), ShapeError, 'bilstm: expected x (T,B,D), got [4,3]'],
  [
    () => d.bilstm(z([4, 2, 3]), lstmWeights, { ...lstmWeights, weight_ih: z([12, 3]), weight_hh: z([12, 3]) }),
    ShapeError,
    'bilstm: expected bias_ih (G) with G=12, got [8]',
  ],
  [() => d.attentionPool(z([4, 2]), z([1, 2])), ShapeError, 'attentionPool: expected h (T,B,D), got [4,2]'],
  [() => d.attentionPool(z([4, 2, 3]), z([3])), ShapeError, 'attentionPool: expected weight (1,E) with E=3, got [3]'],
  [
    () => d.attentionPool(z([4, 2, 3]), z([1, 3]), { weight: z([5, 3]), bias: null }),
    ShapeError,
    'attentionPool: expected weight (1,E) with E=5, got [1,3]',
  ],
  [
    () => d.channelAttention(z([4, 2]), { weight: z([1, 2]), bias: null }, { weight: z([2, 1]), bias: null }),
    ShapeError,
    'channelAttention: expected x (B,C,L), got [4,2]',
  ],
  [
    () => d.channelAttention(z([4, 2, 3]), { weight: z([1, 2]), bias: null }, { weight: z([3, 1]), bias: null }),
    ShapeError,
    'channelAttention: expected gate (B,C) with B=4 C=2, got [4,3]',
  ],

  [() => d.concat([]), ShapeError, 'concat: expected at least one tensor, got none'],
  [() => d.concat([z([2]), z([3])], 1), ShapeError, 'concat: expected an axis from -1 to 0, got 1'],
  [
    () => d.concat([z([2, 3]), z([2, 4])]),
    ShapeError,
    'concat: expected shapes that agree off axis 0, got [2,3] and [2,4]',
  ],
  [() => d.concat([z([2, 3]), z([2])]), ShapeError, 'concat: expected shapes that agree off axis 0, got [2,3] and [2]'],
  [() => d.slice(z([2]), 1, 0), ShapeError, 'slice: expected an axis from -1 to 0, got 1'],
  [() => d.slice(z([2]), 0, 0, 2, 0), ArgumentError, 'slice: expected a whole step >= 1, got 0'],
  [() => d.slice(z([2]), 0, 0.5), ArgumentError, 'slice: expected a whole start, got 0.5'],
  [() => d.slice(z([2]), 0, 0, NAN), ArgumentError, 'slice: expected a whole end, got NaN'],
  [() => d.gather(z([2]), [0, 2]), ShapeError, 'gather: expected indices from 0 to 1, got 2 at position 1'],
  [() => d.gather(z([2]), [-1]), ShapeError, 'gather: expected indices from 0 to 1, got -1 at position 0'],
  [() => d.gather(z([2]), [0.5]), ShapeError, 'gather: expected indices from 0 to 1, got 0.5 at position 0'],
  [() => d.reshape(z([2, 3]), [4]), ShapeError, 'reshape: expected a shape of 6 elements, got [4]'],
  [() => d.reshape(z([2, 3]), [-1, -1]), ShapeError, 'reshape: expected a shape of 6 elements, got [-1,-1]'],
  [() => d.reshape(z([2, 3]), [4, -1]), ShapeError, 'reshape: expected a shape of 6 elements, got [4,-1]'],
  [() => d.reshape(z([2, 3]), [-2, -3]), ShapeError, 'reshape: expected a shape of 6 elements, got [-2,-3]'],
  [() => d.reshape(z([0]), [0, -1]), ShapeError, 'reshape: expected a shape of 0 elements, got [0,-1]'],
  [() => d.transpose(z([2, 3]), [0]), ShapeError, 'transpose: expected each of the 2 axes once, got [0]'],
  [() => d.transpose(z([2, 3]), [0, 0]), ShapeError, 'transpose: expected each of the 2 axes once, got [0,0]'],
  [() => d.transpose(z([2, 3]), [0, 2]), ShapeError, 'transpose: expected an axis from -2 to 1, got 2'],
  [() => d.broadcastTo(z([2, 3]), [3]), ShapeError, 'broadcastTo: expected a shape that fits into [3], got [2,3]'],
  [() => d.broadcastTo(z([2]), [3]), ShapeError, 'broadcastTo: expected shapes that broadcast, got [2] and [3]'],

  [() => d.l2Normalize(z([3])), ShapeError, 'l2Normalize: expected x (B,D), got [3]'],
  [
    () => d.pairwiseSquaredEuclidean(z([2, 3]), z([2, 4])),
    ShapeError,
    'pairwiseSquaredEuclidean: expected b (N,D) with D=3, got [2,4]',
  ],
  [() => d.pairwiseCosine(z([2])), ShapeError, 'pairwiseCosine: expected a (M,D), got [2]'],

  [() => d.crossEntropy(z([3]), [0]), ShapeError, 'crossEntropy: expected logits (B,K), got [3]'],
  [() => d.crossEntropy(z([2, 3]), [0]), ShapeError, 'crossEntropy: expected 2 targets, at least one, got 1'],
  [() => d.crossEntropy(z([0, 3]), []), ShapeError, 'crossEntropy: expected 0 targets, at least one, got 0'],
  [
    () => d.crossEntropy(z([2, 3]), [0, 3]),
    ArgumentError,
    'crossEntropy: expected targets from 0 to 2, got 3 at position 1',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [NAN]),
    ArgumentError,
    'crossEntropy: expected targets from 0 to 2, got NaN at position 0',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [0], { weights: z([2]) }),
    ShapeError,
    'crossEntropy: expected weights (K) with K=3, got [2]',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [0], { weights: z([3], { dtype: 'float64' }) }),
    ShapeError,
    'crossEntropy: expected inputs of one dtype, got float32 and float64',
  ],
  [
    () => d.crossEntropy(z([1, 3]), [0], { labelSmoothing: 2 }),
    ArgumentError,
    'crossEntropy: expected labelSmoothing from 0 to 1, got 2',
  ],
  [
    () => d.tripletHinge(z([2, 3]), triplets([], [], []), 0),
    ShapeError,
    'tripletHinge: expected distances (B,B), got [2,3]',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([0], [1], []), 0),
    ShapeError,
    'tripletHinge: expected as many positives and negatives as anchors, got 1, 1, 0',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([0, 1], [1, 0], [0, 2]), 0),
    ShapeError,
    'tripletHinge: expected indices from 0 to 1, got 2 in triplet 1',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([], [], []), -0.1),
    ArgumentError,
    'tripletHinge: expected margin >= 0, got -0.1',
  ],
  [
    () => d.tripletHinge(z([2, 2]), triplets([], [], []), NAN),
    ArgumentError,
    'tripletHinge: expected margin >= 0, got NaN',
  ],
  ...[0, 1.5, 3, NAN].map((power): (typeof errors)[number] => [
    () => d.tripletHinge(z([2, 2]), triplets([], [], []), 0, { power: power as 1 }),
    ArgumentError,
    `tripletHinge: expected power 1 or 2, got ${power}`,
  ]),

  [() => tensor([[1, 2], [3]]), ShapeError, 'tensor: expected nested arrays of shape [2,2], got a ragged entry 3'],
  [() => tensor([1, 2, 3], [2]), ShapeError, 'tensor: expected 2 values for [2], got 3'],
  [() => z([-1]), ShapeError, 'zeros: expected sizes that are whole numbers >= 0, got [-1]'],
  [() => d.empty([1.5], 'float32'), ShapeError, 'empty: expected sizes that are whole numbers >= 0, got [1.5]'],
  [() => z([2]).item(), ShapeError, 'item: expected one element, got shape [2]'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
