import { join } from 'node:path';
import type { NoveltyDetector } from 'dynaecg';
import type { BeatInput } from 'dynaecg/ecg';
import { saveModel, writeFileAtomic } from 'dynaecg/node';
import type { Judged, Metrics, ProtocolMetrics, RunFacts } from './metrics.ts';
import type { Options } from './options.ts';
import type { Result } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { LEAD, type Recordings } from './recordings.ts';
import { writeReport } from './report/write.ts';
import type { Member } from './trainers.ts';

/** Where a protocol's model goes. */
export function modelPath(out: string, protocol: string): string {
  return join(out, `model-${protocol}.safetensors`);
}

/** Writes a model with all that is needed to feed it: its members, and what detects beats unlike those that they were trained on. */
export function writeModel(
  out: string,
  { all, configuration }: Plan,
  networks: readonly Member[],
  novelty: NoveltyDetector | null,
): void {
  const { classes, length, before, normalize, samplingFrequency, units } = all.beats;
  const window = { length, before, normalize, lead: LEAD, units };
  const input: BeatInput = { classes, samplingFrequency, window, timing: configuration.timing };
  saveModel(modelPath(out, configuration.protocol), { networks, novelty, about: { ...input, configuration } });
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
  { seed }: Options,
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
  writeReport(out, figures);
}
