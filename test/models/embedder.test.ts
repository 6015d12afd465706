import { readFileSync } from 'node:fs';
import {
  ArgumentError,
  backward,
  type DType,
  decodeSafetensors,
  defaultEmbedderConfig,
  Embedder,
  nearestSemiHard,
  Random,
  ShapeError,
  Tensor,
  tensor,
  tripletLoss,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertSameBits, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { fixture, restored, type Stored } from '../support/fixtures.ts';
import { signals, small, used } from '../support/models.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('models/embedder');

// ---- against PyTorch

interface Golden {
  name: string;
  config: { length: number; channels: [number, number]; kernel: number; hidden: number; fc: number } & {
    embedding: number;
    attention?: 'additive';
    reduction?: number;
  };
  options: { margin: number };
  state: Record<string, Stored>;
  inputs: { x: Stored };
  indices: { labels: Stored };
  outputs: Record<'train_embedding' | 'eval_embedding' | 'loss' | 'triplets', Stored>;
  running: Record<string, Stored>;
  grads: Record<string, Stored>;
}

const { cases } = fixture<{ cases: Golden[] }>('embedder.json');

function embedderOf({ config, state }: Golden, dtype: DType): Embedder {
  const { fc: features, reduction = 0, ...sizes } = config;
  const random = new Random('overwritten');
  const model = new Embedder({ ...sizes, features, channelAttention: reduction > 0, random });
  const tensors = Object.entries(state).map(([name, stored]) => [name, restored(stored)]);
  return model.loadStateDict(Object.fromEntries(tensors)).to(dtype);
}

/**
 * 9 digits are stored, of values computed in float64. In float32 a convolution, two normalisations, an LSTM of 15 steps
 * and their gradients each lose some of its 7 digits. The bias of a convolution before batch norm has no gradient in
 * theory: what is found is rounding, which only an absolute tolerance can judge.
 */
const TOLERANCE = { float64: { relative: 1e-8, absolute: 1e-9 }, float32: { relative: 1e-5, absolute: 1e-5 } };

assert.is(cases.length, 2);

for (const golden of cases)
  for (const dtype of ['float64', 'float32'] as const)
    test(`golden ${golden.name}, ${dtype}: embeddings, loss, running statistics, every gradient`, () => {
      const { options, inputs, indices, outputs, running, grads } = golden;
      const tolerance = TOLERANCE[dtype];
      const model = embedderOf(golden, dtype);
      const x = restored(inputs.x, dtype);
      const z = model.train().forward(x);
      assertTensorClose(z, outputs.train_embedding, tolerance, 'embedding in training');
      const { loss, triplets } = tripletLoss(z, indices.labels.data, {
        miner: nearestSemiHard,
        margin: options.margin,
      });
      const mined = Array.from(triplets.anchors, (a, i) => [a, triplets.positives[i], triplets.negatives[i]]);
      assert.equal(mined.flat(), outputs.triplets.data);
      assertTensorClose(loss, outputs.loss, tolerance, 'loss');
      backward(loss);
      const parameters = model.namedParameters();
      assert.equal(parameters.map(([name]) => name).sort(), Object.keys(grads).sort());
      for (const [name, p] of parameters) assertTensorClose(gradOf(p), grads[name], tolerance, `gradient of ${name}`);
      const state = model.stateDict();
      for (const [name, expected] of Object.entries(running)) assertTensorClose(state[name], expected, tolerance, name);
      assertTensorClose(model.eval().forward(x), outputs.eval_embedding, tolerance, 'embedding in inference');
    });

// The file is the first of these Embedders after its training forward, in PyTorch's names and order.
test("a state dictionary of PyTorch's, as safetensors, loads into an Embedder and gives its embeddings", () => {
  const bytes = readFileSync(new URL('../support/fixtures/torch.safetensors', import.meta.url));
  const { tensors, metadata } = decodeSafetensors(bytes);
  assert.equal(metadata, { format: 'pt' });
  const model = embedderOf(cases[0], 'float32').loadStateDict(tensors);
  assert.is(model.bn1.num_batches_tracked.item(), 1, 'int64 in the file');
  const z = model.embed(restored(cases[0].inputs.x));
  assertTensorClose(z, cases[0].outputs.eval_embedding, TOLERANCE.float32, 'embedding');
});

// ---- by itself

test('what a configuration leaves out is the default', () => {
  const own = { length: 8, channels: [2, 3] as const, hidden: 2, features: 2, embedding: 2 };
  assert.equal(new Embedder({ ...own, random: new Random(1) }).config, { ...defaultEmbedderConfig, ...own });
});

test('embeddings have unit length', () => {
  const { data } = used().embed(signals(7));
  for (let i = 0; i < 7; i++) {
    const norm = Math.hypot(...data.subarray(4 * i, 4 * i + 4));
    assert.ok(Math.abs(norm - 1) < 1e-6, `|z| = ${norm}`);
  }
});

for (const config of [{}, { attention: 'additive', channelAttention: true, dropout: 0.5, inChannels: 2 }] as const)
  test(`embed is forward in inference mode, whatever the mode and the batch size: ${JSON.stringify(config)}`, () => {
    const model = used(config);
    const x = signals(11, [model.config.inChannels, 20]);
    const expected = model.eval().forward(x);
    const before = model.stateDict();
    for (const mode of [true, false]) {
      model.train(mode);
      const weights = model.attentionWeights(x);
      for (const batchSize of [1, 3, 11, 100]) {
        const z = model.embed(x, { batchSize });
        assert.is(z.requiresGrad, false);
        // Found: the same bits. Kernels may sum a product of another number of rows in another order: some roundings.
        assertTensorClose(z, expected, { absolute: 1e-6 }, `batches of ${batchSize}`);
        assertTensorClose(model.attentionWeights(x, { batchSize }), weights, { absolute: 1e-6 });
      }
      assert.is(model.training, mode, 'the mode is put back');
    }
    for (const [name, t] of Object.entries(model.stateDict())) assertSameBits(t.data, before[name].data, name);
  });

test('the mode is put back where embedding fails', () => {
  const model = small();
  assert.throws(() => model.embed(zeros([2, 1, 19])));
  assert.is(model.training, true);
});

test('with one lead the axis of leads may be left out, and no signal gives no embedding', () => {
  const model = used();
  const x = signals(5);
  assertSameBits(model.embed(new Tensor(x.data, [5, 20])).data, model.embed(x).data);
  assert.equal([...model.embed(zeros([0, 1, 20])).shape], [0, 4]);
});

test('attention weights: one for every four samples, positive, of sum 1', () => {
  for (const attention of ['dot', 'additive'] as const) {
    const weights = used({ attention }).attentionWeights(signals(6));
    assert.equal([...weights.shape], [6, 5]);
    assert.ok(weights.data.every((w) => w > 0));
    for (let i = 0; i < 6; i++) {
      const sum = [...weights.data.subarray(5 * i, 5 * i + 5)].reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 1e-6, `sum ${sum}`);
    }
    assert.ok(new Set(weights.data).size > 5, 'they depend on the signal');
  }
});

// ---- bad arguments

const model = small();

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => model.embed(zeros([2, 1, 19])), ShapeError, 'Embedder: expected x (B,C,L) with C=1 L=20, got [2,1,19]'],
  [() => model.forward(zeros([2, 2, 20])), ShapeError, 'Embedder: expected x (B,C,L) with C=1 L=20, got [2,2,20]'],
  [() => model.forward(zeros([2, 19])), ShapeError, 'Embedder: expected x (B,C,L) with C=1 L=20, got [2,19]'],
  [() => model.forward(zeros([20])), ShapeError, 'Embedder: expected x (B,C,L) with C=1 L=20, got [20]'],
  [
    () => small({ inChannels: 2 }).forward(zeros([2, 20])),
    ShapeError,
    'Embedder: expected x (B,C,L) with C=2 L=20, got [2,20]',
  ],
  [
    () => model.embed(tensor([1, 2]), { batchSize: 0 }),
    ArgumentError,
    'embed: expected batchSize to be a whole number >= 1, got 0',
  ],
  [() => small({ length: 3 }), ArgumentError, 'Embedder: expected length to be a whole number >= 4, got 3'],
  [() => small({ kernel: 4 }), ArgumentError, 'Embedder: expected an odd kernel, got 4'],
  [
    () => small({ attention: 'loud' as 'dot' }),
    ArgumentError,
    `Embedder: expected attention 'dot' or 'additive', got "loud"`,
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
