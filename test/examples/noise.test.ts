// What `npm run noise` prints, and which periods and marks it goes by.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EcgRecord, syntheticRecord } from 'dynaecg/ecg';
import { saveModel, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inNoise, markedNoise, oneLead } from '../../examples/tools/noise/periods.ts';
import { ended } from '../support/program.ts';
import { makeRecord } from '../support/records.ts';
import { trained } from '../support/trained.ts';

const test = suite('noise');

test('noisy periods are those of addNoise', () => {
  const found = [299.9, 300, 419.9, 420, 539.9, 540, 659.9, 660].map((s) => inNoise(s * 360, 360));
  assert.equal(found, [false, true, true, false, false, true, true, false]);
});

test('noise that the annotations mark in the lead that is read', () => {
  const x = new Float32Array(100);
  const marks = (...list: [sample: number, subtype: number][]): EcgRecord => ({
    ...makeRecord('a', { V5: x, MLII: x }, []),
    annotations: list.map(([sample, subtype]) => ({ sample, label: '~', subtype, channel: 0, num: 0, aux: '' })),
  });
  const record = marks([10, 2], [20, 1], [30, -1], [40, 0]);
  assert.is(oneLead(record).leads[0].name, 'MLII');
  const windows = [
    [0, 10],
    [0, 11],
    [15, 20],
    [20, 30],
    [22, 28],
    [25, 35],
    [32, 38],
    [35, 50],
    [40, 50],
  ];
  assert.equal(
    windows.map(([start, end]) => markedNoise(record, start, end)),
    [false, true, true, false, false, true, true, true, false],
  );
});

test('the command prints a ladder, and with a model its classes; --fit prints weights', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const run = async (...args: string[]) => {
    const words = ['--import', 'tsx', 'examples/tools/noise/main.ts', '--data', dir, '--record', 'r', ...args];
    return ended(spawn(process.execPath, words));
  };
  try {
    const record = syntheticRecord({ seed: 1, name: 'r', duration: 425, noise: 0.1 });
    saveRecord(dir, record);
    const detected = await run('--kind', 'muscle', '--snr', '24', '-20', '--quiet');
    assert.equal([detected.code, detected.stderr], [0, '']);
    assert.match(detected.stdout, /all records +43 +0 +0.0 +0 +0 +- *\n/);
    assert.match(detected.stdout, /\nmuscle 24 dB +0.0 +0.0 +\d+.\d\d +\d+.\d\d +100.0 +\d+.\d\d +\d+.\d\d *\n/);
    assert.match(detected.stdout, /\nmuscle -20 dB +100.0 +\d.\d +\d+.\d\d +\d+.\d\d +0.0 +- +- *\n/);

    saveModel(join(dir, 'model'), trained());
    const classified = await run('--kind', 'wander', '--snr', '24', '--model', join(dir, 'model'), '--quiet');
    assert.equal([classified.code, classified.stderr], [0, '']);
    const [, beats] = /\nwander 24 dB +0.0 +0.0 +(.*)\n/.exec(classified.stdout)!;
    assert.is(beats.trim().split(/ +/).length, 5 + 1 + 5);
    assert.ok(
      beats
        .trim()
        .split(/ +/)
        .every((cell) => /^(\d+\.\d+|-)$/.test(cell)),
      beats,
    );

    const fitted = await run('--fit', '--quiet');
    assert.equal([fitted.code, fitted.stderr], [0, '']);
    assert.match(fitted.stdout, /^\{ bSQI: \S+, kSQI: \S+, basSQI: \S+, tSQI: \S+, b: \S+ \}\n43 clean windows; /);

    const wrong = await run('--snr', 'much');
    assert.equal([wrong.code, wrong.stderr], [1, '--snr: expected numbers of dB, got much\n']);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.run();
