/** Runs test files in this process without code from strings, which uvu's own command makes. */
import { run } from 'uvu/run';
import { EVAL } from './engine.ts';

/** A file of tests: its path in test/, and on the disk. */
export interface TestFile {
  name: string;
  file: string;
}

export async function runSuites(files: readonly TestFile[]): Promise<void> {
  // What tests start is not measured: hundreds of processes would leave hundreds of coverage files. Node has read it by now.
  delete process.env['NODE_V8_COVERAGE'];
  const ndarray = ({ name }: TestFile): boolean => name === 'interop/ndarray.test.ts';
  if (!EVAL && files.some(ndarray))
    console.log('interop/ndarray is skipped: ndarray-ops makes code from strings, which is forbidden here');
  await run(files.filter((file) => EVAL || !ndarray(file)));
}
