/** Engines that are a program: a script is written to a file, and its last line of output is JSON. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Answer } from '../golden/program.ts';

const PATIENCE = 300_000; // milliseconds

/** Calls `use` with a folder that holds these files, and removes it. */
export async function withFiles<T>(
  files: Record<string, string | Uint8Array>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-engine-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a script prints, run by a program with these arguments before its file's name. */
export function runScript(program: string, args: readonly string[], script: string): Promise<Answer> {
  return withFiles({ 'golden.js': script }, async (folder) => {
    const all = [...args, join(folder, 'golden.js')];
    const { stdout } = await promisify(execFile)(program, all, { timeout: PATIENCE, cwd: folder });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  });
}

/** The first version number that a program prints; null if it does not run. */
export function versionOf(program: string, args: readonly string[] = ['--version']): string | null {
  try {
    const text = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return /\d[\w.-]*\.[\w.-]+|\d{4}-\d\d-\d\d/.exec(text)?.[0] ?? '';
  } catch {
    return null;
  }
}
