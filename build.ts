// Builds the SIMD kernels into src/kernels/wasm/binary.ts, and dist/: ES modules and CommonJS, each with its types, and
// one file for engines without modules. `node build.ts kernels` stops after the kernels.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** WebAssembly from AssemblyScript; `features` are switched on besides SIMD. */
export function assemble(entry: string, ...features: string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const file = join(folder, 'kernels.wasm');
  try {
    const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--initialMemory', '1', '-o', file];
    for (const feature of ['simd', ...features]) options.push('--enable', feature);
    run('node_modules/assemblyscript/bin/asc.js', entry, ...options);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kernels(): void {
  const line = (name: string, bytes: Uint8Array) =>
    `export const ${name} = '${Buffer.from(bytes).toString('base64')}';\n`;
  const entry = 'src/kernels/wasm/assembly/index.ts';
  const text = line('plain', assemble(entry)) + line('relaxed', assemble(entry, 'relaxed-simd'));
  writeFileSync('src/kernels/wasm/binary.ts', `// Built from assembly/ by build.ts: WebAssembly in base64.\n${text}`);
}

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
  run('node_modules/typescript/bin/tsc', '-p', 'src/tsconfig.build.json', ...args);
}

function run(...args: string[]): void {
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  kernels();
  if (process.argv[2] === 'kernels') process.exit();
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
