/**
 * All of `dynaecg/model/js`, which is index.ts, and the SIMD kernels.
 *
 * @module dynaecg/model
 */
import '../backend/wasm.ts';

export * from './index.ts';
