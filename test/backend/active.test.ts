// Which kernels run, and in whose memory: what setBackend and backend do, and engines that cannot or may not.

import * as d from 'dynaecg';
import { BackendError, backend, Random, scope, setBackend, type Tensor } from 'dynaecg';
import { jsKernels, type Kernels, kernels, scopeMemory, useKernels } from 'dynaecg/kernels';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { relaxed } from '../../src/kernels/wasm/binary.ts';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import * as both from '../support/backends.ts';
import { child } from '../support/engine.ts';
import { gradOf, randomTensor } from '../support/tensors.ts';

const test = suite('backend/active');
const testBoth = both.suite('backend/active');
const testWasm: typeof test = both.BACKENDS.includes('wasm') ? test : Object.assign(test.skip, test);
test.before.each(() => void setBackend('js'));

const NATIVE = ['conv1d', 'conv1dBackward', 'gemm', 'lstm', 'lstmBackward'] as const; // at least
const { WebAssembly: engine } = globalThis as { WebAssembly?: object };

test('js: every kernel is the plain one', () => {
  const chosen = setBackend('js');
  assert.equal(chosen, { name: 'js', relaxed: false, native: [], reason: null });
  assert.is(backend(), chosen);
  for (const dtype of ['float32', 'float64'] as const) assert.is(kernels(dtype), jsKernels);
});

testWasm('wasm: the native kernels are others than the plain ones, and in float32 only', () => {
  const chosen = setBackend('wasm');
  assert.is(backend(), chosen);
  const { name, native, reason } = chosen;
  assert.equal([name, chosen.relaxed, reason], ['wasm', false, null]);
  assert.is(new Set(native).size, native.length);
  for (const own of NATIVE) assert.ok(native.includes(own), own);
  assert.is(kernels('float64'), jsKernels);
  for (const key of Object.keys(jsKernels) as (keyof Kernels)[])
    assert.is(kernels('float32')[key] === jsKernels[key], !native.includes(key), key);
});

testWasm('useKernels lasts until the next setBackend', () => {
  for (const name of both.BACKENDS) {
    setBackend(name);
    const before = useKernels({ ...kernels('float32'), relu: jsKernels.abs });
    assert.equal([...d.relu(d.tensor([-1])).data], [1]);
    useKernels(before);
    assert.equal([...d.relu(d.tensor([-1])).data], [0]);
    useKernels(jsKernels);
    setBackend(name);
    assert.equal([...d.relu(d.tensor([-1])).data], [0]);
    assert.is(kernels('float32') === jsKernels, name === 'js');
  }
});

/** Fails unless `change` throws, and leaves what runs as it was. */
function assertRefused(change: () => unknown, message: string): void {
  const before = [backend(), kernels('float32')];
  assertThrows(change, BackendError, message);
  assert.is(backend(), before[0]);
  assert.is(kernels('float32'), before[1]);
}

test('a name that is none', () => {
  const message = `setBackend: expected 'js' or 'wasm', got "gpu"`;
  for (const name of both.BACKENDS) {
    setBackend(name);
    assertRefused(() => setBackend('gpu' as 'js'), message);
  }
});

test('inside a scope: refused, and everything goes on', () => {
  for (const own of both.BACKENDS) {
    setBackend(own);
    for (let round = 0; round < 2; round++) {
      const x = d.tensor([1, 2], [2], { requiresGrad: true });
      const result = scope(() => {
        const y = d.square(x);
        const memory = scopeMemory();
        for (const name of both.BACKENDS)
          assertRefused(() => setBackend(name), 'setBackend: expected no open scope, got a call inside one');
        assert.equal(scopeMemory(), memory);
        d.backward(d.sum(y));
        return y;
      });
      assert.equal([...result.data, ...gradOf(x).data], [1, 4, 2, 4]);
    }
  }
});

test('a graph that was recorded on one backend runs backward on another', () => {
  for (const from of both.BACKENDS)
    for (const to of both.BACKENDS) {
      setBackend(from);
      const x = d.tensor([1, 2, 3], [3], { requiresGrad: true });
      const y = d.sum(d.square(x));
      setBackend(to);
      d.backward(y);
      assert.equal([...gradOf(x).data], [2, 4, 6], `from ${from} to ${to}`);
    }
});

// ---- engines without

/** Runs `f` with another global WebAssembly. */
function withEngine(other: object | undefined, f: () => void): void {
  const global = globalThis as { WebAssembly?: object };
  try {
    if (other) global.WebAssembly = other;
    else delete global.WebAssembly;
    f();
  } finally {
    if (engine) global.WebAssembly = engine;
  }
}
class Forbidden {
  constructor() {
    throw new Error('Refused to compile, by a policy'); // as under Content-Security-Policy: script-src 'self'
  }
}
const ABSENT = 'wasm: expected WebAssembly, got an engine without it';
const FORBIDDEN = 'wasm: expected an engine with SIMD that may compile it, got "Refused to compile, by a policy"';

test('wasm where the engine has none, or forbids it: the reason is told, and js goes on', () => {
  withEngine(undefined, () => assertRefused(() => setBackend('wasm'), ABSENT));
  withEngine({ ...statics(engine), Module: Forbidden }, () => assertRefused(() => setBackend('wasm'), FORBIDDEN));
  assert.equal([...d.square(d.tensor([3])).data], [9]);
});

/** The functions of WebAssembly, which an object spread passes over. */
function statics(namespace: object | undefined): Record<string, unknown> {
  const names = namespace ? Object.getOwnPropertyNames(namespace) : [];
  return Object.fromEntries(names.map((name) => [name, (namespace as Record<string, unknown>)[name]]));
}

testWasm('wasm where the engine has little memory', () => {
  const { Memory } = engine as { Memory: new (sizes: { initial: number }) => object };
  for (const pages of [256, 16, 1]) {
    class Little extends Memory {
      constructor(sizes: { initial: number }) {
        if (sizes.initial > pages) throw new RangeError('could not allocate memory');
        super(sizes);
      }
    }
    withEngine({ ...statics(engine), Memory: Little }, () => setBackend('wasm'));
    assert.ok(scopeMemory().capacity <= pages * 65536);
    const n = 60_000; // more than a page
    for (let round = 0; round < 2; round++)
      assert.is(scope(() => d.sum(d.square(d.full([n], 2)))).item(), 4 * n, `${pages} pages, round ${round}`);
  }
});

/** In a process of its own, since the choice falls once, at the first use. */
const choice = (lib: typeof d) => {
  const product = lib.matmul(lib.tensor([[1, 2]]), lib.tensor([[3], [4]])).item();
  const chosen = lib.backend();
  let refused = '';
  try {
    lib.setBackend('wasm');
  } catch (error) {
    refused = `${(error as Error).constructor.name}: ${(error as Error).message}`;
  }
  return { product, chosen, refused, after: lib.backend().name };
};

test('the choice falls at first use, on js in silence where wasm cannot be had, with the reason', async () => {
  const forbid = "Module: function () { throw new Error('Refused to compile, by a policy'); }";
  const [usual, absent, forbidden, jitless] = await Promise.all([
    child(choice),
    child(choice, { before: 'delete globalThis.WebAssembly' }),
    child(choice, { before: `globalThis.WebAssembly = { ${forbid} }` }),
    child(choice, { flags: ['--jitless'] }),
  ]);
  assert.equal([usual.product, usual.chosen.name, usual.chosen.reason, usual.refused], [11, 'wasm', null, '']);
  for (const [found, reason] of [
    [absent, ABSENT],
    [forbidden, FORBIDDEN],
    [jitless, ABSENT],
  ]) {
    const chosen = { name: 'js', relaxed: false, native: [], reason };
    assert.equal(found, { product: 11, chosen, refused: `BackendError: ${reason}`, after: 'js' });
  }
});

// ---- relaxed SIMD

testWasm('relaxed: taken where the engine knows it, else plain, which gives the same bits', () => {
  const bytes = Buffer.from(relaxed, 'base64');
  const known = (engine as { validate(bytes: Uint8Array): boolean }).validate(bytes);
  const [a, b] = [new Random('a'), new Random('b')].map((random) => randomTensor(random, [30, 30], 'float32'));
  setBackend('wasm');
  const plain = d.matmul(a, b);
  assert.is(setBackend('wasm', { relaxed: true }).relaxed, known);
  if (known) assertClose(d.matmul(a, b).data, plain.data, { absolute: 1e-5 });
  else assertSameBits(d.matmul(a, b).data, plain.data);
  assert.is(setBackend('wasm').relaxed, false);
});

testWasm('relaxed, in a process that knows it: as near to js as sums of 300 products are', async () => {
  const flag = '--experimental-wasm-relaxed-simd'; // a flag of Node 20's; later ones know relaxed SIMD without
  const product = (lib: typeof d) => {
    const random = new lib.Random('relaxed');
    const [a, b] = [0, 1].map(
      () =>
        new lib.Tensor(
          Float32Array.from({ length: 9e4 }, () => random.normal()),
          [300, 300],
        ),
    );
    lib.setBackend('js');
    const expected = lib.matmul(a, b).data;
    const { relaxed } = lib.setBackend('wasm', { relaxed: true });
    const off = Math.max(...lib.matmul(a, b).data.map((v: number, i: number) => Math.abs(v - expected[i])));
    return { relaxed, off };
  };
  const found = await child(product, { flags: [flag] }).catch((error) =>
    error.code === 9 ? null : Promise.reject(error),
  );
  if (!found) return console.log(`backend: skipped, as this engine does not know ${flag}`);
  assert.is(found.relaxed, true);
  assert.ok(found.off < 10 * 300 * 2 ** -23, `off by ${found.off}`); // test/support/kernels/elementwise.ts: 10 epsilons of the terms
});

// ---- growth

testBoth('a scope that needs more than there is ends well, detaches nothing alive, and fits the next time', () => {
  setBackend(backend().name); // memory as it is at first
  const random = new Random('growth');
  const [a, b] = [randomTensor(random, [40, 50], 'float32'), randomTensor(random, [50, 60], 'float32')];
  const expected = d.matmul(a, b);
  const kept: Tensor[] = [scope(() => d.square(a))];
  const { capacity } = scopeMemory();
  for (let round = 0; round < 2; round++) {
    const inside = scope(() => {
      const early = d.add(a, 0);
      const large = d.empty([Math.max(capacity - scopeMemory().used - 1000, 4000) / 4], 'float32').data; // hardly any left
      const late = scope(() => [d.matmul(early, b), d.matmul(d.add(early, 0), b)]);
      const product = d.matmul(early, d.add(b, 0));
      d.backward(d.sum(product));
      assertSameBits(early.data, a.data, 'what was there before the memory was full');
      assert.is(product.data.buffer === large.buffer, round > 0, 'fits the second time only');
      return [early, product, ...late];
    });
    kept.push(...inside);
    for (const product of inside.slice(1)) assertClose(product.data, expected.data, { absolute: 1e-5 });
    if (round === 0) assert.ok(scopeMemory().capacity > capacity);
  }
  const grown = scopeMemory();
  assert.is(grown.used, 0);
  for (const { data, size } of [a, b, expected, ...kept]) assert.is(data.length, size, 'alive');
  const squares = [...a.data].map((v) => v * v);
  assertClose(kept[0].data, squares, { relative: 2 ** -23 });
  // of the sum of a b with respect to a: the sums of the rows of b, from two rounds
  const row = (k: number): number[] => [...b.data.subarray(60 * k, 60 * k + 60)];
  const sums = squares.slice(0, 50).map((_, k) => 2 * row(k).reduce((x, y) => x + y));
  assertClose(gradOf(a).data.subarray(0, 50), sums, { absolute: 1e-4 });
});

test.run();
testBoth.run();
