import {
  AdamW,
  ArgumentError,
  BatchNorm1d,
  backward,
  CheckpointError,
  Layer,
  Linear,
  Module,
  Parameter,
  Random,
  relu,
  Sequential,
  type StateDict,
  scope,
  sum,
  type Tensor,
  zeros,
} from 'dynaecg';
import ndarray from 'ndarray';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { ndarrayTest } from '../support/engine.ts';
import { nested, random, shapes } from '../support/modules.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('nn/module');

test('parameters are trained, buffers are not', () => {
  const bn = new BatchNorm1d(3);
  assert.equal(
    bn.namedParameters().map(([name]) => name),
    ['weight', 'bias'],
  );
  assert.equal(bn.parameters(), [bn.weight, bn.bias]);
  assert.ok(bn.parameters().every((p) => p.requiresGrad));
  assert.not.ok(bn.running_mean.requiresGrad);
});

test('a state dictionary is a copy, and loading it copies too', () => {
  const [a, b] = [new Linear(3, 2, { random: new Random(1) }), new Linear(3, 2, { random: new Random(2) })];
  const state = a.stateDict();
  const saved = [...a.weight.data];
  a.weight.data.fill(9);
  assert.equal([...state.weight.data], saved);
  const { weight } = b;
  assert.is(b.loadStateDict(state), b);
  assert.is(b.weight, weight, 'the parameter that an optimiser holds stays the same');
  assert.equal([...b.weight.data], saved);
  state.weight.data.fill(7);
  assert.equal([...b.weight.data], saved);
});

ndarrayTest(test, 'nn/module')('a state dictionary may hold ndarrays, strided, of either float type', () => {
  const model = new Linear(3, 2, { random: random() });
  const transposed = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2]).transpose(1, 0);
  model.loadStateDict({ weight: transposed, bias: ndarray(Float32Array.of(9, 7, 8), [3]).lo(1) });
  assert.equal(model.weight.toArray(), [
    [1, 3, 5],
    [2, 4, 6],
  ]);
  assert.equal(model.bias?.toArray(), [7, 8]);
});

test('a state dictionary that does not fit: every fault in one error, and nothing changed', () => {
  const model = nested();
  const before = model.stateDict();
  const state: StateDict = { ...zeroed(before), '0.weight': zeros([3, 2]), '2.1.bias': zeros([]), extra: zeros([1]) };
  delete state['0.bias'];
  delete state['2.0.running_var'];
  assertThrows(
    () => model.loadStateDict(state),
    CheckpointError,
    'loadStateDict: expected 0.weight [2,3], got [3,2]; expected 0.bias [2], got none; expected 2.0.running_var [2], got none; ' +
      'expected 2.1.bias [4], got []; expected no extra, got one',
  );
  const released: Tensor[] = [];
  scope(() => released.push(sum(zeros([4, 2]), { axis: 1 })));
  assert.throws(() => model.loadStateDict({ ...zeroed(before), '2.1.bias': released[0] }), /scope has closed/);
  for (const [name, t] of model.namedTensors()) assertSameBits(t.data, before[name].data, name);
});

function zeroed(state: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, zeros(shape)]));
}

test('train and eval reach every module inside', () => {
  const model = nested();
  const all = (m: Module): Module[] => [m, ...m.children().flatMap(([, child]) => all(child))];
  assert.is(all(model).length, 5);
  assert.ok(all(model).every((m) => m.training));
  assert.is(model.eval(), model);
  assert.ok(all(model).every((m) => !m.training));
  assert.is(model.train(), model);
  assert.ok(all(model).every((m) => m.training));
});

test('to(float64) converts parameters, buffers and children, and keeps the values', () => {
  const model = nested();
  const before = model.stateDict();
  assert.is(model.to('float64'), model);
  assert.equal(shapes(model), shapes(nested()));
  for (const [name, t] of model.namedTensors()) {
    assert.is(t.dtype, 'float64', name);
    assertSameBits(t.data, before[name].data, name);
    assert.is(t.requiresGrad, t instanceof Parameter);
  }
  assert.is(model.parameters().length, 6);
  const x = randomTensor(random(), [5, 3], 'float64');
  const y = model.forward(x);
  assert.is(y.dtype, 'float64');
  backward(sum(y));
  for (const [name, p] of model.namedParameters()) assert.is(gradOf(p).dtype, 'float64', name);
  assert.ok(
    model
      .to('float32')
      .namedTensors()
      .every(([, t]) => t.dtype === 'float32'),
  );
});

test('Sequential runs its parts in order, functions among them', () => {
  const model = nested().eval();
  const [first, , inner] = model.layers as [Layer, unknown, Layer];
  const x = randomTensor(random(), [4, 3], 'float32');
  assertSameBits(model.forward(x).data, inner.forward(relu(first.forward(x))).data);
  assert.equal(
    model.children().map(([name]) => name),
    ['0', '2'],
  );
  assert.is(new Sequential().forward(x), x);
});

test('Sequential gives context to a first layer that is one, and to no function', () => {
  const x = zeros([2, 3]);
  const seen: unknown[] = [];
  class Told extends Layer {
    forward(t: Tensor, context?: Tensor): Tensor {
      seen.push(context);
      return t;
    }
  }
  const context = zeros([2, 1]);
  new Sequential(new Told(), relu, new Told()).forward(x, context);
  assert.equal(seen, [context, undefined]);
  assertThrows(
    () => new Sequential(relu, new Told()).forward(x, context),
    ArgumentError,
    'Sequential: expected a first layer that takes context, got a function',
  );
  assert.is(seen.length, 2);
});

test('layers in an array are children by position; a layer used twice is trained once', () => {
  class Stack extends Module {
    blocks = [new Linear(2, 2, { random: random() }), new Linear(2, 3, { random: random() })];
    again = this.blocks[1];
  }
  const stack = new Stack();
  const names = ['blocks.0.weight', 'blocks.0.bias', 'blocks.1.weight', 'blocks.1.bias', 'again.weight', 'again.bias'];
  assert.equal(Object.keys(stack.stateDict()), names);
  assert.equal(
    stack.namedParameters().map(([name]) => name),
    names.slice(0, 4),
  );
  assert.not(stack.eval().blocks[0].training);
});

test('a frozen parameter stays as it is', () => {
  const layer = new Linear(2, 2, { random: random() });
  const optimizer = new AdamW(layer.parameters(), { learningRate: 0.1 });
  const step = () => {
    optimizer.zeroGrad();
    backward(sum(layer.forward(zeros([1, 2]))));
    optimizer.step();
    return [...layer.weight.data, ...layer.bias!.data];
  };
  const before = step();
  layer.bias!.requiresGrad = false;
  const after = step();
  assert.equal(after.slice(4), before.slice(4));
  assert.not.equal(after.slice(0, 4), before.slice(0, 4), 'weight decay and momentum go on');
});

// ---- fine-tuning

/** Two layers with batch norm between them. */
class Stack extends Layer {
  readonly first = new Linear(3, 4, { random: random() });
  readonly norm = new BatchNorm1d(4);
  readonly last: Linear;
  constructor(outputs = 2) {
    super();
    this.last = new Linear(4, outputs, { random: new Random(outputs) });
  }
  forward(x: Tensor): Tensor {
    return this.last.forward(this.norm.forward(this.first.forward(x)));
  }
}

test('frozen layers keep their weights and statistics while others learn, until they are let go', () => {
  const model = new Stack();
  model.first.freeze();
  model.norm.freeze();
  const optimizer = new AdamW(model.parameters(), { learningRate: 0.1 });
  const step = (): void => {
    model.train();
    optimizer.zeroGrad();
    scope(() => backward(sum(model.forward(randomTensor(new Random(7), [5, 3], 'float32')))));
    optimizer.step();
  };
  const before = model.stateDict();
  step();
  for (const [name, t] of Object.entries(model.stateDict()))
    if (name.startsWith('last')) assert.not.equal([...t.data], [...before[name].data], name);
    else assertSameBits(t.data, before[name].data);
  assert.equal([model.training, model.norm.training, model.last.training], [true, false, true]);
  assert.is(model.first.weight.grad, null);

  model.freeze(false);
  step();
  const after = model.stateDict();
  for (const name of ['first.bias', 'norm.running_mean'])
    assert.not.equal([...after[name].data], [...before[name].data], name);
});

test('loadMatching takes what fits by name and shape, and names the rest', () => {
  const [from, to] = [new Stack(2), new Stack(5)];
  from.norm.running_mean.data.fill(3);
  const own = to.stateDict();
  const state = { ...from.stateDict(), 'head.bias': zeros([2]) };
  assert.equal(to.loadMatching(state), {
    loaded: Object.keys(from.stateDict()).filter((name) => !name.startsWith('last')),
    missing: ['last.weight', 'last.bias'],
    unused: ['last.weight', 'last.bias', 'head.bias'],
  });
  for (const [name, t] of Object.entries(to.stateDict()))
    assertSameBits(t.data, (name.startsWith('last') ? own : from.stateDict())[name].data);
});

test.run();
