import * as d from 'dynaecg';
import { ArgumentError, CheckpointError, Linear, Random, type StepStatistics, Tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import {
  type AnyStep,
  bits,
  type Course,
  courses,
  LENGTH,
  makeClassifier,
  makeTrainer,
  networks,
  told,
  waves,
} from '../support/trainers.ts';

const test = suite('train/saving');

const ROUNDS = 5;
const sameBytes = (a: d.TrainingState, b: Uint8Array): boolean => Buffer.compare(d.encodeTrainingState(a), b) === 0;
const throughFile = (state: d.TrainingState): d.TrainingState => d.decodeTrainingState(d.encodeTrainingState(state));

for (const [name, make] of Object.entries(courses))
  for (const keep of ['best', 'last'] as const)
    test(`${name} goes on bit for bit from a state that went through a file: keep ${keep}`, () => {
      const whole = make('whole', { keep });
      const states = [throughFile(whole.trainer.state)];
      const all: AnyStep[] = [];
      for (const step of whole.steps(ROUNDS)) {
        all.push(step);
        if (step.finished) states.push(throughFile(whole.trainer.state));
      }
      const kept = bits(whole.model);
      const after = throughFile(whole.trainer.state);
      const more = { steps: [...whole.steps(2)], weights: bits(whole.model) };

      const goOn = (state: d.TrainingState, rounds: number) => {
        const other = make('another', { keep });
        other.trainer.state = state;
        return { steps: [...other.steps(rounds)], weights: bits(other.model) };
      };
      for (const k of [0, 1, 3, ROUNDS]) {
        const { steps, weights } = goOn(states[k], ROUNDS);
        assert.equal(steps, all.slice((k * all.length) / ROUNDS), `after ${k} of ${ROUNDS} rounds`);
        assert.equal(weights, kept, `weights, after ${k} of ${ROUNDS} rounds`);
      }
      assert.equal(goOn(after, 2), more, 'a course of two rounds more');

      assert.ok(
        all.some(({ finished }) => finished?.best === false),
        'a round that is not the best',
      );
      if (name === 'TripletTrainer') {
        assert.is(new Set(all.map((s) => (s as StepStatistics).margin)).size, 4);
        assert.equal(
          states.map(({ numbers }) => (numbers['own'] as d.MarginState).batches),
          [0, 1, 2, 0, 1, 2],
          'states amid mining rounds',
        );
      }
      assert.not.equal(bits(make('another').model), bits(make('whole').model));
    });

test('a state of before averages were float64 is read, and training goes on from it', () => {
  const { trainer, steps } = courses.ClassifierTrainer('whole');
  for (const { finished } of steps(ROUNDS)) {
    if (finished) {
      const { numbers, tensors } = trainer.state;
      const narrow = Object.entries(tensors).map(([name, t]): [string, Tensor] =>
        name.startsWith('average.') ? [name, new Tensor(Float32Array.from(t.data), t.shape)] : [name, t],
      );
      assert.ok(narrow.some(([name, t]) => tensors[name].dtype === 'float64' && t.dtype === 'float32'));
      const other = courses.ClassifierTrainer('another');
      other.trainer.state = throughFile({ numbers, tensors: Object.fromEntries(narrow) });
      assert.is([...other.steps(ROUNDS)].filter((step) => step.finished).length, ROUNDS - 1);
      break;
    }
  }
});

test('layers and a sampler that draw from one generator go on exactly', () => {
  for (const withSampler of [false, true]) {
    const make = (seed: string) => {
      const shared = new Random('shared');
      const dropout = () => new d.Dropout(0.3, { random: shared });
      const linear = (from: number, to: number) => new Linear(from, to, { random: new Random(seed) });
      const model = new d.Sequential(linear(LENGTH, 8), dropout(), linear(8, 8), dropout(), linear(8, 3));
      const sampler = (own: Int32Array) => new d.MPerClassSampler(own, { perClass: 4, random: shared });
      const validation = waves(4, 'held');
      return makeClassifier({ model, validation, stepsPerEpoch: 4, ...(withSampler ? { sampler } : {}) }).trainer;
    };
    const whole = make('whole');
    const all: AnyStep[] = [];
    let state: d.TrainingState | undefined;
    for (const step of whole.steps(3)) {
      all.push(step);
      if (all.length === 4) state = throughFile(whole.state);
    }
    const other = make('another');
    other.state = state as d.TrainingState;
    assert.equal([...other.steps(3)], all.slice(4));
  }
});

test('a state is a copy, and may be set more than once', () => {
  for (const make of Object.values(courses)) {
    const { trainer, steps } = make('a');
    let state = trainer.state;
    let file = d.encodeTrainingState(state);
    const all: AnyStep[] = [];
    for (const step of steps(2)) {
      all.push(step);
      if (step.finished && all.length < 5) [state, file] = [trainer.state, d.encodeTrainingState(trainer.state)];
    }
    assert.ok(sameBytes(state, file), 'training on does not change it');
    for (const seed of ['b', 'c']) {
      const other = make(seed);
      other.trainer.state = state;
      assert.equal([...other.steps(2)], all.slice(all.length / 2));
      assert.ok(sameBytes(state, file), 'nor does training from it');
    }
  }
});

for (const [name, make] of Object.entries(courses)) {
  test(`a loop goes on from a state that is set in it: ${name}`, () => {
    const expected = [...make('whole').steps(3)];
    const n = expected.length / 3;
    const { trainer, steps } = make('whole');
    const told: AnyStep[] = [];
    let first: d.TrainingState | undefined;
    for (const step of steps(3)) {
      told.push(step);
      if (told.length === n) first = throughFile(trainer.state);
      if (told.length === 2 * n) trainer.state = first as d.TrainingState;
    }
    assert.equal(told, [...expected.slice(0, 2 * n), ...expected.slice(n)]);
  });

  /** A trainer that was left after its first round. */
  const begun = (seed: string, options?: Partial<d.TrainerOptions>): Course => {
    const course = make(seed, options);
    for (const { finished } of course.steps(2)) if (finished) break;
    return course;
  };

  test(`a state is neither read nor set within an iteration: ${name}`, () => {
    const { trainer, steps } = make('a');
    const start = trainer.state;
    const within = (what: string): string =>
      `${name}: expected to be between two iterations when its state is ${what}, got one in progress`;
    for (const { finished } of steps(1))
      if (finished) assert.is(trainer.state.numbers['round'], 1);
      else {
        assertThrows(() => trainer.state, ArgumentError, within('read'));
        const set = (): void => {
          trainer.state = start;
        };
        assertThrows(set, ArgumentError, within('set'));
      }
    for (const _ of steps(1)) break;
    assert.is(trainer.state.numbers['round'], 2, 'a round that was broken off is behind');
  });

  const made = `${name}: expected the state of a trainer with the same options`;
  const alike = `${made}, got that of another`;
  const otherName = name === 'TripletTrainer' ? 'Trainer' : 'TripletTrainer';
  const of = (seed: string, options?: Partial<d.TrainerOptions>): d.TrainingState => begun(seed, options).trainer.state;
  const network = networks[name];
  const plainSgd = (): d.TrainingState => {
    const model = network('b');
    return of('b', { model, optimizer: new d.SGD(model.parameters(), { learningRate: 1e-2 }) });
  };
  /** The state with something changed. */
  const changed = (change: Partial<Record<'numbers' | 'tensors', object>>): d.TrainingState => {
    const { numbers, tensors } = of('b');
    return { numbers: { ...numbers, ...change.numbers }, tensors: { ...tensors, ...change.tensors } };
  };
  const weight = name === 'ClassifierTrainer' ? 'model.0.fc1.weight' : 'model.fc1.weight';
  const bestWeight = weight.replace('model.', 'best.');
  const strangers: Record<string, [state: () => d.TrainingState, message: string | RegExp]> = {
    'of a larger model': [() => of('b', { model: network('b', { embedding: 4, hidden: 5 }) }), alike],
    'of another kind of trainer': [() => courses[otherName]('b', { model: network('b') }).trainer.state, alike],
    ...Object.fromEntries(
      ['round', 'done', 'sinceBest', 'optimizer'].flatMap((key) =>
        [1.5, -1, '1', null, 2 ** 31].map((n): [string, (typeof strangers)[string]] => [
          `with ${key} ${JSON.stringify(n)}`,
          [() => changed({ numbers: { [key]: n } }), alike],
        ]),
      ),
    ),
    ...Object.fromEntries(
      ['0', null, undefined].map((tie): [string, (typeof strangers)[string]] => [
        `with tie ${JSON.stringify(tie)}`,
        [() => changed({ numbers: { tie } }), alike],
      ]),
    ),
    'without averaging': [() => of('b', { averaging: undefined }), alike],
    'without tensors': [() => ({ ...of('b'), tensors: {} }), alike],
    'without numbers': [() => ({ ...of('b'), numbers: {} }), alike],
    'with fewer dropouts': [() => changed({ numbers: { dropout: [] } }), alike],
    'of another optimiser': [plainSgd, /^Optimizer: expected a state of the same parameters/],
    'of other samples': [() => of('b', { data: told(24, 1) }), /Sampler: expected a deck 0 of the same \d+ samples/],
    'without its generator': [
      () => changed({ numbers: { random: {} } }),
      new RegExp(`^${made}, got: Random: expected a state saved`),
    ],
    ...Object.fromEntries(
      [weight, bestWeight].map((key): [string, (typeof strangers)[string]] => [
        `with ${key} of another shape`,
        [
          () => {
            const { data, shape } = of('b').tensors[key];
            return changed({ tensors: { [key]: new Tensor(data, [...shape].reverse()) } });
          },
          /expected .*fc1\.weight/,
        ],
      ]),
    ),
    'with a weight more': [() => changed({ tensors: { 'model.extra': zeros([2]) } }), /extra/],
    'with a best weight more': [() => changed({ tensors: { 'best.extra': zeros([2]) } }), /extra/],
  };
  for (const [what, [state, message]] of Object.entries(strangers))
    test(`a state ${what} is refused, and nothing is changed: ${name}`, () => {
      const { trainer } = begun('a');
      const { numbers } = trainer.state;
      const before = d.encodeTrainingState(trainer.state);
      const other = state();
      try {
        trainer.state = other;
        assert.unreachable('expected an error');
      } catch (error) {
        assert.instance(error, d.CheckpointError, (error as Error).message);
        if (typeof message === 'string') assert.is((error as Error).message, message);
        else assert.match((error as Error).message, message);
      }
      assert.equal(trainer.state.numbers, numbers);
      assert.ok(sameBytes(trainer.state, before), 'no tensor is changed');
    });

  test(`a state with averaging is refused where there is none: ${name}`, () => {
    const { trainer } = begun('a', { averaging: undefined });
    const before = d.encodeTrainingState(trainer.state);
    assertThrows(() => Object.assign(trainer, { state: of('b') }), d.CheckpointError, alike);
    assert.ok(sameBytes(trainer.state, before), 'nothing is changed');
  });
}

test('a state whose margin is refused changes nothing', () => {
  const { trainer } = makeTrainer({ stepsPerIteration: 2 });
  const { numbers, tensors } = trainer.state;
  trainer.fit(1);
  const before = d.encodeTrainingState(trainer.state);
  const state = { numbers: { ...numbers, own: { ...(numbers['own'] as object), below: -1 } }, tensors };
  const got = 'got: DynamicMargin: expected state.below to be a whole number >= 0, got -1';
  assertThrows(
    () => Object.assign(trainer, { state }),
    CheckpointError,
    `TripletTrainer: expected the state of a trainer with the same options, ${got}`,
  );
  assert.ok(sameBytes(trainer.state, before));
});

test('a training state file that is broken or another is refused', () => {
  const file = d.encodeTrainingState(courses['ClassifierTrainer']('a').trainer.state);
  const format = 'dynaecg training 1';
  const cut = `expected a header of ${new DataView(file.buffer).getUint32(0, true)} bytes, got a file of 100`;
  const cases: [bytes: Uint8Array, message: string][] = [
    [new Uint8Array(), 'decodeSafetensors: expected at least 8 bytes, got 0'],
    [file.subarray(0, 100), `decodeSafetensors: ${cut}`],
    [d.encodeSafetensors({}), `decodeTrainingState: expected format '${format}', got undefined`],
    [
      d.encodeSafetensors({}, { format: 'dynaecg 1', numbers: '{}' }),
      `decodeTrainingState: expected format '${format}', got "dynaecg 1"`,
    ],
    [d.encodeSafetensors({}, { format }), 'decodeTrainingState: expected a JSON object under numbers, got nothing'],
    [
      d.encodeSafetensors({}, { format, numbers: '{"round":' }),
      'decodeTrainingState: expected a JSON object under numbers, got "{\\"round\\":"',
    ],
  ];
  for (const [bytes, message] of cases) assertThrows(() => d.decodeTrainingState(bytes), d.CheckpointError, message);
  for (const part of [0.5, 0.999]) {
    const short = file.subarray(0, Math.floor(part * file.length));
    assert.throws(
      () => d.decodeTrainingState(short),
      (e: Error) =>
        e instanceof d.CheckpointError &&
        /bytes after the header, as it announces|expected a header of/.test(e.message),
    );
  }
});

test('a learning rate that falls on a plateau is told of each iteration, and resumed where it stood', () => {
  const make = () => {
    const schedule = new d.ReduceOnPlateau({ factor: 0.5, patience: 0 });
    const { trainer, model } = makeTrainer({ schedule, seed: 'plateau', data: waves(40, 'noisy', 1) });
    return { schedule, trainer, model };
  };
  const whole = make();
  const rates: number[] = [];
  const best: boolean[] = [];
  for (const it of whole.trainer.iterations(8)) {
    rates.push(it.learningRate);
    best.push(it.best);
  }
  const f1 = best.indexOf(false);
  assert.ok(f1 > 0 && f1 < 7, `an iteration that is no better: ${best}`);
  assert.ok(rates[f1 + 1] < rates[f1] && rates[0] === rates[f1], `rates ${rates}`);

  let state: d.TrainingState | undefined;
  const first = make();
  for (const { iteration } of first.trainer.iterations(8)) {
    state = d.decodeTrainingState(d.encodeTrainingState(first.trainer.state));
    if (iteration === 5) break;
  }
  const second = make();
  second.trainer.state = state!;
  assert.is(second.schedule.scale, first.schedule.scale);
  second.trainer.fit(8);
  assert.equal(bits(second.model), bits(whole.model));
  assertThrows(
    () => {
      makeTrainer({ seed: 'plateau' }).trainer.state = state!;
    },
    CheckpointError,
    'TripletTrainer: expected the state of a trainer with the same options, got that of another',
  );
});

test.run();
