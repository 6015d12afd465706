import * as assert from 'uvu/assert';

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
