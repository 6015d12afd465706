import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, records, TINY } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/runFolder');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

/** A tiny training on two short recordings, which takes a second or two. */
const FAST = [...TINY, '--protocol', 'intra', '--data', records(at('fast'), '100', '200')];

test('a run takes the place of an earlier one whole, which is said; files of somebody else are left alone', async () => {
  const args = [...FAST, '--out', at('place')];
  for (const seed of ['1', '2']) {
    const { code, stderr } = await cli([...args, '--seed', seed]);
    assert.is(code, 0, stderr);
    if (seed === '2') assert.match(stderr, /this run has taken the place of run [0-9a-f]{8}, begun 2/);
  }
  const { run, seed } = json('place', 'metrics.json');
  assert.is(seed, '2');
  assert.match(readFileSync(at('place', 'report.html'), 'utf8'), run.id);
  assert.is(loadModel(at('place', 'model-intra.safetensors')).about['run'], run.id);
  writeFileSync(at('place', 'notes.txt'), 'mine');
  const { code, stderr } = await cli(args);
  assert.is(code, 1);
  assert.match(
    stderr,
    `--out: expected a folder that holds nothing but an earlier run, got ${at('place')} with notes.txt`,
  );
  assert.is(readFileSync(at('place', 'notes.txt'), 'utf8'), 'mine');
});

test.run();
