import { cpus } from 'node:os';
import { join } from 'node:path';
import { backend, type NoveltyDetector } from 'dynaecg';
import type { BeatInput } from 'dynaecg/ecg';
import { saveModel, writeFileAtomic } from 'dynaecg/node';
import packageJson from '../../package.json' with { type: 'json' };
import type { DataFacts, DivisionFacts } from '../report/dataFacts.ts';
import type { Judged, Metrics, ProtocolMetrics, RunFacts } from '../report/metrics.ts';
import { readMetrics } from '../report/read.ts';
import { writeReport } from '../report/write.ts';
import { AAMI } from './classMap.ts';
import type { Division } from './division.ts';
import type { Result } from './evaluate.ts';
import type { Plan, TrainingPlan } from './plan.ts';
import { LEAD, type Recordings } from './recordings.ts';
import type { Begun } from './runFolder.ts';
import { channelsOf } from './samples.ts';
import type { Member } from './trainers.ts';

/** Where a protocol's model goes. */
export function modelPath(out: string, protocol: string): string {
  return join(out, `model-${protocol}.safetensors`);
}

/** Of which run a model is, and what it was trained on. */
export interface AboutRun {
  run: string;
  data: DataFacts;
}

/** What a run was given: folders by name, and the labels of classes other than AAMI's. */
export function dataFacts({ source, folders, task }: Recordings): DataFacts {
  return { source, folders: [...folders], ...(task === AAMI ? {} : { labels: task.classes }) };
}

function divisionFacts({ how, train, validation = [], test }: Division): DivisionFacts {
  return {
    how,
    train: train.filter((name) => !validation.includes(name)),
    validation: [...validation],
    test: [...test],
  };
}

/** Writes the model of a protocol, and of which run it is. */
export function writeModel(
  out: string,
  plan: Plan,
  networks: readonly Member[],
  novelty: NoveltyDetector | null,
  { run, data: { labels, ...data } }: AboutRun,
  temperature?: number,
): void {
  const division = plan.division && divisionFacts(plan.division);
  const about = { run, data: { ...data, division }, ...(labels ? { labels } : {}) };
  writeModelFile(modelPath(out, plan.configuration.protocol), plan, networks, novelty, about, temperature);
}

/** Writes a model with everything that is needed to use it: its members, the detector of novel beats, and its input. */
export function writeModelFile(
  file: string,
  { all, configuration }: TrainingPlan,
  networks: readonly Member[],
  novelty: NoveltyDetector | null,
  about: Record<string, unknown>,
  temperature?: number,
): void {
  const { classes, length, before, normalize, samplingFrequency, units } = all.beats;
  const window = { length, before, normalize, lead: LEAD, units };
  const { timing } = configuration;
  const input: BeatInput = {
    ...{ classes, samplingFrequency, window, timing },
    ...channelsOf(configuration),
  };
  saveModel(file, { networks, novelty, temperature, about: { ...input, configuration, ...about } });
}

/** The figures of a protocol as plain data. */
export function protocolMetrics(
  { plan: { configuration, split, division, overlap }, histories, seconds }: Result,
  report: number,
  judged: Judged | null,
): ProtocolMetrics {
  return {
    configuration,
    train: split.train.length,
    test: split.test.length,
    overlap,
    patients: split.patients,
    ...(division ? { division: divisionFacts(division) } : {}),
    unusedRecords: split.unusedRecords,
    seconds: { ...seconds, report },
    history: histories,
    judged,
  };
}

/** The figures of a run as plain data. */
export function metrics(
  seed: string,
  recordings: Recordings,
  { all, annotated }: Plan,
  run: RunFacts,
  protocols: Metrics['protocols'],
): Metrics {
  const { classes, dropped, labels } = all.beats;
  const beats = { annotated, windows: labels.length, dropped };
  return { ...dataFacts(recordings), seed, classes: [...classes], beats, run, protocols };
}

/** JSON that can be read: a line for each field, but for a list of numbers or texts one in all. */
export function json(value: unknown): string {
  const indented = JSON.stringify(value, null, 1);
  const lists = /\[[^[\]{}"]*\]|\[(?:\s*"(?:[^"\\]|\\.)*",?)+\s*\]/g;
  return `${indented.replace(lists, (list) => list.replace(/\n\s*/g, ' '))}\n`;
}

/** Writes metrics.json, and draws the report of it unless another one will take its place at once. */
export function writeResults(out: string, figures: Metrics, drawn = true): void {
  writeFileAtomic(join(out, 'metrics.json'), json(figures));
  if (drawn) writeReport(out, readMetrics(out)); // as anybody reads it later
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
