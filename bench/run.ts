// npm run bench: verifies, then times the library next to its peers, and prints ratios of one run on one machine.
import { dirname } from 'node:path';
import { Argument, Option } from 'commander';
import { setBackend } from 'dynaecg';
import { runProgram } from '../examples/shared/exit.ts';
import { prepareFolder } from '../examples/shared/folder.ts';
import { Program } from '../examples/shared/program.ts';
import { benchCoverage } from './coverage.ts';
import { benchGemm } from './gemm.ts';
import { benchInference } from './inference.ts';
import { Report, readRun } from './report.ts';
import { benchRetrieval } from './retrieval.ts';
import { benchTraining } from './training.ts';
import { benchTsne } from './tsne.ts';
import { benchVariants } from './variants.ts';

const DEFAULT = { training: benchTraining, inference: benchInference, gemm: benchGemm, variants: benchVariants };
const PARTS = { ...DEFAULT, retrieval: benchRetrieval, tsne: benchTsne, coverage: benchCoverage };

/** What the options below are read into. */
interface Values {
  backend?: 'js' | 'wasm' | 'relaxed';
  json?: string;
  compare?: string;
}

const program = new Program('bench')
  .description('Verifies, then times the library next to its peers, and prints ratios of one run on one machine.')
  .addArgument(
    new Argument('[PARTS...]', 'what to time; all but the last three by default').choices(Object.keys(PARTS)),
  )
  .addOption(
    new Option('--backend <NAME>', 'relaxed is wasm with fused multiply-adds, where the engine knows them').choices([
      'js',
      'wasm',
      'relaxed',
    ]),
  )
  .option('--json <FILE>', 'write the run')
  .option('--compare <FILE>', 'print each time next to the one that was written')
  .addHelpText(
    'after',
    `
retrieval takes half a minute, most of it the way it was done before; tsne and coverage take minutes, most of those of
tsne scikit-learn's: the three run only where they are named. coverage is how often intervals over patients hold the
true score.`,
  )
  .action((parts: string[], { backend, json, compare }: Values) => {
    if (backend === 'relaxed') setBackend('wasm', { relaxed: true });
    else if (backend) setBackend(backend);

    // What the end of a long run needs is looked at before it begins.
    const before = compare === undefined ? null : readRun(compare);
    if (json !== undefined) prepareFolder('--json', dirname(json));

    const report = new Report();
    for (const [name, part] of Object.entries(parts.length > 0 ? PARTS : DEFAULT))
      if (parts.length === 0 || parts.includes(name)) part(report);
    if (before) report.compare(before);
    if (json !== undefined) report.save(json);
  });

await runProgram(program);
