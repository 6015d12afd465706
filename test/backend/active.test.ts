// Which kernels run, and in whose memory: what setBackend and backend do, and engines that cannot or may not.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as d from 'dynaecg';
import { ArgumentError, BackendError, backend, Random, scope, setBackend, type Tensor } from 'dynaecg';
import { jsKernels, type Kernels, kernels, scopeMemory, useKernels } from 'dynaecg/kernels';
import { relaxedModule } from 'dynaecg/relaxed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprint } from '../../src/kernels/wasm/binary/fingerprint.ts';
import { plain } from '../../src/kernels/wasm/binary/plain.ts';
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
  assert.equal(chosen, { name: 'js', relaxed: false, threads: 1, native: [], reason: null });
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
    const chosen = { name: 'js', relaxed: false, threads: 1, native: [], reason };
    assert.equal(found, { product: 11, chosen, refused: `BackendError: ${reason}`, after: 'js' });
  }
});

// ---- modules from outside, and memory

interface Compiler {
  Module: (new (bytes: Uint8Array) => object) & { customSections(module: object, name: string): ArrayBuffer[] };
}
const compiled = (bytes: Uint8Array): object => new (engine as unknown as Compiler).Module(bytes);
const bytesOf = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

testWasm('a compiled module, as on engines that compile none at run time, gives the same bits', () => {
  const [a, b] = [new Random('a'), new Random('b')].map((random) => randomTensor(random, [30, 30], 'float32'));
  const { native } = setBackend('wasm');
  const expected = d.matmul(a, b).data;
  const module = compiled(bytesOf(plain));
  withEngine({ ...statics(engine), Module: Object.assign(Forbidden, only(engine, 'customSections')) }, () => {
    assert.equal(setBackend('wasm', { module }), { name: 'wasm', relaxed: false, threads: 1, native, reason: null });
    assertSameBits(d.matmul(a, b).data, expected);
  });
  setBackend('wasm', { module: null }); // the entry's own
  assertSameBits(d.matmul(a, b).data, expected);
});

/** A function of WebAssembly.Module, for an engine in which it cannot be called with new. */
function only(from: object | undefined, name: 'customSections'): Record<string, unknown> {
  return { [name]: (from as unknown as Compiler).Module[name] };
}

testWasm('an object that is no module, a module of something else or of another version', () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const other = bytesOf(plain);
  other.set(Buffer.from('00000000'), other.length - 8); // the fingerprint, at the end
  const wanted = `wasm: expected a module of this version of dynaecg (${fingerprint}), got`;
  assertRefused(
    () => setBackend('wasm', { module: {} }),
    'wasm: expected a compiled WebAssembly.Module, got another object',
  );
  assertRefused(() => setBackend('wasm', { module: compiled(empty) }), `${wanted} one that is not of dynaecg`);
  assertRefused(() => setBackend('wasm', { module: compiled(other) }), `${wanted} 00000000`);
  assertThrows(
    () => setBackend('wasm', { module: 3 as never }),
    ArgumentError,
    'setBackend: expected module to be an object, got 3',
  );
});

testWasm('memory to start with, in whole pages', () => {
  for (const [bytes, pages] of [
    [1, 1],
    [65536, 1],
    [65537, 2],
    [1e6, 16],
  ]) {
    setBackend('wasm', { memory: bytes });
    assert.is(scopeMemory().capacity, pages * 65536);
    assert.is(scope(() => d.sum(d.square(d.full([60_000], 2)))).item(), 240_000);
  }
  assert.is(setBackend('wasm').name, 'wasm');
  assert.is(scopeMemory().capacity, 2 ** 27);
});

test('dynaecg/js holds no WebAssembly until an entry that does is imported', async () => {
  const code = `
    import { backend, setBackend } from './src/index.ts';
    const said = [backend().name, backend().reason];
    try { setBackend('wasm'); } catch (error) { said.push(error.message); }
    setBackend('js');
    await import('./src/main.ts');
    said.push(backend().name); // asked for
    console.log(JSON.stringify(said));`;
  const later = `
    import { backend } from './src/index.ts';
    const first = backend().name;
    await import('./src/main.ts');
    console.log(JSON.stringify([first, backend().name]));`;
  const reason = 'wasm: expected an import of an entry with WebAssembly, got one without it';
  assert.equal(await lines(code), ['js', reason, reason, 'js']);
  assert.equal(await lines(later), ['js', 'wasm']);
});

const lines = async (code: string): Promise<unknown> => {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
};

// ---- relaxed SIMD

testWasm('relaxed: null where the engine does not know it or may not compile it, and then plain runs', () => {
  const [a, b] = [new Random('a'), new Random('b')].map((random) => randomTensor(random, [30, 30], 'float32'));
  setBackend('wasm');
  const expected = d.matmul(a, b);
  const module = relaxedModule();
  assert.is(setBackend('wasm', { module }).relaxed, module !== null);
  if (module) assertClose(d.matmul(a, b).data, expected.data, { absolute: 1e-5 });
  else assertSameBits(d.matmul(a, b).data, expected.data);
  assert.is(setBackend('wasm').relaxed, false);
  withEngine({ ...statics(engine), Module: Forbidden }, () => assert.is(relaxedModule(), null));
});

test('relaxed: null where the engine has no WebAssembly', () =>
  withEngine(undefined, () => assert.is(relaxedModule(), null)));

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
    const { module } = globalThis as { module?: object };
    const { relaxed } = lib.setBackend('wasm', { module });
    const off = Math.max(...lib.matmul(a, b).data.map((v: number, i: number) => Math.abs(v - expected[i])));
    return { relaxed, off };
  };
  const before = `import { relaxedModule } from './src/backend/relaxed.ts'; globalThis.module = relaxedModule();`;
  const found = await child(product, { before, flags: [flag] }).catch((error) =>
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
