/** Files that versions before wrote: they open, and what they hold goes on as it did. */
import { readFileSync } from 'node:fs';
import {
  AdamW,
  CheckpointError,
  DynamicMargin,
  decodeModel,
  decodeSafetensors,
  decodeTrainingState,
  Embedder,
  encodeModel,
  encodeSafetensors,
  Random,
  type SavedModel,
  Tensor,
  TripletTrainer,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('formats/compatibility');

// These two files were written before 0.1.0, by the code at "Words of the layouts page", with what is below: a state after the first
// of three iterations, and the model that these led to, with clusters of embeddings. The numbers were printed by the same program.
const x = new Tensor(
  Float32Array.from({ length: 12 * 16 }, (_, i) => ((i * 37) % 101) / 50 - 1),
  [12, 16],
);
const context = new Tensor(
  Float32Array.from({ length: 12 }, (_, i) => i / 12),
  [12, 1],
);
const labels = Array.from({ length: 12 }, (_, i) => i % 2);
const RESUMED = [
  -0.35974279046058655, -0.6704663634300232, 0.6488913297653198, -0.32464101910591125, -0.6653788089752197,
  0.6722196340560913,
];
const PROBABILITIES = [
  0.6724339127540588, 0.32756608724594116, 0.6723264455795288, 0.3276735246181488, 0.6721343398094177,
  0.32786568999290466,
];
// Written before 0.1.0, by the code at "Tests run in a process a folder, on all cores", of the model of format 2:
// encodeModel(decodeModel(fixture('model-2.safetensors')), { weights: 'int8' }). The numbers are what it classified with it then.
const INT8_PROBABILITIES = [
  0.6724220514297485, 0.32757800817489624, 0.6723129749298096, 0.32768696546554565, 0.6721199154853821,
  0.32788002490997314,
];

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../support/fixtures/${name}`, import.meta.url));

test('a training state of format 1 is resumed, and leads where it led', () => {
  const random = new Random('fixture');
  const embedder = new Embedder({
    ...{ length: 16, channels: [2, 3], kernel: 3, hidden: 2, features: 4, embedding: 3, contextFeatures: 1 },
    ...{ attention: 'additive', channelAttention: true, dropout: 0.1, random },
  });
  const data = { x, context, labels };
  const trainer = new TripletTrainer({
    ...{ model: embedder, data, validation: data, random, keep: 'last' },
    ...{ perClass: 4, stepsPerIteration: 3, averaging: 0.9, marginScheduler: new DynamicMargin({ batches: 2 }) },
    optimizer: new AdamW(embedder.parameters(), { learningRate: 0.01 }),
  });
  trainer.state = decodeTrainingState(fixture('training-1.safetensors'));
  assert.is([...trainer.iterations(3)].length, 2, 'those that are left');
  assertClose(embedder.embed(x, { context }).data.slice(0, 6), RESUMED, { absolute: 1e-5 });
});

test('a model of format 2 embeds and classifies; clusters of its embeddings are left out with a warning', () => {
  const file = fixture('model-2.safetensors');
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (text: string) => warnings.push(text);
  let model: SavedModel;
  try {
    model = decodeModel(file);
  } finally {
    console.warn = warn;
  }
  assert.is(model.novelty, null);
  assert.equal(warnings, [
    'decodeModel: the clusters in this file are of embeddings, which are no longer used: read without them',
  ]);
  assertClose(model.classify(x, { context }).probabilities.data.slice(0, 6), PROBABILITIES, { absolute: 1e-5 });
  assert.equal([model.about, model.classes], [{ classes: ['a', 'b'] }, undefined]);
  const { tensors, metadata } = decodeSafetensors(file);
  const { centroids: _, ...weights } = tensors;
  const { clusters: __, ...rest } = metadata;
  assert.equal(encodeModel(model), encodeSafetensors(weights, rest), 'and is written as it was read');
});

test('a model of format 3, with weights in int8, classifies', () => {
  const file = fixture('model-3.safetensors');
  const model = decodeModel(file);
  assertClose(model.classify(x, { context }).probabilities.data.slice(0, 6), INT8_PROBABILITIES, { absolute: 1e-5 });
  assert.is(decodeSafetensors(file).metadata['format'], 'dynaecg 3');
  const { data, shape } = decodeSafetensors(file).tensors['networks.0.embedder.conv2.weight'];
  const { networks } = decodeModel(fixture('model-2.safetensors'));
  const [K, size] = [shape[0], data.length / shape[0]];
  for (let k = 0; k < K; k++) {
    const [own, float] = [model.networks, networks].map(([{ embedder }]) =>
      embedder.conv2.weight.data.subarray(k * size, (k + 1) * size),
    );
    const step = Math.max(...float.map(Math.abs)) / 127; // of the channel
    assertClose(own, float, { absolute: step / 2 + 1e-7 });
  }
});

test('formats that are older or newer are refused by name', () => {
  const { tensors, metadata } = decodeSafetensors(fixture('model-2.safetensors'));
  for (const format of ['dynaecg 1', 'dynaecg 4'])
    assertThrows(
      () => decodeModel(encodeSafetensors(tensors, { ...metadata, format })),
      CheckpointError,
      `decodeModel: expected format 'dynaecg 2' or 'dynaecg 3', got "${format}": of another version`,
    );
  const state = decodeSafetensors(fixture('training-1.safetensors'));
  assertThrows(
    () => decodeTrainingState(encodeSafetensors(state.tensors, { ...state.metadata, format: 'dynaecg training 2' })),
    CheckpointError,
    `decodeTrainingState: expected format 'dynaecg training 1', got "dynaecg training 2"`,
  );
});

test.run();
