import { DynaecgError } from 'dynaecg';
import { help, parseOptions } from './options.ts';
import { metrics, modelPath, prepareFolder, writeModel, writeResults } from './output.ts';
import { type Result, run, timing } from './pipeline.ts';
import { plan } from './plan.ts';
import { openRecordings } from './recordings.ts';
import { formatResult } from './table.ts';

const INTERRUPTED = 130; // the shell's code for a process ended by Ctrl-C

async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) {
    console.log(help);
    return 0;
  }
  const log = (text: string): void => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  const recordings = await openRecordings(options);
  prepareFolder(options.out);
  const plans = options.configurations.map((configuration) => plan(recordings, configuration, options.seed));
  const { dropped, labels } = plans[0].all.beats;
  log(`${labels.length} beats; ${dropped.length} dropped, their window passing an edge of the recording`);

  let stop = false;
  process.on('SIGINT', () => {
    if (stop) process.exit(INTERRUPTED); // asked twice
    stop = true;
  });
  const results: Result[] = [];
  for (const next of plans) {
    const path = (index: number): string => modelPath(options.out, next.configuration.protocol, index);
    const result = await run(next, {
      quiet: options.quiet,
      stopped: () => stop,
      onKept: (member, index) => writeModel(path(index), next, member),
    });
    results.push(result);
    writeResults(options.out, metrics(options, recordings, results), results);
    for (const [index, member] of result.members.entries()) writeModel(path(index), next, member);
    if (stop) {
      const which =
        result.iterations.length + result.epochs.length > 0
          ? 'the best model so far'
          : 'the model, no iteration being finished,';
      console.error(`\nstopped; ${which} is in ${path(result.members.length - 1)}`);
      break;
    }
    if (!options.json) console.log(`\n${formatResult(result, recordings.source)}\n\n${timing(result)}\n`);
  }
  if (options.json) console.log(JSON.stringify(metrics(options, recordings, results), null, 1));
  log(`metrics.json, history.json and the models are in ${options.out}`);
  return stop ? INTERRUPTED : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof DynaecgError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(expected ? (error as Error).message.split('\n')[0] : error);
  process.exitCode = 1;
}
