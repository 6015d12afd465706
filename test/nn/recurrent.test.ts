/** Sequences of unequal length in one batch, and states from one run to the next: held to runs of each sequence alone. */
import * as d from 'dynaecg';
import {
  ArgumentError,
  AttentionPool,
  BiGRU,
  BiLSTM,
  backward,
  GRU,
  gradcheck,
  LSTM,
  noGrad,
  Random,
  ShapeError,
  scope,
  type Tensor,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { alone, B, CLOSE, D, everything, H, LENGTHS, make, padded, type Recurrent, T } from '../support/recurrent.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('nn/recurrent');

const directions = (model: Recurrent): number => (model instanceof BiLSTM || model instanceof BiGRU ? 2 : 1);
const states = (model: Recurrent): string[] => (model instanceof LSTM ? ['h0', 'c0'] : ['h0']);

// ---- unequal lengths

for (const kind of ['LSTM', 'BiLSTM', 'GRU', 'BiGRU'] as const)
  for (const numLayers of [1, 2])
    test(`${kind}, ${numLayers} layers: each sequence has the bits it has alone, whatever the padding is`, () => {
      for (const dtype of ['float64', 'float32'] as const) {
        const model = make(kind, { numLayers }, dtype);
        const L = numLayers * directions(model);
        const random = new Random('unequal');
        const own = randomTensor(random, [T, B, D], dtype);
        const initial = Object.fromEntries(
          states(model).map((name) => [name, randomTensor(random, [L, B, H], dtype)]),
        ) as Record<string, Tensor>;
        const same = (a: Tensor, b: Tensor, what: string): void => assertSameBits(a.data, b.data, `${dtype} ${what}`);
        const u = randomTensor(random, [T, B, H * directions(model)], dtype).detach();
        const v = randomTensor(random, [L, B, H], dtype).detach();

        const x = padded(own, Number.NaN);
        const made = model.run(x, { lengths: LENGTHS, ...initial }) as Record<string, Tensor>;
        const { y, ...ends } = made;
        backward(Object.values(ends).reduce((sum, end) => d.add(sum, d.sum(d.mul(end, v))), d.sum(d.mul(y, u))));
        const found = [x, ...Object.values(initial), ...model.parameters()].map((t) => gradOf(t).clone());
        const leaves = [own, ...Object.values(initial), ...model.parameters()];
        for (const leaf of leaves) leaf.grad = null;

        for (const [b, n] of LENGTHS.entries()) {
          const part = Object.fromEntries(Object.entries(initial).map(([k, s]) => [k, d.slice(s, 1, b, b + 1)]));
          const single = model.run(alone(own, b, n), part) as Record<string, Tensor>;
          const what = `sequence ${b}`;
          same(alone(y, b, n), single['y'], `y of ${what}`);
          for (const name of Object.keys(ends))
            same(d.slice(ends[name], 1, b, b + 1), single[name], `${name} of ${what}`);
          assert.ok(
            d.slice(d.slice(y, 1, b, b + 1), 0, n).data.every((value) => value === 0),
            `zeros behind ${what}`,
          );
          const loss = Object.entries(single).map(([name, t]) =>
            d.sum(d.mul(t, name === 'y' ? alone(u, b, n) : d.slice(v, 1, b, b + 1))),
          );
          backward(loss.reduce((a, c) => d.add(a, c)));
        }
        found.forEach((gradient, i) => {
          assertClose(gradient.data, gradOf(leaves[i]).data, CLOSE[dtype], `${dtype} gradient ${i}`);
        });
        const beyond = padded(gradOf(x), 1).data.filter((_, i) => Number.isNaN(x.data[i]));
        assert.ok(beyond.length > 0);
        assert.ok(
          gradOf(x).data.every((g, i) => !Number.isNaN(x.data[i]) || g === 0),
          'no gradient beyond the ends',
        );
      }
    });

test('the bits do not depend on the padding, nor does the batch come out in another order', () => {
  for (const kind of ['LSTM', 'BiLSTM', 'GRU', 'BiGRU'] as const) {
    const model = make(kind, { numLayers: 2 }, 'float32');
    const x = randomTensor(new Random('x'), [T, B, D], 'float32');
    const run = (value: number): Tensor => everything(model.run(padded(x, value), { lengths: LENGTHS }));
    assertSameBits(run(Number.NaN).data, run(0).data, kind);
    assertSameBits(run(Number.POSITIVE_INFINITY).data, run(1e30).data, kind);
  }
});

test('lengths of all steps are no lengths; they may be any array of numbers', () => {
  for (const kind of ['LSTM', 'BiGRU'] as const) {
    const model = make(kind, {}, 'float32');
    const x = randomTensor(new Random('x'), [T, B, D], 'float32');
    const whole = model.run(x);
    assertSameBits(everything(model.run(x, { lengths: Array(B).fill(T) })).data, everything(whole).data, kind);
    const some = everything(model.run(x, { lengths: LENGTHS })).data;
    for (const lengths of [Int32Array.from(LENGTHS), Float32Array.from(LENGTHS)])
      assertSameBits(everything(model.run(x, { lengths })).data, some, kind);
  }
});

test('batch first is the same with the axes the other way round', () => {
  for (const kind of ['LSTM', 'BiLSTM', 'GRU', 'BiGRU'] as const) {
    const [model, other] = [make(kind, { numLayers: 2 }), make(kind, { numLayers: 2, batchFirst: true })];
    const x = randomTensor(new Random('x'), [T, B, D]);
    const turned = d.transpose(x, [1, 0, 2]);
    assertSameBits(d.transpose(other.forward(turned), [1, 0, 2]).data, model.forward(x).data, kind);
    const [a, b] = [model, other].map((m, i) => m.run(i === 0 ? x : turned, { lengths: LENGTHS }));
    assertSameBits(d.transpose(b.y, [1, 0, 2]).data, a.y.data, kind);
    assertSameBits(b.h.data, a.h.data, kind);
  }
});

test('gradients of lengths, layers, directions and states, numerically', () => {
  for (const kind of ['LSTM', 'BiLSTM', 'GRU', 'BiGRU'] as const)
    for (const lengths of [undefined, LENGTHS]) {
      const model = make(kind, { numLayers: 2 });
      const random = new Random('gradcheck');
      const L = 2 * directions(model);
      const names = states(model);
      const weights = model.namedParameters();
      const inputs = [
        randomTensor(random, [T, B, D]),
        ...names.map(() => randomTensor(random, [L, B, H])),
        ...weights.map(([, p]) => randomTensor(random, p.shape)),
      ];
      const f = (x: Tensor, ...rest: Tensor[]): Tensor => {
        weights.forEach(([name], i) => {
          Object.assign(model, { [name]: rest[names.length + i] });
        });
        const initial = Object.fromEntries(names.map((name, i) => [name, rest[i]]));
        return everything(model.run(x, { lengths, ...initial }));
      };
      const error = gradcheck(f, inputs, random);
      assert.ok(error < 1e-6, `${kind}, lengths ${lengths}: ${error}`);
      assert.is(
        scope(() => gradcheck(f, inputs, new Random('in a scope'))),
        gradcheck(f, inputs, new Random('in a scope')),
        'the same bits inside a scope',
      );
    }
});

// ---- states and layers

test('what is run in two halves, from state to state, is what is run at once', () => {
  for (const kind of ['LSTM', 'GRU'] as const) {
    const model = make(kind, { numLayers: 2 });
    const x = randomTensor(new Random('x'), [T, B, D]);
    const whole = model.run(x) as Record<string, Tensor>;
    const first = model.run(d.slice(x, 0, 0, 3)) as Record<string, Tensor>;
    const initial = Object.fromEntries(states(model).map((name) => [name, first[name[0]]]));
    const second = model.run(d.slice(x, 0, 3), initial) as Record<string, Tensor>;
    assertClose(d.concat([first['y'], second['y']]).data, whole['y'].data, CLOSE.float64, kind);
    for (const name of Object.keys(whole))
      if (name !== 'y') assertClose(second[name].data, whole[name].data, CLOSE.float64);
  }
});

test('forward gives what run does, and the last states are rows of y', () => {
  for (const kind of ['LSTM', 'BiLSTM', 'GRU', 'BiGRU'] as const) {
    const model = make(kind, { numLayers: 2 }, 'float32');
    const x = randomTensor(new Random('x'), [T, B, D], 'float32');
    const { y, h } = model.run(x);
    assertSameBits(model.forward(x).data, y.data, kind);
    const n = directions(model);
    const last = (b: number): number[] => {
      const row = (t: number): number[] => [...y.data.slice((t * B + b) * n * H, (t * B + b + 1) * n * H)];
      return n === 1 ? row(T - 1) : [...row(T - 1).slice(0, H), ...row(0).slice(H)];
    };
    const top = d.transpose(d.slice(h, 0, n), [1, 0, 2]); // the upper layer's
    for (let b = 0; b < B; b++) assertSameBits(top.data.slice(b * n * H, (b + 1) * n * H), last(b), kind);
  }
});

test('two layers are one on top of the other', () => {
  const model = make('BiLSTM', { numLayers: 2 });
  const [lower, upper] = [make('BiLSTM'), new BiLSTM(2 * H, H, { random: new Random(1) }).to('float64')];
  for (const [layer, k] of [
    [lower, 0],
    [upper, 1],
  ] as const)
    for (const [name] of layer.namedParameters()) {
      const own = model.stateDict()[name.replace('_l0', `_l${k}`)];
      layer.loadStateDict({ ...layer.stateDict(), [name]: own });
    }
  const x = randomTensor(new Random('x'), [T, B, D]);
  assertSameBits(model.forward(x).data, upper.forward(lower.forward(x)).data);
});

test('dropout falls between two layers, in training alone', () => {
  const x = randomTensor(new Random('x'), [T, B, D], 'float32');
  for (const kind of ['LSTM', 'GRU'] as const) {
    const options = { numLayers: 2, dropout: 0.5 };
    const [plain, model] = [make(kind, { numLayers: 2 }, 'float32'), make(kind, options, 'float32')];
    for (const [name, p] of model.namedParameters()) assertSameBits(p.data, plain.stateDict()[name].data, name);
    assertSameBits(model.eval().forward(x).data, plain.forward(x).data);
    const [a, b] = [model.train().forward(x), model.forward(x)];
    assert.not.equal([...a.data], [...b.data]);
    assertSameBits(make(kind, options, 'float32').forward(x).data, a.data, 'of one seed');
    assertSameBits(make(kind, options, 'float32').run(x).y.data, a.data, 'by either way');
    assert.is(make(kind, { dropout: 0.5 }).dropout, null, 'there is nothing between one layer and none');
  }
});

// ---- pooling over time

test('a model over unequal lengths learns from its own steps: no bit of it depends on the padding', () => {
  // Lengths travel with the samples as context, as a trainer hands it on.
  class Encoder extends d.Layer {
    readonly lstm = new BiLSTM(D, H, { random: new Random(1), batchFirst: true });
    readonly pool = new AttentionPool(2 * H, { random: new Random(2), batchFirst: true });
    readonly fc = new d.Linear(2 * H, 2, { random: new Random(3) });

    forward(x: Tensor, context: Tensor): Tensor {
      const lengths = context.data;
      return this.fc.forward(this.pool.attend(this.lstm.run(x, { lengths }).y, { lengths }).context);
    }
  }
  const own = randomTensor(new Random('x'), [T, B, D], 'float32');
  const context = tensor(LENGTHS, [B, 1]);
  const trained = (value: number): number[] => {
    const model = new Encoder();
    const optimizer = new d.AdamW(model.parameters(), { learningRate: 0.05 });
    const x = noGrad(() => d.transpose(padded(own, value), [1, 0, 2]));
    const losses = Array.from({ length: 20 }, () =>
      scope(() => {
        optimizer.zeroGrad();
        const loss = d.crossEntropy(model.forward(x, context), [0, 1, 0, 1, 0]);
        backward(loss);
        optimizer.step();
        return loss.item();
      }),
    );
    assert.ok(losses[19] < losses[0] / 4, `${losses[0]} to ${losses[19]}`);
    return losses;
  };
  assertSameBits(trained(Number.NaN), trained(0));
});

// ---- bad arguments

const lstm = new LSTM(D, H, { random: new Random(1) });
const x = d.zeros([T, 2, D]);

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => lstm.run(x, { lengths: [3, 0] }),
    ArgumentError,
    'LSTM.run: expected whole lengths from 1 to 7, got 0 at position 1',
  ],
  [
    () => lstm.run(x, { lengths: [8, 1] }),
    ArgumentError,
    'LSTM.run: expected whole lengths from 1 to 7, got 8 at position 0',
  ],
  [
    () => lstm.run(x, { lengths: [2.5, 1] }),
    ArgumentError,
    'LSTM.run: expected whole lengths from 1 to 7, got 2.5 at position 0',
  ],
  [() => lstm.run(x, { lengths: [1] }), ShapeError, 'LSTM.run: expected 2 lengths, got 1'],
  [
    () => lstm.run(x, { h0: d.zeros([2, H]) }),
    ShapeError,
    `LSTM.run: expected h0 (L,B,H) with L=1 B=2 H=${H}, got [2,${H}]`,
  ],
  [() => lstm.run(d.zeros([0, 2, D])), ShapeError, 'LSTM.run: expected at least one time step, got x [0,2,3]'],
  [
    () => new BiGRU(D, H, { random: new Random(1), batchFirst: true }).run(d.zeros([2, D])),
    ShapeError,
    'BiGRU.run: expected x (B,T,D), got [2,3]',
  ],
  [
    () => new GRU(D, H, { random: new Random(1), dropout: 2 }),
    ArgumentError,
    'GRU: expected dropout from 0 to 1, got 2',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
