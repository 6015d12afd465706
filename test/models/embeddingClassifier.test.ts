import {
  ArgumentError,
  affine,
  argmaxRows,
  EmbeddingClassifier,
  Ensemble,
  MlpClassifier,
  pairwiseSquaredEuclidean,
  predict,
  Random,
  Sequential,
  softmax,
  type Tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { signals, used } from '../support/models.ts';

const test = suite('models/embeddingClassifier');

test('several networks: the mean of their logits; distances are the root of the mean square of each', () => {
  const networks = [used(), used({ hidden: 4, embedding: 3 })].map((embedder, i) => {
    const inFeatures = embedder.config.embedding;
    return { embedder, classifier: new MlpClassifier({ inFeatures, hidden: 6, classes: 3, random: new Random(i) }) };
  });
  const x = signals(5);
  const {
    embeddings: embedding,
    probabilities,
    labels,
  } = new EmbeddingClassifier(networks).classify(x, {
    batchSize: 2,
  });
  assert.equal(labels, argmaxRows(probabilities));
  assert.equal([...embedding.shape], [5, 7]);
  const squared = (t: Tensor): number[] => [...pairwiseSquaredEuclidean(t, t).data];
  const parts = networks.map(({ embedder }) => embedder.embed(x));
  const [a, b] = parts.map(squared);
  const between = a.map((v, i) => (v + b[i]) / 2);
  assertClose(squared(embedding), between, { absolute: 1e-6 });

  const layers = networks.map(({ embedder, classifier }) => new Sequential(embedder, classifier));
  assertClose(probabilities.data, softmax(predict(new Ensemble(layers), x)).data, { absolute: 1e-6 });
  const own = new EmbeddingClassifier(networks[0]).embed(x);
  assertSameBits(own.data, parts[0].data);
  assertThrows(
    () => new EmbeddingClassifier([]),
    ArgumentError,
    'EmbeddingClassifier: expected at least one network, got none',
  );
});

test('a temperature divides the logits, and leaves embeddings and classes as they are', () => {
  const networks = [1, 2].map((seed) => {
    const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(seed) });
    return { embedder: used(), classifier };
  });
  const x = signals(40);
  const plain = new EmbeddingClassifier(networks);
  const { embeddings, labels } = plain.classify(x);
  const logits = plain.logits(x);
  for (const temperature of [0.25, 3, 1e6]) {
    const model = new EmbeddingClassifier(networks, { temperature });
    const own = model.classify(x);
    assert.equal(own.labels, labels, `${temperature}`);
    assertSameBits(own.embeddings.data, embeddings.data);
    const expected = affine(logits, 1 / temperature, 0);
    assertSameBits(model.logits(x).data, expected.data);
    assertSameBits(own.probabilities.data, softmax(expected).data);
    assertClose(predict(model, x).data, expected.data, { absolute: 1e-6 });
  }
  for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(
      () => new EmbeddingClassifier(networks, { temperature }),
      /^EmbeddingClassifier: expected .*temperature >= 0.000001, got/,
    );
});

test('progress is the part of the samples that is done after each batch, of several networks each in its turn', () => {
  const networks = [1, 2].map((seed) => {
    const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(seed) });
    return { embedder: used(), classifier };
  });
  const heard = (run: (progress: (done: number) => void) => unknown): number[] => {
    const told: number[] = [];
    run((done) => told.push(done));
    return told;
  };
  const [{ embedder }] = networks;
  const x = signals(5);
  assert.equal(
    heard((progress) => predict(embedder, x, { batchSize: 2, progress })),
    [2 / 5, 4 / 5, 1],
  );
  assert.equal(
    heard((progress) => embedder.embed(x, { progress })),
    [1],
  );
  assert.equal(
    heard((progress) => predict(embedder, signals(0), { progress })),
    [],
    'nothing to do, nothing to tell',
  );
  assert.equal(
    heard((progress) => new EmbeddingClassifier(networks).classify(x, { batchSize: 3, progress })),
    [0.3, 0.5, 0.8, 1],
  );
});

test.run();
