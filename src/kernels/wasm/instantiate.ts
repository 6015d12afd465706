import { decodeBase64 } from '../../core/base64.ts';
import { BackendError } from '../../core/errors.ts';
import { fingerprint } from './binary/fingerprint.ts';

type Export = (...args: (number | boolean)[]) => number;
export interface Memory {
  readonly buffer: ArrayBuffer; // or one that threads share, which typed arrays treat alike
  grow(pages: number): number;
}
/** As much of the engine's WebAssembly as is needed here; not every engine has it. */
export interface Engine {
  Module: {
    new (bytes: Uint8Array): object;
    customSections(module: object, name: string): ArrayBuffer[];
  };
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, Export> };
  Memory: new (sizes: { initial: number; maximum?: number; shared?: boolean }) => Memory;
}

/** The compiled kernels and their memory. */
export interface Instance {
  /** The module's exports, under a name that CommonJS leaves free. */
  readonly functions: Record<string, Export>;
  readonly memory: Memory;
  /** Whether multiply-adds round once if the processor can. */
  readonly relaxed: boolean;
  /** The same code with another memory, of one page. */
  readonly again: () => Instance;
}

/** Bytes: the unit in which memory grows. */
export const PAGE = 65536;
/** Bytes: addresses beyond are not positive int32 numbers. */
export const LIMIT = 2 ** 31;
/** The lowest addresses stay empty, so that 0 can mean no array. */
export const LOW_BYTES = 1024;
/**
 * Bytes to start with, tried in this order: a training step of the default network on 96 beats takes 48 MB. Systems provide
 * its pages when they are first written to.
 */
const INITIAL = [2 ** 27, 2 ** 24];

/** The engine's WebAssembly, if it has one. */
export const engineOf = (): Engine | undefined => (globalThis as { WebAssembly?: Engine }).WebAssembly;

/**
 * Instantiates the kernels, synchronously.
 *
 * @param source a compiled module, or one in base64 that is compiled first
 * @param memory bytes to start with; by default as many as INITIAL says
 * @param make makes a memory of so many pages
 * @throws BackendError with the reason if the engine cannot or may not, or the module is not of this version
 */
export function instantiate(source: object | string, memory?: number, make = newMemory): Instance {
  const engine = engineOf();
  if (!engine) throw new BackendError('wasm: expected WebAssembly, got an engine without it');
  try {
    const module = typeof source === 'string' ? new engine.Module(decodeBase64(source)) : source;
    const relaxed = kindOf(engine, module) === 'relaxed';
    const run = (memory: Memory): Instance => {
      const { exports: functions } = new engine.Instance(module, { env: { memory } });
      return { functions, memory, relaxed, again: () => run(make(1)) };
    };
    return run(reserve(make, memory));
  } catch (error) {
    if (error instanceof BackendError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackendError(`wasm: expected an engine with SIMD that may compile it, got "${reason}"`);
  }
}

/** In two steps: `new (engineOf() as Engine).Memory()` loses its brackets where TypeScript 7 writes CommonJS. */
function newMemory(pages: number): Memory {
  const { Memory } = engineOf() as Engine;
  return new Memory({ initial: pages });
}

/** Which of our modules this is; build.ts names each in a section of its own, with the fingerprint of all. */
function kindOf({ Module }: Engine, module: object): string {
  let sections: ArrayBuffer[];
  try {
    sections = Module.customSections(module, 'dynaecg');
  } catch {
    throw new BackendError('wasm: expected a compiled WebAssembly.Module, got another object');
  }
  const [kind = 'none', version] = sections.length > 0 ? ascii(sections[0]).split(' ') : [];
  if (version !== fingerprint)
    throw new BackendError(
      `wasm: expected a module of this version of dynaecg (${fingerprint}), got ${version ?? 'one that is not of dynaecg'}`,
    );
  return kind;
}

const ascii = (bytes: ArrayBuffer): string => String.fromCharCode(...new Uint8Array(bytes));

function reserve(make: (pages: number) => Memory, memory?: number): Memory {
  if (memory !== undefined) return make(Math.ceil(memory / PAGE));
  for (const bytes of INITIAL)
    try {
      return make(bytes / PAGE);
    } catch {
      // less, then
    }
  return make(1);
}
