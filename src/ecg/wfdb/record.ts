import { checkFields, checkKind, checkRange } from '../../core/check.ts';
import { DataError } from '../../core/errors.ts';
import { type Annotation, type CustomLabel, checkAnnotations } from './annotation.ts';
import { FREQUENCY, GAIN, within } from './ranges.ts';
import { leastOf } from './signal.ts';

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
  /** ADC units at 0 physical units. */
  baseline: number;
  /** Bits of the ADC. */
  adcResolution: number;
  /** ADC units in the middle of the ADC's range. */
  adcZero: number;
}

/** A recording: leads of equal length, and annotations. */
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

/** The contents of a record's WFDB files. */
export interface RecordFiles {
  /** Text of the header file. */
  header: string;
  /** Signal files by their names in the header. */
  files: Readonly<Record<string, Uint8Array>>;
  /** Bytes of the annotation file. */
  annotations?: Uint8Array | null;
}

/** Required fields of a lead in `makeLead` and `encodeRecord`. */
export const LEAD_FIELDS = {
  ...({ name: 'text', units: 'text', digital: 'numbers', format: 'number', gain: 'number' } as const),
  ...({ baseline: 'number', adcResolution: 'number', adcZero: 'number' } as const),
};

/** Throws unless this is a recording with leads and annotations. */
export function checkRecord(op: string, name: string, record: EcgRecord): void {
  checkFields(op, name, record, { name: 'text', samplingFrequency: 'number', leads: 'array', annotations: 'array' });
  checkRange(op, `${name}.samplingFrequency`, record.samplingFrequency, ...FREQUENCY);
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
  checkFields('makeLead', 'lead', lead, LEAD_FIELDS);
  if (!within(Math.abs(lead.gain), GAIN))
    throw new DataError(`makeLead: expected a gain of ${GAIN[0]} to ${GAIN[1]} either side of 0, got ${lead.gain}`);
  const { digital, gain, baseline } = lead;
  const invalid = leastOf('makeLead', lead.format);
  const samples = new Float32Array(digital.length);
  for (let i = 0; i < digital.length; i++)
    samples[i] = digital[i] === invalid ? Number.NaN : (digital[i] - baseline) / gain;
  return { ...lead, samples };
}
