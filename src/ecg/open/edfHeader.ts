import { DataError } from '../../core/errors.ts';
import { latin1 } from '../../formats/latin1.ts';
import { FREQUENCY, within } from '../wfdb/ranges.ts';
import { field } from './bytes.ts';

/** One signal of an EDF or BDF file. */
export interface EdfSignal {
  label: string;
  /** Physical dimension, such as `uV`. */
  dimension: string;
  physicalMinimum: number;
  physicalMaximum: number;
  digitalMinimum: number;
  digitalMaximum: number;
  /** Samples in each data record. */
  samples: number;
  /** Bytes of a data record before this signal. */
  offset: number;
  /** Whether it holds annotations. */
  annotations: boolean;
}

/** The header of an EDF or BDF file. */
export interface EdfHeader {
  format: 'EDF' | 'EDF+' | 'BDF' | 'BDF+';
  /** Whether there may be gaps between data records. */
  discontinuous: boolean;
  /** Bytes of a sample, 2 or 3. */
  width: number;
  headerBytes: number;
  recordBytes: number;
  /** Data records that the header states; -1 if it does not. */
  records: number;
  /** Seconds of a data record. */
  duration: number;
  baseTime: string | null;
  baseDate: string | null;
  signals: EdfSignal[];
}

const BLOCK = 256; // bytes of the fixed part, and of each signal's
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** Whether these bytes begin like an EDF (version 0) or a BDF file (255, `BIOSEMI`). */
export function isEdf(bytes: Uint8Array): boolean {
  if (bytes.length < BLOCK) return false;
  const version = latin1(bytes.subarray(1, 8));
  return (bytes[0] === 0xff && version === 'BIOSEMI') || (bytes[0] === 0x30 && /^[ \0]*$/.test(version));
}

/**
 * Reads the header of an EDF, EDF+, BDF or BDF+ file.
 *
 * @throws DataError for a malformed field, with its name and signal
 * @see Kemp et al. 1992 and 2003, edfplus.info/specs.
 */
export function readEdfHeader(bytes: Uint8Array, file: string): EdfHeader {
  const fail = (expected: string, got: string | number): never => {
    throw new DataError(`openRecording: ${file}: expected ${expected}, got ${got === '' ? 'nothing' : got}`);
  };
  const number = (what: string, at: number, length: number): number => {
    const text = field(bytes, at, length);
    return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : fail(`${what}, a number`, text);
  };
  const count = number('the number of signals', 252, 4);
  if (!Number.isInteger(count) || count < 1) fail('a number of signals above 0', count);
  const headerBytes = number('the size of the header', 184, 8);
  if (headerBytes !== BLOCK * (count + 1))
    fail(`a header of ${BLOCK * (count + 1)} bytes for ${count} signals`, headerBytes);
  if (bytes.length < headerBytes) fail(`${headerBytes} bytes of header`, `a file of ${bytes.length}`);
  const reserved = field(bytes, 192, 44);
  const records = number('the number of data records', 236, 8);
  if (!Number.isInteger(records) || records < -1) fail('a whole number of data records', records);
  const duration = number('the duration of a data record', 244, 8);
  if (duration < 0) fail('a duration of 0 or more seconds', duration);

  const kind = bytes[0] === 0xff ? 'BDF' : 'EDF';
  const plus = /^[EB]DF\+[CD]/.exec(reserved)?.[0];
  const width = kind === 'BDF' ? 3 : 2;
  let start = BLOCK;
  const column = (length: number): ((i: number) => number) => {
    const from = start;
    start += length * count;
    return (i) => from + length * i;
  };
  const [label, , dimension] = [column(16), column(80), column(8)];
  const [physicalMinimum, physicalMaximum] = [column(8), column(8)];
  const [digitalMinimum, digitalMaximum] = [column(8), column(8)];
  column(80); // prefiltering
  const samples = column(8);
  let offset = 0;
  const signals = Array.from({ length: count }, (_, i): EdfSignal => {
    const name = field(bytes, label(i), 16);
    const of = (what: string, at: (i: number) => number): number =>
      number(`the ${what} of signal ${i} (${name})`, at(i), 8);
    const signal = {
      label: name,
      dimension: field(bytes, dimension(i), 8),
      physicalMinimum: of('physical minimum', physicalMinimum),
      physicalMaximum: of('physical maximum', physicalMaximum),
      digitalMinimum: of('digital minimum', digitalMinimum),
      digitalMaximum: of('digital maximum', digitalMaximum),
      samples: of('number of samples', samples),
      offset,
      annotations: plus !== undefined && name === `${kind} Annotations`,
    };
    if (!Number.isInteger(signal.samples) || signal.samples < 0)
      fail(`a whole number of samples of signal ${i} (${name})`, signal.samples);
    if (!signal.annotations && signal.samples > 0 && duration > 0 && !within(signal.samples / duration, FREQUENCY))
      fail(`a rate of ${FREQUENCY[0]} to ${FREQUENCY[1]} Hz of signal ${i} (${name})`, signal.samples / duration);
    offset += width * signal.samples;
    return signal;
  });
  return {
    format: plus === undefined ? kind : `${kind}+`,
    discontinuous: plus?.endsWith('D') ?? false,
    width,
    headerBytes,
    recordBytes: offset,
    records,
    duration,
    baseTime: timeOf(field(bytes, 176, 8)),
    baseDate: dateOf(field(bytes, 168, 8)),
    signals,
  };
}

function timeOf(text: string): string | null {
  const [, h, m, s] = /^(\d\d)[.:](\d\d)[.:](\d\d)$/.exec(text) ?? [];
  return s === undefined ? null : `${h}:${m}:${s}`;
}

/** Years are 1985 to 2084 (EDF+, 2.1.3.2). */
function dateOf(text: string): string | null {
  const [, d, m, y] = /^(\d\d)[./-](\d\d)[./-](\d\d)$/.exec(text) ?? [];
  return y === undefined ? null : `${Number(d)}/${Number(m)}/${Number(y) >= 85 ? 1900 + Number(y) : 2000 + Number(y)}`;
}
