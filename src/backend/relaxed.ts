/**
 * The kernels with fused multiply-adds.
 *
 * @module dynaecg/relaxed
 */
import { decodeBase64 } from '../core/base64.ts';
import { relaxed } from '../kernels/wasm/binary/relaxed.ts';
import { engineOf } from '../kernels/wasm/instantiate.ts';

/**
 * The kernels with fused multiply-adds (relaxed SIMD), compiled, or null if the engine does not know them or may not compile
 * them: faster, and the last bits depend on the processor. Plain SIMD runs in place of null.
 *
 * @example
 *     setBackend('wasm', { module: relaxedModule() });
 */
export function relaxedModule(): object | null {
  const engine = engineOf();
  if (!engine) return null;
  try {
    return new engine.Module(decodeBase64(relaxed));
  } catch {
    return null;
  }
}
