// npm run bench: verifies, then times the library next to its peers, and prints ratios of one run on one machine.
import { dirname } from 'node:path';
import { setBackend } from 'dynaecg';
import { readArguments, text } from '../examples/shared/arguments.ts';
import { exitWith } from '../examples/shared/exit.ts';
import { prepareFolder } from '../examples/shared/folder.ts';
import { oneOf } from '../examples/shared/values.ts';
import { benchCoverage } from './suites/coverage.ts';
import { benchGemm } from './suites/gemm.ts';
import { benchInference } from './suites/inference.ts';
import { benchRetrieval } from './suites/retrieval.ts';
import { benchTraining } from './suites/training.ts';
import { benchTsne } from './suites/tsne.ts';
import { benchVariants } from './suites/variants.ts';
import { Report, readRun } from './support/report.ts';

const DEFAULT = { training: benchTraining, inference: benchInference, gemm: benchGemm, variants: benchVariants };
const PARTS = { ...DEFAULT, retrieval: benchRetrieval, tsne: benchTsne, coverage: benchCoverage };

const USAGE = `npm run bench -- [options] [${Object.keys(PARTS).join(' | ')} ...]   all but the last three by default

  retrieval takes half a minute, most of it the way it was done before; tsne and coverage take minutes, most of those of tsne
  scikit-learn's: the three run only where they are named. coverage is how often intervals over patients hold the true score.

  --backend NAME   js, wasm, or relaxed: wasm with fused multiply-adds, where the engine knows them
  --json FILE      writes the run
  --compare FILE   prints each time next to the one that was written
  -h, --help       this text
  --version        the version of dynaecg`;

const BACKENDS = ['js', 'wasm', 'relaxed'] as const;

function main(args: string[]): number {
  const options = { backend: text, json: text, compare: text };
  const given = readArguments({ name: 'bench', help: USAGE, options, positionals: true }, args);
  if (!given) return 0;
  const { json, compare } = given.values;
  const parts = given.positionals.map((name) => oneOf('bench', name, Object.keys(PARTS) as (keyof typeof PARTS)[]));
  const backend = given.values.backend === undefined ? null : oneOf('--backend', given.values.backend, BACKENDS);
  if (backend === 'relaxed') setBackend('wasm', { relaxed: true });
  else if (backend) setBackend(backend);

  // What the end of a long run needs is looked at before it begins.
  const before = compare === undefined ? null : readRun(compare);
  if (json !== undefined) prepareFolder('--json', dirname(json));

  const report = new Report();
  for (const [name, part] of Object.entries(parts.length > 0 ? PARTS : DEFAULT))
    if (parts.length === 0 || (parts as string[]).includes(name)) part(report);
  if (before) report.compare(before);
  if (json !== undefined) report.save(json);
  return 0;
}

await exitWith(main);
