import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunFolder } from '../../../examples/dynaecg/runFolder.ts';
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

test('a separator at the end of --out, locks of a killed process, a folder whose name is similar', () => {
  const out = at('similar');
  mkdirSync(`${out}.replaced`);
  writeFileSync(join(`${out}.replaced`, 'notes.txt'), 'mine');
  for (const text of ['first', 'second']) {
    const folder = RunFolder.begin(`${out}/`, false);
    assert.is(folder.path, `${out}.unfinished`);
    writeFileSync(join(folder.path, 'metrics.json'), text);
    folder.publish();
    assert.equal(readdirSync(out), ['metrics.json']);
    assert.is(readFileSync(join(out, 'metrics.json'), 'utf8'), text);
    for (const left of ['.lock', '.lock.0123', '.lock.breaking']) writeFileSync(join(out, left), '');
  }
  assert.not(existsSync(`${out}.unfinished`));
  assert.equal(readdirSync(`${out}.replaced`), ['notes.txt']);
});

test('what a killed process left half written is in no finished run, and keeps no other from its place', () => {
  const out = at('left');
  const left = ['metrics.json', 'report.html', 'csv/table1.csv', 'model-intra.safetensors', 'run.json'].map(
    (name) => `${name}.0123456789abcdef.tmp`,
  );
  for (const _ of ['first', 'second']) {
    const folder = RunFolder.begin(out, false);
    mkdirSync(join(folder.path, 'csv'));
    mkdirSync(join(folder.path, 'checkpoints-intra'));
    for (const name of [
      'metrics.json',
      'csv/table1.csv',
      'run.json',
      'checkpoints-intra/checkpoint-1.safetensors',
      ...left,
    ])
      writeFileSync(join(folder.path, name), '');
    folder.publish();
    assert.equal(readdirSync(out, { recursive: true }).sort(), ['csv', 'csv/table1.csv', 'metrics.json']);
    for (const name of left) writeFileSync(join(out, name), ''); // by a process that draws the report again
  }
});

test.run();
