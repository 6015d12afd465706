import { type EcgRecord, makeLead } from 'dynaecg/ecg';

/** A record with the given samples in mV, at 360 Hz; `digital` stays empty, as only beats are cut from it. */
export function makeRecord(
  name: string,
  leads: Record<string, Float32Array>,
  annotations: readonly (readonly [number, string])[],
): EcgRecord {
  const adc = {
    units: 'mV',
    format: 16,
    gain: 200,
    baseline: 0,
    adcResolution: 16,
    adcZero: 0,
    digital: new Int16Array(0),
  };
  return {
    name,
    samplingFrequency: 360,
    leads: Object.entries(leads).map(([lead, samples]) => ({ ...makeLead({ name: lead, ...adc }), samples })),
    annotations: annotations.map(([sample, label]) => ({ sample, label, subtype: 0, channel: 0, num: 0, aux: '' })),
    comments: [],
  };
}
