// npm run bench: verifies, then times the library, next to its peers or to a saved run; bench/README.md tells when to use what.
import { Argument, Option } from 'commander';
import { ArgumentError } from 'dynaecg';
import { runProgram } from '../examples/shared/exit.ts';
import { Program } from '../examples/shared/program.ts';
import { secondsOption } from '../examples/shared/values.ts';
import { SUITE_NAMES, SUITES, type SuiteName } from './suites/index.ts';
import { prepareBaseline, readBaseline } from './support/baseline.ts';
import { BACKENDS, type BackendChoice, CLOCKS, type Clock, chooseBackend } from './support/options.ts';
import { Report } from './support/report.ts';

const usual = SUITE_NAMES.filter((name) => SUITES[name].usual);
const filtering = SUITE_NAMES.filter((name) => SUITES[name].filters);

/** What the options below are read into. */
interface Values {
  filter?: string;
  backend?: BackendChoice;
  time?: number;
  clock?: Clock;
  save?: string;
  compare?: string;
}

const program = new Program('bench')
  .description('Verifies, then times the library, next to its peers or to a saved run.')
  .addArgument(new Argument('[SUITES...]', `what to time; ${usual.join(', ')} by default`).choices(SUITE_NAMES))
  .option('--filter <REGEX>', `only the work whose name matches, in any case; of ${filtering.join(', ')}`)
  .addOption(
    new Option(
      '--backend <NAME>',
      'relaxed is wasm with fused multiply-adds, where the engine knows them; micro times that one alone',
    ).choices(BACKENDS),
  )
  .addOption(secondsOption('--time <SECONDS>', 'micro: how long each op is timed on each backend; 1 by default'))
  .addOption(
    new Option(
      '--clock <NAME>',
      'micro: wall, or cpu: processor time, for a machine that does other things too; wall by default',
    ).choices(CLOCKS),
  )
  .option('--save <FILE>', 'write the run, as a baseline')
  .option(
    '--compare <FILE>',
    'print each time next to the one saved, and which differ by more than both margins of error',
  )
  .addHelpText(
    'after',
    `\nSuites:\n${SUITE_NAMES.map((name) => `  ${name.padEnd(16)} ${SUITES[name].about}`).join('\n')}`,
  )
  .action(bench);

async function bench(named: SuiteName[], { filter, backend, time, clock, save, compare }: Values): Promise<void> {
  const names = SUITE_NAMES.filter((name) => (named.length > 0 ? named.includes(name) : SUITES[name].usual));
  if (filter !== undefined) expectSuites('--filter', names, filtering);
  if (time !== undefined) expectSuites('--time', names, ['micro']);
  if (clock !== undefined) expectSuites('--clock', names, ['micro']);
  const pattern = filter === undefined ? /(?:)/ : regularExpression('--filter', filter);

  // What the end of a long run needs is looked at before it begins.
  const before = compare === undefined ? null : readBaseline(compare, clock ?? 'wall');
  if (save !== undefined) prepareBaseline(save);
  if (backend) chooseBackend(backend);

  const report = new Report(clock ?? 'wall');
  const options = { filter: pattern, backend: backend ?? null, time: time ?? 1, clock: clock ?? 'wall' };
  for (const name of names) await SUITES[name].run(report, options);
  if (filter !== undefined && report.run.timings.length === 0)
    throw new ArgumentError(`--filter: expected the name of some work of ${names.join(', ')} to match, got ${filter}`);
  if (before) report.compare(before);
  if (save !== undefined) report.save(save);
}

/** Throws unless every suite that is to run takes the option. */
function expectSuites(option: string, names: readonly SuiteName[], taking: readonly SuiteName[]): void {
  const other = names.find((name) => !taking.includes(name));
  if (other)
    throw new ArgumentError(`${option}: expected only suites that take it, ${taking.join(', ')}, got ${other}`);
}

function regularExpression(option: string, source: string): RegExp {
  try {
    return new RegExp(source, 'i');
  } catch (error) {
    throw new ArgumentError(`${option}: expected a regular expression, got ${source}: ${(error as Error).message}`);
  }
}

await runProgram(program);
