import { DynaecgError } from 'dynaecg';
import { help, parseOptions } from './options.ts';
import { metrics, modelPath, prepareFolder, writeModel, writeResults } from './output.ts';
import { type Result, run, timing } from './pipeline.ts';
import { openRecordings } from './recordings.ts';
import { formatResult } from './table.ts';

const INTERRUPTED = 130; // the shell's code for a process ended by Ctrl-C

async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) {
    console.log(help);
    return 0;
  }
  let stop = false;
  process.on('SIGINT', () => {
    if (stop) process.exit(INTERRUPTED); // asked twice
    stop = true;
  });
  const log = (text: string): void => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  const recordings = await openRecordings(options);
  prepareFolder(options.out);
  const { dropped, labels } = recordings.beats;
  log(`${labels.length} beats; ${dropped.length} dropped, their window passing an edge of the recording`);

  const results: Result[] = [];
  for (const protocol of options.protocols) {
    const result = await run(recordings, protocol, options, {
      stopped: () => stop,
      onBest: (embedder) => writeModel(options.out, protocol, recordings, embedder, null),
    });
    results.push(result);
    writeModel(options.out, protocol, recordings, result.embedder, result.classifier);
    if (stop) {
      console.error(`\nstopped; the best model so far is in ${modelPath(options.out, protocol)}`);
      break;
    }
    if (!options.json) console.log(`\n${formatResult(result, recordings)}\n\n${timing(result)}\n`);
  }
  const figures = metrics(options, recordings, results);
  writeResults(options.out, figures, results);
  if (options.json) console.log(JSON.stringify(figures, null, 1));
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
