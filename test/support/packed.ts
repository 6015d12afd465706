/** The package as users get it: packed once, and installed in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Where the package is installed; packed by the first call of `pack`. */
export const folder = mkdtempSync(join(tmpdir(), 'dynaecg-package-'));
export const installed = join(folder, 'node_modules/dynaecg');
export const tarball = join(folder, `dynaecg-${version}.tgz`);
process.on('exit', () => rmSync(folder, { recursive: true }));

let packed = false;

export function pack(): void {
  if (packed) return;
  packed = true;
  execFileSync('npm', ['pack', '--pack-destination', folder], { stdio: 'ignore' });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run('npm', 'install', '--no-audit', '--no-fund', tarball);
}

/** Runs a program there, and returns what it printed. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    ...{ cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, FORCE_COLOR: '0' },
  });
}
