import * as d from 'dynaecg';
import {
  ArgumentError,
  ClassifierTrainer,
  DataError,
  Dataset,
  type DatasetLike,
  type DatasetSource,
  Random,
  type Sampler,
  Tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { sourceOf } from '../support/sources.ts';
import { numbered, range, told, Witness, waves, withContext } from '../support/trainers.ts';

const test = suite('data/datasetSource.errors');

const small = told(20, 1);
const wordsOf = (labels: readonly number[]): string[] => labels.map((k) => ['one', 'two', 'three'][k]); // 0, 2, 1 by name
const { x, labels } = waves(20);

const classifier = (options: Partial<d.ClassifierTrainerOptions>) => () => {
  const model = new d.Linear(16, 3, { random: new Random(0) });
  return new ClassifierTrainer({ model, data: { x, labels }, random: new Random(0), batchSize: 5, ...options });
};

const reading = (source: Partial<Record<keyof DatasetSource, unknown>>) =>
  classifier({ data: { ...sourceOf({ x, labels }).source, ...source } as DatasetSource });

const training =
  (get: (indices: Int32Array) => unknown, known: Partial<DatasetSource> = {}) =>
  () =>
    reading({ get, ...known })().fit(1);

const first = (n: number): DatasetLike => ({ x: zeros([n, 16]), labels: Array<number>(n).fill(0) });
const same = (indices: Int32Array): number[] => Array.from(indices, (i) => labels[i]);
let call = 0;
const op = 'ClassifierTrainer: expected';

const failures: [f: () => unknown, type: new (message: string) => Error, message: string | RegExp][] = [
  [reading({ length: 0 }), ArgumentError, `${op} data.length to be a whole number >= 1, got 0`],
  [reading({ length: undefined }), ArgumentError, `${op} data.length to be a whole number >= 1, got undefined`],
  [reading({ get: 5 }), ArgumentError, `${op} data.get to be a function, got 5`],
  [reading({ length: 59 }), DataError, `${op} 59 labels for 59 samples, got 60`],
  [
    reading({ labels: labels.map((k) => k - 1) }),
    DataError,
    `${op} labels that are whole numbers >= 0, got -1 for sample 0`,
  ],
  [
    reading({ labels: labels.map((k) => k / 2) }),
    DataError,
    `${op} labels that are whole numbers >= 0, got 0.5 for sample 1`,
  ],
  [reading({ labels: 5 }), ArgumentError, `${op} data.labels to be an array of numbers, got 5`],
  [reading({ groups: [1] }), DataError, `${op} 60 groups for 60 samples, got 1`],
  [
    reading({ groups: labels.map((k) => k / 2) }),
    DataError,
    `${op} groups that are whole numbers, got 0.5 for sample 1`,
  ],
  [reading({ labels: undefined, get: () => 5 }), ArgumentError, `${op} data.get(indices) to be an object, got 5`],
  [reading({ labels: undefined, get: () => ({ x }) }), DataError, `${op} data.get to return 60 labels, got none`],
  [reading({ labels: undefined, get: () => first(3) }), DataError, `${op} data.get to return 60 labels, got 3`],
  [training(() => null), ArgumentError, `${op} data.get(indices) to be an object, got null`],
  [training(() => first(3)), DataError, `${op} data.get to return 1 samples, got 3`],
  [
    training((indices) => first(indices.length), { labels: labels.map((k) => (k === 0 ? 2 : k)) }),
    DataError,
    // the first sample that is read is the first of those that are trained on
    /^ClassifierTrainer: expected data\.get to return label [12] for sample \d+, got 0$/,
  ],
  [
    training((indices) => ({ x: zeros([indices.length, 16]), labels: wordsOf(same(indices)) })),
    DataError,
    /^ClassifierTrainer: expected data\.get\(indices\)\.labels to be numbers, like all labels before, got "\w+" at position 0$/,
  ],
  [
    training((indices) => {
      const values = zeros([indices.length, 16]);
      if (indices.length > 1) values.data[17] = Number.NaN;
      return { x: values, labels: same(indices) };
    }),
    DataError,
    `${op} finite values, got NaN in sample 1, value 1`,
  ],
  [
    classifier({ validation: { x, labels: wordsOf(labels) } }),
    DataError,
    `${op} validation.labels to be numbers, like all labels before, got "one" at position 0`,
  ],
  [
    classifier({ validation: sourceOf({ x, labels: wordsOf(labels) }).source }),
    DataError,
    `${op} validation.labels to be numbers, like all labels before, got "one" at position 0`,
  ],
  [
    classifier({ data: { x, labels: wordsOf(labels) }, validation: { x, labels: labels.map(() => 'four') } }),
    DataError,
    `ClassifierTrainer: validation.labels: encode: expected labels among one, three, two, got "four" at position 0`,
  ],
  [
    classifier({ data: { x, labels: wordsOf(labels) }, validation: { x, labels: labels.map((k) => k + 1) } }),
    DataError,
    `${op} labels below 3, the number of classes, got 3 for sample 2`,
  ],
  [
    classifier({
      data: { x, labels: wordsOf(labels) },
      validation: new Dataset({ x, labels }, { classes: ['three', 'two', 'one'] }),
    }),
    DataError,
    `${op} validation of the classes one, three, two, got three, two, one`,
  ],
  [
    classifier({ validation: sourceOf(told(4)).source }),
    DataError,
    `${op} validation with 0 numbers of context, like data, got 2`,
  ],
  [
    classifier({ data: sourceOf(told(4)).source, validation: { x, labels } }),
    DataError,
    `${op} validation with 2 numbers of context, like data, got 0`,
  ],
  [
    classifier({ data: new Dataset({ x, labels }).slice(3, 3) }),
    DataError,
    `${op} samples x (N,...), got shape [0,16]`,
  ],
];

for (const [f, type, message] of failures)
  test(`errors: ${message}`, () => {
    if (typeof message === 'string') assertThrows(f, type, message);
    else assert.throws(f, (error: Error) => error.constructor === type && message.test(error.message));
  });

test('errors: the pieces of a batch have to be of one size, dtype and context', () => {
  const size = (pieces: (n: number) => Partial<DatasetLike>[]) => () => {
    call = 0;
    const N = 1500;
    const get = (indices: Int32Array): DatasetLike => {
      const n = indices.length;
      const piece = pieces(n)[n === 1 ? 0 : call++];
      return { x: zeros([n, 1]), labels: Array<number>(n).fill(0), ...piece };
    };
    const sampler = (): Sampler => ({ batchSize: N, next: () => Int32Array.from(range(N)), state: null });
    const data = { length: N, labels: new Int32Array(N), get };
    const options = { model: new Witness(), data, validation: numbered(0, 8), sampler, stepsPerEpoch: 1 };
    const { context: _, ...validation } = options.validation;
    return new ClassifierTrainer({ ...options, validation, random: new Random(0) }).fit(1);
  };
  const wanted = 'ClassifierTrainer: expected data.get to return';
  for (const [pieces, message] of [
    [(n: number) => [{}, { x: zeros([n, 2]) }], `${wanted} samples of float32 [1] each time, got float32 [2]`],
    [
      (n: number) => [{}, { x: zeros([n, 1], { dtype: 'float64' }) }],
      `${wanted} samples of float32 [1] each time, got float64 [1]`,
    ],
    [(n: number) => [{}, { context: zeros([n, 2]) }], `${wanted} context of float32 [2] each time, got none`],
  ] as const)
    assertThrows(size(pieces as (n: number) => Partial<DatasetLike>[]), DataError, message);
});

test('errors: positions outside a validation set that is read', () => {
  const model = withContext('outside');
  const messages: string[] = [];
  const trainer = new d.Trainer({
    ...{ model, data: sourceOf(small).source, random: new Random(0), batchSize: 20, stepsPerIteration: 1 },
    objective: (own, { x: signals, context }) => ({ loss: d.mean(own.forward(signals, context)) }),
    validate: (_, validation) => {
      for (const at of [[6], [0, -1]])
        try {
          validation.take(at);
        } catch (error) {
          messages.push((error as Error).message);
        }
      return new Tensor(Float32Array.of(validation.length), []).item();
    },
  });
  assert.is(trainer.fit(1).validationLoss, 6);
  assert.equal(messages, [
    'take: expected indices from 0 to 5, got 6 at position 0',
    'take: expected indices from 0 to 5, got -1 at position 1',
  ]);
});

test.run();
