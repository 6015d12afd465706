import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';

/** Names of the temporary files, of which a killed process leaves one. */
export const TEMPORARY = /\.[0-9a-f]{16}\.tmp$/;

/**
 * Writes a file so that a reader sees either the old contents or all of the new ones, never a fragment: the data goes
 * to a temporary file in the same folder, which is renamed once it is on disk.
 *
 * @throws DataError with the path if the folder or file cannot be written
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  checkKind('writeFileAtomic', 'path', path, 'text');
  if (typeof data !== 'string') checkKind('writeFileAtomic', 'data', data, 'bytes');
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new DataError(`writeFileAtomic: expected to write ${path}, got ${(error as Error).message}`, {
      cause: error,
    });
  }
}
