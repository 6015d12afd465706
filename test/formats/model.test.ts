import {
  ArgumentError,
  CheckpointError,
  decodeModel,
  decodeSafetensors,
  Embedder,
  EmbeddingClassifier,
  encodeModel,
  encodeSafetensors,
  MlpClassifier,
  type ModelParts,
  Network,
  NoveltyDetector,
  predict,
  Random,
  type StateDict,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { about, assertSameModel, SMALL, savedModel, signals, small, used } from '../support/models.ts';

const test = suite('formats/model');

// ---- model files

test('a model goes into bytes and comes back the same: without classifier, with novelty, several networks', () => {
  const model = savedModel();
  const [network] = model.networks;
  const unfinished = { ...model, networks: [{ ...network, classifier: null }] };
  const second = { embedder: used({ hidden: 4, embedding: 3 }), classifier: null };
  const fitted = { spread: 0.5, limit: 0.25 };
  const novelty = new NoveltyDetector({ centroids: zeros([2, 5]), ...fitted });
  const ensemble = { ...model, networks: [network, second], novelty };
  const finer = new NoveltyDetector({ centroids: zeros([2, 10]), ...fitted, pooling: 2 });
  for (const written of [model, unfinished, ensemble, { ...ensemble, novelty: finer }])
    assertSameModel(decodeModel(encodeModel(written)), written);
  const metadata = (parts: ModelParts): string => decodeSafetensors(encodeModel(parts)).metadata['clusters'];
  assert.is(metadata(ensemble), JSON.stringify(fitted), 'as in files from before there was a choice');
  assert.is(metadata({ ...ensemble, novelty: finer }), JSON.stringify({ ...fitted, pooling: 2 }));
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
  const message = 'decode: expected a model with class names, got one without';
  assertThrows(() => unnamed.decode(labels), ArgumentError, message);
  const unfinished = new EmbeddingClassifier({ embedder, classifier: null });
  assertSameBits(unfinished.embed(x).data, embeddings.data);
  for (const call of [() => unfinished.classify(x), () => unfinished.logits(x)])
    assertThrows(call, ArgumentError, 'classify: expected a model with a classifier, got one without');
});

test('a temperature is kept in the file, and a file without one has 1', () => {
  const parts = savedModel();
  const x = signals(5);
  const read = decodeModel(encodeModel({ ...parts, temperature: 1.75 }));
  assert.is(read.temperature, 1.75);
  assertSameBits(read.logits(x).data, new EmbeddingClassifier(parts.networks, { temperature: 1.75 }).logits(x).data);
  assert.is(decodeModel(encodeModel(read)).temperature, 1.75, 'and goes on');
  const { metadata } = decodeSafetensors(encodeModel({ ...parts, temperature: 1 }));
  assert.not('temperature' in metadata);
  assert.is(decodeModel(encodeModel(parts)).temperature, 1);
  const named = (temperature: string) => () => decodeModel(altered({ temperature }));
  assertThrows(named('0'), CheckpointError, 'decodeModel: expected temperature >= 0.000001, got 0');
  assertThrows(named('"warm"'), CheckpointError, 'decodeModel: expected temperature >= 0.000001, got warm');
  assert.throws(named('{'), /^decodeModel: expected JSON under temperature/);
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

/** A model file with other metadata or other tensors. */
function altered(metadata: Record<string, string | undefined>, state?: (s: StateDict) => StateDict): Uint8Array {
  const { classifier } = savedModel().networks[0];
  const novelty = new NoveltyDetector({ centroids: zeros([2, 5]), spread: 1, limit: 1 });
  const written = encodeModel({ networks: [{ embedder: small(), classifier }], novelty, about });
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
    `decodeModel: expected format 'dynaecg 2' or 'dynaecg 3', got "dynaecg 1": of another version`,
  ],
  [() => altered({ format: 'pt' }), `decodeModel: expected format 'dynaecg 2' or 'dynaecg 3', got "pt"`],
  [() => altered({ format: undefined }), "decodeModel: expected format 'dynaecg 2' or 'dynaecg 3', got undefined"],
  [() => altered({ networks: '{' }), 'decodeModel: expected JSON under networks, got "{"'],
  [() => altered({ networks: '[]' }), 'decodeModel: expected the configuration of at least one network, got []'],
  [() => altered({ networks: '[1]' }), 'decodeModel: expected the configuration of at least one network, got [1]'],
  ...['[{"embedder":null}]', '[{"embedder":[]}]', '[{"embedder":{},"classifier":3}]', '{}', 'null'].map(
    (networks): [() => Uint8Array, string] => [
      () => altered({ networks }),
      `decodeModel: expected the configuration of at least one network, got ${networks}`,
    ],
  ),
  ...['clusters', 'about', 'classes', 'networks'].flatMap((key): [() => Uint8Array, string][] => [
    [() => altered({ [key]: '{"a":1e999}' }), `decodeModel: expected JSON under ${key}, got a number beyond float64`],
    [
      () => altered({ [key]: '['.repeat(65) + ']'.repeat(65) }),
      `decodeModel: expected JSON under ${key}, got more than 64 levels`,
    ],
  ]),
  ...['null', '[]', '"text"', '3'].map((text): [() => Uint8Array, string] => [
    () => altered({ about: text }),
    `decodeModel: expected a JSON object under about, got ${text}`,
  ]),
  [
    () => configured({ ...SMALL, hidden: 3000 }), // 72 million weights, which nothing of 3 kB holds
    "decodeModel: expected the 72126065 weights of embedder 0's configuration, got 363",
  ],
  [
    () => configured({ ...SMALL, channels: null }),
    'decodeModel: expected a configuration under embedder 0, got: Embedder: expected channels to be an array, got null',
  ],
  ...(
    [
      ['conv2.weight', 7, Number.NaN, '[7] NaN'],
      ['fc1.bias', 0, Number.NEGATIVE_INFINITY, '[0] -Infinity'],
      ['bn1.running_mean', 2, Number.POSITIVE_INFINITY, '[2] Infinity'],
      ['bn2.running_var', 1, -0.5, '[1] -0.5'],
    ] as const
  ).map(([name, at, value, place]): [() => Uint8Array, string] => [
    () =>
      altered({}, (s) => {
        const { data, shape } = s[`networks.0.embedder.${name}`];
        const spoilt = Float32Array.from(data, (old, i) => (i === at ? value : old));
        return { ...s, [`networks.0.embedder.${name}`]: tensor(spoilt, [...shape]) };
      }),
    `decodeModel: expected finite weights and variances >= 0 under embedder 0, got ${name}${place}`,
  ]),
  [() => altered({ about: undefined }), 'decodeModel: expected JSON under about, got nothing'],
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
  ...[
    ...['{"limit":-1,"spread":1}', '{"limit":1,"spread":-1}'],
    ...['{"limit":1,"spread":{}}', '{"limit":1,"spread":null}', '{}', 'null'],
  ].map((clusters): [() => Uint8Array, string] => [
    () => altered({ clusters }),
    `decodeModel: expected a limit and a spread >= 0 of clusters, got ${clusters}`,
  ]),
  ...['0', '1.5', '"4"', 'null'].map((pooling): [() => Uint8Array, string] => {
    const clusters = `{"limit":1,"spread":1,"pooling":${pooling}}`;
    return [
      () => altered({ clusters }),
      `decodeModel: expected pooling of clusters to be a whole number >= 1, got ${clusters}`,
    ];
  }),
  [() => centroids(), 'decodeModel: expected centroids (K,5), got none'],
  [() => centroids(zeros([2, 9])), 'decodeModel: expected centroids (K,5), got [2,9]'],
  [() => centroids(zeros([0, 5])), 'decodeModel: expected centroids (K,5), got [0,5]'],
];

for (const [bytes, message] of files)
  test(message, () => assertThrows(() => decodeModel(bytes()), CheckpointError, message));

// ---- bad arguments

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
