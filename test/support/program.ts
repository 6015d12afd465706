/** Programs that tests run as a user would. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

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
