import type { Elements } from '../types.ts';
import type { Shared } from './threads/plan.ts';

/** Where a call has its workspace and copies of its arrays: linear memory above everything alive. */
export interface Workspace {
  readonly buffer: ArrayBuffer;
  /** Address of `bytes` that are free until the next allocation, or -1. */
  reserve(bytes: number): number;
}

/** A kernel as seen by code that only passes arguments on. */
export type Kernel = (...args: Argument[]) => number;

type Argument = Elements | readonly number[] | number | boolean | null;
type Export = (...args: (number | boolean)[]) => number;
/** How threads share a call, from its arguments, with 1 for an array and 0 for null, and the scalars among them. */
export type Share = (args: readonly number[], scalars: readonly number[]) => Shared | null;

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16; // one SIMD register

/**
 * A kernel of the table from an export of the module.
 *
 * An array in linear memory is passed as its address. Any other is copied there for the call, and copied back unless it is only
 * read. A list of sizes is passed as the address of its length and its numbers. The address of the kernel's workspace comes
 * last. If there is not enough of it, or it is no longer in `memory`, `fallback` runs.
 *
 * @param bytesOf bytes of workspace, from the kernel's scalars and the lengths of its lists
 * @param access how the kernel accesses its arrays, in the letters of `AccessOf`
 * @param share how threads share its calls, if there are any
 */
export function bind(
  kernel: Export,
  bytesOf: Export | undefined,
  access: string,
  memory: { readonly buffer: ArrayBuffer },
  workspace: Workspace,
  fallback: Kernel,
  share: Share | null = null,
): Kernel {
  return (...args) => {
    if (workspace.buffer !== memory.buffer) return fallback(...args);
    const copies = new Map<Elements | readonly number[], number>(); // to where, from the start of what is reserved
    const written = new Set<Elements>();
    let bytes = 0;
    let arrays = 0;
    for (const arg of args) {
      if (isScalar(arg)) continue;
      if (isList(arg)) {
        copies.set(arg, bytes);
        bytes += aligned((arg.length + 1) * 4);
        continue;
      }
      const letter = access[arrays++];
      if (arg === null || arg.buffer === workspace.buffer) continue;
      if (letter !== 'r') written.add(arg);
      if (copies.has(arg)) continue;
      copies.set(arg, bytes);
      bytes += aligned(arg.byteLength);
    }
    const shared = share?.(args.map(known), sizes(args).map(Number));
    const needed = shared ? shared.bytes : bytesOf ? bytesOf(...sizes(args)) : 0;
    const base = bytes + needed > 0 ? workspace.reserve(bytes + needed) : 0;
    if (base < 0) return fallback(...args);
    for (const [arg, at] of copies)
      if (isList(arg)) new Int32Array(workspace.buffer, base + at, arg.length + 1).set([arg.length, ...arg]);
      else viewAt(workspace.buffer, base + at, arg).set(arg);
    const passed = args.map((arg) => {
      if (isScalar(arg)) return arg;
      if (isList(arg)) return base + (copies.get(arg) as number);
      if (arg === null) return 0;
      const at = copies.get(arg);
      return at === undefined ? arg.byteOffset : base + at;
    });
    let result = 0;
    if (shared) result = shared.run(passed.map(Number), base + bytes);
    else {
      if (needed > 0) passed.push(base + bytes);
      result = kernel(...passed);
    }
    for (const array of written) array.set(viewAt(workspace.buffer, base + (copies.get(array) as number), array));
    return result;
  };
}

function sizes(args: readonly Argument[]): (number | boolean)[] {
  return args.filter((arg) => isScalar(arg) || isList(arg)).map((arg) => (isScalar(arg) ? arg : arg.length));
}

/** A scalar; of an array only whether there is one. */
function known(arg: Argument): number {
  return isScalar(arg) ? Number(arg) : arg === null ? 0 : 1;
}

/** A view of the type and length of `like`. */
function viewAt(buffer: ArrayBuffer, at: number, like: Elements): Elements {
  const Type = like.constructor as new (buffer: ArrayBuffer, at: number, length: number) => Elements;
  return new Type(buffer, at, like.length);
}

function isScalar(arg: Argument): arg is number | boolean {
  return typeof arg === 'number' || typeof arg === 'boolean';
}

function isList(arg: Argument): arg is readonly number[] {
  return Array.isArray(arg);
}
