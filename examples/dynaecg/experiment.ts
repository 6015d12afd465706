import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ArgumentError, DynaecgError, decodeTrainingState, encodeTrainingState } from 'dynaecg';
import { writeFileAtomic } from 'dynaecg/node';
import { configurationNames, fingerprint, readConfiguration } from './configuration.ts';
import { Ledger, type RunId } from './ledger.ts';
import { type Reached, run } from './pipeline.ts';
import { plan } from './plan.ts';
import { duration } from './progress.ts';
import { openRecordings } from './recordings.ts';
import { formatRecords, formatSummary } from './summary.ts';

const OUT = fileURLToPath(new URL('../../runs/experiments', import.meta.url));
const LEDGER = fileURLToPath(new URL('experiments/ledger.jsonl', import.meta.url));

const help = `Runs configurations over several seeds, and tells what they came to.

  npm run experiment -- run NAME... --data DIR [options]     train, and judge on the validation part
  npm run experiment -- table [NAME...]                      mean and standard deviation over the seeds
  npm run experiment -- records NAME                         the figures by record

  --data DIR       MIT-BIH's files
  --test           judge on the test half instead. It is read once by a configuration and seed; every reading is written
                   down before it happens, and a second one is refused
  --seeds A,B,C    0,1,2 by default
  --jobs N         runs at a time; 2 by default
  --out DIR        where interrupted runs are kept to go on from; runs/experiments by default
  --ledger FILE    the JSON lines that readings and results are appended to;
                   examples/dynaecg/experiments/ledger.jsonl by default
  --help           this text

A configuration is a JSON file in examples/dynaecg/experiments, or a path that ends in .json. A run that was interrupted
goes on after the last iteration that it finished; one that the ledger holds is not run again.

Configurations: ${configurationNames().join(' ')}`;

interface Arguments {
  command: string;
  names: string[];
  data: string | undefined;
  part: 'validation' | 'test';
  seeds: string[];
  jobs: number;
  out: string;
  ledger: Ledger;
}

function parse(args: string[]): Arguments | null {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      test: { type: 'boolean', default: false },
      seeds: { type: 'string', default: '0,1,2' },
      jobs: { type: 'string', default: '2' },
      out: { type: 'string', default: OUT },
      ledger: { type: 'string', default: LEDGER },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, ...names] = positionals;
  if (values.help || command === undefined) return null;
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new ArgumentError(`--jobs: expected a whole number >= 1, got ${values.jobs}`);
  return {
    command,
    names,
    data: values.data,
    part: values.test ? 'test' : 'validation',
    seeds: values.seeds.split(','),
    jobs,
    out: values.out,
    ledger: new Ledger(values.ledger),
  };
}

/** Runs each configuration with each seed, some at a time, each in a process of its own. */
async function runAll({ names, seeds, jobs, part, ledger, data, out }: Arguments): Promise<number> {
  if (data === undefined) throw new ArgumentError('--data: expected a folder, got none');
  if (names.length === 0) throw new ArgumentError('run: expected the names of configurations, got none');
  const ids = [...new Set(seeds)].flatMap((seed) =>
    [...new Set(names)].map((name): RunId => ({ name, settings: fingerprint(readConfiguration(name)), seed, part })),
  );
  const same = ids.find((a) => ids.some((b) => a.settings === b.settings && a.name !== b.name));
  if (same) throw new ArgumentError(`run: expected configurations that differ, got ${same.name} twice by other names`);
  const open = ids.filter((id) => !ledger.outcome(id));
  for (const id of open) if (part === 'test') ledger.checkReading(id);
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let id = open.shift(); id; id = open.shift()) {
      const args = ['one', id.name, '--seeds', id.seed, '--data', data, '--out', out, '--ledger', ledger.path];
      if (part === 'test') args.push('--test');
      const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      if ((await new Promise((resolve) => child.on('close', resolve))) !== 0) failed++;
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  console.log(formatSummary(ledger.outcomes.filter(({ settings }) => ids.some((id) => id.settings === settings))));
  return failed > 0 ? 1 : 0;
}

/** One configuration with one seed, in this process; tells each iteration in a line. */
async function runOne({ names: [name], seeds: [seed], part, ledger, data, out }: Arguments): Promise<void> {
  const configuration = readConfiguration(name);
  const id: RunId = { name, settings: fingerprint(configuration), seed, part };
  if (part === 'test') ledger.checkReading(id);
  const label = `${name} seed ${seed} ${part}`;
  const folder = join(out, `${id.settings}-${seed}-${part}`);
  const recordings = await openRecordings({ data: data ?? null, download: false, quiet: true, seed });
  const from = load(folder);
  const before = from?.history.length ?? 0;
  const start = performance.now();
  const result = await run(plan(recordings, configuration, seed, part), {
    quiet: true,
    stopped: () => false,
    from,
    onIteration: (reached) => {
      save(folder, reached);
      const done = reached.history.length;
      const { loss, score } = reached.history[done - 1];
      const elapsed = (performance.now() - start) / 1000;
      const left = duration((elapsed / (done - before)) * (configuration.iterations - done));
      const now = `loss ${loss.toFixed(4)}, score ${score.toFixed(4)}`;
      process.stderr.write(`${label}: ${done} of ${configuration.iterations}, ${left} left, ${now}\n`);
    },
    beforeJudgement: () => {
      if (part === 'test') ledger.read(id);
    },
  });
  if (!result.test) return;
  ledger.add({
    ...id,
    protocol: configuration.protocol,
    classes: result.plan.all.beats.classes,
    records: result.test.records,
    margins: result.iterations.map(({ margin }) => margin),
    minutes: (performance.now() - start) / 60_000,
  });
  rmSync(folder, { recursive: true, force: true });
}

/** Where a run stood when it was interrupted; undefined where it was not. */
function load(folder: string): Reached | undefined {
  const path = join(folder, 'state.safetensors');
  if (!existsSync(path)) return undefined;
  const { numbers, tensors } = decodeTrainingState(readFileSync(path));
  const { history, ...rest } = numbers;
  return { state: { numbers: rest, tensors }, history: history as Reached['history'] };
}

function save(folder: string, { state: { numbers, tensors }, history }: Reached): void {
  mkdirSync(folder, { recursive: true });
  const bytes = encodeTrainingState({ numbers: { ...numbers, history }, tensors });
  writeFileAtomic(join(folder, 'state.safetensors'), bytes);
}

async function main(args: string[]): Promise<number> {
  const parsed = parse(args);
  if (!parsed) {
    console.log(help);
    return 0;
  }
  const { command, names, ledger } = parsed;
  if (command === 'run') return runAll(parsed);
  if (command === 'one') await runOne(parsed);
  else if (command === 'table')
    console.log(formatSummary(ledger.outcomes.filter(({ name }) => names.length === 0 || names.includes(name))));
  else if (command === 'records')
    console.log(formatRecords(ledger.outcomes.filter(({ name }) => names.includes(name))));
  else throw new ArgumentError(`experiment: expected run, table or records, got ${command}`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof DynaecgError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(expected ? (error as Error).message.split('\n')[0] : error);
  process.exitCode = 1;
}
