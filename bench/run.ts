// npm run bench: verifies, then times the library, next to its peers or to a saved run; bench/README.md tells when to use what.
import { ArgumentError } from 'dynaecg';
import { readArguments, text } from '../examples/shared/arguments.ts';
import { exitWith } from '../examples/shared/exit.ts';
import { oneOf, seconds } from '../examples/shared/values.ts';
import { SUITE_NAMES, SUITES, type SuiteName } from './suites/index.ts';
import { prepareBaseline, readBaseline } from './support/baseline.ts';
import { BACKENDS, CLOCKS, chooseBackend } from './support/options.ts';
import { Report } from './support/report.ts';

const usual = SUITE_NAMES.filter((name) => SUITES[name].usual);
const filtering = SUITE_NAMES.filter((name) => SUITES[name].filters);

const USAGE = `npm run bench -- [options] [suite ...]   ${usual.join(', ')} by default

${SUITE_NAMES.map((name) => `  ${name.padEnd(16)} ${SUITES[name].about}`).join('\n')}

  --filter REGEX   only the work whose name matches, in any case: of ${filtering.slice(0, -1).join(', ')} or ${filtering.at(-1)}
  --backend NAME   js, wasm, or relaxed: wasm with fused multiply-adds, where the engine knows them; micro: that one alone
  --time SECONDS   micro: how long each op is timed on each backend; 1 by default
  --clock NAME     micro: wall, or cpu: processor time, for a machine that does other things too; wall by default
  --save FILE      writes the run, as a baseline
  --compare FILE   prints each time next to the one that was saved, and which differ by more than both margins of error
  -h, --help       this text
  --version        the version of dynaecg`;

function main(args: string[]): number {
  const options = { filter: text, backend: text, time: text, clock: text, save: text, compare: text };
  const given = readArguments({ name: 'bench', help: USAGE, options, positionals: true }, args);
  if (!given) return 0;
  const { filter, save, compare } = given.values;
  const named = given.positionals.map((name) => oneOf('bench', name, SUITE_NAMES));
  const names = SUITE_NAMES.filter((name) => (named.length > 0 ? named.includes(name) : SUITES[name].usual));
  const backend = given.values.backend === undefined ? null : oneOf('--backend', given.values.backend, BACKENDS);
  if (filter !== undefined) expectSuites('--filter', names, filtering);
  if (given.values.time !== undefined) expectSuites('--time', names, ['micro']);
  if (given.values.clock !== undefined) expectSuites('--clock', names, ['micro']);
  const clock = given.values.clock === undefined ? 'wall' : oneOf('--clock', given.values.clock, CLOCKS);
  const time = given.values.time === undefined ? 1 : seconds('--time', given.values.time);
  const pattern = filter === undefined ? /(?:)/ : regularExpression('--filter', filter);

  // What the end of a long run needs is looked at before it begins.
  const before = compare === undefined ? null : readBaseline(compare, clock);
  if (save !== undefined) prepareBaseline(save);
  if (backend) chooseBackend(backend);

  const report = new Report(clock);
  for (const name of names) SUITES[name].run(report, { filter: pattern, backend, time, clock });
  if (filter !== undefined && report.run.timings.length === 0)
    throw new ArgumentError(`--filter: expected the name of some work of ${names.join(', ')} to match, got ${filter}`);
  if (before) report.compare(before);
  if (save !== undefined) report.save(save);
  return 0;
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

await exitWith(main);
