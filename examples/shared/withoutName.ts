import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Opens a temporary file that goes with the process, however that ends: it has no name any more once it is open. */
export function withoutName<T>(open: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    return open(join(folder, 'file'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
