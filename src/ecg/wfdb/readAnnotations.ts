import { asBytes } from '../../core/asArrays.ts';
import { checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import {
  type AnnotationFile,
  AUX,
  CHN,
  type Entry,
  LARGEST_STEP,
  NULL_ANNOTATION,
  NUM,
  SKIP,
  SUB,
} from './annotation.ts';
import { definitionsApart } from './definitions.ts';
import { type Partially, type PartialOptions, Problems, type ReadOptions } from './problems.ts';
import { ANNOTATED_SAMPLE, within } from './ranges.ts';

/**
 * Reads an annotation file in MIT format.
 *
 * A word of two bytes, the low one first, holds a code in its upper six bits and a time step in its lower ten. SKIP
 * adds a signed 32-bit step (high half first, as stored by a PDP-11); NUM and CHN apply to this and all later
 * annotations, SUB and AUX to this one only; a zero word ends the file. Notes at sample 0 that start with `##` give the
 * time resolution and custom labels, up to a null annotation if there is one, and are not returned as annotations.
 *
 * @param file name of the bytes in errors, such as their path
 * @throws DataError with the byte position if the file is truncated or malformed; with `{ partial: true }` these are problems, and
 * what comes before the end and between them is returned
 * @see annot(5), WFDB Applications Guide, and annot.c of the WFDB library, physionet.org.
 */
export function readAnnotations(
  contents: Uint8Array | ArrayBuffer,
  file?: string,
  options?: { partial?: false },
): AnnotationFile;
export function readAnnotations(
  contents: Uint8Array | ArrayBuffer,
  file: string | undefined,
  options: PartialOptions,
): Partially<AnnotationFile>;
export function readAnnotations(
  contents: Uint8Array | ArrayBuffer,
  file = 'annotations',
  options: ReadOptions = {},
): AnnotationFile | Partially<AnnotationFile> {
  const op = 'readAnnotations';
  const bytes = asBytes(op, 'the contents', contents);
  checkKind(op, 'file', file, 'text');
  checkOptions(op, options, [], ['partial']);
  if (options.partial !== undefined) checkKind(op, 'partial', options.partial, 'flag');
  const problems = new Problems(op, options.partial);
  const { entries, head } = readEntries(bytes, file, problems);
  return problems.of(definitionsApart(entries, head, file, problems));
}

/** The annotations of a file, and how many of them come before the first null annotation, which ends the definitions. */
function readEntries(bytes: Uint8Array, file: string, problems: Problems): { entries: Entry[]; head: number } {
  const entries: Entry[] = [];
  const unset = (): Entry => ({ sample: 0, code: NULL_ANNOTATION, subtype: 0, channel: 0, num: 0, aux: '' });
  let at = 0;
  let time = 0;
  let channel = 0;
  let num = 0;
  let current: Entry | null = null;
  let head = Number.POSITIVE_INFINITY;
  /** Whether there are so many bytes more. */
  const has = (count: number, what: string): boolean => {
    if (at + count <= bytes.length) return true;
    const kind = bytes.length === 0 ? 'emptyAnnotations' : 'missingEnd';
    const message = `${file} byte ${at}: expected ${what}, got the end of ${bytes.length} bytes`;
    problems.report(kind, message, { file, byte: at });
    return false;
  };
  const word = (): number => {
    at += 2;
    return bytes[at - 2] | (bytes[at - 1] << 8);
  };

  while (has(2, 'an annotation or the end-of-file word')) {
    const w = word();
    if (w === 0) break;
    const code = w >> 10;
    const data = w & LARGEST_STEP;
    const place = { file, byte: at - 2 };
    if (code === SKIP) {
      if (!has(4, 'the step of a SKIP')) break;
      const high = word();
      time += (high << 16) | word();
      continue;
    }
    if (code < SKIP) {
      time += data;
      current = { ...unset(), sample: time, code, channel, num };
      if (code === NULL_ANNOTATION) head = Math.min(head, entries.length);
      else if (within(time, ANNOTATED_SAMPLE)) entries.push(current);
      else {
        const expected = `a time from 0 to ${ANNOTATED_SAMPLE[1]}`;
        problems.report('annotationOutside', `${file} byte ${at - 2}: expected ${expected}, got ${time}`, place);
      }
      continue;
    }
    if (current === null) {
      const message = `${file} byte ${at - 2}: expected an annotation before code ${code}, got none`;
      problems.report('malformed', message, place);
      current = unset();
    }
    if (code === NUM) num = current.num = signedByte(data);
    else if (code === CHN) channel = current.channel = data & 0xff;
    else if (code === SUB) current.subtype = signedByte(data);
    else if (code === AUX) {
      const length = data & 0xff;
      const padded = length + (length & 1);
      if (!has(padded, `${padded} bytes of auxiliary text`)) break;
      current.aux = String.fromCharCode(...bytes.subarray(at, at + length));
      at += padded;
    }
  }
  return { entries, head };
}

function signedByte(data: number): number {
  return (data << 24) >> 24;
}
