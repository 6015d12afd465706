// Builds the SIMD kernels into src/kernels/wasm/binary.ts, and dist/: ES modules and CommonJS, each with its types, and
// one file for engines without modules, and the commands. `node build.ts kernels` stops after the kernels.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * The commands, and what they need but the package itself, which they import by name: dynaecg.js and parts that it loads when
 * they are asked for, the data that they read, and the licences of all that is in them.
 */
export async function commands(outdir: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: { dynaecg: 'examples/commands.ts' },
    outdir,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['dynaecg', 'dynaecg/*'],
    tsconfigRaw: {}, // whose paths would lead into src
    // commander is CommonJS, and requires parts of Node
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    legalComments: 'none', // LICENSES.txt has them whole
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(outdir, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
  cpSync('examples/dynaecg/mitdb.sha256', join(outdir, 'mitdb.sha256'));
  mkdirSync(join(outdir, 'settings'));
  for (const file of readdirSync('examples/dynaecg/settings').filter((name) => name.endsWith('.json')))
    cpSync(join('examples/dynaecg/settings', file), join(outdir, 'settings', file));
}

/** The licence of every package that some of these files are of. */
function licences(inputs: readonly string[]): string {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    if (!file) throw new Error(`${folder}: expected a file with its licence, got none`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
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
  await commands('dist/commands');
}
