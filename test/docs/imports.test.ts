// Imports run downward, as docs/architecture.md says: a folder imports from those above it in these lists, and no files import
// each other in a circle.
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('imports');

/** The folders and files of src, each of which imports from those before it alone. */
const SRC = [
  ...[
    'core',
    'kernels',
    'backend',
    'autograd',
    'ops',
    'nn',
    'optim',
    'data',
    'metric',
    'eval',
    'models',
    'train',
    'formats',
  ],
  ...['inference', 'ecg', 'trained', 'interop', 'node', 'browser', 'index.ts', 'main.ts', 'internals.ts', 'bundle.ts'],
];

/** The same for the folders within one. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'src/ecg': [
    'classes.ts',
    'signal',
    'resample.ts',
    'wfdb',
    'open',
    'qrs',
    'beats',
    'rhythm',
    'splits',
    'quality',
    'detectQrs.ts',
    'ec57',
    'summary',
    'synthetic',
    'annotate',
    'stream',
    'index.ts',
  ],
  'src/eval': [
    'summary.ts',
    'confusion.ts',
    'agreement.ts',
    'curves.ts',
    'multiclassArea.ts',
    'calibration',
    'intervals',
    'clusters',
    'neighbors',
    'components',
    'tsne',
  ],
};

/** What each wing of the examples imports besides itself; all import the library by its public names. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  page: ['shared'],
  report: ['shared', 'page'],
  dynaecg: ['shared', 'report'],
  study: ['shared', 'report', 'dynaecg'],
  model: ['shared', 'dynaecg'],
  tools: ['shared', 'page'],
  live: ['shared', 'page'],
  queue: ['shared'],
};

/** The files that each file imports, as paths from the root; names of packages are left out. */
const graph = new Map<string, string[]>();
for (const root of ['src', 'examples'])
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const file = posix.join(root, entry.replaceAll('\\', '/'));
    if (!file.endsWith('.ts') || /\.d\.ts$|\/assembly\/|\/node_modules\//.test(file)) continue;
    const text = readFileSync(file, 'utf8');
    const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm)];
    const paths = specifiers.map(([, still, late]) => still ?? late).filter((path) => path.startsWith('.'));
    graph.set(
      file,
      paths.map((path) => posix.join(posix.dirname(file), path)),
    );
  }

/** The entry of a list of layers that a file below `folder` is in. */
const layerOf = (folder: string, file: string): string => file.slice(folder.length + 1).split('/')[0];

/** Imports from a layer into one that does not come before it. */
function upward(folder: string, layers: readonly string[]): string[] {
  const inside = (file: string): boolean => file.startsWith(`${folder}/`);
  return [...graph]
    .filter(([file]) => inside(file))
    .flatMap(([file, paths]) => {
      const own = layers.indexOf(layerOf(folder, file));
      assert.ok(own >= 0, `${file} is in none of the layers ${layers.join(', ')}`);
      return paths
        .filter((path) => inside(path) && layers.indexOf(layerOf(folder, path)) > own)
        .map((path) => `${file} imports ${path}`);
    });
}

test('src: every folder imports from those above it', () => assert.equal(upward('src', SRC), []));

for (const [folder, layers] of Object.entries(WITHIN))
  test(`${folder}: every part imports from those above it`, () => assert.equal(upward(folder, layers), []));

test('examples: a wing imports the public surface, itself, and the wings that it may', () => {
  const wrong = [...graph]
    .filter(([file]) => file.startsWith('examples/'))
    .flatMap(([file, paths]) => {
      const [wing, ...rest] = file.slice('examples/'.length).split('/');
      const allowed = rest.length === 0 ? Object.keys(EXAMPLES) : [...EXAMPLES[wing], wing];
      return paths
        .filter((path) => path !== 'package.json' && !allowed.some((name) => path.startsWith(`examples/${name}/`)))
        .map((path) => `${file} imports ${path}`);
    });
  assert.equal(wrong, []);
});

test('no files import each other in a circle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.not(path.includes(file), `a circle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
});

test.run();
