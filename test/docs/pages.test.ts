// The code of the documents runs, and prints what stands below it.
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syntheticRecords } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXAMPLES } from '../support/open/examples.ts';
import { type Block, blocksOf, run } from '../support/pages.ts';

const test = suite('docs/pages');

function assertPrints(blocks: readonly Block[]): void {
  assert.ok(blocks.length > 0);
  for (const [i, printed] of run(blocks).entries()) assert.is(printed, blocks[i].printed, blocks[i].code);
}

const parts = readdirSync('docs/parts').flatMap((file) => (file.endsWith('.md') ? [`docs/parts/${file}`] : []));
for (const page of ['README.md', 'docs/guide.md', ...parts])
  test(`${page} is a program`, () => assertPrints(blocksOf(page)));

test('on js the README prints the like, with numbers of its own', () => {
  const shape = (text: string): string => text.replace(/\d+\.\d+/g, 'number');
  const [block] = blocksOf('README.md');
  const [onJs] = run([block], "import { setBackend } from 'dynaecg';\nsetBackend('js');\n");
  assert.is(shape(onJs), shape(block.printed));
});

/** What blocks are about that are programs of their own: names that they use, and files that they read. */
const ABOUT: Record<string, string> = {
  'docs/commands.md': '',
  'docs/engines.md': '',
  'docs/model.md': '',
  'docs/recordings.md':
    'const samples = Array.from({ length: 1300 }, (_, t) => 1000 * Math.exp((((t % 130) - 60) ** 2) / -8));',
  'docs/streaming.md': 'const packets = [new Float32Array(500)];',
  'docs/pytorch.md': `
    import { AttentionPool, LSTM, Random, zeros } from 'dynaecg';
    const random = new Random(0);
    const [x, lengths] = [zeros([5, 2, 3]), [5, 2]];
    const [lstm, pool] = [new LSTM(3, 4, { random }), new AttentionPool(4, { random })];`,
};

function makeFiles(folder: string): void {
  const { records } = syntheticRecords({ seed: 1, patients: 2, duration: 20 });
  for (const path of ['100', 'mitdb/100', 'mimic4wdb/81739927'])
    saveRecord(join(folder, dirname(path)), { ...records[0], name: basename(path) });
  copyFileSync('models/timing.safetensors', join(folder, 'model-inter.safetensors'));
  writeFileSync(join(folder, 'night.edf'), EXAMPLES.EDF.files['example.edf']);
}

// Blocks with files and imports of their own, such as those of docs/pytorch.md about Python, are tested by test/docs/engines.test.ts.
for (const [page, before] of Object.entries(ABOUT))
  for (const [i, block] of blocksOf(page)
    .filter(({ code }) => !code.includes('writeFileSync') && !code.includes('readFileSync'))
    .entries())
    test(`${page}, block ${i + 1}, runs`, () => assert.not.throws(() => run([block], before, makeFiles)));

test.run();
