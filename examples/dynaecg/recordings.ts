import { readdirSync } from 'node:fs';
import { DataError, type Random } from 'dynaecg';
import {
  type BeatSet,
  DE_CHAZAL,
  type EcgRecord,
  extractBeats,
  interPatientSplit,
  intraPatientSplit,
  MITDB_RECORDS,
  type Split,
  syntheticRecords,
} from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { download } from './download.ts';
import type { Options } from './options.ts';
import { breathe, Progress } from './progress.ts';

export const LEAD = 'MLII'; // wherever a record has it, and else its first
const PATIENTS = 12; // of the synthetic set
const DURATION = 180; // seconds of each

/** Beats, and how they are divided under each protocol. */
export interface Recordings {
  /** 'MIT-BIH' or 'synthetic' */
  source: string;
  beats: BeatSet;
  split(protocol: 'intra' | 'inter', random: Random): Split;
}

/** Reads or makes the recordings that the options ask for. */
export async function openRecordings(options: Options): Promise<Recordings> {
  if (options.data === null) return synthetic(options);
  if (options.download) await download(options.data, options.quiet);
  const { data } = options;
  const present = new Set(list(data));
  const names = MITDB_RECORDS.filter((name) => present.has(`${name}.hea`));
  if (names.length === 0) throw new DataError(`--data: expected MIT-BIH's headers (100.hea ...) in ${data}, got none`);
  const progress = new Progress('reading', options.quiet);
  const records: EcgRecord[] = [];
  for (const name of names) {
    records.push(loadRecord(`${data}/${name}`));
    progress.update(records.length / names.length, name);
    await breathe();
  }
  progress.finish(`${records.length} records of MIT-BIH from ${data}`);
  const beats = extractBeats(records, { lead: LEAD });
  return {
    source: names.length === MITDB_RECORDS.length ? 'MIT-BIH' : `MIT-BIH, ${names.length} of its records`,
    beats,
    split: (protocol, random) =>
      protocol === 'intra' ? intraPatientSplit(beats, { random }) : interPatientSplit(beats, DE_CHAZAL),
  };
}

function synthetic({ seed, quiet }: Options): Recordings {
  const progress = new Progress('synthesising', quiet);
  const { records, train, test } = syntheticRecords({ seed, patients: PATIENTS, duration: DURATION });
  progress.finish(`no --data given: ${records.length} synthetic recordings of ${DURATION / 60} min each`);
  const beats = extractBeats(records, { lead: LEAD });
  return {
    source: 'synthetic',
    beats,
    split: (protocol, random) =>
      protocol === 'intra' ? intraPatientSplit(beats, { random }) : interPatientSplit(beats, { train, test }),
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new DataError(`--data: expected a folder, got ${folder}`);
  }
}
