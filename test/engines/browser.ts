// npm run test:browser: the live page, the summary of a synthetic recording, the report of a made-up run that has everything in it,
// and that of a small run as it really comes out.
// With RUN_DIR, the report of that run alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

function node(args: string[], env: Record<string, string> = {}): void {
  const options = { cwd, env: { ...process.env, ...env }, stdio: 'inherit' } as const;
  const { status } = spawnSync(process.execPath, ['--import', './ready.mjs', ...args], options); // which threads inherit
  if (status !== 0) process.exit(status ?? 1);
}
const look = (files: string, env?: Record<string, string>): void =>
  node(['node_modules/uvu/bin.js', 'test', `${files}\\.browser\\.ts$`], env);

look(process.env['RUN_DIR'] ? 'report' : '');
if (!process.env['RUN_DIR']) {
  const run = mkdtempSync(join(tmpdir(), 'dynaecg-run-'));
  try {
    node(['examples/commands.ts', 'train', '--quiet', '--iterations', '4', '--steps', '25', '--out', run]);
    look('report', { RUN_DIR: run });
  } finally {
    rmSync(run, { recursive: true });
  }
}
