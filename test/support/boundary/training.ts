/** Calls of what trains, classifies, scores and saves. */
import * as d from 'dynaecg';
import { Random, type Tensor } from 'dynaecg';
import type { Call } from './mutations.ts';
import { of } from './tensors.ts';

const random = (): Random => new Random(1);
const LABELS = [0, 0, 1, 1, 0, 1, 0, 1];
/** Distances between eight samples. */
const distances = (): Tensor => d.pairwiseSquaredEuclidean(of(8, 2));
const A_CLASS = 'a class, too';
const A_LABEL = 'labels may be any whole numbers, those that are mined of 32 bits';
const miner = (): Call => ({
  args: () => [distances(), [...LABELS], 0.2],
  allows: { '1.0 = -1 | 0': A_LABEL, '2 = 0 | 0.5 | huge': 'any finite margin' },
});
const ofTemperature = (): Call => ({
  args: () => [of(8, 2), [...LABELS], { temperature: 0.1 }],
  optional: '2 2.temperature',
  allows: { '1.0 = -1 | 0': A_LABEL, '2 = {}': 'the default', '2.temperature = 0.5 | huge': 'above 0' },
});
const batch = (name: string): Call => ({
  args: () => [of(2, 1, 8), random()],
  names: name,
});
const augmentation = (call: (x: Tensor, r: Random) => void, name: string): Call => ({
  ...batch(name),
  call: call as (...args: never[]) => unknown,
});
const linear = (inputs = 3): d.Linear => new d.Linear(inputs, 2, { random: random() });
/** A model, and an optimiser of its parameters. */
const trained = () => {
  const model = linear();
  return { model, optimizer: new d.SGD(model.parameters(), { learningRate: 0.1 }) };
};
const parameters = (): d.Parameter[] => linear().parameters();
const config = { length: 8, inChannels: 1, channels: [2, 2], kernel: 3, hidden: 2, features: 3, embedding: 2 };
const embedder = (): d.Embedder => new d.Embedder({ ...config, channels: [2, 2], random: random() });
const classifier = (): d.MlpClassifier =>
  new d.MlpClassifier({ inFeatures: 2, hidden: 3, classes: 2, random: random() });
const network = (): d.EmbedderAndClassifier<d.Embedder, d.MlpClassifier> => ({
  embedder: embedder(),
  classifier: classifier(),
});
const model = (): d.ModelParts => ({ networks: [network()], about: {} });
const dataset = (): d.DatasetLike => ({ x: of(8, 3), labels: [...LABELS] });
const finite = 'any finite number >= 0';
const part = 'from 0 to 1';
const matrix = (): number[][] => [
  [3, 1],
  [0, 4],
];
const novelty = (): d.NoveltyDetector =>
  d.NoveltyDetector.fit(of(8, 2), of(8, 1, 8), [...LABELS], { random: random() });

/** The steps that `drive` takes before it first waits, so that a fault is thrown and not the reason of a promise. */
function driven(steps: Iterable<unknown>, options: d.DriveOptions<unknown>): unknown {
  return d.drive(steps, options);
}

export const LEARNING: Record<string, Call> = {
  kMeans: {
    args: () => [of(8, 2), { clusters: 2, random: random(), iterations: 5, starts: 2 }],
    optional: '1.iterations 1.starts',
  },
  nearestCentroid: { args: () => [of(8, 2), of(3, 2)] },
  GroupSampler: {
    args: () => [
      [...LABELS],
      [0, 0, 0, 0, 1, 1, 1, 1],
      { perClass: [2, 2], groupsPerBatch: 1, share: 0.5, random: random() },
    ],
    optional: '2.share',
    allows: {
      '0.0 = 0': A_CLASS,
      '1.0 = -1 | 0 | huge': 'groups may be any whole numbers',
      '2.share = 0 | 0.5': part,
    },
  },
  MPerClassSampler: {
    args: () => [[...LABELS], { perClass: [2, 2], classesPerBatch: 2, random: random() }],
    optional: '1.classesPerBatch',
    allows: { '0.0 = 0': A_CLASS },
  },
  ShuffledSampler: { args: () => [8, { batchSize: 2, random: random() }] },
  'ShuffledSampler#state': {
    args: () => [new d.ShuffledSampler(8, { batchSize: 2, random: random() }).state],
    call: (state: d.SamplerState) => {
      new d.ShuffledSampler(8, { batchSize: 2, random: random() }).state = state;
    },
    optional: '0.kind',
    names: 'Random',
    data: '0 0.random 0.random.alea 0.decks.0',
    opaque: '0.random',
    allows: { '0.decks.0.at = 0': 'none drawn' },
  },
  augmentedViews: {
    args: () => [new d.Dataset(dataset()), () => {}, random(), 2],
    optional: '3',
    opaque: '0',
  },
  stratifiedSplit: {
    args: () => [[...LABELS], { fraction: 0.25, random: random(), atLeast: 1 }],
    optional: '1.atLeast',
    allows: {
      '0 = [] | empty': 'nothing of nothing',
      '0.0 = 0': A_CLASS,
      '1.fraction = 0 | 0.5': part,
      '1.atLeast = 0': 'none at least',
    },
  },
  groupedSplit: {
    args: () => [[...LABELS], [1, 1, 1, 1, 2, 2, 2, 2], { fraction: 0.5, random: random() }],
    allows: {
      '0.0 = 0': A_CLASS,
      '1.0 = -1 | 0 | huge': 'groups may be any whole numbers',
      '2.fraction = 0.5': part,
    },
  },
  LabelEncoder: { args: () => [['walk', 'run']], opaque: '0' },
  'LabelEncoder#encode': {
    args: () => [['run', 'walk']],
    call: (labels: string[]) => new d.LabelEncoder(['walk', 'run']).encode(labels),
    names: 'encode',
    allows: { '0 = []': 'nothing of nothing' },
  },
  'LabelEncoder#decode': {
    args: () => [[1, 0]],
    call: (numbers: number[]) => new d.LabelEncoder(['walk', 'run']).decode(numbers),
    names: 'decode',
    allows: { '0 = [] | empty': 'nothing of nothing', '0.0 = 0': A_CLASS },
  },
  Dataset: {
    args: () => [{ x: of(8, 3), context: of(8, 2), labels: [...LABELS], groups: [...LABELS] }, { classes: ['a', 'b'] }],
    optional: '0.context 0.groups 1 1.classes',
    data: '0',
    names: 'LabelEncoder',
    opaque: '1.classes',
    allows: { '0.labels.0 = 0': A_CLASS, '0.groups.0 = -1 | 0': 'groups may be any whole numbers', '1 = {}': 'none' },
  },
  'Dataset#split': {
    args: () => [{ fraction: 0.5, random: random(), by: 'class', atLeast: 1 }],
    call: (options: d.StratifiedOptions) => new d.Dataset(dataset()).split(options),
    names: 'split stratifiedSplit',
    optional: '0.by 0.atLeast',
    allows: { '0.fraction = 0 | 0.5': part, '0.atLeast = 0': 'none at least' },
  },
  'Dataset#take': {
    args: () => [[1, 0]],
    call: (indices: number[]) => new d.Dataset(dataset()).take(indices),
    names: 'take',
    allows: { '0 = [] | empty | [5]': 'positions', '0.0 = 0': 'a position' },
  },
  'Dataset#slice': {
    args: () => [1, 3],
    call: (from: number, to: number) => new d.Dataset(dataset()).slice(from, to),
    names: 'slice',
    optional: '1',
    allows: { '0 = 0': 'a position' },
  },
  drive: {
    args: () => [[1, 2], { signal: { aborted: false }, onStep: () => {} }],
    call: driven,
    optional: '1 1.signal 1.onStep',
    data: '1.signal',
    opaque: '0',
    allows: { '0 = [] | [5] | empty | bigints': 'anything that can be gone through', '1 = {}': 'nothing to tell' },
  },
  embeddingObjective: {
    args: () => [{ near: (z: Tensor) => d.mean(z), far: { loss: (z: Tensor) => d.sum(z), weight: 0.5 } }],
    data: '0',
    names: 'embeddingObjective.near embeddingObjective.far',
    optional: '0.near 0.far 0.far.weight',
    allows: { '0.far.weight = 0 | 0.5 | huge': finite, '0.far = function': 'a loss' },
  },
  DynamicMargin: {
    args: () => [{ min: 0.1, max: 0.5, step: 0.1, threshold: 0.2, per: 'pair', patience: 2, batches: 3 }],
    optional: '0 0.min 0.max 0.step 0.threshold 0.per 0.patience 0.batches',
    allows: {
      '0 = {}': 'the defaults',
      '0.min = 0 | 0.5': 'from 0 to max',
      '0.max = 0.5 | huge': 'min or more',
      '0.step = 0 | 0.5 | huge': finite,
      '0.threshold = 0 | 0.5 | huge': finite,
    },
  },
  'DynamicMargin#update': {
    args: () => [{ iteration: 1, step: 1, steps: 2, triplets: 3, pairs: 4, possible: 5 }],
    call: (counts: d.MiningCounts) => new d.DynamicMargin().update(counts),
    optional: '0.iteration 0.step 0.steps',
    data: '0',
    opaque: '0',
  },
  'DynamicMargin#state': {
    args: () => [new d.DynamicMargin().state],
    call: (state: d.MarginState) => {
      new d.DynamicMargin().state = state;
    },
    optional: '0.kind',
    data: '0',
    allows: {
      '0.margin = 0.5': 'from min to max',
      '0.below = 0': 'a count',
      '0.batches = 0': 'a count',
      '0.triplets = 0': 'a count',
      '0.of = 0': 'a count',
    },
  },
  ScheduledMargin: {
    args: () => [0.2],
    allows: { '0 = 0 | 0.5 | huge': finite, '0 = function': 'a schedule' },
  },
  allTriplets: miner(),
  batchHard: miner(),
  nearestSemiHard: miner(),
  semiHard: miner(),
  semiHardOrFarthest: miner(),
  violating: miner(),
  anchorPositivePairs: {
    args: () => [[...LABELS]],
    allows: { '0 = [] | empty | [5]': 'no pair', '0.0 = -1 | 0 | huge': A_LABEL },
  },
  possibleTriplets: {
    args: () => [[...LABELS]],
    allows: { '0 = [] | empty | [5]': 'no triplet', '0.0 = -1 | 0 | huge': A_LABEL },
  },
  tripletLoss: {
    args: () => [of(8, 2), [...LABELS], { distance: d.pairwiseCosine, miner: d.semiHard, margin: 0.2, power: 2 }],
    optional: '2.distance 2.miner 2.power',
    allows: { '1.0 = -1 | 0': A_LABEL, '2.margin = 0 | 0.5 | huge': 'any finite margin' },
  },
  contrastiveLoss: {
    args: () => [
      of(8, 2),
      [...LABELS],
      { positiveMargin: 0.1, negativeMargin: 0.9, distance: d.pairwiseSquaredEuclidean },
    ],
    optional: '2 2.positiveMargin 2.negativeMargin 2.distance',
    allows: {
      '1.0 = -1 | 0': A_LABEL,
      '2 = {}': 'the defaults',
      '2.positiveMargin = 0 | 0.5 | huge': finite,
      '2.negativeMargin = 0 | 0.5 | huge': finite,
    },
  },
  multiSimilarityLoss: {
    args: () => [of(8, 2), [...LABELS], { alpha: 2, beta: 50, base: 0.5 }],
    optional: '2 2.alpha 2.beta 2.base',
    allows: {
      '1.0 = -1 | 0': A_LABEL,
      '2 = {}': 'the defaults',
      '2.alpha = 0.5 | huge': 'above 0',
      '2.beta = 0.5 | huge': 'above 0',
      '2.base = -1 | 0 | 0.5 | huge': 'any finite number',
    },
  },
  ntXentLoss: ofTemperature(),
  supConLoss: ofTemperature(),
  ProxyAnchorLoss: {
    args: () => [{ classes: 2, embedding: 2, random: random(), margin: 0.1, alpha: 32 }],
    optional: '0.margin 0.alpha',
    allows: { '0.margin = -1 | 0 | 0.5 | huge': 'any finite number', '0.alpha = 0.5 | huge': 'above 0' },
  },
  'ProxyAnchorLoss#forward': {
    args: () => [of(8, 2), [...LABELS]],
    call: (z: Tensor, labels: number[]) =>
      new d.ProxyAnchorLoss({ classes: 2, embedding: 2, random: random() }).forward(z, labels),
    allows: { '1.0 = 0': A_CLASS },
  },
  meanDistances: { args: () => [distances(), [...LABELS]], allows: { '1.0 = -1 | 0 | huge': A_LABEL } },
  violationRate: {
    args: () => [distances(), [...LABELS], 0.2],
    allows: { '1.0 = -1 | 0 | huge': A_LABEL, '2 = 0 | 0.5 | huge': 'any finite margin' },
  },
  AdamW: {
    args: () => [parameters(), { learningRate: 0.1, betas: [0.8, 0.9], eps: 1e-6, weightDecay: 0.1 }],
    optional: '1 1.learningRate 1.betas 1.eps 1.weightDecay',
    allows: {
      '1 = {}': 'the defaults',
      '1.learningRate = 0 | 0.5 | huge': finite,
      '1.betas.0 = 0 | 0.5': 'below 1',
      '1.eps = 0 | 0.5 | huge': finite,
      '1.weightDecay = 0 | 0.5 | huge': finite,
    },
  },
  SGD: {
    args: () => [parameters(), { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0.1 }],
    optional: '1.momentum 1.nesterov 1.weightDecay',
    allows: {
      '1.learningRate = 0 | 0.5 | huge': finite,
      '1.momentum = 0 | 0.5 | huge': finite,
      '1.weightDecay = 0 | 0.5 | huge': finite,
    },
  },
  'AdamW#groups': {
    args: () => [[{ parameters: parameters(), weightDecay: 0.1, learningRateScale: 0.5 }]],
    optional: '0.0.weightDecay 0.0.learningRateScale',
    allows: { '0.0.weightDecay = 0 | 0.5 | huge': finite, '0.0.learningRateScale = 0 | 0.5 | huge': finite },
  },
  decayGroups: { args: () => [linear()] },
  ReduceOnPlateau: {
    args: () => [
      {
        ...{ mode: 'max', factor: 0.2, patience: 3, threshold: 1e-3, thresholdMode: 'abs', cooldown: 2 },
        minScale: 0.1,
      },
    ],
    optional: '0 0.mode 0.factor 0.patience 0.threshold 0.thresholdMode 0.cooldown 0.minScale',
    allows: {
      '0 = {}': 'the defaults',
      '0.factor = 0 | 0.5': part,
      '0.patience = 0': 'none',
      '0.threshold = 0 | 0.5 | huge': finite,
      '0.cooldown = 0': 'none',
      '0.minScale = 0 | 0.5': part,
    },
  },
  'ReduceOnPlateau#step': {
    args: () => [0.3],
    call: (score: number) => new d.ReduceOnPlateau().step(score),
    allows: { '0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'any score; a NaN is no better' },
  },
  'ReduceOnPlateau#state': {
    args: () => [{ ...new d.ReduceOnPlateau().state, best: 0.25 }],
    call: (state: d.PlateauState) => {
      new d.ReduceOnPlateau().state = state;
    },
    data: '0',
    allows: {
      '0.scale = 0 | 0.5': part,
      '0.best = null | NaN | -1 | 0 | 0.5 | huge | Infinity': 'any score, or none',
      '0.bad = 0': 'none',
      '0.cooldown = 0': 'none',
    },
  },
  clipGradNorm: {
    args: () => [parameters(), 1],
    allows: { '0 = []': 'a norm of 0', '1 = 0 | 0.5 | huge': finite },
  },
  gradNorm: { args: () => [parameters()], allows: { '0 = []': 'a norm of 0' } },
  constantSchedule: { args: () => [] },
  cosineSchedule: { args: () => [0.1], optional: '0', allows: { '0 = 0 | 0.5': part } },
  stepSchedule: { args: () => [3, 0.5], allows: { '1 = 0 | 0.5': part } },
  warmup: { args: () => [0.1, d.constantSchedule], allows: { '0 = 0 | 0.5': part } },
  amplitudeScale: { args: () => [0.1], allows: { '0 = 0 | 0.5 | huge': finite } },
  'amplitudeScale#call': augmentation((x, r) => d.amplitudeScale(0.1)(x, r), 'amplitudeScale'),
  baselineWander: {
    args: () => [0.1, [0.1, 0.5]],
    optional: '1',
    allows: { '0 = 0 | 0.5 | huge': finite, '1.0 = 0 | 0.5': 'not above the other' },
  },
  'baselineWander#call': augmentation((x, r) => d.baselineWander(0.1)(x, r), 'baselineWander'),
  composeAugmentations: { args: () => [d.timeShift(1), d.timeShift(2)] },
  gaussianNoise: { args: () => [0.1], allows: { '0 = 0 | 0.5 | huge': finite } },
  'gaussianNoise#call': augmentation((x, r) => d.gaussianNoise(0.1)(x, r), 'gaussianNoise'),
  timeShift: { args: () => [3], allows: { '0 = 0': 'none' } },
  'timeShift#call': augmentation((x, r) => d.timeShift(2)(x, r), 'timeShift'),
  timeStretch: {
    args: () => [0.1, 4],
    optional: '1',
    allows: { '0 = 0 | 0.5': 'below 1', '1 = -1 | 0 | 0.5 | huge': 'any finite place' },
  },
  'timeStretch#call': augmentation((x, r) => d.timeStretch(0.1)(x, r), 'timeStretch'),
  BestWeights: { args: () => [linear()] },
  'BestWeights#offer': {
    args: () => [1, 2],
    call: (score: number, tie: number) => new d.BestWeights(linear()).offer(score, tie),
    optional: '1',
    allows: {
      '0 = -1 | 0 | 0.5 | huge | Infinity | NaN': 'a score; NaN and infinity are never the lowest',
      '1 = -1 | 0 | 0.5 | huge | Infinity | NaN': 'the same',
    },
  },
  WeightAverage: { args: () => [linear(), 0.9], allows: { '1 = 0 | 0.5': part } },
  'BestWeights#state': {
    args: () => [{ score: 0.5, tie: 1, weights: linear().stateDict() }],
    call: (state: d.BestWeightsState) => {
      new d.BestWeights(linear()).state = state;
    },
    data: '0',
    opaque: '0.weights',
    allows: {
      '0.score = null': 'none yet',
      '0.score = -1 | 0 | 0.5 | huge | Infinity | NaN': 'any score',
      '0.tie = -1 | 0 | 0.5 | huge': 'any finite number',
      '0.weights = {}': 'checked where they are put back',
    },
  },
  'WeightAverage#state': {
    args: () => [new d.WeightAverage(linear(), 0.9).state],
    call: (state: d.WeightAverageState) => {
      new d.WeightAverage(linear(), 0.9).state = state;
    },
    data: '0 0.weights',
    allows: { '0.steps = 0': 'none yet' },
  },
};

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
  ClassifierTrainer: {
    args: () => [
      {
        ...trained(),
        data: dataset(),
        random: random(),
        validationFraction: 0.25,
        sampler: (labels: Int32Array, r: Random) => new d.ShuffledSampler(labels.length, { batchSize: 2, random: r }),
        augment: () => {},
        schedule: d.constantSchedule,
        clipNorm: 1,
        averaging: 0.9,
        keep: 'last',
        batchSize: 2,
        stepsPerEpoch: 2,
        classWeights: 'balanced',
        labelSmoothing: 0.1,
        logitAdjustment: [0, 1],
      },
    ],
    optional:
      '0.validationFraction 0.sampler 0.augment 0.optimizer 0.schedule 0.clipNorm 0.averaging 0.keep 0.batchSize ' +
      '0.stepsPerEpoch 0.classWeights 0.labelSmoothing 0.logitAdjustment',
    data: '0.data',
    allows: {
      '0.data.labels.0 = 0': A_CLASS,
      '0.validationFraction = 0 | 0.5': part,
      '0.clipNorm = 0 | 0.5 | huge': finite,
      '0.averaging = 0 | 0.5': part,
      '0.labelSmoothing = 0 | 0.5': part,
      '0.logitAdjustment = [] | [5]': 'counted at the first step, when the number of classes shows',
      '0.logitAdjustment.0 = -1 | 0 | 0.5 | huge': 'any finite number',
    },
  },
  'ClassifierTrainer#source': {
    args: () => {
      const all = new d.Dataset(dataset());
      return [{ length: 8, labels: [...LABELS], groups: [...LABELS], get: (at: Int32Array) => all.take(at) }];
    },
    call: (data: d.DatasetSource) => {
      for (const _ of new d.ClassifierTrainer({ model: linear(), data, random: random() }).epochs(1));
    },
    optional: '0.labels 0.groups',
    data: '0',
    allows: { '0.labels.0 = 0': A_CLASS, '0.groups.0 = -1 | 0': 'groups may be any whole numbers' },
  },
  'ClassifierTrainer#epochs': {
    args: () => [1],
    call: (count: number) => [
      ...new d.ClassifierTrainer({ model: linear(), data: dataset(), random: random() }).epochs(count),
    ],
  },
  'ClassifierTrainer#state': {
    args: () => [new d.ClassifierTrainer({ model: linear(), data: dataset(), random: random() }).state],
    call: (state: d.TrainingState) => {
      new d.ClassifierTrainer({ model: linear(), data: dataset(), random: random() }).state = state;
    },
    data: '0',
    opaque: '0.numbers 0.tensors',
  },
  Trainer: {
    args: () => [
      {
        ...trained(),
        data: dataset(),
        random: random(),
        objective: (model: d.Layer, { x }: d.Dataset) => ({ loss: d.mean(model.forward(x)) }),
        modules: {},
        batchSize: 2,
        stepsPerIteration: 2,
        validate: () => 1,
        patience: 2,
      },
    ],
    optional: '0.optimizer 0.modules 0.batchSize 0.stepsPerIteration 0.validate 0.patience',
    data: '0.data 0.modules',
    allows: { '0.data.labels.0 = 0': A_CLASS, '0.modules = {}': 'none' },
  },
  TripletTrainer: {
    args: () => [
      {
        ...trained(),
        data: dataset(),
        validation: dataset(),
        random: random(),
        sampler: (labels: Int32Array, r: Random) => new d.MPerClassSampler(labels, { perClass: 2, random: r }),
        augment: () => {},
        schedule: d.constantSchedule,
        clipNorm: 1,
        averaging: 0.9,
        keep: 'best',
        perClass: 2,
        classesPerBatch: 2,
        miner: d.semiHard,
        distance: d.pairwiseCosine,
        power: 2,
        marginScheduler: new d.DynamicMargin(),
        stepsPerIteration: 2,
        selectBy: 'violationRate',
        referenceMargin: 0.1,
        warn: () => {},
      },
    ],
    optional:
      '0.validation 0.validationFraction 0.sampler 0.augment 0.optimizer 0.schedule 0.clipNorm 0.averaging 0.keep 0.perClass ' +
      '0.miner 0.distance 0.power 0.marginScheduler 0.classesPerBatch 0.stepsPerIteration 0.selectBy 0.referenceMargin 0.warn',
    data: '0.data 0.validation',
    allows: {
      '0.data.labels.0 = 0': A_CLASS,
      '0.validation.labels.0 = 0': A_CLASS,
      '0.clipNorm = 0 | 0.5 | huge': finite,
      '0.averaging = 0 | 0.5': part,
      '0.referenceMargin = 0 | 0.5 | huge': finite,
    },
  },
  'TripletTrainer#classifier': {
    args: () => [{ model: linear(2), weight: 1, logitAdjustment: [0, 1] }],
    call: (joint: d.JointClassifier) =>
      new d.TripletTrainer({ model: linear(), data: dataset(), random: random(), perClass: 2, classifier: joint }),
    optional: '0 0.weight 0.logitAdjustment',
    names: 'TripletTrainer.classifier',
    allows: {
      '0.weight = 0 | 0.5 | huge': finite,
      '0.logitAdjustment = [] | [5]': 'counted at the first step, when the number of classes shows',
      '0.logitAdjustment.0 = -1 | 0 | 0.5 | huge': 'any finite number',
    },
  },
  'TripletTrainer#iterations': {
    args: () => [1],
    call: (count: number) => [
      ...new d.TripletTrainer({
        ...{ model: linear(), data: dataset(), random: random(), perClass: 2, stepsPerIteration: 1 },
      }).iterations(count),
    ],
  },
};

const references = (): d.LabelledEmbeddings => ({ embeddings: of(6, 2), labels: [0, 0, 1, 1, 2, 2] });

export const SCORES: Record<string, Call> = {
  nearestNeighbors: {
    args: () => [references(), 2, { queries: of(3, 2), distance: d.pairwiseCosine }],
    optional: '2 2.queries 2.distance',
    data: '0',
    allows: { '0.labels.0 = -1 | 0': A_LABEL, '2 = {}': 'the defaults' },
  },
  precisionAt1: {
    args: () => [of(8, 2), [...LABELS], { references: references(), distance: d.pairwiseCosine }],
    optional: '2 2.references 2.distance',
    data: '2.references',
    allows: {
      '1.0 = -1 | 0 | huge': A_LABEL,
      '2 = {}': 'the defaults',
      '2.references.labels.0 = -1 | 0 | huge': A_LABEL,
    },
  },
  recallAtK: {
    args: () => [of(8, 2), [...LABELS], 2, { references: references(), distance: d.pairwiseCosine }],
    optional: '3 3.references 3.distance',
    data: '3.references',
    allows: {
      '1.0 = -1 | 0 | huge': A_LABEL,
      '3 = {}': 'the defaults',
      '3.references.labels.0 = -1 | 0 | huge': A_LABEL,
    },
  },
  retrievalScores: {
    args: () => [of(8, 2), [...LABELS], { references: references(), distance: d.pairwiseCosine, maxRank: 3 }],
    optional: '2 2.references 2.distance 2.maxRank',
    data: '2.references',
    allows: {
      '1.0 = -1 | 0 | huge': A_LABEL,
      '2 = {}': 'the defaults',
      '2.references.labels.0 = -1 | 0 | huge': A_LABEL,
    },
  },
  bootstrapInterval: {
    args: () => [
      [matrix(), matrix()],
      () => 0.5,
      { random: random(), draws: 5, level: 0.9, method: 'bca', expand: true },
    ],
    optional: '2.draws 2.level 2.method 2.expand',
    allows: { '0.0.0.0 = 0 | 0.5 | huge': finite, '2.level = 0.5': 'between 0 and 1' },
  },
  bootstrapDifference: {
    args: () => [[matrix(), matrix()], [matrix(), matrix()], () => 0.5, { random: random(), draws: 5, level: 0.9 }],
    optional: '3.draws 3.level',
    allows: { '3.level = 0.5': 'between 0 and 1' },
  },
  scoreIntervals: {
    args: () => [[matrix(), matrix()], { level: 0.9, repeats: 2 }],
    optional: '1 1.level 1.repeats',
    allows: { '0.0.0.0 = 0 | 0.5': finite, '1 = {}': 'the defaults', '1.level = 0.5': 'between 0 and 1' },
  },
  proportionInterval: {
    args: () => [3, 4, { level: 0.9, method: 'wilson' }],
    optional: '2 2.level 2.method',
    allows: { '0 = 0 | 0.5': 'up to trials', '2 = {}': 'the defaults', '2.level = 0.5': 'between 0 and 1' },
  },
  cohenKappa: {
    args: () => [matrix(), { weights: 'linear' }],
    optional: '1 1.weights',
    allows: { '0.0.0 = 0 | 0.5 | huge': finite, '1 = {}': 'the defaults' },
  },
  matthewsCorrelation: { args: () => [matrix()], allows: { '0.0.0 = 0 | 0.5 | huge': finite } },
  mcnemarTest: {
    args: () => [[...LABELS], [...LABELS], [1, ...LABELS.slice(1)], { method: 'corrected' }],
    optional: '3 3.method',
    allows: {
      '0.0 = -1 | 0 | huge': A_LABEL,
      '1.0 = -1 | 0 | huge': A_LABEL,
      '2.0 = -1 | 0 | huge': A_LABEL,
      '3 = {}': 'the defaults',
    },
  },
  multiclassRocArea: {
    args: () => [
      of(8, 2),
      [...LABELS],
      { compare: 'oneVsRest', average: 'weighted', weights: [1, 2, 1, 2, 1, 2, 1, 2] },
    ],
    optional: '2 2.compare 2.average 2.weights',
    allows: { '1.0 = 0': A_CLASS, '2 = {}': 'the defaults', '2.weights.0 = 0 | 0.5 | huge': finite },
  },
  silhouette: { args: () => [of(8, 2), [...LABELS]], allows: { '1.0 = -1 | 0 | huge': A_LABEL } },
  adjustedRandIndex: {
    args: () => [[...LABELS], [...LABELS]],
    allows: { '0.0 = -1 | 0 | huge': A_LABEL, '1.0 = -1 | 0 | huge': A_LABEL },
  },
  groupFolds: {
    args: () => [[...LABELS], [0, 0, 1, 1, 2, 2, 3, 3], 2],
    allows: { '0.0 = -1 | 0 | huge': A_LABEL, '1.0 = -1 | 0 | huge': 'groups may be any whole numbers' },
  },
  addConfusion: { args: () => [[matrix(), matrix()]], allows: { '0.0.0.0 = 0 | 0.5 | huge': finite } },
  classificationScores: { args: () => [matrix()], allows: { '0.0.0 = 0 | 0.5 | huge': finite } },
  confusionByGroup: {
    args: () => [[...LABELS], [...LABELS], [0, 0, 0, 0, 1, 1, 1, 1], 2, [1, 2, 1, 2, 1, 2, 1, 2]],
    optional: '4',
    allows: {
      '0.0 = 0': A_CLASS,
      '1.0 = 0': A_CLASS,
      '2.0 = -1 | 0 | huge': 'groups may be any whole numbers',
      '4.0 = 0 | 0.5 | huge': finite,
    },
  },
  confusionMatrix: {
    args: () => [[...LABELS], [...LABELS], 2, [1, 2, 1, 2, 1, 2, 1, 2]],
    optional: '3',
    allows: { '0.0 = 0': A_CLASS, '1.0 = 0': A_CLASS, '3.0 = 0 | 0.5 | huge': finite },
  },
  averagePrecision: curve(),
  precisionRecallCurve: curve(),
  rocArea: curve(),
  rocCurve: curve(),
  meanAndDeviation: {
    args: () => [[1, 2, 3]],
    allows: { '0 = [5]': 'one value has no deviation', '0.0 = -1 | 0 | 0.5 | huge': 'any finite number' },
  },
  quantile: {
    args: () => [[1, 2, 3], 0.25],
    allows: { '0 = [5]': 'of one value', '0.0 = -1 | 0 | 0.5': 'any finite number, in order', '1 = 0 | 0.5': part },
  },
  trustworthiness: {
    args: () => [of(8, 3), of(8, 2), { neighbors: 2, metric: 'cosine' }],
    optional: '2 2.neighbors 2.metric',
    allows: {},
  },
  placeInLayout: {
    args: () => [of(4, 3), of(8, 3), of(8, 2), { metric: 'cosine', perplexity: 2, iterations: 3, angle: 0.5 }],
    optional: '3 3.metric 3.perplexity 3.iterations 3.angle',
    allows: { '3 = {}': 'the defaults', '3.iterations = 0': 'none', '3.angle = 0 | 0.5': part },
  },
  principalComponents: {
    args: () => [of(8, 3), { components: 2 }],
    optional: '1 1.components',
    allows: { '1 = {}': 'all components' },
  },
  principalScores: {
    args: () => [of(4, 3), d.principalComponents(of(8, 3), { components: 2 })],
    optional: '1.explainedVariance 1.explainedVarianceRatio',
    data: '1',
    unread: '1.explainedVariance 1.explainedVarianceRatio',
  },
  tsne: {
    args: () => [
      of(8, 3),
      {
        random: random(),
        metric: 'cosine',
        perplexity: 2,
        iterations: 3,
        earlyExaggeration: 4,
        exaggerationIterations: 2,
        learningRate: 10,
        angle: 0.5,
        init: 'pca',
        minGradNorm: 0.1,
        iterationsWithoutProgress: 3,
        warn: () => {},
      },
    ],
    optional:
      '1.metric 1.perplexity 1.iterations 1.earlyExaggeration 1.exaggerationIterations 1.learningRate 1.angle 1.init ' +
      '1.minGradNorm 1.iterationsWithoutProgress 1.warn',
    allows: {
      '1.earlyExaggeration = huge': 'from 1 on',
      '1.exaggerationIterations = 0': 'none',
      '1.learningRate = 0.5 | huge': 'above 0; too large a one is a TrainingError',
      '1.angle = 0 | 0.5': part,
      '1.minGradNorm = 0 | 0.5 | huge': finite,
      '1.iterationsWithoutProgress = 0': 'stops at the first look',
    },
  },
};

function curve(): Call {
  return {
    args: () => [
      [0.1, 0.4, 0.35, 0.8],
      [0, 0, 1, 1],
      [1, 2, 1, 2],
    ],
    optional: '2',
    allows: {
      '0.0 = -1 | 0 | 0.5 | huge': 'any finite score',
      '1.0 = 0 | true': 'positives',
      '2.0 = 0 | 0.5 | huge': finite,
    },
  };
}
