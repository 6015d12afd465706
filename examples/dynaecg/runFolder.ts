import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, normalize, resolve } from 'node:path';
import { DataError } from 'dynaecg';
import type { ClassMap } from 'dynaecg/ecg';
import { writeFileAtomic } from 'dynaecg/node';
import * as v from 'valibot';
import packageJson from '../../package.json' with { type: 'json' };
import type { Metrics } from '../report/metrics.ts';
import { readMetrics } from '../report/read.ts';
import { prepareFolder } from '../shared/folder.ts';
import { FolderLock } from '../shared/lock.ts';
import { dictionary, parseJson, take } from '../shared/schema.ts';
import { type Configuration, checkConfiguration } from './configuration.ts';
import { type Split, split } from './division.ts';

/** What determines a run, and how it was begun. */
export interface Begun {
  /** folders with WFDB records; none for synthetic recordings */
  data: readonly string[];
  /** whose records are for what, and the labels of each class, where the command line says so */
  split: Split | null;
  classes: ClassMap | null;
  configurations: Configuration[];
  seed: string;
  /** multiply-adds are fused where the processor can: the last bits depend on it */
  fast: boolean;
  /** SHA-256 of the files of data */
  checksums: Readonly<Record<string, string>>;
  /** as a shell takes it */
  command: string;
  /** ISO 8601 */
  started: string;
}

const begun = v.object({
  data: v.array(v.string()),
  split: v.nullable(split),
  classes: v.nullable(dictionary(v.array(v.string()))),
  configurations: v.array(v.looseObject({ protocol: v.string() })),
  seed: v.string(),
  fast: v.optional(v.boolean(), false),
  checksums: dictionary(v.string()),
  command: v.string(),
  started: v.string(),
});

/** What a run consists of, and what a process that was killed while writing it leaves; any other file in a folder is the user's. */
const OWN = /^(metrics\.json|report\.html|csv|model-\w+\.safetensors|run\.json|checkpoints-\w+)(\.[0-9a-f]{16}\.tmp)?$/;
const LEFT = /\.[0-9a-f]{16}\.tmp$/; // as writeFileAtomic names them
const LOCK = /^\.lock(\.|$)/;
/** What is of no use once a run is finished. */
const UNTIL_FINISHED = /^(run\.json$|\.lock(\.|$))/;

/**
 * Where a run is written: a folder next to the one that it will be in, which gets its place when everything is there. One process
 * at a time has it, and an interrupted run stays in it to be resumed.
 */
export class RunFolder {
  /** of the run while it is under way */
  readonly path: string;
  readonly #out: string;
  readonly #lock: FolderLock;

  private constructor(out: string) {
    this.#out = placeOf(out);
    this.path = pathOf(out);
    this.#lock = new FolderLock(this.path);
  }

  /**
   * A folder for a new run.
   *
   * @param force whether an interrupted run that is there is given up
   * @throws DataError where another process is at work, an interrupted run is kept, or the folder it will be in holds other files
   */
  static begin(out: string, force: boolean): RunFolder {
    const entries = existsSync(out) ? readdirSync(out) : [];
    const [other] = entries.includes('metrics.json')
      ? entries.filter((name) => !OWN.test(name) && !LOCK.test(name))
      : entries;
    if (other !== undefined)
      throw new DataError(`--out: expected a folder that holds nothing but an earlier run, got ${out} with ${other}`);
    prepareFolder('--out', pathOf(out));
    const folder = new RunFolder(out);
    if (folder.#kept && !force) {
      folder.#lock.release();
      throw new DataError(
        `--out: expected a folder without an interrupted run, which --resume ${out} continues and --force gives up, got ${folder.path}`,
      );
    }
    folder.#clear();
    return folder;
  }

  /** The folder of an interrupted run. */
  static resume(out: string): RunFolder {
    if (!existsSync(join(pathOf(out), 'run.json')))
      throw new DataError(
        `--resume: expected the --out of an interrupted run, got ${out}, next to which there is no ${pathOf(out)}`,
      );
    return new RunFolder(out);
  }

  /** Notes how the run was begun, and what determines it. */
  note(run: Begun): void {
    writeFileAtomic(join(this.path, 'run.json'), JSON.stringify(run));
  }

  /** @throws DataError where that cannot be read */
  get begun(): Begun {
    const path = join(this.path, 'run.json');
    const mismatch = (what: string): DataError =>
      new DataError(`--resume: expected how a run was begun in ${path}, got ${what}`);
    let json: unknown;
    try {
      json = parseJson(readFileSync(path, 'utf8'));
    } catch (error) {
      throw mismatch((error as Error).message);
    }
    const { configurations, ...rest } = take(begun, json, ({ text }) => mismatch(text));
    return { ...rest, configurations: configurations.map((own) => checkConfiguration(path, own)) };
  }

  /** What metrics.json holds so far, to the letter; null where nothing is finished. */
  get metrics(): Metrics | null {
    const path = join(this.path, 'metrics.json');
    if (!existsSync(path)) return null;
    readMetrics(this.path);
    return JSON.parse(readFileSync(path, 'utf8')) as Metrics;
  }

  /**
   * Gives the run its place, and ends the lock.
   *
   * @returns the id and date of the run that was there before, if any
   */
  publish(): { id: string; started: string } | null {
    const before = replaced(this.#out);
    for (const name of readdirSync(this.path, { recursive: true, encoding: 'utf8' }))
      if (name.startsWith('checkpoints-') || LEFT.test(name))
        rmSync(join(this.path, name), { recursive: true, force: true });
    const aside = `${this.#out}.replaced-${randomBytes(4).toString('hex')}`;
    if (existsSync(this.#out)) renameSync(this.#out, aside);
    renameSync(this.path, this.#out);
    for (const name of readdirSync(this.#out))
      if (UNTIL_FINISHED.test(name)) rmSync(join(this.#out, name), { force: true });
    rmSync(aside, { recursive: true, force: true });
    return before;
  }

  /** Ends the lock of a run that was not finished, and removes the folder if nothing in it is worth keeping. */
  leave(): void {
    if (!existsSync(this.path)) return;
    if (this.#kept) this.#lock.release();
    else rmSync(this.path, { recursive: true, force: true });
  }

  /** Whether something is here that took time to make. */
  get #kept(): boolean {
    return readdirSync(this.path).some((name) => /^(checkpoints-|metrics\.json)/.test(name));
  }

  #clear(): void {
    for (const name of readdirSync(this.path)) if (OWN.test(name)) rmSync(join(this.path, name), { recursive: true });
  }
}

/** Where a protocol's checkpoints are, in the folder of a run. */
export function checkpointsIn(path: string, protocol: string): string {
  return join(path, `checkpoints-${protocol}`);
}

/** Names a run by all that determines its figures: eight digits. */
export function runId({
  configurations,
  seed,
  checksums,
  split,
  classes,
}: Pick<Begun, 'configurations' | 'seed' | 'checksums' | 'split' | 'classes'>): string {
  const own = split || classes ? [split?.contents ?? null, classes] : [];
  const all = JSON.stringify([packageJson.version, configurations, seed, checksums, ...own]);
  return createHash('sha256').update(all).digest('hex').slice(0, 8);
}

/** A folder without a separator at its end, so that names next to it can be made from its own. */
function placeOf(out: string): string {
  const place = normalize(out).replace(/(?<=.)[/\\]+$/, '');
  return ['.', '..'].includes(basename(place)) ? resolve(place) : place;
}

const pathOf = (out: string): string => `${placeOf(out)}.unfinished`;

function replaced(out: string): { id: string; started: string } | null {
  if (!existsSync(join(out, 'metrics.json'))) return null;
  try {
    const { id = 'unknown', started } = readMetrics(out).run;
    return { id, started };
  } catch {
    return { id: 'unknown', started: 'unknown' };
  }
}
