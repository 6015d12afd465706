/** Trainer, which takes any objective, and objectives of losses of the embeddings. */
import * as d from 'dynaecg';
import {
  ArgumentError,
  add,
  backward,
  ClassifierTrainer,
  crossEntropy,
  type Dataset,
  Embedder,
  embeddingObjective,
  Linear,
  MlpClassifier,
  Random,
  type Sampler,
  ScheduledMargin,
  SGD,
  ShapeError,
  type Tensor,
  Trainer,
  TripletTrainer,
  tripletLoss,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import {
  assertBestPutBack,
  bits,
  LENGTH,
  numbered,
  range,
  ruinous,
  SIZES,
  told,
  Witness,
  waves,
  withContext,
} from '../support/trainers.ts';

const test = suite('training objective');

const embedder = (seed = 'embedder'): Embedder => new Embedder({ ...SIZES, random: new Random(seed) });
const head = (seed = 'head'): MlpClassifier =>
  new MlpClassifier({ inFeatures: SIZES.embedding, hidden: 6, classes: 3, random: new Random(seed) });
const throughFile = (state: d.TrainingState): d.TrainingState => d.decodeTrainingState(d.encodeTrainingState(state));
/** Batches of 12 in an order of their own. */
const twelve = (labels: Int32Array): Sampler =>
  new d.ShuffledSampler(labels.length, { batchSize: 12, random: new Random('twelve') });
const margin = 0.4;
const triplets = (z: Tensor, labels: ArrayLike<number>): Tensor => tripletLoss(z, labels, { margin }).loss;

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

// ---- objectives of embeddings

test('embeddingObjective: the weighted sum of its losses, and each as it is', () => {
  for (const context of [false, true]) {
    const data = context ? told(4) : waves(4);
    const make = () => ({ model: context ? withContext('sum') : embedder('sum'), own: head() });
    const [{ model, own }, twin] = [make(), make()];
    const objective = embeddingObjective({
      near: triplets,
      classes: { loss: (z, labels) => crossEntropy(own.forward(z), labels), weight: 0.25 },
      nothing: { loss: (z) => d.mean(z), weight: 0 },
    });
    const optimizer = new SGD([...model.parameters(), ...own.parameters()], { learningRate: 0.3 });
    const trainer = new Trainer({
      ...{ model, data, validation: data, random: new Random(0), objective, modules: { own }, optimizer },
      ...{ keep: 'last', batchSize: 12 },
      sampler: () => ({ batchSize: 12, next: () => Int32Array.from(range(12)), state: null }),
    });
    const [step] = trainer.steps(1);

    const z = twin.model.forward(data.x, 'context' in data ? (data.context as Tensor) : undefined);
    const near = triplets(z, data.labels);
    const classes = crossEntropy(twin.own.forward(z), data.labels);
    const loss = add(near, d.mul(classes, 0.25));
    backward(loss);
    new SGD([...twin.model.parameters(), ...twin.own.parameters()], { learningRate: 0.3 }).step();
    assertClose(
      [step.near, step.classes, step.nothing, step.loss],
      [near.item(), classes.item(), d.mean(z).item(), loss.item()],
      { relative: 1e-7 },
    );
    for (const [found, expected] of [
      [model, twin.model],
      [own, twin.own],
    ])
      for (const [name, values] of Object.entries(bits(found)))
        assertClose(values, bits(expected)[name], { absolute: 1e-7, relative: 1e-6 }, name);
    const finished = step.finished as NonNullable<typeof step.finished>;
    assert.equal([finished.near, finished.classes, finished.loss], [step.near, step.classes, step.loss]);
  }
});

const terms = (list: object) => () => embeddingObjective(list as Record<string, () => Tensor>);
const run =
  (objective: d.Objective, options: object = {}) =>
  () => {
    const model = embedder();
    return new Trainer({ model, data: waves(8), random: new Random(0), objective, batchSize: 12, ...options }).fit(1);
  };
const failures: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [terms({}), ArgumentError, 'embeddingObjective: expected at least one loss, got none'],
  [terms({ loss: triplets }), ArgumentError, 'embeddingObjective: expected other names than loss, which is the sum'],
  [terms({ near: 5 }), ArgumentError, 'embeddingObjective.near: expected an object of options (loss, weight), got 5'],
  [terms({ near: { loss: 5 } }), ArgumentError, 'embeddingObjective.near: expected loss to be a function, got 5'],
  [
    terms({ near: { loss: triplets, weight: -1 } }),
    ArgumentError,
    'embeddingObjective.near: expected weight >= 0, got -1',
  ],
  [
    terms({ near: { loss: triplets, weights: 1 } }),
    ArgumentError,
    'embeddingObjective.near: expected options among loss, weight (did you mean weight?), got weights',
  ],
  [
    run(embeddingObjective({ near: () => zeros([2]) })),
    ShapeError,
    'embeddingObjective.near: expected a loss of one value, got shape [2]',
  ],
  [
    run(embeddingObjective({ near: () => undefined as never })),
    ArgumentError,
    'embeddingObjective.near: expected a tensor, an ndarray or a number, got undefined',
  ],
  [
    run(embeddingObjective({ near: (z) => d.mean(z) }), {
      model: new Witness(),
      data: { x: zeros([8, 3, 1]), labels: [0, 0, 0, 0, 1, 1, 1, 1] },
    }),
    ShapeError,
    'embeddingObjective: expected embeddings (B,D) with B=6, got [6,3,2]',
  ],
];
for (const [f, type, message] of failures) test(`errors: ${message}`, () => assertThrows(f, type, message));

test('embeddings that are not finite are an error of training, and not of the data', () => {
  const model = embedder();
  const optimizer = new SGD(model.parameters(), { learningRate: 1e30 });
  const trainer = new Trainer({
    ...{ model, data: waves(8), random: new Random(0), objective: embeddingObjective({ triplets }), optimizer },
  });
  assertThrows(
    () => trainer.fit(3),
    d.TrainingError,
    'embeddingObjective: expected finite embeddings, got NaN; try a lower learning rate or clipNorm',
  );
});

// ---- modules of the objective

/** A trainer of an embedder with a head, of which both have a state of their own. */
function withHead(seed: string, options: Partial<d.TrainerOptions> = {}) {
  const model = withContext(seed, { dropout: 0.2 });
  const own = head(seed);
  const classifier = new d.Sequential(new d.Dropout(0.1, { random: new Random(`${seed} dropout`) }), own);
  const trainer = new Trainer({
    ...{ model, data: told(20, 1), random: new Random('head'), batchSize: 15, averaging: 0.8 },
    optimizer: new d.AdamW([...model.parameters(), ...own.parameters()], { learningRate: 2e-2 }),
    schedule: (t) => (t < 0.5 ? 1 : 60) * (1 - t / 2),
    modules: { classifier },
    objective: embeddingObjective({
      near: triplets,
      classes: (z, labels) => crossEntropy(classifier.forward(z), labels),
    }),
    ...options,
  });
  return { trainer, model, own, classifier, weights: () => [bits(model), bits(own)] };
}

for (const averaging of [0.8, undefined])
  test(`modules are trained, saved under their names, and resume bit for bit: averaging ${averaging}`, () => {
    const whole = withHead('whole', { averaging });
    const before = whole.weights();
    const states = [throughFile(whole.trainer.state)];
    const all: unknown[] = [];
    for (const step of whole.trainer.steps(4)) {
      all.push(step);
      if (step.finished) states.push(throughFile(whole.trainer.state));
    }
    const names = Object.keys(states[0].tensors).filter((name) => name.startsWith('model.'));
    assert.equal(
      names.sort(),
      [
        ...Object.keys(bits(whole.model)).map((name) => `model.model.${name}`),
        ...Object.keys(bits(whole.own)).map((name) => `model.modules.classifier.1.${name}`),
      ].sort(),
    );
    for (const [name, values] of Object.entries(before[1]))
      assert.equal([...states[0].tensors[`model.modules.classifier.1.${name}`].data], values);
    for (const [name, values] of Object.entries(whole.weights()[1])) assert.not.equal(values, before[1][name], name);
    for (const k of [0, 1, 3, 4]) {
      const other = withHead('another', { averaging });
      assert.not.equal(other.weights(), whole.weights());
      other.trainer.state = states[k];
      assert.equal([...other.trainer.steps(4)], all.slice((k * all.length) / 4), `after ${k} of 4 iterations`);
      assert.equal(other.weights(), whole.weights(), `weights, after ${k} of 4 iterations`);
    }
  });

test('the weights of the best iteration are put back in the model and its modules', () => {
  const { trainer, model, classifier, weights } = withHead('best', {
    averaging: undefined,
    data: told(20),
    schedule: ruinous,
  });
  assertBestPutBack(trainer, weights);
  assert.not(model.training || classifier.training);
});

test('without an optimiser of its own the trainer trains modules, too; a state of others is refused', () => {
  const { trainer, model, own, weights } = withHead('own', { optimizer: undefined });
  assert.is(trainer.optimizer.parameters.length, model.parameters().length + own.parameters().length);
  const before = weights();
  trainer.fit(1);
  for (const [i, part] of weights().entries())
    for (const [name, values] of Object.entries(part)) assert.not.equal(values, before[i][name], name);
  const alone = withHead('own', { optimizer: undefined, modules: {} } as object);
  assert.throws(
    () => {
      alone.trainer.state = trainer.state;
    },
    (error: Error) => error instanceof d.CheckpointError,
  );
});

test('an optimiser without the parameters of a module is an error, unless they are frozen', () => {
  const model = embedder();
  const [classes, frozen] = [head(), head()];
  for (const p of frozen.parameters()) p.requiresGrad = false;
  const make = (modules: Record<string, d.Module>) => () =>
    new Trainer({
      ...{ model, data: waves(8), random: new Random(0), modules, objective: embeddingObjective({ triplets }) },
      optimizer: new SGD(model.parameters(), { learningRate: 0.1 }),
    });
  make({ frozen })();
  assertThrows(
    make({ frozen, classes }),
    ArgumentError,
    "Trainer: expected an optimizer of modules.classes's parameters, got one that holds none of them",
  );
  assertThrows(
    make({ classes: {} as d.Module }),
    ArgumentError,
    'Trainer: expected modules.classes to be a Module, got {}',
  );
});

// ---- validation

test('an objective draws other numbers at each step, and on validation data the same in each iteration', () => {
  const follow = (seed: string) => {
    const drawn = { train: [] as number[], score: [] as number[] };
    const model = new Witness();
    const trainer = new Trainer({
      ...{ model, data: numbered(0, 40), validation: numbered(100, 25), random: new Random(seed), batchSize: 8 },
      objective: (own, { x, context }, random) => {
        drawn[own.training ? 'train' : 'score'].push(random.uniform());
        return { loss: d.mean(own.forward(x, context)) };
      },
    });
    const sizes: number[] = [];
    const iterations = [...trainer.iterations(3)];
    for (const it of iterations) sizes.push(it.iteration);
    return { drawn, seen: model.seen, contexts: model.contexts, iterations };
  };
  const { drawn, seen, contexts, iterations } = follow('a');
  assert.is(new Set(drawn.train).size, 15);
  assert.is(drawn.score.length, 9); // batches of 8, 8 and 9: a last one of a single sample joins the one before
  assert.is(new Set(drawn.score).size, 3);
  assert.equal(
    drawn.score,
    [0, 1, 2].flatMap(() => drawn.score.slice(0, 3)),
  );
  const samples = seen.score.slice(0, 25);
  assert.equal(
    [...samples].sort((a, b) => a - b),
    range(25).map((i) => 100 + i),
  );
  assert.not.equal(
    samples,
    range(25).map((i) => 100 + i),
    'in random order, so that batches are mixed',
  );
  assert.equal(
    seen.score,
    [0, 1, 2].flatMap(() => samples),
  );
  assert.equal(
    contexts.score,
    seen.score.map((i) => 10 * i),
  );
  assert.equal(follow('a').iterations, iterations);
  assert.equal(follow('b').drawn.score, drawn.score, 'whatever the seed');
  assert.not.equal(follow('b').drawn.train, drawn.train);
});

test('the validation loss is the mean over all validation samples, in inference mode and without recording', () => {
  const validation = waves(9, 'validation'); // 27: batches of 12 and 15
  const model = new d.Sequential(
    new Linear(LENGTH, 4, { random: new Random(0) }),
    new d.BatchNorm1d(4),
    new d.Dropout(0.5, { random: new Random(1) }),
  );
  let batches = 0;
  const objective = (own: d.Layer, { x, labels }: Dataset) => {
    const logits = own.forward(x);
    if (!own.training) {
      batches++;
      assert.not(logits.requiresGrad);
    }
    return { loss: crossEntropy(logits, labels) };
  };
  const trainer = new Trainer({
    ...{ model, data: waves(12), validation, random: new Random(0), objective, sampler: twelve, keep: 'last' },
    optimizer: new SGD(model.parameters(), { learningRate: 0.1 }),
  });
  const { validationLoss } = trainer.fit(1);
  assert.is(batches, 3);
  const expected = crossEntropy(d.predict(model, validation.x), validation.labels).item();
  assertClose([validationLoss], [expected], { relative: 1e-6 }); // of float32 losses
});

test('validate says how good the model is: lower is better, and NaN is never the best', () => {
  const inner = embedder();
  const own = head();
  const [data, validation] = [waves(8), waves(4, 'validation')];
  const scores = [3, Number.NaN, 2, 2, 5];
  const asked: number[] = [];
  const trainer = new Trainer({
    ...{ model: inner, data, validation, random: new Random(0), batchSize: 12, modules: { own } },
    objective: embeddingObjective({ triplets }),
    validate: (model, set) => {
      assert.is(model, inner);
      assert.not(model.training || own.training, 'in inference mode');
      assert.not(model.forward(validation.x).requiresGrad, 'without recording');
      assert.equal([...set.labels], validation.labels);
      assert.equal([...set.take(range(12)).x.data], [...validation.x.data]);
      asked.push(asked.length);
      return scores[asked.length - 1];
    },
  });
  const all: unknown[] = [];
  const weights: unknown[] = [];
  for (const { validationLoss, best } of trainer.iterations(5)) {
    all.push([validationLoss, best]);
    weights.push([bits(inner), bits(own)]);
  }
  assert.equal(all, [
    [3, true],
    [Number.NaN, false],
    [2, true],
    [2, false],
    [5, false],
  ]);
  assert.equal([bits(inner), bits(own)], weights[2]);
  const text = new Trainer({
    ...{ model: inner, data, random: new Random(0), objective: embeddingObjective({ triplets }) },
    validate: () => '1' as never,
  });
  assertThrows(() => text.fit(1), ArgumentError, 'Trainer: expected what validate returns to be a number, got "1"');
});

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
    'Trainer: expected what objective reports as near to be a number, got "1"',
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
