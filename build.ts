// Builds the SIMD kernels into src/kernels/wasm/binary/, the models into src/trained/, and dist/: ES modules and CommonJS, each with
// its types, and one file for engines without modules, the kernels as .wasm files, the commands, and what `dynaecg/onnx` imports.
// `node build.ts sources` stops after the first two.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { licences } from './examples/shared/licences.ts';

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

/** The modules, each with a section that names it and has the fingerprint of this version of them all. */
function kernels(): void {
  const folder = 'src/kernels/wasm/binary';
  const source = 'src/kernels/wasm/assembly';
  const modules = {
    plain: assemble(`${source}/index.ts`),
    relaxed: assemble(`${source}/index.ts`, 'relaxed-simd'),
    inference: assemble(`${source}/inference.ts`),
  };
  const fingerprint = createHash('sha256').update(modules.plain).digest('hex').slice(0, 8);
  const write = (name: string, text: string) =>
    writeFileSync(`${folder}/${name}.ts`, `// Built from assembly/ by build.ts.\nexport const ${name} = '${text}';\n`);
  mkdirSync(folder, { recursive: true });
  write('fingerprint', fingerprint);
  for (const [name, bytes] of Object.entries(modules)) {
    const section = customSection('dynaecg', `${name} ${fingerprint}`);
    write(name, Buffer.concat([bytes, section]).toString('base64'));
  }
}

/** A section of WebAssembly with text in it, up to 127 bytes. */
function customSection(name: string, text: string): Uint8Array {
  const content = Buffer.from(`${String.fromCharCode(name.length)}${name}${text}`, 'latin1');
  return Buffer.concat([Uint8Array.of(0, content.length), content]);
}

/** The model files, as text that any engine can load. */
function models(): void {
  for (const name of ['timing', 'waveform']) {
    const text = readFileSync(`models/${name}.safetensors`).toString('base64');
    const lines = `// Built from models/${name}.safetensors by build.ts: base64.\nexport const file: string = '${text}';\n`;
    writeFileSync(`src/trained/${name}.ts`, lines);
  }
}

/** Modules by their names. */
const WASM = ['plain', 'relaxed', 'inference'] as const;

/** The modules as files, for bundlers and engines that take no other. */
function wasmFiles(outdir: string): void {
  mkdirSync(outdir, { recursive: true });
  for (const name of WASM) {
    const [, text] = /'(.*)'/.exec(readFileSync(`src/kernels/wasm/binary/${name}.ts`, 'utf8')) as RegExpExecArray;
    writeFileSync(join(outdir, `${name}.wasm`), Buffer.from(text, 'base64'));
  }
}

/** The single file, minified: a script that sets the global `dynaecg`, and the same for `require` and `import`. */
export async function bundle(): Promise<{ code: string; map: string }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('src/bundle.ts', import.meta.url))],
    outfile: fileURLToPath(new URL('dist/global/dynaecg.js', import.meta.url)),
    write: false,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false, // src is in the package
    format: 'iife',
    globalName: 'dynaecg',
    platform: 'neutral',
    target: 'es2020',
    banner: { js: '/* dynaecg, MIT licence */' },
    footer: { js: 'typeof module==="object"&&module?module.exports=dynaecg:globalThis.dynaecg=dynaecg;' },
  });
  const [map, code] = ['.map', '.js'].map((end) => outputFiles.find(({ path }) => path.endsWith(end))!.text);
  return { code, map };
}

/** The single file with its types and its map, in a folder whose .js is CommonJS: script tags ask for that name. */
async function globalFile(outdir: string): Promise<void> {
  const { code, map } = await bundle();
  const names = Object.keys(runInNewContext(`${code};dynaecg`));
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
  // Never run: it tells Node which names `import` may ask for.
  writeFileSync(join(outdir, 'dynaecg.js'), code.replace('\n//# ', `\n0&&(module.exports={${names}});\n//# `));
  writeFileSync(join(outdir, 'dynaecg.js.map'), map);
  const types = ["export * from '../cjs/main.js';", "export * as ecg from '../cjs/ecg/index.js';"];
  types.push("export * as kernels from '../cjs/internals.js';", 'export as namespace dynaecg;');
  writeFileSync(join(outdir, 'dynaecg.d.ts'), `${types.join('\n')}\n`);
}

/** Files of src that are made, and not in the package: what is compiled from them has no map. */
const MADE = ['trained/timing', 'trained/waveform', ...WASM.map((name) => `kernels/wasm/binary/${name}`)];

/** Takes the maps from what is compiled from files that are not in the package. */
function dropMaps(outdir: string): void {
  for (const name of MADE)
    for (const end of ['.js', '.d.ts']) {
      const file = join(outdir, name + end);
      rmSync(`${file}.map`);
      writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*/, ''));
    }
}

/**
 * The commands with all that they need: dynaecg.js and parts that it loads when they are asked for, the data that they read, and the
 * licences of all that is in them. The library is in them, too: Node takes three times as long to start on its 200 modules.
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
    tsconfig: 'tsconfig.json', // whose paths lead into src
    metafile: true,
    // commander is CommonJS, and requires parts of Node
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    legalComments: 'none', // LICENSES.txt has them whole
    logLevel: 'warning',
  });
  writeFileSync(join(outdir, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
  cpSync('examples/dynaecg/mitdb.sha256', join(outdir, 'mitdb.sha256'));
  mkdirSync(join(outdir, 'settings'));
  for (const file of readdirSync('examples/dynaecg/settings').filter((name) => name.endsWith('.json')))
    cpSync(join('examples/dynaecg/settings', file), join(outdir, 'settings', file));
}

/** What `dynaecg/onnx` imports beyond the package itself, in the place of the file that imports it, and its licence. */
export async function onnx(dist: string): Promise<void> {
  for (const format of ['esm', 'cjs'] as const) {
    const folder = join(dist, format, 'formats/onnx');
    const { metafile } = await build({
      entryPoints: ['src/formats/onnx/wire.ts'],
      outdir: folder,
      allowOverwrite: true,
      bundle: true,
      format,
      platform: 'neutral',
      target: 'es2022',
      metafile: true,
    });
    writeFileSync(join(folder, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
  }
}

function compile(...args: string[]): void {
  run('node_modules/typescript/bin/tsc', '-p', 'src/tsconfig.build.json', ...args);
}

function run(...args: string[]): void {
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  kernels();
  models();
  if (process.argv[2] === 'sources') process.exit();
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
  for (const outdir of ['dist/esm', 'dist/cjs']) dropMaps(outdir);
  await globalFile('dist/global');
  wasmFiles('dist/wasm');
  await commands('dist/commands');
  await onnx('dist');
}
