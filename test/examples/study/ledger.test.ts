import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configurationNames, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { currentFingerprint, fingerprint } from '../../../examples/study/fingerprint.ts';
import { Ledger, type Reading, type RunId } from '../../../examples/study/ledger.ts';
import { assertThrows } from '../../support/asserts.ts';
import { MADE } from '../../support/outcomes.ts';

const test = suite('examples/study/ledger');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const STUDY = join(root, 'examples/study');

/** The ledger that comes with the example, as it stands in its file. */
const SHIPPED: RunId[] = readFileSync(join(STUDY, 'ledger.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((text) => JSON.parse(text));

const isReading = (line: RunId): line is Reading => 'reading' in line;

test('the lines of the shipped ledger are of the shipped configurations, whatever fingerprints had been', () => {
  const shipped = new Ledger(join(STUDY, 'ledger.jsonl'));
  const files = new Set(configurationNames());
  const found = [...shipped.outcomes, ...shipped.readings].filter(({ name }) => files.has(name));
  assert.ok(found.length > 100);
  for (const { name, settings } of found) assert.is(settings, fingerprint(readConfiguration(name)), name);
  assert.is(shipped.readings.length, SHIPPED.filter(isReading).length);
  const table: Record<string, string> = JSON.parse(readFileSync(join(STUDY, 'fingerprints.json'), 'utf8'));
  for (const [old, now] of Object.entries(table)) {
    assert.ok(
      SHIPPED.some(({ settings }) => settings === old),
      `${old} is of a line`,
    );
    assert.equal([old, now].map(currentFingerprint), [now, now]);
  }
});

test('a reading under an old fingerprint keeps the test half from being read again', () => {
  const old = SHIPPED.filter(isReading).find(({ settings }) => currentFingerprint(settings) !== settings) as Reading;
  mkdirSync(at('old'));
  writeFileSync(at('old', 'ledger.jsonl'), `${JSON.stringify(old)}\n`);
  const ledger = new Ledger(at('old', 'ledger.jsonl'));
  const { reading, ...id } = old;
  const own = { ...id, settings: fingerprint(readConfiguration(id.name)) };
  assert.not.equal(own.settings, id.settings);
  const message = `expected to read the test half once, got it read with seed ${id.seed} at ${reading}`;
  for (const name of [id.name, 'by another name'])
    assertThrows(() => ledger.read({ ...own, name }), DataError, `experiment ${name}: ${message}`);
  ledger.checkReading({ ...own, seed: 'another' });
  assert.throws(() => ledger.read({ ...own, settings: '00000000' }), /expected the settings that were reported/);
  assert.is(readFileSync(at('old', 'ledger.jsonl'), 'utf8'), `${JSON.stringify(old)}\n`);

  ledger.add({ ...MADE[0], ...id });
  assert.equal(ledger.outcome(own)?.records, JSON.parse(JSON.stringify(MADE[0].records)), 'and a result stands for it');
});

test('a result of part of the records does not stand for the whole, nor a reading', () => {
  const ledger = new Ledger(at('parts', 'ledger.jsonl'));
  const id = { name: 'made', settings: '00000000', seed: '0', part: 'test' } as const;
  const source = 'MIT-BIH, 2 of its records';
  ledger.read({ ...id, source });
  ledger.add({ ...MADE[0], ...id, source });
  assert.is(ledger.outcome(id), undefined);
  assert.is(ledger.outcome({ ...id, source: 'MIT-BIH, 3 of its records' }), undefined);
  assert.is(ledger.outcome({ ...id, source })?.source, source);
  ledger.checkReading(id);
  ledger.checkReading({ ...id, settings: '11111111' });
  assert.throws(() => ledger.checkReading({ ...id, source }), /expected to read the test half once/);
  ledger.read(id);
  ledger.add({ ...MADE[1], ...id });
  assert.equal(ledger.outcome(id)?.records, JSON.parse(JSON.stringify(MADE[1].records)));
  assert.is(ledger.outcomes.length, 2);
});

test('a torn last line is set aside and told, and the next result has a line of its own', () => {
  const path = at('torn-tail', 'ledger.jsonl');
  mkdirSync(at('torn-tail'));
  const whole = `${JSON.stringify(MADE[0])}\n`;
  writeFileSync(path, `${whole}{"name":"cut sh`);
  const ledger = new Ledger(path);
  assert.equal(ledger.outcomes.length, 1, 'it is left out');
  const said: string[] = [];
  const { error } = console;
  console.error = (text: string) => said.push(text);
  try {
    ledger.add({ ...MADE[0], seed: 'next' });
  } finally {
    console.error = error;
  }
  assert.match(said.join(), `the last line of ${path} was cut short; it is in ${path}.torn now`);
  assert.is(readFileSync(`${path}.torn`, 'utf8'), '{"name":"cut sh\n');
  assert.is(readFileSync(path, 'utf8'), `${whole}${JSON.stringify({ ...MADE[0], seed: 'next' })}\n`);
  assert.equal(readdirSync(at('torn-tail')).sort(), ['ledger.jsonl', 'ledger.jsonl.torn'], 'no lock is left');

  writeFileSync(path, whole.trimEnd()); // somebody's editor
  ledger.add({ ...MADE[0], seed: 'next' });
  assert.is(ledger.outcomes.length, 2);
});

test.run();
