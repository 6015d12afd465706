// Loads tsx for the commands that run from the sources, or says in one line what they lack.
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const missing = ['node_modules/tsx', 'src/kernels/wasm/binary/plain.ts', 'src/trained/timing.ts'].find(
  (file) => !existsSync(new URL(file, import.meta.url)),
);
if (missing) {
  console.error(`dynaecg: expected ${missing}, which npm ci makes, unless --omit=dev or --ignore-scripts: run npm ci`);
  process.exit(1);
}
if (isMainThread) await import('tsx');
else (await import('tsx/esm/api')).register(); // up to Node 20, a thread has none of the hooks that the main one has
