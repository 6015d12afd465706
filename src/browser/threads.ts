import type { Backend } from '../backend/choice.ts';
import { startThreads, type Thread } from '../backend/threads.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { plain } from '../kernels/wasm/binary/plain.ts';
import { type Post, serve } from '../kernels/wasm/threads/serve.ts';

/** As much of a page's worker as is needed here. */
export interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** Options of `useThreads`. */
export interface ThreadOptions {
  /**
   * starts a worker whose script calls `serveThread()`, where the page's policy forbids workers from `blob:` addresses
   *
   * @defaultValue a worker from a `blob:` address
   */
  worker?: () => PageWorker;
}

interface Page {
  Worker: new (address: string) => PageWorker;
  Blob: new (parts: string[], options: { type: string }) => object;
  URL: { createObjectURL(blob: object): string; revokeObjectURL(address: string): void };
  navigator?: { hardwareConcurrency?: number };
  onmessage: ((event: { data: Post }) => void) | null;
  postMessage(message: unknown): void;
}
const page = globalThis as unknown as Page;

/**
 * Shares the work of kernels between threads, the caller's included, until the next `setBackend` or `useThreads`. Results have
 * the same bits whatever their number. The page has to be isolated from other origins (`Cross-Origin-Opener-Policy: same-origin`,
 * `Cross-Origin-Embedder-Policy: require-corp`), as no other has memory that threads share. A page's main thread may not sleep
 * until the others are done: it computes until then, so train in a worker, which may call this as well.
 *
 * @param n how many
 * @defaultValue n: as many as the processor has
 * @returns the backend; if threads cannot be had, `threads` is 1 and `reason` says why
 * @throws ArgumentError if n is no such number; BackendError inside a scope
 * @example
 *     const { threads, reason } = await useThreads();
 */
export function useThreads(
  n: number = page.navigator?.hardwareConcurrency ?? 1,
  options: ThreadOptions = {},
): Promise<Backend> {
  checkOptions('useThreads', options, [], ['worker']);
  if (options.worker !== undefined) checkKind('useThreads', 'worker', options.worker, 'function');
  return startThreads(n, plain, (post) => startThread(post, options.worker ?? blobWorker));
}

/** What the script of a worker calls that `useThreads` is given. */
export function serveThread(): void {
  page.onmessage = ({ data }) => serve(data, () => page.postMessage('ready'));
}

function blobWorker(): PageWorker {
  const text = `onmessage = ({ data }) => (${serve})(data, () => postMessage('ready'))`;
  const address = page.URL.createObjectURL(new page.Blob([text], { type: 'text/javascript' }));
  try {
    return new page.Worker(address);
  } finally {
    page.URL.revokeObjectURL(address);
  }
}

function startThread(post: Post, start: () => PageWorker): Thread {
  const worker = start();
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event: { message?: string }) => reject(new Error(event.message ?? 'the worker did not start'));
  });
  worker.postMessage(post);
  return { ready, stop: () => worker.terminate() };
}
