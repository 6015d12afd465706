import { checkCount, checkFields, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { DataError } from '../../core/errors.ts';
import { FREQUENCY, GAIN, SAMPLE_COUNT, SIGNAL_RANGES, within } from './ranges.ts';

/** One signal of a record, as its line in the header describes it. */
export interface SignalSpec {
  /** File that holds the samples; consecutive signals may share one. */
  fileName: string;
  /** Storage format, such as 212. */
  format: number;
  samplesPerFrame: number;
  /** Samples of this signal that precede sample 0. */
  skew: number;
  /** Bytes of the file before its first sample. */
  byteOffset: number;
  /** ADC units per physical unit; 200 if the header gives none. */
  gain: number;
  /** Sample value at 0 physical units; the ADC zero if the header gives none. */
  baseline: number;
  /** Physical unit; mV if the header gives none. */
  units: string;
  /** Bits of the ADC. */
  adcResolution: number;
  /** Sample value in the middle of the ADC's range. */
  adcZero: number;
  /** Value of sample 0, or null if the header gives none. */
  initialValue: number | null;
  /** Sum of all samples modulo 2^16, or null if the header gives none. */
  checksum: number | null;
  blockSize: number;
  /** The lead's name. */
  description: string;
}

/** A record's header: the contents of a `.hea` file. */
export interface RecordHeader {
  name: string;
  /** Samples per second and signal, Hz; 250 if the header gives none. */
  samplingFrequency: number;
  /** Ticks per second of the counter; the sampling frequency if the header gives none. */
  counterFrequency: number;
  /** Counter value at sample 0. */
  baseCounter: number;
  /** Samples per signal; 0 if the header gives none. */
  sampleCount: number;
  /** Time of day of sample 0, such as `13:05:00`. */
  baseTime: string | null;
  /** Day of sample 0, such as `25/4/1989`. */
  baseDate: string | null;
  /** Comment lines without `#` and the space after it. */
  comments: string[];
  signals: SignalSpec[];
}

const HEADER = {
  ...({ name: 'text', samplingFrequency: 'number', counterFrequency: 'number', baseCounter: 'number' } as const),
  ...({ sampleCount: 'number', comments: 'array', signals: 'array' } as const),
};
const SIGNAL = {
  ...({ fileName: 'text', format: 'number', samplesPerFrame: 'number', skew: 'number', byteOffset: 'number' } as const),
  ...({ gain: 'number', baseline: 'number', units: 'text', adcResolution: 'number', adcZero: 'number' } as const),
  ...({ blockSize: 'number', description: 'text' } as const),
};

const TIME = /^\d+(:\d+){0,2}(\.\d+)?$/;
const DATE = /^\d+\/\d+\/\d+$/;
const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const LINE_END = /\r\n?|\n/;

/** A decimal number; NaN for anything else, such as the other notations of JavaScript. */
const decimal = (text: string): number => (DECIMAL.test(text) ? Number(text) : Number.NaN);

const DEFAULT_FREQUENCY = 250; // DEFREQ of wfdb.h
const DEFAULT_GAIN = 200; // DEFGAIN of wfdb.h
const DEFAULT_RESOLUTION = 12; // header(5), for amplitude formats; format 80 has at most 8 bits

/**
 * Reads the text of a WFDB header.
 *
 * @param file name of the text in errors, such as its path
 * @throws DataError for a multi-segment record, a missing or malformed field (with its line)
 * @see header(5), WFDB Applications Guide, physionet.org.
 */
export function parseHeader(text: string, file = 'header'): RecordHeader {
  checkKind('parseHeader', 'text', text, 'text');
  checkKind('parseHeader', 'file', file, 'text');
  const comments: string[] = [];
  const lines: { at: number; text: string }[] = [];
  text.split(LINE_END).forEach((line, i) => {
    if (line.trimStart().startsWith('#')) comments.push(line.trimStart().replace(/^# ?/, ''));
    else if (line.trim()) lines.push({ at: i + 1, text: line.trim() });
  });
  if (!lines.length) throw new DataError(`parseHeader: ${file}: expected a record line, got none`);
  const fail = (line: number, expected: string, got: string | undefined): never => {
    throw new DataError(
      `parseHeader: ${file} line ${lines[line].at}: expected ${expected}, got ${formatValue(got ?? '')}`,
    );
  };

  const [name, count, frequency, samples = '0', baseTime, baseDate] = lines[0].text.split(/\s+/);
  if (name.includes('/')) fail(0, 'a record of one segment (multi-segment records are not supported)', name);
  if (!/^[-\w]+$/.test(name)) fail(0, 'a record name of letters, digits, _ and -', name);
  if (!/^\d+$/.test(count ?? '') || !within(Number(count), SAMPLE_COUNT)) fail(0, 'the number of signals', count);
  const rate = /^([^/()]+)(?:\/([^/()]+)(?:\(([^()]+)\))?)?$/.exec(frequency ?? String(DEFAULT_FREQUENCY));
  const samplingFrequency = decimal(rate?.[1] ?? '');
  const counterFrequency = rate?.[2] === undefined ? samplingFrequency : decimal(rate[2]);
  const baseCounter = decimal(rate?.[3] ?? '0');
  const finite = [samplingFrequency, counterFrequency, baseCounter].every(Number.isFinite);
  if (
    !finite ||
    !within(samplingFrequency, FREQUENCY) ||
    (counterFrequency > 0 && !within(counterFrequency, FREQUENCY))
  )
    fail(0, 'a sampling frequency above 0, such as 360 or 360/1000(0)', frequency);
  if (!/^\d+$/.test(samples) || !within(Number(samples), SAMPLE_COUNT)) fail(0, 'the number of samples', samples);
  if (baseTime !== undefined && !TIME.test(baseTime)) fail(0, 'a time such as 13:05:00', baseTime);
  if (baseDate !== undefined && !DATE.test(baseDate)) fail(0, 'a date such as 25/4/1989', baseDate);
  if (lines.length <= Number(count))
    throw new DataError(`parseHeader: ${file}: expected ${count} signal lines, got ${lines.length - 1}`);

  return {
    name,
    samplingFrequency,
    counterFrequency: counterFrequency > 0 ? counterFrequency : samplingFrequency,
    baseCounter,
    sampleCount: Number(samples),
    baseTime: baseTime ?? null,
    baseDate: baseDate ?? null,
    comments,
    signals: lines
      .slice(1, Number(count) + 1)
      .map((line, i) => parseSignal(name, i, line.text, (expected, got) => fail(i + 1, expected, got))),
  };
}

type Fail = (expected: string, got: string | undefined) => never;

function parseSignal(record: string, index: number, line: string, fail: Fail): SignalSpec {
  const fields = line.split(/\s+/);
  const whole = (at: number, what: string): number | null => {
    if (fields[at] === undefined) return null;
    return /^[-+]?\d+$/.test(fields[at]) ? Number(fields[at]) : fail(`${what}, a whole number`, fields[at]);
  };
  const storage = /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/.exec(fields[1] ?? '');
  if (!storage) return fail('a format such as 212', fields[1]);
  const scale = /^([^()/]+)(?:\(([-+]?\d+)\))?(?:\/(\S+))?$/.exec(fields[2] ?? '0');
  const gain = decimal(scale?.[1] ?? '');
  if (!Number.isFinite(gain) || (gain !== 0 && !within(Math.abs(gain), GAIN)))
    return fail('a gain such as 200(1024)/mV', fields[2]);
  const format = Number(storage[1]);
  const adcZero = whole(4, 'the ADC zero') ?? 0;
  const signal = {
    fileName: fields[0],
    format,
    samplesPerFrame: Number(storage[2] ?? 1),
    skew: Number(storage[3] ?? 0),
    byteOffset: Number(storage[4] ?? 0),
    gain: gain || DEFAULT_GAIN,
    baseline: Number(scale?.[2] ?? adcZero),
    units: scale?.[3] ?? 'mV',
    adcResolution: whole(3, 'the ADC resolution') || (format === 80 ? 8 : DEFAULT_RESOLUTION),
    adcZero,
    initialValue: whole(5, 'the initial value'),
    checksum: whole(6, 'the checksum'),
    blockSize: whole(7, 'the block size') ?? 0,
    description: /^(?:\S+\s+){8}([^\r\n]*)$/.exec(line)?.[1] ?? defaultDescription(record, index),
  };
  for (const [field, range] of Object.entries(SIGNAL_RANGES)) {
    const value = signal[field as keyof typeof SIGNAL_RANGES];
    if (value !== null && !within(value, range)) fail(`${field} from ${range[0]} to ${range[1]}`, String(value));
  }
  return signal;
}

/** The default description of a signal in header(5). */
function defaultDescription(record: string, index: number): string {
  return `record ${record}, signal ${index}`;
}

const OPTIONAL = ['initialValue', 'checksum']; // null if the header gives none

/** Throws for a signal whose line would not be read back equal. */
function checkSignal(name: string, signal: SignalSpec): void {
  const op = 'formatHeader';
  checkFields(op, name, signal, SIGNAL);
  for (const [field, [low, high]] of Object.entries(SIGNAL_RANGES))
    if (signal[field as keyof SignalSpec] !== null || !OPTIONAL.includes(field))
      checkCount(op, `${name}.${field}`, signal[field as keyof SignalSpec], low, high);
  if (!within(Math.abs(signal.gain), GAIN))
    throw new DataError(
      `${op}: expected ${name}.gain of ${GAIN[0]} to ${GAIN[1]} either side of 0, got ${signal.gain}`,
    );
}

/**
 * Writes a header as the text of a `.hea` file, omitting fields that equal their defaults; `parseHeader` reads it back
 * equal. Lines end in CR LF like those of newheader(3), so that the headers of MIT-BIH come out byte for byte.
 *
 * @throws DataError for a name, unit or comment that the format cannot hold, and for a file name that begins like a comment
 */
export function formatHeader(header: RecordHeader): string {
  checkFields('formatHeader', 'header', header, HEADER);
  checkRange('formatHeader', 'header.samplingFrequency', header.samplingFrequency, ...FREQUENCY);
  checkCount('formatHeader', 'header.sampleCount', header.sampleCount, ...SAMPLE_COUNT);
  checkRange('formatHeader', 'header.counterFrequency', header.counterFrequency, ...FREQUENCY);
  for (const [i, comment] of header.comments.entries())
    checkKind('formatHeader', `header.comments[${i}]`, comment, 'text');
  for (const [i, signal] of header.signals.entries()) checkSignal(`header.signals[${i}]`, signal);
  for (const [name, pattern] of [
    ['baseTime', TIME],
    ['baseDate', DATE],
  ] as const)
    if (header[name] !== null && !(typeof header[name] === 'string' && pattern.test(header[name])))
      throw new DataError(`formatHeader: expected header.${name} in WFDB's notation, got ${formatValue(header[name])}`);
  const h = header;
  const check = (what: string, text: string, pattern: RegExp): string => {
    if (!pattern.test(text)) throw new DataError(`formatHeader: expected ${what}, got ${formatValue(text)}`);
    return text;
  };
  check('a record name of letters, digits, _ and -', h.name, /^[-\w]+$/);
  const counter = h.counterFrequency !== h.samplingFrequency || h.baseCounter !== 0;
  let first = `${h.name} ${h.signals.length} ${h.samplingFrequency}`;
  if (counter) first += `/${h.counterFrequency}(${h.baseCounter})`;
  if (h.sampleCount || h.baseTime !== null) first += ` ${h.sampleCount}`;
  if (h.baseTime !== null) first += ` ${h.baseTime}${h.baseDate === null ? '' : ` ${h.baseDate}`}`;

  const signals = h.signals.map((s, i) => {
    let format = String(s.format);
    if (s.samplesPerFrame !== 1) format += `x${s.samplesPerFrame}`;
    if (s.skew) format += `:${s.skew}`;
    if (s.byteOffset) format += `+${s.byteOffset}`;
    let gain = String(s.gain);
    if (s.baseline !== s.adcZero) gain += `(${s.baseline})`;
    if (s.units !== 'mV') gain += `/${check('units without spaces', s.units, /^\S+$/)}`;
    const file = check('a file name without spaces that does not begin with #', s.fileName, /^[^\s#]\S*$/);
    const fields = [file, format, gain, s.adcResolution, s.adcZero];
    const complete = s.initialValue !== null && s.checksum !== null;
    if (s.initialValue !== null) fields.push(s.initialValue);
    if (complete) fields.push(s.checksum as number, s.blockSize);
    if (s.description !== defaultDescription(h.name, i)) {
      // header(5): a description may only follow an initial value and a checksum
      if (!complete) check('an initial value and a checksum before a description', s.description, /^$/);
      fields.push(check('a description of one line', s.description, /^\S(?:[^\r\n]*\S)?$/));
    }
    return fields.join(' ');
  });
  const comments = h.comments.map((text) => `# ${check('comments of one line', text, /^[^\r\n]*$/)}`);
  return `${[first, ...signals, ...comments].join('\r\n')}\r\n`;
}
