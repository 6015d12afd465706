/** Calls of models, and of what saves them. */
import type { Tensor } from 'dynaecg';
import * as d from 'dynaecg';
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

const novelty = (): d.NoveltyDetector =>
  d.NoveltyDetector.fit(of(8, 2), of(8, 1, 8), [...LABELS], { random: random() });

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
    args: () => [{ centroids: of(3, 4), spread: { embedding: 1, waveform: 2 }, limit: 1.5, pooling: 4 }],
    optional: '0.pooling',
    data: '0.spread',
    allows: {
      '0.spread.embedding = 0 | 0.5 | huge': finite,
      '0.spread.waveform = 0 | 0.5 | huge': finite,
      '0.limit = 0 | 0.5 | huge': finite,
    },
  },
  'NoveltyDetector#fit': {
    args: () => [
      of(8, 2),
      of(8, 1, 8),
      [...LABELS],
      { random: random(), accepted: 0.9, pooling: 2, samplesPerCluster: 3 },
    ],
    call: (...args: Parameters<typeof d.NoveltyDetector.fit>) => d.NoveltyDetector.fit(...args),
    names: 'NoveltyDetector.fit',
    optional: '3.accepted 3.pooling 3.samplesPerCluster',
    allows: { '2.0 = -1 | 0 | huge': A_LABEL, '3.accepted = 0 | 0.5': part },
  },
  'NoveltyDetector#distance': {
    args: () => [of(8, 2), of(8, 1, 8)],
    call: (embedding: Tensor, x: Tensor) => novelty().distance(embedding, x),
    names: 'NoveltyDetector.distance',
  },
  encodeModel: {
    args: () => [{ ...model(), novelty: novelty() }],
    data: '0 0.networks.0 0.about',
    optional: '0.novelty',
    names: 'encodeSafetensors',
    allows: {
      '0.networks.0.classifier = null': 'none was trained',
      '0.novelty = null': 'none was fitted',
      '0.about = {}': 'nothing to tell',
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
