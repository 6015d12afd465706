/** Calls of what finds, cuts, divides and annotates beats. */
import type { ModelParts } from 'dynaecg';
import * as e from 'dynaecg/ecg';
import type { Call } from './mutations.ts';
import { A_NUMBER, any, beats, labels, model, plain, random, record, records } from './recorded.ts';

const annotated = e.annotateRecord(model(), record());
const quality = () => ({
  windows: [{ start: 0, end: 3600, index: 0.1, problem: 'noise', parts: null }],
  samplingFrequency: 360,
});

const stream = () => new e.BeatStream(model(), { rate: 360 });

export const BEATS: Record<string, Call> = {
  adapt: {
    args: () => [
      model(),
      record(),
      {
        peaks: [100, 200],
        align: 'rPeak',
        lead: 'MLII',
        invert: false,
        method: 'correct',
        beats: [{ sample: 100, label: 'N' }],
        seconds: 300,
        head: { radius: 0.5 },
      },
    ],
    optional: '2 2.peaks 2.align 2.lead 2.invert 2.method 2.beats 2.seconds 2.head 2.head.radius',
    opaque: '0 1 2.peaks',
    data: '2.beats.0',
    names: 'annotateRecord beatInput correctHead',
    allows: {
      '2 = {}': 'the defaults',
      '2.lead = case': 'names are compared without regard to case',
      '2.beats = []': 'none were corrected',
      '2.seconds = 0.5 | huge': 'any time',
      '2.head = {}': 'the defaults',
      '2.head.radius = 0.5': 'a radius',
    },
  },
  PastReference: {
    args: () => [{ memory: 5, similarity: 0.9 }],
    optional: '0 0.memory 0.similarity',
    allows: { '0 = {}': 'the defaults', '0.similarity = -1 | 0 | 0.5': 'a correlation' },
  },
  'PastReference#next': {
    args: () => [[1, 2, 3]],
    call: (window: number[]) => new e.PastReference().next(window),
    allows: {
      '0 = [5]': 'a window of one sample',
      '0.0 = -1 | 0 | 0.5 | huge': 'any finite sample',
    },
  },
  pastReferences: {
    args: () => [beats(), { memory: 5, similarity: 0.9 }],
    optional: '1 1.memory 1.similarity',
    opaque: '0',
    data: '0',
    names: 'PastReference',
    allows: { '1 = {}': 'the defaults', '1.similarity = -1 | 0 | 0.5': 'a correlation' },
  },
  annotateRecord: {
    args: () => [
      model(),
      record(),
      { peaks: [400, 700], align: 'annotation', lead: 'MLII', invert: false, progress: () => {} },
    ],
    optional: '2 2.peaks 2.align 2.lead 2.invert 2.progress',
    names: 'beatInput',
    opaque: '0 1',
    data: '0 1',
    allows: {
      '2 = {}': 'the defaults',
      '2.peaks = [5]': 'too near to the edge',
      '2.peaks.0 = 0': 'the same',
      '2.lead = case': 'names are compared without regard to case',
    },
  },
  BeatStream: {
    args: () => [model(), { rate: 360, units: 'mV', invert: false, range: [-5, 5], jitter: 0.02 }],
    optional: '1.units 1.invert 1.range 1.jitter',
    names: 'beatInput',
    opaque: '0',
    data: '0',
    allows: {
      [`1.units = ${any}`]: 'the model does not depend on the gain',
      '1.range.0 = -1 | 0 | 0.5': 'below the other limit',
      '1.jitter = 0 | 0.5': 'up to 10 s',
    },
  },
  'BeatStream#push': {
    args: () => [[0.1, 0.2], 5],
    call: (samples: number[], time: number) => stream().push(samples, time),
    optional: '1',
    names: 'BeatStream.push',
    allows: {
      '0 = [] | [5] | empty': 'any number of samples',
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'any number, or a missing one',
      '1 = -1 | 0 | 0.5 | huge': 'any time',
    },
  },
  'BeatStream#changeRate': {
    args: () => [250],
    call: (rate: number) => stream().changeRate(rate),
    names: 'BeatStream.changeRate',
  },
  'BeatStream#restore': {
    args: () => [model(), stream().state],
    call: (of: ModelParts, state: e.BeatStreamState) => e.BeatStream.restore(of, state),
    names: 'BeatStream.restore beatInput',
    opaque: '0 1.contents',
    data: '0 1',
  },
  beatTransformer: { args: () => [stream()], opaque: '0' },
  streamBeats: {
    args: () => [stream(), new Set()],
    opaque: '0 1',
    allows: { '1 = [] | [5]': 'packets are looked at when they are read' },
  },
  beatAnnotations: {
    args: () => [{ beats: annotated.beats.slice(0, 2).map((beat) => ({ ...beat })), quality: quality() }, 1],
    optional: '1 0.quality',
    opaque: '0.beats',
    data: '0 0.quality 0.quality.windows.0',
    unread: '0.quality.windows.0.index 0.quality.windows.0.parts',
    allows: {
      '0.beats = []': 'none',
      '1 = 0': 'a channel',
      '0.quality.samplingFrequency = 0.5': 'any finite rate',
      '0.quality.windows = []': 'not known',
      '0.quality.windows.0.start = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.quality.windows.0.end = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.quality.windows.0.problem = null': 'it can be read',
    },
  },
  beatInput: {
    args: () => [model()],
    data: '0 0.networks.0 0.about 0.about.window',
    allows: {
      '0.networks.0.classifier = null': 'training was stopped before there was one',
      '0.about.samplingFrequency = 0.5 | huge': 'any finite rate',
      '0.about.window.before = 0': 'the R peak comes first',
      [`0.about.window.lead = ${any}`]: 'any name',
      [`0.about.window.units = ${any}`]: 'any unit',
      '0.about.timing = []': 'none',
    },
  },
  countByClass: { args: () => [beats()], opaque: '0', data: '0' },
  extractBeats: {
    args: () => [
      records().map(plain),
      {
        length: 32,
        before: 16,
        lead: 'MLII',
        normalize: 'record',
        align: 'rPeak',
        classes: ['N', 'V'],
        invalid: 'drop',
      },
    ],
    optional: '1 1.length 1.before 1.lead 1.normalize 1.align 1.classes 1.invalid',
    data: '0.0 0.0.leads.0 0.0.annotations.0',
    unread: '0.0.annotations.0.subtype',
    allows: {
      [`0.0.name = ${any}`]: 'any name',
      [`0.0.leads.0.name = ${any}`]: 'the first lead is taken where none has the name',
      [`0.0.leads.0.units = ${any}`]: 'scale-free windows have no unit',
      '0.0.leads.0.samples = [] | [5] | empty': 'every beat is dropped, and listed',
      '0.0.leads.0.samples.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'beats on such a sample are dropped, and listed',
      '0.0.annotations = []': 'no beat',
      '0.0.annotations.0.sample = -1 | 0 | huge': 'beyond the edge: dropped, and listed',
      [`0.0.annotations.0.label = ${any}`]: 'no beat',
      '1 = {}': 'the defaults',
      '1.before = 0': 'the R peak comes first',
      [`1.lead = ${any}`]: 'the first lead is taken where none has the name',
    },
  },
  subset: {
    args: () => [beats(), [3, 1]],
    opaque: '0',
    data: '0',
    allows: { '1 = [] | [5] | empty': 'indices, too', '1.0 = 0': 'an index' },
  },
  alignToRPeaks: {
    args: () => [record().leads[0].samples.slice(0, 2000), 360, [400, 700]],
    allows: {
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'samples that are not finite are gaps',
      '2 = [] | [5] | empty': 'fewer marks',
      '2.0 = 0': 'a sample',
    },
  },
  signalQuality: {
    args: () => [record().leads[0].samples.slice(0, 2000), 360, { peaks: [400, 700] }],
    optional: '2 2.peaks',
    names: 'detectQrs',
    allows: {
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'samples that are not finite are gaps',
      '2 = {}': 'the default',
      '2.peaks = [] | [5] | empty': 'any peaks',
      '2.peaks.0 = 0': 'the first sample',
    },
  },
  beatQuality: {
    args: () => [record().leads[0].samples.slice(0, 2000), 360, [400, 700]],
    allows: {
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'samples that are not finite are gaps',
      '2 = [] | [5] | empty': 'any peaks',
      '2.0 = 0': 'the first sample',
    },
  },
  unreadableSeconds: {
    args: () => [quality(), ['noise', 'flat']],
    optional: '1',
    data: '0 0.windows.0',
    unread: '0.windows.0.index 0.windows.0.parts',
    allows: {
      '0.samplingFrequency = 0.5': 'any finite rate',
      '0.windows = []': 'not known',
      '0.windows.0.start = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.windows.0.end = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.windows.0.problem = null': 'it can be read',
      '1 = []': 'none',
    },
  },
  detectQrs: {
    args: () => [record().leads[0].samples.slice(0, 2000), 360, { refractory: 0.3, noise: 'drop' }],
    optional: '2 2.refractory 2.noise',
    allows: {
      '0 = [] | [5] | empty': 'none in a flat line',
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'samples that are not finite are gaps',
      '2 = {}': 'the default',
      '2.refractory = 0.5': 'from 0.05 to 1',
    },
  },
  listBeats: {
    args: () => [records().map(plain), { classes: ['N', 'V'] }],
    optional: '1 1.classes',
    data: '0.0 0.0.annotations.0',
    unread: '0.0.annotations.0.subtype 0.0.leads 0.0.samplingFrequency',
    allows: {
      [`0.0.name = ${any}`]: 'any name',
      '0.0.annotations = []': 'no beat',
      '0.0.annotations.0.sample = -1 | 0 | huge': 'a whole number',
      [`0.0.annotations.0.label = ${any}`]: 'no beat',
      '1 = {}': 'the defaults',
    },
  },
  peaksAsBeats: {
    args: () => [records()[0], [100, 200]],
    opaque: '0',
    data: '0',
    allows: { '1 = [] | [5] | empty': 'some samples, or none', '1.0 = 0': 'a sample' },
  },
  cutWindows: {
    args: () => [
      records(),
      beats(),
      { length: 32, before: 16, lead: 'MLII', normalize: 'record', align: 'rPeak', invalid: 'drop' },
    ],
    optional: '2 2.length 2.before 2.lead 2.normalize 2.align 2.invalid',
    opaque: '0 1',
    data: '1',
    allows: {
      '2 = {}': 'the defaults',
      '2.before = 0': 'the R peak comes first',
      [`2.lead = ${any}`]: 'the first lead is taken where none has the name',
    },
  },
  peakTiming: {
    args: () => [[100, 400, 700, 1000], 360, { features: ['previous', 'next'], memory: 8 }],
    optional: '2 2.features 2.memory',
    allows: {
      '0 = [] | [5] | empty': 'few beats, or none',
      '0.0 = 0': 'a sample',
      '1 = 0.5 | huge': 'any rate',
      '2 = {}': 'the defaults',
      '2.features = []': 'no column',
    },
  },
  beatTiming: {
    args: () => [records(), beats(), { features: ['previous', 'next'], memory: 8 }],
    optional: '2 2.features 2.memory',
    opaque: '0 1',
    data: '1',
    allows: { '2 = {}': 'the defaults', '2.features = []': 'no column' },
  },
  heartRateVariability: {
    args: () => [labels(), { samplingFrequency: 360, normal: ['N', 'L'], longest: 1.5, segment: 10 }],
    optional: '1.normal 1.longest 1.segment',
    data: '0.0',
    unread: '0.0.subtype',
    allows: {
      '0 = []': 'no beat',
      '0.0.sample = -1 | 0 | huge': 'any whole number',
      [`0.0.label = ${any}`]: 'no beat',
      '1.samplingFrequency = 0.5 | huge': 'any finite rate',
      '1.normal = []': 'none',
      '1.normal.0 = case': 'another label',
      '1.longest = 0 | 0.5': '0 to 60',
      '1.segment = huge': 'from 1',
    },
  },
  splitPatients: {
    args: () => [beats(), Int32Array.from(beats().labels.keys()), 0.5, random(), (name: string) => name],
    optional: '4',
    opaque: '0',
    data: '0',
    allows: { '2 = 0.5': 'between 0 and 1' },
  },
  patientFolds: {
    args: () => [beats(), 2, (name: string) => name],
    optional: '2',
    opaque: '0',
    data: '0',
  },
  interPatientSplit: {
    args: () => [
      beats(),
      { train: ['a', 'b'], test: ['c', 'd'], patientOf: (name: string) => name, allowShared: [['a']] },
    ],
    optional: '1 1.patientOf 1.allowShared',
    opaque: '0',
    data: '0',
    allows: {
      '1.allowShared = []': 'nobody',
      '1.allowShared.0 = []': 'nobody',
      [`1.allowShared.0.0 = ${any}`]: 'who is on one side only needs no leave',
    },
  },
  intraPatientSplit: {
    args: () => [beats(), { fraction: 0.4, random: random(), patientOf: (name: string) => name }],
    optional: '1.fraction 1.patientOf',
    opaque: '0',
    data: '0',
    allows: { '1.fraction = 0.5': 'between 0 and 1' },
  },
  overlapWithTraining: {
    args: () => [beats(), { train: Int32Array.of(0, 2), test: Int32Array.of(1, 3) }],
    opaque: '0',
    data: '0',
    allows: {
      '1 = unknown': 'a Split has more fields',
      '1.train = [] | [5] | empty': 'any beats, or none',
      '1.test = [] | [5] | empty': 'any beats, or none',
    },
  },
  temporalSplit: {
    args: () => [beats(), { parts: 4, patientOf: (name: string) => name }],
    optional: '1 1.parts 1.patientOf',
    opaque: '0',
    data: '0',
    allows: { '1 = {}': 'the defaults' },
  },
};
