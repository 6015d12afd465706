import { mkdirSync } from 'node:fs';
import { DataError } from 'dynaecg';

/** Makes the folder for results; asked for early, before hours are spent on them. */
export function prepareFolder(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw new DataError(`--out: expected a folder, got ${out}: ${(error as Error).message}`, { cause: error });
  }
}
