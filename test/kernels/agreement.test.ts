// Every kernel that runs in WebAssembly, held to its JavaScript twin on random arguments: test/support/kernels has the
// arguments and how far apart results may be.

import { Embedder, Random, setBackend } from 'dynaecg';
import { jsKernels, type Vec } from 'dynaecg/kernels';
import { relaxedModule } from 'dynaecg/relaxed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { workspace } from '../../src/kernels/js/workspace.ts';
import { ACCESS } from '../../src/kernels/wasm/access.ts';
import { plain as plainBytes } from '../../src/kernels/wasm/binary/plain.ts';
import { nativeKernels, wasmKernels } from '../../src/kernels/wasm/index.ts';
import { type Instance, instantiate } from '../../src/kernels/wasm/instantiate.ts';
import { assertSameBits } from '../support/asserts.ts';
import { BACKENDS } from '../support/backends.ts';
import { largest } from '../support/kernels/arrays.ts';
import type { Scale } from '../support/kernels/entry.ts';
import { generators } from '../support/kernels/generators.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('kernels/agreement');

const CASES = 60;
const EPSILON = 2 ** -23;
const POISONED = 30_000; // elements of JavaScript's workspace in which no kernel may count on what it finds; the most used
const SMALLEST = 2 ** -126; // what is smaller has fewer digits, and is measured as if it were this

type Elements = Vec | Int32Array;
type Argument = Elements | readonly number[] | number | boolean | null;
type Table = Record<string, (...args: Argument[]) => number | undefined>;
const isElements = (x: unknown): x is Elements => ArrayBuffer.isView(x);

/** All arrays of a call replaced; an array given twice stays one. */
function replaced(args: Argument[], replace: (x: Elements) => Elements): Argument[] {
  const copies = new Map<Elements, Elements>();
  return args.map((arg) => {
    if (!isElements(arg)) return arg;
    const copy = copies.get(arg) ?? replace(arg);
    copies.set(arg, copy);
    return copy;
  });
}

/** Kernels whose contract has a result. */
const RESULT = /^(mine.*|tripletHinge|sumOfSquares)$/;

/** Runs a kernel on such arguments; what it did is its result and the contents of all arrays. */
function did(name: string, table: Table, args: Argument[], given = replaced(args, (x) => x.slice())): Elements[] {
  for (const like of [new Float32Array(0), new Float64Array(0)]) workspace(like, POISONED).fill(Number.NaN);
  const result = table[name](...given);
  return [
    Float64Array.of(RESULT.test(name) ? (result as number) : 0),
    ...given.filter(isElements).map((x) => x.slice()),
  ];
}

const js = jsKernels as unknown as Table;
const wide = (x: Elements): Elements => (x instanceof Int32Array ? x : Float64Array.from(x, Math.abs));

/** What differences are measured against. */
function scales(name: string, of: Scale, args: Argument[], expected: Elements[]): Elements[] {
  if (of === 'value') return expected;
  if (of === 'largest') return expected.map((x) => x.slice().fill(largest(x)));
  if (of === 'one') return expected.map((x) => x.slice().fill(1));
  const positive = args.map((arg) => (typeof arg === 'number' ? Math.abs(arg) : arg));
  return did(name, js, args, replaced(positive, wide));
}

/** The largest difference, in epsilons of the scale. */
function distance(found: Elements[], expected: Elements[], scale: Elements[]): number {
  let most = 0;
  for (const [k, values] of expected.entries())
    for (let i = 0; i < values.length; i++) {
      if (found[k][i] === values[i] || (Number.isNaN(found[k][i]) && Number.isNaN(values[i]))) continue;
      const off = Math.abs(found[k][i] - values[i]) / (EPSILON * Math.max(Math.abs(scale[k][i]), SMALLEST));
      if (!(off <= most)) most = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
    }
  return most;
}

// ---- kernels in a linear memory whose every other byte is watched

const LOW = 1024; // the backend leaves the lowest addresses empty, too
const GUARD = 256; // bytes at least between arrays, and behind the workspace
const POISON = 0xffffffff; // a NaN as a float, and -1 as an index

/** The native kernels on an instance of their own, without any to fall back on. */
class Watched {
  readonly #kernels: Table;
  readonly #buffer: ArrayBuffer;
  #top = LOW;
  #guards: Uint32Array[] = [];

  constructor(instance: Instance) {
    const { buffer } = instance.memory;
    const reserve = (bytes: number): number => {
      const at = this.#top;
      this.#poison(at, at + bytes); // no kernel may count on what it finds there
      this.#guard(at + bytes, at + bytes + GUARD);
      return at;
    };
    const refuse = (): never => assert.unreachable('fell back to JavaScript') as never;
    const none = Object.fromEntries(Object.keys(jsKernels).map((name) => [name, refuse]));
    this.#kernels = wasmKernels(instance, { buffer, reserve }, none as never) as never;
    this.#buffer = buffer;
  }

  #poison(from: number, to: number): Uint32Array {
    return new Uint32Array(this.#buffer, from, (to - from) / 4).fill(POISON);
  }

  /** Nothing may be written from here to there. */
  #guard(from: number, to: number): void {
    this.#guards.push(this.#poison(from, to));
    this.#top = to;
  }

  /** What a kernel does with arrays in linear memory, at any alignment, or outside. */
  run(name: string, args: Argument[], inside = true): Elements[] {
    this.#top = LOW;
    this.#guards = [];
    const random = new Random(name);
    const place = (x: Elements): Elements => {
      const size = x.BYTES_PER_ELEMENT;
      const at = Math.ceil((this.#top + GUARD) / size + random.integer(64 / size)) * size;
      this.#guard(this.#top, at);
      const Type = x.constructor as new (buffer: ArrayBuffer, at: number, length: number) => Elements;
      const copy = new Type(this.#buffer, at, x.length);
      copy.set(x);
      this.#top += x.byteLength;
      return copy;
    };
    const given = replaced(args, inside ? place : (x) => x.slice());
    this.#guard(this.#top, Math.ceil((this.#top + GUARD) / 64) * 64);
    const result = did(name, this.#kernels, args, given);
    const untouched = this.#guards.every((guard) => guard.every((word) => word === POISON));
    assert.ok(untouched, `${name} writes beyond its arrays`);
    return result;
  }
}

const assertSame = (found: Elements[], expected: Elements[], what: string): void => {
  for (const [k, values] of expected.entries()) assertSameBits(found[k], values, what);
};

// ---- access

/** A copy of a call's arguments in which arrays of one access are filled with a number. */
function filled(args: Argument[], access: string, letter: string, value: number): Argument[] {
  const of = letters(args, access);
  return replaced(args, (x) => (of.get(x) === letter ? x.slice().fill(value) : x));
}

/** How each array of a call is accessed; one that is an input and an output at once is updated. */
function letters(args: Argument[], access: string): Map<Elements, string> {
  const arrays = args.filter((arg) => arg === null || isElements(arg));
  assert.is(access.length, arrays.length);
  const of = new Map<Elements, string>();
  for (const [i, x] of arrays.entries()) if (x) of.set(x, (of.get(x) ?? access[i]) === access[i] ? access[i] : 'u');
  return of;
}

/** A kernel leaves what it reads, and adds to what it adds to; what it overwrites may hold anything before. */
function assertAccess(name: string, access: string, args: Argument[], run: (args: Argument[]) => Elements[]): void {
  const found = run(args);
  const elsewhere = run(filled(args, access, 'w', 7));
  const [from0, from1] = [0, 1].map((value) => run(filled(args, access, 'a', value)));
  const of = letters(args, access);
  assertSame(elsewhere, found, `${name} reads what it overwrites`);
  for (const [i, x] of args.filter(isElements).entries()) {
    const k = i + 1; // behind the result
    if (of.get(x) === 'r') assertSameBits(found[k], x, `${name} writes into array ${i}`);
    if (of.get(x) !== 'a') continue;
    const [sums, scale] = [from0[k].map((v) => v + 1), from0[k].map((v) => 1 + Math.abs(v))];
    assert.ok(distance([from1[k]], [sums], [scale]) < 1000, `${name} does not add to array ${i}`);
  }
}

// ---- the tests

interface Generator {
  within: number;
  of: Scale;
  args(r: Random): Argument[];
  positive?(...args: Argument[]): Argument[];
}

const table = generators(jsKernels) as Record<string, Generator | undefined>;

/** One build of the kernels against JavaScript. */
function tests(build: string, instance: Instance): void {
  const watched = new Watched(instance);
  for (const name of nativeKernels(instance, jsKernels))
    test(`${name} accesses its arrays as its signature says, ${build}`, () => {
      for (let i = 0; i < 20; i++) {
        const args = table[name]?.args(new Random(`${name}, case ${i}`)) ?? [];
        const access = ACCESS[name as keyof typeof ACCESS];
        assertAccess(name, access, args, (own) => watched.run(name, own));
        assertAccess(name, access, args, (own) => did(name, js, own));
      }
    });
  for (const name of nativeKernels(instance, jsKernels))
    test(`${name}, ${build}`, () => {
      const entry = table[name];
      if (!entry) return assert.unreachable('expected random arguments for it in test/support/kernels');
      let worst = 0;
      for (let i = 0; i < CASES; i++) {
        const what = `${name}, case ${i}`;
        const args = entry.args(new Random(what));
        const expected = did(name, js, args);
        const found = watched.run(name, args);
        const scale = scales(name, entry.of, entry.positive?.(...args) ?? args, expected);
        worst = Math.max(worst, distance(found, expected, scale));
        assert.ok(worst <= entry.within, `${what}: ${worst} epsilons apart, expected at most ${entry.within}`);
        assertSame(watched.run(name, args, false), found, `${what}: from arrays outside of linear memory`);
      }
      if (process.env['AGREEMENT']) console.log(`${build} ${name}: ${worst.toFixed(2)} of ${entry.within}`);
    });
}

/** What holds of every build, beside agreement. */
function properties(instance: Instance): void {
  const watched = new Watched(instance);
  const draw = (random: Random, n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
  const part = (x: Elements, from: number, n: number): Elements => x.slice(from * n, (from + 1) * n);

  test('a row of a product has the same bits alone and among others', () => {
    const [M, N, K] = [13, 45, 300]; // with whole tiles and remainders, and more than one block of a sum
    const [a, b] = [draw(new Random('a'), M * K), draw(new Random('b'), K * N)];
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const product = (row: number, rows: number): Elements => {
          const sides = [a, transposeA ? row : row * K, transposeA ? M : K, b, 0, transposeB ? K : N];
          const c = new Float32Array(rows * N);
          return watched.run('gemm', [c, 0, N, ...sides, rows, N, K, transposeA, transposeB, 1, 0])[1];
        };
        const whole = product(0, M);
        for (let m = 0; m < M; m++) assertSameBits(product(m, 1), part(whole, m, N), `row ${m}`);
      }
  });

  test('a sample of a convolution, and its gradient, have the same bits alone and among others', () => {
    const random = new Random('convolution');
    const [B, C, L, O, K] = [5, 3, 70, 9, 5];
    const [x, dy, weight, bias] = [B * C * L, B * O * L, O * C * K, O].map((n) => draw(random, n));
    const sizes = [C, L, O, L, K, 1, 2, 1, 1];
    const forward = (own: Elements, n: number): Elements =>
      watched.run('conv1d', [new Float32Array(n * O * L), own, weight, bias, n, ...sizes])[1];
    const backward = (own: Elements, n: number): Elements =>
      watched.run('conv1dBackward', [new Float32Array(n * C * L), null, null, own, x, weight, n, ...sizes])[1];
    const [y, dx] = [forward(x, B), backward(dy, B)];
    for (let b = 0; b < B; b++) {
      assertSameBits(forward(part(x, b, C * L), 1), part(y, b, O * L), `y of sample ${b}`);
      assertSameBits(backward(part(dy, b, O * L), 1), part(dx, b, C * L), `dx of sample ${b}`);
    }
  });

  test('a sequence through an LSTM has the same bits alone and among others', () => {
    const random = new Random('lstm');
    const [T, B, D, H] = [4, 7, 10, 11];
    const [x, ...weights] = [T * B * D, 4 * H * D, 4 * H * H, 4 * H, 4 * H].map((n) => draw(random, n));
    const states = (own: Elements, n: number): Elements => {
      const [y, c, gates] = [1, 1, 4].map((times) => new Float32Array(times * T * n * H));
      return watched.run('lstm', [y, c, gates, own, ...weights, null, null, T, n, D, H, H, false])[1];
    };
    const whole = states(x, B);
    const sequence = (of: Elements, b: number, n: number): Float32Array =>
      Float32Array.from({ length: T * n }, (_, i) => of[(Math.floor(i / n) * B + b) * n + (i % n)]);
    for (let b = 0; b < B; b++) assertSameBits(states(sequence(x, b, D), 1), sequence(whole, b, H), `sequence ${b}`);
  });

  test('whatever the module exports is a kernel of the table, a part of one, or how much workspace it needs', () => {
    const kernels = Object.keys(ACCESS);
    for (const [name, value] of Object.entries(instance.functions))
      if (typeof value === 'function')
        assert.ok(
          kernels.some((kernel) => name.startsWith(kernel)),
          name,
        );
  });

  test('a signal has one embedding, whatever the batch', () => {
    setBackend('wasm');
    const model = new Embedder({ length: 50, channels: [5, 6], hidden: 7, random: new Random('model') });
    const x = randomTensor(new Random('signals'), [11, 50], 'float32');
    const expected = model.embed(x);
    for (const batchSize of [1, 2, 5]) assertSameBits(model.embed(x, { batchSize }).data, expected.data);
  });

  test('where a scope leaves no workspace, a spare memory gives the same bits; where there is none, JavaScript runs', () => {
    const full = { buffer: instance.memory.buffer, reserve: () => -1 };
    const none = {
      buffer: new ArrayBuffer(0),
      grow: () => {
        throw new RangeError('no more');
      },
    };
    const spare = wasmKernels(instance, full, jsKernels) as unknown as Table;
    const poor = { ...instance, again: () => ({ ...instance, memory: none }) };
    const without = wasmKernels(poor, full, jsKernels) as unknown as Table;
    for (const [name, entry] of Object.entries(table)) {
      const args = entry?.args(new Random(name)) ?? [];
      assertSame(did(name, spare, args), watched.run(name, args, false), name);
      assertSame(did(name, without, args), did(name, js, args), name);
    }
  });
}

if (BACKENDS.includes('wasm')) {
  const plain = instantiate(plainBytes);
  tests('plain', plain);
  properties(plain);
  const relaxed = relaxedModule();
  if (relaxed) tests('relaxed', instantiate(relaxed)); // Node 20 knows it with --experimental-wasm-relaxed-simd
} else console.log('kernels/agreement: skipped, as this engine has no WebAssembly');
test.run();
