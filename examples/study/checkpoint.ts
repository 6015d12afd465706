import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, decodeTrainingState, encodeTrainingState } from 'dynaecg';
import { writeFileAtomic } from 'dynaecg/node';
import type { History, Reached } from '../dynaecg/train.ts';
import { prepareFolder } from '../shared/folder.ts';

/** Where an interrupted run stood, and the minutes that it had taken. */
export interface Interrupted extends Reached {
  minutes: number;
}

/** The folder of a run that is under way or was interrupted; one process at a time has it. */
export class Unfinished {
  readonly #folder: string;
  readonly #state: string;

  /** @throws DataError where another process has it, and where it cannot be written */
  constructor(folder: string) {
    this.#folder = folder;
    this.#state = join(folder, 'state.safetensors');
    prepareFolder('--out', folder);
    const lock = join(folder, 'process');
    const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (owner > 0 && owner !== process.pid && isAlive(owner))
      throw new DataError(`experiment: expected no other process on ${folder}, got process ${owner}`);
    rmSync(lock, { force: true });
    writeFileSync(lock, String(process.pid), { flag: 'wx' }); // fails where another process was a moment faster
  }

  /** @throws CheckpointError where the file is broken */
  load(): Interrupted | undefined {
    if (!existsSync(this.#state)) return undefined;
    const { numbers, tensors } = decodeTrainingState(readFileSync(this.#state));
    const { history, minutes, members, ...rest } = numbers as unknown as Interrupted & { members: History[] };
    const finished = members.map((own, m) => ({ ...own, weights: unprefixed(`member ${m}.`, tensors) }));
    return { finished, state: { numbers: { ...rest }, tensors: unprefixed('state.', tensors) }, history, minutes };
  }

  save({ finished, state, history, minutes }: Interrupted): void {
    const tensors = [
      ...Object.entries(state.tensors).map(([name, t]) => [`state.${name}`, t]),
      ...finished.flatMap(({ weights }, m) => Object.entries(weights).map(([name, t]) => [`member ${m}.${name}`, t])),
    ];
    const members = finished.map(({ iterations, epochs }) => ({ iterations, epochs }));
    const numbers = { ...state.numbers, history, minutes, members };
    writeFileAtomic(this.#state, encodeTrainingState({ numbers, tensors: Object.fromEntries(tensors) }));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function unprefixed<T>(prefix: string, entries: Record<string, T>): Record<string, T> {
  const own = Object.entries(entries).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // another user's
  }
}
