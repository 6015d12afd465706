import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { ADDED_FIELDS, configurationNames, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { fingerprint } from '../../../examples/study/fingerprint.ts';
import { assertThrows } from '../../support/asserts.ts';
import { configured } from '../../support/configurations.ts';

const test = suite('examples/dynaecg/configuration');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const SETTINGS = join(root, 'examples/dynaecg/settings');

test('every configuration that comes with the example can be read', () => {
  const names = configurationNames();
  for (const name of ['intra', 'inter', 'synthetic']) assert.ok(names.includes(name), name);
  for (const name of names) assert.match(fingerprint(readConfiguration(name)), /^[0-9a-f]{8}$/);
  assert.not(names.includes('fingerprints'));
});

test('every configuration that comes with the example spells out every setting, so that no default counts', () => {
  const spelled = (name: string): Record<string, unknown> => {
    const { from, ...own } = JSON.parse(readFileSync(join(SETTINGS, `${name}.json`), 'utf8'));
    return from === undefined ? own : { ...spelled(from), ...own };
  };
  const added = v.getDefaults(v.object(ADDED_FIELDS));
  for (const name of configurationNames())
    assert.equal({ ...added, ...spelled(name) }, readConfiguration(name), `${name}, but for fields that were added`);
});

test('a configuration from another has the fields of that, and its own before them', () => {
  const file = (name: string, given: object): string => {
    writeFileSync(at(name), JSON.stringify(given));
    return at(name);
  };
  const first = file('first.json', { hidden: 32, embedding: 16, protocol: 'inter' });
  const second = file('second.json', { from: first, hidden: 16, keep: 'last' });
  const third = readConfiguration(file('third.json', { keep: 'best', from: second, dropout: 0.5 }));
  const written = configured({ hidden: 16, embedding: 16, protocol: 'inter', dropout: 0.5 });
  assert.equal(third, written);
  assert.is(fingerprint(third), fingerprint(written));
  assert.is(readConfiguration(file('shipped.json', { from: 'inter', hidden: 7 })).hidden, 7);
  for (const from of [5, null, ['inter'], at('itself.json')]) {
    const path = file('itself.json', { from });
    const message = `configuration ${path}: expected from another configuration, got ${JSON.stringify(from)}`;
    assertThrows(() => readConfiguration(path), ArgumentError, message);
  }
  const nowhere = file('nowhere-from.json', { from: at('nowhere.json') });
  assert.throws(() => readConfiguration(nowhere), /nowhere\.json: expected JSON in .*nowhere\.json, got ENOENT/);
});

test('a list is taken item by item, and either of two kinds of value', () => {
  assert.equal(configured({ perClass: [4, 2, 2] }).perClass, [4, 2, 2]);
  assert.is(configured({ margin: 0.5 }).margin, 0.5);
  assertThrows(
    () => configured({ perClass: [4, 0] }),
    ArgumentError,
    'configuration given: expected perClass a whole number >= 2, or a list, each a whole number >= 1, got [4,0]',
  );
});

test('a choice among numbers is of numbers, not of their digits', () => {
  assert.is(configured({ power: 2 }).power, 2);
  for (const power of [3, '2'])
    assertThrows(
      () => configured({ power }),
      ArgumentError,
      `configuration given: expected power one of 1, 2, got ${JSON.stringify(power)}`,
    );
});

test.run();
