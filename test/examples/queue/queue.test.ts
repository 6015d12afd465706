// The queue with a worker that is killed, where Redis and BullMQ are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('examples/queue');
const RECORDINGS = 9;
const missing = existsSync('examples/queue/node_modules/bullmq')
  ? spawnSync('redis-server', ['--version']).error && 'redis-server is not installed'
  : 'BullMQ is not installed: npm ci --prefix examples/queue';

/** As in examples/queue/demo.ts, whose types need BullMQ. */
interface DemoResult {
  results: Record<string, string>;
  written: Record<string, number>;
  again: string[];
  killed: string | null;
  failures: { path: string; reason: string }[];
}

/** The beats of each record, by its name. */
function beatsOf(results: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(results).map(([file, text]) => [file.slice(0, 'record-0000'.length), JSON.parse(text).beats]),
  );
}

if (missing) console.log(`examples/queue: skipped, ${missing}`);
else {
  const demo = (...more: string[]): DemoResult => {
    const options = ['--recordings', String(RECORDINGS), '--seconds', '60', '--lock', '2', '--json', ...more];
    const args = ['--import', 'tsx', 'examples/queue/main.ts', 'demo', ...options];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  };
  let undisturbed: Record<string, unknown> = {};

  test('one worker: a result for each recording, broken ones fail after one try and stop nobody', () => {
    const done = demo('--workers', '1');
    undisturbed = beatsOf(done.results);
    assert.is(Object.keys(undisturbed).length, RECORDINGS);
    for (const beats of Object.values(undisturbed)) assert.ok(Object.keys(beats as object).includes('N'));
    assert.equal(Object.values(done.written), new Array(RECORDINGS).fill(1));
    assert.equal([done.again, done.killed], [[], null]);
    assert.equal(
      done.failures.map(({ path }) => path.replace(/.*\//, '')),
      ['broken.edf', 'missing.csv'],
    );
    assert.match(done.failures[0].reason, /^openRecording: broken\.edf: expected/);
  });

  test('two workers, one killed with a recording in hand: nothing lost, nothing written twice, the same results', () => {
    const done = demo('--workers', '2', '--kill');
    assert.ok(done.killed);
    assert.ok(done.again.includes(done.killed as string), `${done.killed}: ${done.again}`);
    assert.equal(beatsOf(done.results), undisturbed);
    assert.equal(Object.values(done.written), new Array(RECORDINGS).fill(1));
    assert.is(done.failures.length, 2);
  });

  test('its types are sound', () => {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'examples/queue']);
  });
}

test.run();
