import * as d from 'dynaecg';
import { ArgumentError, crossEntropy, embeddingObjective, Random, SGD, Trainer } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { embedder, head, throughFile, triplets } from '../support/objectives.ts';
import { assertBestPutBack, bits, ruinous, told, waves, withContext } from '../support/trainers.ts';

const test = suite('train/trainer.modules');

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
    "Trainer: expected an optimizer of modules.classes's parameters, got one with none of them",
  );
  assertThrows(
    make({ classes: {} as d.Module }),
    ArgumentError,
    'Trainer: expected modules.classes to be a Module, got {}',
  );
});

test.run();
