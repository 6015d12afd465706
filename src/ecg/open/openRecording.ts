import { asBytes } from '../../core/asArrays.ts';
import { checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { FREQUENCY } from '../wfdb/ranges.ts';
import { checkRecordOptions, RECORD_OPTIONS } from '../wfdb/readRecord.ts';
import { readAtc } from './atc.ts';
import { readCsv } from './csv.ts';
import { readEdf } from './edf.ts';
import { readIshne } from './ishne.ts';
import { readMatlab } from './matlab.ts';
import { type Opened, type OpenOptions, type Recording, recordingOf, recordName } from './recording.ts';
import { foreign, type Look, lookOf } from './sniff.ts';
import { openWfdb } from './wfdb.ts';

/** Contents of files by their names. */
export type NamedFiles = Readonly<Record<string, Uint8Array>>;

const KNOWN = 'a recording (WFDB, EDF, BDF, CSV, ISHNE, MATLAB 4, ATC)';
const LISTED = 8; // names in an error

type Reader = (bytes: Uint8Array, file: string, options: OpenOptions) => Opened;

const READERS: Readonly<Partial<Record<Look, Reader>>> = {
  EDF: readEdf,
  ISHNE: readIshne,
  ATC: readAtc,
  'MATLAB 4': readMatlab,
  text: readCsv,
};
/** What of the options a file decides itself. */
const STATED = ['rate', 'unit'] as const;

/**
 * Reads a recording of any known format, which its contents tell: WFDB, EDF, EDF+, BDF, tables of text (CSV, TSV) of watches,
 * phones and chest straps, ISHNE Holter files, MATLAB 4 files and KardiaMobile's ATC. Voltages are in mV, except those of WFDB
 * records, which keep the unit of their header. `notes` says what was guessed, converted or left out.
 *
 * @param source the bytes of a file, or files by their names: of a WFDB record, the header, those of its segments, signal
 * and annotation files
 * @throws DataError for a file of another format, or one that is truncated or malformed (with the place), ArgumentError for leads
 * that are not there, and for a rate or unit of a format that states them
 * @see docs/recordings.md
 * @example
 *     declare const bytes: Uint8Array; // of a file
 *     const { leads, samplingFrequency, notes } = openRecording(bytes);
 */
export function openRecording(source: Uint8Array | ArrayBuffer | NamedFiles, options: OpenOptions = {}): Recording {
  checkOpenOptions('openRecording', options);
  const files = namedFiles(source);
  const names = Object.keys(files);
  const headers = names.filter((file) => isHeader(file, files[file]));
  if (headers.length > 0) {
    refuseStated(headers[0], 'WFDB', options);
    return openWfdb(files, headers, options);
  }
  const [file] = names;
  if (names.length !== 1)
    throw new DataError(
      `openRecording: expected one file, or a WFDB header with its files, got ${names.slice(0, LISTED).join(', ') || 'none'}`,
    );
  const bytes = files[file];
  const look = lookOf(bytes);
  const read = READERS[look];
  if (!read) {
    const what = foreign(bytes) ?? (bytes.length === 0 ? 'an empty file' : 'other bytes');
    throw new DataError(`openRecording: ${file}: expected ${KNOWN}, got ${what}`);
  }
  if (look !== 'text' && look !== 'MATLAB 4') refuseStated(file, look, options);
  return recordingOf(options.name ?? recordName(file), read(bytes, file, options));
}

/** Throws for options that are not those of `openRecording`. */
export function checkOpenOptions(op: string, options: OpenOptions): void {
  checkOptions(op, options, [], ['name', 'rate', 'unit', 'leads', 'annotator', ...RECORD_OPTIONS]);
  checkRecordOptions(op, options);
  const { name, rate, unit, leads, annotator } = options;
  for (const [key, value] of Object.entries({ name, unit })) if (value !== undefined) checkKind(op, key, value, 'text');
  if (name !== undefined && !/^[-\w]+$/.test(name))
    throw new ArgumentError(`${op}: expected a name of letters, digits, _ and -, got ${formatValue(name)}`);
  if (rate !== undefined) checkRange(op, 'rate', rate, ...FREQUENCY);
  if (annotator !== undefined && annotator !== false) checkKind(op, 'annotator', annotator, 'text');
  if (leads === undefined) return;
  checkKind(op, 'leads', leads, 'array');
  for (const [i, lead] of leads.entries()) checkKind(op, `leads[${i}]`, lead, 'text');
  if (leads.length === 0) throw new ArgumentError(`${op}: expected names of leads, got none`);
}

/** Whether a file is a WFDB header by its contents; one that is odd, by its name. */
function isHeader(file: string, bytes: Uint8Array): boolean {
  const look = lookOf(bytes);
  return look === 'WFDB header' || (look === 'text' && file.endsWith('.hea'));
}

function namedFiles(source: Uint8Array | ArrayBuffer | NamedFiles): NamedFiles {
  const op = 'openRecording';
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source))
    return { recording: asBytes(op, 'source', source as Uint8Array | ArrayBuffer) };
  checkKind(op, 'source', source, 'object');
  for (const [name, bytes] of Object.entries(source)) checkKind(op, `source.${name}`, bytes, 'bytes');
  return source;
}

/** Throws for options that a file of this format decides itself. */
export function refuseStated(file: string, format: string, options: OpenOptions): void {
  for (const option of STATED)
    if (options[option] !== undefined)
      throw new ArgumentError(
        `openRecording: ${file}: expected no option ${option}, as a file in ${format} states it, got ${formatValue(options[option])}`,
      );
}
