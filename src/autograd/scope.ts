import { backend } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkKind } from '../core/check.ts';
import { BackendError } from '../core/errors.ts';
import type { Vec } from '../kernels/types.ts';
import { Tensor } from './tensor.ts';

/**
 * Runs `f` with its tensors in memory that is reused as a whole: one training step, or one batch of inference.
 *
 * Every tensor made inside is released when the scope closes; whatever `f` returns (tensors and typed arrays, also
 * inside arrays and plain objects) is copied out first and has no history. Using any other afterwards is an error.
 * Parameters, optimiser state and the gradients of leaves made outside are not affected. Scopes nest.
 *
 * @throws BackendError for a promise or a generator, whose work would continue after the scope
 * @example
 *     declare const [model, x]: [Embedder, Tensor];
 *     const embeddings = scope(() => noGrad(() => model.forward(x))); // all other tensors are released
 */
export function scope<T>(f: () => T): T {
  checkKind('scope', 'f', f, 'function');
  backend(); // chosen before the first allocation: it provides the memory
  arena.enter();
  const serial = arena.current;
  try {
    return rescue(f(), serial);
  } finally {
    arena.leave();
  }
}

function rescue<T>(value: T, serial: number): T {
  if (value instanceof Tensor) return (value.scope === serial ? value.clone() : value) as T;
  if (ArrayBuffer.isView(value) && arena.owns(value)) return (value as unknown as Vec).slice() as T;
  if (value instanceof Promise || typeof (value as { next?: unknown } | null)?.next === 'function')
    throw new BackendError('scope: expected a result, got work that would continue after the scope has closed');
  if (Array.isArray(value)) return value.map((v) => rescue(v, serial)) as T;
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rescue(v, serial)])) as T;
  return value;
}

/** Memory of the scopes: bytes in the buffer, bytes in use, and the peak number of bytes requested. */
export function scopeMemory(): { capacity: number; used: number; highWater: number } {
  return arena.memory;
}

/** A debugging aid: fills memory with NaN when a scope releases it. */
export function poisonReleasedMemory(on: boolean): void {
  checkKind('poisonReleasedMemory', 'on', on, 'flag');
  arena.poison = on;
}
