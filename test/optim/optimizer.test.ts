import {
  AdamW,
  ArgumentError,
  AttentionPool,
  BatchNorm1d,
  BiLSTM,
  CheckpointError,
  Conv1d,
  clipGradNorm,
  constantSchedule,
  cosineSchedule,
  type DType,
  decayGroups,
  GroupNorm,
  gradNorm,
  LayerNorm,
  Module,
  type Optimizer,
  Parameter,
  type ParameterGroup,
  type PlateauOptions,
  Random,
  ReduceOnPlateau,
  type Schedule,
  SGD,
  stepSchedule,
  Tensor,
  warmup,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { fixture, type Stored } from '../support/fixtures.ts';

const test = suite('optim');

interface Golden {
  name: string;
  op: string;
  options: Record<string, number | boolean | [number, number]>;
  inputs: Record<string, Stored>;
  outputs: Record<string, Stored>;
}
const golden = (op: string): Golden[] => fixture<{ cases: Golden[] }>('golden.json').cases.filter((c) => c.op === op);

/** 9 digits are stored, of values computed in float64; float32 rounds at the 8th, in each of five steps. */
const TOLERANCE = { float64: { relative: 1e-8, absolute: 1e-9 }, float32: { relative: 1e-6, absolute: 1e-6 } };
const DTYPES = ['float64', 'float32'] as const;

const vector = (values: ArrayLike<number>, dtype: DType) =>
  dtype === 'float64' ? Float64Array.from(values, Math.fround) : Float32Array.from(values);
const parameter = (values: ArrayLike<number>, dtype: DType = 'float64'): Parameter =>
  new Parameter(vector(values, dtype), [values.length]);
const setGrad = (p: Parameter, values: ArrayLike<number>): void => {
  p.grad = new Tensor(vector(values, p.dtype), p.shape);
};

// ---- optimisers

const optimizers: Record<string, (parameters: Parameter[], options: Record<string, never>) => Optimizer> = {
  adamw: (parameters, { lr, ...options }) => new AdamW(parameters, { learningRate: lr, ...options }),
  sgd: (parameters, { lr, ...options }) => new SGD(parameters, { learningRate: lr, ...options }),
};

for (const [op, make] of Object.entries(optimizers))
  for (const { name, options, inputs, outputs } of golden(op))
    test(`golden ${name}: the parameter after each of five steps`, () => {
      for (const dtype of DTYPES) {
        const p = parameter(inputs.param.data, dtype);
        const optimizer = make([p], options as Record<string, never>);
        const n = p.size;
        for (let step = 0; step < 5; step++) {
          setGrad(p, inputs.grads.data.slice(step * n, (step + 1) * n));
          optimizer.step();
          const expected = outputs.params.data.slice(step * n, (step + 1) * n);
          assertClose(p.data, expected, TOLERANCE[dtype], `${dtype} step ${step + 1}`);
        }
      }
    });

for (const [op, make] of Object.entries({
  adamw_groups: (groups: ParameterGroup[], { lr, ...options }: Record<string, never>) =>
    new AdamW(groups, { learningRate: lr, ...options }),
  sgd_groups: (groups: ParameterGroup[], { lr, ...options }: Record<string, never>) =>
    new SGD(groups, { learningRate: lr, ...options }),
}))
  for (const { name, options, inputs, outputs } of golden(op))
    test(`golden ${name}`, () => {
      for (const dtype of DTYPES) {
        const parts = [0, 2, 4].map((at) => parameter(inputs.param.data.slice(at, at + 2), dtype));
        const optimizer = make(
          [
            { parameters: [parts[0]] },
            { parameters: [parts[1]], weightDecay: 0 },
            { parameters: [parts[2]], learningRateScale: 0.5 },
          ],
          options as Record<string, never>,
        );
        assert.equal(optimizer.parameters, parts);
        for (let step = 0; step < 5; step++) {
          parts.forEach((p, i) => {
            setGrad(p, inputs.grads.data.slice(6 * step + 2 * i, 6 * step + 2 * i + 2));
          });
          optimizer.step();
          const expected = outputs.params.data.slice(6 * step, 6 * step + 6);
          const found = parts.flatMap((p) => [...p.data]);
          assertClose(found, expected, TOLERANCE[dtype], `${dtype} step ${step + 1}`);
        }
      }
    });

for (const { name, options, inputs, outputs } of golden('reduce_on_plateau'))
  test(`golden ${name}: the scale after each score`, () => {
    const plateau = new ReduceOnPlateau(options as PlateauOptions);
    const scales = inputs.scores.data.map((score) => {
      const scale = plateau.step(score);
      assert.is(plateau.scale, scale);
      assert.ok([0, 0.3, 1].every((t) => plateau.schedule(t) === scale));
      return scale;
    });
    assertClose(scales, outputs.scales.data, { relative: 1e-8 });
  });

for (const { name, options, inputs, outputs } of golden('clip_grad_norm'))
  test(`golden ${name}`, () => {
    for (const dtype of DTYPES) {
      const parameters = ['first', 'second'].map((key) => {
        const p = parameter(inputs[key].data, dtype);
        setGrad(p, inputs[key].data);
        return p;
      });
      const bare = parameter([1, 2], dtype); // a parameter without a gradient plays no part
      const maximum = options.maxNorm as number;
      assertClose([gradNorm([...parameters, bare])], outputs.norm.data, TOLERANCE[dtype]);
      assertClose([clipGradNorm([...parameters, bare], maximum)], outputs.norm.data, TOLERANCE[dtype], 'norm before');
      assertClose(parameters[0].grad!.data, outputs.clipped_first.data, TOLERANCE[dtype]);
      assertClose(parameters[1].grad!.data, outputs.clipped_second.data, TOLERANCE[dtype]);
      assert.ok(gradNorm(parameters) <= Math.max(maximum, 0) * (1 + 1e-6));
      assert.is(bare.grad, null);
    }
  });

test('clipping to 0 leaves nothing of a gradient, and a gradient of zero stays', () => {
  const p = parameter([1, 2]);
  setGrad(p, [3, 4]);
  assert.is(clipGradNorm([p], 0), 5);
  assertClose(p.grad!.data, [0, 0], {});
  assert.is(clipGradNorm([p], 1), 0);
  assertClose(p.grad!.data, [0, 0], {});
});

test('a parameter without a gradient stays as it is, weight decay or not', () => {
  for (const Type of [AdamW, SGD]) {
    const [moved, bare] = [parameter([1]), parameter([1])];
    const optimizer = new Type([moved, bare], { learningRate: 0.1, weightDecay: 0.5 });
    setGrad(moved, [1]);
    optimizer.step();
    assert.is.not(moved.data[0], 1);
    assert.is(bare.data[0], 1);
  }
});

test('zeroGrad sets gradients to zero in place', () => {
  const p = parameter([1, 2]);
  setGrad(p, [3, 4]);
  const { grad } = p;
  new SGD([p], { learningRate: 1 }).zeroGrad();
  assert.is(p.grad, grad);
  assertClose(p.grad!.data, [0, 0], {});
});

/** Steps with random gradients, the same for the same seed. */
function walk(optimizer: Optimizer, steps: number, seed: string): void {
  const random = new Random(seed);
  for (let i = 0; i < steps; i++) {
    for (const p of optimizer.parameters)
      setGrad(
        p,
        Array.from(p.data, () => random.normal()),
      );
    optimizer.step();
  }
}

const resumable: Record<string, (parameters: Parameter[]) => Optimizer> = {
  AdamW: (parameters) => new AdamW(parameters, { learningRate: 0.1 }),
  'SGD with momentum': (parameters) => new SGD(parameters, { learningRate: 0.1, momentum: 0.9 }),
};
for (const [name, make] of Object.entries(resumable))
  test(`${name} goes on from its state with the same bits`, () => {
    for (const dtype of DTYPES) {
      const first = make([parameter([1, -2, 3], dtype), parameter([4], dtype)]);
      walk(first, 4, 'before');
      const second = make(first.parameters.map((p) => new Parameter(p.data.slice(), p.shape)));
      const saved = first.state;
      second.state = saved;
      assert.equal(second.state, saved);
      const copy = JSON.stringify(saved);
      for (const optimizer of [first, second]) walk(optimizer, 4, 'after');
      first.parameters.forEach((p, i) => {
        assertSameBits(second.parameters[i].data, p.data);
      });
      assert.is(JSON.stringify(saved), copy, 'the state is a copy');
      assert.not.equal(first.state, saved);
    }
  });

test('a state of other parameters or of another optimiser is refused, and nothing is changed', () => {
  const message = 'Optimizer: expected a state of the same parameters, got one of other sizes';
  const adamw = (...sizes: number[]): Optimizer => new AdamW(sizes.map((n) => parameter(Array(n).fill(1))));
  const sgd = new SGD([parameter([1, 1])], { learningRate: 1 });
  const target = adamw(2);
  walk(target, 2, 'own');
  const before = target.state;
  const same = 'Optimizer: expected a state of the same parameters';
  const otherKind = (own: string, other: string): string => `${same} by ${own}, got one by ${other}`;
  const { kind: _, ...unnamed } = sgd.state;
  const states: [state: unknown, message: string][] = [
    [adamw(3).state, message],
    [adamw(2, 1).state, message],
    [sgd.state, otherKind('AdamW', 'SGD')],
    [unnamed, message],
    [{}, message],
    [null, message],
    [{ ...before, step: -1 }, `${same}, got steps [2] of -1 in all`],
    [{ ...before, steps: [1.5] }, `${same}, got steps [1.5] of 2 in all`],
    [{ ...before, steps: [1, 1] }, `${same}, got steps [1,1] of 2 in all`],
  ];
  for (const [state, expected] of states) {
    assertThrows(() => Object.assign(target, { state }), CheckpointError, expected);
    assert.equal(target.state, before);
  }
  assertThrows(() => Object.assign(sgd, { state: before }), CheckpointError, otherKind('SGD', 'AdamW'));
});

test('a parameter that is trained later begins at its own first step, also from a state', () => {
  const early = parameter([1]);
  const late = parameter([1]);
  let adamw = new AdamW([early, late], { learningRate: 0.01, weightDecay: 0 });
  const step = (): number => {
    const before = late.data[0];
    for (const p of [early, late]) setGrad(p, [1]);
    adamw.step();
    return before - late.data[0];
  };
  late.requiresGrad = false;
  for (let i = 0; i < 1000; i++) step();
  assert.is(late.data[0], 1);
  assert.equal(adamw.state.steps, [1000, 0]);
  late.requiresGrad = true;
  for (let i = 0; i < 3; i++) assertClose([step()], [0.01], { relative: 1e-6 });
  const { state } = adamw;
  adamw = new AdamW([early, late], { learningRate: 0.01, weightDecay: 0 });
  adamw.state = state;
  assertClose([step()], [0.01], { relative: 1e-6 });
  assert.equal(adamw.state.steps, [1004, 4]);
});

test('a state with one count of steps, as they were before, counts for every parameter', () => {
  const p = [parameter([1, 2]), parameter([3])];
  const first = new AdamW(p);
  walk(first, 3, 'before');
  const { step, slots } = first.state;
  const second = new AdamW(p);
  second.state = { step, slots };
  assert.equal(second.state, first.state);
});

test('a learning rate that was set to no number is an error', () => {
  const p = parameter([1]);
  setGrad(p, [1]);
  const optimizer = new SGD([p], { learningRate: 1 });
  optimizer.learningRate = Number.NaN;
  assertThrows(() => optimizer.step(), ArgumentError, 'SGD: expected learningRate >= 0, got NaN');
  assert.equal(p.toArray(), [1]);
});

test('a parameter that is named twice is an error, and counts once in the norm', () => {
  const [a, b] = [parameter([0, 0]), parameter([1])];
  const message = ': expected each parameter once, got number 1 [2] again as number 2';
  assertThrows(() => new SGD([b, a, a], { learningRate: 1 }), ArgumentError, `SGD${message}`);
  assertThrows(() => new AdamW([b, a, a]), ArgumentError, `AdamW${message}`);
  setGrad(a, [3, 4]);
  assert.is(gradNorm([a, a]), 5);
  assert.is(clipGradNorm([a, a], 2.5), 5);
  assertClose(a.grad!.data, [1.5, 2], { relative: 1e-6 });
});

// ---- groups

test('groups of one are no groups, to the last bit; a schedule moves all of them', () => {
  const gradients = [1, -2, 3];
  const stepped = (grouped: boolean, rates: number[]): number[] => {
    const p = [parameter([1, 2, 3]), parameter([4])];
    const optimizer = new AdamW(grouped ? p.map((one) => ({ parameters: [one] })) : p, { learningRate: 0.1 });
    for (const rate of rates) {
      optimizer.learningRate = rate;
      for (const one of p) setGrad(one, gradients.slice(0, one.size));
      optimizer.step();
    }
    return p.flatMap((one) => [...one.data]);
  };
  assertSameBits(stepped(true, [0.1, 0.1]), stepped(false, [0.1, 0.1]));
  assertSameBits(stepped(true, [0.1, 0.02]), stepped(false, [0.1, 0.02]));
  assert.not.equal(stepped(true, [0.1, 0.02]), stepped(true, [0.1, 0.1]));
});

test('the state of groups is that of their parameters in a row', () => {
  const p = [parameter([1, 2]), parameter([3])];
  const grouped = new AdamW([{ parameters: [p[1]] }, { parameters: [p[0]], weightDecay: 0 }]);
  walk(grouped, 3, 'groups');
  const plain = new AdamW([p[1], p[0]]);
  plain.state = grouped.state;
  assert.equal(plain.state, grouped.state);
});

test('decayGroups spares biases and norms', () => {
  const random = new Random('groups');
  class Model extends Module {
    conv = new Conv1d(2, 3, 5, { random });
    bn = new BatchNorm1d(3);
    lstm = new BiLSTM(3, 4, { random });
    norm = new LayerNorm([2, 8]);
    groups = new GroupNorm(2, 8);
    pool = new AttentionPool(8, { random });
    scale = new Parameter(new Float32Array(1), []);
  }
  const model = new Model();
  const [decayed, others] = decayGroups(model);
  const names = (group: ParameterGroup): string[] =>
    model.namedParameters().flatMap(([name, p]) => (group.parameters.includes(p) ? [name] : []));
  assert.equal(names(decayed), [
    'conv.weight',
    'lstm.weight_ih_l0',
    'lstm.weight_hh_l0',
    'lstm.weight_ih_l0_reverse',
    'lstm.weight_hh_l0_reverse',
    'pool.weight',
  ]);
  assert.equal([decayed.weightDecay, others.weightDecay], [undefined, 0]);
  assert.equal(
    [...names(decayed), ...names(others)].sort(),
    model
      .namedParameters()
      .map(([name]) => name)
      .sort(),
  );
  const norms = new BatchNorm1d(2);
  assert.is(decayGroups(norms)[0].parameters.length, 0);
  new AdamW(decayGroups(norms)); // a group may be empty
});

// ---- schedules

const steps = Array.from({ length: 101 }, (_, i) => i / 100);

test('the constant schedule is 1', () => {
  assert.ok(steps.every((t) => constantSchedule(t) === 1));
});

test('the cosine schedule: its ends, its formula, always falling', () => {
  for (const floor of [0, 0.1, 1]) {
    const schedule = cosineSchedule(floor);
    assert.is(schedule(0), 1);
    assertClose([schedule(0.5), schedule(1)], [(1 + floor) / 2, floor], { absolute: 1e-15 });
    for (const t of steps) {
      // our own cosine differs from the engine's by a rounding at most
      const expected = floor + ((1 - floor) * (1 + Math.cos(Math.PI * t))) / 2;
      assertClose([schedule(t)], [expected], { absolute: 1e-15 }, `t ${t}`);
      if (t > 0 && floor < 1) assert.ok(schedule(t) < schedule(t - 0.01), `falls at ${t}`);
    }
    assert.is(schedule(-1), schedule(0));
    assert.is(schedule(2), schedule(1));
  }
});

test('the step schedule drops at the ends of equal parts', () => {
  const schedule = stepSchedule(3, 0.5); // four parts
  assertClose([0, 0.24, 0.25, 0.49, 0.5, 0.74, 0.75, 1].map(schedule), [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125], {});
});

test('warmup rises to the height of the schedule, which then runs over the rest of the time', () => {
  const inner: Schedule = cosineSchedule(0.1);
  const schedule = warmup(0.2, inner);
  assert.is(schedule(0), 0);
  for (const t of steps) {
    const expected = t < 0.2 ? t / 0.2 : inner((t - 0.2) / 0.8);
    assertClose([schedule(t)], [expected], { absolute: 1e-15 }, `t ${t}`);
  }
  assert.is(schedule(0.2), 1);
  assert.is(schedule(1), inner(1));
  assert.equal(
    [-3, -1e-9, 1.5, 9].map((t) => schedule(t)),
    [0, 0, inner(1), inner(1)],
  );
  assert.ok(steps.every((t) => warmup(0, inner)(t) === inner(t)));
  assert.is(warmup(1, inner)(0.5), 0.5);
  const low = warmup(0.5, () => 0.3);
  assertClose([low(0.25), low(0.5), low(1)], [0.15, 0.3, 0.3], { absolute: 1e-15 });
});

// transformers 4.x, optimization.py, _get_cosine_schedule_with_warmup_lr_lambda with num_cycles=0.5:
//   if step < warm: return step / max(1, warm)
//   progress = (step - warm) / max(1, total - warm); return max(0, 0.5 * (1 + cos(pi * 0.5 * 2 * progress)))
// whose steps are numbered from 0, so that its first rate is 0: ours are its steps 1 to total.
test('of a number of steps warmup is Hugging Face’s, from its second step on', () => {
  for (const [total, warm] of [
    [100, 20],
    [40, 10],
    [7, 1],
    [3, 3],
  ]) {
    const schedule = warmup(warm / total, cosineSchedule());
    for (let step = 1; step <= total; step++) {
      const progress = (step - warm) / Math.max(1, total - warm);
      const expected = step < warm ? step / Math.max(1, warm) : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      const t = (step - 1) / Math.max(total - 1, 1);
      assertClose([schedule(t, total)], [expected], { absolute: 1e-12 }, `step ${step} of ${total}`);
    }
  }
});

test('the first step has a rate, and the height is reached, whatever the warm-up and the number of steps', () => {
  for (const fraction of [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.999, 1])
    for (const total of [1, 2, 3, 10, 1000]) {
      const schedule = warmup(fraction, cosineSchedule());
      const rates = Array.from({ length: total }, (_, i) => schedule(i / Math.max(total - 1, 1), total));
      assert.ok(rates[0] > 0, `${rates[0]} at ${fraction} of ${total}`);
      assert.ok(rates.every((rate) => rate >= 0 && rate <= 1));
      const most = Math.max(...rates);
      // between two steps the height may lie: a step is then at most one of the rise away from it
      assert.ok(most > 1 - 1 / Math.max(fraction * total, 1) - 0.3 / total, `${most} at ${fraction} of ${total}`);
    }
});

test('schedules stay at their ends outside of the time', () => {
  for (const schedule of [cosineSchedule(0.2), stepSchedule(3, 0.5), warmup(0.3, stepSchedule(2, 0.1))]) {
    assert.is(schedule(-5), schedule(0));
    assert.is(schedule(5), schedule(1));
  }
});

test('a plateau goes on from its state, which JSON holds', () => {
  const random = new Random('plateau');
  const scores = Array.from({ length: 40 }, () => random.uniform());
  const options = { patience: 1, factor: 0.7, cooldown: 1 };
  const whole = new ReduceOnPlateau(options);
  const expected = scores.map((score) => whole.step(score));
  let resumed = new ReduceOnPlateau(options);
  const found = scores.map((score) => {
    const { state } = resumed;
    resumed = new ReduceOnPlateau(options);
    resumed.state = JSON.parse(JSON.stringify(state));
    return resumed.step(score);
  });
  assert.equal(found, expected);
  assert.ok(expected[39] < 0.1);
});

test('a score that is no number is no better; warmup goes on top of a plateau', () => {
  const plateau = new ReduceOnPlateau({ patience: 1, factor: 0.5 });
  const schedule = warmup(0.5, plateau.schedule);
  assert.equal(
    [Number.NaN, Number.POSITIVE_INFINITY, 1].map((score) => plateau.step(score)),
    [1, 0.5, 0.5],
  );
  assert.equal(
    [0, 0.25, 0.5, 1].map((t) => schedule(t)),
    [0, 0.25, 0.5, 0.5],
  );
});

test('the state of something else is no state of a plateau', () => {
  const plateau = new ReduceOnPlateau();
  const good = plateau.state;
  for (const state of [null, {}, { ...good, scale: 2 }, { ...good, bad: -1 }, { ...good, best: '1' }])
    assertThrows(
      () => Object.assign(plateau, { state }),
      CheckpointError,
      `ReduceOnPlateau: expected a state of its own, got ${JSON.stringify(state)}`,
    );
  assert.equal(plateau.state, good);
});

// ---- bad arguments

const one = [parameter([1])];
const errors: [f: () => unknown, message: string][] = [
  [() => new AdamW([]), 'AdamW: expected at least one parameter, got none'],
  [() => new AdamW(one, { learningRate: -1 }), 'AdamW: expected learningRate >= 0, got -1'],
  [() => new SGD(one, { learningRate: Number.NaN }), 'SGD: expected learningRate >= 0, got NaN'],
  [() => new AdamW(one, { betas: [-0.1, 0.9] }), 'AdamW: expected beta from 0 to 0.9999999999999998, got -0.1'],
  [() => new AdamW(one, { betas: [0.9, 1] }), 'AdamW: expected beta from 0 to 0.9999999999999998, got 1'],
  [() => new AdamW(one, { eps: -1 }), 'AdamW: expected eps >= 0, got -1'],
  [() => new AdamW(one, { weightDecay: -1 }), 'AdamW: expected weightDecay >= 0, got -1'],
  [() => new SGD(one, { learningRate: 1, momentum: -1 }), 'SGD: expected momentum >= 0, got -1'],
  [() => new SGD(one, { learningRate: 1, weightDecay: -1 }), 'SGD: expected weightDecay >= 0, got -1'],
  [() => new SGD(one, { learningRate: 1, nesterov: true }), 'SGD: expected a momentum above 0 with nesterov, got 0'],
  [() => clipGradNorm(one, -1), 'clipGradNorm: expected maxNorm >= 0, got -1'],
  [() => clipGradNorm(one, Number.NaN), 'clipGradNorm: expected maxNorm >= 0, got NaN'],
  [() => new AdamW([{ parameters: [] }]), 'AdamW: expected at least one parameter, got none'],
  [
    () => new AdamW([{ parameters: one }, one[0]] as never),
    'AdamW: expected parameters[1] to be a group, got a Parameter',
  ],
  [
    () => new AdamW([{ parameters: one }, { parameters: one }]),
    'AdamW: expected each parameter once, got number 0 [1] again as number 1',
  ],
  [
    () => new SGD([{ parameters: one, weightDecay: -1 }], { learningRate: 1 }),
    'SGD: expected weightDecay >= 0, got -1',
  ],
  [
    () => new SGD([{ parameters: one, lr: 1 } as never], { learningRate: 1 }),
    'SGD: expected options among parameters, weightDecay, learningRateScale, got lr',
  ],
  [() => new ReduceOnPlateau({ factor: 2 }), 'ReduceOnPlateau: expected factor from 0 to 1, got 2'],
  [() => new ReduceOnPlateau({ mode: 'best' as 'min' }), `ReduceOnPlateau: expected mode 'min' or 'max', got "best"`],
  [() => new ReduceOnPlateau().step('1' as never), 'ReduceOnPlateau: expected score to be a number, got "1"'],
  [() => cosineSchedule(1.5), 'cosineSchedule: expected floor from 0 to 1, got 1.5'],
  [() => stepSchedule(0, 0.5), 'stepSchedule: expected drops to be a whole number >= 1, got 0'],
  [() => stepSchedule(2, -0.5), 'stepSchedule: expected factor from 0 to 1, got -0.5'],
  [() => warmup(2, constantSchedule), 'warmup: expected fraction from 0 to 1, got 2'],
];

for (const [f, message] of errors) test(message, () => assertThrows(f, ArgumentError, message));

test.run();
