import { checkKind } from '../../core/check.ts';
import { DataError } from '../../core/errors.ts';
import { digitize } from './digitize.ts';
import { formatHeader } from './formatHeader.ts';
import type { SignalSpec } from './header.ts';
import {
  checkDigital,
  checkRecord,
  type DigitalSignal,
  type EcgRecord,
  type Lead,
  type RecordFiles,
} from './record.ts';
import { checksumOf, encodeSignal } from './signal.ts';
import { writeAnnotations } from './writeAnnotations.ts';

/** The contents of the WFDB files of a record that was written. */
export interface EncodedRecord extends RecordFiles {
  header: string;
  annotations: Uint8Array;
}

/**
 * Writes a record as the contents of WFDB files: `<name>.dat` for all leads, or one file for every run of leads with
 * the same format. `readRecord` reads it back equal.
 *
 * A lead without a digital side is written in format 16, rounded to 1 / gain: with the largest gain of 1, 2 or 5 times a power of
 * ten with which it fits, 0 at digital 0 unless all its samples are on one side of it, and NaN as the invalid value.
 *
 * @throws DataError for leads of unequal length, a value that a format cannot hold, an infinite sample without a digital side,
 * an annotation outside the signal
 */
export function encodeRecord(record: EcgRecord): EncodedRecord {
  checkRecord('encodeRecord', 'record', record);
  checkKind('encodeRecord', 'record.comments', record.comments, 'array');
  const { name, annotations, customLabels } = record;
  const length = record.leads[0]?.samples.length ?? 0;
  const leads = record.leads.map((lead, i) => digitalLead(record, lead, i, length));
  const starts = leads.flatMap((lead, i) => (lead.format === leads[i - 1]?.format ? [] : [i]));
  const fileName = (start: number): string => (starts.length === 1 ? `${name}.dat` : `${name}_${start}.dat`);
  const files: Record<string, Uint8Array> = {};
  const signals: SignalSpec[] = [];
  starts.forEach((start, run) => {
    const group = leads.slice(start, starts[run + 1]);
    for (const lead of group) signals.push({ ...specOf(lead), fileName: fileName(start) });
    files[fileName(start)] = encodeSignal(
      group[0].format,
      group.map((lead) => lead.samples),
    );
  });
  // A record without signals is of no length.
  const outside = leads.length === 0 ? -1 : annotations.findIndex((a) => a.sample >= length);
  if (outside >= 0)
    throw new DataError(
      `encodeRecord: record ${name} annotation ${outside}: expected a sample within the signal's length of ${length}, ` +
        `got ${annotations[outside].sample}`,
    );
  const header = formatHeader({
    name,
    samplingFrequency: record.samplingFrequency,
    counterFrequency: record.counterFrequency ?? record.samplingFrequency,
    baseCounter: record.baseCounter ?? 0,
    sampleCount: length,
    baseTime: record.baseTime ?? null,
    baseDate: record.baseDate ?? null,
    comments: record.comments,
    signals,
  });
  return { header, files, annotations: writeAnnotations(annotations, { customLabels }) };
}

type DigitalLead = DigitalSignal & { name: string; units: string };

function digitalLead(record: EcgRecord, lead: Lead, index: number, length: number): DigitalLead {
  const { name, units, samples } = lead;
  const where = `encodeRecord: record ${record.name} lead ${name}`;
  if (samples.length !== length)
    throw new DataError(`${where}: expected ${length} samples as in ${record.leads[0].name}, got ${samples.length}`);
  if (lead.digital === undefined) return { name, units, ...digitize(where, samples) };
  checkDigital('encodeRecord', `record.leads[${index}].digital`, lead.digital);
  if (lead.digital.samples.length !== length)
    throw new DataError(
      `${where}: expected ${length} digital samples as there are physical ones, got ${lead.digital.samples.length}`,
    );
  return { name, units, ...lead.digital };
}

function specOf(lead: DigitalLead): Omit<SignalSpec, 'fileName'> {
  const { name, samples, units, format, gain, baseline, adcResolution, adcZero } = lead;
  const constant = { samplesPerFrame: 1, skew: 0, byteOffset: 0, blockSize: 0 };
  const checks = { initialValue: samples[0] ?? adcZero, checksum: checksumOf(samples) };
  return { ...constant, format, gain, baseline, units, adcResolution, adcZero, ...checks, description: name };
}
