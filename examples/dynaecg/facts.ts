import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { backend } from 'dynaecg';
import type { EcgRecord } from 'dynaecg/ecg';
import packageJson from '../../package.json' with { type: 'json' };
import type { RunFacts } from './metrics.ts';

/** How a run was run; ask at its end. */
export function runFacts(
  args: readonly string[],
  data: string | null,
  records: readonly EcgRecord[],
  start: Date,
): RunFacts {
  const { name, relaxed } = backend();
  return {
    command: ['npm start', ...(args.length > 0 ? ['--', ...args.map(quoted)] : [])].join(' '),
    started: start.toISOString(),
    seconds: (Date.now() - start.getTime()) / 1000,
    versions: { dynaecg: packageJson.version, node: process.versions.node, v8: process.versions.v8 },
    backend: relaxed ? `${name}, relaxed SIMD` : name,
    cpu: cpus()[0]?.model ?? 'unknown',
    checksums: data === null ? {} : checksums(data, records),
  };
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function checksums(data: string, records: readonly EcgRecord[]): Record<string, string> {
  const files = records.flatMap(({ name }) => ['atr', 'dat', 'hea'].map((suffix) => `${name}.${suffix}`));
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(data, file)))
        .digest('hex'),
    ]),
  );
}
