/**
 * All of `dynaecg/js`, which is index.ts, and the SIMD kernels.
 *
 * @module dynaecg
 */
import './backend/wasm.ts';

export * from './index.ts';
