import { asBytes, checkCount, checkFields, checkFinite, checkKind, checkOptions } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import {
  type Annotation,
  type AnnotationFile,
  type CustomLabel,
  checkAnnotations,
  readAnnotations,
  writeAnnotations,
} from './annotation.ts';
import { formatHeader, parseHeader, type RecordHeader, type SignalSpec } from './header.ts';
import { decodeSignal, encodeSignal, leastOf } from './signal.ts';

/** One signal of a record. */
export interface Lead {
  /** Such as `MLII`. */
  name: string;
  /** Physical unit, such as `mV`. */
  units: string;
  /** (digital - baseline) / gain, in physical units; NaN where the recording marks a sample as invalid. */
  samples: Float32Array;
  /** ADC units; what is written to a file. */
  digital: Int16Array;
  /** Storage format, 16, 80 or 212. */
  format: number;
  /** ADC units per physical unit. */
  gain: number;
  /** ADC units that stand for 0 physical units. */
  baseline: number;
  /** Bits of the ADC. */
  adcResolution: number;
  /** ADC units in the middle of the ADC's range. */
  adcZero: number;
}

/** A recording: leads of equal length, and annotations at their samples. */
export interface EcgRecord {
  name: string;
  /** Samples per second, Hz. */
  samplingFrequency: number;
  leads: Lead[];
  annotations: Annotation[];
  comments: string[];
  customLabels?: CustomLabel[];
  baseTime?: string | null;
  baseDate?: string | null;
}

/** A record in WFDB's files. */
export interface RecordFiles {
  /** Text of the header file. */
  header: string;
  /** Signal files by the names that the header gives them. */
  files: Readonly<Record<string, Uint8Array>>;
  /** Bytes of the annotation file. */
  annotations?: Uint8Array | null;
}

const LEAD = {
  ...({ name: 'text', units: 'text', digital: 'numbers', format: 'number', gain: 'number' } as const),
  ...({ baseline: 'number', adcResolution: 'number', adcZero: 'number' } as const),
};

/** Throws unless this is a recording with leads and annotations. */
export function checkRecord(op: string, name: string, record: EcgRecord): void {
  checkFields(op, name, record, { name: 'text', samplingFrequency: 'number', leads: 'array', annotations: 'array' });
  checkFinite(op, `${name}.samplingFrequency`, record.samplingFrequency, Number.MIN_VALUE);
  for (const [i, lead] of record.leads.entries())
    checkFields(op, `${name}.leads[${i}]`, lead, { name: 'text', units: 'text', samples: 'numbers' });
  checkAnnotations(op, `${name}.annotations`, record.annotations);
}

/** Throws unless these are recordings. */
export function checkRecords(op: string, records: readonly EcgRecord[]): void {
  checkKind(op, 'records', records, 'array');
  for (const [i, record] of records.entries()) checkRecord(op, `records[${i}]`, record);
}

/** A lead from its digital samples; physical samples are `(digital - baseline) / gain`, and NaN for invalid ones. */
export function makeLead(lead: Omit<Lead, 'samples'>): Lead {
  checkFields('makeLead', 'lead', lead, LEAD);
  if (lead.gain === 0) throw new DataError('makeLead: expected a gain other than 0, got 0');
  const { digital, gain, baseline } = lead;
  const invalid = leastOf('makeLead', lead.format);
  const samples = new Float32Array(digital.length);
  for (let i = 0; i < digital.length; i++)
    samples[i] = digital[i] === invalid ? Number.NaN : (digital[i] - baseline) / gain;
  return { ...lead, samples };
}

/**
 * Reads a record from the contents of its files, and verifies every initial value and checksum that the header gives.
 *
 * @throws DataError for absent or truncated files, other formats than 16, 80 and 212, several samples per frame or a
 * skew, a wrong initial value or checksum (with record and signal), an annotation outside the signal (with its index)
 * Source: header(5), signal(5), annot(5), WFDB Applications Guide, physionet.org.
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

/** How an annotation file is read. */
export interface AnnotationsOptions {
  /** Of the signals, in samples; by default what the header says, which may be nothing. */
  length?: number;
  /** What to call the bytes in errors, such as their path; the record by default. */
  file?: string;
}

/**
 * Reads an annotation file of a record, the times as samples of the record.
 *
 * @throws DataError as `readAnnotations`, and for an annotation outside the signals, with its index
 */
export function annotationsOf(
  header: RecordHeader,
  bytes: Uint8Array | ArrayBuffer,
  options: AnnotationsOptions = {},
): Pick<AnnotationFile, 'annotations' | 'customLabels'> {
  const op = 'annotationsOf';
  checkFields(op, 'header', header, { name: 'text', samplingFrequency: 'number', sampleCount: 'number' });
  const { name, samplingFrequency, sampleCount } = header;
  checkFinite(op, 'header.samplingFrequency', samplingFrequency, Number.MIN_VALUE);
  checkOptions(op, options, [], ['length', 'file']);
  const { length = sampleCount || Number.POSITIVE_INFINITY, file = `record ${name}` } = options;
  if (options.length !== undefined) checkCount(op, 'length', length, 0, Number.MAX_SAFE_INTEGER);
  checkKind(op, 'file', file, 'text');
  const read = readAnnotations(asBytes(op, 'bytes', bytes), file);
  const perTick = samplingFrequency / (read.timeResolution ?? samplingFrequency);
  const annotations = read.annotations.map((a, i) => {
    const sample = Math.round(a.sample * perTick);
    if (sample < 0 || sample >= length)
      throw new DataError(
        `annotationsOf: ${file} annotation ${i} (${a.label}): expected a sample within the signal's length of ` +
          `${length}, got ${sample}`,
      );
    return { ...a, sample };
  });
  return { annotations, customLabels: read.customLabels };
}

/** Digital samples of every signal; the signals of one file stand together in the header and alternate in the file. */
function readSignals(header: RecordHeader, files: RecordFiles['files']): Int16Array[] {
  const { name, signals } = header;
  const out: Int16Array[] = [];
  for (const fileName of new Set(signals.map((s) => s.fileName))) {
    const first = signals[out.length];
    const group = signals.filter((s) => s.fileName === fileName);
    group.forEach((spec, i) => {
      refuse(name, out.length + i, spec, first);
      if (signals[out.length + i] !== spec)
        throw new DataError(
          `readRecord: record ${name}: expected the signals of ${fileName} in consecutive lines, got others between`,
        );
    });
    if (!Object.hasOwn(files, fileName)) {
      const got = Object.keys(files).join(', ') || 'no files';
      throw new DataError(`readRecord: record ${name}: expected signal file ${fileName}, got ${got}`);
    }
    const options = {
      signals: group.length,
      samples: header.sampleCount || undefined,
      byteOffset: first.byteOffset,
      file: `record ${name} file ${fileName}`,
    };
    out.push(...decodeSignal(first.format, files[fileName], options));
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
  // header(5): without a number of samples there is nothing to verify the checksum against
  if (checksum !== null && header.sampleCount && (checksum - sum) & 0xffff)
    throw new DataError(`${where}: expected checksum ${checksum}, got ${sum}`);
}

/** Sum of all samples modulo 2^16, as a signed 16-bit number (header(5)). */
function checksumOf(digital: Int16Array): number {
  let sum = 0;
  for (const d of digital) sum = (sum + d) | 0;
  return (sum << 16) >> 16;
}

/**
 * Writes a record as the contents of WFDB's files: `<name>.dat` for all leads, or one file for every run of leads that
 * share a format. `readRecord` reads it back equal.
 *
 * @throws DataError for leads of unequal length, a value that a format cannot hold, an annotation outside the signal
 */
export function encodeRecord(record: EcgRecord): Required<RecordFiles> & { annotations: Uint8Array } {
  checkRecord('encodeRecord', 'record', record);
  checkKind('encodeRecord', 'record.comments', record.comments, 'array');
  for (const [i, lead] of record.leads.entries()) checkFields('encodeRecord', `record.leads[${i}]`, lead, LEAD);
  const { name, leads, annotations, customLabels } = record;
  const length = leads[0]?.digital.length ?? 0;
  const starts = leads.flatMap((lead, i) => (lead.format === leads[i - 1]?.format ? [] : [i]));
  const fileName = (start: number): string => (starts.length === 1 ? `${name}.dat` : `${name}_${start}.dat`);
  const files: Record<string, Uint8Array> = {};
  const signals: SignalSpec[] = [];
  starts.forEach((start, run) => {
    const group = leads.slice(start, starts[run + 1]);
    group.forEach((lead, i) => {
      if (lead.digital.length !== length)
        throw new DataError(
          `encodeRecord: record ${name} lead ${lead.name}: expected ${length} samples as in ${leads[0].name}, got ${lead.digital.length}`,
        );
      signals.push({ ...specOf(lead), fileName: fileName(start), description: leads[start + i].name });
    });
    files[fileName(start)] = encodeSignal(
      group[0].format,
      group.map((lead) => lead.digital),
    );
  });
  const outside = annotations.findIndex((a) => a.sample >= length);
  if (outside >= 0)
    throw new DataError(
      `encodeRecord: record ${name} annotation ${outside}: expected a sample within the signal's length of ${length}, ` +
        `got ${annotations[outside].sample}`,
    );
  const header = formatHeader({
    name,
    samplingFrequency: record.samplingFrequency,
    counterFrequency: record.samplingFrequency,
    baseCounter: 0,
    sampleCount: length,
    baseTime: record.baseTime ?? null,
    baseDate: record.baseDate ?? null,
    comments: record.comments,
    signals,
  });
  return { header, files, annotations: writeAnnotations(annotations, { customLabels }) };
}

function specOf(lead: Lead): Omit<SignalSpec, 'fileName' | 'description'> {
  const { digital, units, format, gain, baseline, adcResolution, adcZero } = lead;
  const constant = { samplesPerFrame: 1, skew: 0, byteOffset: 0, blockSize: 0 };
  const initialValue = digital[0] ?? adcZero;
  return {
    ...constant,
    format,
    gain,
    baseline,
    units,
    adcResolution,
    adcZero,
    initialValue,
    checksum: checksumOf(digital),
  };
}
