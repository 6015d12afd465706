import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FolderLock } from '../../../examples/shared/lock.ts';
import type { Outcome, Reading } from '../../../examples/study/ledger.ts';
import type { Ended } from '../../support/program.ts';
import { cli, oneLine, runFolder, studyRuns } from '../../support/studyRuns.ts';

const test = suite('examples/study/runs.interrupted');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const { checkpoints, lines, outcomes, place, settings } = studyRuns(at);

const ALL = {
  ...{ timing: ['previous', 'change', 'rate'], dropout: 0.1, averaging: 0.9, clipNorm: 1, keep: 'last' },
  ...{ shift: 2, stretch: 0.05, amplitude: 0.1, wander: 0.1, noise: 0.05, recordsPerBatch: 2, margin: 'dynamic' },
  ...{
    marginPer: 'pair',
    marginThreshold: 1000,
    marginBatches: 0,
    iterations: 15,
    steps: 6,
    protocol: 'intra',
    validationFraction: 0.5,
  },
};

for (const [method, members] of [
  ['triplet', 1],
  ['crossEntropy', 1],
  ['crossEntropy', 2],
  ['joint', 1],
] as const)
  test(`a run that was killed goes on, and comes to what it would have come to: ${method}, members ${members}`, async () => {
    const config = settings(`${method}${members}`, { ...ALL, method, members });
    const [killed, whole] = ['killed', 'whole'].map((name) => `${method}${members}-${name}`);
    const total = 15 * members;
    const reached = total - 14; // of the last member the first
    const arms = [config, '--seed', '3'];
    const first = await cli(['one', ...arms, ...place(killed)], (stderr) =>
      stderr.includes(` ${reached} of ${total},`),
    );
    assert.is(first.code, null, 'killed');
    assert.equal(lines(killed), []);
    const folder = runFolder(config, '3');
    const kept = checkpoints(killed, folder).at(-1) as string;
    const checkpoint = decodeCheckpoint(readFileSync(kept));
    const { numbers, tensors } = checkpoint.extra;
    const { minutes: before } = numbers['more'] as { minutes: number };
    assert.ok(before > 0 && before < 2);
    const later = { numbers: { ...numbers, more: { minutes: before + 1000 } }, tensors };
    writeFileSync(kept, encodeCheckpoint({ ...checkpoint, extra: later }));

    const [second, other] = await Promise.all([killed, whole].map((name) => cli(['one', ...arms, ...place(name)])));
    for (const { code, stderr } of [second, other]) assert.is(code, 0, stderr);
    assert.not.match(second.stderr, ` ${reached} of ${total},`);
    assert.match(second.stderr, ` ${total} of ${total},`);
    assert.match(other.stderr, ` 1 of ${total},`);
    const [[{ minutes, ...resumed }], [{ minutes: _, ...expected }]] = [outcomes(killed), outcomes(whole)];
    assert.equal(resumed, expected);
    assert.equal([lines(killed).length, lines(whole).length], [1, 1]);
    assert.ok(minutes > before + 1000 && minutes < before + 1002, `${minutes} with those before`);
    assert.is(new Set(resumed.margins).size, method === 'crossEntropy' ? 0 : 5);
    // the losses and scores that both told
    const told = ({ stderr }: Ended): string[] => stderr.split('\n').map((line) => line.replace(/, \d+:\d\d left/, ''));
    const own = told(second);
    assert.equal(told(other).slice(-own.length), own);
    assert.equal(readdirSync(at(killed)), ['ledger.jsonl'], 'what was kept to go on from is gone');
  });

/** Runs a minute and more unless it is killed. */
const long = (name: string): string => settings(name, { iterations: 100_000 });

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} ends the runs that were started, and starts no others`, async () => {
    const config = long(signal);
    const pids: number[] = [];
    const seen = (stderr: string): boolean => {
      if (pids.length > 0 || !['0', '1'].every((seed) => stderr.includes(`seed ${seed} `))) return false;
      for (const seed of ['0', '1'])
        pids.push(JSON.parse(readFileSync(at(signal, runFolder(config, seed), '.lock'), 'utf8')).pid);
      assert.ok(pids.every(alive));
      return true;
    };
    const { code, stderr } = await cli(['run', config, '--seeds', '0,1,2', ...place(signal)], seen, signal);
    assert.is(code, 1, stderr);
    assert.is(new Set(pids).size, 2);
    assert.not(pids.some(alive));
    assert.equal(readdirSync(at(signal)).sort(), ['0', '1'].map((seed) => runFolder(config, seed)).sort());
    for (const seed of ['0', '1']) assert.ok(checkpoints(signal, runFolder(config, seed)).length > 0);
  });

test('a run is of one living process', async () => {
  const config = settings('owned');
  const folder = at('owned', runFolder(config, '0'));
  mkdirSync(folder, { recursive: true });
  const lock = new FolderLock(folder);
  const args = ['one', config, '--seed', '0', ...place('owned')];
  const message = `expected no other process to work in ${folder}, got process ${process.pid} on ${hostname()}`;
  oneLine(await cli(args), new RegExp(`^${message}$`));
  assert.equal(lines('owned'), []);
  lock.release();

  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(gone, 'close');
  writeFileSync(join(folder, '.lock'), JSON.stringify({ pid: gone.pid, host: hostname(), started: null, id: 'gone' }));
  const { code, stderr } = await cli(args);
  assert.is(code, 0, stderr);
  assert.is(outcomes('owned').length, 1);
  assert.equal(readdirSync(at('owned')), ['ledger.jsonl']);
});

test('a run killed between its reading and its result resumes, and its reading stays the only one', async () => {
  const config = settings('between');
  const dir = place('between');
  const one = await cli(['one', config, '--seed', '0', '--test', ...dir]);
  assert.is(one.code, 0, one.stderr);
  const [reading, outcome] = lines('between');
  writeFileSync(at('between', 'ledger.jsonl'), `${JSON.stringify(reading)}\n`); // as if it had been killed then
  oneLine(await cli(['one', config, '--seed', '0', '--test', ...dir]), /expected to read the test half once/);
  const folder = at('between', runFolder(config, '0').replace('validation', 'test'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'reading'), '');
  const again = await cli(['run', config, '--seeds', '0', '--test', ...dir]);
  assert.is(again.code, 0, again.stderr);
  const { minutes: _, ...expected } = outcome as Outcome;
  const [first, { minutes, ...second }, ...rest] = lines('between') as [Reading, Outcome];
  assert.equal([first, second, rest], [reading, expected, []]);
});

test.run();
