/** Calls of optimisers, schedules and weights that are kept. */
import type { Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import type { Call } from './mutations.ts';
import { finite, linear, parameters, part } from './trained.ts';

/** The steps that `drive` takes before it first waits, so that a fault is thrown and not the reason of a promise. */
function driven(steps: Iterable<unknown>, options: d.DriveOptions<unknown>): unknown {
  return d.drive(steps, options);
}

export const OPTIM: Record<string, Call> = {
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
