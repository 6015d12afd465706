import { checkCount, formatValue, wrongKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { BackendError } from '../core/errors.ts';
import type { Kernels } from '../kernels/types.ts';
import type { Arena, ArenaMemory } from './arena.ts';

/** Where the float32 kernels run. */
export type BackendName = 'js' | 'wasm';

/** What `backend` returns. */
export interface Backend {
  readonly name: BackendName;
  /** Whether multiply-adds are fused if the processor can. */
  readonly relaxed: boolean;
  /** How many threads share the work of a kernel, the caller's included; more than one after `useThreads`. */
  readonly threads: number;
  /** Names of the kernels that run in WebAssembly; the others, and all float64 kernels, are JavaScript. */
  readonly native: readonly (keyof Kernels)[];
  /** Why WebAssembly was not chosen, if JavaScript was not asked for, or why fewer threads run than were; null otherwise. */
  readonly reason: string | null;
}

/** Options of `setBackend`, all for `wasm`. */
export interface BackendOptions {
  /**
   * a compiled `WebAssembly.Module` of one of the package's .wasm files, for engines that do not compile bytes at run time, or
   * `relaxedModule()` of `dynaecg/relaxed`
   *
   * @defaultValue null: the entry's own
   */
  module?: object | null;
  /**
   * bytes of memory to start with; it grows when a scope needs more
   *
   * @defaultValue 128 MB, or 16 MB where the engine refuses that
   */
  memory?: number;
}

/** Kernels that run in WebAssembly, and the memory that they run in. */
export interface Started<K> {
  readonly table: K;
  readonly native: readonly (keyof Kernels)[];
  readonly relaxed: boolean;
  readonly memory: ArenaMemory;
  /** How many threads share the work; 1 by default. */
  readonly threads?: number;
  /** Ends what it has started, when another backend is chosen. */
  stop?(): void;
}

/** Starts WebAssembly kernels; those that it lacks are taken from `js`. Throws a BackendError if the engine cannot or may not. */
export type StartWasm<K> = (options: BackendOptions, arena: Arena, js: K) => Started<K>;

/** Which of two tables of kernels runs, and whether an arena is in WebAssembly's memory. */
export class BackendChoice<K> {
  /** The table that runs; to be read after `backend` has chosen. */
  table: K;
  active: Backend | null = null;
  private start: StartWasm<K> | null = null;
  private stop: (() => void) | undefined;
  private readonly js: K;
  private readonly arena: Arena;

  constructor(js: K, arena: Arena) {
    this.js = js;
    this.table = js;
    this.arena = arena;
  }

  /** Makes `wasm` available. What was chosen for lack of it is chosen anew. */
  offerWasm(start: StartWasm<K>): void {
    this.start = start;
    if (this.active?.reason && this.arena.current === 0) this.active = null;
  }

  backend(): Backend {
    if (this.active) return this.active;
    try {
      return this.setBackend('wasm');
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return this.withoutWasm(error.message);
    }
  }

  /** Plain JavaScript, for lack of WebAssembly. */
  withoutWasm(reason: string): Backend {
    this.active = { ...this.setBackend('js'), reason };
    return this.active;
  }

  setBackend(name: BackendName, options: BackendOptions = {}): Backend {
    const { arena, js, start } = this;
    arena.expectNoScope('setBackend');
    checkOptions('setBackend', options, [], ['module', 'memory']);
    const { module, memory } = options;
    if (module !== undefined && (typeof module !== 'object' || Array.isArray(module)))
      throw wrongKind('setBackend', 'module', 'an object', formatValue(module));
    if (memory !== undefined) checkCount('setBackend', 'memory', memory, 1);
    if (name === 'js') {
      arena.moveTo();
      this.table = js;
      return this.replace({ name, relaxed: false, threads: 1, native: [], reason: null });
    }
    if (name !== 'wasm') throw new BackendError(`setBackend: expected 'js' or 'wasm', got ${formatValue(name)}`);
    if (!start) throw new BackendError('wasm: expected an import of an entry with WebAssembly, got one without it');
    return this.adopt((own) => start(options, own, js));
  }

  /** Runs kernels in WebAssembly, started for the arena, from now on; `reason` as in `Backend`. */
  adopt(begin: (arena: Arena, js: K) => Started<K>, reason: string | null = null): Backend {
    const { arena, js } = this;
    arena.expectNoScope('setBackend');
    const { memory, table, native, relaxed, threads = 1, stop } = begin(arena, js);
    arena.moveTo(memory);
    this.table = table;
    return this.replace({ name: 'wasm', relaxed, threads, native, reason }, stop);
  }

  private replace(next: Backend, stop?: () => void): Backend {
    this.stop?.();
    this.stop = stop;
    this.active = next;
    return next;
  }
}
