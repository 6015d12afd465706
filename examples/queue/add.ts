import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { connectionTo, idOf, QUEUE, type RecordingJob } from './queue.ts';

const AT_A_TIME = 1000; // jobs in one round trip
const ATTEMPTS = 3; // for what may go away, such as a full disk; a broken file is tried once
const BACKOFF = { type: 'exponential', delay: 1000 }; // ms

/**
 * Adds a job for each recording that has no result, and returns how many have none. Run again, after a crash or with a longer list, it
 * adds what is missing: a recording that is waiting, running or failed is not added twice.
 */
export async function add(
  redis: string,
  paths: AsyncIterable<string> | Iterable<string>,
  out: string,
): Promise<number> {
  const queue = new Queue<RecordingJob>(QUEUE, { connection: connectionTo(redis) });
  let added = 0;
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    await queue.addBulk(
      batch.map((path) => ({
        name: 'annotate',
        data: { path },
        opts: { jobId: idOf(path), attempts: ATTEMPTS, backoff: BACKOFF, removeOnComplete: true },
      })),
    );
    added += batch.length;
    batch = [];
  };
  for await (const path of paths) {
    if (path === '' || existsSync(join(out, `${idOf(path)}.json`))) continue;
    batch.push(path);
    if (batch.length === AT_A_TIME) await flush();
  }
  if (batch.length > 0) await flush();
  await queue.close();
  return added;
}
