import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
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

test("a process that was killed while it broke a lock is in nobody's way", async () => {
  const dir = folder();
  for (const name of ['.lock', '.lock.breaking'])
    writeFileSync(join(dir, name), JSON.stringify({ pid: await gone(), host: hostname(), started: null, id: name }));
  new FolderLock(dir).release();
  assert.equal(readdirSync(dir), []);
  writeFileSync(lockOf(dir), JSON.stringify({ pid: await gone(), host: hostname(), started: null, id: 'a' }));
  const breaking = { pid: process.pid, host: hostname(), started: null, id: 'b' };
  writeFileSync(join(dir, '.lock.breaking'), JSON.stringify(breaking));
  busy(dir, /another one that is starting/);
});

test('the lock of another host is not', async () => {
  const dir = folder();
  writeFileSync(lockOf(dir), JSON.stringify({ pid: await gone(), host: 'elsewhere', started: null, id: 'a' }));
  busy(dir, /on elsewhere/);
});

test('of many processes that find a stale lock one has it', async () => {
  const code = `
    import { FolderLock } from './examples/shared/lock.ts';
    process.stdin.once('data', () => {
      try { new FolderLock(process.argv[1]); process.stdout.write('1'); setInterval(() => {}, 1000); }
      catch { process.stdout.write('0'); process.exit(); }
    });
    process.stdout.write('r');`;
  for (let round = 0; round < 3; round++) {
    const dir = folder();
    writeFileSync(lockOf(dir), JSON.stringify({ pid: await gone(), host: hostname(), started: null, id: 'stale' }));
    const racers = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, dir]),
    );
    await Promise.all(racers.map(({ stdout }) => once(stdout, 'data'))); // all are ready
    const said = racers.map(async ({ stdout, stdin }) => {
      stdin.write('go');
      return String((await once(stdout, 'data'))[0]);
    });
    const won = (await Promise.all(said)).filter((text) => text === '1').length;
    for (const racer of racers) racer.kill();
    assert.is(won, 1);
  }
});

test.run();
