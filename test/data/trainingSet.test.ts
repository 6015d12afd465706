import * as d from 'dynaecg';
import { ClassifierTrainer, MlpClassifier, Random, type Tensor, Trainer, TripletTrainer, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { makeClassifier, makeTrainer, numbered, range, told, Witness, withContext } from '../support/trainers.ts';

const test = suite('data/trainingSet');

/** An objective that looks at every sample. */
const meanOutput = (model: d.Layer, { x, context }: d.Dataset) => ({ loss: d.mean(model.forward(x, context)) });

// ---- validation data

test('validation samples are never trained on, and they are what is scored', () => {
  const { x, labels } = numbered(0, 60);
  const data = { x, labels };
  const random = new Random('held');
  const triplets = { perClass: 3, stepsPerIteration: 30, warn: () => {} };
  const runs: Record<string, (model: Witness) => unknown> = {
    TripletTrainer: (model) => [...new TripletTrainer({ model, data, random, ...triplets }).steps(1)],
    ClassifierTrainer: (model) => [...new ClassifierTrainer({ model, data, random, batchSize: 10 }).epochs(2)],
    Trainer: (model) => [...new Trainer({ model, data, random, objective: meanOutput, batchSize: 10 }).iterations(2)],
  };
  for (const [name, run] of Object.entries(runs)) {
    const model = new Witness();
    run(model);
    const { train, score } = model.seen;
    const trained = new Set(train);
    // Neighbours are looked for among all that is trained on, which comes first.
    if (name === 'TripletTrainer') assert.equal(new Set(score.splice(0, 54)), trained);
    const scored = new Set(score);
    assert.is(scored.size, 6);
    assert.equal(
      [...trained, ...scored].sort((a, b) => a - b),
      range(60),
    ); // disjoint, and all of them
  }
});

// ---- context

/** Each trainer on a witness. */
const witnessed: Record<string, (options: Omit<d.TrainerOptions, 'model' | 'random'>) => Witness> = {
  TripletTrainer: (options) => {
    const model = new Witness();
    const random = new Random('seen');
    const own = { perClass: 3, stepsPerIteration: 20, warn: () => {} };
    for (const _ of new TripletTrainer({ ...options, ...own, model, random }).iterations(2));
    return model;
  },
  ClassifierTrainer: (options) => {
    const model = new Witness();
    const random = new Random('seen');
    for (const _ of new ClassifierTrainer({ ...options, model, random, batchSize: 9 }).epochs(3));
    return model;
  },
  Trainer: (options) => {
    const model = new Witness();
    const random = new Random('seen');
    for (const _ of new Trainer({ ...options, model, random, objective: meanOutput, batchSize: 9 }).iterations(3));
    return model;
  },
};

for (const [name, witness] of Object.entries(witnessed))
  test(`every sample comes with its own context, in training and for the score: ${name}`, () => {
    for (const validation of [undefined, numbered(100, 12)]) {
      const { seen, contexts } = witness({ data: numbered(0, 40), validation });
      for (const side of ['train', 'score'] as const) {
        assert.ok(seen[side].length > 0);
        assert.equal(
          contexts[side],
          seen[side].map((i) => 10 * i),
        );
      }
    }
  });

test('what only the context tells is learned, by triplets and by cross-entropy', () => {
  const unseen = told(20, 0.2, 'unseen');
  const moved = d.gather(unseen.context, [...range(59).map((i) => i + 1), 0]); // every class becomes the next
  const model = withContext('context');
  const { trainer } = makeTrainer({ model, data: told(30), seed: 'context' });
  const history = [...trainer.iterations(4)];
  assert.ok(history[3].neighborF1 > 0.95, `macro F1 ${history[3].neighborF1}`);
  const z = model.embed(unseen.x, { context: unseen.context });
  const found = d.precisionAt1(z, unseen.labels);
  assert.ok(found > 0.9, `precision@1 ${found}, by chance 0.33`);

  const network = new d.Sequential(
    withContext('network'),
    new MlpClassifier({ inFeatures: 4, hidden: 8, classes: 3, random: new Random(0) }),
  );
  const learner = makeClassifier({ model: network, data: told(30), batchSize: 15 }).trainer;
  const epochs = [...learner.epochs(15)];
  assert.ok(epochs[14].validationAccuracy > 0.9, `validation ${epochs[14].validationAccuracy}`);
  const right = (context: Tensor, shift: number): number => {
    const predicted = d.argmaxRows(d.predict(network, unseen.x, { context }));
    return predicted.filter((k, i) => k === (unseen.labels[i] + shift) % 3).length / 60;
  };
  assert.ok(right(unseen.context, 0) > 0.9 && right(moved, 1) > 0.9, 'the class is the context of the same row');
});

test('context in batches is as in one', () => {
  const { x, context } = told(4);
  const model = withContext('batches');
  const expected = model.embed(x, { context });
  const zero = model.embed(x, { context: zeros([12, 2]) });
  assert.not.equal([...expected.data], [...zero.data]);
  for (const batchSize of [1, 5, 12]) {
    const z = model.embed(x, { context, batchSize });
    assert.equal([...z.shape], [12, 4]);
    assertClose(z.data, expected.data, { absolute: 1e-6 }, `batches of ${batchSize}`);
  }
});

// ---- augmentation

for (const [name, witness] of Object.entries(witnessed))
  test(`augmentation changes each batch once, and no validation or given data: ${name}`, () => {
    const data = numbered(0, 40);
    const validation = numbered(100, 12);
    const text = JSON.stringify([data, validation]);
    const batches: number[][] = [];
    const augment: d.Augmentation = (x, random) => {
      batches.push([...x.data]);
      assert.instance(random, Random);
      for (let i = 0; i < x.size; i++) x.data[i] += 1000;
    };
    for (const held of [undefined, validation]) {
      batches.length = 0;
      const { seen, contexts } = witness({ data, validation: held, augment });
      assert.equal(
        seen.train,
        batches.flat().map((v) => v + 1000),
      );
      assert.ok(
        batches.flat().every((v) => v < 40),
        'the batch is a copy that was never changed before',
      );
      assert.equal(
        contexts.train,
        batches.flat().map((v) => 10 * v),
      );
      assert.ok(seen.score.length > 0 && seen.score.every((v) => v < 1000));
    }
    assert.is(JSON.stringify([data, validation]), text);
  });

test.run();
