// A test file and all that it imports as one file, with or without a mutant: the tree itself is never changed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** How a test file ended. */
export interface Ended {
  outcome: 'passed' | 'failed' | 'timeout';
  /** seconds of the processor's time; 0 unless it passed */
  cpu: number;
}

const LAST_WORD =
  "process.on('exit', () => console.error('cpu', process.cpuUsage().user + process.cpuUsage().system));";

const folder = mkdtempSync(join(tmpdir(), 'dynaecg-mutation-'));
symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

let serial = 0;

/**
 * Runs a test file with `sources` in place of files of the tree, until its first failure. Its limit is in seconds of the
 * processor's time, which does not pass while others have the processor.
 */
export async function runTest(test: string, sources: ReadonlyMap<string, string>, limit: number): Promise<Ended> {
  const outfile = join(folder, `${++serial}.mjs`);
  await build({
    entryPoints: [test],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    keepNames: true,
    logLevel: 'silent',
    banner: { js: LAST_WORD },
    plugins: [inPlace(sources)],
  });
  try {
    return await run(outfile, Math.ceil(limit));
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Files know where they are, though they run from elsewhere. */
function inPlace(sources: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'in place',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = sources.get(relative(process.cwd(), path)) ?? readFileSync(path, 'utf8');
        return {
          loader: 'ts',
          contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
        };
      });
    },
  };
}

function run(file: string, limit: number): Promise<Ended> {
  const command = `ulimit -t ${limit}; exec "$0" --max-old-space-size=1024 "$1"`;
  const child = spawn('sh', ['-c', command, process.execPath, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let failed = false;
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!text.includes('✘')) return; // uvu's mark of a failure: what follows does not matter
    failed = true;
    child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const cpu = Number(/^cpu (\d+)$/m.exec(errors)?.[1] ?? 0) / 1e6;
      if (code === 0 && !failed) resolve({ outcome: 'passed', cpu });
      else
        resolve({ outcome: !failed && (signal === 'SIGXCPU' || signal === 'SIGKILL') ? 'timeout' : 'failed', cpu: 0 });
    });
  });
}
