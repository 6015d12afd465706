/** Calls of trainers. */
import type { Random } from 'dynaecg';
import * as d from 'dynaecg';
import type { Call } from './mutations.ts';
import { A_CLASS, dataset, finite, LABELS, linear, part, random, trained } from './trained.ts';

export const TRAINERS: Record<string, Call> = {
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
        penalty: () => d.tensor([0], [1]),
      },
    ],
    optional:
      '0.validationFraction 0.sampler 0.augment 0.optimizer 0.schedule 0.clipNorm 0.averaging 0.keep 0.batchSize ' +
      '0.stepsPerEpoch 0.classWeights 0.labelSmoothing 0.logitAdjustment 0.penalty',
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
  'ClassifierTrainer#teacher': {
    args: () => [{ model: linear(), weight: 0.25, temperature: 2 }],
    call: (teacher: d.Teacher) =>
      new d.ClassifierTrainer({ model: linear(), data: dataset(), random: random(), teacher }),
    names: 'ClassifierTrainer.teacher',
    optional: '0 0.weight 0.temperature',
    allows: { '0.weight = 0 | 0.5': part, '0.temperature = 0.5 | huge': 'any from 1e-6' },
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
