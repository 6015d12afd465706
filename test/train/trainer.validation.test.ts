import * as d from 'dynaecg';
import { ArgumentError, crossEntropy, type Dataset, embeddingObjective, Linear, Random, SGD, Trainer } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { embedder, head, triplets, twelve } from '../support/objectives.ts';
import { bits, LENGTH, numbered, range, Witness, waves } from '../support/trainers.ts';

const test = suite('train/trainer.validation');

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
  assertThrows(() => text.fit(1), ArgumentError, 'Trainer: expected the result of validate to be a number, got "1"');
});

test.run();
