import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from 'dynaecg';

/** Makes the folder for results, and those in it; asked for early, before hours are spent on them. */
export function prepareFolder(out: string, ...inside: readonly string[]): void {
  for (const folder of [out, ...inside.map((name) => join(out, name))])
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new DataError(`--out: expected a folder, got ${folder}: ${(error as Error).message}`, { cause: error });
    }
}
