import { DataError } from '../../core/errors.ts';
import { FREQUENCY, within } from '../wfdb/ranges.ts';
import { type Columns, columnsOf } from './csvColumns.ts';
import type { CsvHeader } from './csvHeader.ts';
import { withoutMark } from './csvLines.ts';
import { layoutOf, readTable, type Table } from './csvTable.ts';
import { type Timing, timingOf } from './csvTimes.ts';
import { guessUnit } from './guessUnit.ts';
import { counted, type Opened, type OpenOptions } from './recording.ts';
import { inMillivolts } from './units.ts';

/**
 * Reads a table of text, a row per sample: CSV, TSV and the like, with or without a header, names, times and decimal commas. What
 * it does not say is guessed and noted.
 *
 * @throws DataError for a text without a table of numbers, no rate, gaps too long
 */
export function readCsv(contents: Uint8Array, file: string, options: OpenOptions): Opened {
  const bytes = withoutMark(contents);
  const layout = layoutOf(bytes, file);
  const { header, rows, dialect } = layout;
  const columns = columnsOf(rows, header, dialect, file, options.leads);
  const { leads: chosen } = columns;
  const name = (column: number): string => header.names[column] || `column ${column + 1}`;
  if (chosen.length === 0)
    throw new DataError(
      `openRecording: ${file}: expected a column of samples, got ${rows[0].map((_, c) => name(c)).join(', ')}`,
    );
  const notes: string[] = [];
  const table = readTable(bytes, file, layout, columns, notes);
  const timing = timed(table, columns, header, options, file, notes);
  const leads = table.leads.map((samples) => spread(samples, timing));

  if (chosen.length < rows[0].length)
    notes.push(`read ${chosen.map(name).join(', ')} of ${counted(rows[0].length, 'column')}`);
  const units = chosen.map((column) => options.unit ?? (header.units[column] || header.unit));
  const unknown = leads.filter((_, i) => units[i] === null);
  const guess = unknown.length > 0 ? guessUnit(unknown, timing.rate, notes) : '';
  const only = chosen.length === 1 ? (header.lead ?? 'ECG') : null;
  return {
    format: 'CSV',
    rate: timing.rate,
    leads: leads.map((samples, i) =>
      inMillivolts(header.names[chosen[i]] || (only ?? `ECG ${i + 1}`), units[i] ?? guess, samples),
    ),
    comments: header.comments,
    baseTime: header.baseTime,
    baseDate: header.baseDate,
    notes,
  };
}

/** The rate: of the option, the header, or the times. */
function timed(
  { times, leads }: Table,
  { time }: Columns,
  header: CsvHeader,
  { rate }: OpenOptions,
  file: string,
  notes: string[],
): Timing {
  const stated = rate ?? header.rate;
  if (stated === null) {
    if (!times || !time)
      throw new DataError(
        `openRecording: ${file}: expected the option rate, a rate in the header or a column of times, got none`,
      );
    return timingOf(times, time.unit, file, header.names[time.column] || `column ${time.column + 1}`, notes);
  }
  if (!within(stated, FREQUENCY))
    throw new DataError(
      `openRecording: ${file}: expected a rate of ${FREQUENCY[0]} to ${FREQUENCY[1]} Hz, got ${stated}`,
    );
  return { rate: stated, positions: null, length: leads[0].length };
}

/** Samples at their positions, and NaN between. */
function spread(samples: Float32Array, { positions, length }: Timing): Float32Array {
  if (!positions) return samples;
  const out = new Float32Array(length).fill(Number.NaN);
  for (let i = 0; i < samples.length; i++) out[positions[i]] = samples[i];
  return out;
}
