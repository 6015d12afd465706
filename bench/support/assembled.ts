import { assemble } from '../../build.ts';
import type { Engine } from '../../src/kernels/wasm/instantiate.ts';

/** An AssemblyScript module of the bench with memory of its own. */
export interface Assembled {
  call: Record<string, (...args: number[]) => number>;
  /** A new array of `n` floats in -1..1, on a line of the cache. */
  floats: (n: number) => Float32Array;
  /** Address of the first free byte, for a kernel to work in. */
  room: () => number;
}

const MEGABYTES = 256;

export function instantiate(file: string, ...features: string[]): Assembled {
  const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
  const memory = new Memory({ initial: MEGABYTES * 16 });
  const module = new Module(assemble(`bench/support/assembly/${file}`, ...features));
  const { exports } = new Instance(module, { env: { memory } });
  let top = 1024;
  return {
    call: exports as Assembled['call'],
    floats: (n) => {
      const array = new Float32Array(memory.buffer, top, n);
      for (let i = 0; i < n; i++) array[i] = Math.sin(i * 12.9898 + top);
      top = Math.ceil((top + 4 * n) / 64) * 64;
      return array;
    },
    room: () => top,
  };
}
