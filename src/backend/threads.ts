import { decodeBase64 } from '../core/base64.ts';
import { checkCount } from '../core/check.ts';
import { BackendError } from '../core/errors.ts';
import type { Sharing } from '../kernels/wasm/index.ts';
import {
  type Engine,
  engineOf,
  type Instance,
  instantiate,
  LIMIT,
  type Memory,
  PAGE,
} from '../kernels/wasm/instantiate.ts';
import { LAYOUT, PIECE_BITS } from '../kernels/wasm/threads/layout.ts';
import { PLANS } from '../kernels/wasm/threads/plans.ts';
import type { Post } from '../kernels/wasm/threads/serve.ts';
import { sharable } from '../kernels/wasm/threads/sharable.ts';
import { prepare, Team } from '../kernels/wasm/threads/team.ts';
import { adopt, withoutWasm } from './active.ts';
import { arena } from './arena.ts';
import type { Backend } from './choice.ts';
import { startInstance, startWasm } from './startWasm.ts';

/** A thread besides the caller's, as the engine provides it. */
export interface Thread {
  /** Settles when it looks for work, or cannot. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** More threads than any processor has cores. */
const MOST = 256;
/** Multiply-adds of a piece at least: some 10 microseconds, where handing it out takes one. */
const SMALLEST = 2 ** 18;
/** Bytes that a shared memory may grow to, tried in this order. */
const MOST_MEMORY = [LIMIT, 2 ** 29];
/** Looks for work before a thread sleeps: some 100 microseconds, as long as a caller is between two kernels. */
const PATIENCE = 20_000;

/**
 * Shares the work of kernels between n threads from now on; the caller is one of them.
 *
 * @param own the kernels in base64
 * @param start starts a thread that runs `serve` on what it is given
 */
export function startThreads(n: number, own: string, start: (post: Post) => Thread): Promise<Backend> {
  checkCount('useThreads', 'n', n, 1, MOST);
  arena.expectNoScope('useThreads');
  if (n === 1) return Promise.resolve(alone(own, null));
  const missing = ['SharedArrayBuffer', 'Atomics'].find((name) => !(name in globalThis));
  if (missing) return Promise.resolve(alone(own, `threads: expected ${missing}, got an engine or a page without it`));
  return startMore(n, own, start);
}

async function startMore(n: number, own: string, start: (post: Post) => Thread): Promise<Backend> {
  let team: Threads;
  try {
    team = await startTeam(n, own, start);
  } catch (error) {
    return alone(own, `threads: expected ${n} to start, got "${error instanceof Error ? error.message : error}"`);
  }
  try {
    const { instance, sharing, stop } = team;
    return adopt((_, arena, js) => ({ ...startInstance(instance, arena, js, sharing), threads: n, stop }), null);
  } catch (error) {
    team.stop(); // a scope was opened meanwhile
    throw error;
  }
}

/** Kernels in a memory that n threads share, which look for work. */
export interface Threads {
  instance: Instance;
  sharing: Sharing;
  stop(): void;
}

/**
 * Starts n - 1 threads.
 *
 * @param smallest multiply-adds of a piece at least; calls with less than two such pieces are the caller's alone
 */
export async function startTeam(
  n: number,
  own: string,
  start: (post: Post) => Thread,
  smallest = SMALLEST,
): Promise<Threads> {
  const engine = engineOf();
  if (!engine) throw new BackendError('wasm: expected WebAssembly, got an engine without it');
  const module = new engine.Module(sharable(decodeBase64(own), LIMIT / PAGE));
  const instance = instantiate(module, undefined, (initial) => sharedMemory(engine, initial));
  const { functions, memory } = instance;
  prepare(memory.buffer);
  const common = { module, memory, layout: LAYOUT, pieceBits: PIECE_BITS, patience: PATIENCE };
  const threads = Array.from({ length: n - 1 }, (_, i) => start({ ...common, thread: i + 1 }));
  const stop = (): void => {
    for (const thread of threads) thread.stop();
  };
  try {
    await Promise.all(threads.map(({ ready }) => ready));
  } catch (error) {
    stop();
    throw error;
  }
  const pool = new Team(n, smallest, functions, memory.buffer);
  const sharing: Sharing = (name) => {
    const plan = PLANS.get(name);
    return plan ? (args, scalars) => plan({ args, scalars, pool, functions }) : null;
  };
  return { instance, sharing, stop };
}

/** One thread, in WebAssembly if the engine can run it. */
function alone(own: string, reason: string | null): Backend {
  try {
    return adopt(startWasm(own), reason);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return withoutWasm(error.message);
  }
}

/** A memory that threads share. The system reserves the addresses of the most that it may grow to. */
function sharedMemory({ Memory }: Engine, initial: number): Memory {
  let refused: unknown;
  for (const bytes of MOST_MEMORY)
    try {
      return new Memory({ initial, maximum: bytes / PAGE, shared: true });
    } catch (error) {
      refused = error;
    }
  throw refused;
}
