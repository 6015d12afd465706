// The small entry computes what the whole library does, bit for bit, on every backend, from the same files.

import * as d from 'dynaecg';
import { type EmbedderConfig, encodeModel, encodeSafetensors, Random, tensor } from 'dynaecg';
import * as inference from 'dynaecg/inference';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plain } from '../../src/kernels/wasm/binary/plain.ts';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { BACKENDS } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('inference/model');

const SIZES = { length: 41, channels: [5, 6], hidden: 7, features: 9, embedding: 8 } as const;

/** A model file whose statistics are not those of a new model, with one network or several. */
function file(
  config: Partial<EmbedderConfig> = {},
  { networks = 1, float64 = false, classifier = true, temperature = 1, weights = 'float' as 'float' | 'int8' } = {},
): Uint8Array {
  const random = new Random(`file ${JSON.stringify(config)}`);
  const members = Array.from({ length: networks }, () => {
    const embedder = new d.Embedder({ ...SIZES, ...config, random });
    for (const { running_mean: mean, running_var: variance } of [embedder.bn1, embedder.bn2])
      for (let c = 0; c < mean.size; c++) [mean.data[c], variance.data[c]] = [random.normal(), random.uniform(0.2, 3)];
    const mlp = new d.MlpClassifier({ inFeatures: SIZES.embedding, hidden: 6, classes: 3, random });
    if (float64) for (const module of [embedder, mlp]) module.to('float64');
    return { embedder, classifier: classifier ? mlp : null };
  });
  const classes = classifier ? ['N', 'S', 'V'] : undefined;
  return encodeModel({ networks: members, about: { made: 'for a test' }, temperature, classes }, { weights });
}

const MODELS: Record<string, [Parameters<typeof file>[0], Parameters<typeof file>[1]]> = {
  'one network': [{}, {}],
  'two leads, additive attention': [{ inChannels: 2, attention: 'additive' }, {}],
  'channel attention, an odd length, dropout': [{ channelAttention: true, length: 30, dropout: 0.3 }, {}],
  context: [{ contextFeatures: 3 }, {}],
  'an ensemble with context': [{ contextFeatures: 2, kernel: 3 }, { networks: 3 }],
  float64: [{ channelAttention: true }, { float64: true, networks: 2 }],
  'weights in int8': [{ attention: 'additive' }, { weights: 'int8', networks: 2 }],
  'a temperature': [{}, { networks: 2, temperature: 2.5 }],
};

for (const backend of BACKENDS)
  for (const [name, [config, how]] of Object.entries(MODELS))
    test(`${name}: the same bits as dynaecg, ${backend}`, () => {
      const dtype = how?.float64 ? 'float64' : 'float32';
      const { inChannels: C = 1, length: L = SIZES.length, contextFeatures: F = 0 } = config ?? {};
      const random = new Random(name);
      const x = randomTensor(random, [11, C, L], dtype);
      const context = F > 0 ? randomTensor(random, [11, F], dtype) : undefined;
      d.setBackend(backend);
      const expected = d.decodeModel(file(config, how)).classify(x, { context });
      assert.is(inference.setBackend(backend).name, backend);
      const model = inference.decodeModel(file(config, how));
      for (const batchSize of [1, 4, 64]) {
        const got = model.classify(x, { context, batchSize });
        assertSameBits(got.probabilities.data, expected.probabilities.data, 'probabilities');
        assertSameBits(got.embeddings.data, expected.embeddings.data, 'embeddings');
        assert.equal([...got.labels], [...expected.labels]);
        assert.equal(got.embeddings.shape, expected.embeddings.shape);
        assert.is(d.add(got.embeddings, 0).dtype, dtype, 'is taken as a tensor');
      }
      assertSameBits(model.embed(x, { context }).data, expected.embeddings.data);
    });

test('signals as numbers one after another, as a view with strides, or without the axis of one lead', () => {
  inference.setBackend('js');
  const model = inference.decodeModel(file());
  const x = randomTensor(new Random('x'), [3, SIZES.length], 'float32');
  const { embeddings, labels } = model.classify(x);
  const turned = { data: d.transpose(x).data, shape: x.shape, stride: [1, 3], offset: 0 };
  for (const same of [x.data, [...x.data], d.reshape(x, [3, 1, SIZES.length]), turned])
    assertSameBits(model.embed(same).data, embeddings.data);
  assert.equal(
    model.decode(labels),
    [...labels].map((k) => ['N', 'S', 'V'][k]),
  );
  assert.equal(model.about, { made: 'for a test' });
  assert.is(model.configs[0].hidden, SIZES.hidden);
  assert.equal(model.embed([]).shape, [0, SIZES.embedding]);
});

if (BACKENDS.includes('wasm'))
  test('the SIMD module holds kernels of inference alone, and takes the place of another', () => {
    const { native } = inference.setBackend('wasm');
    assert.ok(native.length >= 10, String(native));
    assert.not.ok(native.some((name) => /Backward|adamw|mine/.test(name)));
    const Module = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } }).WebAssembly
      .Module;
    const whole = new Module(Buffer.from(plain, 'base64'));
    const model = inference.decodeModel(file());
    const x = randomTensor(new Random('x'), [3, SIZES.length], 'float32');
    const { data } = model.embed(x);
    assert.equal(inference.setBackend('wasm', { module: whole, memory: 1e5 }).native, native);
    assertSameBits(model.embed(x).data, data, 'more than the memory has at first');
    assertSameBits(model.embed(x).data, data);
  });

test('wrong arguments', () => {
  const model = inference.decodeModel(file());
  const bare = inference.decodeModel(file({}, { classifier: false }));
  const withContext = inference.decodeModel(file({ contextFeatures: 2 }));
  const { ArgumentError, ShapeError, DataError } = inference;
  const x = new Float32Array(2 * 41);
  const rows = 'classify: expected x (N,C,L) with rows of [1,41]';
  assertThrows(() => model.classify(new Float32Array(40)), ShapeError, `${rows}, got 40 numbers`);
  assertThrows(() => model.classify(tensor([[1, 2]])), ShapeError, `${rows}, got [1,2] over 2 values`);
  const short = { data: x, shape: [3, 41], stride: [41, 1], offset: 0 };
  assertThrows(() => model.classify(short), ShapeError, `${rows}, got [3,41] over 82 values`);
  const kinds = 'classify: expected x (N,C,L): an array of numbers, a tensor or an ndarray';
  assertThrows(() => model.classify(undefined as never), ArgumentError, `${kinds}, got undefined`);
  assertThrows(() => model.classify('abc' as never), ArgumentError, `${kinds}, got "abc"`);
  const words = Array.from({ length: 41 }, () => 'a') as never;
  assertThrows(() => model.classify(words), ArgumentError, 'classify: expected numbers, got "a" at 0');
  assertThrows(
    () => model.classify(x.fill(Number.NaN, 41)),
    DataError,
    'classify: expected finite outputs of the model, got NaN for sample 1',
  );
  assertThrows(
    () => model.embed(x, { batchsize: 2 } as never),
    ArgumentError,
    'embed: expected options among context, batchSize (did you mean batchSize?), got batchsize',
  );
  assertThrows(
    () => withContext.embed(x),
    ArgumentError,
    'embed: expected 2 numbers of context for each signal, got none',
  );
  assertThrows(
    () => model.embed(x, { context: [1, 2] }),
    ArgumentError,
    'embed: expected 0 numbers of context for each signal, got some',
  );
  assertThrows(
    () => withContext.embed(x, { context: [1, 2] }),
    ArgumentError,
    'embed: expected context for 2 signals, got 1',
  );
  const headless = 'classify: expected a model with a classifier, got one without';
  assertThrows(() => bare.classify(x), ArgumentError, headless);
  assertThrows(() => bare.decode([0]), ArgumentError, 'decode: expected a model with class names, got one without');
  assertThrows(() => model.decode([3]), DataError, 'decode: expected labels from 0 to 2, got 3 at position 0');
  assertThrows(
    () => model.decode(null as never),
    ArgumentError,
    'decode: expected labels to be an array of numbers, got null',
  );
});

/** A model file with some of its entries changed, as `encodeSafetensors` writes it. */
function changed(
  edit: (tensors: Record<string, d.TensorLike>, metadata: Record<string, string>) => void,
  source = file(),
): Uint8Array {
  const { tensors, metadata } = d.decodeSafetensors(source);
  edit(tensors, metadata);
  return encodeSafetensors(tensors, metadata);
}

test('files that are broken, as dynaecg refuses them', () => {
  const first = 'networks.0.embedder.';
  const configured = (metadata: Record<string, string>, with_: object): string => {
    const [network, ...others] = JSON.parse(metadata['networks']);
    return JSON.stringify([{ ...network, ...with_ }, ...others]);
  };
  const broken: [Uint8Array, RegExp][] = [
    [new Uint8Array(3), /^decodeSafetensors: expected at least 8 bytes, got 3$/],
    [
      changed((_, metadata) => (metadata['format'] = 'dynaecg 9')),
      /expected format 'dynaecg 2' or 'dynaecg 3', got "dynaecg 9": of another version$/,
    ],
    [changed((tensors) => delete tensors[`${first}fc2.bias`]), /expected fc2.bias \[8\] under embedder 0, got none$/],
    [
      changed((tensors) => (tensors[`${first}fc2.bias`] = tensor([1]))),
      /expected fc2.bias \[8\] under embedder 0, got \[1\]$/,
    ],
    [
      changed((tensors) => ((tensors[`${first}fc2.bias`].data as number[])[3] = Number.NaN)),
      /expected finite weights and variances >= 0 under embedder 0, got fc2.bias\[3\] NaN$/,
    ],
    [
      changed((tensors) => ((tensors[`${first}bn1.running_var`].data as number[])[1] = -1)),
      /got bn1.running_var\[1\] -1$/,
    ],
    [
      changed((tensors) => (tensors[`${first}fc2.bias`] = d.zeros([8], { dtype: 'float64' }))),
      /expected weights of one dtype under embedder 0, got float32, float64$/,
    ],
    [
      changed((_, metadata) => (metadata['networks'] = '[]')),
      /expected the configuration of at least one network, got \[\]$/,
    ],
    [
      changed((_, metadata) => (metadata['networks'] = configured(metadata, { embedder: { ...SIZES, kernel: 4 } }))),
      /expected a configuration under embedder 0, got: Embedder: expected an odd kernel, got 4$/,
    ],
    [
      changed((_, metadata) => (metadata['networks'] = configured(metadata, { embedder: { ...SIZES, hidden: 1e9 } }))),
      /under embedder 0, got \[/,
    ],
    [
      changed(
        (_, metadata) =>
          (metadata['networks'] = configured(metadata, { classifier: { inFeatures: 8, hidden: 0, classes: 3 } })),
      ),
      /expected a configuration under classifier 0, got: MlpClassifier: expected hidden to be a whole number >= 1, got 0$/,
    ],
    [changed((_, metadata) => (metadata['about'] = '3')), /expected a JSON object under about, got 3$/],
    [changed((_, metadata) => (metadata['classes'] = '["N","N"]')), /expected distinct class names/],
  ];
  for (const [bytes, message] of broken)
    for (const decode of [inference.decodeModel, d.decodeModel] as const)
      assert.throws(
        () => decode(bytes),
        (error: Error) =>
          error instanceof d.CheckpointError && (decode === d.decodeModel || message.test(error.message)),
        String(message),
      );
  assertThrows(
    () => inference.decodeModel('x' as never),
    inference.ArgumentError,
    'decodeModel: expected file to be a Uint8Array, got "x"',
  );
});

test('members of an ensemble that take other signals, or give other classes', () => {
  const two = file({}, { networks: 2 });
  const unlike = changed((tensors, metadata) => {
    const [one, other] = JSON.parse(metadata['networks']);
    other.embedder.length = 45;
    metadata['networks'] = JSON.stringify([one, other]);
    assert.ok(tensors);
  }, two);
  assertThrows(
    () => inference.decodeModel(unlike),
    inference.CheckpointError,
    'decodeModel: expected all networks with inputs 1 x 41 + 0, 3 classes, float32, got one with inputs 1 x 45 + 0, 3 classes, float32',
  );
});

test.run();
