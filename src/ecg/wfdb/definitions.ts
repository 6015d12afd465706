import { formatValue } from '../../core/check.ts';
import { mnemonicOf } from '../classes.ts';
import { type AnnotationFile, type CustomLabel, type Entry, NOTE } from './annotation.ts';
import type { Problems } from './problems.ts';
import { FREQUENCY, within } from './ranges.ts';

export const RESOLUTION = '## time resolution: ';
export const DEFINITIONS = '## annotation type definitions';
export const END_OF_DEFINITIONS = '## end of definitions';
/** What every note of this kind begins with. */
export const DEFINITION = '## ';
const ENDING = /[\0\s]+$/;

/** The text of a note without what may end it: NULs of the C library, and newlines of other writers. */
export function noteText(aux: string): string {
  return aux.replace(ENDING, '');
}

/** Separates the notes at the head of a file from its annotations, and turns codes into labels. */
export function definitionsApart(
  entries: readonly Entry[],
  head: number,
  file: string,
  problems: Problems,
): AnnotationFile {
  const customLabels: CustomLabel[] = [];
  let timeResolution: number | null = null;
  let i = 0;
  const note = (): string | undefined => {
    const e = entries[i];
    return e?.sample === 0 && e.code === NOTE ? noteText(e.aux) : undefined;
  };
  const wrong = (expected: string, got: string): void =>
    problems.report('definitions', `${file} annotation ${i}: expected ${expected}, got ${got}`, {
      file,
      annotation: i,
    });
  for (let text = note(); i < head && text?.startsWith(DEFINITION); i++, text = note()) {
    if (text.startsWith(RESOLUTION)) {
      const ticks = Number(text.slice(RESOLUTION.length));
      if (within(ticks, FREQUENCY)) timeResolution = ticks;
      else wrong('a time resolution above 0', text);
    } else if (text === DEFINITIONS) {
      for (i++; note() !== END_OF_DEFINITIONS; i++) {
        const row = note();
        const custom = parseDefinition(row ?? '');
        if (custom) customLabels.push(custom);
        else wrong(`a definition such as "42 c comment" or "${END_OF_DEFINITIONS}"`, formatValue(row ?? ''));
        if (row === undefined) break;
      }
    }
    if (note() === undefined) break; // definitions without their end
  }
  const custom = new Map(customLabels.map(({ code, label }) => [code, label]));
  const annotations = entries.slice(i).map(({ code, sample, ...rest }) => {
    return { sample, label: custom.get(code) ?? mnemonicOf(code), ...rest };
  });
  return { annotations, customLabels, timeResolution };
}

/** A custom label from its definition, such as `42 c comment`; null if it is none. */
export function parseDefinition(text: string): CustomLabel | null {
  const row = /^(\d+)\s+(\S+)(?:\s+(.*))?$/s.exec(text);
  const code = Number(row?.[1]);
  return row && isLabelCode(code) ? { code, label: row[2], description: row[3] ?? '' } : null;
}

/** The note that defines a custom label. */
export function formatDefinition({ code, label, description }: CustomLabel): string {
  return `${code} ${label} ${description}`.trimEnd();
}

function isLabelCode(code: number): boolean {
  return Number.isInteger(code) && code > 0 && code < 50; // up to ACMAX of ecgcodes.h
}
