import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkKind } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import { escapeText } from '../core/escapeText.ts';
import { GAP, type RecordHeader } from '../ecg/wfdb/header.ts';
import { headerFrom } from '../ecg/wfdb/parseHeader.ts';
import { Problems } from '../ecg/wfdb/problems.ts';
import {
  readSegmentHeaders,
  type SegmentHeaders,
  segmentFile,
  withoutSegments,
} from '../ecg/wfdb/signals/segmentHeaders.ts';

/** What the headers of a record say. */
export interface Headers {
  header: RecordHeader;
  /** The headers of segments, which are files of a record, too. A file may be called __proto__. */
  files: Map<string, Uint8Array>;
  segments: SegmentHeaders | null;
}

/** The header of a record, with its problems, and those of its segments, whose problems are those of their reading. */
export function readHeaders(op: string, base: string, problems: Problems): Headers {
  const { partial } = problems;
  const header = headerFrom(read(`${base}.hea`, op), `${base}.hea`, problems);
  const files = new Map<string, Uint8Array>();
  for (const segment of header.segments ?? []) {
    const name = segmentFile(segment);
    const file = join(dirname(base), name);
    if (segment.name === GAP || files.has(name) || (partial && !exists(file))) continue;
    files.set(name, read(file, op));
  }
  const segments = header.segments
    ? readSegmentHeaders(header, Object.fromEntries(files), new Problems(op, partial))
    : null;
  return { header, files, segments };
}

/**
 * Names of the WFDB records of a folder, in order, without those that are segments of others: a name and `.hea` make a header.
 *
 * @throws DataError for a folder that cannot be read
 */
export function recordNames(dir: string): string[] {
  checkKind('recordNames', 'dir', dir, 'text');
  return recordsIn('recordNames', dir);
}

/** `recordNames` for `op`. */
export function recordsIn(op: string, dir: string): string[] {
  const names = attempt(op, dir, () => readdirSync(dir))
    .filter((file) => file.endsWith('.hea'))
    .map((file) => file.slice(0, -'.hea'.length));
  return withoutSegments(names, (name) => read(join(dir, `${name}.hea`), op)).sort();
}

/** The bytes of a file, and no pipe, device or folder. */
export function read(path: string, op = 'loadRecord'): Uint8Array {
  return attempt(op, path, () => readRegular(path));
}

export function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a path that no file can have
  }
}

export function readIfPresent(path: string): Uint8Array | null {
  const found = attempt('loadRecord', path, () => statSync(path, { throwIfNoEntry: false }));
  return found ? read(path) : null;
}

/** Pipes and devices may have no end, and are no record. */
function readRegular(path: string): Uint8Array {
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
export function checkName(fileName: string): void {
  const elsewhere = fileName !== basename(fileName) || /^\.\.?$|[\\:]/.test(fileName);
  if (elsewhere || escapeText(fileName) !== fileName)
    throw new DataError(`loadRecord: expected a signal file next to its header, got ${fileName}`);
}
