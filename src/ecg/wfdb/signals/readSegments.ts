import { DataError } from '../../../core/errors.ts';
import type { RecordHeader, SignalSpec } from '../header.ts';
import type { DigitalSignal, Lead } from '../record.ts';
import { codecOf, NULL_FORMAT } from './formats.ts';
import { type LeadOptions, readLeads } from './readLeads.ts';
import type { SignalFiles } from './readSignals.ts';
import { checkRecordSize } from './recordSize.ts';
import { attempt, type SegmentHeaders } from './segmentHeaders.ts';

/** Where a lead of the record comes from. */
interface Source {
  lead: Lead;
  length: number;
  starts: readonly number[];
}

/**
 * The leads of a multi-segment record. Of a variable layout, they are those of its layout segment, and each segment's signals
 * are found by name; of a fixed one, they are those of the first segment, and others are in the same order. Samples are NaN where
 * nothing was recorded.
 *
 * A lead has a digital side if it was recorded with one gain and baseline throughout: in the format that all segments have, or
 * one that holds them all.
 */
export function readSegments(
  record: RecordHeader,
  files: SignalFiles,
  { layout, placed }: SegmentHeaders,
  options: LeadOptions,
): Lead[] {
  const { name, sampleCount, signalCount } = record;
  const { problems } = options;
  const first = layout ?? placed[0]?.header;
  const signals = first?.signals ?? [];
  const where = `readRecord: record ${name}`;
  if (signals.length !== signalCount)
    throw new DataError(
      `${where}: expected ${signalCount} signals in its first segment, ${first?.name ?? 'of which there is none'}, got ${signals.length}`,
    );
  const perFrame = options.frames === 'repeat' ? options.most : 1;
  checkRecordSize(where, signals.length * sampleCount * perFrame, options.bytes);
  const sources = signals.map((): Source[] => []);
  const places = layout ? byName(layout) : inOrder;
  for (const { header, starts } of placed) {
    const leads = attempt(record, header, problems, () => {
      if (!layout && header.signals.length !== signals.length)
        throw new DataError(
          `segment: expected ${signals.length} signals as in the first, got ${header.signals.length}`,
        );
      return readLeads(header, files, options);
    });
    if (leads === null) continue;
    for (const [s, i] of places(header, leads.length)) {
      const lead = leads[i];
      if (!lead || header.signals[i].format === NULL_FORMAT) continue;
      sources[s].push({ lead, length: lead.samples.length, starts: starts.map((at) => at * perFrame) });
    }
  }
  return signals.map((signal, s) => joined(where, signal, sources[s], sampleCount * perFrame));
}

/** Which signal of the record is which of a segment. */
type Places = (header: RecordHeader, count: number) => [record: number, segment: number][];

const inOrder: Places = (_, count) => Array.from({ length: count }, (_, s) => [s, s]);

/** By names; of several signals with one name it is the first. */
function byName(layout: RecordHeader): Places {
  const indices = ({ signals }: RecordHeader): Map<string, number> =>
    new Map(signals.map(({ description }, s): [string, number] => [description, s]).reverse());
  const wanted = indices(layout);
  return (header) =>
    [...indices(header)].flatMap(([name, i]): [number, number][] => {
      const s = wanted.get(name);
      return s === undefined ? [] : [[s, i]];
    });
}

function joined(where: string, signal: SignalSpec, sources: readonly Source[], length: number): Lead {
  const units = sources[0]?.lead.units ?? signal.units;
  const other = sources.find(({ lead }) => lead.units !== units);
  if (other)
    throw new DataError(
      `${where} lead ${signal.description}: expected the unit ${units} in all segments, got ${other.lead.units}`,
    );
  const samples = new Float32Array(length).fill(Number.NaN);
  for (const { lead, starts } of sources) for (const start of starts) samples.set(lead.samples, start);
  const digital = joinedDigital(sources, length);
  return { name: signal.description, units, samples, ...(digital ? { digital } : {}) };
}

function joinedDigital(sources: readonly Source[], length: number): DigitalSignal | null {
  const sides = sources.map(({ lead }) => lead.digital);
  const [first] = sides;
  if (!first || sides.some((side) => side?.gain !== first.gain || side.baseline !== first.baseline)) return null;
  const format = commonFormat(sides.map((side) => side?.format ?? first.format));
  const { invalid, wide } = codecOf('readRecord', format);
  const samples = (wide ? new Int32Array(length) : new Int16Array(length)).fill(invalid);
  for (const [k, { starts, length: part }] of sources.entries()) {
    const side = sides[k] as DigitalSignal;
    const own = codecOf('readRecord', side.format).invalid;
    for (const start of starts)
      for (let i = 0; i < part; i++) if (side.samples[i] !== own) samples[start + i] = side.samples[i];
  }
  return { ...first, format, samples };
}

/** The format of all, if they have one and it is no difference, which a border between segments may exceed; or a wider one. */
function commonFormat(formats: readonly number[]): number {
  const [first] = formats;
  if (first !== 8 && formats.every((format) => format === first)) return first;
  return formats.some((format) => codecOf('readRecord', format).wide) ? 32 : 16;
}
