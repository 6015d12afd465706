import { hasOwn } from '../../../core/builtins.ts';
import { DataError } from '../../../core/errors.ts';
import { GAP, type RecordHeader, type SegmentSpec } from '../header.ts';
import { parseHeader } from '../parseHeader.ts';
import type { Problems } from '../problems.ts';
import { NULL_FORMAT } from './formats.ts';
import { mostPerFrame } from './readLeads.ts';
import type { SignalFiles } from './readSignals.ts';

/** A segment with its header, and where it is. */
export interface PlacedSegment {
  /** With the length that the record says. */
  header: RecordHeader;
  /** In frames; a segment may occur more than once. */
  starts: number[];
}

/** The headers of a record's segments. */
export interface SegmentHeaders {
  /** That of the first segment, if it is of no length and only lists signals. */
  layout: RecordHeader | null;
  /** Segments that are recorded, each once. */
  placed: PlacedSegment[];
}

/** The file of a segment's header. */
export const segmentFile = ({ name }: SegmentSpec): string => `${name}.hea`;

/**
 * The headers of a record's segments, from `<segment>.hea` among its files.
 *
 * @throws DataError for a segment without a header, with one of another length or sampling frequency, or with segments of its own,
 * unless the reading is partial: then it is a gap
 */
export function readSegmentHeaders(record: RecordHeader, files: SignalFiles, problems: Problems): SegmentHeaders {
  const placed = new Map<string, PlacedSegment | null>();
  let layout: RecordHeader | null = null;
  let start = 0;
  for (const [i, segment] of (record.segments ?? []).entries()) {
    const { name, sampleCount } = segment;
    const read = (): RecordHeader | null =>
      attempt(record, segment, problems, () => segmentHeader(record, segment, files, problems));
    if (i === 0 && sampleCount === 0 && name !== GAP) layout = read();
    else if (sampleCount > 0 && name !== GAP) {
      const known = placed.get(name);
      if (known === undefined) {
        const header = read();
        placed.set(name, header && { header: { ...header, sampleCount }, starts: [start] });
      } else if (known?.header.sampleCount === sampleCount) known.starts.push(start);
      else if (known) {
        const expected = `a length of ${known.header.sampleCount} as before`;
        const message = `record ${record.name} segment ${name}: expected ${expected}, got ${sampleCount}`;
        problems.report('segment', message, { file: name });
      }
    }
    start += sampleCount;
  }
  return { layout, placed: [...placed.values()].filter((one) => one !== null) };
}

/** What is read of a segment; null, with a problem, if that is impossible and the reading partial. */
export function attempt<T>(
  record: RecordHeader,
  segment: { name: string },
  problems: Problems,
  action: () => T,
): T | null {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const what = error.message.replace(/^\w+: /, '');
    problems.report('segment', `record ${record.name} segment ${segment.name}: ${what}`, { file: segment.name });
    return null;
  }
}

function segmentHeader(
  record: RecordHeader,
  segment: SegmentSpec,
  files: SignalFiles,
  problems: Problems,
): RecordHeader {
  const file = segmentFile(segment);
  if (!hasOwn(files, file)) throw new DataError(`segment: expected a file ${file}, got none`);
  const { partial } = problems;
  const { problems: own, ...header } = partial
    ? parseHeader(files[file], file, { partial })
    : { ...parseHeader(files[file], file), problems: [] };
  problems.add(own);
  if (header.segments)
    throw new DataError(`segment: expected a record of one segment, got one of ${header.segments.length}`);
  if (header.samplingFrequency !== record.samplingFrequency)
    throw new DataError(
      `segment: expected a sampling frequency of ${record.samplingFrequency} as of the record, got ${header.samplingFrequency}`,
    );
  if (segment.sampleCount > 0 && header.sampleCount > 0 && header.sampleCount !== segment.sampleCount)
    throw new DataError(
      `segment: expected a length of ${header.sampleCount} as in its own header, got ${segment.sampleCount}`,
    );
  return header;
}

/** Samples per frame of the lead with most of them, in any segment. */
export function mostOfSegments({ layout, placed }: SegmentHeaders): number {
  return mostPerFrame([...(layout?.signals ?? []), ...placed.flatMap(({ header }) => header.signals)]);
}

/** Names of the files that a header's signals are in. */
export function signalFiles({ signals }: RecordHeader): string[] {
  return [...new Set(signals.flatMap(({ format, fileName }) => (format === NULL_FORMAT ? [] : [fileName])))];
}

/** The names of records that are no segments of others among them; `header` gives the bytes of `<name>.hea`. */
export function withoutSegments(names: readonly string[], header: (name: string) => Uint8Array): string[] {
  const segments = new Set(names.flatMap((name) => segmentsOf(() => header(name)).filter((other) => other !== name)));
  return names.filter((name) => !segments.has(name));
}

/** Names of the segments that a header lists; none if it cannot be parsed, which is an error when the record is read. */
function segmentsOf(header: () => Uint8Array): string[] {
  try {
    const { segments = [] } = parseHeader(header(), undefined, { partial: true });
    return segments.map(({ name }) => name);
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}
