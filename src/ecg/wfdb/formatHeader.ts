import { checkCount, checkFields, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { DataError } from '../../core/errors.ts';
import { isDate, isTime } from './baseTime.ts';
import { defaultDescription, GAP, type RecordHeader, type SegmentSpec, type SignalSpec } from './header.ts';
import { FREQUENCY, GAIN, SAMPLE_COUNT, SIGNAL_RANGES, within } from './ranges.ts';
import { isRecordName } from './recordName.ts';

const HEADER = {
  ...({ name: 'text', samplingFrequency: 'number', counterFrequency: 'number', baseCounter: 'number' } as const),
  ...({ sampleCount: 'number', comments: 'array', signals: 'array' } as const),
};
const SIGNAL = {
  ...({ fileName: 'text', format: 'number', samplesPerFrame: 'number', skew: 'number', byteOffset: 'number' } as const),
  ...({ gain: 'number', baseline: 'number', units: 'text', adcResolution: 'number', adcZero: 'number' } as const),
  ...({ blockSize: 'number', description: 'text' } as const),
};

const OPTIONAL = ['initialValue', 'checksum']; // null if the header gives none

/** Throws for a signal whose line would not be read back equal. */
function checkSignal(name: string, signal: SignalSpec): void {
  const op = 'formatHeader';
  checkFields(op, name, signal, SIGNAL);
  for (const [field, [low, high]] of Object.entries(SIGNAL_RANGES))
    if (field === 'baseline') checkRange(op, `${name}.baseline`, signal.baseline, low, high);
    else if (signal[field as keyof SignalSpec] !== null || !OPTIONAL.includes(field))
      checkCount(op, `${name}.${field}`, signal[field as keyof SignalSpec], low, high);
  if (signal.gain !== 0 && !within(Math.abs(signal.gain), GAIN))
    throw new DataError(
      `${op}: expected ${name}.gain of 0, or ${GAIN[0]} to ${GAIN[1]} either side of it, got ${signal.gain}`,
    );
}

/** Throws for segments that would not be read back equal. */
function checkSegments(header: RecordHeader, segments: readonly SegmentSpec[]): void {
  const op = 'formatHeader';
  checkKind(op, 'header.segments', segments, 'array');
  checkCount(op, 'header.signalCount', header.signalCount, ...SAMPLE_COUNT);
  for (const [i, segment] of segments.entries()) {
    checkFields(op, `header.segments[${i}]`, segment, { name: 'text', sampleCount: 'number' });
    checkCount(op, `header.segments[${i}].sampleCount`, segment.sampleCount, ...SAMPLE_COUNT);
    if (segment.name !== GAP && !isRecordName(segment.name))
      throw new DataError(
        `${op}: expected a segment of letters, digits, _ and -, or ~, got ${formatValue(segment.name)}`,
      );
  }
  const total = segments.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
  if (segments.length === 0 || header.signals.length > 0 || total !== header.sampleCount)
    throw new DataError(
      `${op}: expected one segment or more, without signals, of ${header.sampleCount} samples together, got ${segments.length} of ${total}`,
    );
}

/**
 * Writes a header as the text of a `.hea` file, omitting fields that equal their defaults; `parseHeader` reads it back
 * equal. A gain of 0, of an uncalibrated signal, is written as 0, and a date as it is. Lines end in CR LF like those of newheader(3), so that the headers of MIT-BIH come out byte for byte.
 *
 * @throws DataError for a name, unit or comment that the format cannot hold, for a file name that begins like a comment, and
 * for a time or a date that would not be read back
 */
export function formatHeader(header: RecordHeader): string {
  checkFields('formatHeader', 'header', header, HEADER);
  checkRange('formatHeader', 'header.samplingFrequency', header.samplingFrequency, ...FREQUENCY);
  checkCount('formatHeader', 'header.sampleCount', header.sampleCount, ...SAMPLE_COUNT);
  checkRange('formatHeader', 'header.counterFrequency', header.counterFrequency, ...FREQUENCY);
  for (const [i, comment] of header.comments.entries())
    checkKind('formatHeader', `header.comments[${i}]`, comment, 'text');
  for (const [i, signal] of header.signals.entries()) checkSignal(`header.signals[${i}]`, signal);
  if (header.segments !== undefined) checkSegments(header, header.segments);
  for (const [name, fits] of [
    ['baseTime', isTime],
    ['baseDate', isDate],
  ] as const)
    if (header[name] !== null && !(typeof header[name] === 'string' && fits(header[name])))
      throw new DataError(
        `formatHeader: expected header.${name} in a form that is read back, got ${formatValue(header[name])}`,
      );
  const h = header;
  const check = (what: string, text: string, pattern: RegExp): string => {
    if (!pattern.test(text)) throw new DataError(`formatHeader: expected ${what}, got ${formatValue(text)}`);
    return text;
  };
  if (!isRecordName(h.name))
    throw new DataError(`formatHeader: expected a record name of letters, digits, _ and -, got ${formatValue(h.name)}`);
  const counter = h.counterFrequency !== h.samplingFrequency || h.baseCounter !== 0;
  const count = h.segments ? h.signalCount : h.signals.length;
  let first = `${h.name}${h.segments ? `/${h.segments.length}` : ''} ${count} ${h.samplingFrequency}`;
  if (counter) first += `/${h.counterFrequency}(${h.baseCounter})`;
  const times = [h.baseTime, h.baseDate].filter((word) => word !== null);
  if (h.sampleCount || times.length > 0) first += ` ${h.sampleCount}`;
  for (const word of times) first += ` ${word}`;

  const segments = h.segments?.map((segment) => `${segment.name} ${segment.sampleCount}`) ?? [];
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
  return `${[first, ...segments, ...signals, ...comments].join('\r\n')}\r\n`;
}
