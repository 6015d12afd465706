// What users get besides our own code: free of known holes, as far as the registry can be asked, and under licences that
// ask for nothing but their text.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('dependencies');

const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** Of an SPDX expression: one side of an OR is enough, both of an AND are needed. */
function isPermissive(licence: string): boolean {
  const bare = licence.replace(/[()]/g, '');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isPermissive);
  return bare.split(' AND ').every((name) => PERMISSIVE.includes(name));
}

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
}
const locked: [string, Locked][] = Object.entries(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages);
const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

/** The licence that a package itself names. */
function licenceOf(path: string, { license }: Locked): string {
  const file = `${path}/package.json`;
  const own = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).license : undefined;
  return typeof own === 'string' ? own : (license ?? 'none');
}

const BUNDLED = ['dist/commands/LICENSES.txt', 'dist/esm/formats/onnx/LICENSES.txt'];

/** `name version` of each package whose code is in the build: the line above each licence. */
function bundled(file: string): string[] {
  const texts = readFileSync(file, 'utf8').split(/^-{80}$/m);
  return texts.map((text) => text.trim().split('\n')[0]);
}

test('expressions', () => {
  for (const licence of ['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC']) assert.ok(isPermissive(licence), licence);
  for (const licence of ['GPL-3.0', 'none', 'MIT AND GPL-3.0', '']) assert.not.ok(isPermissive(licence), licence);
});

test('what is installed along with the package', () => {
  const runtime = locked.filter(([path, { dev }]) => path !== '' && !dev);
  assert.ok(runtime.length >= 3);
  for (const [path, entry] of runtime)
    assert.ok(isPermissive(licenceOf(path, entry)), `${path}: ${licenceOf(path, entry)}`);
});

for (const file of BUNDLED.filter(existsSync))
  test(`what is bundled, after ${file}`, () => {
    for (const line of bundled(file)) {
      const found = locked.find(([path, { version }]) => `${nameOf(path)} ${version}` === line);
      assert.ok(found, `${file}: expected the name and version of a locked package, got ${JSON.stringify(line)}`);
      assert.ok(isPermissive(licenceOf(...found)), `${line}: ${licenceOf(...found)}`);
    }
  });

test('no known vulnerability', () => {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
  let found: { total: number } | undefined;
  try {
    found = JSON.parse(stdout).metadata?.vulnerabilities;
  } catch {}
  if (found) assert.is(found.total, 0, stdout);
  else console.log('npm audit could not be run: the registry did not answer');
});

test.run();
