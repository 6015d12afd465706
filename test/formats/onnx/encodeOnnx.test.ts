// What is written; bench/parity.test.ts compares what it computes with onnxruntime and has it checked by onnx.
import {
  ArgumentError,
  BatchNorm1d,
  BiGRU,
  Conv1d,
  Dropout,
  decodeModel,
  Embedder,
  EmbeddingClassifier,
  Ensemble,
  encodeModel,
  Layer,
  Linear,
  LSTM,
  MlpClassifier,
  Network,
  Random,
  relu,
  Sequential,
  ShapeError,
  type Tensor,
  type TensorLike,
} from 'dynaecg';
import { encodeOnnx } from 'dynaecg/onnx';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../../support/asserts.ts';
import { readOnnx } from '../../support/onnx.ts';

const test = suite('formats/onnx/encodeOnnx');
const random = new Random('onnx');
const small = { length: 16, channels: [2, 3], kernel: 3, hidden: 2, features: 4, embedding: 3 } as const;
const embedder = (more = {}) => new Embedder({ ...small, ...more, random });
const classifier = () => new MlpClassifier({ inFeatures: 3, hidden: 4, classes: 2, random });

test('an Embedder: opset 17, a dynamic batch, the standard operators, PyTorch names of weights', () => {
  const file = readOnnx(encodeOnnx(embedder({ contextFeatures: 2 })));
  assert.equal([file.irVersion, file.opset, file.producer], [8, 17, 'dynaecg']);
  assert.equal(file.inputs, { x: ['batch', 1, 16], context: ['batch', 2] });
  assert.equal(file.outputs, { embeddings: ['batch', 3] });
  const types = file.nodes.map(({ type }) => type);
  for (const [type, times] of Object.entries({ Conv: 2, BatchNormalization: 2, MaxPool: 2, LSTM: 1, Gemm: 2 }))
    assert.is(types.filter((t) => t === type).length, times, type);
  assert.equal(file.nodes.find(({ type }) => type === 'LSTM')?.name, '/lstm/LSTM');
  for (const name of ['conv1.weight', 'bn2.running_var', 'lstm.W_l0', 'attention.weight', 'fc2.bias'])
    assert.ok(name in file.initializers, name);
});

test('an LSTM: gates i f g o become i o f c; the input biases come before the hidden ones', () => {
  const layer = new LSTM(1, 1, { random });
  layer.weight_ih_l0.data.set([1, 2, 3, 4]);
  layer.weight_hh_l0.data.set([5, 6, 7, 8]);
  layer.bias_ih_l0.data.set([10, 20, 30, 40]);
  layer.bias_hh_l0.data.set([50, 60, 70, 80]);
  const { initializers, nodes } = readOnnx(encodeOnnx(layer, { shape: [4, 'batch', 1] }));
  assert.equal(initializers['W_l0'], { shape: [1, 4, 1], values: [1, 4, 2, 3] });
  assert.equal(initializers['R_l0'], { shape: [1, 4, 1], values: [5, 8, 6, 7] });
  assert.equal(initializers['B_l0'], { shape: [1, 8], values: [10, 40, 20, 30, 50, 80, 60, 70] });
  assert.equal(nodes[0].attributes, { hidden_size: 1, direction: 'forward' });
});

test('a BiGRU: gates r z n become z r h, in both directions', () => {
  const layer = new BiGRU(1, 1, { random });
  layer.weight_ih_l0.data.set([1, 2, 3]);
  layer.weight_ih_l0_reverse.data.set([4, 5, 6]);
  const { initializers, nodes } = readOnnx(encodeOnnx(layer, { shape: [4, 'batch', 1] }));
  assert.equal(initializers['W_l0'], { shape: [2, 3, 1], values: [2, 1, 3, 5, 4, 6] });
  assert.equal(nodes[0].attributes, { hidden_size: 1, direction: 'bidirectional', linear_before_reset: 1 });
});

test('outputs: embeddings of an embedder, logits and probabilities of a classifier, y of the rest', () => {
  const names = (layer: Layer, options = {}) => Object.keys(readOnnx(encodeOnnx(layer, options)).outputs);
  const network = () => ({ embedder: embedder(), classifier: classifier() });
  const all = ['embeddings', 'logits', 'probabilities'];
  assert.equal(names(embedder()), ['embeddings']);
  assert.equal(names(classifier()), ['logits', 'probabilities']);
  assert.equal(names(new Network(network())), all);
  assert.equal(names(new EmbeddingClassifier([network(), network()])), all);
  assert.equal(names(new EmbeddingClassifier({ ...network(), classifier: null })), ['embeddings']);
  assert.equal(names(new Network({ ...network(), classifier: null })), ['embeddings']);
  assert.equal(names(new Ensemble([new EmbeddingClassifier(network())])), ['y']);
  assert.equal(names(new Sequential(embedder(), classifier())), ['y']);
  assert.equal(names(new Dropout(0.5, { random }), { shape: ['batch', 3] }), ['y']);
});

test('metadata: classes and about of a saved model, and what the caller adds, texts as they are', () => {
  const networks = [{ embedder: embedder(), classifier: classifier() }];
  const about = { samplingFrequency: 360, window: { normalize: 'zscore' } };
  const saved = decodeModel(encodeModel({ networks, classes: ['N', 'Ü'], about }));
  const { metadata } = readOnnx(encodeOnnx(saved, { metadata: { note: 'text', rate: 5, none: undefined } }));
  assert.equal(JSON.parse(metadata['classes']), ['N', 'Ü']);
  assert.equal(JSON.parse(metadata['about']), about);
  assert.equal([metadata['note'], metadata['rate'], 'none' in metadata], ['text', '5', false]);
});

test('float64 weights are written as float32; the modes of the layers stay', () => {
  const layer = new Sequential(new BatchNorm1d(2), new Linear(2, 1, { random }));
  const file = encodeOnnx(layer, { shape: ['batch', 2] });
  assert.equal(
    layer.modules().map(({ training }) => training),
    [true, true, true],
  );
  assert.equal(encodeOnnx(layer.to('float64'), { shape: ['batch', 2] }), file);
});

class Scale extends Layer {
  forward(x: TensorLike): Tensor {
    return relu(x);
  }
}
class Other extends Linear {}

test('a layer or function without an equivalent is an error that names it and its place', () => {
  const throws = (layer: Layer, message: string) =>
    assertThrows(() => encodeOnnx(layer, { shape: ['batch', 3] }), ArgumentError, `encodeOnnx: expected a ${message}`);
  throws(new Scale(), 'layer with an equivalent in ONNX, got Scale');
  const linear = () => new Linear(3, 3, { random });
  throws(new Sequential(linear(), new Scale()), 'layer with an equivalent in ONNX at 1, got Scale');
  throws(
    new Ensemble([linear(), new Other(3, 3, { random })]),
    'layer with an equivalent in ONNX at members.1, got Other',
  );
  throws(new Sequential(linear(), (x) => relu(x)), 'function with an equivalent in ONNX at 1, got a function');
  const inner = new Sequential(linear(), new Sequential(relu, new Scale()));
  throws(
    new Network({ embedder: inner, classifier: null }),
    'layer with an equivalent in ONNX at embedder.1.1, got Scale',
  );
});

test('a shape is required where no model has one, has batch once, and has to fit', () => {
  const conv = new Conv1d(2, 3, 3, { random });
  const fails = (shape: unknown, type: new () => Error, message: string) =>
    assertThrows(() => encodeOnnx(conv, { shape: shape as never }), type, message);
  fails(
    undefined,
    ArgumentError,
    "encodeOnnx: expected shape, sizes of x with 'batch' for the axis of samples, got none",
  );
  fails(
    ['batch', 'batch', 2],
    ArgumentError,
    'encodeOnnx: expected a shape with \'batch\' once, got ["batch","batch",2]',
  );
  fails(['batch', 3, 9], ShapeError, 'conv1d: expected weight (O,G,K) with G=3, got [3,2,3]');
  fails(['batch', 0, 9], ArgumentError, 'encodeOnnx: expected shape[1] to be a whole number >= 1, got 0');
  const metadata = { f: () => 1 };
  assertThrows(
    () => encodeOnnx(embedder(), { metadata }),
    ArgumentError,
    'encodeOnnx: expected metadata.f to be a text or JSON, got a function',
  );
  assertThrows(
    () => encodeOnnx(embedder(), { metadata: { n: 1n } }),
    ArgumentError,
    'encodeOnnx: expected metadata.n to be a text or JSON, got: Do not know how to serialize a BigInt',
  );
});

test.run();
