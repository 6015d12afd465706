/** Data that are read as they are needed, names for labels, and groups: what reaches a trainer. */
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
import {
  type AnyStep,
  bits,
  courses,
  numbered,
  range,
  told,
  Witness,
  waves,
  withContext,
} from '../support/trainers.ts';

const test = suite('training source');

const NAMES = ['TripletTrainer', 'ClassifierTrainer', 'Trainer'] as const;

/** A source of data in memory, and the positions that it was asked for. */
function sourceOf(data: DatasetLike, known: Partial<DatasetSource> = { labels: data.labels }) {
  const whole = new Dataset(data);
  const asked: number[][] = [];
  const source: DatasetSource = {
    length: whole.length,
    ...known,
    get(indices) {
      assert.instance(indices, Int32Array);
      asked.push([...indices]);
      const { x, context } = whole.take(indices);
      const labels = Array.from(indices, (i) => data.labels[i]);
      indices.fill(-1); // of no consequence
      return { x, context, labels: labels as number[] };
    },
  };
  return { source, asked };
}

// ---- the same as in memory

const small = told(20, 1);
const held = told(7, 1, 'held');
const wordsOf = (labels: readonly number[]): string[] => labels.map((k) => ['one', 'two', 'three'][k]); // 0, 2, 1 by name

/** Pairs of data that have to give the same: in memory, and read as they go. */
const pairs: Record<string, () => [memory: Partial<d.TrainerOptions>, read: Partial<d.TrainerOptions>]> = {
  'validation set aside': () => [{ data: small }, { data: sourceOf(small).source }],
  'validation given': () => [
    { data: small, validation: held },
    { data: sourceOf(small).source, validation: sourceOf(held).source },
  ],
  'one of them in memory': () => [
    { data: small, validation: held },
    { data: new Dataset(small), validation: sourceOf(held).source },
  ],
  'labels that are read': () => [{ data: small }, { data: sourceOf(small, {}).source }],
  'labels by name': () => {
    const named = (set: typeof small): DatasetLike => ({ ...set, labels: wordsOf(set.labels) });
    return [
      { data: named(small), validation: named(held) },
      { data: sourceOf(named(small)).source, validation: sourceOf(named(held), {}).source },
    ];
  },
};

for (const name of NAMES)
  for (const [what, pair] of Object.entries(pairs))
    test(`data that are read as they go train the weights of the same data in memory: ${name}, ${what}`, () => {
      const train = (options: Partial<d.TrainerOptions>): { steps: AnyStep[]; weights: object } => {
        const { steps, model } = courses[name]('source', options);
        return { steps: [...steps(2)], weights: bits(model) };
      };
      const [memory, read] = pair();
      const expected = train(memory);
      assert.ok(expected.steps.length > 5);
      assert.equal(train(read), expected);
    });

for (const name of NAMES)
  test(`a source is asked for a batch at a step, and never for more than 1,024 samples: ${name}`, () => {
    const many = told(400, 1, 'many'); // 1,200: more than are read at once
    const more = told(500, 1, 'more'); // 1,500
    for (const labels of [many.labels, undefined]) {
      const [data, validation] = [sourceOf(many, { labels }), sourceOf(more)];
      const run = (options: Partial<d.TrainerOptions>) => courses[name]('many', options);
      const { steps, model } = run({ data: data.source, validation: validation.source });
      const [begun] = [data.asked.length];
      if (labels === undefined) assert.equal(data.asked.slice(0, 2), [range(1024), range(1200).slice(1024)]);
      const all: AnyStep[] = [];
      for (const step of steps(2)) {
        all.push(step);
        assert.is(data.asked.length, begun + all.length, 'once for each step');
        assert.is(data.asked[begun + all.length - 1].length, 15);
      }
      for (const indices of [...data.asked, ...validation.asked]) assert.ok(indices.length <= 1024);
      if (name === 'ClassifierTrainer')
        assert.equal(
          validation.asked.slice(-3).map((i) => i.length),
          [512, 512, 476],
        );
      const memory = run({ data: many, validation: more });
      assert.equal([...memory.steps(2)], all);
      assert.equal(bits(memory.model), bits(model));
    }
  });

test('a batch of more samples than are read at once is put together in its order', () => {
  const { source, asked } = sourceOf(numbered(0, 3000));
  const order = [...new Random('order').permutation(3000)].slice(0, 2500);
  const sampler = (): Sampler => ({ batchSize: 2500, next: () => Int32Array.from(order), state: null });
  const model = new Witness();
  const trainer = new ClassifierTrainer({
    ...{ model, data: source, validation: numbered(0, 8), random: new Random(0), sampler, stepsPerEpoch: 1 },
  });
  asked.length = 0;
  trainer.fit(1);
  assert.equal(model.seen.train, order);
  assert.equal(
    model.contexts.train,
    order.map((i) => 10 * i),
  );
  assert.equal(asked, [order.slice(0, 1024), order.slice(1024, 2048), order.slice(2048)]);
});

test('what a source gives is not changed by an augmentation, even where it gives its own memory', () => {
  const all = new Dataset(numbered(0, 40));
  const before = [...all.x.data];
  const data: DatasetSource = {
    length: 40,
    labels: all.labels,
    get: (indices) => {
      const [first] = indices;
      assert.equal(
        [...indices],
        range(indices.length).map((i) => first + i),
      );
      return all.slice(first, first + indices.length);
    },
  };
  const model = new Witness();
  const sampler = (): Sampler => ({ batchSize: 4, next: () => Int32Array.of(8, 9, 10, 11), state: null });
  const augment: d.Augmentation = ({ data: values }) => void values.fill(-7);
  const validation = numbered(100, 8);
  const options = { model, data, validation, random: new Random(0), sampler, augment, stepsPerEpoch: 2 };
  new ClassifierTrainer(options).fit(1);
  assert.equal(model.seen.train, Array(8).fill(-7));
  assert.equal([...all.x.data], before);
});

// ---- names for labels

test('names train the weights of numbers, and validation data are numbered as those', () => {
  const [data, validation] = [waves(20), waves(6, 'validation')];
  const name = (k: number): string => ['a', 'b', 'c'][k];
  const run = (train: d.TrainerOptions['data'], scored: d.TrainerOptions['data'], trainer: (typeof NAMES)[number]) => {
    const model = trainer === 'ClassifierTrainer' ? new d.Linear(16, 3, { random: new Random(0) }) : undefined;
    const embedder = new d.Embedder({ ...sizes, random: new Random(0) });
    const course = courses[trainer]('names', {
      ...{ data: train, validation: scored, model: model ?? embedder, augment: undefined },
      optimizer: new d.AdamW((model ?? embedder).parameters()),
    });
    return [...course.steps(1)];
  };
  const sizes = { length: 16, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4 } as const;
  const named = ({ x, labels }: typeof data): DatasetLike => ({ x, labels: labels.map(name) });
  // of validation one class is missing, so that names of its own would be numbered otherwise
  const part = range(18).filter((i) => validation.labels[i] !== 0);
  const two = { x: d.gather(validation.x, part), labels: part.map((i) => validation.labels[i]) };
  for (const trainer of NAMES) {
    const expected = run(data, two, trainer);
    assert.equal(run(named(data), named(two), trainer), expected);
    assert.equal(run(named(data), two, trainer), expected, 'numbers stay as they are');
    assert.equal(run(new Dataset(named(data)), named(two), trainer), expected);
    assert.equal(run(named(data), sourceOf(named(two), {}).source, trainer), expected);
    assert.equal(run(sourceOf(named(data)).source, named(two), trainer), expected);
    const wide = new Dataset(named(two), { classes: ['a', 'b', 'c'] });
    assert.equal(run(named(data), wide, trainer), expected);
    assert.equal(run(sourceOf(data).source, wide, trainer), expected, 'the numbers of a dataset count');
  }
});

test('a source may give names or numbers, whichever its labels are', () => {
  const { x, labels } = waves(20);
  const words = wordsOf(labels);
  const dataset = new Dataset({ x, labels: words });
  const train = (data: d.TrainerOptions['data']) => {
    const model = new d.Linear(16, 3, { random: new Random(0) });
    const options = { model, data, random: new Random('either'), batchSize: 10 };
    return [...new ClassifierTrainer(options).steps(2)];
  };
  const expected = train(dataset);
  const take = (indices: Int32Array): Dataset => dataset.take(indices);
  const plain = (indices: Int32Array): DatasetLike => ({
    x: dataset.take(indices).x,
    labels: Array.from(indices, (i) => words[i]),
  });
  for (const source of [
    { length: 60, labels: words, get: take },
    { length: 60, labels: words, get: plain },
    { length: 60, get: plain },
    { length: 60, labels: dataset.labels, get: take },
  ])
    assert.equal(train(source), expected);
});

// ---- groups

test('groups reach the sampler as numbers, those of the samples that are trained on', () => {
  const { x, labels } = waves(20);
  const groups = labels.map((_, i) => 5 - i);
  const names = groups.map((g) => `man ${g + 100}`); // 46 to 105: two digits come last
  const placeOf = new Map([...names].sort().map((name, place) => [name, place]));
  const places = names.map((name) => placeOf.get(name) as number);
  for (const trainer of NAMES)
    for (const [data, expected] of [
      [{ x, labels, groups }, groups],
      [new Dataset({ x, labels, groups }), groups],
      [{ x, labels, groups: names }, places],
      [sourceOf({ x, labels }, { labels, groups }).source, groups],
      [sourceOf({ x, labels }, { groups: names }).source, places],
      [{ x, labels }, undefined],
    ] as const)
      for (const validation of [{ x, labels }, undefined]) {
        const seen: [own: Int32Array, groups?: Int32Array][] = [];
        const sampler = (own: Int32Array, random: Random, of?: Int32Array): Sampler => {
          seen.push([own, of]);
          return new d.MPerClassSampler(own, { perClass: 2, random });
        };
        const model = new d.Linear(16, 3, { random: new Random(0) });
        courses[trainer]('groups', { data, validation, model, sampler, optimizer: undefined });
        assert.is(seen.length, 1);
        const [[own, of]] = seen;
        assert.is(own.length, validation ? 60 : 54);
        assert.is(of === undefined, expected === undefined);
        if (!of || !expected) continue;
        const samples = Array.from(of, (g) => expected.indexOf(g)); // every sample is a group of its own
        assert.equal(
          [...own],
          samples.map((i) => labels[i]),
        );
        assert.equal(
          samples,
          [...new Set(samples)].sort((i, j) => i - j),
        );
      }
});

test('the batches of an objective have their groups, and the names of the classes', () => {
  const { x, labels } = waves(4);
  const words = wordsOf(labels);
  const groups = labels.map((_, i) => 10 + i);
  for (const data of [{ x, labels: words, groups }, sourceOf({ x, labels: words }, { labels: words, groups }).source]) {
    let batches = 0;
    const objective = (model: d.Layer, batch: Dataset) => {
      batches++;
      assert.instance(batch, Dataset);
      assert.equal(batch.classes, ['one', 'three', 'two']);
      const names = Array.from(batch.labels, (k) => batch.classes?.[k]);
      const at = Array.from(batch.groups as Int32Array, (g) => g - 10);
      assert.equal(
        names,
        at.map((i) => words[i]),
      );
      assert.equal(
        [...batch.x.data],
        at.flatMap((i) => [...x.data.subarray(16 * i, 16 * i + 16)]),
      );
      return { loss: d.mean(model.forward(batch.x)) };
    };
    const model = new d.Linear(16, 2, { random: new Random(0) });
    new d.Trainer({ model, data, random: new Random(0), objective, batchSize: 4 }).fit(2);
    assert.ok(batches > 4);
  }
});

// ---- errors

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
  [reading({ labels: undefined, get: () => ({ x }) }), DataError, `${op} data.get to give 60 labels, got none`],
  [reading({ labels: undefined, get: () => first(3) }), DataError, `${op} data.get to give 60 labels, got 3`],
  [training(() => null), ArgumentError, `${op} data.get(indices) to be an object, got null`],
  [training(() => first(3)), DataError, `${op} data.get to give 1 samples, got 3`],
  [
    training((indices) => first(indices.length), { labels: labels.map((k) => (k === 0 ? 2 : k)) }),
    DataError,
    // the first sample that is read is the first of those that are trained on
    /^ClassifierTrainer: expected data\.get to give label [12] for sample \d+, got 0$/,
  ],
  [
    training((indices) => ({ x: zeros([indices.length, 16]), labels: wordsOf(same(indices)) })),
    DataError,
    /^ClassifierTrainer: expected data\.get\(indices\)\.labels to be numbers, as all labels before, got "\w+" at position 0$/,
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
    `${op} validation.labels to be numbers, as all labels before, got "one" at position 0`,
  ],
  [
    classifier({ validation: sourceOf({ x, labels: wordsOf(labels) }).source }),
    DataError,
    `${op} validation.labels to be numbers, as all labels before, got "one" at position 0`,
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
    `${op} validation with 0 numbers of context, as data, got 2`,
  ],
  [
    classifier({ data: sourceOf(told(4)).source, validation: { x, labels } }),
    DataError,
    `${op} validation with 2 numbers of context, as data, got 0`,
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
  const wanted = 'ClassifierTrainer: expected data.get to give';
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
