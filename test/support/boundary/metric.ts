/** Calls of miners, losses and margins. */
import type { Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import type { Call } from './mutations.ts';
import { of } from './operands.ts';
import { A_CLASS, A_LABEL, distances, finite, LABELS, random } from './trained.ts';

const miner = (): Call => ({
  args: () => [distances(), [...LABELS], 0.2],
  allows: { '1.0 = -1 | 0': A_LABEL, '2 = 0 | 0.5 | huge': 'any finite margin' },
});

const ofTemperature = (): Call => ({
  args: () => [of(8, 2), [...LABELS], { temperature: 0.1 }],
  optional: '2 2.temperature',
  allows: { '1.0 = -1 | 0': A_LABEL, '2 = {}': 'the default', '2.temperature = 0.5 | huge': 'above 0' },
});

export const METRIC: Record<string, Call> = {
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
      '0.triplets = 0 | huge': 'a count beyond 32 bits',
      '0.of = 0 | huge': 'a count beyond 32 bits',
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
  bandTripletLoss: {
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
  distillationLoss: {
    args: () => [of(8, 2), of(8, 2), { temperature: 3 }],
    optional: '2 2.temperature',
    allows: { '2 = {}': 'the defaults', '2.temperature = 0.5 | huge': 'any from 1e-6' },
  },
  coralLoss: { args: () => [of(8, 2), of(8, 2)] },
  gradientReversal: {
    args: () => [of(8, 2), { weight: 0.3 }],
    optional: '1 1.weight',
    allows: { '0 = 0.5': 'a scalar', '1 = {}': 'the defaults', '1.weight = 0 | 0.5 | huge': 'at least 0' },
  },
  meanDistances: { args: () => [distances(), [...LABELS]], allows: { '1.0 = -1 | 0 | huge': A_LABEL } },
  violationRate: {
    args: () => [distances(), [...LABELS], 0.2],
    allows: { '1.0 = -1 | 0 | huge': A_LABEL, '2 = 0 | 0.5 | huge': 'any finite margin' },
  },
};
