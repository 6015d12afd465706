import { last } from '../core/builtins.ts';
import { BackendError } from '../core/errors.ts';
import type { DType, Vec } from '../kernels/types.ts';

const ALIGNMENT = 64; // bytes: a cache line, four SIMD registers
const PAGE = 65536; // bytes: the unit in which memory grows
const LIMIT = 2 ** 31; // bytes: what does not fit below is left to the engine's own allocator

/** The memory that the arena puts its arrays into: the engine's own, or WebAssembly's. */
export interface ArenaMemory {
  readonly buffer: ArrayBuffer;
  /** The first byte that may be used. */
  readonly base: number;
  /** Makes the buffer at least this large; views into the old one may be lost. Throws if the engine has no more. */
  grow(bytes: number): void;
}

function engineMemory(): ArenaMemory {
  let buffer = new ArrayBuffer(0);
  return {
    get buffer() {
      return buffer;
    },
    base: 0,
    grow: (bytes) => {
      buffer = new ArrayBuffer(bytes);
    },
  };
}

interface Scope {
  serial: number;
  start: number;
  /** Arrays that did not fit into the buffer, kept only to be filled with NaN. */
  overflow: (Vec | Int32Array)[];
}

/**
 * Bump allocation inside scopes. Outside a scope an allocation is an ordinary typed array that the engine collects.
 * Inside one, arrays are laid out consecutively in a single buffer, and closing the scope releases them all at once.
 *
 * An array that does not fit becomes an ordinary one, and the buffer grows to the high-water mark when the outermost scope
 * closes and nothing in it is still alive: growth detaches no view, and a second scope of the same size allocates
 * nothing. It never shrinks.
 */
export class Arena {
  // `private` rather than #, which becomes a WeakMap in ES2020: this is read at every allocation.
  private own = engineMemory();
  /** The buffer that arrays lie in while a scope is open. */
  buffer = this.own.buffer;
  private top = 0; // continues past the buffer's end, to measure what would have been needed
  private highWater = 0;
  private serial = 0;
  private scopes: Scope[] = [];
  private limit = LIMIT;
  private poisoned = false;

  /** Throws inside a scope. */
  expectNoScope(op: string): void {
    if (this.scopes.length > 0) throw new BackendError(`${op}: expected no open scope, got a call inside one`);
  }

  /** Moves to another memory, the engine's own by default; outside of all scopes only. */
  moveTo(memory: ArenaMemory = engineMemory()): void {
    this.own = memory;
    this.buffer = memory.buffer;
    this.top = memory.base;
    this.highWater = memory.base;
    this.limit = LIMIT;
  }

  /** Serial number of the innermost open scope, 0 outside of all. */
  get current(): number {
    return last(this.scopes)?.serial ?? 0;
  }

  /** Whether memory handed out under `serial` may still be read. */
  isOpen(serial: number): boolean {
    return serial === 0 || this.scopes.some((s) => s.serial === serial);
  }

  /** Whether an array lies in memory that a scope will release. */
  owns(array: ArrayBufferView): boolean {
    return array.buffer === this.buffer || this.scopes.some(({ overflow }) => overflow.some((own) => own === array));
  }

  /** An array of n elements. Its contents are undefined: the caller overwrites or clears it. */
  allocate(type: DType, n: number): Vec;
  allocate(type: 'int32', n: number): Int32Array;
  allocate(type: DType | 'int32', n: number): Vec | Int32Array {
    const Type = type === 'float32' ? Float32Array : type === 'float64' ? Float64Array : Int32Array;
    if (this.scopes.length === 0) return new Type(n);
    const at = this.top;
    const end = Math.ceil((at + n * Type.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
    if (end <= this.limit) {
      this.top = end; // an array that can never fit is not counted
      this.highWater = Math.max(this.highWater, end);
      if (end <= this.buffer.byteLength) return new Type(this.buffer, at, n);
    }
    const array = new Type(n);
    if (this.poisoned) {
      array.fill(Number.NaN);
      last(this.scopes)?.overflow.push(array);
    }
    return array;
  }

  /** Address of `bytes` of workspace above everything alive, free until the next allocation; -1 if they do not fit. */
  reserve(bytes: number): number {
    const end = this.top + bytes;
    if (end > this.limit) return -1;
    this.highWater = Math.max(this.highWater, end);
    if (end > this.buffer.byteLength && this.scopes.length === 0) this.grow();
    return end <= this.buffer.byteLength ? this.top : -1;
  }

  /** Opens a scope; to be closed by `leave`, innermost first. */
  enter(): void {
    this.scopes.push({ serial: ++this.serial, start: this.top, overflow: [] });
  }

  /** Closes the innermost scope and releases its memory. */
  leave(): void {
    const scope = this.scopes.pop();
    if (!scope) return;
    if (this.poisoned) {
      this.fill(scope.start);
      for (const array of scope.overflow) array.fill(Number.NaN);
    }
    this.top = scope.start;
    if (this.scopes.length === 0) this.grow();
  }

  /** Grows to the high-water mark; only while nothing in the buffer is alive. */
  private grow(): void {
    const wanted = Math.min(Math.ceil(this.highWater / PAGE) * PAGE, this.limit);
    if (wanted <= this.buffer.byteLength) return;
    try {
      this.own.grow(wanted);
      this.buffer = this.own.buffer;
    } catch {
      this.limit = this.buffer.byteLength; // the engine has no more; the rest is left to its own allocator
    }
  }

  /** Bytes of the buffer, bytes in use, and the most ever in use at once. */
  get memory(): { capacity: number; used: number; highWater: number } {
    const { base } = this.own;
    return { capacity: this.buffer.byteLength, used: this.top - base, highWater: this.highWater - base };
  }

  /** A debugging aid: released memory is filled with NaN, so that code that still reads it gets NaN and not old numbers. */
  set poison(on: boolean) {
    this.poisoned = on;
  }

  private fill(start: number): void {
    const end = Math.min(this.top, this.buffer.byteLength);
    if (end > start) new Uint8Array(this.buffer, start, end - start).fill(0xff); // NaN in float32 and in float64
  }
}

/** The one arena that tensors are allocated from. */
export const arena = /* @__PURE__ */ new Arena();
