import type { LAYOUT } from './layout.ts';

/** What a thread needs of WebAssembly. */
interface Engine {
  Instance: new (module: object, imports: object) => { exports: Record<string, (...args: number[]) => number> };
}

/** Everything that a thread is given; it can be sent to one. */
export interface Post {
  /** the compiled module, and the memory that all share */
  module: object;
  memory: { readonly buffer: ArrayBufferLike };
  /** its number, from 1 */
  thread: number;
  layout: typeof LAYOUT;
  pieceBits: number;
  /** how often it looks for a job before it sleeps */
  patience: number;
}

/**
 * What a thread does until it is stopped: it takes pieces of jobs, and sleeps when there are none.
 *
 * It runs elsewhere, from its text (`String(serve)`): so it uses nothing but its arguments and the engine's globals, and
 * has no function inside, which some compilers would wrap.
 */
export function serve(post: Post, ready: () => void): void {
  const { module, memory, thread, layout, pieceBits, patience } = post;
  const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
  const kernels = Object.values(new engine.Instance(module, { env: { memory } }).exports);
  const words = new Int32Array(memory.buffer, 0, 256);
  const numbers = new Float64Array(memory.buffer, 0, 128);
  const bytes = new Uint8Array(memory.buffer, 0, 1024);
  const closed = 2 ** pieceBits - 1;
  ready();
  for (let idle = 0; ; ) {
    const ticket = Atomics.load(words, layout.ticket);
    const piece = ticket & closed;
    if (piece === closed || piece >= words[layout.pieces]) {
      if (++idle < patience) continue;
      Atomics.add(words, layout.sleeping, 1);
      Atomics.wait(words, layout.ticket, ticket);
      Atomics.sub(words, layout.sleeping, 1);
      idle = 0;
      continue;
    }
    const kernel = kernels[words[layout.kernel]];
    const counted = words[layout.counted];
    const size = words[layout.size];
    const units = words[layout.units];
    const last = words[layout.arguments] - 1;
    const args = Array.from(numbers.subarray(layout.values, layout.values + last + 1));
    const first = piece * size;
    for (let i = 0; i < last; i++) args[i] += numbers[layout.steps + i] * first;
    if (counted >= 0) args[counted] = Math.min(size, units - first);
    args[last] += numbers[layout.steps + last] * thread; // the workspace
    if (Atomics.compareExchange(words, layout.ticket, ticket, ticket + 1) !== ticket) continue;
    idle = 0;
    try {
      kernel(...args);
    } catch (error) {
      if (Atomics.compareExchange(words, layout.failed, 0, 1) === 0) {
        const message = String(error);
        const length = Math.min(message.length, layout.messageEnd - layout.message);
        for (let i = 0; i < length; i++) bytes[layout.message + i] = message.charCodeAt(i);
        words[layout.messageLength] = length;
      }
    }
    Atomics.add(words, layout.done, 1);
    if (Atomics.load(words, layout.joining)) Atomics.notify(words, layout.done);
  }
}
