/** `dynaecg/inference`: all of `dynaecg/inference/js`, which is index.ts, and the SIMD kernels that it runs. */
import { startWasm } from '../backend/startWasm.ts';
import { inference } from '../kernels/wasm/binary/inference.ts';
import { choice } from './kernels.ts';

choice.offerWasm(startWasm(inference));

export * from './index.ts';
