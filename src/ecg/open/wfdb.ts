import { hasOwn } from '../../core/builtins.ts';
import { DataError } from '../../core/errors.ts';
import type { Partially } from '../wfdb/problems.ts';
import { readRecord } from '../wfdb/readRecord.ts';
import type { EcgRecord } from '../wfdb/record.ts';
import { withoutSegments } from '../wfdb/signals/segmentHeaders.ts';
import { positionsOf } from './chooseLeads.ts';
import type { OpenOptions, Recording } from './recording.ts';

const HEADER = '.hea';
const ANNOTATIONS = 'atr';

/** The record of a WFDB header among other files; of several headers, the one of this name, or the only one that is no segment. */
export function openWfdb(
  files: Readonly<Record<string, Uint8Array>>,
  headers: readonly string[],
  options: OpenOptions,
): Recording {
  const file = chosenOf(files, headers, options.name);
  const { annotator, partial, frames, flac } = options;
  const annotations = annotator === false ? undefined : `${stemOf(file)}.${annotator ?? ANNOTATIONS}`;
  const bytes = annotations !== undefined && hasOwn(files, annotations) ? files[annotations] : null;
  if (annotator && !bytes)
    throw new DataError(`openRecording: expected the annotation file ${annotations}, got no such file`);
  const contents = { header: files[file], files, annotations: bytes };
  const reading = { frames, flac };
  return fromRecord(partial ? readRecord(contents, { ...reading, partial }) : readRecord(contents, reading), options);
}

function chosenOf(files: Readonly<Record<string, Uint8Array>>, headers: readonly string[], name?: string): string {
  const named = `${name}${HEADER}`;
  if (headers.includes(named)) return named;
  const byStem = new Map(headers.map((file) => [stemOf(file), file]));
  const [stem, ...others] = withoutSegments(headers.map(stemOf), (header) => files[byStem.get(header) as string]);
  const file = byStem.get(stem);
  if (file === undefined || others.length > 0)
    throw new DataError(`openRecording: expected one WFDB header, or its name as an option, got ${headers.join(', ')}`);
  return file;
}

const stemOf = (file: string): string => (file.endsWith(HEADER) ? file.slice(0, -HEADER.length) : file);

/** A record as a recording, with the leads asked for. */
export function fromRecord(record: EcgRecord | Partially<EcgRecord>, { name, leads: wanted }: OpenOptions): Recording {
  const { leads } = record;
  const labels = leads.map((lead) => lead.name);
  const positions = wanted && positionsOf(`record ${record.name}`, wanted, labels);
  return {
    ...record,
    name: name ?? record.name,
    leads: positions ? positions.map((i) => leads[i]) : leads,
    format: 'WFDB',
    notes: [],
    problems: 'problems' in record ? record.problems : [],
  };
}
