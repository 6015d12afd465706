/** What the tests share. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type DType, type Random, type Shape, Tensor, tensor } from 'dynaecg';
import { poisonReleasedMemory } from 'dynaecg/kernels';
import type { Callback, Test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as library from '../../src/bundle.ts';

// Every test runs with released memory full of NaN, so that whoever reads on after a scope has closed shows it.
poisonReleasedMemory(true);

/** A tensor as test/support/fixtures/make.py writes it. */
export interface Stored {
  shape: number[];
  data: number[];
}

/** A JSON file of test/support/fixtures. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')) as T;
}

/** A leaf of the stored values, which are float32 numbers in enough digits: rounding them gives the numbers themselves. */
export function restored({ shape, data }: Stored, dtype: DType = 'float32', requiresGrad = false): Tensor {
  return tensor(data.map(Math.fround), shape, { dtype, requiresGrad });
}

/** A number from a generator: what `random` fills tensors with. */
export type Draw = (random: Random) => number;
export const normal: Draw = (random) => random.normal();
/** Above 0 and off it. */
export const positive: Draw = (random) => random.uniform(0.1, 2);
/** Of either sign, off the kink or the pole at 0. */
export const offZero: Draw = (random) => (random.uniform() < 0.5 ? -1 : 1) * random.uniform(0.1, 2);

/** A leaf with `requiresGrad`, of random values. */
export function randomTensor(random: Random, shape: Shape, dtype: DType = 'float64', draw: Draw = normal): Tensor {
  const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw(random));
  return tensor(data, shape, { dtype, requiresGrad: true });
}

export interface Tolerance {
  relative?: number;
  absolute?: number;
}

/** Fails unless `|actual - expected| <= absolute + relative |expected|` everywhere, and names the first place. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: Tolerance,
  what = 'value',
): void {
  assert.is(actual.length, expected.length, `${what}: ${actual.length} values, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i] - expected[i]);
    const allowed = absolute + relative * Math.abs(expected[i]);
    const close = off <= allowed || Object.is(actual[i], expected[i]); // a NaN is close to a NaN only
    assert.ok(close, `${what}[${i}]: ${actual[i]}, expected ${expected[i]}: off by ${off}, allowed ${allowed}`);
  }
}

/** Fails unless both tensors have one shape and close values. */
export function assertTensorClose(
  actual: Tensor,
  expected: Tensor | Stored,
  tolerance: Tolerance,
  what?: string,
): void {
  assert.equal(
    [...actual.shape],
    [...expected.shape],
    `${what}: shape [${actual.shape}], expected [${expected.shape}]`,
  );
  assertClose(actual.data, expected.data, tolerance, what);
}

/** The same bits: `0` and `-0` differ, NaN equals NaN. */
export function assertSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, what = 'value'): void {
  assert.is(actual.length, expected.length, `${what}: ${actual.length} values, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++)
    assert.ok(Object.is(actual[i], expected[i]), `${what}[${i}]: ${actual[i]}, expected exactly ${expected[i]}`);
}

/** Fails unless `f` throws an error of exactly this class with exactly this message. */
export function assertThrows(f: () => unknown, type: new (message: string) => Error, message: string): void {
  try {
    f();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    assert.is(error.message, message);
    assert.is(error.constructor, type, `${error.constructor.name}, expected ${type.name}: ${message}`);
    return;
  }
  assert.unreachable(`expected ${type.name}: ${message}`);
}

/** The gradient that `backward` left. */
export function gradOf(x: Tensor): Tensor {
  assert.ok(x.grad instanceof Tensor, 'expected a gradient, got none');
  return x.grad as Tensor;
}

/** What a program returns in a fresh process, after the lines of `before`; its names are its own and those of `d`. */
export async function child<T>(
  program: (d: typeof library) => T,
  { before = '', flags = [] }: { before?: string; flags?: readonly string[] } = {},
): Promise<T> {
  const code = `import * as d from './src/bundle.ts';
    globalThis.__name = (f) => f; // what tsx writes into functions
    ${before};
    console.log(JSON.stringify((${program})(d)));`;
  const args = [...flags, '--import', 'tsx', '--input-type=module', '--eval', code];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

/** Whether code may be made from strings, as ndarray does. */
export const EVAL = (() => {
  try {
    return new Function('return true')() as boolean;
  } catch {
    return false;
  }
})();

/** For tests that call ndarray: `test`, or where that cannot work a line that says so. */
export function ndarrayTest(test: Test, file: string): (name: string, run: Callback) => void {
  if (EVAL) return test;
  console.log(`${file}: tests of ndarray are skipped, as it makes code from strings, which is forbidden here`);
  return test.skip;
}
