/** Programs that tests run as a user would. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import * as assert from 'uvu/assert';

/** What a program said and ended with. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Waits for the end of a program; `heard` is told all that it has said so far on standard error. */
export async function ended(child: ChildProcessWithoutNullStreams, heard?: (stderr: string) => void): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      heard?.(said.stderr);
    });
  const [code] = await once(child, 'close');
  return { ...said, code };
}

/** Runs a program, and rejects unless its exit code is 0. */
export type Run = (...args: string[]) => Promise<{ stdout: string; stderr: string }>;

/** Asserts that each list of arguments fails with an error of one line. */
export async function assertFailsInOneLine(run: Run, lists: readonly string[][]): Promise<void> {
  for (const args of lists) {
    const failed = await run(...args).catch((error) => error);
    assert.is(failed.code, 1);
    assert.is(failed.stderr.trim().split('\n').length, 1, failed.stderr);
  }
}
