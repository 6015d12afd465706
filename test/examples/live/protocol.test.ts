import * as dynaecg from 'dynaecg';
import { SYNTHETIC_KINDS } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KINDS,
  learnReportOf,
  learnRequestOf,
  MINERS,
  watchReportOf,
  watchRequestOf,
} from '../../../examples/live/protocol.ts';

const test = suite('protocol');

const settings = { miner: 'violating', margin: null, pace: 10 } as const;

test('messages are taken as they are', () => {
  for (const message of [
    { kind: 'begin', seed: '1', settings },
    { kind: 'settings', settings: { ...settings, margin: 0.4, pace: null } },
    { kind: 'run', running: true },
  ])
    assert.equal(learnRequestOf(message), message);
  const files = { 'a.hea': Uint8Array.of(1) };
  assert.equal(watchRequestOf({ kind: 'files', files }), { kind: 'files', files });
});

test('others are refused, with what was expected and what came', () => {
  const refused = (check: (message: unknown) => unknown, message: unknown, text: RegExp): void => {
    assert.throws(() => check(message), text);
  };
  refused(learnRequestOf, null, /^a request to the training worker: .* and is null/);
  refused(learnRequestOf, { kind: 'fly' }, /kind should be .* and is "fly"/);
  refused(learnRequestOf, { kind: 'run', running: 1 }, /running should be true or false and is 1/);
  refused(
    learnRequestOf,
    { kind: 'settings', settings: { ...settings, miner: 'gold' } },
    /settings.miner .* is "gold"/,
  );
  refused(learnRequestOf, { kind: 'settings', settings: { ...settings, margin: 9 } }, /settings.margin .* is 9/);
  refused(watchRequestOf, { kind: 'files', files: { a: 'text' } }, /files\.a should be bytes and is "text"/);
  refused(watchReportOf, { kind: 'annotations', name: 'a', file: [1], beats: 1 }, /file should be bytes/);
  refused(
    learnReportOf,
    { kind: 'judged', iteration: 1, step: 1, confusion: [[-1]], f1: 0.5, best: true },
    /confusion\[0\]\[0\]/,
  );
});

test('the names are those of the library', () => {
  assert.equal([...KINDS].sort(), [...SYNTHETIC_KINDS].sort());
  for (const miner of MINERS) assert.type((dynaecg as Record<string, unknown>)[miner], 'function');
});

test.run();
