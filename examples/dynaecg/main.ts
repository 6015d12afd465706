import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from 'dynaecg';
import type { Metrics } from '../report/metrics.ts';
import { readMetrics } from '../report/read.ts';
import { writeReport } from '../report/write.ts';
import { checkWritable } from '../shared/folder.ts';
import { listenForStop, type Stop } from '../shared/signals.ts';
import { useCores } from '../shared/threads.ts';
import { type Beside, givenBeside, startBeside, trainBeside } from './beside.ts';
import type { Options } from './options.ts';
import { dataFacts, metrics, runFacts, writeResults } from './output.ts';
import { plan } from './plan.ts';
import { trainProtocol } from './protocol.ts';
import { openRecordings, type Recordings } from './recordings.ts';
import { type Begun, checkpointsIn, RunFolder, runId } from './runFolder.ts';

/**
 * Trains and judges, protocol by protocol or several at once, and writes what came of it. Ctrl-C and SIGTERM stop it, keep what there is
 * to resume from, and set the exit code.
 *
 * @param command how it was started, for the report
 */
export async function train(options: Options, command: string): Promise<void> {
  const given = givenBeside();
  if (given) return trainBeside(given);
  const stop = listenForStop();
  const { resume, force } = options;
  const out = resume ?? options.out;
  checkWritable('--out', out);
  const interrupted = resume === null ? null : RunFolder.resume(resume);
  let folder = interrupted;
  const others = new Map<string, Beside>();
  try {
    const asked: Options & Partial<Begun> = { ...options, ...interrupted?.begun };
    const finished = interrupted?.metrics?.protocols ?? {};
    const [, ...rest] = asked.configurations.map(({ protocol }) => protocol).filter((name) => !finished[name]?.judged);
    const threads = startBeside(others, rest, asked);
    await useCores(asked.fast, threads);
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
    if (!(await trainIn(folder, begun, recordings, options, stop, others))) {
      for (const other of others.values()) await other.finish(); // which is stopped, too
      process.exitCode ||= stop.exitCode;
      return;
    }
    const before = folder.publish();
    if (before) log(options, `this run has taken the place of run ${before.id}, begun ${before.started}`);
    if (options.json) console.log(readFileSync(join(out, 'metrics.json'), 'utf8'));
    log(options, `report.html, metrics.json, csv and the models are in ${out}`);
  } finally {
    for (const other of others.values()) await other.end();
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
  others: ReadonlyMap<string, Beside>,
): Promise<boolean> {
  const { configurations, seed } = begun;
  const id = runId(begun);
  const { path, metrics: saved } = folder;
  const { quiet } = options;
  const under = { path, about: { run: id, data: dataFacts(recordings) }, seed, quiet, signal: stop.signal };
  for (const other of others.values()) other.begin(recordings, under);
  const plans = configurations.map((configuration) => plan(recordings, configuration, seed));
  for (const { leftOut } of recordings.folders)
    for (const { record, without } of leftOut) log(options, `left out: ${record}, without ${without}`);
  const { dropped, labels } = plans[0].all.beats;
  log(
    options,
    `${labels.length} beats; ${dropped.length} dropped, their window passing an edge of the recording${dropped.some(({ why }) => why === 'invalid') ? ' or having invalid samples' : ''}`,
  );

  if (saved) writeReport(path, readMetrics(path)); // which may not have been reached before
  const protocols: Metrics['protocols'] = { ...saved?.protocols };
  const before = saved?.run.seconds ?? 0;
  const start = performance.now();
  for (const next of plans) {
    const { protocol } = next.configuration;
    if (protocols[protocol]?.judged) {
      log(options, `${protocol}: finished before`);
      continue;
    }
    const done = await (others.get(protocol)?.finish() ?? trainProtocol(next, recordings, under));
    if (!done) return false;
    protocols[protocol] = done.figures;
    const facts = runFacts({ ...begun, id, seconds: before + (performance.now() - start) / 1000 });
    const last = next === plans[plans.length - 1];
    writeResults(path, metrics(seed, recordings, next, facts, protocols), last || others.size === 0);
    rmSync(checkpointsIn(path, protocol), { recursive: true, force: true });
    if (!options.json) console.log(done.text); // once it is written: a reader that is gone loses nothing
  }
  return true;
}

function expectSame(before: Begun['checksums'], now: Begun['checksums']): void {
  for (const file of new Set([...Object.keys(before), ...Object.keys(now)]))
    if (before[file] !== now[file])
      throw new CheckpointError(`--resume: expected the data that the run was begun with, got another ${file}`);
}

function log({ quiet }: Options, text: string): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}
