import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ArgumentError,
  argmaxRows,
  backward,
  CheckpointError,
  DataError,
  type DType,
  decodeModel,
  decodeSafetensors,
  Embedder,
  type EmbedderConfig,
  EmbeddingClassifier,
  Ensemble,
  encodeModel,
  encodeSafetensors,
  MlpClassifier,
  type ModelParts,
  Network,
  nearestSemiHard,
  pairwiseSquaredEuclidean,
  predict,
  Random,
  Sequential,
  ShapeError,
  type StateDict,
  softmax,
  Tensor,
  tensor,
  tripletLoss,
  zeros,
} from 'dynaecg';
import { loadModel, saveModel } from 'dynaecg/node';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertTensorClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { fixture, restored, type Stored } from '../support/fixtures.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('embedder');

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

const SMALL = { length: 20, channels: [3, 4], kernel: 3, hidden: 3, features: 5, embedding: 4 } as const;
const small = (config: Partial<EmbedderConfig> = {}): Embedder =>
  new Embedder({ ...SMALL, ...config, random: new Random('small') });
const signals = (n: number, shape: number[] = [1, 20]): Tensor => randomTensor(new Random(n), [n, ...shape], 'float32');

/** An Embedder whose running statistics are no longer those it was made with. */
function used(config: Partial<EmbedderConfig> = {}): Embedder {
  const model = small(config);
  for (let i = 0; i < 3; i++) model.forward(signals(8 + i, [model.config.inChannels, 20]));
  return model;
}

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

test('the classifier: probabilities of sum 1, and the most probable class', () => {
  const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(1) });
  const z = used().embed(signals(9));
  const p = classifier.probabilities(z, { batchSize: 4 });
  assert.equal([...p.shape], [9, 3]);
  const rows = Array.from({ length: 9 }, (_, i) => [...p.data.subarray(3 * i, 3 * i + 3)]);
  for (const row of rows) assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-6);
  const predicted = classifier.predict(z, { batchSize: 2 });
  assert.equal(
    [...predicted],
    rows.map((row) => row.indexOf(Math.max(...row))),
  );
});

// ---- model files

const about = { classes: ['N', 'S', 'Ψ'], window: { length: 20, normalize: 'zscore' } };
const savedModel = (): ModelParts => {
  const embedder = used({ attention: 'additive', channelAttention: true, dropout: 0.25 });
  const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(2) });
  return { networks: [{ embedder, classifier }], clusters: null, about };
};

/** Fails unless both hold the same, and the second is ready for inference. */
function assertSameModel(read: ModelParts, written: ModelParts): void {
  assert.equal(read.about, written.about);
  assert.equal([read.clusters?.limit, read.clusters?.spread], [written.clusters?.limit, written.clusters?.spread]);
  if (read.clusters && written.clusters) assertTensorClose(read.clusters.centroids, written.clusters.centroids, {});
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

test('a model goes into bytes and comes back the same: without classifier, with clusters, several networks', () => {
  const model = savedModel();
  const [network] = model.networks;
  const unfinished = { ...model, networks: [{ ...network, classifier: null }] };
  const second = { embedder: used({ hidden: 4, embedding: 3 }), classifier: null };
  const clusters = { centroids: zeros([2, 12]), spread: { embedding: 0.5, waveform: 2 }, limit: 0.25 };
  const ensemble = { ...model, networks: [network, second], clusters };
  for (const written of [model, unfinished, ensemble]) assertSameModel(decodeModel(encodeModel(written)), written);
});

test('a model of a file embeds and classifies, and knows the names of its classes', () => {
  const parts = savedModel();
  const classes = ['N', 'S', 'Ψ'];
  const read = decodeModel(encodeModel({ ...parts, classes }));
  const x = signals(5);
  const { embeddings, probabilities, labels } = read.classify(x);
  const [{ embedder, classifier }] = parts.networks;
  assertSameBits(embeddings.data, embedder.embed(x).data);
  assertSameBits(read.embed(x).data, embeddings.data);
  assertClose(probabilities.data, classifier!.probabilities(embeddings).data, { absolute: 1e-7 });
  assertClose(softmax(read.logits(x)).data, probabilities.data, { absolute: 1e-7 });
  assertClose(predict(read, x).data, read.logits(x).data, { absolute: 1e-6 }, 'as a layer');
  assert.equal(
    read.decode(labels),
    [...labels].map((k) => classes[k]),
  );
  const unnamed = decodeModel(encodeModel(parts));
  const message = 'decode: expected a model with names of classes, got one without';
  assertThrows(() => unnamed.decode(labels), ArgumentError, message);
  const unfinished = new EmbeddingClassifier({ embedder, classifier: null });
  assertSameBits(unfinished.embed(x).data, embeddings.data);
  for (const call of [() => unfinished.classify(x), () => unfinished.logits(x)])
    assertThrows(call, ArgumentError, 'classify: expected a model with a classifier, got one without');
});

test('a network names its tensors, and is saved and loaded at once', () => {
  const [parts] = savedModel().networks;
  const network = new Network(parts);
  const names = Object.keys(network.stateDict());
  assert.ok(names.every((name) => /^(embedder|classifier)[.]/.test(name)) && names.includes('classifier.fc2.bias'));
  assert.is(network.head, parts.classifier);
  const model = new EmbeddingClassifier(network);
  assert.is(model.networks[0], network, 'the same, not a copy');
  assert.equal(
    Object.keys(model.stateDict()),
    names.map((name) => `networks.0.${name}`),
  );
});

test("a model file holds PyTorch's names behind a prefix", () => {
  const [{ embedder, classifier }] = savedModel().networks;
  const networks = [
    { embedder, classifier },
    { embedder, classifier: null },
  ];
  const { tensors } = decodeSafetensors(encodeModel({ networks, about: {} }));
  const names = [embedder, classifier!].map((m) => Object.keys(m.stateDict()));
  const expected = [
    ...names[0].map((n) => `networks.0.embedder.${n}`),
    ...names[1].map((n) => `networks.0.classifier.${n}`),
    ...names[0].map((n) => `networks.1.embedder.${n}`),
  ];
  assert.equal(Object.keys(tensors), expected);
});

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

test('a model goes to disk and comes back the same; an absent or cut file is an error that names it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    const path = join(dir, 'model.safetensors');
    const model = savedModel();
    saveModel(path, model);
    assertSameModel(loadModel(path), model);
    const bytes = readFileSync(path);
    for (const [name, contents, fault] of [
      ['absent', null, 'ENOENT'],
      ['empty', bytes.subarray(0, 0), 'expected at least 8 bytes, got 0'],
      ['half', bytes.subarray(0, bytes.length / 2), `got a file of ${Math.floor(bytes.length / 2)}`],
      ['one byte short', bytes.subarray(0, -1), `got a file of ${bytes.length - 1}`],
      ['no model', encodeSafetensors({ x: zeros([2]) }), "expected format 'dynaecg 2', got undefined"],
    ] as const) {
      const bad = join(dir, `${name}.safetensors`);
      if (contents) writeFileSync(bad, contents);
      try {
        loadModel(bad);
        assert.unreachable(name);
      } catch (error) {
        assert.instance(error, CheckpointError);
        const { message } = error as Error;
        assert.ok(
          message.startsWith(`loadModel: expected a model in ${bad}, got: `) && message.includes(fault),
          message,
        );
      }
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

/** A model file with other metadata or other tensors. */
function altered(metadata: Record<string, string | undefined>, state?: (s: StateDict) => StateDict): Uint8Array {
  const { classifier } = savedModel().networks[0];
  const clusters = { centroids: zeros([2, 9]), spread: { embedding: 1, waveform: 1 }, limit: 1 };
  const written = encodeModel({ networks: [{ embedder: small(), classifier }], clusters, about });
  const { tensors, metadata: own } = decodeSafetensors(written);
  const entries = Object.entries({ ...own, ...metadata }).filter((e): e is [string, string] => e[1] !== undefined);
  return encodeSafetensors(state ? state(tensors) : tensors, Object.fromEntries(entries));
}
const configured = (embedder: object): Uint8Array => altered({ networks: JSON.stringify([{ embedder }]) });
const centroids = (t?: Tensor): Uint8Array =>
  altered({}, ({ centroids: _, ...rest }) => (t ? { ...rest, centroids: t } : rest));

const files: [bytes: () => Uint8Array, message: string][] = [
  [
    () => altered({ format: 'dynaecg 1' }),
    `decodeModel: expected format 'dynaecg 2', got "dynaecg 1": of another version`,
  ],
  [() => altered({ format: 'pt' }), `decodeModel: expected format 'dynaecg 2', got "pt"`],
  [() => altered({ format: undefined }), "decodeModel: expected format 'dynaecg 2', got undefined"],
  [() => altered({ networks: '{' }), 'decodeModel: expected JSON under networks, got "{"'],
  [() => altered({ networks: '[]' }), 'decodeModel: expected the configuration of at least one network, got []'],
  [() => altered({ networks: '[1]' }), 'decodeModel: expected the configuration of at least one network, got [1]'],
  [() => altered({ about: undefined }), 'decodeModel: expected JSON under about, got undefined'],
  [
    () => configured({ ...SMALL, kernel: 4 }),
    'decodeModel: expected a configuration under embedder 0, got: Embedder: expected an odd kernel, got 4',
  ],
  [
    () => configured({ ...SMALL, hidden: 4, features: 'many' }),
    'decodeModel: expected a configuration under embedder 0, got: Embedder: expected features to be a whole number >= 1, got many',
  ],
  [
    () => configured({ ...SMALL, embedding: 5 }),
    'loadStateDict: expected fc2.weight [5,5], got [4,5]; expected fc2.bias [5], got [4]',
  ],
  [
    () => altered({}, ({ 'networks.0.embedder.conv1.bias': _, ...rest }) => rest),
    'loadStateDict: expected conv1.bias [3], got none',
  ],
  [
    () => altered({}, (s) => ({ ...s, 'networks.0.classifier.fc3.bias': zeros([1]) })),
    'loadStateDict: expected no fc3.bias, got one',
  ],
  ...['{"limit":-1,"spread":{"embedding":1,"waveform":1}}', '{"limit":1,"spread":{"embedding":1}}', '{}'].map(
    (clusters): [() => Uint8Array, string] => [
      () => altered({ clusters }),
      `decodeModel: expected a limit and spreads >= 0 of clusters, got ${clusters}`,
    ],
  ),
  [() => centroids(), 'decodeModel: expected centroids (K,9), got none'], // 4 of the embedding, 5 of the waveform
  [() => centroids(zeros([2, 5])), 'decodeModel: expected centroids (K,9), got [2,5]'],
  [() => centroids(zeros([0, 9])), 'decodeModel: expected centroids (K,9), got [0,9]'],
];
for (const [bytes, message] of files)
  test(message, () => assertThrows(() => decodeModel(bytes()), CheckpointError, message));

// ---- bad arguments

const model = small();
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

test('a sample that is NaN has no class', () => {
  const classifier = new MlpClassifier({ inFeatures: 2, hidden: 3, classes: 2, random: new Random(1) });
  const z = tensor([
    [1, 2],
    [Number.NaN, 0],
  ]);
  assertThrows(() => classifier.predict(z), DataError, 'predict: expected finite values, got NaN in sample 1');
});

test('the largest of each row; a row with NaN has none', () => {
  const rows = (...values: number[][]) => argmaxRows(tensor(values));
  assert.equal(rows([1, 3, 3], [-1, -2, -3]), Int32Array.of(1, 0));
  assert.equal(argmaxRows(zeros([0, 3])), new Int32Array(0));
  for (const row of [
    [Number.NaN, 1],
    [1, Number.NaN],
  ])
    assertThrows(() => rows([1, 2], row), DataError, 'argmaxRows: expected numbers, got NaN in row 1');
  assertThrows(() => argmaxRows(zeros([2])), ShapeError, 'argmaxRows: expected x (N,K), got [2]');
  assertThrows(
    () => argmaxRows(zeros([2, 0])),
    ShapeError,
    'argmaxRows: expected x with at least one column, got [2,0]',
  );
});

test('a float64 model stays one through a file', () => {
  const random = new Random(0);
  const embedder = new Embedder({ length: 16, channels: [2, 3], hidden: 2, features: 4, embedding: 3, random });
  const classifier = new MlpClassifier({ inFeatures: 3, hidden: 4, classes: 2, random });
  for (const model of [embedder, classifier]) {
    model.to('float64');
    for (const p of model.parameters()) for (let i = 0; i < p.size; i++) p.data[i] += 1e-12;
  }
  const bytes = encodeModel({ networks: [{ embedder, classifier }], about: {} });
  const [read] = decodeModel(bytes).networks;
  for (const [own, other] of [
    [embedder, read.embedder],
    [classifier, read.classifier],
  ] as const)
    for (const [name, t] of own.namedTensors()) {
      const found = other?.stateDict()[name] as Tensor;
      assert.is(found.dtype, 'float64', name);
      assertSameBits(found.data, t.data, name);
    }
  const { tensors, metadata } = decodeSafetensors(bytes);
  const name = 'networks.0.embedder.fc2.weight';
  const mixed = { ...tensors, [name]: tensor(Float32Array.from(tensors[name].data), tensors[name].shape) };
  assertThrows(
    () => decodeModel(encodeSafetensors(mixed, metadata)),
    CheckpointError,
    'decodeModel: expected weights of one dtype under embedder 0, got float64, float32',
  );
});

test.run();
