import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { backend, DataError, type NoveltyDetector } from 'dynaecg';
import type { BeatInput, EcgRecord } from 'dynaecg/ecg';
import { saveModel, writeFileAtomic } from 'dynaecg/node';
import packageJson from '../../package.json' with { type: 'json' };
import type { Judged, Metrics, ProtocolMetrics, RunFacts } from '../report/metrics.ts';
import { readMetrics } from '../report/read.ts';
import { writeReport } from '../report/write.ts';
import type { Result } from './evaluate.ts';
import type { Plan } from './plan.ts';
import { LEAD, type Recordings } from './recordings.ts';
import type { Begun } from './runFolder.ts';
import type { Member } from './trainers.ts';

/** Where a protocol's model goes. */
export function modelPath(out: string, protocol: string): string {
  return join(out, `model-${protocol}.safetensors`);
}

/** Writes a model with everything that is needed to use it: its members, and the detector of novel beats. */
export function writeModel(
  out: string,
  { all, configuration }: Plan,
  networks: readonly Member[],
  novelty: NoveltyDetector | null,
  run: string,
): void {
  const { classes, length, before, normalize, samplingFrequency, units } = all.beats;
  const window = { length, before, normalize, lead: LEAD, units };
  const input: BeatInput = { classes, samplingFrequency, window, timing: configuration.timing };
  saveModel(modelPath(out, configuration.protocol), { networks, novelty, about: { ...input, configuration, run } });
}

/** The figures of a protocol as plain data. */
export function protocolMetrics(
  { plan: { configuration, split, overlap }, histories, seconds }: Result,
  report: number,
  judged: Judged | null,
): ProtocolMetrics {
  return {
    configuration,
    train: split.train.length,
    test: split.test.length,
    overlap,
    patients: split.patients,
    unusedRecords: split.unusedRecords,
    seconds: { ...seconds, report },
    history: histories,
    judged,
  };
}

/** The figures of a run as plain data. */
export function metrics(
  seed: string,
  { source }: Recordings,
  { all }: Plan,
  run: RunFacts,
  protocols: Metrics['protocols'],
): Metrics {
  const { classes, counts, dropped, labels } = all.beats;
  const beats = { annotated: counts, windows: labels.length, dropped };
  return { source, seed, classes: [...classes], beats, run, protocols };
}

/** JSON that can be read: a line for each field, but for a list of numbers or texts one in all. */
export function json(value: unknown): string {
  const indented = JSON.stringify(value, null, 1);
  const lists = /\[[^[\]{}"]*\]|\[(?:\s*"(?:[^"\\]|\\.)*",?)+\s*\]/g;
  return `${indented.replace(lists, (list) => list.replace(/\n\s*/g, ' '))}\n`;
}

/** Writes metrics.json, and draws the report of it. */
export function writeResults(out: string, figures: Metrics): void {
  writeFileAtomic(join(out, 'metrics.json'), json(figures));
  writeReport(out, readMetrics(out)); // as anybody reads it later
}

/** How a run was run. */
export function runFacts({
  id,
  command,
  started,
  seconds,
  checksums,
}: Begun & { id: string; seconds: number }): RunFacts {
  const { name, relaxed } = backend();
  return {
    ...{ id, command, started, seconds },
    versions: { dynaecg: packageJson.version, node: process.versions.node, v8: process.versions.v8 },
    backend: relaxed ? `${name}, relaxed SIMD` : name,
    cpu: cpus()[0]?.model ?? 'unknown',
    checksums,
  };
}

/**
 * SHA-256 of the files of records; of synthetic ones, which have no folder, none. Ask as soon as they are read: hours later
 * the files may be others, or gone.
 *
 * @throws DataError for a file that cannot be read
 */
export function checksumsOf(data: string | null, records: readonly EcgRecord[]): RunFacts['checksums'] {
  if (data === null) return {};
  const files = records.flatMap(({ name }) => ['atr', 'dat', 'hea'].map((suffix) => `${name}.${suffix}`));
  return Object.fromEntries(files.map((file) => [file, sha256(join(data, file))]));
}

function sha256(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    throw new DataError(`--data: expected to read ${path}, got ${(error as Error).message}`, { cause: error });
  }
}
