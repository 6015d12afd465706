import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { CSS } from '../page/theme.ts';
import { licences } from '../shared/licences.ts';
import { policy } from './policy.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Writes the page into a folder, as files that any host can serve as they are. */
export async function buildPage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const entry = (path: string): string => join(here, path);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      page: entry('page/main.ts'),
      learner: entry('worker/learner.ts'),
      watcher: entry('worker/watcher.ts'),
    },
    outdir: folder,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfig: join(root, 'tsconfig.json'), // whose paths lead into src
    legalComments: 'none', // LICENSES.txt has them whole
    metafile: true,
    logLevel: 'warning',
  });
  const read = (path: string): string => readFileSync(path, 'utf8');
  const plain = [CSS, read(join(root, 'node_modules/uplot/dist/uPlot.min.css')), read(entry('style.css'))].join('\n');
  const { code } = await transform(plain, { loader: 'css', minify: true });
  writeFileSync(join(folder, 'style.css'), code);
  writeFileSync(join(folder, 'index.html'), read(entry('index.html')).replace('%POLICY%', policy()));
  writeFileSync(join(folder, 'icon.svg'), read(entry('icon.svg')));
  writeFileSync(join(folder, 'LICENSES.txt'), licences(Object.keys(metafile.inputs).map((path) => join(root, path))));
}
