import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with this metrics.json, in `dir`. */
export function metricsFolder(dir: string, name: string, text: string): string {
  const folder = join(dir, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'metrics.json'), text);
  return folder;
}
