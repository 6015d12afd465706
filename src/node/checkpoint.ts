import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { last } from '../core/builtins.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { CheckpointError } from '../core/errors.ts';
import { dataChecksum } from '../data/checksum.ts';
import type { DatasetLike } from '../data/datasetParts.ts';
import { type Checkpoint, checkIdentity, decodeCheckpoint, encodeCheckpoint } from '../formats/checkpoint.ts';
import type { TrainingState } from '../train/trainingState.ts';
import { TEMPORARY, writeFileAtomic } from './atomic.ts';
import { makeFolder } from './folder.ts';

/** What a checkpoint is of: a training may be resumed only with the same. */
export interface CheckpointOptions {
  /** whatever determines the training besides its data; any JSON */
  configuration: Record<string, unknown>;
  /** what is trained on, or a text that identifies it, such as its `dataChecksum` */
  data: DatasetLike | string;
}

const KEPT = 2; // should the disk have spoilt the last one
const NAME = /^checkpoint-(\d+)\.safetensors$/;

/**
 * Writes a checkpoint of a trainer between two iterations: weights, statistics, the optimiser's moments, margin, sampler, random
 * state and the best weights so far, with the configuration and a checksum of the data. It is written aside and renamed; the last
 * two of the folder are kept.
 *
 * @throws ArgumentError within an iteration; DataError if the folder cannot be written
 * @example
 *     declare const trainer: TripletTrainer, train: Dataset;
 *     const about = { configuration: { learningRate: 0.003 }, data: train };
 *     resume('runs/mine', trainer, about); // where an interrupted run stopped, if there is one
 *     for (const _ of trainer.iterations(30)) saveCheckpoint('runs/mine', trainer, about);
 */
export function saveCheckpoint(
  folder: string,
  trainer: { readonly state: TrainingState },
  options: CheckpointOptions & { extra?: TrainingState },
): void {
  const op = 'saveCheckpoint';
  checkKind(op, 'folder', folder, 'text');
  checkKind(op, 'trainer', trainer, 'object');
  checkOptions(op, options, ['configuration', 'data'], ['extra']);
  const { extra } = options;
  const file = encodeCheckpoint({ state: trainer.state, extra, ...identityOf(options) });
  makeFolder(folder);
  const before = numbersIn(folder);
  writeFileAtomic(pathOf(folder, (last(before) ?? 0) + 1), file);
  for (const number of before.slice(0, Math.max(0, before.length + 1 - KEPT)))
    rmSync(pathOf(folder, number), { force: true });
  const left = readdirSync(folder).filter((file) => file.startsWith('checkpoint-') && TEMPORARY.test(file));
  for (const file of left) rmSync(join(folder, file), { force: true });
}

/**
 * Reads the last checkpoint of a folder, or the one before it if the last is broken; null if there is none.
 *
 * @throws CheckpointError for a checkpoint with another configuration or other data, by name, and if no checkpoint can be read
 */
export function loadCheckpoint(folder: string, options: CheckpointOptions): Required<Checkpoint> | null {
  const op = 'loadCheckpoint';
  checkKind(op, 'folder', folder, 'text');
  checkOptions(op, options, ['configuration', 'data']);
  const faults: string[] = [];
  for (const number of numbersIn(folder).reverse()) {
    const path = pathOf(folder, number);
    let checkpoint: Required<Checkpoint>;
    try {
      checkpoint = decodeCheckpoint(readFileSync(path));
    } catch (error) {
      faults.push(`${path}: ${(error as Error).message}`);
      continue;
    }
    checkIdentity(`${op}: ${path}`, checkpoint, identityOf(options));
    return checkpoint;
  }
  if (faults.length > 0)
    throw new CheckpointError(`${op}: expected a checkpoint in ${folder}, got ${faults.join('; ')}`);
  return null;
}

/**
 * Sets a trainer, made with the same options as the one that was interrupted, to the last checkpoint of a folder. The next call of
 * its `iterations` with the same count continues from there, to the same bits.
 *
 * @returns what was saved as `extra`; null if there is no checkpoint, in which case the trainer starts from the beginning
 * @throws CheckpointError as `loadCheckpoint`, and for the state of a trainer with other options
 */
export function resume(
  folder: string,
  trainer: { state: TrainingState },
  options: CheckpointOptions,
): TrainingState | null {
  checkKind('resume', 'trainer', trainer, 'object');
  const checkpoint = loadCheckpoint(folder, options);
  if (!checkpoint) return null;
  trainer.state = checkpoint.state;
  return checkpoint.extra;
}

function identityOf({ configuration, data }: CheckpointOptions): {
  configuration: Record<string, unknown>;
  data: string;
} {
  return { configuration, data: typeof data === 'string' ? data : dataChecksum(data) };
}

const pathOf = (folder: string, number: number): string =>
  join(folder, `checkpoint-${String(number).padStart(6, '0')}.safetensors`);

/** The numbers of the checkpoints in a folder, ascending. */
function numbersIn(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const numbers = readdirSync(folder).flatMap((file) => NAME.exec(file)?.[1] ?? []);
  return numbers.map(Number).sort((a, b) => a - b);
}
