import { existsSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { checkKind } from '../core/check.ts';
import { checkOpenOptions, openRecording as openFiles, refuseStated } from '../ecg/open/openRecording.ts';
import type { OpenOptions, Recording } from '../ecg/open/recording.ts';
import { lookOf } from '../ecg/open/sniff.ts';
import { fromRecord } from '../ecg/open/wfdb.ts';
import { latin1 } from '../formats/latin1.ts';
import { loadRecord } from './record.ts';
import { read } from './recordFiles.ts';

const HEADER = '.hea';

/**
 * Reads a recording of any known format from disk, as `openRecording` of `dynaecg/ecg` does from bytes: a file, or a WFDB record by
 * the path of its header, of a signal file with its name, or without suffix (`mitdb/100`).
 *
 * @throws DataError with the path of a missing or unreadable file, or of a pipe, device or folder, and everything that `loadRecord`
 * and `openRecording` of `dynaecg/ecg` throw
 */
export function openRecording(path: string, options: OpenOptions = {}): Recording {
  checkKind('openRecording', 'path', path, 'text');
  checkOpenOptions('openRecording', options);
  const wfdb = (record: string): Recording => {
    refuseStated(record, 'WFDB', options);
    const { annotator, partial, frames, flac } = options;
    const reading = { annotator, frames, flac };
    const read = partial ? loadRecord(record, { ...reading, partial }) : loadRecord(record, reading);
    return fromRecord(read, options);
  };
  if (path.endsWith(HEADER)) return wfdb(path.slice(0, -HEADER.length));
  const bare = extname(path) === '' && !existsSync(path); // or misspelt: then the header is what is missing
  if (!isFile(path) && (bare || existsSync(`${path}${HEADER}`))) return wfdb(path);
  const bytes = read(path, 'openRecording');
  const stem = path.replace(/\.\w+$/, '');
  const look = lookOf(bytes);
  const named = look === 'other' || (look === 'MATLAB 4' && names(`${stem}${HEADER}`, basename(path)));
  if (named && existsSync(`${stem}${HEADER}`)) return wfdb(stem);
  return openFiles(Object.fromEntries([[basename(path), bytes]]), options);
}

/** Whether a header is there and names a file. */
function names(header: string, file: string): boolean {
  return existsSync(header) && latin1(read(header, 'openRecording')).split(/\s+/).includes(file);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // for a reason that reading it tells
  }
}
