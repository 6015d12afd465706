import * as d from 'dynaecg';
import { ArgumentError, AttentionPool, backward, MeanPool, Random, type Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { alone, B, CLOSE, D, LENGTHS, padded, T } from '../support/recurrent.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('nn/attentionPool');

// ---- pooling over time

for (const score of ['dot', 'additive'] as const)
  test(`attention pooling of unequal lengths, ${score}: each sequence as alone`, () => {
    for (const dtype of ['float64', 'float32'] as const) {
      const pool = new AttentionPool(D, { random: new Random(1), score }).to(dtype);
      const own = randomTensor(new Random('h'), [T, B, D], dtype);
      const h = padded(own, Number.NaN);
      const { context, alpha } = pool.attend(h, { lengths: LENGTHS });
      backward(d.sum(d.square(context)));
      const found = [h, ...pool.parameters()].map((t) => gradOf(t).clone());
      for (const p of pool.parameters()) p.grad = null;
      for (const [b, n] of LENGTHS.entries()) {
        const single = pool.attend(alone(own, b, n));
        assertClose(context.data.slice(b * D, (b + 1) * D), single.context.data, CLOSE[dtype]);
        const weights = Array.from({ length: T }, (_, t) => alpha.data[t * B + b]);
        assertClose(weights.slice(0, n), single.alpha.data, CLOSE[dtype]);
        assert.ok(weights.slice(n).every((w) => w === 0));
        backward(d.sum(d.square(single.context)));
      }
      for (const [i, t] of [own, ...pool.parameters()].entries())
        assertClose(found[i].data, gradOf(t).data, CLOSE[dtype], `gradient ${i}`);
    }
  });

test('a mask with gaps pools the steps that it leaves', () => {
  const own = randomTensor(new Random('h'), [T, 2, D]);
  const kept = [
    [1, 3, 4],
    [0, 6],
  ];
  const mask = d.zeros([T, 2]);
  const h = new d.Tensor(
    own.data.map((): number => Number.NaN),
    own.shape,
  );
  kept.forEach((steps, b) => {
    for (const t of steps) {
      mask.data[t * 2 + b] = b + 1; // anything but 0
      h.data.set(own.data.slice((t * 2 + b) * D, (t * 2 + b + 1) * D), (t * 2 + b) * D);
    }
  });
  const attention = new AttentionPool(D, { random: new Random(1) }).to('float64');
  for (const pool of [
    (x: Tensor, options?: d.TimeOptions) => attention.attend(x, options).context,
    (x: Tensor, options?: d.TimeOptions) => d.meanPool(x, options),
  ]) {
    const y = pool(h, { mask });
    kept.forEach((steps, b) => {
      const own2 = d.gather(d.slice(own, 1, b, b + 1), steps);
      assertClose(y.data.slice(b * D, (b + 1) * D), pool(own2).data, CLOSE.float64);
    });
  }
});

test('pooling batch first is the same with the axes the other way round', () => {
  const h = randomTensor(new Random('h'), [T, B, D]);
  const turned = d.transpose(h, [1, 0, 2]);
  const pools = [false, true].map((batchFirst) =>
    new AttentionPool(D, { random: new Random(1), batchFirst }).to('float64'),
  );
  const mask = d.lengthMask(LENGTHS, T);
  for (const [options, own] of [
    [{}, {}],
    [{ lengths: LENGTHS }, { lengths: LENGTHS }],
    [{ mask }, { mask: d.transpose(mask) }],
  ]) {
    const [a, b] = [pools[0].attend(h, options), pools[1].attend(turned, own)];
    assertSameBits(b.context.data, a.context.data);
    assertSameBits(d.transpose(b.alpha).data, a.alpha.data);
    assertSameBits(new MeanPool({ batchFirst: true }).pool(turned, own).data, new MeanPool().pool(h, options).data);
  }
  assertSameBits(pools[1].forward(turned).data, pools[0].forward(h).data);
});

// ---- bad arguments

const x = d.zeros([T, 2, D]);
const pool = new AttentionPool(D, { random: new Random(1) });

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => pool.attend(x, { lengths: [1, 0] }),
    ArgumentError,
    'attentionPool: expected whole lengths from 1 to 7, got 0 at position 1',
  ],
  [
    () => pool.attend(x, { lengths: [1, 1], mask: d.ones([T, 2]) }),
    ArgumentError,
    'attentionPool: expected lengths or a mask, got both',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
