// npm run test:browser: the live page, the summary of a synthetic recording, the report of a made-up run that has everything in it,
// and that of a small run as it really comes out.
// With RUN_DIR, the report of that run alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

function node(args: string[], env: Record<string, string> = {}, loader = 'tsx'): void {
  const options = { cwd, env: { ...process.env, ...env }, stdio: 'inherit' } as const;
  const { status } = spawnSync(process.execPath, ['--import', loader, ...args], options);
  if (status !== 0) process.exit(status ?? 1);
}
const look = (files: string, env?: Record<string, string>): void =>
  node(['node_modules/uvu/bin.js', 'test', `${files}\\.browser\\.ts$`], env);

look(process.env['RUN_DIR'] ? 'report' : '');
if (!process.env['RUN_DIR']) {
  const run = mkdtempSync(join(tmpdir(), 'dynaecg-run-'));
  try {
    const train = ['train', '--quiet', '--iterations', '4', '--steps', '25', '--out', run];
    node(['examples/commands.ts', ...train], {}, './ready.mjs'); // as npm start runs it, of which threads run the same
    look('report', { RUN_DIR: run });
  } finally {
    rmSync(run, { recursive: true });
  }
}
