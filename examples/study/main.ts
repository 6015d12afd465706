import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { ArgumentError, DataError } from 'dynaecg';
import { configurationNames } from '../dynaecg/configuration.ts';
import { runProgram } from '../shared/exit.ts';
import { Program } from '../shared/program.ts';
import { didYouMean, mandatoryOption, wholeOption } from '../shared/values.ts';
import { formatCurves, formatEmbeddings, formatRanking } from './comparisonTables.ts';
import { formatDifference } from './difference.ts';
import { writeLayouts } from './layouts.ts';
import { Ledger, type Outcome } from './ledger.ts';
import { PART_NAMES, PARTS, type Part } from './parts.ts';
import { type Place, runAll, runOne } from './runs.ts';
import { formatRecords, formatSummary } from './summary.ts';
import { compareTimings } from './timing.ts';

const OUT = fileURLToPath(new URL('../../runs/experiments', import.meta.url));
const LEDGER = fileURLToPath(new URL('ledger.jsonl', import.meta.url));
const ONE = [...process.execArgv, process.argv[1], 'one'];

const data = (): Option => mandatoryOption('--data <DIR>', "a folder; it holds MIT-BIH's files");
const folders = (): Option =>
  mandatoryOption(
    '--data <DIR...>',
    "a folder; it holds MIT-BIH's files, and a second one svdb's for the parts of both",
  );
const part = (): Option =>
  new Option('--part <PART>', `what is judged: ${PART_NAMES.join(', ')}`).choices(PART_NAMES).default('validation');
const out = (description: string): Option => new Option('--out <DIR>', description).default(OUT, 'runs/experiments');
const ledger = (): Option =>
  new Option('--ledger <FILE>', 'the file of JSON lines to which readings and results are appended').default(
    LEDGER,
    'examples/study/ledger.jsonl',
  );
const seeds = (): Option =>
  new Option('--seeds <A,B,C>', 'seeds to run each configuration with')
    .default(['0', '1', '2'], '0,1,2')
    .argParser((text) => {
      const all = text.split(',').map((seed) => seed.trim());
      if (all.every((seed) => /^[\w.-]+$/.test(seed))) return all;
      throw new ArgumentError(`--seeds: expected words with commas between them, got ${text}`);
    });
const seed = (): Option => new Option('--seed <S>', 'of the run').default('0');
const kept = 'where interrupted runs are kept to resume from';
const test = 'the same as --part test';
const partOf = ({ part, test }: { part: Part; test?: boolean }): Part => (test ? 'test' : part);
const named = 'the names of configurations';

const program = new Program('experiment').description(
  'Runs configurations over several seeds, and summarises the results.',
);

program
  .command('run')
  .description('train, and judge')
  .argument('<NAMES...>', named)
  .addOption(folders())
  .addOption(part())
  .option('--test', test)
  .addOption(seeds())
  .addOption(wholeOption('--jobs <N>', 'runs at a time', 1).default(2))
  .addOption(out(kept))
  .addOption(ledger())
  .addHelpText(
    'after',
    `
Parts:
${PART_NAMES.map((name) => `  ${name}: ${PARTS[name]}`).join('\n')}

Every reading of a part but validation, folds and development is recorded before it happens, and a second one is refused. An interrupted run is resumed
after the last iteration that it finished; a run that is in the ledger is not run again.`,
  )
  .action(async (names: string[], values: Place & { seeds: string[]; jobs: number; test?: boolean }) => {
    if (!(await runAll(names, { ...values, part: partOf(values) }, ONE))) process.exitCode = 1;
  });

program
  .command('one', { hidden: true }) // a single run, in a process that `run` starts
  .argument('<NAME>', 'a configuration')
  .addOption(folders())
  .addOption(part())
  .option('--test', test)
  .addOption(seed())
  .addOption(out(kept))
  .addOption(ledger())
  .action((name: string, values: Place & { seed: string; test?: boolean }) =>
    runOne(name, { ...values, part: partOf(values) }),
  );

/** A command that prints something of what the ledger holds of some configurations. */
function printing(name: string, description: string, format: (outcomes: readonly Outcome[]) => string): void {
  program
    .command(name)
    .description(description)
    .argument('[NAMES...]', `${named}; all by default`)
    .addOption(ledger())
    .action((names: string[], { ledger }: { ledger: string }) => console.log(format(chosen(names, ledger))));
}

printing('table', 'mean and standard deviation over the seeds', formatSummary);
printing('records', 'the figures by record', formatRecords);
program
  .command('difference')
  .description('how much better the first configuration is than the second on the same patients')
  .argument('<NAME>', 'a configuration')
  .argument('<OTHER>', 'another configuration')
  .addOption(ledger())
  .action((name: string, other: string, { ledger }: { ledger: string }) =>
    console.log(formatDifference(new Ledger(ledger).outcomes, name, other)),
  );
printing('embeddings', 'perceptron next to nearest neighbours, and the embedding', (outcomes) =>
  [formatEmbeddings(outcomes), formatRanking(outcomes)].filter((text) => text !== '').join('\n\n'),
);
printing('curve', 'sensitivity and precision of S at other priors', formatCurves);

program
  .command('layout')
  .description('train the first network of each configuration, and show its training beats by t-SNE, side by side')
  .argument('<NAMES...>', named)
  .addOption(data())
  .addOption(seed())
  .addOption(
    out('where the page goes, and its figures as JSON next to it; DIR/layout.html, or a file that ends in .html'),
  )
  .action(async (names: string[], values: { data: string; seed: string; out: string }) => {
    const { page, figures } = await writeLayouts({ names, ...values });
    console.log(`the layouts are in ${page}, their figures in ${figures}`);
  });

program
  .command('timing')
  .description("features of a beat's timing alone, on five folds of the training patients")
  .addOption(data())
  .addOption(seeds())
  .action(compareTimings);

program.addHelpText(
  'after',
  () => `
A configuration is a JSON file in examples/dynaecg/settings, or a path that ends in .json.

Configurations: ${configurationNames().join(' ')}`,
);

/** What the ledger holds of the configurations named, or of all. */
function chosen(names: readonly string[], path: string): Outcome[] {
  if (!existsSync(path)) throw new DataError(`--ledger: expected a file, got ${path}`);
  const { outcomes } = new Ledger(path);
  const known = new Set(outcomes.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const near = didYouMean(unknown, [...known]);
    throw new DataError(`experiment: expected names that ${path} has results of${near}, got ${unknown}`);
  }
  return outcomes.filter(({ name }) => names.length === 0 || names.includes(name));
}

await runProgram(program);
