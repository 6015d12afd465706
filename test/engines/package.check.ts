// The package as users get it: packed, installed in a fresh folder, imported, required and type-checked there.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('package');
const folder = mkdtempSync(join(tmpdir(), 'dynaecg-package-'));
const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, {
    ...{ cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, FORCE_COLOR: '0' },
  });

test.before(() => {
  execFileSync('npm', ['pack', '--pack-destination', folder], { stdio: 'ignore' });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run('npm', 'install', '--no-audit', '--no-fund', `./dynaecg-${version}.tgz`);
});

test.after(() => rmSync(folder, { recursive: true }));

const USE = `
const z = dynaecg.l2Normalize(dynaecg.tensor([[3, 4]]));
const back = nd.fromNdarray(nd.toNdarray(z).transpose(1, 0));
kernels.useKernels({ ...kernels.kernels('float32'), relu: kernels.jsKernels.abs });
const [replaced] = dynaecg.relu(dynaecg.tensor([-3])).data;
const { records } = ecg.syntheticRecords({ seed: 1, patients: 2, duration: 30 });
console.log([z.toArray()[0].map((v) => v.toFixed(1)), back.shape, records.length, replaced, typeof node.loadRecord].join(' '));
`;
const EXPECTED = '0.6,0.8 2,1 2 3 function\n';
const NAMES = {
  ...{ dynaecg: 'dynaecg', ecg: 'dynaecg/ecg', kernels: 'dynaecg/kernels' },
  ...{ nd: 'dynaecg/ndarray', node: 'dynaecg/node' },
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

test('the single file', () => {
  const code = `require('node:vm').runInThisContext(require('node:fs').readFileSync(require.resolve('dynaecg/global'), 'utf8'));
    const { ecg, kernels, tensor } = dynaecg;
    console.log([tensor([1, 2]).size, typeof ecg.extractBeats, typeof kernels.kernels('float32').gemm].join(' '));`;
  assert.is(run('node', '-e', code), '2 function function\n');
});

test('types, under import and require, without any other types installed', () => {
  const use = `
    const embedder: Embedder = new Embedder({ random: new Random(1), length: 64 });
    const shape: readonly number[] = embedder.embed(zeros([2, 64])).shape;
    const split: Split = intraPatientSplit(extractBeats([]), { random: new Random(1) });
    const gemm: Kernels['gemm'] = kernels('float32').gemm;
    export const all = [shape, split, gemm, toNdarray, loadRecord];`;
  const imports = `
    import { Embedder, Random, zeros } from 'dynaecg';
    import { extractBeats, intraPatientSplit, type Split } from 'dynaecg/ecg';
    import { type Kernels, kernels } from 'dynaecg/kernels';
    import { toNdarray } from 'dynaecg/ndarray';
    import { loadRecord } from 'dynaecg/node';`;
  writeFileSync(join(folder, 'types.mts'), imports + use);
  writeFileSync(join(folder, 'types.cts'), imports + use);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  symlinkSync(resolve('node_modules/typescript'), join(folder, 'bin/typescript'));
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', ''];
  assert.is(run('node', 'bin/typescript/bin/tsc', ...options, 'types.mts', 'types.cts'), '');
});

/** Programs of users, each with the least that the number it prints should be. */
const CONSUMERS = { fewShot: 0.9, supCon: 0.85, ownParts: 0.9, resume: 1, unequal: 0.9 };

for (const [name, least] of Object.entries(CONSUMERS))
  test(`a program in strict TypeScript compiles and runs: ${name}`, () => {
    copyFileSync(`test/engines/consumers/${name}.ts`, join(folder, `${name}.mts`));
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', '', '--outDir', 'out'];
    assert.is(run('node', 'bin/typescript/bin/tsc', ...options, `${name}.mts`), '');
    const printed = Number(run('node', `out/${name}.mjs`));
    assert.ok(printed >= least, `${name}: ${printed}`);
  });

test('nothing but the three dependencies comes along', () => {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'node_modules/dynaecg/package.json'), 'utf8'));
  assert.equal(Object.keys(dependencies).sort(), ['ndarray', 'ndarray-ops', 'seedrandom']);
});

test.run();
