import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Backend } from '../backend/choice.ts';
import { relaxedModule } from '../backend/relaxed.ts';
import { startThreads, type Thread } from '../backend/threads.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { plain } from '../kernels/wasm/binary/plain.ts';
import { relaxed } from '../kernels/wasm/binary/relaxed.ts';
import { type Post, serve } from '../kernels/wasm/threads/serve.ts';

/** Options of `useThreads`. */
export interface ThreadOptions {
  /**
   * fused multiply-adds (relaxed SIMD) if the engine knows them, as `relaxedModule`
   *
   * @defaultValue false
   */
  relaxed?: boolean;
}

/**
 * Shares the work of kernels between threads, the caller's included, until the next `setBackend` or `useThreads`. Results have
 * the same bits whatever their number. Threads end with the process and do not keep it running.
 *
 * @param n how many
 * @defaultValue n: as many as the processor has for this process
 * @returns the backend; if threads cannot be had, `threads` is 1 and `reason` says why
 * @throws ArgumentError if n is no such number; BackendError inside a scope
 * @example
 *     const { threads } = await useThreads();
 */
export function useThreads(n: number = availableParallelism(), options: ThreadOptions = {}): Promise<Backend> {
  checkOptions('useThreads', options, [], ['relaxed']);
  if (options.relaxed !== undefined) checkKind('useThreads', 'relaxed', options.relaxed, 'flag');
  return startThreads(n, options.relaxed && relaxedModule() ? relaxed : plain, startThread);
}

const TEXT = `
const { parentPort, workerData } = require('node:worker_threads');
(${serve})(workerData, () => parentPort.postMessage('ready'));`;

/** A worker that keeps no process alive. */
export function startThread(post: Post): Thread {
  const worker = new Worker(TEXT, {
    eval: true,
    workerData: post,
    stdin: false,
    execArgv: [],
    name: `dynaecg ${post.thread}`,
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once('message', () => {
      worker.unref(); // only now: until then it is what keeps the process waiting for it
      resolve();
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('it ended')));
  });
  ready.catch(() => {}); // said where all are awaited
  return { ready, stop: () => void worker.terminate() };
}
