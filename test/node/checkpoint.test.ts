import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CheckpointError,
  dataChecksum,
  decodeCheckpoint,
  encodeCheckpoint,
  encodeSafetensors,
  type StateDict,
  tensor,
} from 'dynaecg';
import { loadCheckpoint, resume, saveCheckpoint } from 'dynaecg/node';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { bits, courses, waves } from '../support/trainers.ts';

const test = suite('checkpoints');

const root = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after?.(() => rmSync(root, { recursive: true }));
let made = 0;
const folder = (): string => join(root, String(made++));
const about = { configuration: { learningRate: 0.03, layers: [4, 6] }, data: waves(5) };

for (const [name, make] of Object.entries(courses))
  test(`${name}: resumed from its checkpoint it ends with the same bits`, () => {
    const whole = make('a');
    for (const _ of whole.steps(5));
    const [begun, dir] = [make('a'), folder()];
    for (const { finished } of begun.steps(5) as Iterable<{ finished: { iteration?: number } | null }>) {
      if (!finished) continue;
      saveCheckpoint(dir, begun.trainer, { ...about, extra: { numbers: { seen: 1 }, tensors: { t: tensor([2]) } } });
      if (numbers(dir).at(-1) === 3) break;
    }
    const resumed = make('b');
    const extra = resume(dir, resumed.trainer, about);
    assert.equal([extra?.numbers, [...extra!.tensors['t'].data]], [{ seen: 1 }, [2]]);
    for (const _ of resumed.steps(5));
    assert.equal(bits(resumed.model), bits(whole.model));
  });

const numbers = (dir: string): number[] => readdirSync(dir).map((file) => Number(/\d+/.exec(file)));

test('the last two are kept, and the one before the last is taken if the last is broken', () => {
  const [{ trainer, steps }, dir] = [courses['Trainer']('a'), folder()];
  const states: StateDict[] = [];
  for (const { finished } of steps(4)) {
    if (!finished) continue;
    saveCheckpoint(dir, trainer, about);
    states.push(trainer.state.tensors);
  }
  assert.equal(numbers(dir), [3, 4]);
  const last = join(dir, 'checkpoint-000004.safetensors');
  const same = (expected: StateDict): void => {
    const { tensors } = loadCheckpoint(dir, about)!.state;
    assert.equal(Object.keys(tensors).sort(), Object.keys(expected).sort());
    for (const [name, { data }] of Object.entries(tensors)) assertSameBits(data, expected[name].data, name);
  };
  same(states[3]);
  writeFileSync(last, readFileSync(last).subarray(0, 500));
  same(states[2]);
  writeFileSync(join(dir, 'checkpoint-000003.safetensors'), 'nothing');
  assert.throws(
    () => loadCheckpoint(dir, about),
    (e: Error) => e instanceof CheckpointError && e.message.includes('000004') && e.message.includes('000003'),
  );
});

test('what a process that was killed left of a checkpoint is removed with the next one, and nothing else', () => {
  const dir = folder();
  const { trainer } = courses['Trainer']('a');
  saveCheckpoint(dir, trainer, about);
  const left = 'checkpoint-000002.safetensors.0123456789abcdef.tmp';
  const others = ['notes.txt', 'model.safetensors.0123456789abcdef.tmp', 'checkpoint-of-mine.tmp'];
  for (const name of [left, ...others]) writeFileSync(join(dir, name), '');
  saveCheckpoint(dir, trainer, about);
  const checkpoints = ['checkpoint-000001.safetensors', 'checkpoint-000002.safetensors'];
  assert.equal(readdirSync(dir).sort(), [...checkpoints, ...others].sort());
});

test('no checkpoint: nothing is resumed, and the trainer is as it was', () => {
  const { trainer, model } = courses['Trainer']('a');
  const before = bits(model);
  const dir = folder();
  assert.is(resume(dir, trainer, about), null);
  assert.not(existsSync(dir));
  assert.equal(bits(model), before);
});

test('other data, and other configurations by name, are refused; nothing is changed', () => {
  const [{ trainer, steps, model }, dir] = [courses['Trainer']('a'), folder()];
  for (const { finished } of steps(1)) if (finished) saveCheckpoint(dir, trainer, about);
  const path = join(dir, 'checkpoint-000001.safetensors');
  const before = bits(model);
  const refused = (own: typeof about, what: string): void =>
    assertThrows(() => resume(dir, trainer, own), CheckpointError, `loadCheckpoint: ${path}: expected ${what}`);
  const { configuration } = about;
  const made = 'which the checkpoint was made with';
  refused(
    { ...about, configuration: { ...configuration, learningRate: 0.01 } },
    `configuration.learningRate 0.03, ${made}, got 0.01`,
  );
  refused(
    { ...about, configuration: { ...configuration, layers: [4, 7] } },
    `configuration.layers.1 6, ${made}, got 7`,
  );
  refused(
    { ...about, configuration: { ...configuration, more: null } as never },
    `configuration.more missing, ${made}, got null`,
  );
  const other = waves(5);
  other.labels[0] = 2;
  refused(
    { ...about, data: other },
    `the data that the checkpoint was made with, "${dataChecksum(about.data)}", got "${dataChecksum(other)}"`,
  );
  assert.equal(bits(model), before);
});

test('a checksum differs with any value, label, name, shape, context and group', () => {
  const data = waves(4);
  const sums = [dataChecksum(data)];
  assert.is(dataChecksum(waves(4)), sums[0]);
  assert.match(sums[0], /^[0-9a-f]{16}$/);
  const x = data.x.data.slice();
  for (const at of [0, 37, x.length - 1]) {
    const changed = Float32Array.from(x, (v, i) => (i === at ? v + 1e-6 : v));
    sums.push(dataChecksum({ ...data, x: tensor(changed, [...data.x.shape]) }));
  }
  const [N] = data.x.shape;
  sums.push(dataChecksum({ ...data, x: tensor(x, [N, 4, 4]) }));
  sums.push(dataChecksum({ ...data, labels: data.labels.map((k) => 2 - k) }));
  sums.push(dataChecksum({ ...data, labels: data.labels.map((k) => 'abc'[k]) }));
  sums.push(dataChecksum({ ...data, groups: data.labels }));
  sums.push(dataChecksum({ ...data, context: tensor(data.labels, [N, 1]) }));
  assert.is(new Set(sums).size, sums.length);
});

test('a file that is none of a checkpoint is refused', () => {
  const format = 'dynaecg checkpoint 1';
  const whole = { format, data: 'd', configuration: '{}', state: '{}', extra: '{}' };
  for (const [metadata, message] of [
    [{}, `format '${format}', got undefined`],
    [{ ...whole, format: 'dynaecg 2' }, `format '${format}', got "dynaecg 2"`],
    [{ ...whole, state: '[' }, 'a JSON object under state, got "["'],
    [{ ...whole, extra: 'null' }, 'a JSON object under extra, got null'],
    [{ ...whole, configuration: '[]' }, 'a JSON object under configuration, got []'],
  ] as const)
    assertThrows(
      () => decodeCheckpoint(encodeSafetensors({}, metadata)),
      CheckpointError,
      `decodeCheckpoint: expected ${message}`,
    );
  const { data: _, ...rest } = whole;
  assertThrows(
    () => decodeCheckpoint(encodeSafetensors({}, rest)),
    CheckpointError,
    'decodeCheckpoint: expected data, got none',
  );
  const empty = { numbers: {}, tensors: {} };
  const checkpoint = { state: empty, extra: empty, configuration: { a: [1, null] }, data: 'd' };
  assert.equal(decodeCheckpoint(encodeCheckpoint(checkpoint)), checkpoint);
});

test.run();
