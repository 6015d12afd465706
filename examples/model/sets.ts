import { readdirSync } from 'node:fs';
import { DataError } from 'dynaecg';
import { DS1, DS2, PACED_RECORDS } from 'dynaecg/ecg';

/** Records to judge a model by. */
export interface JudgedSet {
  /** the folder that they are in */
  database: 'mitdb' | 'svdb';
  /** whether nothing was chosen by them: each model reads them only once */
  test: boolean;
  namesIn: (folder: string) => readonly string[];
}

const DEVELOPED = 20; // records of svdb, the first by name; the others are its test half

export const JUDGED_SETS = {
  DS1: { database: 'mitdb', test: false, namesIn: () => DS1 },
  paced: { database: 'mitdb', test: false, namesIn: () => PACED_RECORDS },
  'svdb-development': { database: 'svdb', test: false, namesIn: (folder) => headersIn(folder).slice(0, DEVELOPED) },
  DS2: { database: 'mitdb', test: true, namesIn: () => DS2 },
  'svdb-test': { database: 'svdb', test: true, namesIn: (folder) => headersIn(folder).slice(DEVELOPED) },
} as const satisfies Record<string, JudgedSet>;

/** The name of a set. */
export type SetName = keyof typeof JUDGED_SETS;

function headersIn(folder: string): string[] {
  const names = readdirSync(folder).filter((file) => file.endsWith('.hea'));
  if (names.length <= DEVELOPED)
    throw new DataError(`--data: expected the headers of svdb in ${folder}, got ${names.length}`);
  return names.map((file) => file.slice(0, -'.hea'.length)).sort();
}
