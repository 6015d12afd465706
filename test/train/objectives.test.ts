import * as d from 'dynaecg';
import {
  ArgumentError,
  add,
  backward,
  crossEntropy,
  embeddingObjective,
  Random,
  SGD,
  ShapeError,
  type Tensor,
  Trainer,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { embedder, head, triplets } from '../support/objectives.ts';
import { bits, range, told, Witness, waves, withContext } from '../support/trainers.ts';

const test = suite('train/objectives');

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
  [terms({ loss: triplets }), ArgumentError, 'embeddingObjective: expected names other than loss, which is the sum'],
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

test.run();
