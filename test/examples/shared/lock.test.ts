import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DataError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FolderLock } from '../../../examples/shared/lock.ts';

const test = suite('examples/shared/lock');

const root = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after(() => rmSync(root, { recursive: true }));
const folder = (): string => mkdtempSync(join(root, 'run-'));
const lockOf = (dir: string): string => join(dir, '.lock');
const busy = (dir: string, who: RegExp): void =>
  assert.throws(
    () => new FolderLock(dir),
    (e: Error) => e instanceof DataError && e.message.includes(dir) && who.test(e.message),
  );

test('a folder is locked until it is released, and nothing is left there', () => {
  const dir = folder();
  const lock = new FolderLock(dir);
  busy(dir, new RegExp(`process ${process.pid} on ${hostname()}`));
  lock.release();
  assert.equal(readdirSync(dir), []);
  new FolderLock(dir).release();
});

test("release leaves another's lock alone", () => {
  const dir = folder();
  const lock = new FolderLock(dir);
  const { id: _, ...other } = JSON.parse(readFileSync(lockOf(dir), 'utf8'));
  writeFileSync(lockOf(dir), JSON.stringify({ ...other, id: 'other' }));
  lock.release();
  assert.ok(existsSync(lockOf(dir)));
});

/** A process that has ended. */
async function gone(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid!;
}

test('the lock of a process that is gone is taken', async () => {
  const dir = folder();
  writeFileSync(lockOf(dir), JSON.stringify({ pid: await gone(), host: hostname(), started: null, id: 'a' }));
  new FolderLock(dir).release();
  assert.equal(readdirSync(dir), []);
});

test('so is that of a process whose id another one has now, and one that holds nothing', () => {
  if (!existsSync('/proc/self/stat')) return console.log('lock: skipped where there is no /proc');
  for (const text of [JSON.stringify({ pid: process.pid, host: hostname(), started: '1', id: 'a' }), '', '{', 'null']) {
    const dir = folder();
    writeFileSync(lockOf(dir), text);
    new FolderLock(dir).release();
    assert.equal(readdirSync(dir), []);
  }
});

test("processes that were killed while they broke a lock are in nobody's way", async () => {
  const dir = folder();
  const [dead, alive] = [await gone(), process.pid];
  const leave = (name: string, id: string, pid = dead): void =>
    writeFileSync(join(dir, name), JSON.stringify({ pid, host: hostname(), started: null, id }));
  leave('.lock', 'a');
  leave('.lock.breaking.a', 'b');
  leave('.lock.breaking.a.breaking.b', 'c');
  new FolderLock(dir).release();
  assert.equal(readdirSync(dir), []);
  leave('.lock', 'a');
  leave('.lock.breaking.a', 'b', alive);
  busy(dir, /another one that is starting/);
  leave('.lock.breaking.a', 'b');
  leave('.lock.breaking.a.breaking.b', 'c', alive);
  busy(dir, /another one that is starting/);
  assert.equal(readdirSync(dir).length, 3);
});

test('the lock of another host is not', async () => {
  const dir = folder();
  writeFileSync(lockOf(dir), JSON.stringify({ pid: await gone(), host: 'elsewhere', started: null, id: 'a' }));
  busy(dir, /on elsewhere/);
});

test('of many processes that find a stale lock one has it', async () => {
  const code = `
    import { createInterface } from 'node:readline';
    import { FolderLock } from './examples/shared/lock.ts';
    console.log('ready');
    for await (const dir of createInterface(process.stdin)) {
      let won = '1';
      try { new FolderLock(dir); } catch { won = '0'; }
      console.log(won);
    }`;
  const racers = Array.from({ length: 6 }, () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return { child, answer: async () => (await lines.next()).value };
  });
  try {
    await Promise.all(racers.map(({ answer }) => answer())); // all are ready
    const pid = await gone();
    for (let round = 0; round < 100; round++) {
      const dir = folder();
      writeFileSync(lockOf(dir), JSON.stringify({ pid, host: hostname(), started: null, id: 'stale' }));
      for (const { child } of racers) child.stdin.write(`${dir}\n`);
      const said = await Promise.all(racers.map(({ answer }) => answer()));
      assert.is(said.filter((text) => text === '1').length, 1, said.join(' '));
      assert.equal(readdirSync(dir), ['.lock']);
    }
  } finally {
    for (const { child } of racers) child.kill();
  }
});

test.run();
