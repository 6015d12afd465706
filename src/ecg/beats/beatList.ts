import { checkFields, checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { AAMI_CLASSES, type AamiClass, aamiClass, CLASSES, type ClassMap, classLookupFor } from '../classes.ts';
import { checkRecords, type EcgRecord } from '../wfdb/record.ts';

/** Beats of some records, each with its record, its sample and its class; n beats. */
export interface BeatList {
  /** (n) indices into `recordNames`. */
  record: Int32Array;
  recordNames: readonly string[];
  /** (n) sample indices of the R peaks. */
  sample: Int32Array;
  /** (n) indices into `classes`. */
  labels: Int32Array;
  classes: readonly string[];
}

/** Throws unless these are beats as returned by `listBeats`. */
export function checkBeatList(op: string, beats: BeatList): void {
  checkFields(op, 'beats', beats, {
    ...({ labels: 'numbers', classes: 'array', record: 'numbers', recordNames: 'array', sample: 'numbers' } as const),
  });
  const n = beats.labels.length;
  for (const name of ['record', 'sample'] as const)
    if (beats[name].length !== n)
      throw new DataError(`${op}: expected beats.${name} of ${n} beats, got ${beats[name].length}`);
  for (const [name, list, below] of [
    ['labels', beats.labels, beats.classes.length],
    ['record', beats.record, beats.recordNames.length],
  ] as const)
    for (let i = 0; i < n; i++)
      if (!(Number.isInteger(list[i]) && list[i] >= 0 && list[i] < below))
        throw new DataError(`${op}: expected beats.${name} from 0 to ${below - 1}, got ${list[i]} at position ${i}`);
}

/** Which beats to list. */
export interface BeatListOptions {
  /** AAMI classes, in the order of their label indices, or your own classes, with the labels of each.
   * @defaultValue N, S, V */
  classes?: readonly AamiClass[] | ClassMap;
}

/**
 * The annotated beats of the given classes, record by record, in the order of their annotations.
 *
 * @throws DataError for records with the same name, and for an annotation that is not at a whole sample; ArgumentError for
 * unknown classes, and as `classLookup` for your own
 * @example
 *     declare const records: EcgRecord[];
 *     const beats = listBeats(records);
 *     const { train, test } = interPatientSplit(beats);
 *     const windows = cutWindows(records, beats, { length: 253 });
 *     const ectopic = listBeats(records, { classes: { normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] } });
 */
export function listBeats(records: readonly EcgRecord[], options: BeatListOptions = {}): BeatList {
  checkOptions('listBeats', options, [], ['classes']);
  return listBeatsOf('listBeats', records, options.classes);
}

/** `listBeats` for `op`. */
export function listBeatsOf(
  op: string,
  records: readonly EcgRecord[],
  given: readonly AamiClass[] | ClassMap = CLASSES,
): BeatList {
  checkRecords(op, records);
  const { classes, classOf } = classesOf(op, given);
  checkNames(op, records);
  const beats: { record: number; sample: number; label: number }[] = [];
  records.forEach(({ name, annotations }, record) => {
    for (const { sample, label } of annotations) {
      const found = classOf(label);
      if (found === undefined) continue;
      if (!Number.isInteger(sample))
        throw new DataError(`${op}: record ${name}: expected whole annotation samples, got ${sample}`);
      const index = classes.indexOf(found);
      if (index >= 0) beats.push({ record, sample, label: index });
    }
  });
  return {
    record: Int32Array.from(beats, ({ record }) => record),
    recordNames: records.map(({ name }) => name),
    sample: Int32Array.from(beats, ({ sample }) => sample),
    labels: Int32Array.from(beats, ({ label }) => label),
    classes,
  };
}

/**
 * R peaks, such as those found by `detectQrs`, as beats of unknown class: all are `Q`.
 *
 * @throws DataError for a peak outside the record
 */
export function peaksAsBeats(record: EcgRecord, peaks: ArrayLike<number>): BeatList {
  checkRecords('peaksAsBeats', [record]);
  checkKind('peaksAsBeats', 'peaks', peaks, 'numbers');
  const length = Math.max(0, ...record.leads.map(({ samples }) => samples.length));
  for (let i = 0; i < peaks.length; i++)
    if (!(Number.isInteger(peaks[i]) && peaks[i] >= 0 && peaks[i] < length))
      throw new DataError(
        `peaksAsBeats: record ${record.name}: expected peaks from 0 to ${length - 1}, got ${peaks[i]} at position ${i}`,
      );
  const n = peaks.length;
  return {
    ...{ record: new Int32Array(n), recordNames: [record.name], sample: Int32Array.from(peaks) },
    ...{ labels: new Int32Array(n), classes: ['Q'] },
  };
}

/** The names of classes in order, and the class of a label. */
interface Classes {
  classes: readonly string[];
  classOf: (label: string) => string | undefined;
}

const isList = (given: readonly AamiClass[] | ClassMap): given is readonly AamiClass[] => Array.isArray(given);

function classesOf(op: string, given: readonly AamiClass[] | ClassMap): Classes {
  if (!isList(given)) return { classOf: classLookupFor(op, given), classes: Object.keys(given) };
  checkClassNames(op, given);
  return { classes: given, classOf: aamiClass };
}

function checkClassNames(op: string, classes: readonly AamiClass[]): void {
  if (classes.length === 0) throw new ArgumentError(`${op}: expected at least one class, got none`);
  for (const [i, c] of classes.entries()) {
    checkOneOf(op, `classes[${i}]`, c, AAMI_CLASSES);
    if (classes.indexOf(c) !== i) throw new ArgumentError(`${op}: expected every class once, got ${c} twice`);
  }
}

function checkNames(op: string, records: readonly EcgRecord[]): void {
  if (records.length === 0) throw new DataError(`${op}: expected at least one record, got none`);
  const names = new Set<string>();
  for (const { name } of records) {
    if (names.has(name)) throw new DataError(`${op}: expected every record once, got ${name} twice`);
    names.add(name);
  }
}

/** Annotated beats by AAMI class. */
export function countAnnotated(records: readonly EcgRecord[]): Record<AamiClass, number> {
  const counts: Record<AamiClass, number> = { N: 0, S: 0, V: 0, F: 0, Q: 0 };
  for (const { annotations } of records)
    for (const { label } of annotations) {
      const aami = aamiClass(label);
      if (aami) counts[aami]++;
    }
  return counts;
}
