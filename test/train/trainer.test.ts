/** Trainer, which takes any objective. */
import * as d from 'dynaecg';
import {
  ArgumentError,
  ClassifierTrainer,
  crossEntropy,
  type Dataset,
  embeddingObjective,
  MlpClassifier,
  Random,
  ScheduledMargin,
  type Tensor,
  Trainer,
  TripletTrainer,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { embedder, margin, triplets, twelve } from '../support/objectives.ts';
import { bits, LENGTH, told, waves, withContext } from '../support/trainers.ts';

const test = suite('train/trainer');

// ---- the two short trainers are such trainers

type Step = { loss: number; gradientNorm: number; learningRate: number };

test('with triplets as its objective Trainer makes the steps of TripletTrainer', () => {
  const [data, validation] = [waves(20), waves(8, 'validation')];
  for (const context of [false, true]) {
    const [train, scored] = context ? [told(20), told(8, 0.2, 'validation')] : [data, validation];
    /** Steps, and the weights after them. */
    const run = (steps: (options: d.TrainerOptions & { stepsPerIteration: number }) => Iterable<Step>) => {
      const model = context ? withContext('same') : embedder('same');
      const all = steps({
        ...{ model, data: train, validation: scored, random: new Random('same'), sampler: twelve, keep: 'last' },
        optimizer: new d.AdamW(model.parameters(), { learningRate: 1e-2 }),
        augment: d.gaussianNoise(0.1),
        schedule: (t) => 1 - t / 2,
        ...{ clipNorm: 0.5, averaging: 0.9, stepsPerIteration: 4 },
      });
      const kept = Array.from(all, ({ loss, gradientNorm, learningRate }) => ({ loss, gradientNorm, learningRate }));
      return { steps: kept, weights: bits(model) };
    };
    const marginScheduler = new ScheduledMargin(margin);
    const expected = run((options) => new TripletTrainer({ ...options, marginScheduler }).steps(3));
    const objective = (model: d.Layer, batch: Dataset) => ({
      loss: triplets(model.forward(batch.x, batch.context), batch.labels),
    });
    assert.equal(
      run((options) => new Trainer({ ...options, objective }).steps(3)),
      expected,
    );
    assert.equal(
      run((options) => new Trainer({ ...options, objective: embeddingObjective({ triplets }) }).steps(3)),
      expected,
    );
    assert.is(expected.steps.length, 12);
    assert.ok(expected.steps.filter(({ loss, gradientNorm }) => loss > 0 && gradientNorm > 0).length > 6);
  }
});

test('with cross-entropy as its objective Trainer makes the steps of ClassifierTrainer', () => {
  const [data, validation] = [waves(20), waves(8, 'validation')];
  const network = (): MlpClassifier =>
    new MlpClassifier({ inFeatures: LENGTH, hidden: 16, classes: 3, random: new Random('same') });
  const common = { data, validation, random: new Random('same'), sampler: twelve, keep: 'last' as const };
  const [model, twin] = [network(), network()];
  const classifier = new ClassifierTrainer({ ...common, model: twin, optimizer: new d.AdamW(twin.parameters()) });
  const trainer = new Trainer({
    ...{ ...common, model, optimizer: new d.AdamW(model.parameters()) },
    objective: (own, { x, labels }) => ({ loss: crossEntropy(own.forward(x), labels) }),
  });
  assert.is(trainer.stepsPerIteration, classifier.stepsPerEpoch);
  const [steps, expected] = [[...trainer.steps(3)], [...classifier.steps(3)]];
  assert.is(steps.length, 15);
  assertClose(
    steps.map((s) => s.loss),
    expected.map((s) => s.loss),
    { relative: 1e-14 }, // there the mean over an epoch is of sums
  );
  const ends = steps.flatMap(({ finished }) => finished ?? []);
  const epochs = expected.flatMap(({ finished }) => finished ?? []);
  for (const key of ['loss', 'validationLoss'] as const)
    assertClose(
      ends.map((it) => it[key]),
      epochs.map((it) => it[key]),
      { relative: 1e-6 }, // of float32 losses of batches
    );
  assert.equal(
    ends.map((it) => it.best),
    epochs.map((it) => it.best),
  );
  assert.equal(bits(model), bits(twin));
});

const run =
  (objective: d.Objective, options: object = {}) =>
  () => {
    const model = embedder();
    return new Trainer({ model, data: waves(8), random: new Random(0), objective, batchSize: 12, ...options }).fit(1);
  };

// ---- what is reported

test('reports of a step are those of its batch, and of an iteration their means', () => {
  const model = embedder();
  let batch = 0;
  const trainer = new Trainer({
    ...{ model, data: waves(20), validation: waves(4, 'validation'), random: new Random(0), sampler: twelve },
    stepsPerIteration: 3,
    objective: (own, { x, labels }) => {
      const loss = triplets(own.forward(x), labels);
      if (own.training) batch++;
      return { loss, batch, twice: 2 * loss.item() };
    },
    schedule: (t) => 1 - t,
  });
  const steps = [...trainer.steps(2)];
  assert.equal(
    steps.map((s) => [s.iteration, s.step, s.batch, s.finished?.iteration ?? null]),
    [
      [1, 1, 1, null],
      [1, 2, 2, null],
      [1, 3, 3, 1],
      [2, 1, 4, null],
      [2, 2, 5, null],
      [2, 3, 6, 2],
    ],
  );
  for (const i of [0, 1]) {
    const own = steps.slice(3 * i, 3 * i + 3);
    const finished = own[2].finished as NonNullable<(typeof own)[2]['finished']>;
    for (const key of ['loss', 'gradientNorm', 'batch', 'twice'] as const) {
      const mean = own.reduce((sum, s) => sum + s[key], 0) / 3;
      assertClose([finished[key]], [mean], { relative: 1e-14 }, key);
    }
    assert.equal(
      own.map((s) => s.twice),
      own.map((s) => 2 * s.loss),
    );
    assert.is(finished.learningRate, own[2].learningRate);
    assert.equal(Object.keys(finished).sort(), [
      'batch',
      'best',
      'gradientNorm',
      'iteration',
      'learningRate',
      'loss',
      'twice',
      'validationLoss',
    ]);
  }
});

test('an iteration is a pass over the data unless its steps are given', () => {
  const make = (options: Partial<d.ObjectiveTrainerOptions<{ loss: Tensor }>>) =>
    new Trainer({
      ...{ model: embedder(), data: waves(10), validation: waves(4), random: new Random(0) },
      objective: embeddingObjective({ triplets }) as d.Objective,
      ...options,
    }).stepsPerIteration;
  assert.is(make({}), 1);
  assert.is(make({ batchSize: 8 }), 4);
  assert.is(make({ batchSize: 29 }), 1, 'a last one of a single sample joins the one before');
  assert.is(make({ sampler: twelve }), 3);
  assert.is(make({ sampler: twelve, stepsPerIteration: 7 }), 7);
});

test('training by Trainer learns', () => {
  const model = embedder();
  const trainer = new Trainer({
    ...{ model, data: waves(40), random: new Random('learns'), stepsPerIteration: 10 },
    sampler: (labels, random) => new d.MPerClassSampler(labels, { perClass: 6, random }),
    optimizer: new d.AdamW(model.parameters(), { learningRate: 1e-2 }),
    objective: embeddingObjective({ triplets }),
  });
  const history = [...trainer.iterations(8)];
  const losses = history.map((it) => it.validationLoss);
  assert.ok(Math.min(...losses) < 0.5 * losses[0], `${losses}`);
  const unseen = waves(30, 'unseen');
  const recall = d.precisionAt1(model.embed(unseen.x), unseen.labels);
  assert.ok(recall > 0.85, `precision@1 ${recall}, by chance 0.33`);
});

// ---- errors

const mean = (model: d.Layer, { x }: Dataset): Tensor => d.mean(model.forward(x));
const reserved = 'gradientNorm, iteration, step, learningRate, finished, validationLoss, best';

const wrong: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    run((() => undefined) as never),
    ArgumentError,
    'Trainer: expected objective to return { loss }, a Tensor of one value, got undefined',
  ],
  [
    run(((model: d.Layer, batch: Dataset) => mean(model, batch)) as never),
    ArgumentError,
    'Trainer: expected objective to return { loss }, a Tensor of one value, got a Tensor',
  ],
  [
    run((() => ({ loss: 5 })) as never),
    ArgumentError,
    'Trainer: expected objective to return { loss }, a Tensor of one value, got a loss that is 5',
  ],
  [
    run((model, { x }) => ({ loss: model.forward(x) })),
    ArgumentError,
    'Trainer: expected objective to return { loss }, a Tensor of one value, got a loss of shape [12,4]',
  ],
  [
    run((model, batch) => ({ loss: mean(model, batch), near: '1' }) as never),
    ArgumentError,
    'Trainer: expected near reported by objective to be a number, got "1"',
  ],
  [
    run((model, batch) => ({ loss: mean(model, batch), step: 1 })),
    ArgumentError,
    `Trainer: expected objective to report names other than ${reserved}, got step`,
  ],
  [
    run((model, batch) => ({ loss: d.mul(mean(model, batch), Number.NaN) })),
    d.TrainingError,
    'Trainer: expected finite loss of NaN in iteration 1; try a lower learning rate or clipNorm',
  ],
  [
    run((model, batch) => ({ loss: d.mul(mean(model, batch), model.training ? 1 : Number.NaN) })),
    d.TrainingError,
    'Trainer: expected finite validation loss of NaN in iteration 1; try a lower learning rate or clipNorm',
  ],
  [
    run((model, batch) => ({ loss: mean(model, batch) }), { sampler: () => ({ next: () => [0], state: null }) }),
    ArgumentError,
    "Trainer: expected the sampler's batchSize to be a whole number >= 1, got undefined",
  ],
  [
    run((model, batch) => ({ loss: mean(model, batch) }), { batchSize: 0 }),
    ArgumentError,
    'Trainer: expected batchSize to be a whole number >= 1, got 0',
  ],
  [
    run((model, batch) => ({ loss: mean(model, batch) }), { stepsPerIteration: 0.5 }),
    ArgumentError,
    'Trainer: expected stepsPerIteration to be a whole number >= 1, got 0.5',
  ],
  [run(5 as never), ArgumentError, 'Trainer: expected objective to be a function, got 5'],
  [
    run(undefined as never),
    ArgumentError,
    'Trainer: expected the options model, data, random, objective, got only model, data, random',
  ],
  [
    run((model, batch) => ({ loss: mean(model, batch) }), { data: { x: zeros([2, LENGTH]), labels: [0, 1] } }),
    d.DataError,
    'Trainer: expected more than 1 samples of class 0, got 1',
  ],
];

for (const [f, type, message] of wrong) test(`errors: ${message}`, () => assertThrows(f, type, message));

test.run();
