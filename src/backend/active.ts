import { checkKind, checkOneOf } from '../core/check.ts';
import { jsKernels } from '../kernels/js/index.ts';
import type { DType, Kernels } from '../kernels/types.ts';
import { arena } from './arena.ts';
import { type Backend, BackendChoice, type BackendName, type BackendOptions, type StartWasm } from './choice.ts';

const choice = /* @__PURE__ */ new BackendChoice<Kernels>(jsKernels, arena);

/** The backend that runs; chosen at first use, `wasm` if the engine can run it. */
export function backend(): Backend {
  return choice.backend();
}

/**
 * Chooses where the float32 kernels run: `wasm` (SIMD in WebAssembly) or `js` (plain JavaScript, any engine). Each gives
 * the same bits on every engine; between the two, a result differs by a few roundings of its sums.
 *
 * @param options.module `wasm` only: a compiled WebAssembly.Module instead of the entry's own, such as one of the package's
 * .wasm files or `relaxedModule()` of `dynaecg/relaxed`
 * @param options.memory `wasm` only: bytes of memory to start with
 * @throws BackendError if the engine cannot run it, the entry has no WebAssembly, or the module is not of this version; inside
 * a scope; the backend is then unchanged
 * @example
 *     setBackend('js'); // the same bits on every engine
 */
export function setBackend(name: BackendName, options: BackendOptions = {}): Backend {
  return choice.setBackend(name, options);
}

/** Makes the backend `wasm` available, as the entries with WebAssembly do. */
export function offerWasm(start: StartWasm<Kernels>): void {
  choice.offerWasm(start);
}

/** Runs kernels that others have started in WebAssembly, such as threads; `reason` as in `Backend`. */
export function adopt(begin: StartWasm<Kernels>, reason: string | null): Backend {
  return choice.adopt((own, js) => begin({}, own, js), reason);
}

/** Plain JavaScript, for lack of WebAssembly. */
export function withoutWasm(reason: string): Backend {
  return choice.withoutWasm(reason);
}

/** The kernels that run on tensors of a dtype: the chosen table for float32, plain JavaScript for float64. */
export function kernels(dtype: DType): Kernels {
  if (dtype === 'float64') return jsKernels;
  if (dtype !== 'float32') checkOneOf('kernels', 'dtype', dtype, ['float32', 'float64']);
  if (!choice.active) choice.backend();
  return choice.table;
}

/**
 * Replaces float32 kernels until the next `setBackend`: `useKernels({ ...kernels('float32'), relu: mine })`. Returns the
 * table that ran before. (Convolution and LSTM call their own gemm, not the table's.)
 */
export function useKernels(next: Kernels): Kernels {
  checkKind('useKernels', 'next', next, 'object');
  for (const name of Object.keys(jsKernels)) checkKind('useKernels', name, next[name as keyof Kernels], 'function');
  const before = kernels('float32');
  choice.table = next;
  return before;
}
