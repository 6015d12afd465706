/** Layers and models of every kind, each with the same in PyTorch, and the samples that all are run on. */
import * as d from 'dynaecg';
import { beatChannels, extractBeats, syntheticRecords } from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';

/** A layer, the sizes of x with 'batch' for samples, and an expression of PyTorch with the same state dictionary. */
export interface Case {
  name: string;
  layer: d.Layer;
  shape: readonly (number | 'batch')[];
  torch: string;
  /** F, of a model that takes context */
  context?: number;
}

const BEAT = ['batch', 1, 253] as const;
const BEATS = ['batch', 3, 253] as const; // and the usual one and that before it
const SIGNAL = ['batch', 6, 20] as const;
const SEQUENCE = [12, 'batch', 6] as const; // time-major
const FLAT = ['batch', 6] as const;

/** Every layer of the package, made anew. */
export function cases(): Case[] {
  const random = new d.Random('parity');
  const of = (name: string, layer: d.Layer, shape: Case['shape'], torch: string, context = 0): Case => ({
    name,
    layer: drawn(layer, random),
    shape,
    torch,
    ...(context > 0 ? { context } : {}),
  });
  const f = (name: string, apply: (x: d.Tensor) => d.Tensor, torch: string): Case =>
    of(name, new d.Sequential(apply), FLAT, `Apply(${torch})`);
  const embedder = (options: Partial<d.EmbedderConfig>): d.Embedder => new d.Embedder({ ...options, random });
  const small = { channels: [6, 8] as const, hidden: 10, features: 12, embedding: 9 };
  const network = (): d.EmbedderAndClassifier => ({
    embedder: embedder(small),
    classifier: new d.MlpClassifier({ inFeatures: 9, hidden: 7, classes: 3, random }),
  });
  const smallTwin = 'Embedder(channels=(6, 8), hidden=10, features=12, embedding=9';
  const networkTwin = `Network(${smallTwin}), MlpClassifier(9, 7, 3))`;
  const conv = (options: d.Conv1dOptions & { bias?: boolean }, kernel = 3): d.Conv1d =>
    new d.Conv1d(6, 4, kernel, { random, ...options });
  return [
    of('Linear', new d.Linear(6, 4, { random }), FLAT, 'nn.Linear(6, 4)'),
    of('Linear over sequences', new d.Linear(6, 4, { random }), SEQUENCE, 'nn.Linear(6, 4)'),
    of('Linear without a bias', new d.Linear(6, 4, { random, bias: false }), SEQUENCE, 'nn.Linear(6, 4, bias=False)'),
    of('Conv1d', conv({ padding: 1 }), SIGNAL, 'nn.Conv1d(6, 4, 3, padding=1)'),
    of(
      'Conv1d, stride, dilation, groups',
      conv({ stride: 2, dilation: 2, groups: 2, padding: 1, bias: false }),
      SIGNAL,
      'nn.Conv1d(6, 4, 3, stride=2, dilation=2, groups=2, padding=1, bias=False)',
    ),
    of("Conv1d, padding 'same'", conv({ padding: 'same' }, 4), SIGNAL, "nn.Conv1d(6, 4, 4, padding='same')"),
    of('BatchNorm1d', new d.BatchNorm1d(6), SIGNAL, 'nn.BatchNorm1d(6)'),
    of('BatchNorm1d of features', new d.BatchNorm1d(6, { eps: 1e-3 }), FLAT, 'nn.BatchNorm1d(6, eps=1e-3)'),
    of('LayerNorm', new d.LayerNorm(20), SIGNAL, 'nn.LayerNorm(20)'),
    of(
      'LayerNorm over two axes',
      new d.LayerNorm([6, 20], { elementwiseAffine: false }),
      SIGNAL,
      'nn.LayerNorm([6, 20], elementwise_affine=False)',
    ),
    of('GroupNorm', new d.GroupNorm(2, 6), SIGNAL, 'nn.GroupNorm(2, 6)'),
    of('LSTM', new d.LSTM(6, 5, { random }), SEQUENCE, 'Output(nn.LSTM(6, 5), 0)'),
    of(
      'BiLSTM, two layers, batch first',
      new d.BiLSTM(20, 5, { random, numLayers: 2, batchFirst: true }),
      SIGNAL,
      'Output(nn.LSTM(20, 5, 2, bidirectional=True, batch_first=True), 0)',
    ),
    of('GRU', new d.GRU(6, 5, { random }), SEQUENCE, 'Output(nn.GRU(6, 5), 0)'),
    of(
      'BiGRU, two layers',
      new d.BiGRU(6, 5, { random, numLayers: 2, dropout: 0.2 }),
      SEQUENCE,
      'Output(nn.GRU(6, 5, 2, bidirectional=True), 0)',
    ),
    of('MaxPool1d', new d.MaxPool1d(3, { stride: 2, padding: 1 }), SIGNAL, 'nn.MaxPool1d(3, 2, 1)'),
    of('AvgPool1d', new d.AvgPool1d(3, { stride: 2, padding: 1 }), SIGNAL, 'nn.AvgPool1d(3, 2, 1)'),
    of(
      'AvgPool1d, padding not counted',
      new d.AvgPool1d(3, { padding: 1, countIncludePad: false }),
      SIGNAL,
      'nn.AvgPool1d(3, padding=1, count_include_pad=False)',
    ),
    of('AdaptiveAvgPool1d', new d.AdaptiveAvgPool1d(7), SIGNAL, 'nn.AdaptiveAvgPool1d(7)'),
    of('AdaptiveMaxPool1d', new d.AdaptiveMaxPool1d(7), SIGNAL, 'nn.AdaptiveMaxPool1d(7)'),
    of('Dropout', new d.Dropout(0.5, { random }), FLAT, 'nn.Dropout(0.5)'),
    f('relu', d.relu, 'F.relu'),
    f('leakyRelu', d.leakyRelu, 'F.leaky_relu'),
    f('silu', d.silu, 'F.silu'),
    f('gelu', d.gelu, 'F.gelu'),
    f('sigmoid', d.sigmoid, 'torch.sigmoid'),
    f('tanh', d.tanh, 'torch.tanh'),
    f('softmax', d.softmax, 'lambda x: F.softmax(x, -1)'),
    f('logSoftmax', d.logSoftmax, 'lambda x: F.log_softmax(x, -1)'),
    f('l2Normalize', d.l2Normalize, 'F.normalize'),
    f('neg', d.neg, 'torch.neg'),
    of('square, sqrt', new d.Sequential(d.square, d.sqrt), FLAT, 'Apply(lambda x: (x * x).sqrt())'),
    of('abs, exp, log', new d.Sequential(d.abs, d.exp, d.log), FLAT, 'Apply(lambda x: x.abs().exp().log())'),
    of(
      'ResidualBlock, stride 2',
      new d.ResidualBlock(6, 8, { random, stride: 2 }),
      SIGNAL,
      'ResidualBlock(6, 8, stride=2)',
    ),
    of('ChannelAttention', new d.ChannelAttention(6, { random }), SIGNAL, 'ChannelAttention(6)'),
    of('AttentionPool, dot', new d.AttentionPool(6, { random }), SEQUENCE, 'AttentionPool(6)'),
    of(
      'AttentionPool, additive',
      new d.AttentionPool(6, { random, score: 'additive' }),
      SEQUENCE,
      "AttentionPool(6, 'additive')",
    ),
    of('MeanPool', new d.MeanPool(), SEQUENCE, 'Apply(lambda h: h.mean(0))'),
    of('Embedder', embedder({}), BEAT, 'Embedder()'),
    of(
      'Embedder with context, channel attention, additive attention',
      embedder({ ...small, contextFeatures: 3, channelAttention: true, attention: 'additive' }),
      BEAT,
      `${smallTwin}, contextFeatures=3, channelAttention=True, attention='additive')`,
      3,
    ),
    of(
      'Embedder of 12 leads',
      embedder({ ...small, inChannels: 12, length: 60 }),
      ['batch', 12, 60],
      `${smallTwin}, inChannels=12, length=60)`,
    ),
    of(
      'MlpClassifier',
      new d.MlpClassifier({ inFeatures: 6, hidden: 5, classes: 3, random }),
      FLAT,
      'MlpClassifier(6, 5, 3)',
    ),
    of('Network', new d.Network(network()), BEAT, `Output(${networkTwin}, 1)`),
    of('EmbeddingClassifier', new d.EmbeddingClassifier(network()), BEAT, `Output(Model([${networkTwin}]), 1)`),
    of(
      'EmbeddingClassifier, an ensemble of three',
      new d.EmbeddingClassifier([network(), network(), network()]),
      BEAT,
      `Output(Model([${networkTwin} for _ in range(3)]), 1)`,
    ),
    of(
      'Ensemble of classifiers',
      new d.Ensemble([new d.Linear(6, 3, { random }), new d.Linear(6, 3, { random })]),
      FLAT,
      'Ensemble([nn.Linear(6, 3), nn.Linear(6, 3)])',
    ),
    {
      ...{ name: 'the model of dynaecg/model', layer: beatModel(), shape: BEATS, context: 4 },
      torch: 'Output(load_model(file)[0], 1)',
    },
  ];
}

/** A layer whose norms are no identity: every tensor drawn, variances above 0. */
function drawn(layer: d.Layer, random: d.Random): d.Layer {
  for (const [name, tensor] of layer.namedTensors())
    if (/running_var$/.test(name)) tensor.data.set(tensor.data.map(() => random.uniform(0.5, 2)));
    else if (/running_mean$|bn\d\.(weight|bias)$/.test(name) || /Norm/.test(layer.constructor.name))
      tensor.data.set(tensor.data.map(() => random.normal()));
  return layer.eval();
}

/** The inputs of a case. */
export interface Samples {
  x: d.Tensor;
  context?: d.Tensor;
}

/** Samples for a case: beats where it takes beats, otherwise noise. */
export function samples({ shape, context }: Case, count: number, random: d.Random): Samples {
  const sizes = shape.map((dim) => (dim === 'batch' ? count : dim));
  const isBeats = shape === BEAT || shape === BEATS;
  const x = isBeats ? beats(sizes) : noise(sizes, random);
  return context === undefined ? { x } : { x, context: noise([count, context], random) };
}

/** Beats of synthetic patients (n,1,L), one after the other, or (n,3,L); there are more than a thousand. */
function beats([n, C, L]: readonly number[]): d.Tensor {
  const { data } = beatChannels(patients(), C === 1 ? {} : { reference: {}, previous: 1 });
  return new d.Tensor(data.slice(0, n * C * L), [n, C, L]);
}

const patients = lazy(() => extractBeats(syntheticRecords({ seed: 1, patients: 16, duration: 120 }).records));

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function noise(sizes: readonly number[], random: d.Random): d.Tensor {
  const length = sizes.reduce((a, b) => a * b, 1);
  return new d.Tensor(
    Float32Array.from({ length }, () => random.normal()),
    sizes,
  );
}

/** What a layer computes for all samples at once, in inference mode. */
export function ours({ layer }: Case, { x, context }: Samples): d.Tensor {
  return d.noGrad(() => layer.eval().forward(x, context));
}
