/** What tests of float32 kernels and of the arena use in place of uvu's `suite`: it runs each of them on every backend. */
import './poison.ts';
import { type BackendName, backend, setBackend } from 'dynaecg';
import { type Callback, type Test, suite as uvuSuite } from 'uvu';
import * as assert from 'uvu/assert';
import { arena } from '../../src/backend/arena.ts';

/** The backends of this engine; not every one has WebAssembly. */
export const BACKENDS: readonly BackendName[] = 'WebAssembly' in globalThis ? ['js', 'wasm'] : ['js'];

/** uvu's `suite`, in which a test `name` becomes `name, js` and `name, wasm`: all on one backend, then all on the next. */
export function suite(title: string): Test {
  const test = uvuSuite(title);
  const waiting: Record<BackendName, (() => void)[]> = { js: [], wasm: [] };
  const each = (register: (name: string, run: Callback) => void) => (name: string, run: Callback) => {
    for (const own of BACKENDS) waiting[own].push(() => register(`${name}, ${own}`, on(own, run)));
  };
  return Object.assign(each(test), test, {
    only: each(test.only),
    run(): void {
      for (const own of BACKENDS) for (const register of waiting[own]) register();
      test.run();
    },
  });
}

/** Runs a test on a backend, and fails where it leaves a scope open. */
function on(own: BackendName, run: Callback): Callback {
  return async (context) => {
    if (backend().name !== own) setBackend(own); // an instance for each test would take some milliseconds
    try {
      await run(context);
      assert.is(arena.current, 0, 'a scope is left open');
    } finally {
      while (arena.current !== 0) arena.leave();
    }
  };
}
