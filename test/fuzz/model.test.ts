import {
  CheckpointError,
  decodeModel,
  defaultEmbedderConfig,
  Embedder,
  encodeModel,
  MlpClassifier,
  NoveltyDetector,
  Random,
  tensor,
} from 'dynaecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import { edited, samples } from './edits.ts';
import { fuzz } from './harness.ts';
import { TEXTS } from './hostile.ts';
import { editMetadata, editSafetensors, safetensors } from './safetensors.ts';

const test = suite('fuzz model');

const LENGTH = 8;
const EMBEDDING = 2;
const SIZES = { inChannels: 1, channels: [1, 2], kernel: 3, hidden: 1, features: 2 } as const;

const model: fc.Arbitrary<Uint8Array> = fc
  .record({
    seed: fc.nat(1000),
    networks: fc.constantFrom(1, 1, 2),
    classifier: fc.boolean(),
    attention: fc.constantFrom('dot' as const, 'additive' as const),
    channelAttention: fc.boolean(),
    contextFeatures: fc.constantFrom(0, 0, 2),
    dtype: fc.constantFrom('float32' as const, 'float64' as const),
    novelty: fc.boolean(),
    pooling: fc.constantFrom(1, 2, 4),
    classes: fc.constantFrom(undefined, ['N', 'S', 'V'], ['__proto__', '\u001b[0m', '']),
    weights: fc.constantFrom('float' as const, 'int8' as const),
    temperature: fc.constantFrom(undefined, 0.5, 3),
    about: fc.dictionary(fc.constantFrom(...TEXTS), fc.constantFrom<unknown>(1, 'x', null, { a: [1] }), { maxKeys: 2 }),
  })
  .map(({ seed, networks, classifier, dtype, novelty, pooling, classes, weights, temperature, about, ...config }) => {
    const random = new Random(seed);
    const own = { ...defaultEmbedderConfig, ...SIZES, ...config, length: LENGTH, embedding: EMBEDDING };
    const members = Array.from({ length: networks }, () => ({
      embedder: new Embedder({ ...own, random }).to(dtype).eval(),
      classifier: classifier
        ? new MlpClassifier({ inFeatures: EMBEDDING, hidden: 2, classes: 3, random }).to(dtype).eval()
        : null,
    }));
    const D = LENGTH / pooling;
    const detector = new NoveltyDetector({
      centroids: tensor(new Float32Array(2 * D), [2, D]),
      spread: 0.5,
      limit: 3,
      pooling,
    });
    const parts = { networks: members, novelty: novelty ? detector : null, classes, about, temperature };
    return encodeModel(parts, { weights });
  });

/** What is read of a model's file, as our writer writes it. */
const rewritten = (file: Uint8Array): Uint8Array => encodeModel(decodeModel(file));

fuzz(test, {
  name: 'decodeModel',
  valid: model,
  near: edited(samples(model, 60), (file, list, other) =>
    list[0][0] % 3
      ? editMetadata(file, list, ['networks', 'clusters', 'classes', 'about', 'temperature'])
      : editSafetensors(file, list, other),
  ),
  noise: safetensors,
  read: rewritten,
  refuses: [CheckpointError],
  again: rewritten,
});

test.run();
