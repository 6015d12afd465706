import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { saveModel, writeFileAtomic } from 'dynaecg/node';
import type { Options } from './options.ts';
import type { Result } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { LEAD, type Recordings } from './recordings.ts';
import type { Member } from './trainers.ts';

/** Where a protocol's model goes, or a member of it, the first being 0. */
export function modelPath(out: string, protocol: string, index: number): string {
  return join(out, `model-${protocol}${index > 0 ? `-${index + 1}` : ''}.safetensors`);
}

/** Makes the folder for results, before hours are spent on them. */
export function prepareFolder(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw new DataError(`--out: expected a folder, got ${out}: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes a model with all that is needed to feed it. */
export function writeModel(path: string, { all, configuration }: Plan, { embedder, classifier }: Member): void {
  const { classes, length, before, normalize, samplingFrequency } = all.beats;
  const window = { length, before, normalize, lead: LEAD };
  const { timing } = configuration;
  saveModel(path, { embedder, classifier, about: { classes, samplingFrequency, window, timing } });
}

/** The figures of a run as plain data. */
export function metrics({ seed }: Options, { source }: Recordings, results: readonly Result[]) {
  const { classes, counts, dropped, labels } = results[0].plan.all.beats;
  return {
    source,
    seed,
    classes,
    beats: { annotated: counts, windows: labels.length, dropped },
    protocols: Object.fromEntries(
      results.map(({ plan: { configuration, split }, judgement, seconds }) => [
        configuration.protocol,
        {
          configuration,
          train: split.train.length,
          test: split.test.length,
          patients: split.patients,
          unusedRecords: split.unusedRecords,
          ...judgement?.scores,
          confusion: judgement?.matrix,
          records: judgement?.records,
          seconds,
        },
      ]),
    ),
  };
}

/** Writes metrics.json and history.json, which holds the statistics of every iteration and epoch. */
export function writeResults(out: string, figures: ReturnType<typeof metrics>, results: readonly Result[]): void {
  const history = Object.fromEntries(
    results.map(({ plan, iterations, epochs }) => [plan.configuration.protocol, { iterations, epochs }]),
  );
  writeFileAtomic(join(out, 'history.json'), `${JSON.stringify(history, null, 1)}\n`);
  writeFileAtomic(join(out, 'metrics.json'), `${JSON.stringify(figures, null, 1)}\n`);
}
