import type { Vec } from '../types.ts';

/** Linear memory above everything that is alive. */
export interface Room {
  readonly buffer: ArrayBuffer;
  /** Address of `bytes` that are free until the next allocation, or -1. */
  reserve(bytes: number): number;
}

type Elements = Vec | Int32Array;
type Argument = Elements | readonly number[] | number | boolean | null;
/** A kernel as one sees it who only passes arguments on. */
export type Kernel = (...args: Argument[]) => number;

/** An array that is copied into linear memory for one call. */
interface Staged {
  array: Elements;
  copy: Elements;
  written: boolean;
}

const aligned = (bytes: number): number => (bytes + 15) & -16; // one SIMD register

/**
 * A kernel of the table from an export of the module, by how it uses its arrays: `r` only reads, `w` writes, `-` has no
 * use for it.
 *
 * An array in linear memory is passed as its address. Any other is copied there for the call, and back if it was written.
 * A list of sizes is passed as the address of its length and its numbers. The room that the kernel works in comes last.
 */
export function bind(
  kernel: (...args: (number | boolean)[]) => number,
  workOf: ((...sizes: (number | boolean)[]) => number) | undefined,
  access: string,
  memory: { readonly buffer: ArrayBuffer },
  room: Room,
  fallback: Kernel,
): Kernel {
  return (...args) => {
    if (room.buffer !== memory.buffer) return fallback(...args); // another backend has been chosen since
    let bytes = 0;
    for (const arg of args) {
      if (typeof arg === 'number' || typeof arg === 'boolean' || arg === null) continue;
      if (isList(arg)) bytes += aligned((arg.length + 1) * 4);
      else if (arg.buffer !== room.buffer) bytes += aligned(arg.byteLength);
    }
    const work = workOf ? workOf(...sizes(args)) : 0;
    let at = 0;
    if (bytes + work > 0) {
      at = room.reserve(bytes + work);
      if (at < 0) return fallback(...args);
    }
    const staged: Staged[] = [];
    const passed: (number | boolean)[] = [];
    let arrays = 0;
    for (const arg of args) {
      if (isScalar(arg)) passed.push(arg);
      else if (isList(arg)) {
        new Int32Array(room.buffer, at, arg.length + 1).set([arg.length, ...arg]);
        passed.push(at);
        at += aligned((arg.length + 1) * 4);
      } else {
        const use = access[arrays++];
        if (arg === null || use === '-') passed.push(0);
        else if (arg.buffer === room.buffer) passed.push(arg.byteOffset);
        else {
          let entry = staged.find(({ array }) => array === arg);
          if (!entry) {
            entry = { array: arg, copy: viewAt(room.buffer, at, arg), written: false };
            entry.copy.set(arg);
            staged.push(entry);
            at += aligned(arg.byteLength);
          }
          entry.written ||= use === 'w';
          passed.push(entry.copy.byteOffset);
        }
      }
    }
    if (work > 0) passed.push(at);
    const result = kernel(...passed);
    for (const { array, copy, written } of staged) if (written) array.set(copy);
    return result;
  };
}

/** What a kernel's room depends on: its scalars, and the lengths of its lists. */
function sizes(args: readonly Argument[]): (number | boolean)[] {
  return args.filter((arg) => isScalar(arg) || isList(arg)).map((arg) => (isScalar(arg) ? arg : arg.length));
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
