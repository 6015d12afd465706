import { existsSync } from 'node:fs';
import type { Judged, ProtocolMetrics } from '../report/metrics.ts';
import { identityOf, loadReached, saveReached } from './checkpoint.ts';
import { run, timing } from './evaluate.ts';
import { knownBeats } from './examine/clusters.ts';
import { examine } from './examine/examine.ts';
import { fittedTemperature } from './examine/probabilities.ts';
import { type AboutRun, modelPath, protocolMetrics, writeModel } from './output.ts';
import type { Plan } from './plan.ts';
import type { Recordings } from './recordings.ts';
import { checkpointsIn } from './runFolder.ts';
import { formatResult } from './table.ts';
import { stopwatch } from './train.ts';

/** What came of a protocol: its figures, and the table of them. */
export interface Done {
  figures: ProtocolMetrics;
  text: string;
}

/** Where a protocol is trained, and how it is watched and stopped. */
export interface Under {
  /** the folder of the run */
  path: string;
  about: AboutRun;
  seed: string;
  quiet: boolean;
  signal: AbortSignal;
}

/**
 * Trains a protocol, from where it stood if it was interrupted, judges it and writes its model; null where it was stopped, with a
 * line on what there is to resume from.
 */
export async function trainProtocol(next: Plan, recordings: Recordings, under: Under): Promise<Done | null> {
  const { path, about, seed, quiet, signal } = under;
  const { protocol } = next.configuration;
  const checkpoints = checkpointsIn(path, protocol);
  const identity = identityOf(next, seed);
  const result = await run(next, {
    quiet,
    signal,
    from: loadReached(checkpoints, identity)?.reached,
    onKept: (members) => writeModel(path, next, members, null, about),
    onIteration: (reached) => saveReached(checkpoints, reached, identity),
  });
  const { members, judgement } = result;
  if (!judgement) {
    if (existsSync(checkpoints)) {
      writeModel(path, next, members, null, about);
      console.error(`\nstopped; the best model so far is in ${modelPath(path, protocol)}, and --resume continues`);
    } else console.error(`\nstopped before the first iteration of ${protocol} was finished`);
    return null;
  }
  // Once training is done, a request to stop waits for the report, which takes seconds.
  const clock = stopwatch();
  const known = await knownBeats(next, members, quiet);
  const fitted = await fittedTemperature(next, members, quiet);
  writeModel(path, next, members, known.clusters, about, fitted.temperature);
  const judged: Judged = await examine(recordings, result, judgement, known, fitted, quiet);
  const text = `\n${formatResult(result, recordings)}\n\n${timing(result)}\n`;
  return { figures: protocolMetrics(result, clock(), judged), text };
}
