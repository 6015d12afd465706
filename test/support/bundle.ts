import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes files of programs that start ten times as fast as their sources: returns the folder where they are, by their paths with
 * the end `.mjs`. It is gone when this process ends.
 */
export async function bundle(sources: readonly string[], plugins: Plugin[] = []): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache'); // from where packages are found
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'programs-'));
  process.once('exit', () => rmSync(outdir, { recursive: true }));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [...sources],
    outbase: '.',
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    plugins,
  });
  return outdir;
}
