/** Assertions on numbers, tensors and errors. */
import './poison.ts';
import type { Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import type { Stored } from './fixtures.ts';

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

/** Asserts that `action` throws a `type` whose message holds every one of `parts`. */
export function throwsWith(
  action: () => unknown,
  type: abstract new (...args: never[]) => Error,
  ...parts: string[]
): void {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, type as never, `expected ${type.name}, got ${thrown}`);
  for (const part of parts) assert.ok((thrown as Error).message.includes(part), `"${part}" in "${thrown}"`);
}
