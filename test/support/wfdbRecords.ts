/** A small record of two leads in two formats, and a folder to write it to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EcgRecord, type EncodedRecord, encodeRecord, makeLead } from 'dynaecg/ecg';
import * as assert from 'uvu/assert';

export const lead = (name: string, digital: number[], format = 212) =>
  makeLead({
    name,
    units: 'mV',
    digital: {
      samples: Int16Array.from(digital),
      format,
      gain: 200,
      baseline: 1024,
      adcResolution: 11,
      adcZero: 1024,
    },
  });
export const annotation = (sample: number, label: string) => ({
  sample,
  label,
  subtype: 0,
  channel: 0,
  num: 0,
  aux: '',
});

export function record(name = 'r1'): EcgRecord {
  return {
    name,
    samplingFrequency: 360,
    leads: [lead('MLII', [1024, 1224, 824, 2047, 1024]), lead('V5', [1000, 1001, 1002, 1003, 1004])],
    annotations: [annotation(1, 'N'), annotation(4, 'V')],
    comments: ['a comment'],
    customLabels: [],
    baseTime: null,
    baseDate: null,
  };
}

/** The files of `record()` with a replacement in the header. */
export function files(from: string, to: string): EncodedRecord {
  const encoded = encodeRecord(record());
  assert.ok(encoded.header.includes(from), from);
  return { ...encoded, header: encoded.header.replace(from, to) };
}

export function inFolder(action: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    action(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
