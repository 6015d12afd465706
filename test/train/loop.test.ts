/** What all trainers have in common: fit, with and without an event loop, and its early end. */
import * as d from 'dynaecg';
import { ArgumentError, DataError, Random, SGD, type Tensor, Trainer, TrainingError } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { type AnyStep, bits, type Course, courses, SIZES, waves } from '../support/trainers.ts';

const test = suite('train/loop');

type Finished = NonNullable<AnyStep['finished']>;
const throughFile = (state: d.TrainingState): d.TrainingState => d.decodeTrainingState(d.encodeTrainingState(state));
/** A trainer that learns nothing, so that no iteration is better than the first. */
const still = (name: string, options: Partial<d.TrainerOptions> = {}): Course => {
  const model = new d.Linear(16, 3, { random: new Random('still') }); // batch norm would go on counting
  const optimizer = new SGD(model.parameters(), { learningRate: 0 });
  return courses[name]('still', { model, optimizer, averaging: undefined, ...options });
};

for (const name of Object.keys(courses)) {
  const make = (seed: string, options?: Partial<d.TrainerOptions>): Course => courses[name](seed, options);

  // ---- fit

  test(`fit trains as the generator does, and returns what the last iteration showed: ${name}`, () => {
    const [looped, fitted] = [make('a'), make('a')];
    const steps = [...looped.steps(3)];
    const last = steps[steps.length - 1].finished;
    assert.ok(last);
    assert.equal(fitted.trainer.fit(3), last);
    assert.equal(bits(fitted.model), bits(looped.model));
    assert.not(fitted.model.training);
    const more = [...looped.steps(1)];
    assert.equal(fitted.trainer.fit(1), more[more.length - 1].finished, 'and again');
  });

  test(`fit of a number that is none is an error: ${name}`, () => {
    const what = name === 'ClassifierTrainer' ? 'epochs' : 'iterations';
    for (const count of [0, 1.5])
      assertThrows(
        () => make('a').trainer.fit(count),
        ArgumentError,
        `${name}: expected ${what} to be a whole number >= 1, got ${count}`,
      );
  });

  test(`fit from a state of which nothing is left returns what the last iteration showed: ${name}`, () => {
    const { trainer, steps } = make('a');
    let state: d.TrainingState | undefined;
    let last: Finished | null = null;
    for (const { finished } of steps(2))
      if (finished) [state, last] = [throughFile(trainer.state), finished as Finished];
    const other = make('b');
    other.trainer.state = state as d.TrainingState;
    assert.is([...other.steps(2)].length, 0);
    other.trainer.state = state as d.TrainingState;
    assert.equal(other.trainer.fit(2), last);
  });

  // ---- early stopping

  test(`training ends after \`patience\` iterations without a better one: ${name}`, () => {
    for (const patience of [1, 3]) {
      const { trainer, steps } = still(name, { patience });
      const best: boolean[] = [];
      for (const { finished } of steps(9)) if (finished) best.push((finished as Finished).best);
      assert.equal(best, [true, ...Array(patience).fill(false)]);
      // another course counts anew; what was best stays so
      best.length = 0;
      for (const { finished } of steps(9)) if (finished) best.push((finished as Finished).best);
      assert.equal(best, Array(patience).fill(false));
      const number = (it: object): unknown => Object.entries(it).find(([key]) => /^(iteration|epoch)$/.test(key))?.[1];
      assert.is(number(trainer.fit(9) as object), 1 + 3 * patience);
    }
    assert.is([...still(name).steps(9)].filter(({ finished }) => finished).length, 9, 'without patience: all');
  });

  test(`training that resumes ends at the iteration at which it would have ended: ${name}`, () => {
    const patience = 3;
    const whole = still(name, { patience });
    const all: AnyStep[] = [];
    const states = [throughFile(whole.trainer.state)];
    for (const step of whole.steps(20)) {
      all.push(step);
      if (step.finished) states.push(throughFile(whole.trainer.state));
    }
    assert.is(states.length, 1 + 1 + patience);
    const last = all[all.length - 1].finished;
    for (const [k, state] of states.entries()) {
      const other = still(name, { patience });
      other.trainer.state = state;
      assert.equal([...other.steps(20)], all.slice((k * all.length) / 4), `after ${k} of 4`);
      other.trainer.state = state;
      assert.equal(other.trainer.fit(20), last);
    }
    // a state of before patience: counts from there
    const { sinceBest: _, ...older } = states[2].numbers;
    const other = still(name, { patience });
    other.trainer.state = { numbers: older, tensors: states[2].tensors };
    assert.is([...other.steps(20)].filter(({ finished }) => finished).length, patience);
  });

  test(`errors of patience: ${name}`, () => {
    for (const patience of [0, 2.5, Number.NaN])
      assertThrows(
        () => make('a', { patience }),
        ArgumentError,
        `${name}: expected patience to be a whole number >= 1, got ${patience}`,
      );
  });

  // ---- fit while an event loop runs

  test(`fitAsync trains as fit does, lets timers run and calls onStep with every step: ${name}`, async () => {
    const expected = make('a');
    const steps = [...expected.steps(2)];
    const { trainer, model } = make('a');
    const seen: AnyStep[] = [];
    let timers = 0;
    const last = await trainer.fitAsync(2, {
      onStep: async (step) => {
        seen.push(step as AnyStep);
        await new Promise((resolve) => setTimeout(resolve, 0));
        timers++;
      },
    });
    assert.equal(seen, steps);
    assert.is(timers, steps.length);
    assert.equal(last, steps[steps.length - 1].finished);
    assert.equal(bits(model), bits(expected.model));
    assert.equal(await trainer.fitAsync(1), expected.trainer.fit(1));
  });

  test(`fitAsync stops at a signal, rejects with its reason and leaves the best weights: ${name}`, async () => {
    const schedule = (t: number): number => (t < 4e-6 ? 1 : 300); // ruins all but the first iterations
    const { trainer, model } = make('a', { schedule, averaging: undefined });
    const { learningRate } = trainer.optimizer;
    const stop = new AbortController();
    const reason = new Error('enough');
    let best: object | undefined;
    let bestAt = 0;
    let iterations = 0;
    // A timer stops it, which would never fire if the event loop did not run.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onStep = ({ finished }: { finished: unknown }): void => {
      if (!finished) return;
      iterations++;
      if ((finished as Finished).best) [best, bestAt] = [bits(model), iterations];
      if (iterations === 6) timer = setTimeout(() => stop.abort(reason), 0);
      if (iterations > 5000) assert.unreachable('no timer fired in 5,000 iterations');
    };
    try {
      await trainer.fitAsync(1e6, { signal: stop.signal, onStep });
      assert.unreachable('expected a rejection');
    } catch (error) {
      assert.is(error, reason, (error as Error).message);
    }
    clearTimeout(timer);
    // How many more iterations there are until the timer fires is the machine's affair, and the last of them may be the best.
    assert.ok(iterations >= 6 && bestAt > 0, `the best is ${bestAt} of ${iterations}`);
    assert.equal(bits(model), best as object);
    assert.not(model.training);
    assert.is(trainer.optimizer.learningRate, learningRate);
    assert.not.throws(() => trainer.state, 'a state may be read after it');
  });

  test(`fitAsync with a signal that is aborted already trains nothing: ${name}`, async () => {
    const { trainer, model } = make('a');
    const before = bits(model);
    for (const reason of ['before', undefined])
      try {
        await trainer.fitAsync(2, { signal: AbortSignal.abort(reason) });
        assert.unreachable('expected a rejection');
      } catch (error) {
        if (reason) assert.is(error, reason);
        else assert.is((error as Error).name, 'AbortError');
      }
    assert.equal(bits(model), before);
  });

  test(`fitAsync rejects where fit throws: ${name}`, async () => {
    const what = name === 'ClassifierTrainer' ? 'epochs' : 'iterations';
    const rejected = async (promise: Promise<unknown>): Promise<Error> => {
      try {
        await promise;
      } catch (error) {
        return error as Error;
      }
      throw new Error('expected a rejection');
    };
    const { trainer } = make('a');
    for (const [options, message] of [
      [{ onstep: () => {} }, 'drive: expected options among signal, onStep (did you mean onStep?), got onstep'],
      [{ onStep: 5 }, 'drive: expected onStep to be a function, got 5'],
    ] as const)
      assert.is((await rejected(trainer.fitAsync(1, options as object))).message, message);
    assert.is(
      (await rejected(trainer.fitAsync(0))).message,
      `${name}: expected ${what} to be a whole number >= 1, got 0`,
    );
    const diverging = make('a', { schedule: () => 1e30, clipNorm: undefined });
    const kind = name === 'Trainer' ? DataError : TrainingError; // of the miner, which its objective calls itself
    assert.instance(await rejected(diverging.trainer.fitAsync(3)), kind);
    assert.not(diverging.model.training);
  });
}

// ---- a course that is laid down

test('patience counts from the best iteration, whose weights are put back', () => {
  const scores = [5, 4, 6, 6, 3, 7, 3, 7, 1]; // an equal one is no better
  const model = new d.Embedder({ ...SIZES, random: new Random('scores') });
  let at = 0;
  const trainer = new Trainer({
    ...{ model, data: waves(8), random: new Random(0), batchSize: 12, patience: 3 },
    objective: (own, { x, labels }) => ({
      loss: d.tripletLoss(own.forward(x), labels, { margin: 0.3 }).loss as Tensor,
    }),
    validate: () => scores[at++],
  });
  const weights: object[] = [];
  const losses: number[] = [];
  for (const it of trainer.iterations(20)) {
    losses.push(it.validationLoss);
    weights.push(bits(model));
  }
  assert.equal(losses, scores.slice(0, 8));
  assert.equal(bits(model), weights[4]);
});

test('a class with fewer samples than a batch takes of it is told of once, and trains', () => {
  const { x, labels } = waves(12);
  const few = labels.map((label, i) => (label === 2 && i > 14 ? 0 : label)); // five of class 2
  const warnings: string[] = [];
  const make = (options: Partial<d.TripletTrainerOptions>) => {
    const model = new d.Embedder({ ...SIZES, random: new Random(0) });
    const all = {
      model,
      data: { x, labels: few },
      validation: { x, labels },
      random: new Random(0),
      stepsPerIteration: 2,
    };
    return new d.TripletTrainer({ ...all, warn: (message) => warnings.push(message), ...options });
  };
  const trainer = make({ perClass: 8 });
  const message =
    'TripletTrainer: a batch takes 8 samples of each class (perClass) and repeats some if there are fewer: class 2 has 5';
  assert.equal(warnings, [message]);
  const steps = [...trainer.steps(2)];
  assert.equal(
    steps.map(({ pairs }) => pairs),
    Array(4).fill(3 * 8 * 7),
  );
  assert.equal(warnings, [message]);
  warnings.length = 0;
  make({ perClass: 5 });
  make({ perClass: 8, sampler: (own, random) => new d.MPerClassSampler(own, { perClass: 9, random }) });
  assert.equal(warnings, []);
  const data = { x, labels: labels.map((_, i) => i % 9) }; // four of each
  make({ data, perClass: 6 });
  const listed = [0, 1, 2, 3, 4].map((label) => `class ${label} has 4`).join(', ');
  assert.equal(warnings, [
    `TripletTrainer: a batch takes 6 samples of each class (perClass) and repeats some if there are fewer: ${listed} ` +
      'and 4 more classes have fewer',
  ]);
});

test('classesPerBatch: each batch is of so many classes', () => {
  const { x } = waves(20);
  const labels = Array.from({ length: 60 }, (_, i) => i % 6);
  const make = (classesPerBatch: number) => {
    const seen: number[][] = [];
    const model = new d.Embedder({ ...SIZES, random: new Random(0) });
    const distance: d.Distance = d.pairwiseSquaredEuclidean;
    const miner: d.Miner = (distances, own, margin) => {
      seen.push(Array.from(own));
      return d.violating(distances, own, margin);
    };
    const options = { model, data: { x, labels }, random: new Random(0), stepsPerIteration: 20 };
    const trainer = new d.TripletTrainer({ ...options, perClass: 3, classesPerBatch, distance, miner, warn: () => {} });
    return { trainer, seen };
  };
  const { trainer, seen } = make(2);
  trainer.fit(1);
  assert.is(seen.length, 20);
  for (const batch of seen) {
    assert.is(batch.length, 6);
    assert.is(new Set(batch).size, 2);
    for (const label of batch) assert.is(batch.filter((other) => other === label).length, 3);
  }
  assert.is(new Set(seen.flat()).size, 6, 'every class comes');
  assertThrows(() => make(7), ArgumentError, 'MPerClassSampler: expected at most 6 classes, got 7');
  assertThrows(
    () => make(1),
    ArgumentError,
    'TripletTrainer: expected classesPerBatch to be a whole number >= 2, got 1',
  );
  const one = { ...waves(8), labels: Array(24).fill(0) };
  assertThrows(
    () =>
      new d.TripletTrainer({ model: new d.Linear(16, 4, { random: new Random(0) }), data: one, random: new Random(0) }),
    DataError,
    'TripletTrainer: expected samples of at least 2 classes, got 1',
  );
});

test.run();
