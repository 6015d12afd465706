/** Calls of what scores, clusters and shows. */
import * as d from 'dynaecg';
import type { Call } from './mutations.ts';
import { of } from './operands.ts';
import { A_CLASS, A_LABEL, finite, LABELS, part, random } from './trained.ts';

const matrix = (): number[][] => [
  [3, 1],
  [0, 4],
];
const references = (): d.LabelledEmbeddings => ({ embeddings: of(6, 2), labels: [0, 0, 1, 1, 2, 2] });

const probabilities = (): d.Tensor => d.softmax(of(8, 2));

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

export const CLUSTERS: Record<string, Call> = {
  kMeans: {
    args: () => [of(8, 2), { clusters: 2, random: random(), iterations: 5, starts: 2 }],
    optional: '1.iterations 1.starts',
  },
  nearestCentroid: { args: () => [of(8, 2), of(3, 2)] },
};

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
  reliabilityCurve: {
    args: () => [[0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], { bins: 3, by: 'mass' }],
    optional: '2 2.bins 2.by',
    allows: { '0.0 = 0 | 0.5': part, '1.0 = 0 | true': 'positives', '2 = {}': 'the defaults' },
  },
  expectedCalibrationError: {
    args: () => [[{ low: 0, high: 1, samples: 2, probability: 0.25, frequency: 0.5 }]],
    data: '0.0',
    unread: '0.0.low 0.0.high',
    allows: { '0.0.probability = 0 | 0.5': part, '0.0.frequency = 0 | 0.5': part },
  },
  calibration: {
    args: () => [probabilities(), [...LABELS], { bins: 3, by: 'mass' }],
    optional: '2 2.bins 2.by',
    allows: { '1.0 = 0': A_CLASS, '2 = {}': 'the defaults' },
  },
  fitTemperature: { args: () => [of(8, 2), [...LABELS]], allows: { '1.0 = 0': A_CLASS } },
  riskCoverageCurve: {
    args: () => [
      [0.1, 0.4, 0.35, 0.8],
      [0, 0, 1, 1],
    ],
    allows: { '0.0 = -1 | 0 | 0.5 | huge': 'any finite confidence', '1.0 = 0 | true': 'right or wrong' },
  },
  selectiveScores: {
    args: () => [probabilities(), [...LABELS], 0.75],
    allows: { '1.0 = 0': A_CLASS, '2 = 0 | 0.5': part },
  },
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
