import { readdirSync } from 'node:fs';
import { DataError } from 'dynaecg';
import {
  DE_CHAZAL,
  type EcgRecord,
  type InterPatientOptions,
  MITDB_RECORDS,
  type SyntheticSet,
  syntheticRecords,
} from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { Progress } from '../shared/progress.ts';
import type { Configuration } from './configuration.ts';
import { download } from './download.ts';
import type { Options } from './options.ts';

export const LEAD = 'MLII'; // wherever a record has it, and else its first

/** Recordings, and whose are for training where patients are kept apart. */
export interface Recordings {
  /** 'MIT-BIH' or 'synthetic' */
  source: string;
  records: readonly EcgRecord[];
  division: InterPatientOptions;
}

/** Reads or makes the recordings that the options ask for. */
export async function openRecordings(
  options: Pick<Options, 'data' | 'download' | 'quiet' | 'seed' | 'configurations'>,
): Promise<Recordings> {
  if (options.data === null) return synthetic(options);
  if (options.download) await download(options.data, options.quiet);
  const { data } = options;
  const names = recordNames(data);
  const progress = new Progress('reading', options.quiet);
  const records: EcgRecord[] = [];
  for (const name of names) {
    records.push(loadRecord(`${data}/${name}`));
    progress.update(records.length / names.length, name);
  }
  progress.finish(`${records.length} records of MIT-BIH from ${data}`);
  return {
    source: sourceOf(data),
    records,
    division: DE_CHAZAL,
  };
}

/** What the records in a folder are: `MIT-BIH`, or a part of it. */
export function sourceOf(data: string): string {
  const { length } = recordNames(data);
  return length === MITDB_RECORDS.length ? 'MIT-BIH' : `MIT-BIH, ${length} of its records`;
}

function recordNames(data: string): string[] {
  const present = new Set(list(data));
  const names = MITDB_RECORDS.filter((name) => present.has(`${name}.hea`));
  if (names.length === 0) throw new DataError(`--data: expected MIT-BIH's headers (100.hea ...) in ${data}, got none`);
  return names;
}

function synthetic({ seed, quiet, configurations }: Pick<Options, 'seed' | 'quiet' | 'configurations'>): Recordings {
  const progress = new Progress('synthesising', quiet);
  const [configuration] = configurations;
  const { records, train, test } = syntheticSet(configuration, seed);
  progress.finish(`no --data given: ${records.length} synthetic recordings of ${configuration.seconds / 60} min each`);
  return { source: 'synthetic', records, division: { train, test } };
}

type SyntheticSettings = Pick<Configuration, 'patients' | 'seconds' | 'supraventricular' | 'ventricular'>;

function syntheticSet(
  { patients, seconds, supraventricular, ventricular }: SyntheticSettings,
  seed: string,
): SyntheticSet {
  return syntheticRecords({ seed, patients, duration: seconds, supraventricular, ventricular });
}

/** Synthetic recordings to train on, and of the given ones those to judge by: of their training part, or of the test half. */
export function trainedOnSynthetic(
  { source, records, division }: Recordings,
  configuration: SyntheticSettings,
  seed: string,
  part: 'validation' | 'test',
): Recordings {
  const made = syntheticSet(configuration, seed).records;
  const judged = division[part === 'test' ? 'test' : 'train'];
  return {
    source,
    records: [...made, ...records],
    division: { train: made.map(({ name }) => name), test: judged, patientOf: division.patientOf },
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new DataError(`--data: expected a folder, got ${folder}`);
  }
}
