// The process of a worker that computes, one recording after the other with a model that is loaded once. The worker itself goes on
// telling the queue that it is alive, and outlives a recording that kills this process.
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnrecoverableError } from 'bullmq';
import { DynaecgError } from 'dynaecg';
import { annotateRecord } from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';
import { openRecording } from 'dynaecg/node';
import { idOf, OUT, type RecordingJob, say } from './queue.ts';

const model = beatModel();

/** Annotates a recording and writes its result: BullMQ calls the default export with each job. */
export default async function annotate({ data: { path } }: { data: RecordingJob }): Promise<void> {
  const id = idOf(path);
  say('started', id);
  const file = join(process.env[OUT] ?? '.', `${id}.json`);
  if (existsSync(file)) return say('found', id); // a worker was killed between writing it and saying so
  say(writeOnce(file, resultOf(path)) ? 'wrote' : 'found', id);
}

/** The result as JSON, without times or names of machines, so that it is the same whoever computes it. */
function resultOf(path: string): string {
  try {
    const { beats, lead, notes } = annotateRecord(model, openRecording(path));
    const counts: Record<string, number> = {};
    for (const { label } of beats) counts[label] = (counts[label] ?? 0) + 1;
    return `${JSON.stringify({ path, lead, beats: counts, notes })}\n`;
  } catch (error) {
    if (error instanceof DynaecgError) throw new UnrecoverableError(error.message); // another try would find the same
    throw error;
  }
}

/** Writes a file whole, unless it is there: of two workers with the same recording, one does. */
function writeOnce(path: string, text: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text, { flush: true });
  try {
    linkSync(own, path); // fails if there is one, where a rename would replace it
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
}
