/** Valid calls around checkpoints. */
import * as d from 'dynaecg';
import * as n from 'dynaecg/node';
import { inFolder } from './files.ts';
import type { Call } from './mutations.ts';
import { of } from './operands.ts';

const state = (): d.TrainingState => ({ numbers: { a: 1 }, tensors: { a: of(2) } });
const none = { '.numbers = {}': 'none', '.tensors = {}': 'none', '.tensors.a = 0.5': 'a scalar' };
const allowed = (place: string): Record<string, string> =>
  Object.fromEntries(Object.entries(none).map(([end, why]) => [place + end, why]));
const about = () => ({ configuration: { rate: 0.1 }, data: 'waves' });

export const CHECKPOINTS: Record<string, Call> = {
  dataChecksum: {
    args: () => [
      { x: of(8, 3), context: of(8, 2), labels: [0, 1, 0, 1, 0, 1, 0, 1], groups: [0, 1, 0, 1, 0, 1, 0, 1] },
    ],
    optional: '0.context 0.groups',
    data: '0',
    allows: { '0.labels.0 = 0': 'any class', '0.groups.0 = -1 | 0': 'any group' },
  },
  encodeCheckpoint: {
    args: () => [{ state: state(), extra: state(), ...about() }],
    optional: '0.extra',
    data: '0 0.state 0.state.tensors 0.extra 0.extra.tensors',
    opaque: '0.state.numbers 0.extra.numbers 0.configuration',
    names: 'encodeSafetensors',
    allows: {
      ...allowed('0.state'),
      ...allowed('0.extra'),
      '0.configuration = {}': 'none',
      '0.data = nonsense |  | case': 'any text',
    },
  },
  decodeCheckpoint: {
    args: () => [d.encodeCheckpoint({ state: state(), ...about() })],
    opaque: '0',
    names: 'decodeSafetensors',
  },
};

const identity = { '2.configuration = {}': 'none', '2.data = nonsense |  | case': 'any text' };

export const CHECKPOINT_FILES: Record<string, Call> = {
  saveCheckpoint: {
    args: () => ['.', { state: state() }, { ...about(), extra: state() }],
    call: inFolder((dir, path: string, ...rest: [{ state: d.TrainingState }, n.CheckpointOptions]) =>
      n.saveCheckpoint(typeof path === 'string' ? `${dir}/${path}` : path, ...rest),
    ),
    optional: '2.extra',
    data: '1 1.state 1.state.tensors 2.extra 2.extra.tensors',
    opaque: '1.state.numbers 2.extra.numbers 2.configuration',
    names: 'encodeCheckpoint encodeSafetensors dataChecksum makeFolder',
    allows: {
      '0 = nonsense |  | case': 'any folder',
      ...allowed('1.state'),
      ...allowed('2.extra'),
      ...identity,
    },
  },
  loadCheckpoint: {
    args: () => ['.', about()],
    call: inFolder((dir, path: string, options: n.CheckpointOptions) => {
      n.saveCheckpoint(dir, { state: state() }, about());
      return n.loadCheckpoint(typeof path === 'string' ? `${dir}/${path}` : path, options);
    }),
    opaque: '1.configuration',
    names: 'dataChecksum',
    allows: { '0 = nonsense |  | case': 'a folder without checkpoints' },
  },
  resume: {
    args: () => ['.', { state: state() }, about()],
    call: inFolder((dir, path: string, ...rest: [{ state: d.TrainingState }, n.CheckpointOptions]) => {
      n.saveCheckpoint(dir, { state: state() }, about());
      return n.resume(typeof path === 'string' ? `${dir}/${path}` : path, ...rest);
    }),
    unread: '1.state',
    data: '1',
    opaque: '2.configuration',
    names: 'loadCheckpoint dataChecksum',
    allows: { '1 = {}': 'gets a state', '0 = nonsense |  | case': 'a folder without checkpoints' },
  },
};
