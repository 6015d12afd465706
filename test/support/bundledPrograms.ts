/** The programs of examples and bench, bundled. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Plugin } from 'esbuild';
import { bundle } from './bundle.ts';
import type { Run } from './program.ts';

const SOURCES = ['examples/commands.ts', 'examples/model/main.ts', 'examples/study/main.ts', 'examples/live/main.ts']
  .concat(['examples/tools/noise/main.ts', 'examples/tools/statistics/main.ts'])
  .concat(['bench/run.ts', 'bench/parity/main.ts']);

/** Files are told where their source is, next to which is what they read, and by which they know that they are not the package. */
const addresses: Plugin = {
  name: 'addresses',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', `'${pathToFileURL(path)}'`),
      loader: 'ts',
    })),
};

const folder = await bundle(SOURCES, [addresses]);

/** What Node runs in the place of a program of the examples or the bench. */
export function programArgs(file: string): string[] {
  return SOURCES.includes(file) ? [join(folder, file.replace(/\.ts$/, '.mjs'))] : ['--import', 'tsx', file];
}

export const [COMMANDS] = programArgs('examples/commands.ts');

/** Runs one of the commands; rejects unless its exit code is 0. */
export const command =
  (name: string): Run =>
  (...args) =>
    promisify(execFile)(process.execPath, [COMMANDS, name, ...args]);
