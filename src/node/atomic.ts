import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
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
  writeAtomic('writeFileAtomic', path, (write) => write(typeof data === 'string' ? Buffer.from(data) : data));
}

/**
 * `writeFileAtomic` for `op`, piece by piece.
 *
 * @param contents writes the pieces one after another, or from a position on
 * @throws DataError with the path if the folder or file cannot be written, and what `contents` throws
 */
export function writeAtomic(
  op: string,
  path: string,
  contents: (write: (bytes: Uint8Array, at?: number) => void) => void,
): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const attempt = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw new DataError(`${op}: expected to write ${path}, got ${(error as Error).message}`, { cause: error });
    }
  };
  try {
    const file = attempt(() => openSync(temporary, 'wx'));
    try {
      contents((bytes, at) => attempt(() => writeAll(file, bytes, at)));
      attempt(() => fsyncSync(file));
    } finally {
      closeSync(file);
    }
    attempt(() => renameSync(temporary, path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(file: number, bytes: Uint8Array, at?: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, at === undefined ? null : at + done);
}
