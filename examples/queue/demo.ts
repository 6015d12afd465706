import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { syntheticRecord } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { add } from './add.ts';
import { idOf, type Said } from './queue.ts';
import { type Failure, watch } from './watch.ts';

/** What is tried. */
export interface DemoOptions {
  recordings: number;
  /** of each recording */
  seconds: number;
  workers: number;
  /** whether the first worker is killed after a third of the work, while it has a recording */
  kill: boolean;
  /** seconds, as of `work` */
  lock: number;
}

/** What came of it. */
export interface DemoResult {
  /** seconds from the first job to the end */
  elapsed: number;
  /** the results, by the names of their files */
  results: Record<string, string>;
  /** how often each was written, by id */
  written: Record<string, number>;
  /** recordings that were started more than once */
  again: string[];
  /** the recording that the killed worker had */
  killed: string | null;
  failures: Failure[];
}

/** Runs Redis, a producer and workers on this machine, on synthetic recordings, two of which are no recordings. */
export async function demo(
  options: DemoOptions,
  progress: (left: number, failed: number) => void,
): Promise<DemoResult> {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-queue-'));
  const children: ChildProcess[] = [];
  try {
    const [redis, out] = [join(folder, 'redis.sock'), join(folder, 'out')];
    const { paths, good } = makeRecordings(join(folder, 'in'), options);
    children.push(await startRedis(folder, redis));
    const said: Said[] = [];
    const state = { killed: null as string | null };
    const heard = (worker: ChildProcess, first: boolean) => (line: Said) => {
      said.push(line);
      const wrote = said.filter(({ event }) => event === 'wrote').length;
      if (!options.kill || !first || state.killed !== null || line.event !== 'started') return;
      if (wrote < options.recordings / 3 || !good.has(line.id as string)) return;
      const group = -(worker.pid as number); // with the process that computes, as when the machine is lost
      process.kill(group, 'SIGSTOP'); // the line may be late: with the result written, it is another recording's turn
      if (existsSync(join(out, `${line.id}.json`))) return void process.kill(group, 'SIGCONT');
      process.kill(group, 'SIGKILL');
      state.killed = line.id as string;
    };
    const ready = Array.from({ length: options.workers }, (_, i) => {
      const worker = startWorker(redis, out, options.lock);
      children.push(worker);
      return listen(worker, heard(worker, i === 0));
    });
    await Promise.all(ready);
    const start = performance.now();
    await add(redis, paths, out);
    const failures = await Promise.race([watch(redis, progress), allLost(children.slice(1))]);
    const elapsed = (performance.now() - start) / 1000;
    const count = (event: Said['event']): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { event: own, id = '' } of said) if (own === event) counts[id] = (counts[id] ?? 0) + 1;
      return counts;
    };
    const again = Object.entries(count('started')).flatMap(([id, n]) => (n > 1 ? [id] : []));
    const files = readdirSync(out).filter((name) => name.endsWith('.json'));
    const results = Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(out, name), 'utf8')]));
    return { elapsed, results, written: count('wrote'), again, killed: state.killed, failures };
  } finally {
    for (const child of children.reverse()) child.kill();
    await Promise.all(children.map(ended));
    rmSync(folder, { recursive: true });
  }
}

/** Paths of synthetic records, of a file that is none, and of one that is not there; and the ids of the good ones. */
function makeRecordings(
  folder: string,
  { recordings, seconds }: DemoOptions,
): { paths: string[]; good: ReadonlySet<string> } {
  mkdirSync(folder);
  const records = Array.from({ length: recordings }, (_, i) => {
    const name = `record-${String(i).padStart(4, '0')}`;
    saveRecord(folder, syntheticRecord({ seed: i, name, duration: seconds }));
    return join(folder, name);
  });
  const broken = join(folder, 'broken.edf');
  writeFileSync(broken, `0       ${'x'.repeat(300)}`);
  const middle = Math.floor(recordings / 2);
  const paths = [...records.slice(0, middle), broken, join(folder, 'missing.csv'), ...records.slice(middle)];
  return { paths, good: new Set(records.map(idOf)) };
}

/** Redis at a socket in the folder, without a port; it writes each change to disk, and forgets nothing for want of memory. */
async function startRedis(folder: string, socket: string): Promise<ChildProcess> {
  const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--appendonly', 'yes', '--save', ''];
  const server = spawn('redis-server', [...options, '--maxmemory-policy', 'noeviction'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.once('exit', (code) => failed(new Error(`redis-server: expected to run, got exit code ${code}`)));
    createInterface({ input: server.stdout! }).on('line', (line) => {
      if (/ready to accept connections/i.test(line)) ready();
    });
  });
  return server;
}

function startWorker(redis: string, out: string, lock: number): ChildProcess {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const args = ['--import', 'tsx', main, 'work', '--redis', redis, '--out', out, '--lock', String(lock)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true }); // a group of processes
}

/** Fails when no worker is left, so that nobody waits for them. */
async function allLost(workers: readonly ChildProcess[]): Promise<never> {
  await Promise.all(workers.map(ended));
  throw new Error('demo: expected workers that go on, got none left');
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

/** Passes on what a worker says; resolves when it is ready. */
function listen(worker: ChildProcess, heard: (line: Said) => void): Promise<void> {
  return new Promise((ready, failed) => {
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`worker: expected to get ready, got exit code ${code}`)));
    createInterface({ input: worker.stdout! }).on('line', (text) => {
      const line: Said = JSON.parse(text);
      if (line.event === 'ready') ready();
      heard(line);
    });
  });
}
