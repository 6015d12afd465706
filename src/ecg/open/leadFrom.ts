import { asSignal } from '../../core/asArrays.ts';
import { checkKind, checkRange } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { FREQUENCY } from '../wfdb/ranges.ts';
import type { EcgRecord } from '../wfdb/record.ts';
import { inMillivolts } from './units.ts';

/** Options of `leadFrom`. */
export interface LeadOptions {
  /** Samples per second, Hz. */
  rate: number;
  /** Unit of the samples, such as `mV` or `uV`. */
  unit: string;
  /** Name of the lead and the recording.
   * @defaultValue `'ECG'` */
  name?: string;
}

/**
 * A recording of one lead from numbers, wherever they come from; units of voltage are converted to mV. The samples are copied.
 *
 * @throws ArgumentError for an option that is missing or out of range
 * @example
 *     declare const samples: number[]; // of a sensor, in µV
 *     const peaks = detectQrs(leadFrom(samples, { rate: 130, unit: 'uV' }).leads[0].samples, 130);
 */
export function leadFrom(samples: ArrayLike<number>, options: LeadOptions): EcgRecord {
  const op = 'leadFrom';
  checkOptions(op, options, ['rate', 'unit'], ['name']);
  const { rate, unit, name = 'ECG' } = options;
  checkRange(op, 'rate', rate, ...FREQUENCY);
  checkKind(op, 'unit', unit, 'text');
  checkKind(op, 'name', name, 'text');
  const lead = inMillivolts(name, unit, asSignal(op, 'samples', samples).slice());
  return {
    name: name.replace(/[^-\w]/g, '_') || 'ECG',
    samplingFrequency: rate,
    leads: [lead],
    annotations: [],
    comments: [],
  };
}
