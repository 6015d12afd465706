import { asBytes } from '../../core/asArrays.ts';
import { checkFields, checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { readWithin } from './annotationsOf.ts';
import type { RecordHeader } from './header.ts';
import { headerFrom } from './parseHeader.ts';
import { type Partially, type PartialOptions, Problems, type ReadOptions } from './problems.ts';
import { FREQUENCY, within } from './ranges.ts';
import type { EcgRecord, Lead, RecordFiles } from './record.ts';
import type { FlacDecoder } from './signals/flac.ts';
import { FRAMES, type Frames } from './signals/frames.ts';
import { mostPerFrame, readLeads } from './signals/readLeads.ts';
import { readSegments } from './signals/readSegments.ts';
import { bytesOf } from './signals/recordSize.ts';
import { mostOfSegments, readSegmentHeaders } from './signals/segmentHeaders.ts';

const NAMES_SHOWN = 8; // of the files that are there, in an error

/** How a record is read. */
export interface RecordOptions extends ReadOptions {
  /**
   * How leads with unequal numbers of samples per frame share a sampling frequency: `'repeat'` reads all at that of the lead with most
   * and repeats the samples of others, so that nothing is lost; `'average'` reads all at that of frames, with the mean of a frame's
   * samples and no digital side where there are several.
   * @defaultValue `'repeat'`
   */
  frames?: Frames;
  /** Decoder of FLAC, for the formats 508, 516 and 524, such as `decodeFlac`. */
  flac?: FlacDecoder;
}

/** Names of `RecordOptions`. */
export const RECORD_OPTIONS = ['partial', 'frames', 'flac'] as const;

/** Throws unless these options are among those of `readRecord`. */
export function checkRecordOptions(op: string, { partial, frames, flac }: RecordOptions): void {
  if (partial !== undefined) checkKind(op, 'partial', partial, 'flag');
  if (frames !== undefined) checkOneOf(op, 'frames', frames, FRAMES);
  if (flac !== undefined) checkKind(op, 'flac', flac, 'function');
}

/**
 * Reads a record from the contents of its files, and verifies all initial values and checksums in the header. The files of a
 * multi-segment record include `<segment>.hea` of each segment; where nothing was recorded, samples are NaN. A signal's skew is taken
 * out, so that samples of one index are simultaneous.
 *
 * With `{ partial: true }` it returns what could be read, and in `problems` what could not: signals end where the shortest file
 * does, leads whose file is missing and annotations outside the signals are left out, a segment that cannot be read is NaN, values that
 * do not agree with the header's checksum are returned as they are.
 *
 * @throws DataError for missing or truncated files, formats that are not supported, FLAC without a decoder, a wrong initial value or
 * checksum (with record and signal), an annotation outside the signal (with its index), and for a record of more than 32 samples
 * for each byte of its files, if it has more than 4,194,304; with `{ partial: true }` for a header that cannot be read, such a format
 * or size, and if every signal file is missing
 * @see header(5), signal(5), annot(5), WFDB Applications Guide, physionet.org
 * @example
 *     declare const [header, signals, annotations]: [string, Uint8Array, Uint8Array]; // fetched
 *     const record = readRecord({ header, files: { '100.dat': signals }, annotations });
 */
export function readRecord(record: RecordFiles, options?: RecordOptions & { partial?: false }): EcgRecord;
export function readRecord(record: RecordFiles, options: RecordOptions & PartialOptions): Partially<EcgRecord>;
export function readRecord(record: RecordFiles, options: RecordOptions = {}): EcgRecord | Partially<EcgRecord> {
  const op = 'readRecord';
  checkFields(op, 'record', record, { files: 'object' });
  checkOptions(op, options, [], RECORD_OPTIONS);
  checkRecordOptions(op, options);
  const problems = new Problems(op, options.partial);
  const header = headerFrom(record.header, undefined, problems);
  const annotations = record.annotations ? asBytes(op, 'record.annotations', record.annotations) : null;
  const contents = { header, files: record.files, annotations, annotationFile: `record ${header.name}` };
  return problems.of(readContents(contents, problems, options));
}

/** A record's parsed header, and its files. */
export interface RecordContents {
  header: RecordHeader;
  files: RecordFiles['files'];
  annotations: Uint8Array | null;
  /** Name of the annotations in problems. */
  annotationFile: string;
}

/** A record from its contents, with problems reported. */
export function readContents(contents: RecordContents, problems: Problems, options: RecordOptions): EcgRecord {
  const { header, files, annotations, annotationFile } = contents;
  const { frames = 'repeat', flac } = options;
  const { leads, most } = leadsOf(header, files, { frames, flac, problems });
  const samplesPerFrame = frames === 'repeat' ? most : 1;
  const { name, comments, baseTime, baseDate } = header;
  const samplingFrequency = header.samplingFrequency * samplesPerFrame;
  if (!within(samplingFrequency, FREQUENCY))
    throw new DataError(
      `readRecord: record ${name}: expected at most ${FREQUENCY[1]} samples per second, got ${samplingFrequency}`,
    );
  const written = header.sampleCount * samplesPerFrame || Number.POSITIVE_INFINITY;
  const length = leads.length > 0 ? leads[0].samples.length : written;
  const times = { samplingFrequency: header.samplingFrequency, samplesPerFrame, length };
  const read = annotations ? readWithin(annotations, times, annotationFile, problems) : null;
  return {
    ...{ name, samplingFrequency, leads },
    annotations: read?.annotations ?? [],
    comments,
    customLabels: read?.customLabels ?? [],
    baseTime,
    baseDate,
    ...counterOf(header),
  };
}

/** The leads of a record of one segment or several, and the samples per frame of the one with most. */
function leadsOf(
  header: RecordHeader,
  files: RecordFiles['files'],
  options: { frames: Frames; flac?: FlacDecoder; problems: Problems },
): { leads: Lead[]; most: number } {
  const names = Object.keys(files).slice(0, NAMES_SHOWN).join(', ') || 'no files';
  const given = { ...options, bytes: bytesOf(files), names };
  if (header.segments) {
    const segments = readSegmentHeaders(header, files, options.problems);
    const most = mostOfSegments(segments);
    return { leads: readSegments(header, files, segments, { ...given, most }), most };
  }
  const most = mostPerFrame(header.signals);
  const leads = readLeads(header, files, { ...given, most }).filter((lead) => lead !== null);
  if (leads.length === 0 && header.signals.length > 0)
    throw new DataError(`readRecord: record ${header.name}: expected at least one signal file, got none`);
  return { leads, most };
}

/** The counter of a record that counts something other than samples from 0. */
function counterOf({
  samplingFrequency,
  counterFrequency,
  baseCounter,
}: RecordHeader): Pick<EcgRecord, 'counterFrequency' | 'baseCounter'> {
  return counterFrequency === samplingFrequency && baseCounter === 0 ? {} : { counterFrequency, baseCounter };
}
