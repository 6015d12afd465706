// The package as users get it: packed, installed in a fresh folder, imported, required and type-checked there.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folder, pack, run } from '../support/packed.ts';

const test = suite('package');
test.before(pack);

const USE = `
const z = dynaecg.l2Normalize(dynaecg.tensor([[3, 4]]));
const back = nd.fromNdarray(nd.toNdarray(z).transpose(1, 0));
kernels.useKernels({ ...kernels.kernels('float32'), relu: kernels.jsKernels.abs });
const [replaced] = dynaecg.relu(dynaecg.tensor([-3])).data;
const { records } = ecg.syntheticRecords({ seed: 1, patients: 2, duration: 30 });
const file = onnx.encodeOnnx(new dynaecg.Linear(2, 3, { random: new dynaecg.Random(1) }), { shape: ['batch', 2] });
console.log([z.toArray()[0].map((v) => v.toFixed(1)), back.shape, records.length, replaced, typeof node.loadRecord, ...model.beatModel().about.classes, file[0]].join(' '));
`;
const EXPECTED = '0.6,0.8 2,1 2 3 function N S V 8\n';
const NAMES = {
  ...{ dynaecg: 'dynaecg', ecg: 'dynaecg/ecg', kernels: 'dynaecg/kernels' },
  ...{ nd: 'dynaecg/ndarray', node: 'dynaecg/node', model: 'dynaecg/model', onnx: 'dynaecg/onnx' },
};

test('import', () => {
  const imports = Object.entries(NAMES).map(([name, path]) => `import * as ${name} from '${path}';\n`);
  writeFileSync(join(folder, 'use.mjs'), imports.join('') + USE);
  assert.is(run('node', 'use.mjs'), EXPECTED);
});

test('require', () => {
  const requires = Object.entries(NAMES).map(([name, path]) => `const ${name} = require('${path}');\n`);
  writeFileSync(join(folder, 'use.cjs'), requires.join('') + USE);
  assert.is(run('node', 'use.cjs'), EXPECTED);
});

test('types, under import and require, of all but dynaecg/node without any other types installed', () => {
  const use = `
    const embedder: Embedder = new Embedder({ random: new Random(1), length: 64 });
    const shape: readonly number[] = embedder.embed(zeros([2, 64])).shape;
    const split: Split = intraPatientSplit(extractBeats([]), { random: new Random(1) });
    const gemm: Kernels['gemm'] = kernels('float32').gemm;
    const file: Uint8Array = encodeOnnx(embedder, { shape: ['batch', 1, 64] });
    export const all = [shape, split, gemm, toNdarray, file];`;
  const imports = `
    import { Embedder, Random, zeros } from 'dynaecg';
    import { extractBeats, intraPatientSplit, type Split } from 'dynaecg/ecg';
    import { type Kernels, kernels } from 'dynaecg/kernels';
    import { toNdarray } from 'dynaecg/ndarray';
    import { encodeOnnx } from 'dynaecg/onnx';`;
  writeFileSync(join(folder, 'types.mts'), imports + use);
  writeFileSync(join(folder, 'types.cts'), imports + use);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  symlinkSync(resolve('node_modules/typescript'), join(folder, 'bin/typescript'));
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', ''];
  assert.is(run('node', 'bin/typescript/bin/tsc', ...options, 'types.mts', 'types.cts'), '');
});

/** Runs a command as a user does, and returns what it printed and ended with. */
function dynaecg(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { npm_lifecycle_event: _, ...env } = process.env;
  return spawnSync('npx', ['--no-install', 'dynaecg', ...args], { cwd: folder, encoding: 'utf8', env });
}
const COMMANDS = ['train', 'annotate', 'compare', 'detect', 'variability', 'report'];

test('npx dynaecg: help of each command, the version, an unknown one', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.is(dynaecg('--version').stdout, `dynaecg ${version}\n`);
  const { stdout: all } = dynaecg('--help');
  for (const command of COMMANDS) {
    assert.match(all, new RegExp(`^  ${command} `, 'm'));
    const { status, stdout, stderr } = dynaecg(command, '--help');
    assert.equal([status, stderr], [0, '']);
    assert.ok(stdout.startsWith(`Usage: dynaecg ${command} `), stdout);
    assert.not.match(stdout, 'npm ');
  }
  const { status, stdout, stderr } = dynaecg('anotate');
  const expected = 'dynaecg: expected train, annotate, compare, detect, variability or report (did you mean annotate?)';
  assert.equal([status, stdout, stderr], [1, '', `${expected}, got anotate\n`]);
  assert.is(
    dynaecg('train', '--sed', '1').stderr,
    'dynaecg train: expected one of the options that --help lists (did you mean --seed?), got --sed\n',
  );
});

test('npx dynaecg: train, report, annotate, compare, detect, variability', () => {
  const done = (...args: string[]): string => {
    const { status, stdout, stderr } = dynaecg(...args);
    assert.equal([status, stderr], [0, ''], `${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  done('train', '--iterations', '2', '--steps', '4', '--quiet');
  const out = join(folder, 'runs/dynaecg');
  const files = ['csv', 'metrics.json', 'model-inter.safetensors', 'model-intra.safetensors', 'report.html'];
  assert.equal(readdirSync(out).sort(), files);
  const { run: facts } = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'));
  assert.is(facts.command, 'dynaecg train --iterations 2 --steps 4 --quiet');
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  rmSync(join(out, 'report.html'));
  assert.match(done('report', 'runs/dynaecg'), 'report.html');
  assert.is(readFileSync(join(out, 'report.html'), 'utf8'), page);

  const made = `import { saveRecord } from 'dynaecg/node';
    import { syntheticRecord } from 'dynaecg/ecg';
    saveRecord('records', syntheticRecord({ seed: 1, name: 'made', duration: 30, noise: 0 }));`;
  run('node', '--input-type=module', '-e', made);
  const model = 'runs/dynaecg/model-intra.safetensors';
  const annotated = done('annotate', '--model', model, '--record', 'records/made', '--quiet', '--start', '0');
  assert.match(annotated, /^made: \d+ beats in lead MLII at 360 Hz$/m);
  const compared = done('compare', '--record', 'records/made', '--test', 'dyn', '--dir', '.', '--start', '0');
  assert.match(compared, /^ *QRS sensitivity: +\d+\.\d+% /m);
  assert.ok(
    annotated.includes(compared.slice(compared.indexOf('\n\n') + 2).trim()),
    'the comparison that annotate prints',
  );
  assert.match(done('detect', '--data', 'records', '--quiet'), /^made +(\d+) +\1 +0 +0 +100\.00 +100\.00$/m);
  assert.match(done('variability', '--data', 'records'), /^made +\d+ /m);
  const { status, stderr } = dynaecg('annotate', '--model', 'none', '--record', 'records/made');
  assert.is(status, 1);
  assert.match(stderr, /^loadModel: expected a model in none, got: ENOENT.*\n$/);
});

test('the settings that come with it can all be read, and the checksums of MIT-BIH are there', () => {
  const commands = join(folder, 'node_modules/dynaecg/dist/commands');
  const names = readdirSync(join(commands, 'settings')).map((file) => file.slice(0, -'.json'.length));
  assert.ok(['paper', 'synthetic', 'triplet', 'inter-triplet'].every((name) => names.includes(name)));
  for (const name of names) {
    const { from } = JSON.parse(readFileSync(join(commands, 'settings', `${name}.json`), 'utf8'));
    assert.ok(from === undefined || names.includes(from), `${name} is from ${from}`);
  }
  assert.is(readFileSync(join(commands, 'mitdb.sha256'), 'utf8').trim().split('\n').length, 144);
});

/** What a module imports, by itself or by what it imports of its own package. */
function importedBy(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name] of text.matchAll(
    /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)["']((?:\.\.?\/|[@\w])[\w@/.:-]*)["']/g,
  ))
    if (!name.startsWith('.')) found.add(name);
    else for (const inner of importedBy(join(file, '..', name), seen)) found.add(inner);
  return found;
}

test('the library imports its three dependencies alone, and commands Node alone', () => {
  const dist = join(folder, 'node_modules/dynaecg/dist');
  for (const path of ['index.js', 'ecg/index.js', 'formats/onnx/index.js'])
    for (const entry of [`esm/${path}`, `cjs/${path}`])
      assert.equal([...importedBy(join(dist, entry))], ['seedrandom/lib/alea.js'], entry);
  const nd = [...importedBy(join(dist, 'esm/interop/ndarray.js'))].sort();
  assert.equal(nd, ['ndarray', 'ndarray-ops']);
  const imported = importedBy(join(dist, 'commands/dynaecg.js'));
  assert.equal(
    [...imported].filter((name) => !name.startsWith('node:') && !isBuiltin(name)),
    [],
  );
});

test('what is bundled has its licences', () => {
  const dist = join(folder, 'node_modules/dynaecg/dist');
  for (const format of ['esm', 'cjs'])
    assert.match(
      readFileSync(join(dist, format, 'formats/onnx/LICENSES.txt'), 'utf8'),
      /^pbf [\d.]+\n[\s\S]*Redistribution/,
    );
  const text = readFileSync(join(dist, 'commands/LICENSES.txt'), 'utf8');
  const parts = text.split(`\n${'-'.repeat(80)}\n\n`);
  const names = parts.map((part) => part.split('\n')[0].replace(/ [\d.]+$/, ''));
  for (const name of ['commander', '@observablehq/plot', 'linkedom', 'd3-scale']) assert.ok(names.includes(name), name);
  for (const part of parts) assert.ok(part.length > 500 && /copyright|permission/i.test(part), part.slice(0, 80));
});

/** Programs of users, each with the least that the number it prints should be. */
const CONSUMERS = { fewShot: 0.9, supCon: 0.85, ownParts: 0.9, resume: 1, unequal: 0.9 };

for (const [name, least] of Object.entries(CONSUMERS))
  test(`a program in strict TypeScript compiles and runs: ${name}`, () => {
    copyFileSync(`test/engines/consumers/${name}.ts`, join(folder, `${name}.mts`));
    const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]; // which dynaecg/node needs
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', ...types, '--outDir', 'out'];
    assert.is(run('node', 'bin/typescript/bin/tsc', ...options, `${name}.mts`), '');
    const printed = Number(run('node', `out/${name}.mjs`));
    assert.ok(printed >= least, `${name}: ${printed}`);
  });

test('nothing but the three dependencies comes along', () => {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'node_modules/dynaecg/package.json'), 'utf8'));
  assert.equal(Object.keys(dependencies).sort(), ['ndarray', 'ndarray-ops', 'seedrandom']);
});

test.run();
