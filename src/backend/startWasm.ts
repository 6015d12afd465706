import type { Kernels } from '../kernels/types.ts';
import { nativeKernels, type Sharing, wasmKernels } from '../kernels/wasm/index.ts';
import { type Instance, instantiate, LOW_BYTES, PAGE } from '../kernels/wasm/instantiate.ts';
import type { Arena } from './arena.ts';
import type { Started, StartWasm } from './choice.ts';

/** Starts the kernels of a module given in base64, or of another that `setBackend` is given. */
export function startWasm<K extends Partial<Kernels>>(own: string): StartWasm<K> {
  return (options, arena, js) => startInstance(instantiate(options.module ?? own, options.memory), arena, js);
}

/** The kernels of an instance, and its memory. */
export function startInstance<K extends Partial<Kernels>>(
  instance: Instance,
  arena: Arena,
  js: K,
  sharing: Sharing | null = null,
): Started<K> {
  const { memory, relaxed } = instance;
  return {
    table: wasmKernels(instance, arena, js, sharing),
    native: nativeKernels(instance, js),
    relaxed,
    memory: {
      get buffer() {
        return memory.buffer;
      },
      base: LOW_BYTES,
      grow: (bytes) => {
        memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE));
      },
    },
  };
}
