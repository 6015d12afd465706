import { asBytes } from '../../core/asArrays.ts';
import { checkFields, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { codeOf, mnemonicOf } from '../classes.ts';
import { ANNOTATED_SAMPLE, FREQUENCY, type Range, within } from './ranges.ts';

/** A label at a sample of a record. */
export interface Annotation {
  /** Sample index from the start of the record. */
  sample: number;
  /** WFDB mnemonic, such as `N`, `V`, `+` or `~`, or a custom label. */
  label: string;
  /** -128 to 127; 0 if the file gives none. */
  subtype: number;
  /** 0 to 255; the signal that the annotation belongs to. */
  channel: number;
  /** -128 to 127. */
  num: number;
  /** Text, one character per byte, such as a rhythm; includes the NUL that ends MIT-BIH's texts. */
  aux: string;
}

/** A label that an annotation file defines for itself. */
export interface CustomLabel {
  /** Annotation code, 1 to 49. */
  code: number;
  label: string;
  /** Without spaces around it. */
  description: string;
}

/** The contents of an annotation file. */
export interface AnnotationFile {
  annotations: Annotation[];
  customLabels: CustomLabel[];
  /** Ticks per second of the times, or null if they count the record's samples. */
  timeResolution: number | null;
}

// Codes without their own time (annot(5)), and two that have one.
const SKIP = 59;
const NUM = 60;
const SUB = 61;
const CHN = 62;
const AUX = 63;
const NULL_ANNOTATION = 0;
const NOTE = 22;

const LARGEST_STEP = 1023; // of an annotation word's ten bits; a longer or negative one takes a SKIP
const RESOLUTION = '## time resolution: ';
const DEFINITIONS = '## annotation type definitions';
const END_OF_DEFINITIONS = '## end of definitions';
const DEFINITION = '## '; // what every note of this kind begins with
const ENDING_NULS = /\0+$/;

const ANNOTATION = { sample: 'number', label: 'text' } as const;

/** Throws unless these are annotations, each with a sample and a label. */
export function checkAnnotations(op: string, name: string, annotations: readonly Annotation[]): void {
  checkKind(op, name, annotations, 'array');
  for (let i = 0; i < annotations.length; i++) {
    const a = annotations[i];
    if (!a || typeof a.label !== 'string' || typeof a.sample !== 'number')
      checkFields(op, `${name}[${i}]`, a, ANNOTATION);
  }
}

interface Entry extends Omit<Annotation, 'label'> {
  code: number;
}

/**
 * Reads an annotation file in MIT format.
 *
 * A word of two bytes, the low one first, holds a code in its upper six bits and a time step in its lower ten. SKIP
 * adds a signed 32-bit step (high half first, as stored by a PDP-11); NUM and CHN apply to this and all later
 * annotations, SUB and AUX to this one only; a zero word ends the file. Notes at sample 0 that start with `##` give the
 * time resolution and custom labels, up to a null annotation if there is one, and are not returned as annotations.
 *
 * @param file name of the bytes in errors, such as their path
 * @throws DataError with the byte position if the file is truncated or malformed
 * @see annot(5), WFDB Applications Guide, and annot.c of the WFDB library, physionet.org.
 */
export function readAnnotations(contents: Uint8Array | ArrayBuffer, file = 'annotations'): AnnotationFile {
  const bytes = asBytes('readAnnotations', 'the contents', contents);
  checkKind('readAnnotations', 'file', file, 'text');
  const entries: Entry[] = [];
  let at = 0;
  let time = 0;
  let channel = 0;
  let num = 0;
  let current: Entry | null = null;
  let head = Number.POSITIVE_INFINITY; // entries before the first null annotation, which ends the definitions
  const need = (count: number, what: string): void => {
    if (at + count > bytes.length)
      throw new DataError(
        `readAnnotations: ${file} byte ${at}: expected ${what}, got the end of ${bytes.length} bytes`,
      );
  };
  const word = (what: string): number => {
    need(2, what);
    at += 2;
    return bytes[at - 2] | (bytes[at - 1] << 8);
  };

  for (;;) {
    const w = word('an annotation or the end-of-file word');
    if (w === 0) return definitionsApart(entries, head, file);
    const code = w >> 10;
    const data = w & LARGEST_STEP;
    if (code === SKIP) {
      const high = word('the step of a SKIP');
      time += (high << 16) | word('the step of a SKIP');
    } else if (code < SKIP) {
      time += data;
      current = { sample: time, code, subtype: 0, channel, num, aux: '' };
      if (code === NULL_ANNOTATION) {
        head = Math.min(head, entries.length);
        continue;
      }
      if (!within(time, ANNOTATED_SAMPLE))
        throw new DataError(
          `readAnnotations: ${file} byte ${at - 2}: expected a time from 0 to ${ANNOTATED_SAMPLE[1]}, got ${time}`,
        );
      entries.push(current);
    } else if (current === null) {
      throw new DataError(
        `readAnnotations: ${file} byte ${at - 2}: expected an annotation before code ${code}, got none`,
      );
    } else if (code === NUM) {
      num = current.num = signedByte(data);
    } else if (code === CHN) {
      channel = current.channel = data & 0xff;
    } else if (code === SUB) {
      current.subtype = signedByte(data);
    } else {
      const length = data & 0xff;
      const padded = length + (length & 1);
      need(padded, `${padded} bytes of auxiliary text`);
      current.aux = String.fromCharCode(...bytes.subarray(at, at + length));
      at += padded;
    }
  }
}

function signedByte(data: number): number {
  return (data << 24) >> 24;
}

/** Separates the notes at the head of the file from the annotations, and turns codes into labels. */
function definitionsApart(entries: readonly Entry[], head: number, file: string): AnnotationFile {
  const customLabels: CustomLabel[] = [];
  let timeResolution: number | null = null;
  let i = 0;
  const note = (): string | undefined => {
    const e = entries[i];
    return e?.sample === 0 && e.code === NOTE ? e.aux.replace(ENDING_NULS, '') : undefined;
  };
  for (let text = note(); i < head && text?.startsWith(DEFINITION); i++, text = note()) {
    if (text.startsWith(RESOLUTION)) {
      timeResolution = Number(text.slice(RESOLUTION.length));
      if (!within(timeResolution, FREQUENCY))
        throw new DataError(
          `readAnnotations: ${file} annotation ${i}: expected a time resolution above 0, got ${text}`,
        );
    } else if (text === DEFINITIONS) {
      for (i++; note() !== END_OF_DEFINITIONS; i++) {
        const custom = parseDefinition(note() ?? '');
        if (custom === null)
          throw new DataError(
            `readAnnotations: ${file} annotation ${i}: expected a definition such as "42 c comment" or "${END_OF_DEFINITIONS}", ` +
              `got ${formatValue(note() ?? '')}`,
          );
        customLabels.push(custom);
      }
    }
  }
  const custom = new Map(customLabels.map(({ code, label }) => [code, label]));
  const annotations = entries.slice(i).map(({ code, sample, ...rest }) => {
    return { sample, label: custom.get(code) ?? mnemonicOf(code), ...rest };
  });
  return { annotations, customLabels, timeResolution };
}

/** A custom label from its definition, such as `42 c comment`; null if it is none. */
function parseDefinition(text: string): CustomLabel | null {
  const row = /^(\d+)\s+(\S+)(?:\s+(.*))?$/s.exec(text.trimEnd());
  const code = Number(row?.[1]);
  return row && isLabelCode(code) ? { code, label: row[2], description: row[3] ?? '' } : null;
}

function formatDefinition({ code, label, description }: CustomLabel): string {
  return `${code} ${label} ${description}`.trimEnd();
}

function isLabelCode(code: number): boolean {
  return Number.isInteger(code) && code > 0 && code < 50; // up to ACMAX of ecgcodes.h
}

/**
 * Writes an annotation file in MIT format like putann(3): SUB, CHN, NUM and AUX in this order, if they differ from the
 * current values. `readAnnotations` reads the same back, and all 48 reference files of MIT-BIH come out byte for byte
 * when read and rewritten.
 *
 * @param annotations in the order to write them; times may go backwards
 * @param options the custom labels and the time resolution to write at the head of the file
 * @throws DataError for an unknown label, and for a field that the format cannot hold, with the annotation's index
 * @see annot(5) and annot.c of the WFDB library.
 */
export function writeAnnotations(
  annotations: readonly Annotation[],
  options: { customLabels?: readonly CustomLabel[]; timeResolution?: number | null } = {},
): Uint8Array {
  const op = 'writeAnnotations';
  checkAnnotations(op, 'annotations', annotations);
  checkOptions(op, options, [], ['customLabels', 'timeResolution', 'annotations']); // an AnnotationFile is allowed
  const { customLabels = [], timeResolution = null } = options;
  checkKind(op, 'customLabels', customLabels, 'array');
  for (const [i, label] of customLabels.entries())
    checkFields(op, `customLabels[${i}]`, label, { code: 'number', label: 'text', description: 'text' });
  if (timeResolution !== null) checkRange(op, 'timeResolution', timeResolution, ...FREQUENCY);
  const bytes: number[] = [];
  let last = { sample: 0, channel: 0, num: 0 };
  const put = (code: number, data: number): void => {
    bytes.push(data & 0xff, (code << 2) | ((data >> 8) & 3));
  };
  const skip = (step: number): void => {
    put(SKIP, 0);
    bytes.push((step >> 16) & 0xff, step >>> 24, step & 0xff, (step >> 8) & 0xff);
  };
  const write = (e: Entry): void => {
    const step = e.sample - last.sample;
    const near = step >= 0 && step <= LARGEST_STEP;
    if (!near) skip(step);
    put(e.code, near ? step : 0);
    if (e.subtype !== 0) put(SUB, e.subtype);
    if (e.channel !== last.channel) put(CHN, e.channel);
    if (e.num !== last.num) put(NUM, e.num);
    if (e.aux.length) put(AUX, e.aux.length);
    for (let i = 0; i < e.aux.length; i++) bytes.push(e.aux.charCodeAt(i));
    if (e.aux.length & 1) bytes.push(0);
    last = e;
  };

  const notes = timeResolution === null ? [] : [RESOLUTION + timeResolution];
  const rows = customLabels.map((custom) => {
    const row = formatDefinition(custom);
    const back = parseDefinition(row.replace(ENDING_NULS, ''));
    if (back?.code !== custom.code || back.label !== custom.label || back.description !== custom.description)
      throw new DataError(
        'writeAnnotations: expected a custom label without spaces, a code from 1 to 49, ' +
          `and a description without spaces around it, got ${formatValue(row)}`,
      );
    return row;
  });
  if (rows.length) notes.push(DEFINITIONS, ...rows, END_OF_DEFINITIONS);
  notes.forEach((aux, i) => {
    write(checked({ sample: 0, label: mnemonicOf(NOTE), subtype: 0, channel: 0, num: 0, aux }, i, NOTE));
  });
  const [first] = annotations;
  const ambiguous = first?.sample === 0 && first.label === mnemonicOf(NOTE) && `${first.aux}`.startsWith(DEFINITION);
  if (notes.length || ambiguous) {
    // A null annotation separates the definitions from a note at sample 0; its own word must not be zero.
    skip(-1);
    put(NULL_ANNOTATION, 1);
  }
  const redefined = new Map(customLabels.map(({ code, label }) => [code, label])); // the last label of a code holds
  const custom = new Map([...redefined].map(([code, label]) => [label, code]));
  annotations.forEach((a, i) => {
    const standard = codeOf(a.label);
    write(checked(a, i, custom.get(a.label) ?? (redefined.has(standard ?? 0) ? undefined : standard)));
  });
  bytes.push(0, 0);
  return Uint8Array.from(bytes);
}

/** The annotation with its code; throws a DataError that names the field that does not fit. */
function checked(a: Annotation, index: number, code: number | undefined): Entry {
  const expect = (fits: boolean, what: string, got: unknown): void => {
    if (!fits) throw new DataError(`writeAnnotations: annotation ${index}: expected ${what}, got ${formatValue(got)}`);
  };
  const whole = (value: number, range: Range): boolean => Number.isInteger(value) && within(value, range);
  expect(code !== undefined && code < SKIP && code > 0, 'a WFDB mnemonic or a custom label', a.label);
  expect(whole(a.sample, ANNOTATED_SAMPLE), 'a sample from 0 to 2147483647', a.sample);
  expect(whole(a.subtype, [-128, 127]), 'a subtype from -128 to 127', a.subtype);
  expect(whole(a.channel, [0, 255]), 'a channel from 0 to 255', a.channel);
  expect(whole(a.num, [-128, 127]), 'a num from -128 to 127', a.num);
  expect(typeof a.aux === 'string', 'a text', a.aux);
  const bytes = [...a.aux].every((character) => character.charCodeAt(0) <= 0xff);
  expect(bytes && a.aux.length <= 255, 'at most 255 bytes of text', a.aux);
  return { ...a, code: code as number };
}
