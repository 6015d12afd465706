import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from 'dynaecg';
import type { Judged, Metrics } from '../report/metrics.ts';
import { readMetrics } from '../report/read.ts';
import { writeReport } from '../report/write.ts';
import { checkWritable } from '../shared/folder.ts';
import { listenForStop, type Stop } from '../shared/signals.ts';
import { useAllCores } from '../shared/threads.ts';
import { identityOf, loadReached, saveReached } from './checkpoint.ts';
import { run, timing } from './evaluate.ts';
import { knownBeats } from './examine/clusters.ts';
import { examine } from './examine/examine.ts';
import { fittedTemperature } from './examine/probabilities.ts';
import type { Options } from './options.ts';
import {
  type AboutRun,
  dataFacts,
  metrics,
  modelPath,
  protocolMetrics,
  runFacts,
  writeModel,
  writeResults,
} from './output.ts';
import { type Plan, plan } from './plan.ts';
import { openRecordings, type Recordings } from './recordings.ts';
import { type Begun, RunFolder, runId } from './runFolder.ts';
import { formatResult } from './table.ts';
import { stopwatch } from './train.ts';

/**
 * Trains and judges, protocol by protocol, and writes what came of it. Ctrl-C and SIGTERM stop it, keep what there is to resume
 * from, and set the exit code.
 *
 * @param command how it was started, for the report
 */
export async function train(options: Options, command: string): Promise<void> {
  const stop = listenForStop();
  const { resume, force } = options;
  const out = resume ?? options.out;
  checkWritable('--out', out);
  const interrupted = resume === null ? null : RunFolder.resume(resume);
  let folder = interrupted;
  try {
    const asked: Options & Partial<Begun> = { ...options, ...interrupted?.begun };
    await useAllCores(asked.fast);
    const recordings = await openRecordings(asked);
    const { configurations, seed, fast, data, split, classes } = asked;
    const begun: Begun = {
      ...{ data, split, classes, configurations, seed, fast, checksums: recordings.checksums },
      command: asked.command ?? command,
      started: asked.started ?? new Date().toISOString(),
    };
    if (asked.checksums) expectSame(asked.checksums, begun.checksums);
    folder ??= RunFolder.begin(out, force);
    folder.note(begun);
    if (!(await trainIn(folder, begun, recordings, options, stop))) {
      process.exitCode = stop.exitCode;
      return;
    }
    const before = folder.publish();
    if (before) log(options, `this run has taken the place of run ${before.id}, begun ${before.started}`);
    if (options.json) console.log(readFileSync(join(out, 'metrics.json'), 'utf8'));
    log(options, `report.html, metrics.json, csv and the models are in ${out}`);
  } finally {
    folder?.leave();
  }
}

/** @returns whether it came to its end, and was not stopped */
async function trainIn(
  folder: RunFolder,
  begun: Begun,
  recordings: Recordings,
  options: Options,
  stop: Stop,
): Promise<boolean> {
  const { configurations, seed } = begun;
  const plans = configurations.map((configuration) => plan(recordings, configuration, seed));
  for (const { leftOut } of recordings.folders)
    for (const { record, without } of leftOut) log(options, `left out: ${record}, without ${without}`);
  const { dropped, labels } = plans[0].all.beats;
  log(
    options,
    `${labels.length} beats; ${dropped.length} dropped, their window passing an edge of the recording${dropped.some(({ why }) => why === 'invalid') ? ' or having invalid samples' : ''}`,
  );

  const id = runId(begun);
  const about = { run: id, data: dataFacts(recordings) };
  const saved = folder.metrics;
  if (saved) writeReport(folder.path, readMetrics(folder.path)); // which may not have been reached before
  const protocols: Metrics['protocols'] = { ...saved?.protocols };
  const before = saved?.run.seconds ?? 0;
  const start = performance.now();
  for (const next of plans) {
    const { protocol } = next.configuration;
    if (protocols[protocol]?.judged) {
      log(options, `${protocol}: finished before`);
      continue;
    }
    const done = await trainProtocol(folder, next, recordings, begun, about, options.quiet, stop);
    if (!done) return false;
    protocols[protocol] = done.figures;
    const facts = runFacts({ ...begun, id, seconds: before + (performance.now() - start) / 1000 });
    writeResults(folder.path, metrics(seed, recordings, next, facts, protocols));
    rmSync(folder.checkpoints(protocol), { recursive: true, force: true });
    if (!options.json) console.log(done.text); // once it is written: a reader that is gone loses nothing
  }
  return true;
}

async function trainProtocol(
  folder: RunFolder,
  next: Plan,
  recordings: Recordings,
  { seed }: Begun,
  about: AboutRun,
  quiet: boolean,
  stop: Stop,
): Promise<{ figures: Metrics['protocols'][string]; text: string } | null> {
  const { protocol } = next.configuration;
  const checkpoints = folder.checkpoints(protocol);
  const identity = identityOf(next, seed);
  const result = await run(next, {
    quiet,
    signal: stop.signal,
    from: loadReached(checkpoints, identity)?.reached,
    onKept: (members) => writeModel(folder.path, next, members, null, about),
    onIteration: (reached) => saveReached(checkpoints, reached, identity),
  });
  const { members, judgement } = result;
  if (!judgement) {
    if (existsSync(checkpoints)) {
      writeModel(folder.path, next, members, null, about);
      console.error(
        `\nstopped; the best model so far is in ${modelPath(folder.path, protocol)}, and --resume continues`,
      );
    } else console.error(`\nstopped before the first iteration of ${protocol} was finished`);
    return null;
  }
  // Once training is done, a request to stop waits for the report, which takes seconds.
  const clock = stopwatch();
  const known = await knownBeats(next, members, quiet);
  const fitted = await fittedTemperature(next, members, quiet);
  writeModel(folder.path, next, members, known.clusters, about, fitted.temperature);
  const judged: Judged = await examine(recordings, result, judgement, known, fitted, quiet);
  const text = `\n${formatResult(result, recordings)}\n\n${timing(result)}\n`;
  return { figures: protocolMetrics(result, clock(), judged), text };
}

function expectSame(before: Begun['checksums'], now: Begun['checksums']): void {
  for (const file of new Set([...Object.keys(before), ...Object.keys(now)]))
    if (before[file] !== now[file])
      throw new CheckpointError(`--resume: expected the data that the run was begun with, got another ${file}`);
}

function log({ quiet }: Options, text: string): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}
