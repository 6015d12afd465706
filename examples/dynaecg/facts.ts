import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { backend, DataError } from 'dynaecg';
import type { EcgRecord } from 'dynaecg/ecg';
import packageJson from '../../package.json' with { type: 'json' };
import type { RunFacts } from './metrics.ts';

/** How a run was run; ask at its end, with the checksums from its beginning. */
export function runFacts(args: readonly string[], checksums: RunFacts['checksums'], start: Date): RunFacts {
  const { name, relaxed } = backend();
  return {
    command: ['npm start', ...(args.length > 0 ? ['--', ...args.map(quoted)] : [])].join(' '),
    started: start.toISOString(),
    seconds: (Date.now() - start.getTime()) / 1000,
    versions: { dynaecg: packageJson.version, node: process.versions.node, v8: process.versions.v8 },
    backend: relaxed ? `${name}, relaxed SIMD` : name,
    cpu: cpus()[0]?.model ?? 'unknown',
    checksums,
  };
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * SHA-256 of the files of records; of synthetic ones, which have no folder, none. Ask as soon as they are read: hours later
 * the files may be others, or gone.
 *
 * @throws DataError for a file that cannot be read
 */
export function checksumsOf(data: string | null, records: readonly EcgRecord[]): RunFacts['checksums'] {
  if (data === null) return {};
  const files = records.flatMap(({ name }) => ['atr', 'dat', 'hea'].map((suffix) => `${name}.${suffix}`));
  return Object.fromEntries(files.map((file) => [file, sha256(join(data, file))]));
}

function sha256(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    throw new DataError(`--data: expected to read ${path}, got ${(error as Error).message}`, { cause: error });
  }
}
