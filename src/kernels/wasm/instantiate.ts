import { BackendError } from '../../core/errors.ts';
import { plain, relaxed } from './binary.ts';

type Export = (...args: (number | boolean)[]) => number;
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
/** As much of the engine's WebAssembly as is needed here; not every engine has it. */
export interface Engine {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, Export> };
  Memory: new (sizes: { initial: number }) => Memory;
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

/**
 * Compiles and instantiates the kernels, synchronously.
 *
 * @param allowRelaxed takes the build with fused multiply-adds if the engine supports them; results then differ in the last
 * bits from one processor to another
 * @throws BackendError with the reason if the engine cannot or may not
 */
export function instantiate(allowRelaxed: boolean): Instance {
  const engine = (globalThis as { WebAssembly?: Engine }).WebAssembly;
  if (!engine) throw new BackendError('wasm: expected WebAssembly, got an engine without it');
  try {
    let bytes = decode(allowRelaxed ? relaxed : plain);
    const fused = allowRelaxed && engine.validate(bytes);
    if (allowRelaxed && !fused) bytes = decode(plain);
    const module = new engine.Module(bytes);
    const run = (memory: Memory): Instance => {
      const { exports: functions } = new engine.Instance(module, { env: { memory } });
      return { functions, memory, relaxed: fused, again: () => run(new engine.Memory({ initial: 1 })) };
    };
    return run(reserve(engine));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackendError(`wasm: expected an engine with SIMD that may compile it, got "${reason}"`);
  }
}

function reserve({ Memory }: Engine): Memory {
  for (const bytes of INITIAL)
    try {
      return new Memory({ initial: bytes / PAGE });
    } catch {
      // less, then
    }
  return new Memory({ initial: 1 });
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes from base64; `atob` is not part of the language. */
function decode(text: string): Uint8Array {
  const end = text.indexOf('=');
  const length = end < 0 ? text.length : end;
  const bytes = new Uint8Array((length * 6) >> 3);
  for (let i = 0, bits = 0; i < length; i++) {
    bits = (bits << 6) | DIGITS.indexOf(text[i]);
    const ready = (i * 6) % 8; // of the bits before this digit, those not yet used
    if (ready >= 2) bytes[(i * 6) >> 3] = bits >> (ready - 2);
  }
  return bytes;
}
