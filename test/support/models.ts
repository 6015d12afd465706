/** A small embedder, signals for it, and a model of both networks. */
import { Embedder, type EmbedderConfig, MlpClassifier, type ModelParts, Random, type Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertSameBits, assertTensorClose } from './asserts.ts';
import { randomTensor } from './tensors.ts';

export const SMALL = { length: 20, channels: [3, 4], kernel: 3, hidden: 3, features: 5, embedding: 4 } as const;
export const small = (config: Partial<EmbedderConfig> = {}): Embedder =>
  new Embedder({ ...SMALL, ...config, random: new Random('small') });
export const signals = (n: number, shape: number[] = [1, 20]): Tensor =>
  randomTensor(new Random(n), [n, ...shape], 'float32');

/** An Embedder whose running statistics are no longer those it was made with. */
export function used(config: Partial<EmbedderConfig> = {}): Embedder {
  const model = small(config);
  for (let i = 0; i < 3; i++) model.forward(signals(8 + i, [model.config.inChannels, 20]));
  return model;
}
export const about = { classes: ['N', 'S', 'Ψ'], window: { length: 20, normalize: 'zscore' } };

export const savedModel = (): ModelParts => {
  const embedder = used({ attention: 'additive', channelAttention: true, dropout: 0.25 });
  const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(2) });
  return { networks: [{ embedder, classifier }], novelty: null, about };
};

/** Fails unless both hold the same, and the second is ready for inference. */
export function assertSameModel(read: ModelParts, written: ModelParts): void {
  assert.equal(read.about, written.about);
  assert.is(read.novelty === null, written.novelty === null);
  if (read.novelty && written.novelty) {
    const [{ centroids: own, ...rest }, { centroids, ...expected }] = [read.novelty, written.novelty];
    assert.equal(rest, expected);
    assertTensorClose(own, centroids, {});
  }
  assert.is(read.networks.length, written.networks.length);
  for (const [i, { embedder, classifier }] of read.networks.entries()) {
    const other = written.networks[i];
    assert.equal(embedder.config, other.embedder.config);
    assert.is(embedder.training, false);
    const x = signals(4);
    assertSameBits(embedder.forward(x).data, other.embedder.eval().forward(x).data);
    assert.is(classifier === null, other.classifier === null);
    if (!classifier || !other.classifier) continue;
    assert.is(classifier.training, false);
    const z = embedder.embed(x);
    assertSameBits(classifier.probabilities(z).data, other.classifier.probabilities(z).data);
  }
}
