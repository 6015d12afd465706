import {
  AdamW,
  ArgumentError,
  CheckpointError,
  clipGradNorm,
  gradNorm,
  type Optimizer,
  Parameter,
  type ParameterGroup,
  SGD,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { DTYPES, golden, parameter, setGrad, TOLERANCE, walk } from '../support/parameters.ts';

const test = suite('optim/optimizer');

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
    [{ ...before, steps: [2 ** 31 - 1] }, `${same}, got steps [2147483647] of 2 in all`], // kernels count in 32 bits
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

// ---- bad arguments

const one = [parameter([1])];

// ---- errors

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
];

for (const [f, message] of errors) test(message, () => assertThrows(f, ArgumentError, message));

test.run();
