import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from 'dynaecg';
import { prepareFolder } from '../../examples/shared/folder.ts';
import type { Clock } from './options.ts';
import type { Timing } from './timing.ts';

/** How long ours takes of a peer's time, minimum against minimum, in the same run on the same machine. */
export interface Ratio {
  work: string;
  peer: string;
  value: number;
}

/** A run of the bench: what `--save` writes and `--compare` reads. */
export interface Run {
  /** versions of Node and V8 */
  engine: string;
  cpu: string;
  cores: number;
  clock: Clock;
  /** what suites run on that do not choose it themselves */
  backend: string;
  native: readonly string[];
  timings: Timing[];
  ratios: Ratio[];
  /** seconds of a training step by kernel */
  shares: Record<string, number>;
}

/**
 * A run that `--save` wrote.
 *
 * @throws DataError where there is none, or where it cannot be compared with a run by this clock
 */
export function readBaseline(path: string, clock: Clock): Run {
  const got = (what: string, cause?: unknown): DataError =>
    new DataError(`--compare: expected a run of the bench in ${path}, got ${what}`, { cause });
  let run: Run;
  try {
    run = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw got((error as Error).message, error);
  }
  if (!Array.isArray(run?.timings)) throw got('other JSON');
  for (const field of ['engine', 'cpu'] as const)
    if (typeof run[field] !== 'string') throw got(`${field} ${JSON.stringify(run[field])}`);
  if (run.clock !== clock) throw got(`clock ${JSON.stringify(run.clock)} instead of "${clock}"`);
  for (const [i, timing] of run.timings.entries()) {
    const wrong = FIELDS.find(([field, fits]) => !fits(timing?.[field]));
    if (wrong) throw got(`${wrong[0]} ${JSON.stringify(timing?.[wrong[0]])} in timing ${i}`);
  }
  return run;
}

const isText = (v: unknown): boolean => typeof v === 'string';
const isTime = (v: unknown): boolean => Number.isFinite(v) && (v as number) > 0;
const isMargin = (v: unknown): boolean => v === null || (Number.isFinite(v) && (v as number) >= 0);

/** What a comparison uses of a timing. */
const FIELDS: readonly (readonly [field: keyof Timing, fits: (v: unknown) => boolean])[] = [
  ['work', isText],
  ['by', isText],
  ['mean', isTime],
  ['median', isTime],
  ['minimum', isTime],
  ['margin', isMargin],
];

/** Throws where a run cannot be written to `path`; asked for early, before minutes are spent on it. */
export function prepareBaseline(path: string): void {
  prepareFolder('--save', dirname(path));
  if (existsSync(path) && statSync(path).isDirectory())
    throw new DataError(`--save: expected a file, got the folder ${path}`);
}
