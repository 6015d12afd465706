import type { EcgRecord } from 'dynaecg/ecg';

/** A record with the given samples in mV, at 360 Hz. */
export function makeRecord(
  name: string,
  leads: Record<string, Float32Array>,
  annotations: readonly (readonly [number, string])[],
): EcgRecord {
  return {
    name,
    samplingFrequency: 360,
    leads: Object.entries(leads).map(([lead, samples]) => ({ name: lead, units: 'mV', samples })),
    annotations: annotations.map(([sample, label]) => ({ sample, label, subtype: 0, channel: 0, num: 0, aux: '' })),
    comments: [],
  };
}
