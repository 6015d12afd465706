import { DataError } from '../../core/errors.ts';
import { type Columns, unbracketed } from './csvColumns.ts';
import { type CsvHeader, readCsvHeader } from './csvHeader.ts';
import { LONGEST_LINE, linesOf } from './csvLines.ts';
import { type Dialect, dialectOf, fieldsOf, isMissing, numberIn } from './csvNumbers.ts';
import { readTime } from './dates.ts';
import { counted } from './recording.ts';

const ROWS = 200; // of them
const MOST_HEADER_LINES = 200;
const MOSTLY = 0.9; // of the rows of a column of numbers

/** How a table is written. */
export interface Layout {
  dialect: Dialect;
  header: CsvHeader;
  /** Line of the first row, from 1. */
  first: number;
  /** Some of the last rows, as fields. */
  rows: string[][];
}

const isComment = (line: string): boolean => /^\s*(?:#|%|\/\/)/.test(line);

/** Whether a line has more digits than letters, as rows of a table have and lines before it have not. */
function looksLikeData(line: string): boolean {
  const letters = line.match(/\p{L}/gu)?.length ?? 0;
  return !isComment(line) && (line.match(/\d/g)?.length ?? 0) > letters;
}

/**
 * Finds out how a table is written: its last rows show the dialect and the number of columns, its first lines that are unlike them
 * are the header.
 *
 * @throws DataError for a text without rows of numbers
 */
export function layoutOf(bytes: Uint8Array, file: string): Layout {
  const tail = bytes.length > LONGEST_LINE ? bytes.subarray(bytes.length - LONGEST_LINE) : bytes;
  const last = [...linesOf(tail, file)].map(({ text }) => text);
  if (tail.length < bytes.length) last.shift(); // a part of a line
  if (tail.length < bytes.length && last.length === 0)
    throw new DataError(
      `openRecording: ${file}: expected lines of at most ${LONGEST_LINE} bytes, as a row is one sample, got a longer one`,
    );
  let end = last.length;
  while (end > 0 && !looksLikeData(last[end - 1])) end--;
  let start = end;
  while (start > 0 && looksLikeData(last[start - 1])) start--;
  const lines = last.slice(Math.max(start, end - ROWS), end);
  if (lines.length === 0) throw new DataError(`openRecording: ${file}: expected rows of numbers, got other text`);
  const dialect = dialectOf(lines.map((line) => line.trim()));
  const fields = lines.map((line) => fieldsOf(line, dialect));
  const lengths = new Map<number, number>();
  for (const { length } of fields) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  const [count] = [...lengths].reduce((most, one) => (one[1] > most[1] ? one : most));
  const rows = fields.filter(({ length }) => length === count);

  const isNumber = (field: string): boolean => isMissing(field) || !Number.isNaN(numberIn(field, dialect));
  const numbers = rows[0].flatMap((_, c) =>
    rows.filter((row) => isNumber(row[c])).length >= MOSTLY * rows.length ? [c] : [],
  );
  const before: string[] = [];
  for (const { number, text } of linesOf(bytes, file)) {
    const row = isComment(text) ? [] : fieldsOf(text, dialect);
    if (row.length === count && numbers.every((c) => isNumber(row[c])) && !row.every(isMissing))
      return { dialect, header: readCsvHeader(before, count, dialect), first: number, rows };
    before.push(text);
    if (before.length > MOST_HEADER_LINES) break;
  }
  throw new DataError(
    `openRecording: ${file}: expected rows of ${counted(count, 'number')} within ${MOST_HEADER_LINES} lines, got other text`,
  );
}

/** The values of a table. */
export interface Table {
  times: Float64Array | null;
  leads: Float32Array[];
}

/** Reads the chosen columns; what is no number becomes NaN, and rows without any number at the end are left out. */
export function readTable(bytes: Uint8Array, file: string, layout: Layout, columns: Columns, notes: string[]): Table {
  const { dialect, first } = layout;
  const { leads: chosen, time } = columns;
  let times = new Float64Array(time ? 1024 : 0);
  let leads = chosen.map(() => new Float32Array(1024));
  let [n, end, odd, oddBefore] = [0, 0, 0, 0]; // rows, those up to the last with a number, and values that are none in all and before
  for (const { number, text } of linesOf(bytes, file)) {
    if (number < first || isComment(text)) continue;
    const fields = fieldsOf(text, dialect);
    if (n * (chosen.length + 1) > bytes.length)
      throw new DataError(
        `openRecording: ${file} line ${number}: expected rows of ${layout.rows[0].length} fields, got many shorter ones`,
      );
    if (n === leads[0].length) {
      leads = leads.map((samples) => grown(samples, new Float32Array(2 * n)));
      if (time) times = grown(times, new Float64Array(2 * n));
    }
    let some = false;
    chosen.forEach((c, i) => {
      const value = c < fields.length ? numberIn(fields[c], dialect) : Number.NaN;
      leads[i][n] = value;
      if (!Number.isNaN(value)) some = true;
      else if (!isMissing(fields[c] ?? '')) odd++;
    });
    if (time) {
      const field = fields[time.column] ?? '';
      times[n] = time.text ? readTime(unbracketed(field)) : numberIn(field, dialect);
    }
    n++;
    if (some) [end, oddBefore] = [n, odd];
  }
  if (oddBefore > 0)
    notes.push(
      `${counted(oddBefore, 'value')} that ${oddBefore === 1 ? 'is no number' : 'are no numbers'}, taken as NaN`,
    );
  return { times: time ? times.slice(0, end) : null, leads: leads.map((samples) => samples.slice(0, end)) };
}

function grown<T extends Float32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
