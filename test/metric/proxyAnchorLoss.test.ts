import * as d from 'dynaecg';
import { ArgumentError, backward, ProxyAnchorLoss, Random, ShapeError, Tensor, tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('metric/proxyAnchorLoss');

// ---- the proxies

test('proxies are drawn as pytorch-metric-learning draws them, are parameters and are saved', () => {
  const loss = new ProxyAnchorLoss({ classes: 200, embedding: 50, random: new Random('proxies') });
  assert.equal(
    loss.namedParameters().map(([name, p]) => [name, ...p.shape]),
    [['proxies', 200, 50]],
  );
  const [mean, variance] = [d.mean(loss.proxies).item(), d.variance(loss.proxies).item()];
  // 10,000 draws of variance 2 / 200: the mean is known to 0.001, the variance to 1.4 %
  assert.ok(Math.abs(mean) < 0.005 && Math.abs(variance / 0.01 - 1) < 0.07, `${mean} ${variance}`);
  const same = new ProxyAnchorLoss({ classes: 200, embedding: 50, random: new Random('proxies') });
  assert.equal(same.proxies.data, loss.proxies.data);
  const other = new ProxyAnchorLoss({ classes: 200, embedding: 50, random: new Random('others') });
  other.loadStateDict(loss.stateDict());
  assert.equal(other.proxies.data, loss.proxies.data);
  assert.is(other.to('float64').forward(zeros([2, 50], { dtype: 'float64' }), [0, 1]).dtype, 'float64');
});

test('an optimiser moves the proxies to their classes', () => {
  const random = new Random('turn');
  const loss = new ProxyAnchorLoss({ classes: 3, embedding: 4, random, alpha: 8 });
  const x = tensor([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ]);
  const optimizer = new d.AdamW(loss.parameters(), { learningRate: 0.05, weightDecay: 0 });
  for (let i = 0; i < 200; i++) {
    optimizer.zeroGrad();
    backward(loss.forward(x, [2, 0, 1]));
    optimizer.step();
  }
  const nearest = d.argmaxRows(d.matmul(x, d.transpose(d.l2Normalize(loss.proxies))));
  assert.equal([...nearest], [2, 0, 1]);
});

// ---- errors

const four = zeros([4, 2]);
const labels = [0, 0, 1, 1];
const proxyAnchor = (options: object = {}) =>
  new ProxyAnchorLoss({ classes: 2, embedding: 2, random: new Random(1), ...options });

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => proxyAnchor({ classes: 0 }),
    ArgumentError,
    'ProxyAnchorLoss: expected classes to be a whole number >= 1, got 0',
  ],
  [
    () => proxyAnchor({ classes: 1e6, embedding: 1e6 }),
    ShapeError,
    'ProxyAnchorLoss: expected at most 2147483647 values, got shape [1000000,1000000]',
  ],
  [() => proxyAnchor({ alpha: 0 }), ArgumentError, 'ProxyAnchorLoss: expected alpha >= 5e-324, got 0'],
  ...[-1, 2].map((label): (typeof errors)[number] => [
    () => proxyAnchor().forward(four, [0, 1, label, 1]),
    ArgumentError,
    `ProxyAnchorLoss: expected labels from 0 to 1, got ${label} at position 2`,
  ]),
  [
    () => proxyAnchor().forward(zeros([4, 3]), labels),
    ShapeError,
    'ProxyAnchorLoss: expected embeddings (B,D) with D=2, got [4,3]',
  ],
  [
    () => proxyAnchor().forward(new Tensor(new Float64Array(8), [4, 2]), labels),
    ShapeError,
    "ProxyAnchorLoss: expected embeddings of float32 like the model's weights " +
      '(tensor(Float32Array.from(x.data), x.shape) casts it), got float64',
  ],
];

for (const [f, type, message] of errors) test(`errors: ${message}`, () => assertThrows(f, type, message));

test.run();
