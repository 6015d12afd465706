import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Configuration, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { fingerprint } from '../../../examples/study/fingerprint.ts';
import { configured } from '../../support/configurations.ts';

const test = suite('examples/study/fingerprint');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

test('a fingerprint is of the settings: not of their name, their order, or of defaults that are written out', () => {
  const plain = configured({});
  const names = ['a.json', 'b.json'].map((name) => {
    writeFileSync(at(name), '{ "hidden": 32, "protocol": "inter" }');
    return fingerprint(readConfiguration(at(name)));
  });
  assert.is(names[0], names[1]);
  assert.is(fingerprint(configured({ protocol: 'inter', hidden: 32 })), names[0]);
  assert.is(fingerprint(configured({ ...plain })), fingerprint(plain), 'all defaults written out');
  const reversed = Object.fromEntries(Object.entries(plain).reverse()) as Configuration;
  assert.not.equal(Object.keys(reversed), Object.keys(plain));
  assert.is(fingerprint(reversed), fingerprint(plain));
  assert.match(fingerprint(plain), /^[0-9a-f]{8}$/);
});

test('a fingerprint is of every setting', () => {
  const plain = configured({});
  const named: Record<string, unknown> = {
    ...{ protocol: 'inter', normalize: 'none', timing: ['rate'], channels: [8, 16], attention: 'additive' },
    ...{
      halves: 'time',
      method: 'crossEntropy',
      perClass: [16, 8, 8],
      miner: 'batchHard',
      power: 2,
      margin: 0.2,
      marginPer: 'pair',
      score: 'violations',
      schedule: 'constant',
      keep: 'last',
      trainOn: 'synthetic',
      seconds: 90,
      align: 'rPeak',
      bias: [0, 0, -1],
      teacher: 'inter',
      invariance: 'coral',
    },
  };
  const prints = Object.entries(plain).map(([key, value]) => {
    const numbers = [Number(value) + 2, 0.5, Number(value) / 2]; // one of which every number can be
    const others = key in named ? [named[key]] : typeof value === 'boolean' ? [!value] : numbers;
    for (const other of others)
      try {
        return fingerprint(configured({ [key]: other }));
      } catch {}
    return assert.unreachable(`${key}: ${others}`);
  });
  assert.is(new Set([fingerprint(plain), ...prints]).size, prints.length + 1);
});

test('fields that were added leave the fingerprints of configurations before them', () => {
  // That of all defaults before there were any, as `fingerprint` printed it then.
  assert.is(fingerprint(configured({})), '126bb47f');
  assert.is(fingerprint(configured({ trainOn: 'recordings', patients: 12, seconds: 180 })), '126bb47f');
  assert.not.equal(fingerprint(configured({ patients: 13 })), '126bb47f');
});

test.run();
