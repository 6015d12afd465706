import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { parseJson, take } from '../shared/schema.ts';
import { checkConsistent, Misfit } from './consistent.ts';
import { type Metrics, metrics } from './metrics.ts';

/**
 * Reads metrics.json of a run.
 *
 * @throws DataError for a folder or file that is not there, for contents that are not those of a run, and for figures that
 * contradict each other
 */
export function readMetrics(folder: string): Metrics {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new DataError(`report: expected the folder of a run, got ${folder}`);
  const path = join(folder, 'metrics.json');
  const got = (what: string, cause?: unknown): DataError =>
    new DataError(`report: expected metrics.json of a finished run, got ${path}: ${what}`, { cause });
  try {
    const taken = take(metrics, parseJson(readFileSync(path, 'utf8')), ({ text }) => new Misfit(text));
    checkConsistent(taken);
    return taken;
  } catch (error) {
    if (error instanceof Misfit) throw got(error.message, error);
    if (error instanceof SyntaxError) throw got(`no JSON: ${error.message}`, error);
    if ((error as { code?: string }).code) throw got((error as Error).message, error); // of the file system
    throw error;
  }
}
