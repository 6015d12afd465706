/** Data that are read as they are needed, names for labels, and groups: what reaches a trainer. */
import * as d from 'dynaecg';
import { ClassifierTrainer, Dataset, type DatasetLike, type DatasetSource, Random, type Sampler } from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { NAMES, sourceOf } from '../support/sources.ts';
import { type AnyStep, bits, courses, numbered, range, told, Witness, waves } from '../support/trainers.ts';

const test = suite('data/datasetSource');

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
          validation.asked.slice(-12).map((i) => i.length),
          [...Array(11).fill(128), 92],
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

test.run();
