import { asSignal, checkCount, checkFields, checkKind, checkOneOf, checkOptions } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { AAMI_CLASSES, type AamiClass, aamiClass, CLASSES } from './classes.ts';
import { NORMALIZATIONS, type Normalization, SCALE_FREE } from './normalize.ts';
import { checkRecords, type EcgRecord, type Lead } from './record.ts';

/** A beat that is not in the set, and why. */
export interface DroppedBeat {
  record: string;
  /** Sample index of the R peak. */
  sample: number;
  label: string;
  /** The window passes the record's edge, or holds a sample that is not a finite number. */
  why: 'edge' | 'invalid';
}

/** Windows of one length around R peaks, with their classes; n beats. */
export interface BeatSet {
  /** (n, length), a row per beat. */
  x: Float32Array;
  /** Samples per window. */
  length: number;
  /** Samples of a window before the R peak. */
  before: number;
  /** How the windows were scaled. */
  normalize: Normalization;
  /** (n) indices into `classes`. */
  labels: Int32Array;
  classes: readonly AamiClass[];
  /** (n) indices into `recordNames`. */
  record: Int32Array;
  recordNames: readonly string[];
  /** Samples of each record. */
  recordLengths: readonly number[];
  /** The lead that was used of each record. */
  leadNames: readonly string[];
  /** Physical unit of these leads; where they differ, which only scales that no gain changes allow, that of the first. */
  units: string;
  /** (n) sample indices of the R peaks. */
  sample: Int32Array;
  /** Hz; that of all records. */
  samplingFrequency: number;
  /** Annotated beats by AAMI class, before any window was cut; `subset` keeps them. */
  counts: Readonly<Record<AamiClass, number>>;
  /** Beats of `classes` for which there is no window; `subset` keeps them. */
  dropped: readonly DroppedBeat[];
}

/** How beats become windows. */
export interface BeatOptions {
  /** Samples per window; 253 by default, as the paper. */
  length?: number;
  /**
   * Samples before the R peak. The default puts it in the middle, 126 before and 126 after; 90 before and 162 after,
   * which shows the whole T wave and less of the beat before, is `before: 90`.
   */
  before?: number;
  /** Name of the lead to use wherever a record has it, and else its first lead; `MLII` by default. */
  lead?: string;
  /**
   * `zscore` (default) gives each window mean 0 and deviation 1, and a flat one zeros; `center` takes off each window's
   * mean and keeps physical units; `record` takes off the mean of the whole lead and divides by the deviation of the whole
   * lead, its NaN and infinite samples left out, for which the whole recording must be known beforehand; `none` leaves
   * physical units.
   */
  normalize?: Normalization;
  /** AAMI classes to keep, in the order of their label indices; N, S, V by default. */
  classes?: readonly AamiClass[];
  /** What a NaN or infinite sample inside a window does: `error` (default), or `drop` the beat and list it. */
  invalid?: 'error' | 'drop';
}

/** Throws unless this is a set of beats as `extractBeats` makes it. */
export function checkBeats(op: string, beats: BeatSet): void {
  checkFields(op, 'beats', beats, {
    ...({ x: 'numbers', length: 'number', labels: 'numbers', classes: 'array' } as const),
    ...({ record: 'numbers', recordNames: 'array', sample: 'numbers' } as const),
  });
  const n = beats.labels.length;
  for (const name of ['record', 'sample'] as const)
    if (beats[name].length !== n)
      throw new DataError(`${op}: expected beats.${name} of ${n} beats, got ${beats[name].length}`);
  checkCount(op, 'beats.length', beats.length, 1);
  if (beats.x.length !== n * beats.length)
    throw new DataError(`${op}: expected beats.x of ${n} x ${beats.length} samples, got ${beats.x.length}`);
  for (const [name, list, below] of [
    ['labels', beats.labels, beats.classes.length],
    ['record', beats.record, beats.recordNames.length],
  ] as const)
    for (let i = 0; i < n; i++)
      if (!(Number.isInteger(list[i]) && list[i] >= 0 && list[i] < below))
        throw new DataError(`${op}: expected beats.${name} from 0 to ${below - 1}, got ${list[i]} at position ${i}`);
}

const DEFAULT_LENGTH = 253; // at 360 Hz, section 2.2 of the paper

/**
 * Cuts a window around every annotated beat of the wanted classes: x[i] = lead[R - before .. R - before + length).
 *
 * @throws DataError for records of different sampling rates, of different units where heights count, or of one name, a record without leads, and a sample that is
 * not a finite number (with record, lead and sample); ArgumentError for options out of range
 */
export function extractBeats(records: readonly EcgRecord[], options: BeatOptions = {}): BeatSet {
  checkRecords('extractBeats', records);
  checkOptions('extractBeats', options, [], ['length', 'before', 'lead', 'normalize', 'classes', 'invalid']);
  const { length = DEFAULT_LENGTH, lead: wanted = 'MLII', normalize = 'zscore' } = options;
  const { before = Math.floor(length / 2), classes = CLASSES, invalid = 'error' } = options;
  checkCount('extractBeats', 'length', length, 1);
  checkCount('extractBeats', 'before', before, 0);
  if (before >= length)
    throw new ArgumentError(`extractBeats: expected before to be less than ${length}, got ${before}`);
  checkOneOf('extractBeats', 'normalize', normalize, Object.keys(NORMALIZATIONS));
  checkKind('extractBeats', 'lead', wanted, 'text');
  checkOneOf('extractBeats', 'invalid', invalid, ['error', 'drop']);
  checkKind('extractBeats', 'classes', classes, 'array');
  if (classes.length === 0) throw new ArgumentError('extractBeats: expected at least one class, got none');
  for (const [i, c] of classes.entries()) {
    checkOneOf('extractBeats', `classes[${i}]`, c, AAMI_CLASSES);
    if (classes.indexOf(c) !== i) throw new ArgumentError(`extractBeats: expected every class once, got ${c} twice`);
  }
  const samplingFrequency = commonRate(records);

  const counts: Record<AamiClass, number> = { N: 0, S: 0, V: 0, F: 0, Q: 0 };
  const dropped: DroppedBeat[] = [];
  const leadNames: string[] = [];
  const recordLengths: number[] = [];
  let units: string | undefined;
  const kept: { lead: Lead; record: number; sample: number; label: number }[] = [];
  const scalings: ((window: Float32Array) => void)[] = []; // by record
  records.forEach((rec, r) => {
    const found = rec.leads.find((l) => l.name === wanted) ?? rec.leads[0];
    if (!found) throw new DataError(`extractBeats: record ${rec.name}: expected a lead, got none`);
    const lead = { ...found, samples: asSignal('extractBeats', 'lead.samples', found.samples) };
    leadNames.push(lead.name);
    recordLengths.push(lead.samples.length);
    units ??= lead.units;
    if (lead.units !== units && !SCALE_FREE.includes(normalize))
      throw new DataError(
        `extractBeats: record ${rec.name} lead ${lead.name}: expected ${units} as in record ${records[0].name}, got ${lead.units}`,
      );
    scalings.push(NORMALIZATIONS[normalize](lead.samples));
    for (const { sample, label } of rec.annotations) {
      const aami = aamiClass(label);
      if (!aami) continue;
      if (!Number.isInteger(sample))
        throw new DataError(`extractBeats: record ${rec.name}: expected whole annotation samples, got ${sample}`);
      counts[aami]++;
      const index = classes.indexOf(aami);
      if (index < 0) continue;
      const start = sample - before;
      const inside = start >= 0 && start + length <= lead.samples.length;
      const wrong = inside ? firstInvalid(lead.samples, start, length) : -1;
      if (wrong >= 0 && invalid === 'error')
        throw new DataError(
          `extractBeats: record ${rec.name} lead ${lead.name} sample ${wrong}: expected a finite number, ` +
            `got ${lead.samples[wrong]}`,
        );
      if (inside && wrong < 0) kept.push({ lead, record: r, sample, label: index });
      else dropped.push({ record: rec.name, sample, label, why: inside ? 'invalid' : 'edge' });
    }
  });

  const x = new Float32Array(kept.length * length);
  kept.forEach(({ lead, record, sample }, i) => {
    const row = x.subarray(i * length, (i + 1) * length);
    row.set(lead.samples.subarray(sample - before, sample - before + length));
    scalings[record](row);
  });
  return {
    x,
    length,
    before,
    normalize,
    labels: Int32Array.from(kept, (k) => k.label),
    classes,
    record: Int32Array.from(kept, (k) => k.record),
    recordNames: records.map((r) => r.name),
    recordLengths,
    leadNames,
    units: units ?? '',
    sample: Int32Array.from(kept, (k) => k.sample),
    samplingFrequency,
    counts,
    dropped,
  };
}

function commonRate(records: readonly EcgRecord[]): number {
  if (records.length === 0) throw new DataError('extractBeats: expected at least one record, got none');
  const names = new Set<string>();
  for (const { name, samplingFrequency } of records) {
    if (names.has(name)) throw new DataError(`extractBeats: expected every record once, got ${name} twice`);
    names.add(name);
    if (samplingFrequency !== records[0].samplingFrequency)
      throw new DataError(
        `extractBeats: record ${name}: expected ${records[0].samplingFrequency} Hz as in record ${records[0].name}, ` +
          `got ${samplingFrequency} Hz`,
      );
  }
  return records[0].samplingFrequency;
}

function firstInvalid(samples: Float32Array, start: number, length: number): number {
  for (let i = start; i < start + length; i++) if (!Number.isFinite(samples[i])) return i;
  return -1;
}

/**
 * The beats at `indices`, in their order; records, counts and dropped beats stay those of the whole set.
 *
 * @throws ArgumentError for an index outside the set
 */
export function subset(beats: BeatSet, indices: ArrayLike<number>): BeatSet {
  checkBeats('subset', beats);
  checkKind('subset', 'indices', indices, 'numbers');
  const { length } = beats;
  const n = indices.length;
  const x = new Float32Array(n * length);
  const [labels, record, sample] = [new Int32Array(n), new Int32Array(n), new Int32Array(n)];
  for (let i = 0; i < n; i++) {
    const from = indices[i];
    if (!Number.isInteger(from) || from < 0 || from >= beats.labels.length)
      throw new ArgumentError(`subset: expected indices from 0 to ${beats.labels.length - 1}, got ${from}`);
    x.set(beats.x.subarray(from * length, (from + 1) * length), i * length);
    labels[i] = beats.labels[from];
    record[i] = beats.record[from];
    sample[i] = beats.sample[from];
  }
  return { ...beats, x, labels, record, sample };
}

/** Beats of each class in the set, by class name (those of `classes`, after windowing). */
export function countByClass(beats: BeatSet): Partial<Record<AamiClass, number>> {
  checkBeats('countByClass', beats);
  const counts: Partial<Record<AamiClass, number>> = {};
  for (const c of AAMI_CLASSES) if (beats.classes.includes(c)) counts[c] = 0;
  for (const label of beats.labels) counts[beats.classes[label]] = (counts[beats.classes[label]] ?? 0) + 1;
  return counts;
}
