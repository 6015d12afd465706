/** The program with the kernels in WebAssembly, as the entry `dynaecg` has them. */
import '../../../src/backend/wasm.ts';

export * from './program.ts';
