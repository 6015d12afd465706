import { checkFields, checkKind } from '../../core/check.ts';
import { DataError } from '../../core/errors.ts';
import { writeAnnotations } from './annotation.ts';
import { formatHeader, type SignalSpec } from './header.ts';
import { checkRecord, type EcgRecord, LEAD_FIELDS, type Lead, type RecordFiles } from './record.ts';
import { checksumOf, encodeSignal } from './signal.ts';

/**
 * Writes a record as the contents of WFDB files: `<name>.dat` for all leads, or one file for every run of leads with
 * the same format. `readRecord` reads it back equal.
 *
 * @throws DataError for leads of unequal length, a value that a format cannot hold, an annotation outside the signal
 */
export function encodeRecord(record: EcgRecord): Required<RecordFiles> & { annotations: Uint8Array } {
  checkRecord('encodeRecord', 'record', record);
  checkKind('encodeRecord', 'record.comments', record.comments, 'array');
  for (const [i, lead] of record.leads.entries()) checkFields('encodeRecord', `record.leads[${i}]`, lead, LEAD_FIELDS);
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
