import { asSignal } from '../../core/asArrays.ts';
import { checkCount, checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { alignToRPeaks } from '../qrs/alignToRPeaks.ts';
import { checkRecords, type EcgRecord, type Lead, leadLike } from '../wfdb/record.ts';
import { type BeatList, type BeatListOptions, checkBeatList, countAnnotated, listBeatsOf } from './beatList.ts';
import type { BeatSet, DroppedBeat } from './beatSet.ts';
import { NORMALIZATIONS, type Normalization, SCALE_FREE } from './normalize.ts';
import { fault, windowCutter } from './windows.ts';

/** What windows are cut around. */
export const ALIGNMENTS = ['annotation', 'rPeak'] as const;

/** One of `ALIGNMENTS`; `WindowOptions` says what they mean. */
export type Alignment = (typeof ALIGNMENTS)[number];

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
  /** Name of the lead to use if a record has it, or a similar one, otherwise its first lead; see `leadLike`.
   * @defaultValue `'MLII'` */
  lead?: string;
  /**
   * `zscore` gives each window mean 0 and deviation 1, and a flat one zeros; `center` subtracts each window's mean and
   * keeps physical units; `record` subtracts the mean of the whole lead and divides by its deviation, ignoring NaN and
   * infinite samples, which requires the whole recording in advance; `none` keeps physical units.
   * @defaultValue `'zscore'`
   */
  normalize?: Normalization;
  /**
   * What a window is cut around: the `annotation`, where it is, or the R peak near it, see `alignToRPeaks`. The marks of MIT-BIH are
   * at the R peaks; those of other databases lie up to 40 ms before or after.
   * @defaultValue `'annotation'`, as in the paper
   */
  align?: Alignment;
  /** What to do with a NaN or infinite sample inside a window: throw an `error`, or `drop` the beat and list it.
   * @defaultValue `'error'` */
  invalid?: 'error' | 'drop';
}

/** Options of `extractBeats`. */
export interface BeatOptions extends WindowOptions, BeatListOptions {}

const DEFAULT_LENGTH = 253; // at 360 Hz, section 2.2 of the paper
const WINDOW_OPTIONS = ['length', 'before', 'lead', 'normalize', 'align', 'invalid'];

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
 * Cuts a window around each of the given beats: x[i] = lead[R - before .. R - before + length), with R the beat's sample, or the
 * R peak near it.
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
  const { before = Math.floor(length / 2), align = 'annotation', invalid = 'error' } = options;
  checkCount(op, 'length', length, 1);
  checkCount(op, 'before', before, 0);
  if (before >= length) throw new ArgumentError(`${op}: expected before to be less than ${length}, got ${before}`);
  checkOneOf(op, 'normalize', normalize, Object.keys(NORMALIZATIONS));
  checkKind(op, 'lead', wanted, 'text');
  checkOneOf(op, 'align', align, ALIGNMENTS);
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

  const fiducial = align === 'rPeak' ? rPeaks(beats, own, leads) : beats.sample;
  const shape = { length, before, normalize };
  const kept: number[] = [];
  const dropped: DroppedBeat[] = [];
  beats.sample.forEach((sample, i) => {
    const r = beats.record[i];
    const found = fault(leads[r].samples, fiducial[i], i, shape);
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
    cutters[beats.record[i]](fiducial[i], x.subarray(row * length, (row + 1) * length));
  });
  const pick = (list: Int32Array): Int32Array => index.map((i) => list[i]);
  return {
    ...{ x, length, before, normalize, index },
    ...{ record: pick(beats.record), recordNames: beats.recordNames, sample: pick(beats.sample) },
    fiducial: pick(fiducial),
    ...{ labels: pick(beats.labels), classes: beats.classes },
    recordLengths: leads.map(({ samples }) => samples.length),
    leadNames: leads.map(({ name }) => name),
    ...{ units, samplingFrequency, counts: countAnnotated(own), dropped },
  };
}

/** The R peaks near the beats, record by record; a beat outside of its lead stays where it is. */
function rPeaks(beats: BeatList, records: readonly EcgRecord[], leads: readonly Lead[]): Int32Array {
  const peaks = beats.sample.slice();
  for (const [r, { samples }] of leads.entries()) {
    const isOwn = (sample: number, i: number) => beats.record[i] === r && sample >= 0 && sample < samples.length;
    const own = Array.from(beats.sample.keys()).filter((i) => isOwn(beats.sample[i], i));
    const marks = own.map((i) => beats.sample[i]);
    alignToRPeaks(samples, records[r].samplingFrequency, marks).forEach((peak, k) => {
      peaks[own[k]] = peak;
    });
  }
  return peaks;
}

function recordOf(op: string, records: readonly EcgRecord[], name: string): EcgRecord {
  const found = records.filter((record) => record.name === name);
  if (found.length !== 1)
    throw new DataError(`${op}: expected one record ${name}, got ${found.length === 0 ? 'none' : found.length}`);
  return found[0];
}

function leadOf(op: string, { name, leads }: EcgRecord, wanted: string): Lead {
  const lead = leadLike(leads, wanted);
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
