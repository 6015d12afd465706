// --fast: fused multiply-adds where the engine knows them, also when a run is resumed; the same figures without where it does not.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../support/bundledPrograms.ts';
import { type Ended, ended } from '../../support/program.ts';
import { records, TINY } from '../../support/trainCommand.ts';

const test = suite('examples/shared/threads');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

const ASKED = '--experimental-wasm-relaxed-simd'; // as Node 20 wants to be; later versions have it, and some not the flag
const flags = spawnSync(process.execPath, [ASKED, '-e', '']).status === 0 ? [ASKED] : [];
const backendOf = (out: string): string => JSON.parse(readFileSync(at(out, 'metrics.json'), 'utf8')).run.backend;
const data = records(at('data'), '100', '200');

function train(own: readonly string[], args: readonly string[], until?: () => boolean): Promise<Ended> {
  const child = spawn(process.execPath, [...own, COMMANDS, 'train', ...args]);
  const timer = setInterval(() => until?.() && child.kill('SIGKILL'), 10);
  return ended(child).finally(() => clearInterval(timer));
}

test('a run with --fast says so, and goes on fast when it is resumed', async () => {
  const run = ['--config', 'synthetic', '--protocol', 'intra', '--data', data, '--fast'];
  const sizes = ['--iterations', '5', '--steps', '2', '--per-class', '3'];
  const first = at('fast.unfinished', 'checkpoints-intra', 'checkpoint-000001.safetensors');
  const { code } = await train(flags, [...run, ...sizes, '--out', at('fast')], () => existsSync(first));
  assert.is(code, null, 'killed');
  assert.is(JSON.parse(readFileSync(at('fast.unfinished', 'run.json'), 'utf8')).fast, true);
  const resumed = await train(flags, ['--resume', at('fast')]);
  assert.is(resumed.code, 0, resumed.stderr);
  assert.is(backendOf('fast'), 'wasm, relaxed SIMD');
  assert.not.match(resumed.stderr, '--fast');
});

test('an engine without relaxed SIMD goes on without, and says so', async () => {
  if (flags.length === 0)
    return console.log('examples/shared/threads: skipped, as relaxed SIMD cannot be switched off here');
  const run = [...TINY, '--protocol', 'intra', '--data', data, '--quiet', '--fast', '--out', at('plain')];
  const { code, stderr } = await train(['--no-experimental-wasm-relaxed-simd'], run);
  assert.is(code, 0, stderr);
  assert.is(backendOf('plain'), 'wasm');
  assert.is(stderr, '--fast: this engine has no relaxed SIMD; goes on without\n');
});

test('how many threads a command has can be said, and nonsense is refused before anything is written', async () => {
  const run = ['train', ...TINY, '--protocol', 'intra', '--data', data, '--out', at('none')];
  const env = { ...process.env, DYNAECG_THREADS: 'two' };
  const { code, stderr } = await ended(spawn(process.execPath, [COMMANDS, ...run], { env }));
  assert.equal([code, stderr], [1, 'DYNAECG_THREADS: expected a whole number >= 1, got two\n']);
  assert.not.ok(existsSync(at('none')) || existsSync(at('none.unfinished')));
});

test.run();
