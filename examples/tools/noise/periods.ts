import type { EcgRecord } from 'dynaecg/ecg';

const LEAD = 'MLII'; // which the example trains on
const START = 300; // s; these two are the defaults of addNoise
const PERIOD = 120;

/** The record with the lead that is read alone. */
export function oneLead(record: EcgRecord): EcgRecord {
  return { ...record, leads: [record.leads[leadOf(record)]] };
}

function leadOf({ leads }: EcgRecord): number {
  return Math.max(
    0,
    leads.findIndex(({ name }) => name === LEAD),
  );
}

/** Whether noise is added at a sample. */
export function inNoise(sample: number, rate: number): boolean {
  const time = sample / rate;
  return time >= START && Math.floor((time - START) / PERIOD) % 2 === 0;
}

/** Whether the annotations mark the lead that is read as noisy anywhere from `start` to `end`. */
export function markedNoise(record: EcgRecord, start: number, end: number): boolean {
  const bit = 1 << leadOf(record);
  let noisy = false;
  for (const { sample, label, subtype } of record.annotations) {
    if (label !== '~') continue;
    if (sample >= end) break;
    if (sample > start && noisy) return true;
    noisy = (subtype & bit) !== 0;
    if (sample > start && noisy) return true;
  }
  return noisy;
}
