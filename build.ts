// Builds dist/: ES modules and CommonJS, each with its types, and one file for engines without modules.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The single file: a script that sets one global, `dynaecg`. */
export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('src/bundle.ts', import.meta.url))],
    write: false,
    bundle: true,
    format: 'iife',
    globalName: 'dynaecg',
    platform: 'neutral',
    target: 'es2020',
    banner: { js: '/* dynaecg, MIT licence */' },
  });
  return outputFiles[0].text;
}

function compile(...args: string[]): void {
  const tsc = 'node_modules/typescript/bin/tsc';
  execFileSync(process.execPath, [tsc, '-p', 'src/tsconfig.build.json', ...args], { stdio: 'inherit' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync('dist', { recursive: true, force: true });
  compile('--outDir', 'dist/esm');
  compile(
    '--outDir',
    'dist/cjs',
    '--module',
    'commonjs',
    '--moduleResolution',
    'bundler',
    '--verbatimModuleSyntax',
    'false',
  );
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
  writeFileSync('dist/dynaecg.global.js', await bundle());
}
