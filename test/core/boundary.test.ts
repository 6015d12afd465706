import * as dynaecg from 'dynaecg';
import {
  ArgumentError,
  ClassifierTrainer,
  Conv1d,
  decodeSafetensors,
  Embedder,
  encodeSafetensors,
  Linear,
  Module,
  Random,
  Sequential,
  ShapeError,
  TripletTrainer,
  tensor,
} from 'dynaecg';
import * as ecg from 'dynaecg/ecg';
import * as inference from 'dynaecg/inference';
import * as internals from 'dynaecg/kernels';
import * as trained from 'dynaecg/model';
import * as node from 'dynaecg/node';
import * as onnx from 'dynaecg/onnx';
import * as relaxed from 'dynaecg/relaxed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { BEATS } from '../support/boundary/beats.ts';
import { CHECKPOINT_FILES, CHECKPOINTS } from '../support/boundary/checkpoints.ts';
import { DATA } from '../support/boundary/data.ts';
import { FILES, ndarrays } from '../support/boundary/files.ts';
import { LAYERS } from '../support/boundary/layers.ts';
import { METRIC } from '../support/boundary/metric.ts';
import { INFERENCE, MODELS, ONNX, RELAXED, TRAINED } from '../support/boundary/models.ts';
import { type Call, faults } from '../support/boundary/mutations.ts';
import { of } from '../support/boundary/operands.ts';
import { OPS } from '../support/boundary/ops.ts';
import { OPTIM } from '../support/boundary/optim.ts';
import { RECORDINGS } from '../support/boundary/recordings.ts';
import { CLUSTERS, SCORES } from '../support/boundary/scores.ts';
import { INTERNALS, TENSORS } from '../support/boundary/tensors.ts';
import { TRAINERS } from '../support/boundary/trainers.ts';
import { EVAL } from '../support/engine.ts';

const test = suite('core/boundary');
const ndarray = EVAL ? await import('dynaecg/ndarray') : null;
if (!ndarray)
  console.log('core/boundary: dynaecg/ndarray is skipped, as it makes code from strings, which is forbidden here');

// ---- every export with every argument spoilt

const TABLES: [exports: object, table: Record<string, Call>][] = [
  [
    dynaecg,
    {
      ...TENSORS,
      ...LAYERS,
      ...OPS,
      ...DATA,
      ...METRIC,
      ...OPTIM,
      ...TRAINERS,
      ...MODELS,
      ...CLUSTERS,
      ...SCORES,
      ...CHECKPOINTS,
    },
  ],
  [internals, INTERNALS],
  [trained, TRAINED],
  [inference, INFERENCE],
  [relaxed, RELAXED],
  [onnx, ONNX],
  [ecg, { ...RECORDINGS, ...BEATS }],
  [node, { ...FILES, ...CHECKPOINT_FILES }],
  ...(ndarray ? [[ndarray, ndarrays(ndarray)] as [object, Record<string, Call>]] : []),
];

/** Exports that are not called: errors, what is abstract, and constants. */
const NOT_CALLED = new Set([
  ...['ArgumentError', 'BackendError', 'CheckpointError', 'DataError', 'DynaecgError', 'ShapeError', 'TrainingError'],
  ...['Layer', 'Module', 'Optimizer'],
]);

test('every function and class that is exported has a line in the table', () => {
  for (const [exports, table] of TABLES)
    for (const [name, value] of Object.entries(exports))
      if (typeof value === 'function' && !NOT_CALLED.has(name))
        assert.ok(Object.hasOwn(table, name), `${name}: expected an entry in test/support/boundary, got none`);
});

test('a name has one place, and the single file none to spare', () => {
  const names = [dynaecg, internals].flatMap((exports) => Object.keys(exports));
  assert.is(new Set(names).size, names.length);
  for (const space of ['ecg', 'kernels']) assert.not(Object.hasOwn(dynaecg, space), space);
});

for (const [exports, table] of TABLES)
  for (const [name, entry] of Object.entries(table))
    test(name, () => {
      const found = faults(name, (exports as Record<string, unknown>)[name.split('#')[0]], entry);
      assert.is(found.join('\n'), '');
    });

// ---- what a newcomer types first

const r = new Random(1);
const wrong = (value: unknown): never => value as never;
const few = { x: of(8, 3), labels: [0, 0, 0, 0, 0, 1, 1, 1] };
const linear = new Linear(3, 2, { random: r });

class Ring extends Module {
  inside: Module[] = [];
}
const ring = new Ring();
const outer = new Ring();
outer.inside.push(ring);
ring.inside.push(outer);

const FIRST: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => new Embedder(wrong({})), ArgumentError, 'Embedder: expected the option random, got none'],
  [
    () => new Embedder({ random: r, kernels: 5 } as never),
    ArgumentError,
    'Embedder: expected options among random, length, inChannels, channels, kernel, hidden, features, embedding, ' +
      'attention, channelAttention, dropout, contextFeatures (did you mean kernel?), got kernels',
  ],
  [
    () => new Embedder({ random: r, hidden: 0 }),
    ArgumentError,
    'Embedder: expected hidden to be a whole number >= 1, got 0',
  ],
  [
    () => new TripletTrainer(wrong({})),
    ArgumentError,
    'TripletTrainer: expected the options model, data, random, got none',
  ],
  [
    () => new ClassifierTrainer(wrong({ model: linear, random: r })),
    ArgumentError,
    'ClassifierTrainer: expected the options model, data, random, got only model, random',
  ],
  [
    () => new TripletTrainer({ model: linear, data: few, random: r, keep: wrong('Best') }),
    ArgumentError,
    `TripletTrainer: expected keep 'best' or 'last' (did you mean best?), got "Best"`,
  ],
  [
    () => new ClassifierTrainer({ model: linear, data: { ...few, x: of(8, 3).data as never }, random: r }),
    ArgumentError,
    'ClassifierTrainer: expected data.x to be a tensor, an ndarray or a number ' +
      '(tensor(values, shape) makes one from arrays), got a Float32Array of 24',
  ],
  [
    () =>
      new ClassifierTrainer({
        model: linear,
        data: { ...few, x: tensor(Float64Array.from(of(8, 3).data), [8, 3]) },
        random: r,
      }),
    ShapeError,
    "ClassifierTrainer: expected data.x of float32 like the model's weights " +
      '(tensor(Float32Array.from(x.data), x.shape) casts it), got float64',
  ],
  [
    () => new Conv1d(1, 8, wrong({ kernel: 5, random: r }), wrong(undefined)),
    ArgumentError,
    'Conv1d: expected kernel to be a whole number >= 1, got {kernel,random}',
  ],
  [
    () => new Conv1d(1, 8, 5, wrong(undefined)),
    ArgumentError,
    'Conv1d: expected an object of options (random, bias, stride, padding, dilation, groups), got undefined',
  ],
  [() => new Linear(3, 2, wrong(r)), ArgumentError, 'Linear: expected the option random, got a Random'],
  [() => new Linear(3, 2, { random: wrong(1) }), ArgumentError, 'Linear: expected random to be a Random, got 1'],
  [
    () => new Linear(1e9, 1e9, { random: r }),
    ShapeError,
    'Linear: expected at most 2147483647 values, got shape [1000000000,1000000000]',
  ],
  [() => tensor([1, wrong(null)]), ArgumentError, 'tensor: expected numbers, alone or nested in arrays, got null'],
  [
    () => tensor([1, 2], undefined, { dtype: wrong('int32') }),
    ArgumentError,
    `tensor: expected dtype 'float32' or 'float64', got "int32"`,
  ],
  [
    () => tensor([1, 2], wrong({ dtype: 'int32' })),
    ShapeError,
    'tensor: expected a shape before the options, got {dtype}',
  ],
  ...[() => ring.modules(), () => ring.parameters(), () => ring.eval(), () => ring.to('float64')].map(
    (f): (typeof FIRST)[number] => [
      f,
      ArgumentError,
      'Module: expected layers that do not contain themselves, got a cycle at inside.0',
    ],
  ),
  [
    () => decodeSafetensors(wrong([1, 2])),
    ArgumentError,
    'decodeSafetensors: expected file to be a Uint8Array, got [1,2]',
  ],
];

for (const [f, type, message] of FIRST) test(`${message} (${f})`, () => assertThrows(f, type, message));

test('an array that holds itself is not gone down for ever', () => {
  const self: unknown[] = [];
  self.push(self);
  assertThrows(
    () => tensor(wrong(self)),
    ShapeError,
    'tensor: expected arrays nested at most 32 deep, got a deeper one',
  );
});

test('a file may be an ArrayBuffer', () => {
  const { buffer } = encodeSafetensors({ a: tensor([1, 2]) });
  assert.equal([...decodeSafetensors(buffer as ArrayBuffer).tensors.a.data], [1, 2]);
});

test('a signal may be of any numbers', () => {
  const { samples } = ecg.syntheticRecord({ seed: 1, name: 'a', duration: 10 }).leads[0];
  const peaks = [...ecg.detectQrs(samples, 360)];
  assert.ok(peaks.length > 5);
  for (const other of [Float64Array.from(samples), Array.from(samples)]) {
    assert.equal([...ecg.detectQrs(other, 360)], peaks);
    assert.equal([...ecg.resample(other, 360, 250)], [...ecg.resample(samples, 360, 250)]);
  }
});

test('a layer that stands in two places is no circle', () => {
  assert.is(new Sequential(linear, linear).parameters().length, 2);
  assert.is(new Sequential(linear, linear).modules().length, 3);
});

test.run();
