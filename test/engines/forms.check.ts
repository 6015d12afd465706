// The forms of the package: the single file, bundles and their sizes, old and new ways to resolve its entries, React Native.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { type RollupLog, rollup } from 'rollup';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundled, ROWS } from '../../bench/size.ts';
import { folder, installed, pack, run, tarball } from '../support/packed.ts';
import { lowered } from './programs/hermes.ts';
import { installed as engineFile } from './programs/install.ts';

const test = suite('forms');
test.before(pack);

interface Manifest {
  exports: Record<string, string | Record<string, unknown>>;
  scripts: Record<string, string>;
  [field: string]: unknown;
}
const manifest = (): Manifest => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
/** The entries that code imports. */
const entries = (): string[] =>
  Object.keys(manifest().exports)
    .filter((path) => !/\.(wasm|json)$/.test(path))
    .map((path) => path.replace(/^\./, 'dynaecg'));

// ---- the single file

const USE = `[d.tensor([1, 2]).size, typeof d.ecg.extractBeats, typeof d.kernels.kernels('float32').gemm, d.backend().name].join(' ')`;
const USED = '2 function function wasm';

test('the single file loads by a script tag, which sets the global', () => {
  const context = createContext({});
  runInContext(readFileSync(join(installed, 'dist/global/dynaecg.js'), 'utf8'), context);
  assert.is(runInContext(`((d) => ${USE})(globalThis.dynaecg)`, context), USED);
});

test('the single file loads by require, by import with names, and as a module of a page', () => {
  const print = `console.log(${USE})`;
  assert.is(run('node', '-e', `const d = require('dynaecg/global'); ${print}`), `${USED}\n`);
  const module = (code: string): string => run('node', '--input-type=module', '-e', code);
  assert.is(module(`import d from 'dynaecg/global'; ${print}`), `${USED}\n`);
  assert.is(module(`import * as d from 'dynaecg/global'; ${print}`), `${USED}\n`);
  assert.is(module(`import { tensor } from 'dynaecg/global'; console.log(tensor([1]).size)`), '1\n');
  writeFileSync(join(folder, 'page.mjs'), readFileSync(join(installed, 'dist/global/dynaecg.js')));
  assert.is(module(`import './page.mjs'; const d = globalThis.dynaecg; ${print}`), `${USED}\n`);
});

test('the single file is minified and has a source map that leads to src', () => {
  const text = readFileSync(join(installed, 'dist/global/dynaecg.js'), 'utf8');
  assert.ok(text.split('\n').length < 20);
  assert.match(text, /\n\/\/# sourceMappingURL=dynaecg\.js\.map\n$/);
  assertSources(join(installed, 'dist/global/dynaecg.js.map'));
});

// Made by build.ts, and left out of the package: 1.3 MB of base64 that dist has, too.
const LEFT_OUT = /src\/(trained\/(timing|waveform)|kernels\/wasm\/binary\/\w+)\.ts$|node_modules/;

/** Fails unless what a map leads to is in the package. */
function assertSources(map: string): void {
  const { sources, sourceRoot = '' } = JSON.parse(readFileSync(map, 'utf8'));
  assert.ok(sources.length > 0, map);
  for (const source of sources) {
    const file = resolve(map, '..', sourceRoot, source);
    assert.ok(LEFT_OUT.test(file) || existsSync(file), `${map}: ${source}`);
  }
}

test('every file of dist has a map, and every map leads to a file of src that is there', () => {
  for (const format of ['esm', 'cjs']) {
    const root = join(installed, 'dist', format);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const maps = files.filter((file) => file.endsWith('.map'));
    assert.ok(maps.some((file) => file.endsWith('.d.ts.map')) && maps.length > 300, `${maps.length}`);
    for (const map of maps) assertSources(join(root, map));
  }
});

// ---- installing

test('the package runs nothing when it is installed', () => {
  for (const name of ['preinstall', 'install', 'postinstall']) assert.not(name in manifest().scripts, name);
});

/** A folder with prepare.mjs and ready.mjs, and what is in it besides. */
function withScripts(files: Readonly<Record<string, string>>, use: (cwd: string) => void, tsx = false): void {
  const cwd = mkdtempSync(join(tmpdir(), 'dynaecg-scripts-'));
  try {
    execFileSync('mkdir', ['-p', join(cwd, 'node_modules'), join(cwd, 'src/kernels/wasm/binary')]);
    if (tsx) symlinkSync(resolve('node_modules/tsx'), join(cwd, 'node_modules/tsx'));
    for (const name of ['prepare.mjs', 'ready.mjs']) writeFileSync(join(cwd, name), readFileSync(name));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    use(cwd);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

test('npm ci without development dependencies succeeds, and says that nothing was built', () =>
  withScripts({}, (cwd) => {
    const { status, stdout, stderr } = spawnSync('node', ['prepare.mjs'], { cwd, encoding: 'utf8' });
    assert.equal([status, stderr], [0, '']);
    assert.match(stdout, /^dynaecg: nothing was built, .* run npm ci without --omit=dev\n$/);
  }));

test('npm ci and an install from git build everything; later ones, which find dist, the sources', () =>
  withScripts(
    { 'build.ts': 'console.log(JSON.stringify(process.argv.slice(2)));\n' },
    (cwd) => {
      const prepared = (): string => execFileSync('node', ['prepare.mjs'], { cwd, encoding: 'utf8' });
      assert.is(prepared(), '[]\n');
      execFileSync('mkdir', ['dist'], { cwd });
      assert.is(prepared(), '["sources"]\n');
    },
    true,
  ));

test('a command that lacks what prepare makes says so in one line', () => {
  const start = (cwd: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync('node', ['--import', './ready.mjs', '-e', 'console.log("started")'], { cwd, encoding: 'utf8' });
  withScripts({}, (cwd) => {
    const { status, stdout, stderr } = start(cwd);
    assert.equal([status, stdout], [1, '']);
    assert.match(stderr, /^dynaecg: expected node_modules\/tsx, which npm ci makes, .*: run npm ci\n$/);
  });
  withScripts(
    {},
    (cwd) => {
      assert.match(start(cwd).stderr, /^dynaecg: expected src\/kernels\/wasm\/binary\/plain\.ts, .*\n$/);
      execFileSync('mkdir', ['-p', 'src/trained'], { cwd });
      for (const file of ['src/kernels/wasm/binary/plain.ts', 'src/trained/timing.ts'])
        writeFileSync(join(cwd, file), '');
      assert.is(start(cwd).stdout, 'started\n');
    },
    true,
  );
});

// ---- resolving

test('publint finds nothing', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true });
  const { messages: texts, pkg } = { messages, pkg: manifest() };
  assert.equal(
    texts.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('arethetypeswrong finds nothing', () => {
  const cli = createRequire(import.meta.url)
    .resolve('@arethetypeswrong/cli/package.json')
    .replace('package.json', 'dist/index.js');
  const files = Object.keys(manifest().exports).filter((path) => path.endsWith('.wasm')); // which have no types
  const { status, stdout } = spawnSync('node', [cli, tarball, '--exclude-entrypoints', ...files], { encoding: 'utf8' });
  assert.is(status, 0, stdout);
});

test('every entry has types in TypeScript 5.0, also for moduleResolution node', () => {
  const code = entries().map((entry, i) => `import * as e${i} from '${entry}';\nexport const _${i}: object = e${i};`);
  const project = join(folder, 'typescript-5.0'); // apart, since tsc reads a tsconfig.json wherever it is started
  mkdirSync(project);
  writeFileSync(join(project, 'every.ts'), `${code.join('\n')}\n`);
  for (const [module, moduleResolution] of [
    ['esnext', 'node'],
    ['esnext', 'bundler'],
    ['nodenext', 'nodenext'],
  ]) {
    const types = { types: ['node'], typeRoots: [resolve('node_modules/@types')] }; // which dynaecg/node needs
    const compilerOptions = { module, moduleResolution, strict: true, noEmit: true, target: 'es2022', ...types };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['every.ts'] }));
    assert.is(run('node', resolve('node_modules/typescript-5.0/bin/tsc'), '-p', project), '', moduleResolution);
  }
});

test('the modules are files that code can ask for', () => {
  const find = createRequire(join(folder, 'x.js'));
  for (const name of ['plain', 'relaxed', 'inference']) {
    const bytes = readFileSync(find.resolve(`dynaecg/${name}.wasm`));
    assert.is(bytes.subarray(0, 4).toString('latin1'), '\0asm');
  }
  const code = `
    const { Module } = WebAssembly;
    const module = (name) => new Module(require('node:fs').readFileSync(require.resolve('dynaecg/' + name + '.wasm')));
    const { setBackend } = require('dynaecg');
    const small = require('dynaecg/inference');
    console.log(setBackend('wasm', { module: module('plain') }).name, small.setBackend('wasm', { module: module('inference') }).name);`;
  assert.is(run('node', '-e', code), 'wasm wasm\n');
});

// ---- bundles

for (const [name, { code, limit }] of Object.entries(ROWS))
  test(`size: ${name}, at most ${limit} kB`, async () => {
    const { gzipped } = await bundled(code, folder);
    assert.ok(gzipped <= limit, `${gzipped.toFixed(2)} kB`);
    assert.ok(gzipped > limit * 0.8, `${gzipped.toFixed(2)} kB: lower the limit in bench/size.ts`);
  });

/** What an entry is under `import`. */
const fileOf = (entry: string): string => {
  const { import: own } = manifest().exports[entry.replace('dynaecg', '.')] as { import?: { default: string } };
  return join(installed, own?.default ?? '');
};

test('rollup bundles every entry without a warning', async () => {
  for (const entry of entries().filter((name) => name !== 'dynaecg/global')) {
    const warnings: RollupLog[] = [];
    const plugins = [{ name: 'tree', resolveId: (id: string) => (id === entry ? fileOf(id) : null) }];
    const external = (id: string): boolean => !/^[./]|^dynaecg/.test(id);
    const { generate, close } = await rollup({ input: entry, plugins, external, onwarn: (log) => warnings.push(log) });
    await generate({ format: 'es' });
    await close();
    assert.equal(
      warnings.map(({ message }) => message),
      [],
      entry,
    );
  }
});

/** A script as Metro makes one for React Native: its conditions and fields, and no module of Node's or a browser's. */
async function reactNative(code: string, conditions = ['react-native', 'import']): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    write: false,
    bundle: true,
    format: 'iife',
    globalName: 'app',
    platform: 'neutral',
    mainFields: ['react-native', 'browser', 'main'],
    conditions,
    target: 'es2020',
  });
  return outputFiles[0].text;
}

const WASM_IN_BASE64 = 'AGFzb';

test('React Native gets every entry without WebAssembly, and it runs there', async () => {
  const code = `
    import { backend, Random, Tensor } from 'dynaecg';
    import { annotateRecord, syntheticRecords } from 'dynaecg/ecg';
    import { decodeModel } from 'dynaecg/inference';
    import { waveformModel } from 'dynaecg/model';
    const { records } = syntheticRecords({ seed: 1, patients: 2, duration: 20 });
    const { beats } = annotateRecord(waveformModel(), records[0]);
    export const found = [beats.length > 10, typeof decodeModel, backend().name, backend().reason].join('; ');`;
  const reason = 'wasm: expected an import of an entry with WebAssembly, got one without it';
  for (const kind of ['import', 'require']) {
    const script = await reactNative(code, ['react-native', kind]);
    assert.not(script.includes(WASM_IN_BASE64));
    const context = createContext({ console }, { codeGeneration: { strings: false, wasm: false } });
    runInContext('delete globalThis.WebAssembly', context);
    assert.is(runInContext(`${script};app.found`, context), `true; function; js; ${reason}`);
  }
  const whole = await reactNative(code, ['import']);
  assert.ok(whole.includes(WASM_IN_BASE64), 'the test finds WebAssembly where it is');
  const main = manifest()['react-native'] as string; // of Metro before it read exports
  const old = await reactNative(`export { backend } from '${join(installed, main)}';`);
  assert.not(old.includes(WASM_IN_BASE64));
});

test('Hermes 0.12 runs what React Native gets, lowered by Babel', async () => {
  const hermes = engineFile('hermes-engine-cli/linux64-bin/hermes');
  if (!hermes || !engineFile('@babel/preset-env/lib/index.js'))
    return console.log('forms: Hermes is skipped, which npm run test:engines -- --install brings');
  const code = `
    import { backend, Embedder, encodeModel, Random, zeros } from 'dynaecg';
    import { decodeModel } from 'dynaecg/inference';
    const embedder = new Embedder({ length: 16, channels: [2, 3], hidden: 3, features: 4, embedding: 4, random: new Random(1) });
    const { data } = embedder.embed(zeros([1, 16]));
    const same = decodeModel(encodeModel({ networks: [{ embedder, classifier: null }], about: {} })).embed(new Float32Array(16));
    print(backend().name, data.every((v, i) => v === same.data[i]));`;
  const file = join(folder, 'hermes.js');
  writeFileSync(file, await lowered(await reactNative(code)));
  assert.is(execFileSync(hermes, ['-O', '-w', file], { encoding: 'utf8' }), 'js true\n');
});

test.run();
