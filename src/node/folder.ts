import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { last } from '../core/builtins.ts';
import { checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';

/**
 * Makes a folder and its missing parents. If that is impossible it fails at once: Node's `mkdirSync` with `recursive`
 * never returns if folders cannot be made in an existing one, such as `/proc`.
 *
 * @throws DataError with the path if it is not a folder and cannot be made
 */
export function makeFolder(path: string): void {
  checkKind('makeFolder', 'path', path, 'text');
  try {
    const missing: string[] = [];
    for (let at = resolve(path); !isFolder(at) && at !== last(missing); at = dirname(at)) missing.push(at);
    for (const folder of missing.reverse()) make(folder);
  } catch (error) {
    throw new DataError(`makeFolder: expected to make ${path}, got ${(error as Error).message}`, { cause: error });
  }
}

function make(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error; // another process may have made it first
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
