import { readdirSync } from 'node:fs';
import { DataError } from 'dynaecg';
import { DE_CHAZAL, type EcgRecord, type InterPatientOptions, MITDB_RECORDS, syntheticRecords } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { download } from './download.ts';
import type { Options } from './options.ts';
import { Progress } from './progress.ts';

export const LEAD = 'MLII'; // wherever a record has it, and else its first
const PATIENTS = 12; // of the synthetic set
const DURATION = 180; // seconds of each

/** Recordings, and whose are for training where patients are kept apart. */
export interface Recordings {
  /** 'MIT-BIH' or 'synthetic' */
  source: string;
  records: readonly EcgRecord[];
  division: InterPatientOptions;
}

/** Reads or makes the recordings that the options ask for. */
export async function openRecordings(
  options: Pick<Options, 'data' | 'download' | 'quiet' | 'seed'>,
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

function synthetic({ seed, quiet }: Pick<Options, 'seed' | 'quiet'>): Recordings {
  const progress = new Progress('synthesising', quiet);
  const { records, train, test } = syntheticRecords({ seed, patients: PATIENTS, duration: DURATION });
  progress.finish(`no --data given: ${records.length} synthetic recordings of ${DURATION / 60} min each`);
  return { source: 'synthetic', records, division: { train, test } };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new DataError(`--data: expected a folder, got ${folder}`);
  }
}
