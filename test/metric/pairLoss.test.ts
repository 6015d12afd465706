/** Losses over the pairs of a batch, and over samples and proxies. */
import * as d from 'dynaecg';
import {
  ArgumentError,
  backward,
  contrastiveLoss,
  type DType,
  gradcheck,
  multiSimilarityLoss,
  ntXentLoss,
  ProxyAnchorLoss,
  Random,
  ShapeError,
  scope,
  supConLoss,
  type Tensor,
  type TensorLike,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows, type Tolerance } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { D, file, INPUTS, proxies, unitEuclidean, X } from '../support/metric.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('metric/pairLoss');

interface Made {
  value: number;
  dx: number[][];
  dproxies?: number[][];
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** A loss with parameters of its own, here the given ones, as well as one without. */
type Loss = (x: TensorLike, labels: ArrayLike<number>, options?: Record<string, number>, own?: Tensor) => Tensor;

const LOSSES: Record<string, Loss> = {
  ntXentLoss,
  supConLoss,
  multiSimilarityLoss,
  contrastiveLoss: (x, labels, { positive_margin, negative_margin } = {}) =>
    contrastiveLoss(x, labels, { positiveMargin: positive_margin, negativeMargin: negative_margin }),
  ProxyAnchorLoss: (x, labels, options, own = zeros([3, D])) => {
    const [classes, embedding] = own.shape;
    const loss = new ProxyAnchorLoss({ classes, embedding, random: new Random(1), ...options });
    Object.assign(loss, { proxies: own });
    return loss.forward(x, labels);
  },
};

const leaf = (values: number[][], dtype: DType): Tensor => tensor(values, undefined, { dtype, requiresGrad: true });

/** Fails unless a loss and its gradients are those that were made. */
function compare(loss: Loss, x: number[][], labels: number[], options: Record<string, number>, made: Made): void {
  for (const dtype of ['float64', 'float32'] as const) {
    const leaves = [leaf(x, dtype), ...(made.dproxies ? [leaf(proxies(made.dproxies.length), dtype)] : [])];
    const value = loss(leaves[0], labels, options, leaves[1]);
    assert.is(value.dtype, dtype);
    assert.equal([...value.shape], []);
    backward(value);
    [made.dx, made.dproxies].forEach((expected, i) => {
      if (!expected) return;
      const largest = Math.max(...expected.flat().map(Math.abs));
      assertClose(gradOf(leaves[i]).data, expected.flat(), tolerance(dtype, largest), `${dtype} gradient ${i}`);
    });
    assertClose(value.data, [made.value], tolerance(dtype, made.value), `${dtype} value`);
  }
}

/**
 * Values go through exponents of up to 32 and, at a temperature of 0.01, of up to 200: an error of the similarity, of one
 * unit of its type (1e-16 or 6e-8), grows by that much.
 */
function tolerance(dtype: DType, largest: number): Tolerance {
  const relative = dtype === 'float64' ? 1e-12 : 1e-4;
  return { relative, absolute: relative * largest + (dtype === 'float64' ? 1e-14 : 1e-6) };
}

// ---- against pytorch-metric-learning

const published: [name: string, loss: Loss, options: Record<string, number>][] = [
  ['NTXentLoss(temperature=0.5)', LOSSES.ntXentLoss, { temperature: 0.5 }],
  ['SupConLoss(temperature=0.5)', LOSSES.supConLoss, { temperature: 0.5 }],
  ['MultiSimilarityLoss(alpha=2, beta=50, base=0.5)', LOSSES.multiSimilarityLoss, {}],
  ['ContrastiveLoss(pos_margin=0, neg_margin=1)', LOSSES.contrastiveLoss, {}],
  ['ProxyAnchorLoss(margin=0.1, alpha=32)', LOSSES.ProxyAnchorLoss, {}],
  [
    'TripletMarginLoss(margin=0.2), all triplets, mean of the non-zero',
    (x, labels) => d.tripletLoss(x, labels, { margin: 0.2, distance: unitEuclidean }).loss,
    {},
  ],
];

for (const [name, loss, options] of published)
  test(`golden ${name}`, () => compare(loss, X, file.inputs.labels, options, file.losses[name]));

// ---- against PyTorch's operations, which agree with pytorch-metric-learning on the figures above

assert.is(file.formulas.cases.length, 60);

for (const { loss, options, batch, x, labels, ...made } of file.formulas.cases)
  test(`golden ${loss}, ${JSON.stringify(options)}, ${batch}`, () =>
    compare(LOSSES[loss], INPUTS[x], labels, options, made));

// ---- gradients

const BOUND = 1e-6; // as in gradcheck.test.ts

for (const [name, loss] of Object.entries(LOSSES))
  test(`${name}: the gradient is that of finite differences`, () => {
    for (const [n, classes, size] of [
      [2, 2, 3],
      [5, 2, 4],
      [24, 3, 8],
      [20, 9, 2],
    ])
      for (const options of [{}, ...file.formulas.cases.filter((c) => c.loss === name).map((c) => c.options)]) {
        const random = new Random(`${name} ${n} ${classes}`);
        const labels = range(n).map(() => random.integer(classes));
        const inputs = [randomTensor(random, [n, size]), randomTensor(random, [9, size])];
        const f = (x: Tensor, own: Tensor): Tensor => {
          // where nothing is to be learned, something else is differentiated along with it
          return d.add(loss(x, labels, options, own), d.sum(d.mul(x, x)));
        };
        const error = gradcheck(f, name === 'ProxyAnchorLoss' ? inputs : inputs.slice(0, 1), random);
        assert.ok(error <= BOUND, `${name}, ${n} of ${classes} classes, ${JSON.stringify(options)}: ${error}`);
      }
  });

test('a distance of your own is differentiated, and its own unit is the margin’s', () => {
  const random = new Random('distance');
  const x = randomTensor(random, [10, 3]);
  const labels = range(10).map((i) => i % 3);
  const options = { distance: d.pairwiseSquaredEuclidean, positiveMargin: 1, negativeMargin: 8 };
  assert.ok(gradcheck((z) => contrastiveLoss(z, labels, options), [x], random) <= BOUND);
  const distances = d.pairwiseSquaredEuclidean(x).data;
  const hinges: [number[], number[]] = [[], []];
  for (const i of range(10))
    for (const j of range(10).filter((other) => other !== i)) {
      const [own, far] = [labels[i] === labels[j], distances[10 * i + j]];
      hinges[own ? 0 : 1].push(own ? far - 1 : 8 - far);
    }
  const [near, far] = hinges.map((all) => all.filter((h) => h > 0));
  const mean = (all: number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
  assertClose(contrastiveLoss(x, labels, options).data, [mean(near) + mean(far)], { relative: 1e-12 });
});

// ---- what losses have in common

for (const [name, loss] of Object.entries(LOSSES)) {
  const own = (): Tensor => leaf(proxies(3), 'float32');

  test(`${name} does not depend on the order of the batch, the names of labels or the length of embeddings`, () => {
    const order = [7, 2, 11, 0, 5, 9, 1, 10, 3, 8, 6, 4];
    const { labels } = file.inputs;
    const value = loss(leaf(X, 'float64'), labels, {}, leaf(proxies(3), 'float64')).item();
    const moved = order.map((i) => X[i].map((v) => v * (i + 1)));
    const other = loss(
      leaf(moved, 'float64'),
      Int32Array.from(order, (i) => labels[i]),
      {},
      leaf(proxies(3), 'float64'),
    );
    assertClose(other.data, [value], { relative: 1e-12 });
    if (name === 'ProxyAnchorLoss') return; // whose labels are positions of proxies
    assert.is(
      loss(
        leaf(X, 'float64'),
        labels.map((label) => 9 - 100 * label),
      ).item(),
      value,
    );
  });

  test(`${name} of no sample, and of one: a gradient that is zero or finite`, () => {
    const none = zeros([0, D], { requiresGrad: true });
    const nothing = loss(none, [], {}, own());
    backward(nothing);
    assert.is(nothing.item(), 0);
    assert.is(gradOf(none).size, 0);
    const one = leaf(X.slice(0, 1), 'float32');
    const value = loss(one, [1], {}, own());
    backward(value);
    if (name !== 'ProxyAnchorLoss') assert.is(value.item(), 0);
    assert.ok(gradOf(one).data.every((g) => Number.isFinite(g) && (g === 0 || name === 'ProxyAnchorLoss')));
  });

  test(`${name} of opposite, equal and zero embeddings at hard settings is finite, and so is its gradient`, () => {
    const up = [1, 0, 0, 0, 0, 0];
    const down = up.map((v) => -v);
    const rows = [up, up, down, down, up, down, up.map(() => 0), up.map(() => 0)];
    for (const labels of [
      [0, 0, 1, 1, 0, 1, 0, 1], // solved
      [0, 1, 0, 1, 2, 2, 0, 0], // as wrong as can be
    ])
      for (const dtype of ['float32', 'float64'] as const) {
        const x = leaf(rows, dtype);
        const hard: Record<string, number> = ['ntXentLoss', 'supConLoss'].includes(name) ? { temperature: 1e-4 } : {};
        const value = loss(x, labels, hard, leaf(proxies(3), dtype));
        backward(value);
        assert.ok(Number.isFinite(value.item()) && value.item() >= 0, `${value.item()}`);
        assert.ok(gradOf(x).data.every(Number.isFinite));
      }
  });

  test(`${name} of embeddings that are no numbers is none`, () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
      for (const at of [0, 3, 11]) {
        const x = leaf(
          X.map((row, i) => (i === at ? row.map(() => bad) : row)),
          'float32',
        );
        const value = loss(x, file.inputs.labels, {}, own());
        backward(value);
        assert.ok(Number.isNaN(value.item()), `row ${at}: ${value.item()}`);
        assert.ok(gradOf(x).data.some(Number.isNaN));
      }
  });

  test(`${name} runs in a scope, and falls as embeddings follow its gradient`, () => {
    const x = leaf(X, 'float32');
    const weights = own();
    const step = (): number =>
      scope(() => {
        x.grad = null;
        const value = loss(x, file.inputs.labels, {}, weights);
        backward(value);
        const data = Array.from(gradOf(x).data);
        const length = Math.sqrt(data.reduce((sum, g) => sum + g * g, 0));
        for (let i = 0; i < x.size; i++) x.data[i] -= (0.05 / length) * data[i];
        return value.item();
      });
    const first = step();
    for (let i = 0; i < 40; i++) step();
    assert.ok(step() < 0.95 * first, `${step()} of ${first}`);
  });
}

test('a loss that is almost 0 keeps its digits: a positive far ahead of the negatives', () => {
  // cosine similarities 1 and 0 at temperature 0.05: log(1 + 2 e^-20)
  const x = tensor(
    [
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ],
    undefined,
    { dtype: 'float64' },
  );
  const expected = Math.log1p(2 * Math.exp(-20));
  assertClose(ntXentLoss(x, [0, 0, 1, 1], { temperature: 0.05 }).data, [expected], { relative: 1e-6 });
  assertClose(supConLoss(x, [0, 0, 1, 1], { temperature: 0.05 }).data, [expected], { relative: 1e-6 });
});

// ---- errors

const four = zeros([4, 2]);
const labels = [0, 0, 1, 1];

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  ...Object.entries({ ntXentLoss, supConLoss, multiSimilarityLoss, contrastiveLoss }).flatMap(
    ([op, loss]): typeof errors => [
      [() => loss(four, [0, 1]), ShapeError, `${op}: expected 4 labels, got 2`],
      [() => loss(zeros([4]), labels), ShapeError, `${op}: expected embeddings (B,D), got [4]`],
      [() => loss(four, [0, 0.5, 1, 1]), ArgumentError, `${op}: expected whole labels, got 0.5 at position 1`],
      [
        () => loss(four, [0, 2 ** 40, 1, 1]),
        ArgumentError,
        `${op}: expected labels that fit in 32 bits, got ${2 ** 40} at position 1`,
      ],
    ],
  ),
  ...Object.entries({ ntXentLoss, supConLoss }).flatMap(([op, loss]): typeof errors => [
    ...[0, -1, Number.NaN].map((temperature): (typeof errors)[number] => [
      () => loss(four, labels, { temperature }),
      ArgumentError,
      `${op}: expected temperature >= 5e-324, got ${temperature}`,
    ]),
    [
      () => loss(four, labels, { temprature: 1 } as object),
      ArgumentError,
      `${op}: expected options among temperature (did you mean temperature?), got temprature`,
    ],
  ]),
  [
    () => multiSimilarityLoss(four, labels, { beta: 0 }),
    ArgumentError,
    'multiSimilarityLoss: expected beta >= 5e-324, got 0',
  ],
  [
    () => multiSimilarityLoss(four, labels, { base: Number.POSITIVE_INFINITY }),
    ArgumentError,
    'multiSimilarityLoss: expected a finite base, got Infinity',
  ],
  [
    () => contrastiveLoss(four, labels, { negativeMargin: -1 }),
    ArgumentError,
    'contrastiveLoss: expected negativeMargin >= 0, got -1',
  ],
  [
    () => contrastiveLoss(four, labels, { distance: () => zeros([4, 3]) }),
    ShapeError,
    'contrastiveLoss: expected distance to return [4,4], got [4,3]',
  ],
];

for (const [f, type, message] of errors) test(`errors: ${message}`, () => assertThrows(f, type, message));

test.run();
