/** What producer and workers agree on. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ConnectionOptions } from 'bullmq';

export const QUEUE = 'recordings';

/** The data of a job. */
export interface RecordingJob {
  /** of a recording, as openRecording takes it, the same on every machine */
  path: string;
}

/** The name of a job and of its result: the same recording is never in the queue twice. */
export function idOf(path: string): string {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 12);
  return `${basename(path).replace(/[^\w.-]/g, '_')}-${digest}`;
}

/** How Redis is reached: by a URL, or by the path of a socket. */
export function connectionTo(redis: string): ConnectionOptions {
  const where = redis.startsWith('/') ? { path: redis } : { url: redis };
  return { ...where, maxRetriesPerRequest: null };
}

/** The variable that tells a worker's process the folder of the results. */
export const OUT = 'DYNAECG_QUEUE_OUT';

/** What workers tell of their work, a line of JSON each. */
export interface Said {
  event: 'ready' | 'started' | 'wrote' | 'found';
  pid: number;
  id?: string;
}

export function say(event: Said['event'], id?: string): void {
  const line: Said = { event, pid: process.pid, ...(id === undefined ? {} : { id }) };
  console.log(JSON.stringify(line));
}
