import type { Job, Pool } from './team.ts';
import { MOST_PIECES } from './team.ts';

type Export = (...args: (number | boolean)[]) => number;
export type Functions = Readonly<Record<string, Export>>;

/** A call as a plan sees it, before its arrays have addresses. */
export interface Call {
  /** Its arguments: scalars as numbers; 1 for an array and 0 for null. */
  args: readonly number[];
  /** The scalars among them. */
  scalars: readonly number[];
  pool: Pool;
  functions: Functions;
}

/** How threads share a call. */
export interface Shared {
  /** Bytes of workspace that they need. */
  bytes: number;
  /** Runs it with the addresses of its arrays, and its workspace from `at` on. */
  run(args: readonly number[], at: number): number;
}

/** How threads share calls of one kernel; null for a call that is too small. */
export type Plan = (call: Call) => Shared | null;

/** Pieces per thread at least: what a thread that another process keeps waiting leaves, the others take. */
const PIECES = 4;

/** Units of a piece, a multiple of `multiple`, from multiply-adds per unit; null if there would be no second piece. */
export function pieceSize({ threads, smallest }: Pool, units: number, cost: number, multiple = 1): number | null {
  const least = Math.max(units / (threads * PIECES), smallest / Math.max(cost, 1), units / MOST_PIECES);
  const size = Math.ceil(least / multiple) * multiple;
  return size < units ? size : null;
}

/** Bytes in whole cache lines, none of which two threads share. */
export const lines = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Runs a job to its end; 0, as most kernels have no result. */
export function run(pool: Pool, job: Job): number {
  pool.fork(job);
  pool.join();
  return 0;
}

/** Where the units of a call are. */
export interface Units {
  /** Index of the argument that is the number of units; in the call of a piece it is that of the piece's. */
  counted: number;
  units: number;
  /** Multiply-adds of a unit, or what takes as long. */
  cost: number;
  /** Bytes from one unit to the next in arrays, by index of the argument. */
  arrays: Readonly<Record<number, number>>;
  /** The same in offsets, in elements. */
  offsets?: Readonly<Record<number, number>>;
  /** Units that belong together, so that no tile or vector is cut. */
  multiple?: number;
}

/**
 * The plan of a kernel whose pieces are calls of the same kernel: arrays, or offsets in them, begin at the piece's first unit,
 * and one argument is the number of its units.
 *
 * @param part whether pieces are calls of the export `...Part`, which has the number of units as another argument
 */
export function byUnits(name: string, of: (args: readonly number[]) => Units, part = false): Plan {
  return ({ args, scalars, pool, functions }) => {
    const { counted, units, cost, arrays, offsets = {}, multiple } = of(args);
    const size = pieceSize(pool, units, cost, multiple);
    if (size === null) return null;
    const thread = lines(functions[`${name}Workspace`]?.(...scalars) ?? 0);
    const steps: Record<number, number> = { ...offsets };
    for (const i in arrays) if (args[i]) steps[i] = arrays[i];
    const job = { kernel: part ? `${name}Part` : name, steps, counted, units, size, workspaceBytes: thread };
    return {
      bytes: thread * pool.threads,
      run: (passed, workspace) => run(pool, { ...job, args: part ? [...passed, 0] : passed, workspace }),
    };
  };
}
