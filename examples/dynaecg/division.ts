// Which records are for training and which for test where patients are kept apart.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DataError, Random } from 'dynaecg';
import {
  type BeatList,
  DE_CHAZAL,
  type InterPatientOptions,
  type PatientOf,
  patientOf as patientOfMitBih,
  splitPatients,
} from 'dynaecg/ecg';
import * as v from 'valibot';
import { dictionary, parseJson, take } from '../shared/schema.ts';
import { didYouMean } from '../shared/values.ts';
import { type Folder, isAllOfMitBih, isMitBih } from './folders.ts';

/** Whose records are for what. */
export interface Division extends InterPatientOptions {
  /** those of `train` that settings are chosen by; drawn where nothing is said */
  validation?: readonly string[];
  patientOf: PatientOf;
  /** records that are still to be divided, patient by patient */
  open: readonly string[];
  /** in words */
  how: string;
}

/** What a file of --split holds. */
export type SplitFile = v.InferOutput<typeof splitFile>;
const names = v.array(v.string());
const splitFile = v.strictObject(
  {
    train: names,
    validation: v.optional(names),
    test: names,
    /** the records of each patient who has several */
    patients: v.optional(dictionary(names)),
  },
  'some of train, validation, test, patients',
);

/** The contents of a file of --split, and its name. */
export interface Split {
  file: string;
  contents: SplitFile;
}
export const split = v.object({ file: v.string(), contents: splitFile });

/** @throws DataError for anything other than JSON of a split */
export function readSplit(path: string): Split {
  const mismatch = (expected: string, got: string): DataError =>
    new DataError(`--split ${path}: expected ${expected}, got ${got}`);
  let given: unknown;
  try {
    given = parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    throw mismatch('JSON', (error as Error).message);
  }
  const contents = take(splitFile, given, ({ path, expected, got }) => mismatch(`${path} ${expected}`.trim(), got));
  return { file: basename(path), contents };
}

/**
 * The division that a file of --split asks for.
 *
 * @throws DataError for a record that is not there, one in two parts, a patient in two, and an empty part
 */
export function divisionOf({ file, contents }: Split, folders: readonly Folder[]): Division {
  const { train, validation, test, patients = {} } = contents;
  const fail = (expected: string, got: string): DataError =>
    new DataError(`--split ${file}: expected ${expected}, got ${got}`);
  const parts = { train, ...(validation && { validation }), test };
  const known = folders.flatMap(({ records }) => records.map(({ name }) => name));
  for (const [part, records] of [...Object.entries(parts), ...Object.entries(patients)])
    for (const name of records) if (!known.includes(name)) throw fail(`records of --data in ${part}`, strange(name));

  const found = new Map<string, string>();
  for (const [part, records] of Object.entries(parts)) {
    if (records.length === 0) throw fail(`records in ${part}`, 'none');
    for (const name of records) {
      const other = found.get(name);
      if (other !== undefined) throw fail('each record once', `${name} in ${other} and ${part}`);
      found.set(name, part);
    }
  }
  const patientOf = patientsOf(patients, folders, fail);
  for (const [name, part] of found)
    for (const [other, others] of found)
      if (part !== others && patientOf(name) === patientOf(other))
        throw fail(
          'each patient in one part',
          `patient ${patientOf(name)} in ${part} (${name}) and ${others} (${other})`,
        );
  return { train: [...train, ...(validation ?? [])], validation, test, patientOf, open: [], how: `as ${file} says` };

  function strange(name: string): string {
    const lost = folders.flatMap(({ leftOut }) => leftOut).find(({ record }) => record === name);
    return lost ? `${name}, which is without ${lost.without}` : `${name}${didYouMean(name, known)}`;
  }
}

/** The patient of a record: as stated; otherwise that of MIT-BIH, and elsewhere every record is of its own. */
function patientsOf(
  stated: Readonly<Record<string, readonly string[]>>,
  folders: readonly Folder[],
  fail: (expected: string, got: string) => DataError,
): PatientOf {
  const patients = new Map<string, string>();
  for (const folder of folders.filter(isMitBih))
    for (const { name, own } of folder.records)
      patients.set(name, name.slice(0, name.length - own.length) + patientOfMitBih(own));
  const said = new Map<string, string>();
  for (const [patient, records] of Object.entries(stated))
    for (const name of records) {
      const other = said.get(name);
      if (other !== undefined) throw fail('each record of one patient', `${name} of ${other} and ${patient}`);
      said.set(name, patient);
    }
  return (name) => said.get(name) ?? patients.get(name) ?? name;
}

const SEED = 'split'; // the same test half whatever the seed of a run

/** De Chazal's division of the folders that hold all of MIT-BIH, everything else being open. */
export function usualDivision(folders: readonly Folder[]): Division {
  const whole = folders.filter(isAllOfMitBih);
  const within = (list: readonly string[]): string[] =>
    whole.flatMap(({ records }) => records.filter(({ own }) => list.includes(own)).map(({ name }) => name));
  const open = folders.filter((folder) => !whole.includes(folder)).flatMap(({ records }) => records);
  const others = whole.length > 0 ? 'the others ' : '';
  const how = [
    ...(whole.length > 0 ? ["MIT-BIH by de Chazal's DS1 and DS2"] : []),
    ...(open.length > 0 ? [`${others}drawn by patient with the fixed seed ${SEED}`] : []),
  ];
  return {
    train: within(DE_CHAZAL.train),
    test: within(DE_CHAZAL.test),
    allowShared: whole.length > 0 ? DE_CHAZAL.allowShared.map(within) : [],
    patientOf: patientsOf({}, folders, (expected, got) => new DataError(`--data: expected ${expected}, got ${got}`)),
    open: open.map(({ name }) => name),
    how: how.join(', '),
  };
}

/**
 * Draws half of the patients whose records are open for training, so that as near to half of the beats of each class as patients
 * allow are on either side.
 *
 * @throws DataError if there are too few of them
 */
export function closed(division: Division, beats: BeatList): Division {
  const { train, test, open, patientOf } = division;
  if (open.length === 0) return division;
  const own = Int32Array.from(beats.sample.keys()).filter((i) => open.includes(beats.recordNames[beats.record[i]]));
  const halves = drawHalves(beats, own, patientOf);
  const recordsOf = (side: Int32Array): string[] => {
    const records = new Set(Array.from(side, (i) => beats.recordNames[beats.record[i]]));
    return open.filter((name) => records.has(name));
  };
  return {
    ...division,
    train: [...train, ...recordsOf(halves.train)],
    test: [...test, ...recordsOf(halves.validation)],
    open: [],
  };
}

function drawHalves(beats: BeatList, own: Int32Array, patientOf: PatientOf) {
  try {
    return splitPatients(beats, own, 0.5, new Random(SEED), patientOf);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const message = error.message.replace(/^splitPatients/, '--protocol inter');
    throw new DataError(`${message}; --split FILE says who is in which half`, { cause: error });
  }
}
