import { isLeadName } from './chooseLeads.ts';
import { type Dialect, fieldsOf } from './csvNumbers.ts';
import { readDate } from './dates.ts';
import { millivoltsOf, secondsOf } from './units.ts';

/** What the lines before the data say. */
export interface CsvHeader {
  /** Of each column; empty without names. */
  names: string[];
  /** Unit of each column, or `''`. */
  units: string[];
  /** Hz. */
  rate: number | null;
  unit: string | null;
  lead: string | null;
  baseTime: string | null;
  baseDate: string | null;
  comments: string[];
}

const PAIR = /^([^\d,;:=\t]+?)\s*[,;:=\t]\s*(.*)$/;
const SPACED_PAIR = /^([\w-]+)\s+(.*)$/; // in a comment
const RATE_KEY = /^rate$|sampl\w*[ _]*(?:rate|freq\w*)|^fs$|^freq\w*$/i;
const UNIT_KEY = /^(?:units?|einheit|unité|unidad|unità)$/i;
const RATE = /^(\d+(?:[.,]\d+)?)\s*(hz|hertz)?\.?$/i;
const KEPT = /^(?:classification|device|software version|symptoms|recorder|sensor)$/i; // neither names nor dates of birth
const UNIT = /^(.*?)[\s,_]*[[(]\s*([^\])]*?)\s*[\])]$/; // name [unit]
const SUFFIX = /^(.*?)[\s,_]+([a-zµμ]+)$/i; // name_unit, if it is one

/** A column's name and unit: `ecg [uV]`, `MLII (mV)`, `ecg_uv`, `time ms`. */
export function nameAndUnit(text: string): [name: string, unit: string] {
  const [, name, unit] = UNIT.exec(text) ?? [];
  if (unit !== undefined) return [name || unit, unit];
  const [, stem, suffix] = SUFFIX.exec(text) ?? [];
  if (suffix !== undefined && isUnit(suffix)) return [stem, suffix];
  return [text, isUnit(text) && millivoltsOf(text) !== undefined ? text : ''];
}

const isUnit = (text: string): boolean => millivoltsOf(text) !== undefined || secondsOf(text) !== undefined;
const isUnitField = (text: string): boolean => text === '' || isUnit(text) || /^h+:m+:s+/i.test(text);

/** Reads the lines before the data of `columns` columns. */
export function readCsvHeader(lines: readonly string[], columns: number, dialect: Dialect): CsvHeader {
  const header: CsvHeader = {
    names: [],
    units: [],
    rate: null,
    unit: null,
    lead: null,
    baseTime: null,
    baseDate: null,
    comments: [],
  };
  const bare = lines.map((line) => line.replace(/^(?:#+|%+|\/\/)\s*/, ''));
  const rows = bare.map((line) => fieldsOf(line, dialect)).map((fields) => (fields.length === columns ? fields : null));
  let last = rows.length - 1;
  let units: string[] | null = null;
  if (columns > 1 && rows[last]?.every(isUnitField) && rows[last]!.some((f) => f !== '')) {
    units = rows[last]!.map((text) => (isUnit(text) ? text : ''));
    last--;
  }
  const names = isStatement(bare[last] ?? '', columns) ? null : rows[last];
  if (names) {
    const split = names.map(nameAndUnit);
    header.names = split.map(([name]) => name);
    header.units = split.map(([, unit], i) => units?.[i] || unit);
  } else if (units) header.units = units;
  bare.slice(0, names ? last : undefined).forEach((line, i) => {
    const pair = PAIR.exec(line) ?? (line !== lines[i] ? SPACED_PAIR.exec(line) : null);
    if (pair) readPair(pair[1], pair[2], header);
  });
  return header;
}

/** Whether a line states something rather than naming `columns` columns. */
function isStatement(line: string, columns: number): boolean {
  const [, key, value] = PAIR.exec(line) ?? [];
  if (value === undefined) return false;
  const [, number, hertz] = RATE.exec(value) ?? [];
  return columns === 1 || (number !== undefined && (hertz !== undefined || RATE_KEY.test(key))) || UNIT_KEY.test(key);
}

function readPair(key: string, quoted: string, header: CsvHeader): void {
  const value = quoted.replace(/^"(.*)"$/, '$1').trim();
  const [, number, hertz] = RATE.exec(value) ?? [];
  if (header.rate === null && number !== undefined && (hertz !== undefined || RATE_KEY.test(key)))
    header.rate = Number(number.replace(',', '.'));
  else if (header.unit === null && millivoltsOf(value) !== undefined) header.unit = value;
  else if (
    header.lead === null &&
    /^\p{L}+(?: (?:I{1,3}|aV[RLF]|V\d))?$/u.test(value) &&
    isLeadName(value.split(' ').pop()!)
  )
    header.lead = value.split(' ').pop()!;
  else if (KEPT.test(key) && value !== '') header.comments.push(`${key}: ${value}`);
  else if (header.baseTime === null) Object.assign(header, readDate(value));
}
