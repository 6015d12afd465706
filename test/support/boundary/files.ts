/** Calls of what reads and writes files, and of ndarrays. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend, type DatasetLike, type ModelFileOptions, type ModelParts, setBackend } from 'dynaecg';
import * as e from 'dynaecg/ecg';
import * as n from 'dynaecg/node';
import type { Call } from './mutations.ts';
import { of } from './operands.ts';
import { any, flac, model, record } from './recorded.ts';
import { dataset } from './trained.ts';

const SECONDS = 20;
const many = { supraventricular: 0.2, ventricular: 0.2 }; // so that every record has all classes

const made = ['a', 'b', 'c', 'd'].map((name) => {
  const whole = e.syntheticRecord({ seed: 1, name, duration: SECONDS, ...many });
  return { ...whole, annotations: whole.annotations.filter(({ label }) => e.isBeat(label)) };
});

/** A folder that is gone once a call has been made in it. */
export function inFolder<A extends unknown[]>(run: (dir: string, ...args: A) => unknown): (...args: A) => unknown {
  return (...args) => {
    const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
    try {
      return run(dir, ...args);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}

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
    args: () => ['file', model(), { weights: 'int8' }],
    call: inFolder((dir, path: string, saved: ModelParts, options: ModelFileOptions) =>
      n.saveModel(typeof path === 'string' ? join(dir, path) : path, saved, options),
    ),
    names: 'writeFileAtomic',
    data: '1 1.networks.0 1.about',
    opaque: '1.about',
    optional: '2 2.weights',
    allows: {
      '0 = nonsense | case': 'any name',
      '1.networks.0.classifier = null': 'none was trained',
      '1.about = {}': 'nothing to tell',
      '2 = {}': 'weights as they are',
    },
  },
  openDataset: {
    args: () => ['file'],
    call: inFolder((dir, path: string) => {
      n.saveDataset(join(dir, 'file'), [dataset()]);
      n.openDataset(typeof path === 'string' ? join(dir, path) : path).close();
    }),
  },
  saveDataset: {
    args: () => ['file', [{ ...dataset(), context: of(8, 2), groups: [0, 1, 0, 1, 0, 1, 0, 1] }]],
    call: inFolder((dir, path: string, parts: DatasetLike[]) =>
      n.saveDataset(typeof path === 'string' && path ? join(dir, path) : path, parts),
    ),
    data: '1.0',
    optional: '1.0.context 1.0.groups',
    allows: {
      '0 = nonsense | case': 'any name',
      '1.0.labels.0 = 0': 'any class',
      '1.0.groups.0 = -1 | 0': 'any group',
    },
  },
  loadAnnotations: {
    args: () => ['a', 'atr', { partial: true, frames: 'repeat' }],
    call: inFolder((dir, path: string, annotator: string, options: n.LoadAnnotationsOptions & e.PartialOptions) => {
      n.saveRecord(dir, made[0]);
      return n.loadAnnotations(typeof path === 'string' ? join(dir, path) : path, annotator, options);
    }),
    optional: '2 2.partial 2.frames',
    allows: { '2 = {}': 'the default' },
  },
  recordNames: {
    args: () => ['.'],
    call: inFolder((dir, path: string) => n.recordNames(typeof path === 'string' ? join(dir, path) : path)),
    allows: { '0 =  | case': 'the folder itself' },
  },
  recordPath: { args: () => ['a'], allows: { [`0 = ${any}`]: 'any path' } },
  loadRecord: {
    args: () => ['a', { annotator: 'atr', partial: true, frames: 'repeat', flac }],
    call: inFolder((dir, path: string, options: n.LoadOptions & e.PartialOptions) => {
      n.saveRecord(dir, made[0]);
      return n.loadRecord(typeof path === 'string' ? join(dir, path) : path, options);
    }),
    optional: '1 1.annotator 1.partial 1.frames 1.flac',
    allows: { '1 = {}': 'the default' },
  },
  loadRecords: {
    args: () => ['.', ['a'], { annotator: 'atr', partial: false, frames: 'repeat', flac }],
    call: inFolder((dir, path: string, names: string[], options: n.LoadOptions & { partial?: false }) => {
      n.saveRecord(dir, made[0]);
      return n.loadRecords(typeof path === 'string' ? join(dir, path) : path, names, options);
    }),
    optional: '1 2 2.annotator 2.partial 2.frames 2.flac',
    names: 'loadRecord',
    allows: { '0 =  | case': 'the folder itself', '2 = {}': 'the default' },
  },
  useThreads: {
    args: () => [1, { relaxed: false }],
    call: (threads: number, options: n.ThreadOptions) => {
      const before = backend();
      try {
        return n.useThreads(threads, options);
      } finally {
        setBackend(before.name);
      }
    },
    optional: '0 1 1.relaxed',
    allows: { '1 = {}': 'the default' },
  },
  beatTransform: { args: () => [{ push: () => {}, flush: () => {} }], opaque: '0', data: '0' },
  openRecording: {
    args: () => ['a', { name: 'b', leads: ['MLII'], annotator: 'atr', partial: true, frames: 'repeat', flac }],
    call: inFolder((dir, path: string, options: e.OpenOptions) => {
      n.saveRecord(dir, made[0]);
      return n.openRecording(typeof path === 'string' ? join(dir, path) : path, options);
    }),
    optional: '1 1.name 1.leads 1.annotator 1.partial 1.frames 1.flac',
    names: 'loadRecord',
    allows: { '1 = {}': 'the default', '1.name = nonsense | case': 'any name of letters' },
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
