import { once } from 'node:events';
import { Worker } from 'bullmq';
import { makeFolder } from 'dynaecg/node';
import { connectionTo, OUT, QUEUE, type RecordingJob, say } from './queue.ts';

const STALLS = 2; // times that a recording may lose its worker: one that kills whoever takes it ends among the failed

/**
 * Has recordings from the queue annotated until SIGTERM or SIGINT, after which it finishes the one it has.
 *
 * @param lock seconds after which a recording whose worker says nothing more is given to another; a worker says something every half
 */
export async function work(redis: string, out: string, lock: number): Promise<void> {
  makeFolder(out);
  const worker = new Worker<RecordingJob>(QUEUE, new URL('annotate.ts', import.meta.url), {
    connection: connectionTo(redis),
    lockDuration: 1000 * lock,
    stalledInterval: 500 * lock,
    maxStalledCount: STALLS,
    workerForkOptions: { env: { ...process.env, [OUT]: out } },
  });
  worker.on('error', (error) => console.error(`worker ${process.pid}: ${error.message}`));
  await worker.waitUntilReady();
  say('ready');
  const stop = (): void => void worker.close();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  await once(worker, 'closed');
}
