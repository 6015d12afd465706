import { BackendError } from '../../../core/errors.ts';
import { CLOSED, LAYOUT, MOST_ARGUMENTS, PIECE_BITS } from './layout.ts';

type Export = (...args: (number | boolean)[]) => number;

/** One call of a kernel cut into calls for some of its units: rows, samples, channels. */
export interface Job {
  /** Name of the export. */
  kernel: string;
  /** Arguments of a call that begins at the first unit, without the workspace. */
  args: readonly (number | boolean)[];
  /** What arguments grow by from one unit to the next, by their index. */
  steps: Readonly<Record<number, number>>;
  /** Index of the argument that is the number of units; -1 if there is none. */
  counted: number;
  units: number;
  /** Units of a piece. */
  size: number;
  /** Where each thread has its workspace: the first's, and bytes from one to the next. */
  workspace: number;
  workspaceBytes: number;
}

/** Threads that share the pieces of a job with the caller: the core knows nothing else about them. */
export interface Pool {
  /** How many there are, the caller included. */
  readonly threads: number;
  /** Multiply-adds of a piece at least. */
  readonly smallest: number;
  /** Hands out the pieces of a job. */
  fork(job: Job): void;
  /** Returns when all its pieces are done; throws if one has failed. */
  join(): void;
}

/** Pieces that a job has at most; a ticket has no bits for more. */
export const MOST_PIECES = CLOSED - 1;

const PATIENCE = 20_000; // looks at whether the others are done before the caller sleeps: some 50 microseconds

/** The caller's side of the pool: `serve` is the other. */
export class Team implements Pool {
  readonly threads: number;
  readonly smallest: number;
  private readonly functions: Readonly<Record<string, Export>>;
  private readonly indices: ReadonlyMap<string, number>;
  private readonly words: Int32Array;
  private readonly numbers: Float64Array;
  private readonly bytes: Uint8Array;
  private readonly mayWait: boolean;
  private job: Job | null = null;
  private serial = 0;
  private error: unknown = null;

  constructor(threads: number, smallest: number, functions: Readonly<Record<string, Export>>, buffer: ArrayBufferLike) {
    this.threads = threads;
    this.smallest = smallest;
    this.functions = functions;
    this.indices = new Map(Object.keys(functions).map((name, i) => [name, i]));
    this.words = new Int32Array(buffer, 0, 256);
    this.numbers = new Float64Array(buffer, 0, 128);
    this.bytes = new Uint8Array(buffer, 0, 1024);
    this.mayWait = mayWait(this.words);
  }

  fork(job: Job): void {
    const { kernel, args, steps, counted, units, size, workspace, workspaceBytes } = job;
    const words = this.words;
    const numbers = this.numbers;
    const index = this.indices.get(kernel);
    if (index === undefined || args.length >= MOST_ARGUMENTS)
      throw new BackendError(`wasm: expected a kernel for threads, got ${kernel} with ${args.length} arguments`);
    const n = args.length;
    for (let i = 0; i < n; i++) {
      numbers[LAYOUT.values + i] = Number(args[i]);
      numbers[LAYOUT.steps + i] = steps[i] ?? 0;
    }
    numbers[LAYOUT.values + n] = workspace;
    numbers[LAYOUT.steps + n] = workspaceBytes;
    words[LAYOUT.arguments] = n + 1;
    words[LAYOUT.kernel] = index;
    words[LAYOUT.counted] = counted;
    words[LAYOUT.units] = units;
    words[LAYOUT.size] = size;
    words[LAYOUT.pieces] = Math.ceil(units / size);
    words[LAYOUT.done] = 0;
    words[LAYOUT.failed] = 0;
    this.job = job;
    this.error = null;
    this.serial = (this.serial + 1) >>> 0;
    Atomics.store(words, LAYOUT.ticket, this.serial << PIECE_BITS);
    if (Atomics.load(words, LAYOUT.sleeping) > 0) Atomics.notify(words, LAYOUT.ticket);
  }

  join(): void {
    const job = this.job;
    if (!job) return;
    this.job = null;
    const words = this.words;
    const pieces = words[LAYOUT.pieces];
    for (let piece = this.take(pieces); piece >= 0; piece = this.take(pieces)) {
      try {
        this.run(job, piece * job.size);
      } catch (error) {
        this.error ??= error;
      }
      Atomics.add(words, LAYOUT.done, 1);
    }
    this.await(pieces);
    Atomics.store(words, LAYOUT.ticket, (this.serial << PIECE_BITS) | CLOSED);
    const message = this.error === null ? words[LAYOUT.failed] && this.message() : String(this.error);
    if (message) throw new BackendError(`${job.kernel}: expected every thread to finish its share, got "${message}"`);
  }

  /** The next piece, -1 if all are taken. */
  private take(pieces: number): number {
    const words = this.words;
    for (;;) {
      const ticket = Atomics.load(words, LAYOUT.ticket);
      const piece = ticket & CLOSED;
      if (piece >= pieces) return -1;
      if (Atomics.compareExchange(words, LAYOUT.ticket, ticket, ticket + 1) === ticket) return piece;
    }
  }

  private run({ kernel, args, steps, counted, units, size, workspace }: Job, first: number): void {
    const own = args.slice();
    for (const i in steps) own[i] = (own[i] as number) + steps[i] * first;
    if (counted >= 0) own[counted] = Math.min(size, units - first);
    own.push(workspace);
    this.functions[kernel](...own);
  }

  private await(pieces: number): void {
    const words = this.words;
    for (let looks = 0; Atomics.load(words, LAYOUT.done) < pieces; looks++) {
      if (looks < PATIENCE || !this.mayWait) continue;
      Atomics.store(words, LAYOUT.joining, 1);
      const done = Atomics.load(words, LAYOUT.done);
      if (done < pieces) Atomics.wait(words, LAYOUT.done, done);
      Atomics.store(words, LAYOUT.joining, 0);
    }
  }

  private message(): string {
    const length = this.words[LAYOUT.messageLength];
    return String.fromCharCode(...this.bytes.slice(LAYOUT.message, LAYOUT.message + length));
  }
}

/** Closes the first job, before any thread looks for one. */
export function prepare(buffer: ArrayBufferLike): void {
  Atomics.store(new Int32Array(buffer, 0, 256), LAYOUT.ticket, CLOSED);
}

/** Whether this thread may sleep: a page's main thread may not, and looks until the others are done. */
function mayWait(words: Int32Array): boolean {
  try {
    Atomics.wait(words, LAYOUT.done, words[LAYOUT.done] + 1, 0);
    return true;
  } catch {
    return false;
  }
}
