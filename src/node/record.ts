import { basename, dirname, extname, join } from 'node:path';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError } from '../core/errors.ts';
import type { Annotation } from '../ecg/wfdb/annotation.ts';
import { type RecordAnnotations, readWithin } from '../ecg/wfdb/annotationsOf.ts';
import { encodeRecord } from '../ecg/wfdb/encodeRecord.ts';
import {
  type Partially,
  type PartialOptions,
  Problems,
  type ReadOptions,
  type ReadProblem,
} from '../ecg/wfdb/problems.ts';
import { checkRecordOptions, RECORD_OPTIONS, type RecordOptions, readContents } from '../ecg/wfdb/readRecord.ts';
import { checkRecord, type EcgRecord } from '../ecg/wfdb/record.ts';
import type { Frames } from '../ecg/wfdb/signals/frames.ts';
import { mostPerFrame } from '../ecg/wfdb/signals/readLeads.ts';
import { mostOfSegments, signalFiles } from '../ecg/wfdb/signals/segmentHeaders.ts';
import { writeFileAtomic } from './atomic.ts';
import { makeFolder } from './folder.ts';
import { checkName, exists, read, readHeaders, readIfPresent, recordsIn } from './recordFiles.ts';

/** Which annotations to read with a record, how its signals, and whether to read what can be read. */
export interface LoadOptions extends RecordOptions {
  /** Suffix of the annotation file, which must exist; `false` reads none.
   * @defaultValue `'atr'`, if there is such a file */
  annotator?: string | false;
}

/** Options of `loadAnnotations`. */
export interface LoadAnnotationsOptions extends ReadOptions {
  /** As of `loadRecord`: whether times are samples of the lead with most per frame, or frames.
   * @defaultValue `'repeat'` */
  frames?: Frames;
  /** Folder of the annotation file.
   * @defaultValue that of the record */
  dir?: string;
}

/** The records of a folder that could be read, and what could not: a record as a whole is a problem of the kind `unreadable`. */
export interface LoadedRecords {
  records: Partially<EcgRecord>[];
  problems: ReadProblem[];
}

/**
 * The path of a record without a suffix: of `mitdb/100.hea`, and of `mitdb/100.dat` or any other file of a record whose
 * header is there, `mitdb/100`. A path that has no such suffix is returned unchanged.
 */
export function recordPath(path: string): string {
  checkKind('recordPath', 'path', path, 'text');
  const suffix = extname(path);
  if (suffix === '' || exists(`${path}.hea`)) return path;
  const stem = path.slice(0, -suffix.length);
  return suffix === '.hea' || exists(`${stem}.hea`) ? stem : path;
}

/**
 * Reads a WFDB record from disk: its header and those of its segments, the signal files that they name, and annotations, all in the
 * folder of the header. A symbolic link there is followed.
 *
 * @param path the record's path, such as `mitdb/100`, or that of one of its files, such as `mitdb/100.hea`
 * @throws DataError with the path of a missing or unreadable file, or of a pipe, device or folder; for a name that leads elsewhere;
 * and everything that `readRecord` throws; with `{ partial: true }` for a header that cannot be read, a missing annotation file that
 * `annotator` names, and what `readRecord` throws then
 * @example
 *     const { leads, annotations, samplingFrequency } = loadRecord('mitdb/100');
 *     const { leads: readable, problems } = loadRecord('mitdb/100', { partial: true });
 */
export function loadRecord(path: string, options?: LoadOptions & { partial?: false }): EcgRecord;
export function loadRecord(path: string, options: LoadOptions & PartialOptions): Partially<EcgRecord>;
export function loadRecord(path: string, options: LoadOptions = {}): EcgRecord | Partially<EcgRecord> {
  checkKind('loadRecord', 'path', path, 'text');
  checkLoadOptions('loadRecord', options);
  const { annotator, ...reading } = options;
  const { partial } = reading;
  const base = recordPath(path);
  const problems = new Problems('loadRecord', partial);
  const { header, files, segments } = readHeaders('loadRecord', base, problems);
  const recorded = segments ? segments.placed.map((segment) => segment.header) : [header];
  for (const fileName of recorded.flatMap(signalFiles)) {
    checkName(fileName);
    if (files.has(fileName)) continue;
    const file = join(dirname(base), fileName);
    if (!partial || exists(file)) files.set(fileName, read(file));
  }
  const annotationFile = `${base}.${typeof annotator === 'string' ? annotator : 'atr'}`;
  let annotations: Uint8Array | null = null;
  if (annotator === undefined) annotations = readIfPresent(annotationFile);
  else if (annotator !== false) annotations = read(annotationFile);
  const contents = { header, files: Object.fromEntries(files), annotations, annotationFile };
  return problems.of(readContents(contents, problems, reading));
}

/**
 * Reads the annotations of a WFDB record from disk without its signals; times are samples of the record as
 * `loadRecord` reads it with the same `frames`.
 *
 * @param path the record's path, such as `mitdb/100`, or that of one of its files
 * @param annotator suffix of the annotation file, such as `atr`
 * @param where folder of the annotation file, if it is not next to the header, alone or as one of several options
 * @throws DataError with the path of a missing or unreadable file, and everything that `annotationsOf` throws
 */
export function loadAnnotations(
  path: string,
  annotator: string,
  where?: string | (LoadAnnotationsOptions & { partial?: false }),
): Annotation[];
export function loadAnnotations(
  path: string,
  annotator: string,
  where: LoadAnnotationsOptions & PartialOptions,
): Partially<RecordAnnotations>;
export function loadAnnotations(
  path: string,
  annotator: string,
  where: string | LoadAnnotationsOptions = {},
): Annotation[] | Partially<RecordAnnotations> {
  const op = 'loadAnnotations';
  const options = typeof where === 'string' ? { dir: where } : where;
  checkOptions(op, options, [], ['dir', 'partial', 'frames']);
  const { dir, partial, frames }: LoadAnnotationsOptions = options;
  for (const [name, value] of Object.entries({ path, annotator, dir: dir ?? '' })) checkKind(op, name, value, 'text');
  checkRecordOptions(op, { partial, frames });
  const base = recordPath(path);
  const problems = new Problems(op, partial);
  const { header, segments } = readHeaders(op, base, problems);
  const most = segments ? mostOfSegments(segments) : mostPerFrame(header.signals);
  const samplesPerFrame = frames === 'average' ? 1 : most;
  const { samplingFrequency, sampleCount } = header;
  const times = {
    samplingFrequency,
    samplesPerFrame,
    length: sampleCount * samplesPerFrame || Number.POSITIVE_INFINITY,
  };
  const file = join(dir ?? dirname(base), `${basename(base)}.${annotator}`);
  const found = readWithin(read(file, op), times, file, problems);
  return problems.partial ? (problems.of(found) as Partially<RecordAnnotations>) : found.annotations;
}

/**
 * Reads several records of a folder; by default all of them that are no segments of others, ordered by name.
 *
 * @throws DataError for a folder that is missing or has no header, and everything that `loadRecord` throws, which with
 * `{ partial: true }` are problems
 */
export function loadRecords(
  dir: string,
  names?: readonly string[],
  options?: LoadOptions & { partial?: false },
): EcgRecord[];
export function loadRecords(
  dir: string,
  names: readonly string[] | undefined,
  options: LoadOptions & PartialOptions,
): LoadedRecords;
export function loadRecords(
  dir: string,
  names?: readonly string[],
  options: LoadOptions = {},
): EcgRecord[] | LoadedRecords {
  checkKind('loadRecords', 'dir', dir, 'text');
  if (names !== undefined) checkKind('loadRecords', 'names', names, 'array');
  for (const [i, name] of (names ?? []).entries()) checkKind('loadRecords', `names[${i}]`, name, 'text');
  checkLoadOptions('loadRecords', options);
  const { partial, ...reading } = options;
  const all = names ?? recordsIn('loadRecords', dir);
  if (!all.length) throw new DataError(`loadRecords: expected .hea files in ${dir}, got none`);
  if (!partial) return all.map((name) => loadRecord(join(dir, name), reading));
  const records: Partially<EcgRecord>[] = [];
  const problems: ReadProblem[] = [];
  for (const name of all) {
    try {
      records.push(loadRecord(join(dir, name), { ...reading, partial }));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problems.push({ kind: 'unreadable', file: join(dir, name), message: error.message });
    }
  }
  return { records, problems };
}

/**
 * Writes a record as `<name>.hea`, its signal files and `<name>.atr`, each atomically and the header last. The folder
 * is made if it does not exist.
 *
 * @throws DataError with the path that cannot be written, and everything that `encodeRecord` throws
 */
export function saveRecord(dir: string, record: EcgRecord): void {
  checkKind('saveRecord', 'dir', dir, 'text');
  checkRecord('saveRecord', 'record', record);
  const { header, files, annotations } = encodeRecord(record);
  makeFolder(dir);
  for (const [name, bytes] of Object.entries(files)) writeFileAtomic(join(dir, name), bytes);
  writeFileAtomic(join(dir, `${record.name}.atr`), annotations);
  writeFileAtomic(join(dir, `${record.name}.hea`), header);
}

function checkLoadOptions(op: string, options: LoadOptions): void {
  checkOptions(op, options, [], ['annotator', ...RECORD_OPTIONS]);
  checkRecordOptions(op, options);
  const { annotator } = options;
  if (annotator !== undefined && annotator !== false) checkKind(op, 'annotator', annotator, 'text');
}
