import type { Kernels } from '../types.ts';
import { ACCESS } from './access.ts';
import { bind, type Kernel, type Share, type Workspace } from './bind.ts';
import { type Instance, LIMIT, LOW_BYTES, PAGE } from './instantiate.ts';

/** How threads share the calls of a kernel; null if they do not. */
export type Sharing = (name: string) => Share | null;

/** Names of the kernels of a table that a module has; the others are JavaScript's. */
export function nativeKernels({ functions }: Instance, table: Partial<Kernels>): readonly (keyof typeof ACCESS)[] {
  return (Object.keys(ACCESS) as (keyof typeof ACCESS)[]).filter((name) => functions[name] && table[name]);
}

/**
 * A table of kernels in which those that the module has run in WebAssembly.
 *
 * A call that finds no workspace, because a scope has outgrown the memory, runs in a spare instance of the same code, whose
 * memory holds nothing between two calls and so may grow at any time: its bits are the same. If the engine has no
 * memory for that either, the kernel of `js` runs.
 *
 * @param sharing how threads share the calls of a kernel, if there are any
 */
export function wasmKernels<K extends Partial<Kernels>>(
  instance: Instance,
  workspace: Workspace,
  js: K,
  sharing: Sharing | null = null,
): K {
  const plain = js as unknown as Readonly<Record<string, Kernel>>;
  const all = (
    own: Instance,
    within: Workspace,
    fallback: (name: string) => Kernel,
    sharing: Sharing | null,
  ): Record<string, Kernel> => {
    const { functions, memory } = own;
    const bound = nativeKernels(own, js).map((name) => {
      const share = sharing?.(name) ?? null;
      return [
        name,
        bind(functions[name], functions[`${name}Workspace`], ACCESS[name], memory, within, fallback(name), share),
      ];
    });
    return Object.fromEntries(bound);
  };
  let spare: Record<string, Kernel> | null = null;
  const outgrown = (): Record<string, Kernel> => {
    if (spare) return spare;
    const other = instance.again();
    spare = all(other, growing(other.memory), (name) => plain[name], null);
    return spare;
  };
  const native = all(
    instance,
    workspace,
    (name) =>
      (...args) =>
        outgrown()[name](...args),
    sharing,
  );
  return Object.freeze({ ...js, ...native });
}

/** A memory in which nothing is alive between two calls. */
function growing(memory: Instance['memory']): Workspace {
  return {
    get buffer() {
      return memory.buffer;
    },
    reserve(bytes) {
      const end = LOW_BYTES + bytes;
      if (end > LIMIT) return -1;
      try {
        if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
      } catch {
        return -1;
      }
      return LOW_BYTES;
    },
  };
}
