/** Importing this makes the backend `wasm` available: only entries do, so that the others hold no WebAssembly. */
import { plain } from '../kernels/wasm/binary/plain.ts';
import { offerWasm } from './active.ts';
import { startWasm } from './startWasm.ts';

offerWasm(startWasm(plain));
