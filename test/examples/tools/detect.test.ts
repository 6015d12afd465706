import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'dynaecg';
import { isBeat, syntheticRecord } from 'dynaecg/ecg';
import { loadRecord, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { command } from '../../support/bundledPrograms.ts';
import { assertFailsInOneLine } from '../../support/program.ts';

const test = suite('examples/tools/detect');

test('the example prints a table, and errors in one line', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const run = command('detect');
  try {
    for (const name of ['one', 'two']) saveRecord(dir, syntheticRecord({ seed: 1, name, duration: 20, noise: 0 }));
    const { stdout } = await run('--data', dir);
    const beats = ['one', 'two'].map(
      (name) => loadRecord(join(dir, name)).annotations.filter(({ label }) => isBeat(label)).length,
    );
    assert.match(stdout, new RegExp(`one +${beats[0]} +${beats[0]} +0 +0 +100.00 +100.00`));
    const all = new RegExp(`all +${beats[0] + beats[1]} +${beats[0] + beats[1]} +0 +0 +100.00 +100.00`);
    assert.match(stdout, all);
    const single = await run('--data', join(dir, 'one'));
    assert.match(single.stdout, new RegExp(`one +${beats[0]} +${beats[0]} +0 +0 +100.00 +100.00`));
    const samples = Array.from(loadRecord(join(dir, 'one')).leads[0].samples, (v, i) => `${i / 360},${v}`);
    writeFileSync(join(dir, 'one.csv'), ['time [s],ecg [mV]', ...samples].join('\n'));
    const table = await run('--data', join(dir, 'one.csv'));
    assert.is(table.stdout, `one.csv: ${beats[0]} beats in lead ecg, ${(3 * beats[0]).toFixed(1)} a minute\n`);
    assert.match(table.stderr, /^one\.csv: rate 360 Hz, from the times in time$/m);
    const random = new Random('white');
    const white = Array.from({ length: 60 * 360 }, (_, i) => `${i / 360},${random.normal(0, 0.1)}`);
    writeFileSync(join(dir, 'white.csv'), ['time [s],ecg [mV]', ...white].join('\n'));
    assert.match((await run('--data', join(dir, 'white.csv'))).stdout, /a minute; 60 s are noise\n$/);
    writeFileSync(join(dir, 'bad.hea'), 'bad one 360');
    writeFileSync(join(dir, 'gone.hea'), 'gone 1 360 10\ngone.dat 16\n');
    writeFileSync(join(dir, 'gone.atr'), Uint8Array.of(0, 0));
    const part = await run('--data', dir).catch((error) => error);
    assert.is(part.code, 1);
    assert.match(part.stdout, all);
    assert.match(
      part.stderr,
      /\n\n2 of 4 records failed\nbad +parseHeader: .*bad\.hea line 1: .*\ngone +readRecord: .*\n$/,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
  await assertFailsInOneLine(run, [[], ['--data', dir], ['--dat', dir]]);
});

test.run();
