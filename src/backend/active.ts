import { checkKind, checkOneOf, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { BackendError } from '../core/errors.ts';
import { jsKernels } from '../kernels/js/index.ts';
import type { DType, Kernels } from '../kernels/types.ts';
import { nativeKernels, wasmKernels } from '../kernels/wasm/index.ts';
import { instantiate, LOW_BYTES, PAGE } from '../kernels/wasm/instantiate.ts';
import { arena } from './arena.ts';

/** Where the float32 kernels run. */
export type BackendName = 'js' | 'wasm';

/** What `backend` returns. */
export interface Backend {
  readonly name: BackendName;
  /** Whether multiply-adds are fused if the processor can. */
  readonly relaxed: boolean;
  /** Names of the kernels that run in WebAssembly; the others, and all float64 kernels, are JavaScript. */
  readonly native: readonly (keyof Kernels)[];
  /** Why WebAssembly was not chosen, if JavaScript was not asked for; null otherwise. */
  readonly reason: string | null;
}

let active: Backend | null = null;
let table: Kernels = jsKernels;

/** The backend that runs; chosen at first use, `wasm` if the engine can run it. */
export function backend(): Backend {
  if (active) return active;
  try {
    return setBackend('wasm');
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    active = { ...setBackend('js'), reason: error.message };
    return active;
  }
}

/**
 * Chooses where the float32 kernels run: `wasm` (SIMD in WebAssembly) or `js` (plain JavaScript, any engine). Each gives
 * the same bits on every engine; between the two, a result differs by a few roundings of its sums.
 *
 * @param options.relaxed `wasm` only: uses fused multiply-adds (relaxed SIMD) if the engine supports them, which is faster;
 * the last bits then depend on the processor; off by default
 * @throws BackendError if the engine cannot run it, or inside a scope; the backend is then unchanged
 * @example
 *     setBackend('js'); // the same bits on every engine
 */
export function setBackend(name: BackendName, options: { relaxed?: boolean } = {}): Backend {
  arena.expectNoScope('setBackend');
  checkOptions('setBackend', options, [], ['relaxed']);
  if (options.relaxed !== undefined) checkKind('setBackend', 'relaxed', options.relaxed, 'flag');
  if (name === 'js') {
    arena.moveTo();
    table = jsKernels;
    active = { name, relaxed: false, native: [], reason: null };
    return active;
  }
  if (name !== 'wasm') throw new BackendError(`setBackend: expected 'js' or 'wasm', got ${formatValue(name)}`);
  const instance = instantiate(options.relaxed ?? false);
  const { memory, relaxed } = instance;
  arena.moveTo({
    get buffer() {
      return memory.buffer;
    },
    base: LOW_BYTES,
    grow: (bytes) => {
      memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE));
    },
  });
  table = wasmKernels(instance, arena, jsKernels);
  active = { name, relaxed, native: nativeKernels, reason: null };
  return active;
}

/** The kernels that run on tensors of a dtype: the chosen table for float32, plain JavaScript for float64. */
export function kernels(dtype: DType): Kernels {
  if (dtype === 'float64') return jsKernels;
  if (dtype !== 'float32') checkOneOf('kernels', 'dtype', dtype, ['float32', 'float64']);
  if (!active) backend();
  return table;
}

/**
 * Replaces float32 kernels until the next `setBackend`: `useKernels({ ...kernels('float32'), relu: mine })`. Returns the
 * table that ran before. (Convolution and LSTM call their own gemm, not the table's.)
 */
export function useKernels(next: Kernels): Kernels {
  checkKind('useKernels', 'next', next, 'object');
  for (const name of Object.keys(jsKernels)) checkKind('useKernels', name, next[name as keyof Kernels], 'function');
  const before = kernels('float32');
  table = next;
  return before;
}
