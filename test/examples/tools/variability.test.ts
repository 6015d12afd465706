import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { heartRateVariability, syntheticRecord } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('examples/tools/variability');

test('the example prints a line a record, and errors in one line', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/commands.ts', 'variability', ...args]);
  try {
    const made = ['one', 'two'].map((name) => syntheticRecord({ seed: 1, name, duration: 30 }));
    for (const record of made) saveRecord(dir, record);
    saveRecord(dir, { ...made[0], name: 'three', annotations: [] });
    const { stdout } = await run('--data', dir);
    for (const { name, annotations, samplingFrequency } of made) {
      const { counts, heartRate, sdnn } = heartRateVariability(annotations, { samplingFrequency });
      const shown = [counts.rr, (100 * counts.share!).toFixed(2), heartRate!.toFixed(1), sdnn!.toFixed(1)];
      assert.match(stdout, new RegExp(`^${name} +${shown.join(' +')} `, 'm'));
    }
    assert.match(stdout, /^three +0( +-){10}$/m);
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
