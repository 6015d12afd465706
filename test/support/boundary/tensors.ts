/** Calls of what makes, records and runs tensors. */

import * as d from 'dynaecg';
import { Random, type Tensor, tensor } from 'dynaecg';
import { type Kernels, kernels, useKernels } from 'dynaecg/kernels';
import type { Call } from './mutations.ts';
import { leaf, of, random } from './operands.ts';

/** Tensors are looked into by their own entry. */
const T = 'arithmetic as IEEE 754 has it: NaN and infinity are numbers';

/** Calls of `dynaecg/kernels`. */
export const INTERNALS: Record<string, Call> = {
  poisonReleasedMemory: { args: () => [true] },
  scopeMemory: { args: () => [] },
  asTensor: {
    args: () => ['mine', of(2), 'float64'],
    optional: '2',
    names: 'mine',
    allows: {
      '0 = missing | null | {} | [] | [5] | nonsense |  | case | true | function | 0.5': 'a name for errors',
      '1 = 0.5': 'a scalar',
    },
  },
  kernels: { args: () => ['float64'] },
  useKernels: {
    args: () => [kernels('float32')],
    call: (table: Kernels) => {
      const before = useKernels(table);
      useKernels(before);
    },
    opaque: '0',
    data: '0',
  },
};

export const TENSORS: Record<string, Call> = {
  gradcheck: {
    args: () => [
      (x: Tensor) => d.square(x),
      [tensor([1, 2], undefined, { dtype: 'float64', requiresGrad: true })],
      random(),
      1e-6,
    ],
    optional: '3',
    names: 'square',
    allows: {
      '3 = 0.5 | huge': 'any step; a bad one shows in the result',
    },
  },
  scope: { args: () => [() => 1] },
  backward: { args: () => [d.sum(leaf(2)), tensor(1)], optional: '1', allows: { '1 = 0.5': 'a scalar' } },
  defineOp: {
    args: () => ['mine', (x: Tensor) => ({ inputs: [x], output: x, vjp: () => {} })],
    allows: { '0 = nonsense |  | case': 'any name' },
  },
  noGrad: { args: () => [() => 1] },
  empty: {
    args: () => [[2, 3], 'float32', true],
    optional: '2',
    allows: { '0 = []': 'a scalar', '0 = [5]': 'five', '0.0 = 0': 'no element' },
  },
  printable: { args: () => ['a text'], allows: { '0 = nonsense |  | case': 'any text' } },
  full: {
    args: () => [[2, 3], 1, { dtype: 'float64', requiresGrad: true }],
    optional: '2 2.dtype 2.requiresGrad',
    allows: {
      '0 = [] | [5]': 'shapes, too',
      '0.0 = 0': 'no element',
      '1 = NaN | -1 | 0 | 0.5 | huge | Infinity': T,
      '2 = {}': 'the defaults',
    },
  },
  ones: {
    args: () => [[2, 3], { dtype: 'float64', requiresGrad: true }],
    optional: '1 1.dtype 1.requiresGrad',
    allows: { '0 = [] | [5]': 'shapes, too', '0.0 = 0': 'no element', '1 = {}': 'the defaults' },
  },
  zeros: {
    args: () => [[2, 3], { dtype: 'float64', requiresGrad: true }],
    optional: '1 1.dtype 1.requiresGrad',
    allows: { '0 = [] | [5]': 'shapes, too', '0.0 = 0': 'no element', '1 = {}': 'the defaults' },
  },
  Parameter: {
    args: () => [new Float32Array([1, 2]), [2]],
    names: 'Tensor',
    allows: { '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': T },
  },
  Tensor: {
    args: () => [new Float32Array([1, 2]), [2], true],
    optional: '2',
    allows: { '0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': T },
  },
  tensor: {
    args: () => [
      [
        [1, 2],
        [3, 4],
      ],
      [4],
      { dtype: 'float64', requiresGrad: true },
    ],
    optional: '1 2 2.dtype 2.requiresGrad',
    allows: { '0.0.0 = NaN | -1 | 0 | 0.5 | huge | Infinity': T, '2 = {}': 'the defaults' },
  },
  backend: { args: () => [] },
  selftest: { args: () => [] },
  setBackend: {
    args: () => ['js', { module: {}, memory: 1e6 }],
    call: (name: 'js', options: d.BackendOptions) => {
      const before = d.backend();
      try {
        return d.setBackend(name, options);
      } finally {
        d.setBackend(before.name);
      }
    },
    optional: '1 1.module 1.memory',
    allows: { '1 = {}': 'the default', '1.module = null | {} | unknown': 'not looked at for js' },
  },
  Random: {
    args: () => ['seed'],
    allows: { '0 = nonsense |  | case | 0.5': 'any seed' },
  },
  'Random#fork': {
    args: () => ['label'],
    call: (label: string) => random().fork(label),
    allows: { '0 = nonsense |  | case': 'any label' },
  },
  'Random#state': {
    args: () => [random().state],
    call: (state: d.RandomState) => Random.restore(state),
    data: '0',
    opaque: '0',
  },
};
