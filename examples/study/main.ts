import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, DataError } from 'dynaecg';
import { configurationNames, readConfiguration } from '../dynaecg/configuration.ts';
import { run } from '../dynaecg/evaluate.ts';
import { plan } from '../dynaecg/plan.ts';
import { openRecordings, sourceOf } from '../dynaecg/recordings.ts';
import type { Reached } from '../dynaecg/train.ts';
import { flag, readArguments, text } from '../shared/arguments.ts';
import { exitWith } from '../shared/exit.ts';
import { prepareFolder } from '../shared/folder.ts';
import { duration } from '../shared/progress.ts';
import { didYouMean, oneOf, wholeNumber } from '../shared/values.ts';
import { Unfinished } from './checkpoint.ts';
import { formatCurves, formatEmbeddings, formatRanking } from './comparisonTables.ts';
import { formatDifference } from './difference.ts';
import { fingerprint } from './fingerprint.ts';
import { writeLayouts } from './layouts.ts';
import { Ledger, type Outcome, type RunId } from './ledger.ts';
import { formatRecords, formatSummary } from './summary.ts';

const OUT = fileURLToPath(new URL('../../runs/experiments', import.meta.url));
const LEDGER = fileURLToPath(new URL('ledger.jsonl', import.meta.url));

const help = `Runs configurations over several seeds, and tells what they came to.

  npm run experiment -- run NAME... --data DIR [options]     train, and judge on the validation part
  npm run experiment -- table [NAME...]                      mean and standard deviation over the seeds
  npm run experiment -- records NAME                         the figures by record
  npm run experiment -- difference NAME NAME                 how much better the first is than the second on the same patients
  npm run experiment -- embeddings [NAME...]                 perceptron and nearest neighbours side by side, and the embedding
  npm run experiment -- curve NAME...                        sensitivity and precision of S at other priors
  npm run experiment -- layout NAME... --data DIR [--seed S] [--out FILE.html]
                   train a network of each, the first of several, and lay out its training beats by t-SNE side by side:
                   a page and its figures as JSON, runs/experiments/layout.html by default

  --data DIR       MIT-BIH's files
  --test           judge on the test half instead. It is read once by a configuration and seed; every reading is written
                   down before it happens, and a second one is refused
  --seeds A,B,C    0,1,2 by default
  --seed S         of layout; 0 by default
  --jobs N         runs at a time; 2 by default
  --out DIR        where interrupted runs are kept to resume from; runs/experiments by default
  --ledger FILE    the JSON lines that readings and results are appended to;
                   examples/study/ledger.jsonl by default
  -h, --help       this text
  --version        the version of dynaecg

A configuration is a JSON file in examples/dynaecg/settings, or a path that ends in .json. A run that was interrupted
goes on after the last iteration that it finished; one that the ledger holds is not run again.

Configurations: ${configurationNames().join(' ')}`;

const COMMANDS = ['run', 'table', 'records', 'difference', 'embeddings', 'curve', 'layout'] as const;

/** The commands that take an option, where not all do; `one` is a single run of `run`. */
const TAKEN_BY: Record<string, readonly string[]> = {
  test: ['run', 'one'],
  seeds: ['run', 'one'],
  jobs: ['run'],
  seed: ['layout'],
};

interface Arguments {
  command: (typeof COMMANDS)[number] | 'one';
  names: string[];
  data: string | undefined;
  part: 'validation' | 'test';
  seeds: string[];
  /** of `layout` */
  seed: string;
  jobs: number;
  out: string;
  ledger: Ledger;
}

function parse(args: string[]): Arguments | null {
  const options = { data: text, test: flag, seeds: text, seed: text, jobs: text, out: text, ledger: text };
  const given = readArguments({ name: 'experiment', help, options, positionals: true }, args);
  if (!given) return null;
  const { values, positionals } = given;
  const [word = 'none', ...names] = positionals;
  const command = word === 'one' ? word : oneOf('experiment', word, COMMANDS);
  for (const [option, commands] of Object.entries(TAKEN_BY))
    if (values[option as keyof typeof values] && !commands.includes(command))
      throw new ArgumentError(`--${option}: expected the command ${commands[0]}, got ${command}`);
  const { data, seeds = '0,1,2', seed = '0', jobs = '2', out = OUT, ledger = LEDGER } = values;
  if (!seeds.split(',').every((seed) => /^[\w.-]+$/.test(seed.trim())))
    throw new ArgumentError(`--seeds: expected words with commas between them, got ${seeds}`);
  return {
    ...{ command, names, data, seed, out },
    part: values.test ? 'test' : 'validation',
    seeds: seeds.split(',').map((seed) => seed.trim()),
    jobs: wholeNumber('--jobs', jobs, 1),
    ledger: new Ledger(ledger),
  };
}

/** Runs each configuration with each seed, some at a time, each in a process of its own. */
async function runAll({ names, seeds, jobs, part, ledger, data, out }: Arguments): Promise<number> {
  if (data === undefined) throw new ArgumentError('--data: expected a folder, got none');
  if (names.length === 0) throw new ArgumentError('run: expected the names of configurations, got none');
  const ids = [...new Set(seeds)].flatMap((seed) => [...new Set(names)].map((name) => runId(name, seed, part, data)));
  const twin = ids.find((a) => ids.some((b) => a.settings === b.settings && a.name !== b.name));
  if (twin) throw new ArgumentError(`run: expected configurations that differ, got ${twin.name} twice by other names`);
  const open = ids.filter((id) => !ledger.outcome(id));
  for (const id of open) if (part === 'test') ledger.checkReading(id);
  if (open.length > 0) {
    ledger.checkWritable();
    prepareFolder('--out', out);
  }
  const running = new Set<ChildProcess>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      open.length = 0;
      for (const child of running) child.kill();
    });
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let id = open.shift(); id; id = open.shift()) {
      const args = ['one', id.name, '--seeds', id.seed, '--data', data, '--out', out, '--ledger', ledger.path];
      if (part === 'test') args.push('--test');
      const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      running.add(child);
      if ((await new Promise((resolve) => child.on('close', resolve).on('error', resolve))) !== 0) failed++;
      running.delete(child);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, open.length) }, worker));
  console.log(
    formatSummary(
      ledger.outcomes.filter((o) => ids.some((id) => id.settings === o.settings && id.source === o.source)),
    ),
  );
  return failed > 0 ? 1 : 0;
}

function runId(name: string, seed: string, part: 'validation' | 'test', data: string): RunId {
  const source = sourceOf(data);
  const id = { name, settings: fingerprint(readConfiguration(name)), seed, part };
  return source === 'MIT-BIH' ? id : { ...id, source };
}

/** One configuration with one seed, in this process; tells each iteration in a line. */
async function runOne({ names, seeds: [seed], part, ledger, data, out }: Arguments): Promise<void> {
  if (data === undefined) throw new ArgumentError('--data: expected a folder, got none');
  const [name] = names;
  if (names.length !== 1) throw new ArgumentError(`one: expected a configuration, got ${names.length}`);
  const configuration = readConfiguration(name);
  const id = runId(name, seed, part, data);
  if (part === 'test') ledger.checkReading(id);
  ledger.checkWritable();
  const label = `${name} seed ${seed} ${part}`;
  const folder = [id.settings, seed, part, ...(id.source?.match(/\w+/g) ?? [])].join('-');
  const unfinished = new Unfinished(join(out, folder));
  const recordings = await openRecordings({
    data,
    download: false,
    quiet: true,
    seed,
    configurations: [configuration],
  });
  const from = unfinished.load();
  const all = configuration.members * configuration.iterations;
  const reachedBy = ({ finished, history }: Reached): number =>
    finished.length * configuration.iterations + history.length;
  const before = from ? reachedBy(from) : 0;
  const start = performance.now();
  const minutes = (): number => (from?.minutes ?? 0) + (performance.now() - start) / 60_000;
  const result = await run(plan(recordings, configuration, seed, part), {
    quiet: true,
    from,
    onIteration: (reached) => {
      unfinished.save({ ...reached, minutes: minutes() });
      const done = reachedBy(reached);
      const last = reached.history[reached.history.length - 1];
      const elapsed = (performance.now() - start) / 1000;
      const left = duration((elapsed / (done - before)) * (all - done));
      const seen =
        'neighborF1' in last
          ? `macro F1 of neighbours ${last.neighborF1.toFixed(4)}`
          : `validation loss ${last.validationLoss.toFixed(4)}`;
      const now = `loss ${last.loss.toFixed(4)}, ${seen}`;
      process.stderr.write(`${label}: ${done} of ${all}, ${left} left, ${now}\n`);
    },
    beforeJudgement: () => {
      if (part === 'test') ledger.read(id);
    },
  });
  if (!result.judgement) return;
  const { records, neighbors, operating, embedding } = result.judgement;
  ledger.add({
    ...id,
    protocol: configuration.protocol,
    classes: result.plan.all.beats.classes,
    ...{ records, neighbors, operating, embedding },
    margins: result.histories.flatMap(({ iterations }) => iterations.map(({ margin }) => margin)),
    minutes: minutes(),
  });
  unfinished.remove();
}

/** What the ledger holds of the configurations named, or of all. */
function chosen({ names, ledger }: Arguments): Outcome[] {
  if (!existsSync(ledger.path)) throw new DataError(`--ledger: expected a file, got ${ledger.path}`);
  const { outcomes } = ledger;
  const known = new Set(outcomes.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const near = didYouMean(unknown, [...known]);
    throw new DataError(`experiment: expected names that ${ledger.path} has results of${near}, got ${unknown}`);
  }
  return outcomes.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function main(args: string[]): Promise<number> {
  if (args.length === 0) {
    console.log(help);
    return 0;
  }
  const parsed = parse(args);
  if (!parsed) return 0;
  const { command } = parsed;
  if (command === 'run') return runAll(parsed);
  if (command === 'one') await runOne(parsed);
  else if (command === 'layout') {
    const { page, figures } = await writeLayouts(parsed);
    console.log(`the layouts are in ${page}, their figures in ${figures}`);
  } else if (command === 'difference') console.log(difference(parsed));
  else console.log(tables(command, chosen(parsed)));
  return 0;
}

function difference({ names, ledger }: Arguments): string {
  if (names.length !== 2) throw new ArgumentError(`difference: expected two configurations, got ${names.length}`);
  return formatDifference(ledger.outcomes, names[0], names[1]);
}

function tables(command: 'table' | 'records' | 'embeddings' | 'curve', outcomes: readonly Outcome[]): string {
  if (command === 'table') return formatSummary(outcomes);
  if (command === 'records') return formatRecords(outcomes);
  if (command === 'curve') return formatCurves(outcomes);
  return [formatEmbeddings(outcomes), formatRanking(outcomes)].filter((text) => text !== '').join('\n\n');
}

await exitWith(main);
