import { checkFields, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { codeOf, mnemonicOf } from '../classes.ts';
import {
  type Annotation,
  AUX,
  CHN,
  type CustomLabel,
  checkAnnotations,
  type Entry,
  LARGEST_STEP,
  NOTE,
  NULL_ANNOTATION,
  NUM,
  SKIP,
  SUB,
} from './annotation.ts';
import {
  DEFINITION,
  DEFINITIONS,
  END_OF_DEFINITIONS,
  formatDefinition,
  noteText,
  parseDefinition,
  RESOLUTION,
} from './definitions.ts';
import { ANNOTATED_SAMPLE, FREQUENCY, type Range, within } from './ranges.ts';

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
    const back = parseDefinition(noteText(row));
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
