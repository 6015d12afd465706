// npm run size: what an import adds to a bundle, minified by esbuild and gzipped with -9, next to the limit that CI holds it to, and
// to the peers that are installed in bench/peers.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { runProgram } from '../examples/shared/exit.ts';
import { Program } from '../examples/shared/program.ts';

const KB = 1024; // bytes

interface Row {
  code: string;
  /** kB, gzipped */
  limit: number;
}

const own = (limit: number, code: string): Row => ({ limit, code });

/** Imports of the package, by what they are for. */
export const ROWS: Readonly<Record<string, Row>> = {
  inference: own(14.5, `export * from 'dynaecg/inference/js';`),
  'inference, with SIMD': own(27, `export * from 'dynaecg/inference';`),
  'tensors and a gradient': own(18.5, `export { tensor, matmul, sum, backward } from 'dynaecg/js';`),
  'tensors and a gradient, with SIMD': own(51, `export { tensor, matmul, sum, backward } from 'dynaecg';`),
  'a model file as modules': own(40, `export { decodeModel } from 'dynaecg/js';`),
  'a model file as modules, with SIMD': own(72, `export { decodeModel } from 'dynaecg';`),
  everything: own(92, `export * from 'dynaecg/js';`),
  'everything, with SIMD': own(124, `export * from 'dynaecg';`),
  'relaxed SIMD, besides': own(31, `export * from 'dynaecg/relaxed';`),
};

/** Others, as they are installed in bench/peers; the files are what they load besides. */
const PEERS: Readonly<Record<string, { code?: string; files?: readonly string[] }>> = {
  '@tensorflow/tfjs': { code: `export * from '@tensorflow/tfjs';` },
  'onnxruntime-web/wasm': {
    code: `export * from 'onnxruntime-web/wasm';`,
    files: ['onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'],
  },
  '@jax-js/jax': { code: `export * from '@jax-js/jax';` },
  'brain.js': { files: ['brain.js/browser.min.js'] }, // which imports Node's streams otherwise
};

const gzipped = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length / KB;

/** A bundle of some code, in kB, minified and gzipped besides. */
export async function bundled(code: string, resolveDir: string, platform: 'neutral' | 'browser' = 'neutral') {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir },
    outfile: 'size.js',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform,
    mainFields: ['module', 'main'],
    target: 'es2020',
    legalComments: 'none',
    logLevel: 'error',
  });
  const { contents } = outputFiles[0];
  return { minified: contents.length / KB, gzipped: gzipped(contents) };
}

async function print(): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const line = (...cells: string[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(38) : cell.padStart(10))).join(''));
  line('kB of 1,024 bytes', 'minified', 'gzipped', 'limit');
  for (const [name, { code, limit }] of Object.entries(ROWS)) {
    const size = await bundled(code, root);
    line(name, size.minified.toFixed(1), size.gzipped.toFixed(1), limit.toFixed(1));
    if (size.gzipped > limit) process.exitCode = 1;
  }
  for (const name of ['inference', 'plain', 'relaxed']) {
    const binary = await import(`../src/kernels/wasm/binary/${name}.ts`);
    const bytes = Buffer.from(binary[name], 'base64');
    line(`${name}.wasm`, (bytes.length / KB).toFixed(1), gzipped(bytes).toFixed(1));
  }
  const peers = fileURLToPath(new URL('peers', import.meta.url));
  for (const [name, { code, files = [] }] of Object.entries(PEERS)) {
    const folder = `${peers}/node_modules/${name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/')}`;
    if (!existsSync(folder)) {
      line(name, 'absent');
      continue;
    }
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const size = code === undefined ? null : await bundled(code, peers, 'browser');
    line(`${name} ${version}`, ...(size ? [size.minified.toFixed(1), size.gzipped.toFixed(1)] : []));
    for (const file of files) {
      const bytes = readFileSync(`${peers}/node_modules/${file}`);
      line(`  ${file.split('/').pop()}`, (bytes.length / KB).toFixed(1), gzipped(bytes).toFixed(1));
    }
  }
}

const program = new Program('size')
  .description('What an import adds to a bundle, next to its limit and to the peers that bench/peers has.')
  .action(print);

if (process.argv[1] === fileURLToPath(import.meta.url)) await runProgram(program);
