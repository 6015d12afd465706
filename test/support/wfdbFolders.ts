/** Folders of synthetic WFDB records, at any rate and under any names. */
import { join } from 'node:path';
import { type EcgRecord, resample, syntheticRecords } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';

/** Patients with beats of the labels N, L, R, A and V each. */
export const PATIENTS: EcgRecord[] = syntheticRecords({
  ...{ seed: 'folders', patients: 16, duration: 40, supraventricular: 0.2, ventricular: 0.2 },
}).records.map((record) => ({
  ...record,
  annotations: record.annotations.map((a, i) => ({ ...a, label: relabelled(a.label, i) })),
}));

function relabelled(label: string, i: number): string {
  if (['N', 'L', 'R'].includes(label)) return ['N', 'L', 'R'][i % 3];
  return label === 'a' ? 'A' : label;
}

/** A record at another rate, under another name. */
export function atRate(record: EcgRecord, name: string, rate: number): EcgRecord {
  const { samplingFrequency, leads, annotations } = record;
  const last = Math.ceil((leads[0].samples.length * rate) / samplingFrequency) - 1;
  return {
    ...record,
    ...{ name, samplingFrequency: rate },
    leads: leads.map(({ name, units, samples }) => ({
      ...{ name, units },
      samples: resample(samples, samplingFrequency, rate),
    })),
    annotations: annotations.map((a) => ({
      ...a,
      sample: Math.min(Math.round((a.sample * rate) / samplingFrequency), last),
    })),
  };
}

/** Writes patients into a folder as r1, r2, ... */
export function folder(dir: string, patients: readonly EcgRecord[], rate: number): string {
  for (const [i, record] of patients.entries()) saveRecord(dir, atRate(record, `r${i + 1}`, rate));
  return dir;
}

/** Two folders below `dir` of eight records each, whose names are the same; one at 360 Hz, the other at 250 Hz. */
export function twoFolders(dir: string): [string, string] {
  return [folder(join(dir, 'one'), PATIENTS.slice(0, 8), 360), folder(join(dir, 'two'), PATIENTS.slice(8), 250)];
}
