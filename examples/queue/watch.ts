import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { connectionTo, QUEUE, type RecordingJob } from './queue.ts';

const INTERVAL = 200; // ms

/** A recording that could not be annotated, and why. */
export interface Failure {
  path: string;
  reason: string;
}

/** Calls `progress` until nothing is waiting or running, and returns what failed. */
export async function watch(redis: string, progress: (left: number, failed: number) => void): Promise<Failure[]> {
  const queue = new Queue<RecordingJob>(QUEUE, { connection: connectionTo(redis) });
  for (;;) {
    const { failed, ...left } = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'failed');
    const total = Object.values(left).reduce((a, b) => a + b, 0);
    progress(total, failed);
    if (total === 0) break;
    await sleep(INTERVAL);
  }
  const failures = (await queue.getFailed()).map(({ data, failedReason }) => ({
    path: data.path,
    reason: failedReason,
  }));
  await queue.close();
  return failures.sort((a, b) => (a.path < b.path ? -1 : 1));
}
