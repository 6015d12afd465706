import * as d from 'dynaecg';
import { Embedder, type Layer, Linear, MlpClassifier, Random, Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { type AnyStep, bits, makeClassifier, makeTrainer, range, SIZES, waves } from '../support/trainers.ts';

const test = suite('train/weightAverage');

// The second half is trained at a learning rate that ruins the model, so that the last weights are not the best.
const ruin = (t: number): number => (t < 0.5 ? 1 : 300);

/** The average by plain loops, of each step's weights. */
function averageOf(start: readonly number[], weights: readonly (readonly number[])[], decay: number): number[] {
  let average = [...start];
  for (const [i, step] of weights.entries()) {
    const t = i + 1;
    const share = Math.min(decay, t / (t + 9));
    average = average.map((a, k) => share * a + (1 - share) * step[k]);
  }
  return average;
}

const valuesOf = (model: d.Module): number[] => model.namedTensors().flatMap(([, { data }]) => [...data]);

test('WeightAverage: the moving average of weights and buffers, its decay rising', () => {
  const random = new Random('average');
  for (const decay of [0, 0.5, 0.999, 1]) {
    const model = new d.Sequential(new Linear(3, 2, { random }), new d.BatchNorm1d(2));
    const start = valuesOf(model);
    const average = new d.WeightAverage(model, decay);
    const steps = range(30).map(() => {
      for (const [, { data }] of model.namedTensors()) for (const i of data.keys()) data[i] = random.normal();
      average.update();
      return valuesOf(model);
    });
    const expected = averageOf(start, steps, decay);
    assertClose(
      average.during(() => valuesOf(model)),
      expected,
      { absolute: 1e-6 },
      `decay ${decay}`,
    );
    assert.is(average.state.steps, 30);
    assert.equal(valuesOf(model), steps[29], "the model's own weights stay");
  }
});

test('WeightAverage of float32 weights does not stand still: a weight of 1 that becomes 1.001', () => {
  const model = new Linear(1, 1, { random: new Random(0), bias: false });
  model.weight.data[0] = 1;
  const average = new d.WeightAverage(model, 0.9999);
  for (let i = 0; i < 1000; i++) average.update();
  const { state } = average;
  model.weight.data[0] = 1.001;
  for (let i = 0; i < 100_000; i++) average.update();
  // In float32 it stood still at 1.000404, where a ten-thousandth of the rest is half a unit of the last place.
  average.during(() => assert.is(model.weight.data[0], Math.fround(1.001)));

  // what float32 states were saved as is read as well, and goes on from there
  const narrow = new Tensor(Float32Array.from(state.weights['weight'].data), [1, 1]);
  const resumed = new d.WeightAverage(model, 0.9999);
  resumed.state = { steps: state.steps, weights: { weight: narrow } };
  for (let i = 0; i < 100_000; i++) resumed.update();
  resumed.during(() => assert.is(model.weight.data[0], Math.fround(1.001)));
});

test('WeightAverage: a state that does not fit changes nothing', () => {
  const model = new Linear(2, 2, { random: new Random('state') });
  const average = new d.WeightAverage(model, 0.9);
  const { state } = average;
  const wrong: [state: unknown, message: string][] = [
    [
      { steps: 3, weights: { weight: state.weights['bias'] } },
      'WeightAverage: expected weight [2,2], got [2]; expected bias [2], got none',
    ],
    [{ ...state, steps: -1 }, 'WeightAverage: expected state.steps to be a whole number >= 0, got -1'],
    [null, 'WeightAverage: expected state to be an object, got null'],
  ];
  for (const [given, message] of wrong)
    assert.throws(
      () => {
        average.state = given as d.WeightAverageState;
      },
      (error: Error) => error instanceof d.DynaecgError && error.message === message,
    );
  assert.equal(average.state, state);
});

test("WeightAverage.during puts the model's own weights back, after an exception as well", () => {
  const model = new Linear(2, 2, { random: new Random('during') });
  const average = new d.WeightAverage(model, 0.9);
  const first = bits(model);
  model.weight.data.fill(7);
  const own = bits(model);
  assert.is(
    average.during(() => {
      assert.equal(bits(model), first);
      model.weight.data.fill(8); // of no consequence
      return 'what f gives';
    }),
    'what f gives',
  );
  assert.equal(bits(model), own);
  const fail = (): never => {
    throw new Error('f failed');
  };
  assert.throws(() => average.during(fail), 'f failed');
  assert.equal(bits(model), own);
  average.during(() => assert.equal(bits(model), first));

  const { state } = average;
  state.weights['weight'].data.fill(9);
  average.during(() => assert.equal(bits(model), first)); // a state is a copy
  average.state = state;
  state.weights['weight'].data.fill(10);
  average.during(() => assert.equal([...model.weight.data], [9, 9, 9, 9]));
});

for (const keep of ['best', 'last'] as const)
  test(`with averaging it is the average that is scored and kept: ${keep}`, () => {
    const decay = 0.8;
    const validation = waves(8, 'validation');
    const network = (): Layer => {
      const random = new Random('averaged');
      return new d.Sequential(
        new Embedder({ ...SIZES, random }),
        new MlpClassifier({ inFeatures: 4, hidden: 8, classes: 3, random }),
      );
    };
    const runs = {
      TripletTrainer: () => {
        const model = new Embedder({ ...SIZES, random: new Random('averaged') });
        const { trainer } = makeTrainer({ model, validation, averaging: decay, keep, schedule: ruin, warn: () => {} });
        return { model, steps: trainer.steps(4), twin: new Embedder({ ...SIZES, random: new Random(0) }) };
      },
      ClassifierTrainer: () => {
        const model = network();
        const { trainer } = makeClassifier({ model, validation, averaging: decay, keep, schedule: ruin });
        return { model, steps: trainer.steps(4), twin: network() };
      },
    };
    for (const [name, make] of Object.entries(runs)) {
      const { model, steps, twin } = make();
      const start = valuesOf(model);
      const taken: number[][] = [];
      const rounds: { best: boolean; validationLoss?: number; average: number[] }[] = [];
      for (const { finished } of steps as Iterable<AnyStep>) {
        taken.push(valuesOf(model));
        if (finished) rounds.push({ ...finished, average: averageOf(start, taken, decay) });
      }
      const best = rounds.map((r) => r.best).lastIndexOf(true);
      assert.ok(best < 3, 'the last round is not the best');
      const { average } = rounds[keep === 'best' ? best : 3];
      // float32 roundings of 1e-7 of weights up to 100, added up over the steps
      assertClose(valuesOf(model), average, { absolute: 1e-5, relative: 1e-5 }, `${name}'s weights`);
      assert.not.equal(valuesOf(model), taken[taken.length - 1]);

      if (name !== 'ClassifierTrainer') continue;
      let at = 0;
      for (const [, { data }] of twin.namedTensors()) for (const i of data.keys()) data[i] = rounds[0].average[at++];
      const loss = d.crossEntropy(d.predict(twin, validation.x), validation.labels).item();
      assertClose([rounds[0].validationLoss!], [loss], { relative: 1e-4 }, 'validation loss');
    }
  });

for (const keep of ['best', 'last'] as const)
  test(`the weights of the ${keep} round are kept`, () => {
    const ways: [d.Module, Iterable<AnyStep>][] = [];
    const triplets = makeTrainer({ schedule: ruin, keep, warn: () => {} });
    ways.push([triplets.model, triplets.trainer.steps(6)]);
    const classes = makeClassifier({ schedule: ruin, keep });
    ways.push([classes.model, classes.trainer.steps(6)]);
    for (const [model, steps] of ways) {
      const rounds: { best: boolean; error: number; weights: object }[] = [];
      for (const { finished } of steps)
        if (finished) {
          const error = 'neighborF1' in finished ? 1 - finished.neighborF1 : finished.validationLoss;
          rounds.push({ best: finished.best, error, weights: bits(model) });
        }
      const best = rounds.map((r) => r.best).lastIndexOf(true);
      assert.ok(rounds[5].error > rounds[best].error, 'the last is worse than the best');
      assert.equal(bits(model), rounds[keep === 'best' ? best : 5].weights);
      assert.not(model.training);
    }
  });

test.run();
