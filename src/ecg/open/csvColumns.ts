import { isEcgLabel, positionsOf } from './chooseLeads.ts';
import { type CsvHeader, nameAndUnit } from './csvHeader.ts';
import { type Dialect, isMissing, numberIn } from './csvNumbers.ts';
import { readTime } from './dates.ts';
import { millivoltsOf, secondsOf } from './units.ts';

/** Which columns of a table are what. */
export interface Columns {
  leads: number[];
  /** The column of times, or null. */
  time: { column: number; text: boolean; unit: number | null } | null;
}

const MOSTLY = 0.9; // of the rows looked at
const TIME_NAME = /time|stamp|zeit|elapsed|seconds|^(?:t|s|ms|us|µs|ns|sec|date)$/i;
const OTHER_NAME =
  /heart|bpm|acc|gyro|magn|ppg|temp|spo2|ambient|resp|battery|marker|label|qual|annot|event|status|lead.?off|^(?:hr|rr.*|[xyz])$/i;

/** What a column holds, in the rows looked at. */
type Kind = 'number' | 'time' | 'index' | 'text';

/**
 * Chooses the columns of leads and of times: by their names if they have some, otherwise the first column is times if it
 * increases, and all other numbers are leads. A column that counts rows is neither.
 */
export function columnsOf(
  rows: readonly string[][],
  header: CsvHeader,
  dialect: Dialect,
  file: string,
  wanted?: readonly string[],
): Columns {
  const count = rows[0].length;
  const kinds = Array.from({ length: count }, (_, c) =>
    kindOf(
      rows.map((row) => row[c]),
      c,
      header,
      count,
      dialect,
    ),
  );
  const name = (c: number): string => header.names[c] ?? '';
  const times = kinds.flatMap((kind, c) => (kind === 'time' ? [c] : []));
  const time = bestOf(times, rows, header, dialect);
  if (wanted) {
    const labels = kinds.map((_, c) => name(c) || String(c + 1));
    return {
      leads: positionsOf(
        file,
        wanted.map((text) => nameAndUnit(text)[0]),
        labels,
      ),
      time,
    };
  }
  const numbers = kinds.flatMap((kind, c) => (kind === 'number' ? [c] : []));
  const others = numbers.filter((c) => !OTHER_NAME.test(name(c)));
  const looks = others.filter((c) => isEcgLabel(name(c)) || millivoltsOf(header.units[c] ?? '') !== undefined);
  return { leads: [looks, others, numbers].find((list) => list.length > 0) ?? [], time };
}

function kindOf(fields: readonly string[], column: number, header: CsvHeader, count: number, dialect: Dialect): Kind {
  const values = fields.map((field) => numberIn(field, dialect));
  const known = values.filter((value) => !Number.isNaN(value));
  const empty = fields.filter(isMissing).length;
  if (known.length === 0 || known.length + empty < MOSTLY * fields.length)
    return fields.filter((field) => !Number.isNaN(readTime(unbracketed(field)))).length >= MOSTLY * fields.length
      ? 'time'
      : 'text';
  const name = header.names[column] ?? '';
  const increases = known.length > 1 && known.every((value, i) => i === 0 || value > known[i - 1]);
  const counts = increases && known.every((value, i) => i === 0 || value === known[i - 1] + 1);
  const unit = secondsOf(header.units[column] ?? '');
  if (count > 1 && (unit !== undefined || TIME_NAME.test(name)) && !isEcgLabel(name)) return 'time';
  if (count > 1 && counts && !isEcgLabel(name)) return 'index';
  return count > 1 && column === 0 && increases && name === '' ? 'time' : 'number';
}

/** A time as rdsamp prints it, in brackets. */
export const unbracketed = (field: string): string => field.replace(/^\[(.*)\]$/, '$1');

/** Of several columns of times, one of numbers, with a stated unit, and the smallest, which are the most exact. */
function bestOf(
  times: readonly number[],
  rows: readonly string[][],
  header: CsvHeader,
  dialect: Dialect,
): Columns['time'] {
  const all = times.map((column) => {
    const first = numberIn(rows[0][column], dialect);
    const text = Number.isNaN(first);
    const unit = text ? 1 : (secondsOf(header.units[column] ?? '') ?? secondsOf(header.names[column] ?? '') ?? null);
    return {
      column,
      text,
      unit,
      rank: text ? Number.POSITIVE_INFINITY : (unit === null ? 1e300 : 0) + Math.abs(first),
    };
  });
  const least = all.reduce((a, b) => Math.min(a, b.rank), Number.POSITIVE_INFINITY);
  const best = all.find(({ rank }) => rank === least);
  return best ? { column: best.column, text: best.text, unit: best.unit } : null;
}
