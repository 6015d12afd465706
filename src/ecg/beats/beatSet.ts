import { asSignal } from '../../core/asArrays.ts';
import { checkCount, checkFields, checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { AAMI_CLASSES, type AamiClass } from '../classes.ts';
import { checkRecords, type EcgRecord, type Lead } from '../wfdb/record.ts';
import { type BeatList, type BeatListOptions, checkBeatList, countAnnotated, listBeatsOf } from './beatList.ts';
import { NORMALIZATIONS, type Normalization, SCALE_FREE } from './normalize.ts';
import { fault, windowCutter } from './windows.ts';

/** A beat that is not in the set, and the reason. */
export interface DroppedBeat {
  record: string;
  /** Sample index of the R peak. */
  sample: number;
  label: string;
  /** The window crosses the record's edge, or contains a sample that is not finite. */
  why: 'edge' | 'invalid';
}

/** Beats, with a window of each around its R peak; n beats. */
export interface BeatSet extends BeatList {
  /** (n, length), a row per beat. */
  x: Float32Array;
  /** Samples per window. */
  length: number;
  /** Samples of a window before the R peak. */
  before: number;
  /** How the windows were scaled. */
  normalize: Normalization;
  /** (n) index of each beat in the list that windows were cut for. */
  index: Int32Array;
  /** Number of samples of each record. */
  recordLengths: readonly number[];
  /** The lead used of each record. */
  leadNames: readonly string[];
  /**
   * Physical unit of these leads; if they differ, which only gain-independent normalisations allow, that of the first.
   */
  units: string;
  /** Hz; common to all records. */
  samplingFrequency: number;
  /** Annotated beats of the records by AAMI class, with or without a window; `subset` keeps them. */
  counts: Readonly<Record<AamiClass, number>>;
  /** Beats without a window; `subset` keeps them. */
  dropped: readonly DroppedBeat[];
}

/** Options of `cutWindows`. */
export interface WindowOptions {
  /** Samples per window.
   * @defaultValue 253, as in the paper */
  length?: number;
  /**
   * Samples before the R peak. The default puts it in the middle, 126 before and 126 after; `before: 90` leaves 162
   * after it, which shows the whole T wave and less of the previous beat.
   */
  before?: number;
  /** Name of the lead to use if a record has it, otherwise its first lead.
   * @defaultValue `'MLII'` */
  lead?: string;
  /**
   * `zscore` gives each window mean 0 and deviation 1, and a flat one zeros; `center` subtracts each window's mean and
   * keeps physical units; `record` subtracts the mean of the whole lead and divides by its deviation, ignoring NaN and
   * infinite samples, which requires the whole recording in advance; `none` keeps physical units.
   * @defaultValue `'zscore'`
   */
  normalize?: Normalization;
  /** What to do with a NaN or infinite sample inside a window: throw an `error`, or `drop` the beat and list it.
   * @defaultValue `'error'` */
  invalid?: 'error' | 'drop';
}

/** Options of `extractBeats`. */
export interface BeatOptions extends WindowOptions, BeatListOptions {}

/** Throws unless this is a set of beats as returned by `cutWindows`. */
export function checkBeats(op: string, beats: BeatSet): void {
  checkFields(op, 'beats', beats, { x: 'numbers', length: 'number' });
  checkBeatList(op, beats);
  const n = beats.labels.length;
  checkCount(op, 'beats.length', beats.length, 1);
  if (beats.x.length !== n * beats.length)
    throw new DataError(`${op}: expected beats.x of ${n} x ${beats.length} samples, got ${beats.x.length}`);
}

const DEFAULT_LENGTH = 253; // at 360 Hz, section 2.2 of the paper
const WINDOW_OPTIONS = ['length', 'before', 'lead', 'normalize', 'invalid'];

/**
 * Cuts a window around every annotated beat of the given classes: `listBeats`, then `cutWindows`.
 *
 * @throws like these two
 * @example
 *     declare const records: EcgRecord[];
 *     const { x, labels, length } = extractBeats(records, { length: 253, before: 90 });
 */
export function extractBeats(records: readonly EcgRecord[], options: BeatOptions = {}): BeatSet {
  checkRecords('extractBeats', records);
  checkOptions('extractBeats', options, [], [...WINDOW_OPTIONS, 'classes']);
  const { classes, ...window } = options;
  return cut('extractBeats', records, listBeatsOf('extractBeats', records, classes), window);
}

/**
 * Cuts a window around each of the given beats: x[i] = lead[R - before .. R - before + length).
 *
 * @param beats beats of these records, by name: annotated ones (`listBeats`), some of them, or peaks (`peaksAsBeats`)
 * @throws DataError for records with different sampling rates, with different units if heights matter, or with the same
 * name, a record without leads, and a sample that is not finite (with record, lead and sample); ArgumentError for
 * options out of range
 */
export function cutWindows(records: readonly EcgRecord[], beats: BeatList, options: WindowOptions = {}): BeatSet {
  checkRecords('cutWindows', records);
  checkBeatList('cutWindows', beats);
  checkOptions('cutWindows', options, [], WINDOW_OPTIONS);
  return cut('cutWindows', records, beats, options);
}

function cut(op: string, records: readonly EcgRecord[], beats: BeatList, options: WindowOptions): BeatSet {
  const { length = DEFAULT_LENGTH, lead: wanted = 'MLII', normalize = 'zscore' } = options;
  const { before = Math.floor(length / 2), invalid = 'error' } = options;
  checkCount(op, 'length', length, 1);
  checkCount(op, 'before', before, 0);
  if (before >= length) throw new ArgumentError(`${op}: expected before to be less than ${length}, got ${before}`);
  checkOneOf(op, 'normalize', normalize, Object.keys(NORMALIZATIONS));
  checkKind(op, 'lead', wanted, 'text');
  checkOneOf(op, 'invalid', invalid, ['error', 'drop']);
  const own = beats.recordNames.map((name) => recordOf(op, records, name));
  const samplingFrequency = commonRate(op, own);
  const leads = own.map((record) => leadOf(op, record, wanted));
  const units = leads[0]?.units ?? '';
  for (const [r, lead] of leads.entries())
    if (lead.units !== units && !SCALE_FREE.includes(normalize))
      throw new DataError(
        `${op}: record ${own[r].name} lead ${lead.name}: expected ${units} as in record ${own[0].name}, got ${lead.units}`,
      );

  const shape = { length, before, normalize };
  const kept: number[] = [];
  const dropped: DroppedBeat[] = [];
  beats.sample.forEach((sample, i) => {
    const r = beats.record[i];
    const found = fault(leads[r].samples, sample, i, shape);
    if (!found) {
      kept.push(i);
      return;
    }
    const { name } = own[r];
    if (found.why === 'invalid' && invalid === 'error')
      throw new DataError(
        `${op}: record ${name} lead ${leads[r].name} sample ${found.at}: expected a finite number, ` +
          `got ${leads[r].samples[found.at]}`,
      );
    dropped.push({ record: name, sample, label: beats.classes[beats.labels[i]], why: found.why });
  });
  const index = Int32Array.from(kept);
  const x = new Float32Array(index.length * length);
  const cutters = leads.map(({ samples }) => windowCutter(samples, shape));
  index.forEach((i, row) => {
    cutters[beats.record[i]](beats.sample[i], x.subarray(row * length, (row + 1) * length));
  });
  const pick = (list: Int32Array): Int32Array => index.map((i) => list[i]);
  return {
    ...{ x, length, before, normalize, index },
    ...{ record: pick(beats.record), recordNames: beats.recordNames, sample: pick(beats.sample) },
    ...{ labels: pick(beats.labels), classes: beats.classes },
    recordLengths: leads.map(({ samples }) => samples.length),
    leadNames: leads.map(({ name }) => name),
    ...{ units, samplingFrequency, counts: countAnnotated(own), dropped },
  };
}

function recordOf(op: string, records: readonly EcgRecord[], name: string): EcgRecord {
  const found = records.filter((record) => record.name === name);
  if (found.length !== 1)
    throw new DataError(`${op}: expected one record ${name}, got ${found.length === 0 ? 'none' : found.length}`);
  return found[0];
}

function leadOf(op: string, { name, leads }: EcgRecord, wanted: string): Lead {
  const lead = leads.find((one) => one.name === wanted) ?? leads[0];
  if (!lead) throw new DataError(`${op}: record ${name}: expected a lead, got none`);
  return { ...lead, samples: asSignal(op, 'lead.samples', lead.samples) };
}

/** The sampling rate of all records, in Hz. */
function commonRate(op: string, records: readonly EcgRecord[]): number {
  if (records.length === 0) throw new DataError(`${op}: expected at least one record, got none`);
  for (const { name, samplingFrequency } of records)
    if (samplingFrequency !== records[0].samplingFrequency)
      throw new DataError(
        `${op}: record ${name}: expected ${records[0].samplingFrequency} Hz as in record ${records[0].name}, ` +
          `got ${samplingFrequency} Hz`,
      );
  return records[0].samplingFrequency;
}

/**
 * The beats at `indices`, in that order; records, counts and dropped beats remain those of the whole set.
 *
 * @throws ArgumentError for an index outside the set
 */
export function subset(beats: BeatSet, indices: ArrayLike<number>): BeatSet {
  checkBeats('subset', beats);
  checkKind('subset', 'indices', indices, 'numbers');
  const { length } = beats;
  const n = indices.length;
  const x = new Float32Array(n * length);
  const [labels, record, sample, index] = Array.from({ length: 4 }, () => new Int32Array(n));
  for (let i = 0; i < n; i++) {
    const from = indices[i];
    if (!Number.isInteger(from) || from < 0 || from >= beats.labels.length)
      throw new ArgumentError(`subset: expected indices from 0 to ${beats.labels.length - 1}, got ${from}`);
    x.set(beats.x.subarray(from * length, (from + 1) * length), i * length);
    labels[i] = beats.labels[from];
    record[i] = beats.record[from];
    sample[i] = beats.sample[from];
    index[i] = beats.index[from];
  }
  return { ...beats, x, labels, record, sample, index };
}

/** Number of beats of each class in the set, by class name (those of `classes`, after windowing). */
export function countByClass(beats: BeatSet): Partial<Record<AamiClass, number>> {
  checkBeats('countByClass', beats);
  const counts: Partial<Record<AamiClass, number>> = {};
  for (const c of AAMI_CLASSES) if (beats.classes.includes(c)) counts[c] = 0;
  for (const label of beats.labels) counts[beats.classes[label]] = (counts[beats.classes[label]] ?? 0) + 1;
  return counts;
}
