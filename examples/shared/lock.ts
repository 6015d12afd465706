import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DataError } from 'dynaecg';

/** Who holds a lock. */
interface Holder {
  pid: number;
  host: string;
  /** when the process was started, as the system tells it; null if it does not */
  started: string | null;
  /** differs between any two locks */
  id: string;
}

const [MOST_ATTEMPTS, PAUSE_MS] = [250, 20]; // five seconds

/**
 * A folder that one process at a time works in. The lock is a file; it outlives a killed process, and is then recognised by the
 * process id, which nobody has or which has been given to a process started at another time.
 */
export class FolderLock {
  readonly #path: string;
  readonly #id = randomBytes(8).toString('hex');

  /**
   * Takes the lock.
   *
   * @throws DataError if another process has it, with its id and host
   */
  constructor(folder: string, name = '.lock') {
    this.#path = join(folder, name);
    if (this.#obtain(this.#path)) return;
    const holder = read(this.#path);
    throw busy(folder, holder && isAlive(holder) ? holder : null);
  }

  release(): void {
    if (read(this.#path)?.id === this.#id) rmSync(this.#path, { force: true });
  }

  /**
   * Takes it, also from a process that is gone. To remove a lock one needs a lock on that very one, by its id, which no other ever
   * has: who judged it long ago finds another id in its place by then. That lock is obtained in the same way.
   */
  #obtain(path: string): boolean {
    if (this.#take(path)) return true;
    const dead = read(path);
    if (isAlive(dead)) return false;
    if (dead !== undefined) {
      const breaking = `${path}.breaking.${dead?.id ?? 'unknown'}`;
      if (!this.#obtain(breaking)) return false;
      const found = read(path);
      if (found !== undefined && found?.id === dead?.id) rmSync(path, { force: true });
      rmSync(breaking, { force: true });
    }
    return this.#take(path);
  }

  /** A link to a file that is written whole before: there is never a lock without its holder in it. */
  #take(path: string): boolean {
    const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), id: this.#id };
    const written = `${path}.${this.#id}`;
    writeFileSync(written, JSON.stringify(own), { flag: 'wx' });
    try {
      linkSync(written, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      unlinkSync(written);
    }
  }
}

/** Another process has the lock. */
export class LockedError extends DataError {}

function busy(folder: string, holder: Holder | null): LockedError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another one that is starting';
  return new LockedError(`expected no other process to work in ${folder}, got ${who}`);
}

/** Does something while a folder is locked, waiting for others who do something as short. */
export function whileLocked<R>(folder: string, name: string, action: () => R): R {
  for (let attempts = 0; ; attempts++)
    try {
      const lock = new FolderLock(folder, name);
      try {
        return action();
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof LockedError) || attempts === MOST_ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
}

/** Undefined if there is no lock, null if there is nothing that can be read. */
function read(path: string): Holder | null | undefined {
  try {
    const { pid, host, started, id } = JSON.parse(readFileSync(path, 'utf8'));
    return /^\w+$/.test(id) ? { pid, host, started, id } : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : null;
  }
}

function isAlive(holder: Holder | null | undefined): boolean {
  if (!holder) return false;
  if (holder.host !== hostname()) return true; // nobody here can tell
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false; // EPERM: another user's
  }
  const started = startOf(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

/** When a process was started, in ticks since the system was; null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]; // field 22, starttime, of proc(5)
  } catch {
    return null;
  }
}
