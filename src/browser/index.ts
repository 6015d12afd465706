/** `dynaecg/browser`: what pages and their workers have and other engines do not. */
import '../backend/wasm.ts';

export { type PageWorker, serveThread, type ThreadOptions, useThreads } from './threads.ts';
