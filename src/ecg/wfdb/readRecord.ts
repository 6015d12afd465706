import { asBytes } from '../../core/asArrays.ts';
import { checkCount, checkFields, checkKind, checkRange, LARGEST_COUNT } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { type AnnotationFile, readAnnotations } from './annotation.ts';
import { parseHeader, type RecordHeader, type SignalSpec } from './header.ts';
import { ANNOTATED_SAMPLE, FREQUENCY, within } from './ranges.ts';
import { type EcgRecord, makeLead, type RecordFiles } from './record.ts';
import { checksumOf, decodeSignal } from './signal.ts';

/**
 * Reads a record from the contents of its files, and verifies all initial values and checksums in the header.
 *
 * @throws DataError for missing or truncated files, formats other than 16, 80 and 212, several samples per frame or a
 * skew, a wrong initial value or checksum (with record and signal), an annotation outside the signal (with its index)
 * @see header(5), signal(5), annot(5), WFDB Applications Guide, physionet.org
 * @example
 *     declare const [header, signals, annotations]: [string, Uint8Array, Uint8Array]; // fetched
 *     const record = readRecord({ header, files: { '100.dat': signals }, annotations });
 */
export function readRecord(record: RecordFiles): EcgRecord {
  checkFields('readRecord', 'record', record, { header: 'text', files: 'object' });
  const { header: text, files, annotations } = record;
  const header = parseHeader(text);
  const { name, samplingFrequency } = header;
  const digital = readSignals(header, files);
  const leads = header.signals.map((spec, i) => {
    verify(header, i, digital[i]);
    const { units, format, gain, baseline, adcResolution, adcZero } = spec;
    return makeLead({
      name: spec.description,
      units,
      digital: digital[i],
      format,
      gain,
      baseline,
      adcResolution,
      adcZero,
    });
  });

  const length = leads[0]?.digital.length;
  const read = annotations ? annotationsOf(header, annotations, { length }) : null;
  const { comments, baseTime, baseDate } = header;
  return {
    name,
    samplingFrequency,
    leads,
    annotations: read?.annotations ?? [],
    comments,
    customLabels: read?.customLabels ?? [],
    baseTime,
    baseDate,
  };
}

/** Options of `annotationsOf`. */
export interface AnnotationsOptions {
  /** Number of samples of the signals.
   * @defaultValue that in the header, if it gives one */
  length?: number;
  /** Name of the bytes in errors, such as their path.
   * @defaultValue the record's name */
  file?: string;
}

/**
 * Reads an annotation file of a record, with times as samples of the record.
 *
 * @throws DataError like `readAnnotations`, and for an annotation outside the signals, with its index
 */
export function annotationsOf(
  header: RecordHeader,
  bytes: Uint8Array | ArrayBuffer,
  options: AnnotationsOptions = {},
): Pick<AnnotationFile, 'annotations' | 'customLabels'> {
  const op = 'annotationsOf';
  checkFields(op, 'header', header, { name: 'text', samplingFrequency: 'number', sampleCount: 'number' });
  const { name, samplingFrequency, sampleCount } = header;
  checkRange(op, 'header.samplingFrequency', samplingFrequency, ...FREQUENCY);
  checkOptions(op, options, [], ['length', 'file']);
  const { length = sampleCount || Number.POSITIVE_INFINITY, file = `record ${name}` } = options;
  if (options.length !== undefined) checkCount(op, 'length', length, 0, Number.MAX_SAFE_INTEGER);
  checkKind(op, 'file', file, 'text');
  const read = readAnnotations(asBytes(op, 'bytes', bytes), file);
  const perTick = samplingFrequency / (read.timeResolution ?? samplingFrequency);
  const annotations = read.annotations.map((a, i) => {
    const sample = Math.round(a.sample * perTick);
    const where = `annotationsOf: ${file} annotation ${i} (${a.label})`;
    if (sample >= length)
      throw new DataError(`${where}: expected a sample within the signal's length of ${length}, got ${sample}`);
    if (!within(sample, ANNOTATED_SAMPLE))
      throw new DataError(`${where}: expected a sample from 0 to ${ANNOTATED_SAMPLE[1]}, got ${sample}`);
    return { ...a, sample };
  });
  return { annotations, customLabels: read.customLabels };
}

const NAMES_SHOWN = 8; // of the files that are there, in an error

/**
 * Digital samples of every signal; signals that share a file are adjacent in the header and interleaved in the file.
 */
function readSignals(header: RecordHeader, files: RecordFiles['files']): Int16Array[] {
  const { name, signals } = header;
  const out: Int16Array[] = [];
  const seen = new Set<string>();
  while (out.length < signals.length) {
    const first = signals[out.length];
    const { fileName } = first;
    if (seen.has(fileName))
      throw new DataError(
        `readRecord: record ${name}: expected the signals of ${fileName} in consecutive lines, got others between`,
      );
    seen.add(fileName);
    let end = out.length;
    for (; end < signals.length && signals[end].fileName === fileName; end++) refuse(name, end, signals[end], first);
    if (!Object.hasOwn(files, fileName)) {
      const got = Object.keys(files).slice(0, NAMES_SHOWN).join(', ') || 'no files';
      throw new DataError(`readRecord: record ${name}: expected signal file ${fileName}, got ${got}`);
    }
    if (header.sampleCount > LARGEST_COUNT)
      throw new DataError(
        `readRecord: record ${name}: expected at most ${LARGEST_COUNT} samples, got ${header.sampleCount}`,
      );
    const options = {
      signals: end - out.length,
      samples: header.sampleCount || undefined,
      byteOffset: first.byteOffset,
      file: `record ${name} file ${fileName}`,
    };
    for (const signal of decodeSignal(first.format, files[fileName], options)) out.push(signal);
  }
  const wrong = out.findIndex((signal) => signal.length !== out[0].length);
  if (wrong > 0)
    throw new DataError(
      `readRecord: record ${name} signal ${wrong}: expected ${out[0].length} samples as in signal 0, got ${out[wrong].length}`,
    );
  return out;
}

function refuse(record: string, index: number, spec: SignalSpec, first: SignalSpec): void {
  const where = `readRecord: record ${record} signal ${index} (${spec.description})`;
  if (spec.samplesPerFrame !== 1)
    throw new DataError(
      `${where}: expected one sample per frame (more are not supported), got ${spec.samplesPerFrame}`,
    );
  if (spec.skew !== 0) throw new DataError(`${where}: expected no skew (deskewing is not supported), got ${spec.skew}`);
  if (spec.format !== first.format || spec.byteOffset !== first.byteOffset)
    throw new DataError(
      `${where}: expected the format and byte offset of the other signals in ${spec.fileName}, ` +
        `${first.format}+${first.byteOffset}, got ${spec.format}+${spec.byteOffset}`,
    );
}

function verify(header: RecordHeader, index: number, digital: Int16Array): void {
  const { initialValue, checksum, description } = header.signals[index];
  const where = `readRecord: record ${header.name} signal ${index} (${description})`;
  if (initialValue !== null && digital.length && digital[0] !== initialValue)
    throw new DataError(`${where}: expected initial value ${initialValue}, got ${digital[0]}`);
  const sum = checksumOf(digital);
  // header(5): without a number of samples the checksum cannot be verified
  if (checksum !== null && header.sampleCount && (checksum - sum) & 0xffff)
    throw new DataError(`${where}: expected checksum ${checksum}, got ${sum}`);
}
