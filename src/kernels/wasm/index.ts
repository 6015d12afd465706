import type { Kernels } from '../types.ts';
import { ACCESS } from './access.ts';
import { bind, type Kernel, type Workspace } from './bind.ts';
import { type Instance, LIMIT, LOW_BYTES, PAGE } from './instantiate.ts';

/** Names of the kernels that run in WebAssembly; the others are JavaScript's. */
export const nativeKernels = /* @__PURE__ */ Object.keys(ACCESS) as readonly (keyof Kernels)[];

/**
 * The table of kernels in which those of ACCESS run in WebAssembly.
 *
 * A call that finds no workspace, because a scope has outgrown the memory, runs in a spare instance of the same code, whose
 * memory holds nothing between two calls and so may grow at any time: its bits are the same. If the engine has no
 * memory for that either, the kernel of `fallback` runs.
 */
export function wasmKernels(instance: Instance, workspace: Workspace, fallback: Kernels): Kernels {
  let spare: Kernels | null = null;
  const outgrown = (): Kernels => {
    if (spare) return spare;
    const other = instance.again();
    spare = bindAll(other, growing(other.memory), (name) => fallback[name] as Kernel);
    return spare;
  };
  const native = bindAll(
    instance,
    workspace,
    (name) =>
      (...args) =>
        (outgrown()[name] as Kernel)(...args),
  );
  return Object.freeze({ ...fallback, ...native });
}

function bindAll(
  { functions, memory }: Instance,
  workspace: Workspace,
  fallback: (name: keyof Kernels) => Kernel,
): Kernels {
  const bound = nativeKernels.map((name) => {
    const access = ACCESS[name as keyof typeof ACCESS];
    return [name, bind(functions[name], functions[`${name}Workspace`], access, memory, workspace, fallback(name))];
  });
  return Object.fromEntries(bound);
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
