import { checkFields, checkKind, checkRange } from '../../core/check.ts';
import { DataError } from '../../core/errors.ts';
import { type Annotation, type CustomLabel, checkAnnotations } from './annotation.ts';
import { DEFAULT_GAIN, FREQUENCY, GAIN, within } from './ranges.ts';
import { leastOf } from './signal.ts';

/** One signal of a record. */
export interface Lead {
  /** Such as `MLII`. */
  name: string;
  /** Physical unit, such as `mV`. */
  units: string;
  /** In physical units; NaN where nothing valid was recorded. */
  samples: Float32Array;
  /** What an ADC gave, if the recording has it: this, and not `samples`, is then written to a file. */
  digital?: DigitalSignal;
}

/** The ADC units of a lead; physical samples are `(samples - baseline) / gain`. */
export interface DigitalSignal {
  /** ADC units; the lowest value of the format marks an invalid sample. */
  samples: Int16Array | Int32Array;
  /** Storage format, one of `SIGNAL_FORMATS`. */
  format: number;
  /** ADC units per physical unit; 0 if the recording is uncalibrated, for which 200 are assumed. */
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
  /** Time of day of sample 0, such as `13:05:00`. */
  baseTime?: string | null;
  /** Day of sample 0, such as `25/4/1989`, or another text in its place, such as `2006` or `unknown`. */
  baseDate?: string | null;
  /** Ticks per second of the recorder's counter; `samplingFrequency` if missing. */
  counterFrequency?: number;
  /** Counter value at sample 0; 0 if missing. */
  baseCounter?: number;
}

/** The contents of a record's WFDB files. */
export interface RecordFiles {
  /** Text of the header file, or its bytes. */
  header: string | Uint8Array;
  /** Signal files by their names in the header. */
  files: Readonly<Record<string, Uint8Array>>;
  /** Bytes of the annotation file. */
  annotations?: Uint8Array | null;
}

const LEAD = { name: 'text', units: 'text' } as const;
const DIGITAL = {
  ...({ samples: 'numbers', format: 'number', gain: 'number' } as const),
  ...({ baseline: 'number', adcResolution: 'number', adcZero: 'number' } as const),
};

/** Throws unless this is the digital side of a lead. */
export function checkDigital(op: string, name: string, digital: DigitalSignal): void {
  checkFields(op, name, digital, DIGITAL);
}

/** Throws unless this is a recording with leads and annotations. */
export function checkRecord(op: string, name: string, record: EcgRecord): void {
  checkFields(op, name, record, { name: 'text', samplingFrequency: 'number', leads: 'array', annotations: 'array' });
  checkRange(op, `${name}.samplingFrequency`, record.samplingFrequency, ...FREQUENCY);
  for (const [i, lead] of record.leads.entries())
    checkFields(op, `${name}.leads[${i}]`, lead, { ...LEAD, samples: 'numbers' });
  checkAnnotations(op, `${name}.annotations`, record.annotations);
}

/** The lead of this name, or one whose name differs in case alone. */
export function findLead(leads: readonly Lead[], name: string): Lead | undefined {
  const lower = name.toLowerCase();
  return leads.find((lead) => lead.name === name) ?? leads.find((lead) => lead.name.toLowerCase() === lower);
}

/** Leads that see a heart from nearly the same side: the modified lead II of a Holter, and that of twelve leads. */
const ALIKE: readonly (readonly string[])[] = [['MLII', 'II']];

/** Names of leads are compared without regard to case. */
export const sameLead = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * The lead of this name, otherwise one that sees the heart from nearly the same side (II for MLII, and MLII for II), otherwise the
 * first; undefined if there is none. Case does not matter.
 *
 * @example
 *     declare const record: EcgRecord;
 *     const lead = leadLike(record.leads, 'MLII');
 */
export function leadLike(leads: readonly Lead[], name: string): Lead | undefined {
  checkKind('leadLike', 'leads', leads, 'array');
  for (const [i, lead] of leads.entries()) checkFields('leadLike', `leads[${i}]`, lead, LEAD);
  checkKind('leadLike', 'name', name, 'text');
  const others = ALIKE.filter((names) => names.some((one) => sameLead(one, name))).flat();
  for (const one of [name, ...others]) {
    const lead = findLead(leads, one);
    if (lead) return lead;
  }
  return leads[0];
}

/** Throws unless these are recordings. */
export function checkRecords(op: string, records: readonly EcgRecord[]): void {
  checkKind(op, 'records', records, 'array');
  for (const [i, record] of records.entries()) checkRecord(op, `records[${i}]`, record);
}

/**
 * A lead from its digital side; physical samples are `(digital - baseline) / gain`, with a gain of 200 for an uncalibrated lead,
 * and NaN for invalid ones.
 *
 * @throws DataError for a gain so far from 1 that samples would not be finite, or all be 0
 */
export function makeLead(lead: { name: string; units: string; digital: DigitalSignal }): Lead {
  checkFields('makeLead', 'lead', lead, LEAD);
  checkDigital('makeLead', 'lead.digital', lead.digital);
  const { name, units, digital } = lead;
  const { samples: codes, format, gain, baseline } = digital;
  if (gain !== 0 && !within(Math.abs(gain), GAIN))
    throw new DataError(`makeLead: expected a gain of ${GAIN[0]} to ${GAIN[1]} either side of 0, got ${gain}`);
  const scale = gain || DEFAULT_GAIN;
  const invalid = leastOf('makeLead', format);
  const samples = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) samples[i] = codes[i] === invalid ? Number.NaN : (codes[i] - baseline) / scale;
  return { name, units, samples, digital };
}
