import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Judged, Metrics } from '../report/metrics.ts';
import { TABLES } from '../report/write.ts';
import { INTERRUPTED } from '../shared/exit.ts';
import { checkWritable, prepareFolder } from '../shared/folder.ts';
import { run, timing } from './evaluate.ts';
import { knownBeats } from './examine/clusters.ts';
import { examine } from './examine/examine.ts';
import type { Options } from './options.ts';
import { checksumsOf, metrics, modelPath, protocolMetrics, runFacts, writeModel, writeResults } from './output.ts';
import { plan } from './plan.ts';
import { openRecordings } from './recordings.ts';
import { formatResult } from './table.ts';
import { stopwatch } from './train.ts';

/**
 * Trains and judges, protocol by protocol, and writes what came of it; Ctrl-C stops it, and sets the exit code.
 *
 * @param command how it was started, for the report
 */
export async function train(options: Options, command: string): Promise<void> {
  const start = new Date();
  const log = (text: string): void => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  const { out } = options;
  checkWritable('--out', out);
  const recordings = await openRecordings(options);
  const checksums = checksumsOf(options.data, recordings.records);
  prepareFolder('--out', out, TABLES);
  const plans = options.configurations.map((configuration) => plan(recordings, configuration, options.seed));
  const { dropped, labels } = plans[0].all.beats;
  log(`${labels.length} beats; ${dropped.length} dropped, their window passing an edge of the recording`);

  const stop = new AbortController();
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED); // asked twice
    stop.abort();
  });
  const protocols: Metrics['protocols'] = {};
  for (const next of plans) {
    const { protocol } = next.configuration;
    const result = await run(next, {
      quiet: options.quiet,
      signal: stop.signal,
      onKept: (members) => writeModel(out, next, members, null),
    });
    const { members, judgement, histories } = result;
    writeModel(out, next, members, null);
    if (judgement && !options.json) console.log(`\n${formatResult(result, recordings.source)}\n\n${timing(result)}\n`);

    const clock = stopwatch();
    let judged: Judged | null = null;
    if (judgement) {
      // Once training is done, Ctrl-C waits for the report, which takes seconds.
      const known = await knownBeats(next, members, options.quiet);
      writeModel(out, next, members, known.clusters);
      judged = await examine(recordings, result, judgement, known, options.quiet);
    }
    protocols[protocol] = protocolMetrics(result, clock(), judged);
    const facts = runFacts(command, checksums, start);
    writeResults(out, metrics(options, recordings, next, facts, protocols));
    if (stop.signal.aborted) {
      const begun = histories.some(({ iterations, epochs }) => iterations.length + epochs.length > 0);
      const which = begun ? 'the best model so far' : 'the model, no iteration being finished,';
      console.error(`\nstopped; ${which} is in ${modelPath(out, protocol)}`);
      break;
    }
  }
  if (options.json) console.log(readFileSync(join(out, 'metrics.json'), 'utf8'));
  log(`report.html, metrics.json, csv and the models are in ${out}`);
  if (stop.signal.aborted) process.exitCode = INTERRUPTED;
}
