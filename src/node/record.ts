import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError } from '../core/errors.ts';
import { escapeText } from '../core/escapeText.ts';
import type { Annotation } from '../ecg/wfdb/annotation.ts';
import { encodeRecord } from '../ecg/wfdb/encodeRecord.ts';
import { parseHeader } from '../ecg/wfdb/header.ts';
import { annotationsOf, readRecord } from '../ecg/wfdb/readRecord.ts';
import { checkRecord, type EcgRecord } from '../ecg/wfdb/record.ts';
import { writeFileAtomic } from './atomic.ts';
import { makeFolder } from './folder.ts';

/** Which annotations to read with a record. */
export interface LoadOptions {
  /** Suffix of the annotation file, which must exist; `false` reads none.
   * @defaultValue `'atr'`, if there is such a file */
  annotator?: string | false;
}

/**
 * Reads a WFDB record from disk: its header, the signal files that the header names, and annotations. Signal files are next to
 * the header; a symbolic link there is followed.
 *
 * @param path the record's path without suffix, such as `mitdb/100`
 * @throws DataError with the path of a missing or unreadable file, or of a pipe, device or folder; for a name that leads elsewhere;
 * and everything that `readRecord` throws
 * @example
 *     const { leads, annotations, samplingFrequency } = loadRecord('mitdb/100');
 */
export function loadRecord(path: string, options: LoadOptions = {}): EcgRecord {
  checkKind('loadRecord', 'path', path, 'text');
  checkLoadOptions('loadRecord', options);
  const { annotator } = options;
  const header = readText(`${path}.hea`);
  const files = new Map<string, Uint8Array>(); // a file may be called __proto__
  for (const { fileName } of parseHeader(header, `${path}.hea`).signals) {
    checkName(fileName);
    if (!files.has(fileName)) files.set(fileName, read(join(dirname(path), fileName)));
  }
  let annotations: Uint8Array | null = null;
  if (annotator === undefined) annotations = readIfPresent(`${path}.atr`);
  else if (annotator !== false) annotations = read(`${path}.${annotator}`);
  return readRecord({ header, files: Object.fromEntries(files), annotations });
}

/**
 * Reads the annotations of a WFDB record from disk without its signals; times are samples of the record.
 *
 * @param path the record's path without suffix, such as `mitdb/100`
 * @param annotator suffix of the annotation file, such as `atr`
 * @param dir folder of the annotation file, if it is not next to the header
 * @throws DataError with the path of a missing or unreadable file, and everything that `annotationsOf` throws
 */
export function loadAnnotations(path: string, annotator: string, dir?: string): Annotation[] {
  const op = 'loadAnnotations';
  for (const [name, value] of Object.entries({ path, annotator, dir: dir ?? '' })) checkKind(op, name, value, 'text');
  const folder = dir ?? dirname(path);
  const header = parseHeader(readText(`${path}.hea`, op), `${path}.hea`);
  const file = join(folder, `${basename(path)}.${annotator}`);
  return annotationsOf(header, read(file, op), { file }).annotations;
}

/**
 * Reads several records of a folder; by default all of them, ordered by name.
 *
 * @throws DataError for a folder that is missing or has no header, and everything that `loadRecord` throws
 */
export function loadRecords(dir: string, names?: readonly string[], options: LoadOptions = {}): EcgRecord[] {
  checkKind('loadRecords', 'dir', dir, 'text');
  if (names !== undefined) checkKind('loadRecords', 'names', names, 'array');
  for (const [i, name] of (names ?? []).entries()) checkKind('loadRecords', `names[${i}]`, name, 'text');
  checkLoadOptions('loadRecords', options);
  const all = names ?? headersIn(dir);
  if (!all.length) throw new DataError(`loadRecords: expected .hea files in ${dir}, got none`);
  return all.map((name) => loadRecord(join(dir, name), options));
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
  checkOptions(op, options, [], ['annotator']);
  const { annotator } = options;
  if (annotator !== undefined && annotator !== false) checkKind(op, 'annotator', annotator, 'text');
}

function headersIn(dir: string): string[] {
  return attempt('loadRecords', dir, () => readdirSync(dir))
    .filter((file) => file.endsWith('.hea'))
    .map((file) => file.slice(0, -'.hea'.length))
    .sort();
}

function read(path: string, op = 'loadRecord'): Buffer {
  return attempt(op, path, () => readRegular(path));
}

function readText(path: string, op?: string): string {
  const bytes = read(path, op);
  return attempt(op ?? 'loadRecord', path, () => bytes.toString('utf8')); // fails beyond the longest string
}

function readIfPresent(path: string): Buffer | null {
  const found = attempt('loadRecord', path, () => statSync(path, { throwIfNoEntry: false }));
  return found ? read(path) : null;
}

/** Pipes and devices may have no end, and are no record. */
function readRegular(path: string): Buffer {
  if (!statSync(path).isFile()) throw new Error('something other than a file');
  return readFileSync(path);
}

function attempt<T>(op: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new DataError(`${op}: expected to open ${path}, got ${(error as Error).message}`, { cause: error });
  }
}

/** A header may come from anywhere, so it must not name a file outside its folder, or one that no terminal can show. */
function checkName(fileName: string): void {
  const elsewhere = fileName !== basename(fileName) || /^\.\.?$|[\\:]/.test(fileName);
  if (elsewhere || escapeText(fileName) !== fileName)
    throw new DataError(`loadRecord: expected a signal file next to its header, got ${fileName}`);
}
