import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let gc: (() => void) | null = null;

/**
 * Collects garbage now. V8 lets tens of megabytes of signals and files that nobody needs any more pile up before it does so by
 * itself, and each of a recording's arrays is megabytes.
 */
export function collect(): void {
  if (!gc) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}
