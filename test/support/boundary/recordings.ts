/** Calls of `dynaecg/ecg`, `dynaecg/node` and `dynaecg/ndarray`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Embedder, MlpClassifier, type ModelParts, Random } from 'dynaecg';
import * as e from 'dynaecg/ecg';
import * as n from 'dynaecg/node';
import type { Call } from './mutations.ts';
import { of } from './tensors.ts';

const random = (): Random => new Random(1);
const SECONDS = 20;
const many = { supraventricular: 0.2, ventricular: 0.2 }; // so that every record has all classes
const made = ['a', 'b', 'c', 'd'].map((name) => {
  const whole = e.syntheticRecord({ seed: 1, name, duration: SECONDS, ...many });
  return { ...whole, annotations: whole.annotations.filter(({ label }) => e.isBeat(label)) };
});
/** Recordings that a mutation may spoil. */
const records = (): e.EcgRecord[] =>
  made.map((record) => ({
    ...record,
    leads: record.leads.map((lead) => ({ ...lead, samples: lead.samples.slice(), digital: lead.digital.slice() })),
    annotations: record.annotations.map((a) => ({ ...a })),
    comments: [...record.comments],
  }));
const record = (): e.EcgRecord => records()[0];
const beats = (): e.BeatSet => {
  const set = e.extractBeats(made);
  return { ...set, labels: set.labels.slice() };
};
const annotations = (): e.Annotation[] => record().annotations.slice(0, 4);
/** What is read of annotations where only their places and labels count. */
const labels = (): unknown[] => annotations().map(({ sample, label }) => ({ sample, label, subtype: 0 }));
/** What is read of a recording that beats are cut from. */
const plain = ({ name, samplingFrequency, leads }: e.EcgRecord): unknown => ({
  ...{ name, samplingFrequency, annotations: labels() },
  leads: leads.map((lead) => ({ name: lead.name, units: lead.units, samples: lead.samples })),
});
const any = 'nonsense |  | case';
const A_NUMBER = 'any finite number';
const matrix = (): number[][] => e.COMPARED_CLASSES.map((_, i) => e.COMPARED_CLASSES.map((_, j) => i + j));
const about = {
  classes: ['N', 'S', 'V'],
  samplingFrequency: 360,
  window: { length: 32, before: 16, normalize: 'zscore', lead: 'MLII', units: 'mV' },
  timing: [],
};
const embedder = new Embedder({
  ...{ length: 32, channels: [2, 2], kernel: 3, hidden: 2, features: 3, embedding: 2 },
  random: random(),
});
const classifier = new MlpClassifier({ inFeatures: 2, hidden: 3, classes: 3, random: random() });
const model = (): ModelParts => ({ networks: [{ embedder, classifier }], about: structuredClone(about) });

/** A folder that is gone once a call has been made in it. */
function inFolder<A extends unknown[]>(run: (dir: string, ...args: A) => unknown): (...args: A) => unknown {
  return (...args) => {
    const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
    try {
      return run(dir, ...args);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}

export const RECORDINGS: Record<string, Call> = {
  annotateRecord: {
    args: () => [model(), record(), { peaks: [400, 700], lead: 'MLII', invert: false, progress: () => {} }],
    optional: '2 2.peaks 2.lead 2.invert 2.progress',
    names: 'beatInput',
    opaque: '0 1',
    data: '0 1',
    allows: { '2 = {}': 'the defaults', '2.peaks = [5]': 'too near to the edge', '2.peaks.0 = 0': 'the same' },
  },
  beatAnnotations: {
    args: () => [{ beats: annotated.beats.slice(0, 2).map((beat) => ({ ...beat })) }, 1],
    optional: '1',
    opaque: '0.beats',
    data: '0',
    allows: { '0.beats = []': 'none', '1 = 0': 'a channel' },
  },
  readAnnotations: {
    args: () => [e.writeAnnotations(annotations()), 'file'],
    optional: '1',
    opaque: '0',
    allows: { [`1 = ${any}`]: 'any name' },
  },
  writeAnnotations: {
    args: () => [annotations(), { customLabels: [{ code: 42, label: 'c', description: 'mine' }], timeResolution: 100 }],
    optional: '1 1.customLabels 1.timeResolution',
    data: '0.0 1.customLabels.0',
    allows: {
      '0 = []': 'none',
      '0.0.sample = 0': 'the first',
      '0.0.label = case': 'another mnemonic',
      '0.0.subtype = 0 | -1': 'a signed byte',
      '0.0.channel = 0': 'a byte',
      '0.0.num = 0 | -1': 'a signed byte',
      [`0.0.aux = ${any}`]: 'any text',
      '1 = {}': 'the defaults',
      '1.customLabels = []': 'none',
      '1.customLabels.0.label = nonsense | case': 'any label without spaces',
      [`1.customLabels.0.description = ${any}`]: 'any text',
      '1.timeResolution = null | 0.5': 'above 0, or that of the record',
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
  beatStatistics: { args: () => [matrix()], allows: { '0.0.0 = 0 | 0.5 | huge': A_NUMBER } },
  formatComparison: {
    args: () => [e.grossTally([{ matrix: matrix() }])],
    data: '0',
    opaque: '0.statistics',
    allows: { '0.matrix.0.0 = 0 | 0.5 | huge': A_NUMBER },
  },
  grossTally: {
    args: () => [[{ matrix: matrix() }]],
    data: '0.0',
    allows: { '0.0.matrix.0.0 = 0 | 0.5 | huge': A_NUMBER },
  },
  countByClass: { args: () => [beats()], opaque: '0', data: '0' },
  extractBeats: {
    args: () => [
      records().map(plain),
      { length: 32, before: 16, lead: 'MLII', normalize: 'record', classes: ['N', 'V'], invalid: 'drop' },
    ],
    optional: '1 1.length 1.before 1.lead 1.normalize 1.classes 1.invalid',
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
  aamiClass: { args: () => ['N'], allows: { [`0 = ${any}`]: 'undefined for what is no beat' } },
  codeOf: { args: () => ['N'], allows: { [`0 = ${any}`]: 'undefined for what has no code' } },
  isBeat: { args: () => ['N'], allows: { [`0 = ${any}`]: 'false for what is no beat' } },
  mnemonicOf: { args: () => [1], allows: { '0 = 0': '[0]' } },
  compareBeats: {
    args: () => [labels(), labels(), { samplingFrequency: 360, window: 0.1, start: 0, end: 20 }],
    optional: '2.window 2.start 2.end',
    data: '0.0 1.0',
    unread: '0.0.subtype 1.0.subtype',
    allows: {
      '0 = []': 'no beat',
      '1 = []': 'no beat',
      '0.0.sample = -1 | 0 | huge': 'any whole number',
      '1.0.sample = -1 | 0 | huge': 'any whole number',
      [`0.0.label = ${any}`]: 'no beat',
      [`1.0.label = ${any}`]: 'no beat',
      '2.samplingFrequency = 0.5 | huge': 'any finite rate',
      '2.window = 0 | 0.5 | huge | Infinity': '0 or more',
      '2.start = 0 | 0.5': '0 or more',
      '2.end = 0 | 0.5 | huge | Infinity': 'the start or more; Infinity: where both lists do',
    },
  },
  formatHeader: {
    args: () => [{ ...e.parseHeader(e.encodeRecord(record()).header), baseTime: '13:05:00', baseDate: '25/4/1989' }],
    data: '0 0.signals.0',
    allows: {
      '0.name = nonsense | case': 'any name of letters',
      '0.samplingFrequency = 0.5': 'any finite rate',
      '0.counterFrequency = 0.5': 'any finite rate',
      '0.baseCounter = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.sampleCount = 0 | huge': 'any count',
      '0.baseTime = null | case': 'none, or the same',
      '0.baseDate = null | case': 'none, or the same',
      '0.comments = []': 'none',
      [`0.comments.0 = ${any}`]: 'any line',
      '0.signals = []': 'none',
      '0.signals.0.fileName = nonsense | case': 'any name without spaces',
      '0.signals.0.format = 0': 'any whole number',

      '0.signals.0.skew = 0': 'any count',
      '0.signals.0.byteOffset = 0 | huge': 'any count',
      '0.signals.0.gain = -1 | 0.5 | huge': 'any but 0',
      '0.signals.0.baseline = -1 | 0': 'any whole number',
      '0.signals.0.units = nonsense | case': 'any unit without spaces',

      '0.signals.0.adcZero = -1 | 0': 'any whole number',
      '0.signals.0.initialValue = -1 | 0': 'any whole number',
      '0.signals.0.checksum = -1 | 0': 'any whole number',
      '0.signals.0.blockSize = 0': 'any count',
      '0.signals.0.description = nonsense | case': 'any text',
    },
  },
  parseHeader: {
    args: () => [e.encodeRecord(record()).header, 'file'],
    optional: '1',
    allows: { '0 = case': 'names may be in capitals', [`1 = ${any}`]: 'any name' },
  },
  patientOf: { args: () => ['100'], allows: { [`0 = ${any}`]: 'a record is its own patient' } },
  detectQrs: {
    args: () => [record().leads[0].samples.slice(0, 2000), 360, { refractory: 0.3 }],
    optional: '2 2.refractory',
    allows: {
      '0 = [] | [5] | empty': 'none in a flat line',
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'samples that are not finite are gaps',
      '2 = {}': 'the default',
      '2.refractory = 0.5': 'from 0.05 to 1',
    },
  },
  annotationsOf: {
    args: () => [
      { name: 'a', samplingFrequency: 360, sampleCount: 7200 },
      e.writeAnnotations(annotations()),
      { length: 30000, file: 'file' },
    ],
    optional: '2 2.length 2.file',
    data: '0',
    opaque: '1',
    allows: {
      [`0.name = ${any}`]: 'any name',
      '0.samplingFrequency = 0.5': 'any finite rate',
      '0.sampleCount = 0 | 0.5 | huge | -1': 'not read beside a length',
      '2 = {}': 'the defaults',
      '2.length = huge': 'more than is annotated',
      [`2.file = ${any}`]: 'any name',
    },
  },
  encodeRecord: {
    args: () => [record()],
    data: '0 0.leads.0 0.annotations.0',
    names: 'encodeSignal formatHeader writeAnnotations',
    unread: '0.leads.0.samples',
    opaque: '0.annotations.0',
    allows: {
      '0.name = nonsense | case': 'any name of letters',
      '0.samplingFrequency = 0.5': 'any finite rate',
      '0.leads = []': 'a record of annotations alone',
      '0.leads.0.name = nonsense | case': 'any name',
      '0.leads.0.units = nonsense | case': 'any unit without spaces',
      '0.leads.0.digital.0 = -1': 'any sample that the format holds',
      '0.leads.0.gain = -1 | 0.5 | huge': 'any but 0',
      '0.leads.0.baseline = -1 | 0': 'any whole number',

      '0.leads.0.adcZero = -1 | 0': 'any whole number',
      '0.annotations = []': 'none',
      '0.comments = []': 'none',
      [`0.comments.0 = ${any}`]: 'any line',
    },
  },
  makeLead: {
    args: () => {
      const { samples: _, ...lead } = record().leads[0];
      return [lead];
    },
    data: '0',
    allows: {
      [`0.name = ${any}`]: 'any name',
      [`0.units = ${any}`]: 'any unit',
      '0.digital = [] | [5] | empty': 'samples, too',
      '0.digital.0 = -1 | huge': 'any sample',
      '0.gain = -1 | 0.5 | huge': 'any but 0',
      '0.baseline = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.adcResolution = -1 | 0 | 0.5 | huge': A_NUMBER,
      '0.adcZero = -1 | 0 | 0.5 | huge': A_NUMBER,
    },
  },
  readRecord: {
    args: () => [e.encodeRecord(record())],
    data: '0',
    opaque: '0.files 0.annotations',
    optional: '0.annotations',
    names: 'parseHeader annotationsOf',
    allows: { '0.header = case': 'names may be in capitals', '0.annotations = null': 'none' },
  },
  resample: {
    args: () => [Float32Array.of(1, 2, 3, 4), 360, 250],
    allows: {
      '0 = [] | [5] | empty': 'signals, too',
      '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': 'a NaN where a sample is not finite',
      '1 = 0.5': 'any rate',
      '2 = 0.5': 'any rate',
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
    args: () => [records(), beats(), { length: 32, before: 16, lead: 'MLII', normalize: 'record', invalid: 'drop' }],
    optional: '2 2.length 2.before 2.lead 2.normalize 2.invalid',
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
  decodeSignal: {
    args: () => [16, new Uint8Array(16), { signals: 2, samples: 3, byteOffset: 2, file: 'file' }],
    optional: '2.samples 2.byteOffset 2.file',
    opaque: '1',
    allows: { '2.samples = 0': 'none', '2.byteOffset = 0': 'none', [`2.file = ${any}`]: 'any name' },
  },
  encodeSignal: {
    args: () => [16, [Int16Array.of(1, 2), Int16Array.of(3, 4)]],
    allows: { '1 = []': 'no signal', '1.0.0 = -1 | huge': 'any sample' },
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
  invalidSample: { args: () => [16] },
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
  syntheticRecord: {
    args: () => [{ seed: 1, name: 'a', duration: 5, supraventricular: 0.1, ventricular: 0.1, noise: 1, kind: 'mixed' }],
    optional: '0.duration 0.supraventricular 0.ventricular 0.noise 0.kind',
    allows: {
      '0.seed = text | digits | -1 | 0 | 0.5 | huge': 'any seed',
      '0.name = nonsense | case': 'any name of letters',
      '0.supraventricular = 0': 'none',
      '0.ventricular = 0': 'none',
      '0.noise = 0 | 0.5': 'a factor',
    },
  },
  syntheticRecords: {
    args: () => [{ seed: 1, patients: 2, duration: 5, supraventricular: 0.1, ventricular: 0.1, noise: 1 }],
    optional: '0.patients 0.duration 0.supraventricular 0.ventricular 0.noise',
    names: 'syntheticRecord',
    allows: {
      '0.seed = text | digits | -1 | 0 | 0.5 | huge': 'any seed',
      '0.supraventricular = 0': 'none',
      '0.ventricular = 0': 'none',
      '0.noise = 0 | 0.5': 'a factor',
    },
  },
};
const annotated = e.annotateRecord(model(), record());

export const FILES: Record<string, Call> = {
  writeFileAtomic: {
    args: () => ['file', 'text'],
    call: inFolder((dir, path: string, data: string) =>
      n.writeFileAtomic(typeof path === 'string' && path ? join(dir, path) : path, data),
    ),
    allows: { '0 = nonsense | case': 'any name', [`1 = ${any}`]: 'any text' },
  },
  makeFolder: {
    args: () => ['folder/below'],
    call: inFolder((dir, path: string) => n.makeFolder(typeof path === 'string' ? join(dir, path) : path)),
    allows: { [`0 = ${any}`]: 'any name' },
  },
  loadModel: {
    args: () => ['file'],
    call: inFolder((dir, path: string) => {
      n.saveModel(join(dir, 'file'), model());
      return n.loadModel(typeof path === 'string' ? join(dir, path) : path);
    }),
  },
  saveModel: {
    args: () => ['file', model()],
    call: inFolder((dir, path: string, saved: ModelParts) =>
      n.saveModel(typeof path === 'string' ? join(dir, path) : path, saved),
    ),
    names: 'writeFileAtomic',
    data: '1 1.networks.0 1.about',
    opaque: '1.about',
    allows: {
      '0 = nonsense | case': 'any name',
      '1.networks.0.classifier = null': 'none was trained',
      '1.about = {}': 'nothing to tell',
    },
  },
  loadAnnotations: {
    args: () => ['a', 'atr'],
    call: inFolder((dir, path: string, annotator: string) => {
      n.saveRecord(dir, made[0]);
      return n.loadAnnotations(typeof path === 'string' ? join(dir, path) : path, annotator);
    }),
  },
  loadRecord: {
    args: () => ['a', { annotator: 'atr' }],
    call: inFolder((dir, path: string, options: n.LoadOptions) => {
      n.saveRecord(dir, made[0]);
      return n.loadRecord(typeof path === 'string' ? join(dir, path) : path, options);
    }),
    optional: '1 1.annotator',
    allows: { '1 = {}': 'the default' },
  },
  loadRecords: {
    args: () => ['.', ['a'], { annotator: 'atr' }],
    call: inFolder((dir, path: string, names: string[], options: n.LoadOptions) => {
      n.saveRecord(dir, made[0]);
      return n.loadRecords(typeof path === 'string' ? join(dir, path) : path, names, options);
    }),
    optional: '1 2 2.annotator',
    names: 'loadRecord',
    allows: { '0 =  | case': 'the folder itself', '2 = {}': 'the default' },
  },
  saveRecord: {
    args: () => ['.', record()],
    call: inFolder((dir, path: string, saved: e.EcgRecord) =>
      n.saveRecord(typeof path === 'string' ? join(dir, path) : path, saved),
    ),
    names: 'encodeRecord formatHeader makeFolder writeFileAtomic',
    opaque: '1',
    data: '1',
    allows: { [`0 = ${any}`]: 'any folder' },
  },
};

/** What runs only where code may be made from strings. */
export const ndarrays = ({ toNdarray }: typeof import('dynaecg/ndarray')): Record<string, Call> => ({
  fromNdarray: {
    args: () => [toNdarray(of(2, 3)), { requiresGrad: true }],
    optional: '1 1.requiresGrad',
    opaque: '0',
    allows: { '1 = {}': 'the default' },
  },
  toNdarray: { args: () => [of(2, 3)] },
});
