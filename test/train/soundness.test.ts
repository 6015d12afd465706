import * as d from 'dynaecg';
import {
  AdamW,
  ArgumentError,
  BestWeights,
  CheckpointError,
  Linear,
  Random,
  type TensorLike,
  TrainingError,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { bits, courses, makeClassifier, makeTrainer, waves } from '../support/trainers.ts';

const test = suite('soundness of what is kept');

/** The message of the TrainingError that `f` throws. */
function trainingError(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    assert.instance(error, TrainingError);
    return (error as Error).message;
  }
  return assert.unreachable('expected a TrainingError') as never;
}

test('data whose variance float32 does not hold: nothing of it is kept, the weights are those from before', () => {
  const data = waves(40);
  for (let i = 0; i < data.x.size; i++) data.x.data[i] *= 1e20;
  const { trainer, model } = makeTrainer({ data });
  const before = bits(model);
  const message = trainingError(() => trainer.fit(3));
  assert.match(message, /^TripletTrainer: expected finite /);
  assert.equal(bits(model), before);
});

test('a learning rate of a million: the weights are finite on the way out', () => {
  for (const make of [() => makeTrainer({ learningRate: 1e38 }), makeWild]) {
    const { trainer, model } = make();
    const before = bits(model);
    try {
      trainer.fit(3);
    } catch (error) {
      assert.instance(error, TrainingError);
      assert.equal(bits(model), before, 'no iteration was sound');
    }
    for (const values of Object.values(bits(model))) assert.ok(values.every(Number.isFinite));
  }
});

/** A classifier with steps so long that its weights overflow in the first iteration. */
function makeWild() {
  const model = new d.MlpClassifier({ inFeatures: 16, hidden: 16, classes: 3, random: new Random('wild') });
  return makeClassifier({ model, optimizer: new AdamW(model.parameters(), { learningRate: 1e38 }) });
}

/** A layer whose weights become NaN in the given iteration of two steps each. */
class Failing extends Linear {
  #steps = 0;
  readonly #at: number;
  constructor(at: number) {
    super(16, 3, { random: new Random('failing') });
    this.#at = at;
  }
  override forward(x: TensorLike): d.Tensor {
    if (this.training && ++this.#steps > 2 * (this.#at - 1)) this.weight.data[0] = Number.NaN;
    return super.forward(x);
  }
}

for (const at of [1, 2, 3])
  test(`divergence in iteration ${at}: the initial weights are put back, or the best of those before`, () => {
    const model = new Failing(at);
    const kept: Record<string, number[]>[] = [bits(model)];
    const trainer = new d.ClassifierTrainer({ model, data: waves(20), random: new Random(1), stepsPerEpoch: 2 });
    trainingError(() => {
      for (const { finished } of trainer.steps(3)) if (finished?.best) kept.push(bits(model));
    });
    assert.is(kept.length > 1, at > 1);
    assert.equal(bits(model), kept.at(-1));
    assert.is(model.training, false);
  });

test('BestWeights keeps nothing that is not finite, and a variance that is negative neither', () => {
  const model = new d.BatchNorm1d(2);
  const best = new BestWeights(model);
  assert.is(best.offer(1), true);
  for (const [name, value, message] of [
    ['weight', Number.NaN, 'weight[1] NaN'],
    ['running_mean', Number.NEGATIVE_INFINITY, 'running_mean[1] -Infinity'],
    ['running_var', -1, 'running_var[1] -1'],
  ] as const) {
    const tensor = model.stateDict()[name].data.slice();
    const state = model.stateDict();
    state[name].data[1] = value;
    model.loadStateDict(state);
    assertThrows(() => best.offer(0), TrainingError, `BestWeights: expected finite weights, got ${message}`);
    assert.is(best.score, 1);
    best.restore();
    assert.equal(model.stateDict()[name].data, tensor);
  }
});

for (const [name, make] of Object.entries(courses)) {
  test(`${name}: a state with a number that is not finite is refused, and changes nothing`, () => {
    const { trainer, model, steps } = make('state');
    for (const _ of steps(1));
    const before = bits(model);
    const state = trainer.state;
    const [key] = Object.keys(state.tensors).filter((name) => name.startsWith('best.'));
    state.tensors[key].data[0] = Number.POSITIVE_INFINITY;
    assertThrows(
      () => {
        trainer.state = state;
      },
      CheckpointError,
      `${name}: expected finite numbers in the state, got ${key}[0] Infinity`,
    );
    assert.equal(bits(model), before);
  });

  test(`${name}: a course that another has followed cannot go on, and has left nothing behind`, () => {
    const [{ trainer, model, steps }, other] = [make('course'), make('course')];
    const rate = trainer.optimizer.learningRate;
    const left = steps(2)[Symbol.iterator]();
    left.next();
    const next = steps(2)[Symbol.iterator]();
    next.next();
    assertThrows(
      () => left.next(),
      ArgumentError,
      `${name}: expected one course of training at a time, got a step of one after another had begun`,
    );
    while (!next.next().done);
    assert.is(trainer.optimizer.learningRate, rate);
    for (const _ of other.steps(2)) break;
    for (const _ of other.steps(2));
    assert.equal(bits(model), bits(other.model), 'as if the first had been ended by a break');
  });
}

test.run();
