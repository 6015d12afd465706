/** Calls of models, and of what saves them. */
import type { Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import { decodeModel, type InferenceOptions } from 'dynaecg/inference';
import type { Call } from './mutations.ts';
import { of } from './operands.ts';
import {
  A_CLASS,
  A_LABEL,
  classifier,
  config,
  embedder,
  finite,
  LABELS,
  linear,
  model,
  network,
  part,
  random,
} from './trained.ts';

const novelty = (): d.NoveltyDetector => d.NoveltyDetector.fit(of(8, 1, 8), [...LABELS], { random: random() });

/** Calls of `dynaecg/model`. */
export const TRAINED: Record<string, Call> = { beatModel: { args: () => [] }, waveformModel: { args: () => [] } };

/** Calls of `dynaecg/inference`. */
export const INFERENCE: Record<string, Call> = {
  backend: { args: () => [] },
  setBackend: {
    args: () => ['js', { module: {}, memory: 1e6 }],
    optional: '1 1.module 1.memory',
    allows: { '1 = {}': 'the default', '1.module = null | {} | unknown': 'not looked at for js' },
  },
  decodeModel: { args: () => [d.encodeModel(model())], opaque: '0', names: 'decodeSafetensors' },
  'InferenceModel#classify': {
    args: () => [of(2, 8), { batchSize: 1 }],
    call: (x: Tensor, options: InferenceOptions) => decodeModel(d.encodeModel(model())).classify(x, options),
    optional: '1 1.batchSize',
    names: 'classify',
    allows: { '0 = []': 'no signal', '1 = {}': 'the defaults' },
  },
  'InferenceModel#decode': {
    args: () => [[0, 1]],
    call: (labels: number[]) => decodeModel(d.encodeModel({ ...model(), classes: ['a', 'b'] })).decode(labels),
    names: 'decode',
    allows: { '0 = [] | empty': 'nothing of nothing', '0 = bigints': 'whole numbers', '0.0 = 0': A_CLASS },
  },
};

/** Calls of `dynaecg/relaxed`. */
export const RELAXED: Record<string, Call> = { relaxedModule: { args: () => [] } };

/** Calls of `dynaecg/onnx`. */
export const ONNX: Record<string, Call> = {
  encodeOnnx: {
    args: () => [linear(), { shape: ['batch', 3], metadata: { note: 'text' } }],
    optional: '1.metadata',
    names: 'linear',
    data: '1.metadata',
    opaque: '1.metadata',
    allows: { '1.metadata = {}': 'nothing to tell' },
  },
};

const unit = (): Tensor => d.l2Normalize(of(8, 2));

export const MODELS: Record<string, Call> = {
  Embedder: {
    args: () => [
      {
        ...config,
        channels: [2, 2],
        attention: 'dot',
        channelAttention: true,
        dropout: 0.1,
        contextFeatures: 2,
        random: random(),
      },
    ],
    optional: Object.keys(d.defaultEmbedderConfig)
      .map((key) => `0.${key}`)
      .join(' '),
    allows: { '0.dropout = 0 | 0.5': part, '0.contextFeatures = 0': 'none' },
  },
  'Embedder#forward': {
    args: () => [of(2, 8), of(2, 2)],
    call: (x: Tensor, context: Tensor) =>
      new d.Embedder({ ...config, channels: [2, 2], contextFeatures: 2, random: random() }).forward(x, context),
  },
  'Embedder#embed': {
    args: () => [of(2, 8), { batchSize: 1, progress: () => {} }],
    call: (x: Tensor, options: d.PredictOptions) => embedder().embed(x, options),
    optional: '1 1.batchSize 1.progress',
    names: 'embed Embedder',
    allows: { '1 = {}': 'the defaults' },
  },
  'Embedder#attentionWeights': {
    args: () => [of(2, 8), { batchSize: 1 }],
    call: (x: Tensor, options: { batchSize: number }) => embedder().attentionWeights(x, options),
    optional: '1 1.batchSize',
    names: 'attentionWeights Embedder',
    allows: { '1 = {}': 'the defaults' },
  },
  EmbeddingClassifier: {
    args: () => [[network()], { classes: ['a', 'b'] }],
    optional: '1 1.classes',
    names: 'LabelEncoder',
    data: '0.0',
    opaque: '1.classes',
    allows: { '0.0.classifier = null': 'a model that embeds only', '1 = {}': 'no names' },
  },
  'EmbeddingClassifier#classify': {
    args: () => [of(2, 8), { batchSize: 1, progress: () => {} }],
    call: (x: Tensor, options: d.PredictOptions) => new d.EmbeddingClassifier(network()).classify(x, options),
    optional: '1 1.batchSize 1.progress',
    names: 'classify predict Embedder',
    allows: { '1 = {}': 'the defaults' },
  },
  Network: { args: () => [network()], data: '0', allows: { '0.classifier = null': 'one that embeds only' } },
  SavedModel: {
    args: () => [model()],
    data: '0 0.about 0.networks.0',
    names: 'EmbeddingClassifier LabelEncoder',
    allows: { '0.networks.0.classifier = null': 'a model that embeds only', '0.about = {}': 'nothing to tell' },
  },
  Ensemble: { args: () => [[linear(), linear()]] },
  argmaxRows: { args: () => [of(2, 3)] },
  MlpClassifier: { args: () => [{ inFeatures: 2, hidden: 3, classes: 2, random: random() }] },
  'MlpClassifier#predict': {
    args: () => [of(4, 2), { batchSize: 2 }],
    call: (z: Tensor, options: { batchSize: number }) => classifier().predict(z, options),
    optional: '1 1.batchSize',
    names: 'predict probabilities linear',
    allows: { '1 = {}': 'the defaults' },
  },
  correctHead: {
    args: () => [classifier(), unit(), [...LABELS], { radius: 0.5, margin: 1, step: 10, passes: 3 }],
    optional: '3 3.radius 3.margin 3.step 3.passes',
    allows: {
      '2.0 = 0': A_CLASS,
      '3 = {}': 'the defaults',
      '3.radius = 0.5': 'a radius',
      '3.margin = 0 | 0.5 | huge': finite,
      '3.step = 0.5 | huge': finite,
    },
  },
  refitHead: {
    args: () => [classifier(), unit(), [...LABELS], { stay: 0.1, steps: 2, learningRate: 0.01 }],
    optional: '3 3.stay 3.steps 3.learningRate',
    allows: {
      '2.0 = 0': A_CLASS,
      '3 = {}': 'the defaults',
      '3.stay = 0 | 0.5 | huge': finite,
      '3.steps = 0': 'none',
      '3.learningRate = 0 | 0.5 | huge': finite,
    },
  },
  withBatchStatistics: {
    args: () => [embedder(), of(4, 8), {}],
    optional: '2',
    allows: { '2 = {}': 'no context' },
    names: 'Embedder',
  },
  NearestNeighborClassifier: {
    args: () => [{ embeddings: of(8, 2), labels: [...LABELS], classes: 2, k: 3, weights: [1, 2] }],
    optional: '0.classes 0.k 0.weights',
    allows: { '0.labels.0 = 0': A_CLASS, '0.weights.0 = 0 | 0.5 | huge': finite },
  },
  'NearestNeighborClassifier#predict': {
    args: () => [of(4, 2)],
    call: (z: Tensor) => new d.NearestNeighborClassifier({ embeddings: of(8, 2), labels: LABELS, k: 3 }).predict(z),
  },
  predict: {
    args: () => [linear(), of(2, 3), { batchSize: 1, progress: () => {} }],
    optional: '2 2.batchSize 2.progress',
    names: 'linear',
    allows: { '2 = {}': 'the defaults' },
  },
  NoveltyDetector: {
    args: () => [{ centroids: of(3, 4), spread: 2, limit: 1.5, pooling: 4 }],
    optional: '0.pooling',
    allows: {
      '0.spread = 0 | 0.5 | huge': finite,
      '0.limit = 0 | 0.5 | huge': finite,
    },
  },
  'NoveltyDetector#fit': {
    args: () => [
      of(8, 1, 8),
      [...LABELS],
      { random: random(), groups: LABELS.map((_, i) => i % 4), accepted: 0.9, pooling: 2, samplesPerCluster: 3 },
    ],
    call: (...args: Parameters<typeof d.NoveltyDetector.fit>) => d.NoveltyDetector.fit(...args),
    names: 'NoveltyDetector.fit',
    optional: '2.groups 2.accepted 2.pooling 2.samplesPerCluster',
    allows: { '1.0 = -1 | 0 | huge': A_LABEL, '2.groups.0 = -1 | 0 | huge': A_LABEL, '2.accepted = 0 | 0.5': part },
  },
  'NoveltyDetector#distance': {
    args: () => [of(8, 1, 8)],
    call: (x: Tensor) => novelty().distance(x),
    names: 'NoveltyDetector.distance',
  },
  encodeModel: {
    args: () => [{ ...model(), novelty: novelty() }, { weights: 'int8' }],
    data: '0 0.networks.0 0.about',
    optional: '0.novelty 1 1.weights',
    names: 'encodeSafetensors',
    allows: {
      '0.networks.0.classifier = null': 'none was trained',
      '0.novelty = null': 'none was fitted',
      '0.about = {}': 'nothing to tell',
      '1 = {}': 'weights as they are',
    },
  },
  decodeModel: { args: () => [d.encodeModel(model())], opaque: '0', names: 'decodeSafetensors' },
  encodeSafetensors: {
    args: () => [{ a: of(2) }, { note: 'text' }],
    optional: '1',
    data: '0 1',
    allows: {
      '0 = {}': 'a file of none',
      '0.a = 0.5': 'a scalar',
      '1 = {}': 'no metadata',
      '1.note = nonsense |  | case': 'any text',
    },
  },
  decodeSafetensors: { args: () => [d.encodeSafetensors({ a: of(2) })], opaque: '0' },
  encodeTrainingState: {
    args: () => [{ numbers: { a: 1 }, tensors: { a: of(2) } }],
    data: '0 0.tensors',
    opaque: '0.numbers',
    names: 'encodeSafetensors',
    allows: { '0.tensors.a = 0.5': 'a scalar', '0.numbers = {}': 'none', '0.tensors = {}': 'none' },
  },
  decodeTrainingState: {
    args: () => [d.encodeTrainingState({ numbers: { a: 1 }, tensors: {} })],
    opaque: '0',
    names: 'decodeSafetensors',
  },
};
