// npm run bench: verifies, then times the library beside its peers, and prints ratios of one run on one machine.
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { setBackend } from 'dynaecg';
import { benchGemm } from './gemm.ts';
import { benchInference } from './inference.ts';
import { Report, readRun } from './report.ts';
import { benchRetrieval } from './retrieval.ts';
import { benchTraining } from './training.ts';
import { benchTsne } from './tsne.ts';
import { benchVariants } from './variants.ts';

const DEFAULT = { training: benchTraining, inference: benchInference, gemm: benchGemm, variants: benchVariants };
const PARTS = { ...DEFAULT, retrieval: benchRetrieval, tsne: benchTsne };

const USAGE = `npm run bench -- [options] [${Object.keys(PARTS).join(' | ')} ...]   all but the last two by default

  retrieval takes half a minute, most of it the way it was done before, and tsne minutes, most of them scikit-learn's: both
  run only where they are named.

  --backend NAME   js, wasm, or relaxed: wasm with fused multiply-adds, where the engine knows them
  --json FILE      writes the run
  --compare FILE   prints each time beside the one that was written
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const { backend } = values;
const unknown = positionals.find((name) => !(name in PARTS));
const wrong = unknown ?? (backend && !['js', 'wasm', 'relaxed'].includes(backend) ? backend : undefined);
if (values.help || wrong) {
  console.log(wrong ? `expected a part of the bench, or a backend, got ${wrong}\n\n${USAGE}` : USAGE);
  process.exit(wrong ? 1 : 0);
}
if (backend === 'relaxed') setBackend('wasm', { relaxed: true });
else if (backend === 'js' || backend === 'wasm') setBackend(backend);

// What the end of a long run needs is looked at before it begins.
const before = values.compare ? readRun(values.compare) : null;
if (values.json) accessSync(dirname(values.json), constants.W_OK);

const report = new Report();
for (const [name, part] of Object.entries(positionals.length > 0 ? PARTS : DEFAULT))
  if (positionals.length === 0 || positionals.includes(name)) part(report);
if (before) report.compare(before);
if (values.json) report.save(values.json);
