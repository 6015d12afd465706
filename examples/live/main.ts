// The live page: built, and served to this machine (npm run live), written into a folder (--build), or measured (--measure).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { runProgram } from '../shared/exit.ts';
import { Program } from '../shared/program.ts';
import { wholeOption } from '../shared/values.ts';
import { buildPage } from './build.ts';
import { serve } from './serve.ts';

const PORT = 8021;

/** What the options below are read into. */
interface Values {
  build?: boolean;
  out: string;
  port: number;
  wasm: boolean;
  measure?: boolean;
}

const program = new Program('live')
  .description('A page on which a network learns heartbeats, and names them as they stream: builds it and serves it.')
  .option('--build', 'write the page into a folder, for any host, and serve nothing')
  .option('--out <DIR>', 'that folder', 'runs/live')
  .addOption(wholeOption('--port <N>', 'port on this machine; 0 takes any', 0).default(PORT))
  .option('--no-wasm', 'serve it with a policy that forbids WebAssembly')
  .option('--measure', 'print first paint and frames a second, as Chromium traces them (CHROMIUM names the browser)')
  .action(live);

async function live({ build, out, port, wasm, measure }: Values): Promise<void> {
  if (port > 65535) throw new ArgumentError(`--port: expected at most 65535, got ${port}`);
  if (build) {
    await buildPage(out);
    console.log(`${out}: index.html and its files, for any host`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-live-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await buildPage(folder);
  if (measure) {
    const { measured } = await import('./measure.ts');
    console.log(await measured(folder, { wasm }));
    return;
  }
  const { url, server } = await serve(folder, { port, wasm }).catch((error: Error) => {
    throw new DataError(`live: expected to serve on port ${port}, got ${error.message}`, { cause: error });
  });
  console.log(`${url} (Ctrl-C ends it)`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        server.closeAllConnections();
        server.close(() => resolve());
        process.exitCode = signal === 'SIGINT' ? 130 : 143;
      });
  });
}

await runProgram(program);
