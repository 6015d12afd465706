import { latin1 } from '../../formats/latin1.ts';
import { isFormat } from '../wfdb/signals/formats.ts';
import { isAtc } from './atc.ts';
import { isEdf } from './edfHeader.ts';
import { isIshne } from './ishne.ts';
import { isMatlab4 } from './matrices.ts';

/** What a file looks like. */
export type Look = 'EDF' | 'ISHNE' | 'ATC' | 'MATLAB 4' | 'WFDB header' | 'text' | 'other';

const LOOKED_AT = 4096; // bytes at the start
const FORMAT = /^(\d+)(?:x\d+)?(?::\d+)?(?:\+\d+)?$/; // header(5)

/** What a file is by its first bytes. */
export function lookOf(bytes: Uint8Array): Look {
  if (isEdf(bytes)) return 'EDF';
  if (isIshne(bytes)) return 'ISHNE';
  if (isAtc(bytes)) return 'ATC';
  if (isMatlab4(bytes)) return 'MATLAB 4';
  const start = bytes.subarray(0, LOOKED_AT);
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff); // UTF-16
  if (start.length === 0 || (!wide && start.includes(0)) || foreign(bytes) !== null) return 'other';
  return isWfdbHeader(latin1(start)) ? 'WFDB header' : 'text';
}

/** Whether a text is a WFDB header: a record line, and signals or segments in the lines after it. */
function isWfdbHeader(text: string): boolean {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  const [, segments, signals] = /^\s*[^\s/]\S*?(\/\d+)?\s+(\d+)(?:\s+[\d.]\S*.*)?$/.exec(lines[0] ?? '') ?? [];
  if (signals === undefined) return false;
  const [name = '', format = ''] = (lines[1] ?? '').trim().split(/\s+/);
  if (segments !== undefined) return /^\d+$/.test(format) && name !== '';
  return Number(signals) > 0 && isFormat(Number(FORMAT.exec(format)?.[1])) && Number.isNaN(Number(name));
}

const MAGIC: readonly [start: string, what: string][] = [
  ['MATLAB 5.0', 'a MATLAB 5 file (save it with -v4)'],
  ['MATLAB 7.3', 'a MATLAB 7.3 file (save it with -v4)'],
  ['\x89HDF', 'an HDF5 file'],
  ['ANN  1.0', 'an ISHNE annotation file'],
  ['PK\x03\x04', 'a ZIP archive (unpack it)'],
  ['\x1f\x8b', 'a gzip file (unpack it)'],
  ['%PDF', 'a PDF, which has a picture of the signal'],
  ['<?xml', 'an XML file'],
  ['{', 'a JSON file'],
];
const DICOM = 128; // bytes before its mark

/** What a file of another known kind is; null for any other. */
export function foreign(bytes: Uint8Array): string | null {
  const start = latin1(bytes.subarray(0, 16)).replace(/^\xef\xbb\xbf/, '');
  if (latin1(bytes.subarray(DICOM, DICOM + 4)) === 'DICM') return 'a DICOM file';
  return MAGIC.find(([magic]) => start.startsWith(magic))?.[1] ?? null;
}
