/** Calls of what holds, divides, draws and augments samples. */
import type { Random, Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import type { Call } from './mutations.ts';
import { of } from './operands.ts';
import { A_CLASS, dataset, finite, LABELS, part, random } from './trained.ts';

const batch = (name: string): Call => ({
  args: () => [of(2, 1, 8), random()],
  names: name,
});

const augmentation = (call: (x: Tensor, r: Random) => void, name: string): Call => ({
  ...batch(name),
  call: call as (...args: never[]) => unknown,
});

export const DATA: Record<string, Call> = {
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
  movingAverage: { args: () => [3], allows: { '0 = 0': 'none' } },
  'movingAverage#call': augmentation((x, r) => d.movingAverage(2)(x, r), 'movingAverage'),
  timeShift: { args: () => [3], allows: { '0 = 0': 'none' } },
  'timeShift#call': augmentation((x, r) => d.timeShift(2)(x, r), 'timeShift'),
  timeStretch: {
    args: () => [0.1, 4],
    optional: '1',
    allows: { '0 = 0 | 0.5': 'below 1', '1 = -1 | 0 | 0.5 | huge': 'any finite place' },
  },
  'timeStretch#call': augmentation((x, r) => d.timeStretch(0.1)(x, r), 'timeStretch'),
};
