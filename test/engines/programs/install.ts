/** Where the engines are that npm brings, and how they get there: a folder outside of this one, since they take 1.3 GB. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const folder = process.env['ENGINES'] ?? join(caches, 'dynaecg', 'engines');

/** A file of an installed package, or null. */
export function installed(path: string): string | null {
  const file = join(folder, 'node_modules', path);
  return existsSync(file) ? file : null;
}

/** Installs what package-lock.json names. Two of the packages bring their program by an install script. */
export function install(): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(folder, name));
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
}
