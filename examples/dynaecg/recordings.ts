import { join } from 'node:path';
import { DataError } from 'dynaecg';
import {
  type Annotation,
  type ClassMap,
  classLookup,
  decodeFlac,
  type EcgRecord,
  type Lead,
  leadFrom,
  leadLike,
  patientOf,
  resample,
  type SyntheticSet,
  syntheticRecords,
} from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { collect } from '../shared/collect.ts';
import { Progress } from '../shared/progress.ts';
import { AAMI, type Task, taskOf } from './classMap.ts';
import type { Configuration } from './configuration.ts';
import { type Division, divisionOf, type Split, usualDivision } from './division.ts';
import { download } from './download.ts';
import { checksumsOf, type Folder, foldersAt, type LeftOut, sourceOf } from './folders.ts';
import { Signals } from './signals.ts';

export const LEAD = 'MLII'; // wherever a record has it, or one like it, and else its first
const RATE = 360; // Hz, of MIT-BIH and of all settings

/** A recording without its signal, which is read when it is needed. */
export interface Recorded extends EcgRecord {
  leads: [];
  /** samples of its signal */
  length: number;
  /** one lead in mV at the rate of all settings */
  lead: () => Lead;
}

/** Recordings, and whose are for training where patients are kept apart. */
export interface Recordings {
  /** 'MIT-BIH', folders with their numbers of records, or 'synthetic' */
  source: string;
  records: readonly Recorded[];
  /** others, of which no label is looked at */
  unlabelled?: readonly Recorded[];
  division: Division;
  task: Task;
  folders: readonly FolderFacts[];
  /** SHA-256 of their files; of synthetic ones, none */
  checksums: Readonly<Record<string, string>>;
}

/** What there is in a folder. */
export interface FolderFacts {
  name: string;
  records: number;
  /** Hz, before all were resampled */
  samplingFrequencies: number[];
  /** how many records are read in which lead */
  leads: Record<string, number>;
  leftOut: LeftOut[];
}

/** What recordings are asked for. */
export interface Asked {
  /** folders with WFDB records; none for synthetic recordings */
  data: readonly string[];
  download: boolean;
  /** whose records are for what; null for the usual division */
  split: Split | null;
  /** null for AAMI's */
  classes: ClassMap | null;
  quiet: boolean;
  seed: string;
  configurations: readonly Configuration[];
}

/** Asks for no more than records. */
export const JUST = { download: false, split: null, classes: null } as const;

/** Recordings as they are, divided into two halves. */
export function recordingsOf(source: string, { records, train, test }: SyntheticSet): Recordings {
  const division: Division = { train, test, patientOf, open: [], how: 'as they were made' };
  return { source, records: records.map(inMemory), division, task: AAMI, folders: [], checksums: {} };
}

function inMemory(record: EcgRecord): Recorded {
  const lead = leadLike(record.leads, LEAD)!;
  return { ...record, leads: [], length: lead.samples.length, lead: () => lead };
}

/** A recording with its signal. */
export function withLead({ lead, length, ...record }: Recorded): EcgRecord {
  return { ...record, leads: [lead()] };
}

/**
 * What a function makes of some items with the signals (mV) of the recordings that they are of, in the order of the items; each
 * signal is read once, and no two of them are in memory at a time.
 */
export function withSignals<T, R>(
  records: readonly Recorded[],
  items: readonly T[],
  recordOf: (item: T) => number,
  make: (item: T, signal: Float32Array) => R,
): R[] {
  const made = new Array<R>(items.length);
  for (const record of new Set(items.map(recordOf))) {
    const { samples } = records[record].lead();
    for (const [i, item] of items.entries()) if (recordOf(item) === record) made[i] = make(item, samples);
    collect();
  }
  return made;
}

/** Reads or makes the recordings that are asked for. */
export async function openRecordings(asked: Asked): Promise<Recordings> {
  const { data, quiet, split } = asked;
  const task = taskOf(asked.classes);
  if (data.length === 0) return { ...synthetic(asked), task };
  if (asked.download) await download(data[0], quiet);
  const folders = foldersAt(data);
  const division = split ? divisionOf(split, folders) : usualDivision(folders);
  const all = folders.reduce((sum, { records }) => sum + records.length, 0);
  const progress = new Progress('reading', quiet);
  const records: Recorded[] = [];
  const signals = new Signals();
  const facts = folders.map((folder) =>
    read(folder, signals, (record) => {
      records.push(record);
      progress.update(records.length / all, record.name);
      collect();
    }),
  );
  const source = sourceOf(folders);
  progress.finish(`${source}: ${all} records from ${data.join(', ')}`);
  checkTask(records, task);
  if (split) checkSplit(split, division, records, task);
  return { source, records, division, task, folders: facts, checksums: checksumsOf(folders) };
}

/** Reads the records of a folder one by one, each as one lead at the rate of all settings, which goes to a file. */
function read(
  { path, name, records, leftOut }: Folder,
  signals: Signals,
  onRecord: (record: Recorded) => void,
): FolderFacts {
  const rates = new Set<number>();
  const leads: Record<string, number> = {};
  for (const { name, own } of records) {
    const {
      samplingFrequency: rate,
      annotations,
      comments,
      ...record
    } = loadRecord(join(path, own), { flac: decodeFlac });
    const found = leadLike(record.leads, LEAD);
    if (!found) throw new DataError(`--data: expected a lead in record ${name}, got none`);
    rates.add(rate);
    leads[found.name] = (leads[found.name] ?? 0) + 1;
    const { samples, ...lead } = atRate(found, rate);
    const { length } = samples;
    const signal = signals.add(samples);
    onRecord({
      ...{ name, samplingFrequency: RATE, leads: [], comments, length },
      annotations: moved(annotations, rate, length),
      lead: () => ({ ...lead, samples: signal() }),
    });
  }
  return { name, records: records.length, samplingFrequencies: [...rates].sort((a, b) => a - b), leads, leftOut };
}

/** A lead in mV at the rate of all settings. */
function atRate(lead: Lead, rate: number): Lead {
  const samples = rate === RATE ? lead.samples : resample(lead.samples, rate, RATE);
  return leadFrom(samples, { rate: RATE, unit: lead.units, name: lead.name }).leads[0];
}

/** Annotations at the rate of all settings, in a signal of this length. */
function moved(annotations: Annotation[], rate: number, length: number): Annotation[] {
  const place = (sample: number): number => Math.min(Math.round((sample * RATE) / rate), length - 1);
  return rate === RATE ? annotations : annotations.map((a) => ({ ...a, sample: place(a.sample) }));
}

/** The classes that none of the records has beats of. */
function missingIn(records: readonly EcgRecord[], { classes }: Task): string {
  const classOf = classLookup(classes);
  const found = new Set(records.flatMap(({ annotations }) => annotations.map(({ label }) => classOf(label))));
  return Object.keys(classes)
    .filter((name) => !found.has(name))
    .join(', ');
}

function checkTask(records: readonly EcgRecord[], task: Task): void {
  const missing = missingIn(records, task);
  if (missing === '') return;
  const hint = task === AAMI ? '; --classes FILE names other classes' : '';
  throw new DataError(`--data: expected beats of every class, got none of ${missing}${hint}`);
}

/** @throws DataError for a part of a split that lacks a class */
function checkSplit({ file }: Split, division: Division, records: readonly EcgRecord[], task: Task): void {
  const { train, validation = [], test } = division;
  const own = train.filter((name) => !validation.includes(name));
  const parts = { train: own, ...(validation.length > 0 && { validation }), test };
  for (const [part, names] of Object.entries(parts)) {
    const own = records.filter(({ name }) => names.includes(name));
    const missing = missingIn(own, task);
    if (missing !== '')
      throw new DataError(`--split ${file}: expected beats of every class in ${part}, got none of ${missing}`);
  }
}

function synthetic({ seed, quiet, configurations }: Asked): Recordings {
  const progress = new Progress('synthesising', quiet);
  const [configuration] = configurations;
  const made = syntheticSet(configuration, seed);
  progress.finish(
    `no --data given: ${made.records.length} synthetic recordings of ${configuration.seconds / 60} min each`,
  );
  return recordingsOf('synthetic', made);
}

type SyntheticSettings = Pick<Configuration, 'patients' | 'seconds' | 'supraventricular' | 'ventricular'>;

function syntheticSet(
  { patients, seconds, supraventricular, ventricular }: SyntheticSettings,
  seed: string,
): SyntheticSet {
  return syntheticRecords({ seed, patients, duration: seconds, supraventricular, ventricular });
}

/** Synthetic recordings as a configuration describes them. */
export function syntheticRecordings(configuration: SyntheticSettings, seed: string): Recorded[] {
  return syntheticSet(configuration, seed).records.map(inMemory);
}

/** Synthetic recordings to train on, and of the given ones those to judge by: of their training part, or of the test half. */
export function trainedOnSynthetic(
  given: Recordings,
  configuration: SyntheticSettings,
  seed: string,
  part: 'validation' | 'test',
): Recordings {
  const made = syntheticRecordings(configuration, seed);
  const { records, division } = given;
  const judged = division[part === 'test' ? 'test' : 'train'];
  return {
    ...given,
    records: [...made, ...records],
    division: { ...division, allowShared: [], train: made.map(({ name }) => name), test: judged },
  };
}
