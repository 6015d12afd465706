/** What the engine allows, and programs in a fresh process of it. */
import './poison.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Callback, Test } from 'uvu';
import type * as library from '../../src/bundle.ts';

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
