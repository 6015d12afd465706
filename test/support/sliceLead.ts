import type { Lead } from 'dynaecg/ecg';

/** A part of a lead, in physical and in ADC units. */
export function sliceLead({ digital, ...lead }: Lead, start: number, end: number): Lead {
  const samples = lead.samples.slice(start, end);
  return { ...lead, samples, digital: digital && { ...digital, samples: digital.samples.slice(start, end) } };
}
