import { asBytes } from '../../core/asArrays.ts';
import { checkKind, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { parseTimes } from './baseTime.ts';
import { defaultDescription, GAP, type RecordHeader, type SegmentSpec, type SignalSpec } from './header.ts';
import { headerText } from './headerText.ts';
import { type Partially, type PartialOptions, Problems, type ReadOptions } from './problems.ts';
import { FREQUENCY, GAIN, SAMPLE_COUNT, SIGNAL_RANGES, within } from './ranges.ts';
import { isRecordName, parseRecordWord, signalFileName } from './recordName.ts';

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const WHOLE = /^[-+]?\d+(?:\.0*)?$/; // MATLAB writes 16.0
const LINE_END = /\r\n?|\n/;

/** A decimal number; NaN for anything else, such as the other notations of JavaScript. */
const decimal = (text: string): number => (DECIMAL.test(text) ? Number(text) + 0 : Number.NaN); // no -0

const DEFAULT_FREQUENCY = 250; // DEFREQ of wfdb.h
const DEFAULT_RESOLUTION = 12; // header(5), for amplitude formats; format 80 has at most 8 bits

interface Line {
  at: number;
  text: string;
}
type Fail = (expected: string, got: string | undefined) => never;

/**
 * Reads a WFDB header: its text, or its bytes in UTF-8 or Latin-1.
 *
 * Beyond header(5) it reads what public databases have: dates of other forms (`05-May-2020`, `2014-05-08`, a year, `unknown`), also
 * before the time, which stay texts; numbers such as `16.0`, and a baseline that is not whole; a record that is named with its folder
 * or a suffix, and signal files with that folder or `./`.
 *
 * @param file name of the header in errors, such as its path
 * @throws DataError for a missing or malformed field (with its line), and for a word in the place of a date that is none or segments
 * that are not as long together as the record, which with `{ partial: true }` are problems
 * @see header(5), WFDB Applications Guide, physionet.org.
 */
export function parseHeader(contents: HeaderContents, file?: string, options?: { partial?: false }): RecordHeader;
export function parseHeader(
  contents: HeaderContents,
  file: string | undefined,
  options: PartialOptions,
): Partially<RecordHeader>;
export function parseHeader(
  contents: HeaderContents,
  file = 'header',
  options: ReadOptions = {},
): RecordHeader | Partially<RecordHeader> {
  const op = 'parseHeader';
  const bytes = typeof contents === 'string' ? contents : asBytes(op, 'contents', contents);
  checkKind(op, 'file', file, 'text');
  checkOptions(op, options, [], ['partial']);
  if (options.partial !== undefined) checkKind(op, 'partial', options.partial, 'flag');
  const problems = new Problems(op, options.partial);
  return problems.of(readHeader(headerText(bytes), file, problems));
}

/** `parseHeader` for a reader with problems of its own. */
export function headerFrom(contents: HeaderContents, file: string | undefined, problems: Problems): RecordHeader {
  if (!problems.partial) return parseHeader(contents, file);
  const { problems: own, ...header } = parseHeader(contents, file, { partial: true });
  problems.add(own);
  return header;
}

/** A header as text, or as the bytes of its file. */
export type HeaderContents = string | Uint8Array | ArrayBuffer;

/** `parseHeader` of a text, with problems reported. */
function readHeader(text: string, file: string, problems: Problems): RecordHeader {
  const comments: string[] = [];
  const lines: Line[] = [];
  text.split(LINE_END).forEach((line, i) => {
    if (line.trimStart().startsWith('#')) comments.push(line.trimStart().replace(/^# ?/, ''));
    else if (line.trim()) lines.push({ at: i + 1, text: line.trim() });
  });
  const [first, ...rest] = lines;
  if (!first) throw new DataError(`parseHeader: ${file}: expected a record line, got none`);
  const wrong = ({ at }: Line, expected: string, got: string | undefined): string =>
    `${file} line ${at}: expected ${expected}, got ${formatValue(got ?? '')}`;
  const failAt =
    (line: Line): Fail =>
    (expected, got) => {
      throw new DataError(`parseHeader: ${wrong(line, expected, got)}`);
    };
  const {
    folder,
    signals: count,
    segments: parts,
    ...record
  } = parseRecordLine(first.text, rest, failAt(first), (word) => {
    const expected = 'a time such as 13:05:00 or a date such as 25/4/1989';
    problems.report('unknownDate', wrong(first, expected, word), { file, line: first.at });
  });
  if (parts !== null) {
    if (rest.length < parts)
      throw new DataError(`parseHeader: ${file}: expected ${parts} segment lines, got ${rest.length}`);
    const segments = rest.slice(0, parts).map((line) => parseSegment(line.text, folder, failAt(line)));
    const sampleCount = segments.reduce((sum, segment) => sum + segment.sampleCount, 0);
    if (!within(sampleCount, SAMPLE_COUNT))
      failAt(first)('fewer samples in all segments together', String(sampleCount));
    if (record.sampleCount > 0 && record.sampleCount !== sampleCount) {
      const expected = `${record.sampleCount} samples in all segments together`;
      problems.report('segment', wrong(first, expected, String(sampleCount)), { file, line: first.at });
    }
    return { ...record, sampleCount, comments, signals: [], segments, signalCount: count };
  }
  if (rest.length < count)
    throw new DataError(`parseHeader: ${file}: expected ${count} signal lines, got ${rest.length}`);
  const signals = rest.slice(0, count).map((line, i) => parseSignal(record.name, folder, i, line.text, failAt(line)));
  return { ...record, comments, signals };
}

type RecordLine = Omit<RecordHeader, 'comments' | 'signals' | 'segments'> & {
  folder: string;
  signals: number;
  segments: number | null;
};

function parseRecordLine(line: string, rest: readonly Line[], fail: Fail, unknown: (word: string) => void): RecordLine {
  const [word, count, frequency, samples = '0', ...times] = line.split(/\s+/);
  if (!/^\d+$/.test(count ?? '') || !within(Number(count), SAMPLE_COUNT)) fail('the number of signals', count);
  const { name, folder, segments } = parseRecordWord(word, Number(count), rest);
  if (segments !== null && !within(segments, [1, Number.MAX_SAFE_INTEGER])) fail('a number of segments above 0', word);
  if (!isRecordName(name)) fail('a record name of letters, digits, _ and -', word);
  const rate = /^([^/()]+)(?:\/([^/()]+)(?:\(([^()]+)\))?)?$/.exec(frequency ?? String(DEFAULT_FREQUENCY));
  const samplingFrequency = decimal(rate?.[1] ?? '');
  const counter = rate?.[2] === undefined ? samplingFrequency : decimal(rate[2]);
  const baseCounter = decimal(rate?.[3] ?? '0');
  const finite = [samplingFrequency, counter, baseCounter].every(Number.isFinite);
  if (!finite || !within(samplingFrequency, FREQUENCY) || (counter > 0 && !within(counter, FREQUENCY)))
    fail('a sampling frequency above 0, such as 360 or 360/1000(0)', frequency);
  if (!/^\d+(?:\.0*)?$/.test(samples) || !within(Number(samples), SAMPLE_COUNT)) fail('the number of samples', samples);
  return {
    ...{ name, folder, segments, signals: Number(count), samplingFrequency },
    counterFrequency: counter > 0 ? counter : samplingFrequency,
    ...{ baseCounter, sampleCount: Number(samples) },
    ...parseTimes(times, unknown),
  };
}

function parseSegment(line: string, folder: string, fail: Fail): SegmentSpec {
  const [word, samples = ''] = line.split(/\s+/);
  const name = folder !== '' && word.startsWith(folder) ? word.slice(folder.length) : word;
  if (name !== GAP && !isRecordName(name)) fail('a segment of letters, digits, _ and -, or ~', word);
  if (!/^\d+$/.test(samples) || !within(Number(samples), SAMPLE_COUNT)) fail("a segment's length", samples);
  return { name, sampleCount: Number(samples) };
}

function parseSignal(record: string, folder: string, index: number, line: string, fail: Fail): SignalSpec {
  const fields = line.split(/\s+/);
  const whole = (at: number, what: string): number | null => {
    if (fields[at] === undefined) return null;
    return WHOLE.test(fields[at]) ? Number(fields[at]) + 0 : fail(`${what}, a whole number`, fields[at]);
  };
  const storage = /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/.exec(fields[1] ?? '');
  if (!storage) return fail('a format such as 212', fields[1]);
  const scale = /^([^()/]+)(?:\(([^()]+)\))?(?:\/(\S+))?$/.exec(fields[2] ?? '0');
  const gain = decimal(scale?.[1] ?? '');
  const baseline = scale?.[2] === undefined ? null : decimal(scale[2]);
  if (!Number.isFinite(gain) || Number.isNaN(baseline) || (gain !== 0 && !within(Math.abs(gain), GAIN)))
    return fail('a gain such as 200(1024)/mV', fields[2]);
  const format = Number(storage[1]);
  const adcZero = whole(4, 'the ADC zero') ?? 0;
  const signal = {
    fileName: signalFileName(fields[0], folder),
    format,
    samplesPerFrame: Number(storage[2] ?? 1),
    skew: Number(storage[3] ?? 0),
    byteOffset: Number(storage[4] ?? 0),
    gain,
    baseline: baseline ?? adcZero,
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
