import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectQrs, heartRateVariability, syntheticRecord } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { command } from '../../support/bundledPrograms.ts';
import { assertFailsInOneLine } from '../../support/program.ts';

const test = suite('examples/tools/variability');

test('the example prints a line a record, and errors in one line', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const run = command('variability');
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
    const samples = Array.from(made[0].leads[0].samples, (v) => v);
    writeFileSync(join(dir, 'strap.csv'), samples.join('\n'));
    const table = await run('--data', join(dir, 'strap.csv'), '--rate', '360', '--unit', 'mV');
    const peaks = Array.from(detectQrs(Float32Array.from(samples), 360));
    const found = peaks.map((sample) => ({ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }));
    const own = heartRateVariability(found, { samplingFrequency: 360 });
    assert.match(table.stdout, new RegExp(`^strap +${own.counts.rr} +100.00 +${own.heartRate!.toFixed(1)} `, 'm'));
    assert.is(table.stderr, 'strap.csv: no beats are annotated; those of the detector in ECG are taken as normal\n');
    writeFileSync(join(dir, 'two.atr'), Uint8Array.of());
    const part = await run('--data', dir).catch((error) => error);
    assert.is(part.code, 1);
    assert.match(part.stdout, /^one .*\nthree /m);
    assert.match(part.stderr, /\n\n1 of 3 records failed\ntwo {2}readAnnotations: .*two\.atr byte 0: .*\n$/);
  } finally {
    rmSync(dir, { recursive: true });
  }
  await assertFailsInOneLine(run, [[], ['--data', dir], ['--dat', dir]]);
});

test.run();
