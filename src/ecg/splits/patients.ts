import { checkKind, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { chooseGroups, type SplitPositions, stratify } from '../../data/split.ts';
import { type BeatList, checkBeatList } from '../beats/beatList.ts';
import { DE_CHAZAL, patientOf as mitdbPatientOf } from './mitdb.ts';

/** Beats for training and for test, and their patients. */
export interface Split {
  protocol: 'intra-patient' | 'inter-patient';
  /** Indices into the beats, ascending. */
  train: Int32Array;
  /** Indices into the beats, ascending. */
  test: Int32Array;
  /** The patients on each side; `shared` are on both, which a report of the split must mention. */
  patients: { train: readonly string[]; test: readonly string[]; shared: readonly string[] };
  /** Records of the set whose beats are not used. */
  unusedRecords: readonly string[];
}

/** Names the patient of a record. */
export type PatientOf = (record: string) => string;

/** Options of `intraPatientSplit`. */
export interface IntraPatientOptions {
  /** Fraction of each class that is for training, between 0 and 1.
   * @defaultValue 0.5, as in the paper */
  fraction?: number;
  random: Random;
  /** The patient of a record.
   * @defaultValue 201 and 202 are the same, every other record is its own */
  patientOf?: PatientOf;
}

/** Options of `interPatientSplit`. */
export interface InterPatientOptions {
  /** Names of the records to train on. */
  train: readonly string[];
  /** Names of the records to test on. */
  test: readonly string[];
  /** The patient of a record.
   * @defaultValue 201 and 202 are the same, every other record is its own */
  patientOf?: PatientOf;
  /** Groups of records whose common patient may be on both sides.
   * @defaultValue none */
  allowShared?: readonly (readonly string[])[];
}

/**
 * Draws `fraction` of each class for training and uses the rest for test, regardless of patients. It says little about
 * new patients: nearly everybody is on both sides.
 *
 * @throws ArgumentError for a fraction outside (0, 1), DataError for a class with fewer than two beats
 * @see the protocol of the paper's Table 1
 * @example
 *     declare const records: EcgRecord[];
 *     const beats = extractBeats(records);
 *     const { train, test } = intraPatientSplit(beats, { random: new Random(0) });
 *     const trainingBeats = subset(beats, train);
 */
export function intraPatientSplit(beats: BeatList, options: IntraPatientOptions): Split {
  checkBeatList('intraPatientSplit', beats);
  checkOptions('intraPatientSplit', options, ['random'], ['fraction', 'patientOf']);
  const { fraction = 0.5, random, patientOf = mitdbPatientOf } = options;
  checkKind('intraPatientSplit', 'random', random, 'random');
  checkKind('intraPatientSplit', 'patientOf', patientOf, 'function');
  checkFraction('intraPatientSplit', fraction);
  const sides = stratify('intraPatientSplit', 'fraction', beats.labels, { fraction: 1 - fraction, random });
  const { train, validation: test } = sides;
  checkClasses('intraPatientSplit', beats, train, test);
  return describeSplit('intra-patient', beats, train, test, patientOf);
}

/**
 * Trains on some patients and tests on others: by default on de Chazal's DS1 and DS2 of MIT-BIH, which exclude the
 * paced records and, as published, share one man (see `DE_CHAZAL`).
 *
 * @throws DataError for a patient on both sides whom `allowShared` does not list, a record without beats, or a class
 * that is missing from one side
 * @example
 *     declare const records: EcgRecord[]; // of MIT-BIH
 *     const { train, test, patients } = interPatientSplit(listBeats(records));
 *     console.log(patients.shared); // on both sides: 201
 */
export function interPatientSplit(beats: BeatList, options: InterPatientOptions = DE_CHAZAL): Split {
  const op = 'interPatientSplit';
  checkBeatList(op, beats);
  checkOptions(op, options, ['train', 'test'], ['patientOf', 'allowShared', 'records']); // a SyntheticSet is allowed
  const { train, test, patientOf = mitdbPatientOf, allowShared = [] } = options;
  for (const [name, list] of Object.entries({ train, test, allowShared })) checkKind(op, name, list, 'array');
  for (const [i, group] of allowShared.entries()) {
    checkKind(op, `allowShared[${i}]`, group, 'array');
    for (const name of group) checkKind(op, `every name in allowShared[${i}]`, name, 'text');
  }
  checkKind(op, 'patientOf', patientOf, 'function');
  const absent = [...train, ...test].filter((name) => !beats.recordNames.includes(name));
  if (absent.length)
    throw new DataError(`interPatientSplit: expected beats of every record named, got none of ${absent.join(' ')}`);
  for (const patient of new Set(train.map(patientOf))) {
    const sides = [train, test].map((side) => side.filter((name) => patientOf(name) === patient));
    const allowed = allowShared.some((group) => sides.flat().every((name) => group.includes(name)));
    if (sides[1].length && !(allowed && sides[0].every((name) => !sides[1].includes(name))))
      throw new DataError(
        `interPatientSplit: expected each patient on one side, got patient ${patient} ` +
          `in train (${sides[0].join(' ')}) and test (${sides[1].join(' ')})`,
      );
  }
  const pick = (names: readonly string[]): Int32Array =>
    indicesWhere(beats.record, (r) => names.includes(beats.recordNames[r]));
  const [trainIndices, testIndices] = [pick(train), pick(test)];
  checkClasses('interPatientSplit', beats, trainIndices, testIndices);
  return describeSplit('inter-patient', beats, trainIndices, testIndices, patientOf);
}

/**
 * Selects whole patients for the validation set, so that the fraction of every class comes close to `fraction` and
 * every class is on both sides; the method is that of `groupedSplit`.
 *
 * @param indices the beats to divide
 * @throws ArgumentError for a fraction outside (0, 1), DataError if a class has fewer than two patients, or no division
 * that was tried leaves every class on both sides
 */
export function splitPatients(
  beats: BeatList,
  indices: Int32Array,
  fraction: number,
  random: Random,
  patientOf: PatientOf = mitdbPatientOf,
): SplitPositions {
  checkBeatList('splitPatients', beats);
  checkIndices(beats, indices);
  checkKind('splitPatients', 'random', random, 'random');
  checkKind('splitPatients', 'patientOf', patientOf, 'function');
  checkFraction('splitPatients', fraction);
  const patient = beats.recordNames.map(patientOf);
  const names = [...new Set(Array.from(indices, (i) => patient[beats.record[i]]))];
  const totals = classCounts(beats, indices);
  const perPatient = names.map((name) => {
    return classCounts(
      beats,
      indices.filter((i) => patient[beats.record[i]] === name),
    );
  });
  const patients = totals.map((_, c) => perPatient.filter((n) => n[c]).length);
  if (names.length < 2 || patients.some((n) => n === 1))
    throw new DataError(
      `splitPatients: expected at least two patients with beats of every class, so that it can be on both sides, ` +
        `got ${names.length} patients with ${beats.classes.map((c, k) => `${patients[k]} of ${c}`).join(', ')}`,
    );
  const aside = chooseGroups(perPatient, totals, fraction, random);
  if (!aside)
    throw new DataError(
      `splitPatients: expected patients who can be divided with every class on both sides, ` +
        `got ${names.length} for whom no division was found`,
    );
  const asideNames = new Set(Array.from(aside, (p) => names[p]));
  const isAside = (i: number): boolean => asideNames.has(patient[beats.record[i]]);
  return { train: indices.filter((i) => !isAside(i)), validation: indices.filter(isAside) };
}

/** A split of beats, with its patients and unused records. */
export function describeSplit(
  protocol: Split['protocol'],
  beats: BeatList,
  train: Int32Array,
  test: Int32Array,
  patientOf: PatientOf,
): Split {
  const records = [train, test].map((side) => new Set(Array.from(side, (i) => beats.recordNames[beats.record[i]])));
  const [trained, tested] = records.map((names) => [...new Set([...names].map(patientOf))]);
  const shared = trained.filter((patient) => tested.includes(patient));
  const unusedRecords = beats.recordNames.filter((name) => !records.some((side) => side.has(name)));
  return { protocol, train, test, patients: { train: trained, test: tested, shared }, unusedRecords };
}

/** @throws DataError for a class that is missing from one side */
export function checkClasses(op: string, beats: BeatList, train: Int32Array, test: Int32Array): void {
  for (const [side, indices] of [['train', train] as const, ['test', test] as const]) {
    const counts = classCounts(beats, indices);
    const absent = beats.classes.filter((_, c) => counts[c] === 0);
    if (absent.length)
      throw new DataError(`${op}: expected beats of every class on both sides, got no ${absent.join(', ')} in ${side}`);
  }
}

function classCounts(beats: BeatList, indices: Int32Array): number[] {
  const counts = beats.classes.map(() => 0);
  for (const i of indices) counts[beats.labels[i]]++;
  return counts;
}

function checkIndices(beats: BeatList, indices: Int32Array): void {
  if (!(indices instanceof Int32Array))
    throw new ArgumentError(`splitPatients: expected indices to be an Int32Array, got ${formatValue(indices)}`);
  const most = beats.labels.length - 1;
  const wrong = indices.findIndex((i) => i < 0 || i > most);
  if (wrong >= 0)
    throw new ArgumentError(`splitPatients: expected indices from 0 to ${most}, got ${indices[wrong]} at ${wrong}`);
}

function checkFraction(op: string, fraction: number): void {
  if (!(typeof fraction === 'number' && fraction > 0 && fraction < 1))
    throw new ArgumentError(`${op}: expected a fraction between 0 and 1, got ${formatValue(fraction)}`);
}

function indicesWhere(values: Int32Array, fits: (value: number) => boolean): Int32Array {
  return Int32Array.from(values.keys()).filter((i) => fits(values[i]));
}
