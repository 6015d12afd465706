import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DataError } from 'dynaecg';
import { makeFolder } from 'dynaecg/node';

/** Makes the folder for results, and those in it; asked for early, before hours are spent on them. */
export function prepareFolder(option: string, out: string, ...inside: readonly string[]): void {
  for (const folder of [out, ...inside.map((name) => join(out, name))])
    try {
      makeFolder(folder);
      tryWriting(folder);
    } catch (error) {
      throw unwritable(option, folder, error);
    }
}

/** Throws where a folder, or the nearest above it that there is, cannot be written; leaves nothing there. */
export function checkWritable(option: string, out: string): void {
  let folder = resolve(out);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    tryWriting(folder);
  } catch (error) {
    throw unwritable(option, out, error);
  }
}

/** No permission tells it for sure: /proc has them, and takes nothing. */
function tryWriting(folder: string): void {
  rmdirSync(mkdtempSync(join(folder, '.dynaecg-')));
}

function unwritable(option: string, folder: string, error: unknown): DataError {
  const { message } = (error instanceof DataError ? error.cause : error) as Error;
  const [why] = message.split(', '); // the rest is the call and its path
  return new DataError(`${option}: expected a folder that can be written, got ${folder}: ${why}`, { cause: error });
}
