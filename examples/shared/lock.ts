import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
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
    if (this.#take()) return;
    this.#breakStale(folder);
    if (!this.#take()) throw busy(folder, read(this.#path));
  }

  release(): void {
    if (read(this.#path)?.id === this.#id) rmSync(this.#path, { force: true });
  }

  /** A link to a file that is written whole before: there is never a lock without its holder in it. */
  #take(path = this.#path): boolean {
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

  /** Removes a lock whose process is gone. One process at a time does so, and looks again when it is its turn. */
  #breakStale(folder: string): void {
    if (isAlive(read(this.#path))) throw busy(folder, read(this.#path));
    const breaker = `${this.#path}.breaking`;
    this.#removeDead(breaker);
    if (!this.#take(breaker)) throw busy(folder, null);
    try {
      const holder = read(this.#path);
      if (isAlive(holder)) throw busy(folder, holder);
      rmSync(this.#path, { force: true });
    } finally {
      rmSync(breaker, { force: true });
    }
  }

  /** Removes what a process that was killed while breaking a lock left; if it was another's by then, that is put back. */
  #removeDead(breaker: string): void {
    const judged = read(breaker);
    if (!existsSync(breaker) || isAlive(judged)) return;
    const aside = `${breaker}.${this.#id}.dead`;
    try {
      renameSync(breaker, aside);
      if (read(aside)?.id !== judged?.id) linkSync(aside, breaker);
    } catch {
      // somebody was a moment faster
    } finally {
      rmSync(aside, { force: true });
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

/** Null if there is no lock, or nothing that can be read. */
function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder | null): boolean {
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
