import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckpointOptions, writeFileAtomic } from 'dynaecg/node';
import { identityOf, loadReached, saveReached } from '../dynaecg/checkpoint.ts';
import type { Plan } from '../dynaecg/plan.ts';
import type { Reached } from '../dynaecg/train.ts';
import { prepareFolder } from '../shared/folder.ts';
import { FolderLock } from '../shared/lock.ts';

/** Where an interrupted run stood, and the minutes that it had taken. */
export interface Interrupted extends Reached {
  minutes: number;
}

/** The folder of a run that is under way or was interrupted; one process at a time has it. */
export class Unfinished {
  readonly #folder: string;
  readonly #identity: CheckpointOptions;
  readonly #lock: FolderLock;

  /** @throws DataError where another process has it, and where it cannot be written */
  constructor(folder: string, plan: Plan, seed: string) {
    this.#folder = folder;
    this.#identity = identityOf(plan, seed);
    prepareFolder('--out', folder);
    this.#lock = new FolderLock(folder);
  }

  /** @throws CheckpointError where nothing that was kept can be read, or it is of another run */
  load(): Interrupted | undefined {
    const found = loadReached(this.#folder, this.#identity);
    return found && { ...found.reached, minutes: Number(found.more['minutes']) };
  }

  save({ minutes, ...reached }: Interrupted): void {
    saveReached(this.#folder, reached, this.#identity, { minutes });
  }

  release(): void {
    this.#lock.release();
  }
}

/** Says that the run in this folder is about to read what is read once, so that it may resume if it is killed then. */
export function noteReading(folder: string): void {
  writeFileAtomic(readingIn(folder), '');
}

/** Whether a run in this folder was interrupted after it had noted its reading. */
export function readingWasNoted(folder: string): boolean {
  return existsSync(readingIn(folder));
}

const readingIn = (folder: string): string => join(folder, 'reading');
