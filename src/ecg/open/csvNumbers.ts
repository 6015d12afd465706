/** How the fields of a text are separated, and its decimal mark. */
export interface Dialect {
  /** `;`, a tab, `,`, a space for any white space, or nothing for a single column. */
  delimiter: string;
  decimal: '.' | ',';
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const MISSING = /^(?:|nan|null|none|n\/?a|-|\?)$/i;

/** Whether a field stands for a value that is missing. */
export const isMissing = (field: string): boolean => MISSING.test(field);

/** The number in a field; NaN for any other text. */
export function numberIn(field: string, { decimal }: Dialect): number {
  const text = decimal === ',' ? field.replace(',', '.') : field;
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** The fields of a line, without spaces and quotation marks around them. */
export function fieldsOf(line: string, { delimiter }: Dialect): string[] {
  if (delimiter === '') return [bare(line)];
  if (!line.includes('"')) return (delimiter === ' ' ? line.trim().split(/\s+/) : line.split(delimiter)).map(bare);
  const parts: string[] = [];
  let [start, quoted] = [0, false];
  for (let i = 0; i <= line.length; i++) {
    if (line[i] === '"') quoted = !quoted;
    if (i < line.length && (quoted || !(delimiter === ' ' ? /\s/.test(line[i]) : line[i] === delimiter))) continue;
    parts.push(bare(line.slice(start, i)));
    start = i + 1;
  }
  return parts;
}

function bare(field: string): string {
  const text = field.trim();
  const quoted = text.length > 1 && (text[0] === '"' || text[0] === "'") && text.endsWith(text[0]);
  return quoted ? text.slice(1, -1).replace(/""/g, '"').trim() : text;
}

/**
 * The dialect in which most of the fields of these lines are numbers, among those whose lines have equally many. A single comma
 * in each line separates two columns, unless it looks like a decimal mark: leading zeros after it, or lines without one.
 */
export function dialectOf(lines: readonly string[]): Dialect {
  const some = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  const decimal = some(/\d,\d/) && !some(/\d\.\d/) ? ',' : '.';
  if (lines.filter((line) => line.includes(';')).length > lines.length / 2) return { delimiter: ';', decimal };
  if (lines.filter((line) => line.includes('\t')).length > lines.length / 2) return { delimiter: '\t', decimal };
  const single = lines.every((line) => /^[-+]?\d+(?:,\d+)?(?:e[-+]?\d+)?$/i.test(line));
  if (single) {
    const marks = lines.filter((line) => line.includes(',')).length;
    const columns = marks === lines.length && !some(/,0\d/);
    return marks > 0 && columns ? { delimiter: ',', decimal: '.' } : { delimiter: '', decimal: marks > 0 ? ',' : '.' };
  }
  const spaced: Dialect = { delimiter: ' ', decimal };
  if (some(/\d,\d+\s+[-+]?\d/) && numeric(lines, spaced) > numeric(lines, COMMA)) return spaced;
  if (lines.filter((line) => line.includes(',')).length > lines.length / 2) return COMMA;
  return lines.filter((line) => /\s/.test(line)).length > lines.length / 2 ? spaced : { delimiter: '', decimal };
}

const COMMA: Dialect = { delimiter: ',', decimal: '.' };

/** The fraction of fields that are numbers. */
function numeric(lines: readonly string[], dialect: Dialect): number {
  const fields = lines.flatMap((line) => fieldsOf(line, dialect));
  return fields.filter((field) => !Number.isNaN(numberIn(field, dialect))).length / fields.length;
}
