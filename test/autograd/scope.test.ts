import * as d from 'dynaecg';
import {
  AttentionPool,
  BackendError,
  BatchNorm1d,
  BiLSTM,
  backward,
  Conv1d,
  type DType,
  Linear,
  Module,
  ones,
  Parameter,
  Random,
  scope,
  type Tensor,
  tensor,
  zeros,
} from 'dynaecg';
import { scopeMemory } from 'dynaecg/kernels';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('autograd/scope');

const KB = 1024;
const DTYPES = ['float32', 'float64'] as const;

// ---- scopes of tensors

test('what a scope returns is a copy without history, in arrays and objects too', () => {
  const x = tensor([1, 2, 3], undefined, { requiresGrad: true });
  let inside: Tensor[] = [];
  const result = scope(() => {
    inside = [d.square(x), d.add(x, 1), d.neg(x)];
    return { a: inside[0], list: [inside[1], { deep: inside[2] }], text: 'as it is', n: 4, none: null };
  });
  const [b, { deep }] = result.list as [Tensor, { deep: Tensor }];
  const out = [result.a, b, deep];
  assert.equal(
    out.map((t) => [...t.data]),
    [
      [1, 4, 9],
      [2, 3, 4],
      [-1, -2, -3],
    ],
  );
  for (const [i, t] of out.entries()) {
    assert.is(t.scope, 0);
    assert.is(t.node, null);
    assert.not.ok(t.requiresGrad);
    assert.is.not(t.data, inside[i].data);
    assert.is(t.data.buffer.byteLength, 12, 'memory of its own');
  }
  assert.is(result.text, 'as it is');
  assert.is(result.n, 4);
  assert.is(result.none, null);
  scope(() => d.full([1000], 9)); // writes over the memory
  assert.equal([...result.a.data], [1, 4, 9]);
});

test('tensors from outside go through a scope as they are', () => {
  const x = tensor([1, 2]);
  assert.is(
    scope(() => x),
    x,
  );
  scope(() => {
    const outer = d.square(x);
    assert.is(
      scope(() => outer),
      outer,
    );
    assert.equal([...d.add(outer, 1).data], [2, 5], 'and are alive after the inner scope');
  });
});

test('mined triplets and typed arrays are copied out of a scope too', () => {
  const z = tensor([
    [0, 1],
    [0.1, 1],
    [0.2, 1],
    [3, 0],
  ]);
  const mine = () => d.tripletLoss(z, [0, 0, 1, 1], { margin: 5 }).triplets;
  for (let warm = 0; warm < 3; warm++) {
    const inside = scope(mine);
    scope(() => ones([100]));
    assert.equal(inside, mine());
  }
});

test('work that would continue after the scope is refused', () => {
  assertThrows(
    () => scope(async () => 1),
    BackendError,
    'scope: expected a result, got work that would continue after the scope has closed',
  );
  assertThrows(
    () => scope(() => [1].values()),
    BackendError,
    'scope: expected a result, got work that would continue after the scope has closed',
  );
});

test('a tensor used after its scope is an error that names the op', () => {
  const released: Tensor[] = [];
  scope(() => {
    released.push(ones([2, 2]));
    scope(() => released.push(ones([2, 2])));
    assertThrows(() => d.add(released[1], 1), BackendError, message('add'));
    d.add(released[0], 1);
  });
  for (const t of released)
    for (const [name, op] of Object.entries({
      item: () => t.item(),
      detach: () => t.detach(),
      clone: () => t.clone(),
      toArray: () => t.toArray(),
      relu: () => d.relu(t),
      mul: () => d.mul(2, t),
      matmul: () => d.matmul(t, ones([2, 2])),
      linear: () => d.linear(ones([2, 2]), t),
      l2Normalize: () => d.l2Normalize(t),
      reshape: () => d.reshape(t, [4]),
      concat: () => d.concat([ones([2, 2]), t]),
      backward: () => backward(t),
    }))
      assertThrows(op, BackendError, message(name));
  const y = d.square(tensor([1, 2], undefined, { requiresGrad: true }));
  let seed = y;
  scope(() => {
    seed = ones([2]);
  });
  assertThrows(() => backward(y, seed), BackendError, message('backward'));

  function message(op: string): string {
    return `${op}: expected a live tensor, got one whose scope has closed; return it from the scope`;
  }
});

test('an error inside a scope closes it', () => {
  const before = scopeMemory().used;
  assert.throws(() =>
    scope(() => {
      ones([100]);
      d.add(ones([2]), ones([3]));
    }),
  );
  assert.is(scopeMemory().used, before);
});

test('a size that is none does not upset the memory', () => {
  scope(() => {
    const { used } = scopeMemory();
    for (const n of [-5, Number.NaN, 0.5])
      assertThrows(
        () => d.empty([n], 'float32'),
        d.ShapeError,
        `empty: expected sizes that are whole numbers >= 0, got [${n}]`,
      );
    assert.is(scopeMemory().used, used);
  });
  assert.ok(Number.isFinite(scopeMemory().highWater));
});

test('poison: what a scope released is NaN, what it returned is not', () => {
  for (const dtype of DTYPES)
    for (let round = 0; round < 2; round++) {
      const released: Tensor[] = [];
      // The first round asks for more than there is.
      const n = round === 0 ? scopeMemory().capacity / 4 : 100;
      const kept = scope(() => {
        released.push(ones([n + 1], { dtype }), ones([3], { dtype }));
        return released[1];
      });
      for (const { data } of released) assert.ok(data.every(Number.isNaN), `${dtype}, round ${round}`);
      assert.equal([...kept.data], [1, 1, 1]);
    }
});

test('the gradient of a leaf from outside survives the scope, and further scopes add to it', () => {
  for (const dtype of DTYPES) {
    const w = new Parameter(dtype === 'float32' ? Float32Array.of(1, 2) : Float64Array.of(1, 2), [2]);
    for (let i = 1; i <= 3; i++) {
      scope(() => backward(d.sum(d.square(w))));
      assert.equal([...gradOf(w).data], [2 * i, 4 * i]);
      assert.is(gradOf(w).scope, 0);
    }
  }
});

test('the gradient of a leaf of an outer scope survives an inner one', () => {
  scope(() => {
    const x = ones([3], { requiresGrad: true });
    scope(() => backward(d.sum(d.square(x))));
    assert.equal([...gradOf(x).data], [2, 2, 2]);
    scope(() => backward(d.sum(d.square(x))));
    assert.equal([...gradOf(x).data], [4, 4, 4]);
  });
});

test('a graph of an outer scope runs backward in an inner one', () => {
  const w = new Parameter(Float32Array.of(1, 2), [2]);
  scope(() => {
    const y = d.sum(d.square(d.square(w)));
    scope(() => backward(y));
  });
  assert.equal([...gradOf(w).data], [4, 32]);
});

// ---- a training step

/** Every hot layer once: what a training step of the Embedder does, at a size that a thousand of them take a second. */
class Small extends Module {
  readonly conv: Conv1d;
  readonly bn = new BatchNorm1d(4);
  readonly lstm: BiLSTM;
  readonly attention: AttentionPool;
  readonly fc: Linear;

  constructor(random: Random) {
    super();
    this.conv = new Conv1d(1, 4, 3, { random, padding: 1 });
    this.lstm = new BiLSTM(4, 3, { random });
    this.attention = new AttentionPool(6, { random, score: 'additive' });
    this.fc = new Linear(6, 4, { random });
  }

  embed(x: Tensor): Tensor {
    const features = d.maxPool1d(d.relu(this.bn.forward(this.conv.forward(x))), 2);
    const h = this.lstm.forward(d.transpose(features, [2, 0, 1]));
    return d.l2Normalize(this.fc.forward(this.attention.forward(h)));
  }

  step(x: Tensor): Tensor {
    const loss = d.tripletHinge(d.pairwiseSquaredEuclidean(this.embed(x)), TRIPLETS, 0.5);
    backward(loss);
    return loss;
  }
}

const TRIPLETS: d.Triplets = {
  anchors: Int32Array.of(0, 1, 2, 3, 4, 5),
  positives: Int32Array.of(1, 0, 3, 2, 5, 4),
  negatives: Int32Array.of(2, 3, 4, 5, 0, 1),
};

const small = (dtype: DType): [model: Small, x: Tensor] => {
  const x = randomTensor(new Random('signals'), [6, 1, 16], dtype);
  x.requiresGrad = false;
  return [new Small(new Random('weights')).to(dtype), x];
};

test('a training step computes the same bits inside a scope, with poison, as outside', () => {
  for (const dtype of DTYPES) {
    const [outside, x] = small(dtype);
    const expected = outside.step(x);
    assert.ok(expected.item() > 0);
    const [model] = small(dtype);
    for (let i = 0; i < 3; i++) {
      for (const p of model.parameters()) p.grad = null;
      // The batch is copied into the scope's memory, as a loader would.
      const loss = scope(() => model.step(d.slice(x, 0, 0)));
      assertSameBits(loss.data, expected.data, `${dtype} loss`);
      for (const [j, [name, p]] of model.namedParameters().entries()) {
        const wanted = gradOf(outside.parameters()[j]);
        assertSameBits(gradOf(p).data, wanted.data, `${dtype} gradient of ${name}`);
        assert.ok(
          wanted.data.some((v: number) => v !== 0),
          `the gradient of ${name} is not 0`,
        );
      }
    }
  }
});

test('a training step repeated 1,000 times leaves memory where it was', () => {
  const STEPS = 1000;
  const SLACK = 16 * KB; // of the runner itself; one step asks for more than that
  const [model, x] = small('float32');
  const step = (): void => {
    for (const p of model.parameters()) p.grad?.data.fill(0);
    scope(() => model.step(x));
  };
  step();
  step();
  const before = scopeMemory();
  const bytes = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < STEPS; i++) {
    step();
    if (i % 50 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - bytes);
  }
  assert.equal(scopeMemory(), before);
  assert.is(before.used, 0);
  assert.ok(before.highWater > SLACK);
  assert.ok(most < SLACK, `${most} bytes more in ordinary arrays at some time`);
});

test('outside a scope the same step does take ordinary memory: the measure above works', () => {
  const [model, x] = small('float32');
  model.step(x);
  const bytes = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < 20; i++) {
    model.step(x);
    most = Math.max(most, process.memoryUsage().arrayBuffers - bytes);
  }
  assert.ok(most > 16 * KB, `${most} bytes`);
});

test('inference in a scope, and zeros made in it, come out as they should', () => {
  const [model, x] = small('float32');
  const outside = d.noGrad(() => model.eval().embed(x));
  for (let i = 0; i < 2; i++) {
    const inside = scope(() => d.noGrad(() => d.add(model.embed(x), zeros([6, 4]))));
    assertSameBits(inside.data, outside.data);
  }
});

test.run();
