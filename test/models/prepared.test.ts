import {
  backward,
  Embedder,
  type EmbedderConfig,
  EmbeddingClassifier,
  Linear,
  MlpClassifier,
  predict,
  Random,
  ShapeError,
  sum,
  type Tensor,
  type TensorLike,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('models/prepared');

const SMALL = { length: 40, channels: [4, 6], kernel: 3, hidden: 5, features: 7, embedding: 6 } as const;

const beats = (N: number, C: number): Tensor => randomTensor(new Random('beats'), [N, C, 40], 'float32');

/** An embedder whose statistics are not those of the beginning. */
function embedder(config: Partial<EmbedderConfig>, seed: string): Embedder {
  const random = new Random(seed);
  const model = new Embedder({ ...SMALL, ...config, random });
  for (const [name, { data }] of Object.entries(model.stateDict()))
    if (name.includes('running')) for (let i = 0; i < data.length; i++) data[i] = random.uniform(0.5, 2);
  return model.eval();
}

const CONFIGS: readonly Partial<EmbedderConfig>[] = [
  {},
  { inChannels: 3 },
  { contextFeatures: 2 },
  { channelAttention: true, attention: 'additive' },
  { dropout: 0.5 },
];

for (const config of CONFIGS)
  test(`the embeddings and logits of the modules, to the bit: ${JSON.stringify(config)}`, () => {
    const { inChannels = 1, contextFeatures = 0 } = config;
    const networks = ['one', 'two'].map((seed) => ({
      embedder: embedder(config, seed),
      classifier: new MlpClassifier({ inFeatures: 6, hidden: 5, classes: 3, random: new Random(seed) }),
    }));
    const model = new EmbeddingClassifier(networks, { classes: ['N', 'S', 'V'], temperature: 1.5 });
    const prepared = model.prepare();
    for (const N of [1, 3, 20]) {
      const x = beats(N, inChannels);
      const context =
        contextFeatures > 0 ? randomTensor(new Random('context'), [N, contextFeatures], 'float32') : undefined;
      for (const batchSize of [N, 2]) {
        const [expected, found] = [model, prepared].map((own) => own.classify(x, { context, batchSize }));
        for (const name of ['embeddings', 'probabilities'] as const)
          assertSameBits(found[name].data, expected[name].data, name);
        assert.equal(found.labels, expected.labels);
      }
      const [expected, found] = [model, prepared].map((own) => predict(own, x, { context }));
      assertSameBits(found.data, expected.data);
    }
    assert.equal(prepared.decode([2, 0]), ['V', 'N']);
    assert.is(prepared.temperature, 1.5);
  });

test('float64, and one lead without its axis', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const model = embedder({}, dtype).to(dtype);
    const x = randomTensor(new Random('beats'), [2, 40], dtype);
    assertSameBits(predict(model.prepare(), x).data, model.embed(x).data, dtype);
  }
});

test('a snapshot: training goes on without it, and nothing in it can be trained', () => {
  const model = embedder({}, 'snapshot');
  const prepared = model.prepare();
  const x = beats(2, 1);
  const before = predict(prepared, x);
  for (const tensor of model.parameters()) tensor.data.fill(0.25);
  assertSameBits(predict(prepared, x).data, before.data);
  assert.not.equal(model.embed(x).data, before.data);
  assert.equal(prepared.parameters(), []);
  assert.throws(() => backward(sum(prepared.forward(x))));
});

class Own extends Embedder {
  override forward(x: TensorLike): Tensor {
    return super.forward(x);
  }
}

test('what is not ours is left as it is', () => {
  const own = new Own({ ...SMALL, random: new Random(0) });
  const head = new Linear(6, 3, { random: new Random(1) });
  const prepared = new EmbeddingClassifier({ embedder: own, classifier: head }).prepare();
  assert.is(prepared.networks[0].embedder, own);
  assert.is(prepared.networks[0].classifier, head);
  assert.is(new EmbeddingClassifier({ embedder: own, classifier: null }).prepare().networks[0].classifier, null);
});

const model = embedder({ contextFeatures: 2 }, 'errors').prepare();
const mlp = new MlpClassifier({ inFeatures: 6, hidden: 5, classes: 3, random: new Random(0) }).prepare();
const wrong: [f: () => unknown, message: string][] = [
  [() => model.forward(zeros([2, 1, 41]), zeros([2, 2])), 'Embedder: expected x (B,C,L) with C=1 L=40, got [2,1,41]'],
  [() => model.forward(zeros([2, 1, 40])), 'Embedder: expected context (B,F) with B=2 F=2, got none'],
  [
    () => model.forward(zeros([2, 1, 40], { dtype: 'float64' }), zeros([2, 2])),
    'Embedder: expected x of float32, got float64',
  ],
  [
    () => model.forward(zeros([2, 1, 40]), tensor([1, 2, 3, 4], [2, 2], { dtype: 'float64' })),
    'Embedder: expected context of float32, got float64',
  ],
  [() => mlp.forward(zeros([2, 5])), 'MlpClassifier: expected z (B,D) with D=6, got [2,5]'],
];

test('wrong inputs', () => {
  for (const [f, message] of wrong) assertThrows(f, ShapeError, message);
});

test.run();
