import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isBeat, syntheticRecord } from 'dynaecg/ecg';
import { loadRecord, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('examples/tools/detect');

test('the example prints a table, and errors in one line', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/commands.ts', 'detect', ...args]);
  try {
    for (const name of ['one', 'two']) saveRecord(dir, syntheticRecord({ seed: 1, name, duration: 20, noise: 0 }));
    const { stdout } = await run('--data', dir);
    const beats = ['one', 'two'].map(
      (name) => loadRecord(join(dir, name)).annotations.filter(({ label }) => isBeat(label)).length,
    );
    assert.match(stdout, new RegExp(`one +${beats[0]} +${beats[0]} +0 +0 +100.00 +100.00`));
    assert.match(stdout, new RegExp(`all +${beats[0] + beats[1]} +${beats[0] + beats[1]} +0 +0 +100.00 +100.00`));
  } finally {
    rmSync(dir, { recursive: true });
  }
  for (const args of [[], ['--data', dir], ['--dat', dir]]) {
    const failed = await run(...args).catch((error) => error);
    assert.is(failed.code, 1);
    assert.is(failed.stderr.trim().split('\n').length, 1, failed.stderr);
  }
});

test.run();
