/** The program as one script, for engines that have no modules. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ENTRIES = { dynaecg: '../golden/wasm.ts', 'dynaecg/js': '../golden/program.ts' };

/** The scripts that set `goldenProgram`, by the entry that they are made of, in the ES2020 of the single-file build. */
export async function goldenScripts(): Promise<Record<keyof typeof ENTRIES, string>> {
  const scripts = Object.entries(ENTRIES).map(async ([entry, path]) => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
      write: false,
      bundle: true,
      minify: true,
      format: 'iife',
      globalName: 'goldenProgram',
      platform: 'neutral', // no module of Node's
      target: 'es2020',
    });
    return [entry, `${outputFiles[0].text};globalThis.goldenProgram = goldenProgram;`];
  });
  return Object.fromEntries(await Promise.all(scripts));
}
