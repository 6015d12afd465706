// What the commands that go through records share: a problem is printed, and a record that cannot be read does not stop them.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError, printable } from 'dynaecg';
import { decodeFlac, type OpenOptions, type ReadProblem, type ReadProblemKind, type Recording } from 'dynaecg/ecg';
import { openRecording, recordNames } from 'dynaecg/node';
import type { Program } from '../shared/program.ts';
import { rateOption } from '../shared/values.ts';

const SHOWN = 3; // problems of a kind, of a record

const BROKEN: readonly ReadProblemKind[] = ['emptyAnnotations', 'missingEnd', 'malformed'];

interface Read {
  annotations: readonly unknown[];
  problems: readonly ReadProblem[];
}

/** Goes through records, and remembers those that failed. */
export class Readings {
  readonly #failed: [record: string, why: string][] = [];
  readonly #of: number;

  /** @param of how many records there are; the failure of a single one is thrown */
  constructor(of: number) {
    this.#of = of;
  }

  /** Reads a record and works on it; undefined if its data do not permit it, which is printed on standard error. */
  attempt<T>(record: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof DataError) || this.#of === 1) throw error;
      console.error(`${printable(record)}: ${error.message}`);
      this.#failed.push([record, error.message]);
      return undefined;
    }
  }

  /**
   * What a partial reading returned, with its problems printed on standard error.
   *
   * @throws DataError if of a broken annotation file nothing could be read
   */
  shown<T extends Read>(record: string, read: T): T {
    const broken = read.annotations.length === 0 && read.problems.find(({ kind }) => BROKEN.includes(kind));
    if (broken) throw new DataError(`readAnnotations: ${broken.message}`);
    const counts = new Map<string, number>();
    for (const { kind, message } of read.problems) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= SHOWN) console.error(`${printable(record)}: ${kind}: ${printable(message)}`);
    }
    for (const [kind, count] of counts)
      if (count > SHOWN) console.error(`${printable(record)}: ${kind}: ${count - SHOWN} more`);
    return read;
  }

  /** Opens a recording of any format, as far as it can be read. Its notes are left to the caller. */
  open(path: string, options: OpenOptions): Recording {
    return this.shown(path, openRecording(path, { flac: decodeFlac, ...options, partial: true }));
  }

  /** Prints what failed as a table on standard error, and then makes the exit code 1. */
  finish(): void {
    const failed = this.#failed.map(([record, why]) => [printable(record), printable(why)]);
    if (failed.length === 0) return;
    const width = Math.max(...failed.map(([record]) => record.length));
    const rows = failed.map(([record, why]) => `${record.padEnd(width)}  ${why}`);
    console.error(['', `${failed.length} of ${this.#of} records failed`, ...rows].join('\n'));
    process.exitCode = 1;
  }
}

/** What a command line says of a file that does not. */
export interface Stated {
  rate?: number;
  unit?: string;
}

/** Adds the options of `Stated`. */
export function addStated(program: Program): Program {
  return program
    .addOption(
      rateOption(
        '--rate <HZ>',
        'samples per second of a CSV or MATLAB file, which may not say; overrides the times in it',
      ),
    )
    .option(
      '--unit <UNIT>',
      'unit of the numbers in a CSV or MATLAB file, such as uV; by default what it says, or a guess',
    );
}

/** Prints what was guessed of a recording. */
export function printNotes(path: string, { notes }: Recording): void {
  for (const note of notes) console.error(`${printable(path)}: ${note}`);
}

/** A recording to read. */
export interface Found {
  name: string;
  path: string;
  /** Whether it is one of a folder of annotated WFDB records. */
  annotated: boolean;
}

/** The WFDB records in a folder, in order, or the recording that a path names. */
export function recordsIn(path: string): Found[] {
  const found = statSync(path, { throwIfNoEntry: false });
  const isRecord = found ? found.isFile() : statSync(`${path}.hea`, { throwIfNoEntry: false }) !== undefined;
  if (isRecord) return [{ name: basename(path), path, annotated: false }];
  if (!found?.isDirectory()) throw new DataError(`--data: expected a folder or a recording, got ${path}`);
  const names = recordNames(path);
  if (names.length === 0) throw new DataError(`--data: expected .hea files in ${path}, got none`);
  return names.map((name) => ({ name, path: join(path, name), annotated: true }));
}
