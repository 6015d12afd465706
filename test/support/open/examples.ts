/**
 * One synthetic recording in a file of each format: `node --import tsx test/support/open/examples.ts DIR` writes them, to try the
 * commands on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeRecord, type OpenOptions, syntheticRecord } from 'dynaecg/ecg';
import { atcFile, ishneFile, matFile } from './binary.ts';
import { edfFile } from './edf.ts';

export const SECONDS = 30;
/** What the files are made of: 360 Hz, mV, an annotation at each beat. */
export const SOURCE = syntheticRecord({ seed: 1, name: 'example', duration: SECONDS });

/** A file of one format, and the options without which it cannot be read. */
export interface Example {
  files: Record<string, Uint8Array>;
  options?: OpenOptions;
}

const { samples } = SOURCE.leads[0];
const RATE = SOURCE.samplingFrequency;
const microvolts = Array.from(samples, (v) => Math.round(1000 * v));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function wfdb(): Record<string, Uint8Array> {
  const { header, files, annotations } = encodeRecord(SOURCE);
  return { 'example.hea': bytesOf(header), ...files, 'example.atr': annotations };
}

const apple = [
  ...['Name,Test Person', 'Date of Birth,"4 Jan 1992"', 'Recorded Date,2024-06-15 10:30:00 +0100'],
  ...[
    'Classification,Sinus Rhythm',
    'Device,"Watch6,3"',
    `Sample Rate,${RATE} hertz`,
    '',
    'Lead,Lead I',
    'Unit,µV',
    '',
  ],
  ...Array.from(samples, (v) => (1000 * v).toFixed(3)),
];
const polar = [
  'Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]',
  ...microvolts.map((v, i) => {
    const ms = (1000 * i) / RATE;
    const clock = new Date(Date.UTC(2026, 5, 1, 21, 17, 9) + ms).toISOString().slice(0, -1);
    return `${clock};${599626023839800192n + BigInt(Math.round(1e6 * ms))};${ms.toFixed(3)};${v}`;
  }),
];
const generic = ['time,ECG', ...Array.from(samples, (v, i) => `${(i / RATE).toFixed(5)},${v.toFixed(4)}`)];
const signal = {
  label: 'ECG',
  dimension: 'uV',
  physical: [-32768, 32767],
  digital: [-32768, 32767],
  samples: microvolts,
} as const;
const wide = { ...signal, physical: [-8388608, 8388607], digital: [-8388608, 8388607] } as const;
const tals = Array.from(
  { length: SECONDS },
  (_, s) => `+${s}\x14\x14\0${s === 10 ? '+10.5\x14Palpitations\x14\0' : ''}`,
);

/** By the name of the format. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  WFDB: { files: wfdb() },
  EDF: { files: { 'example.edf': edfFile({ records: SECONDS, signals: [signal] }) } },
  'EDF+': { files: { 'example-plus.edf': edfFile({ signals: [signal], tals }) } },
  BDF: { files: { 'example.bdf': edfFile({ bdf: true, records: SECONDS, signals: [wide] }) } },
  'CSV of a watch': { files: { 'watch.csv': bytesOf(apple.join('\n')) } },
  'CSV of a chest strap': { files: { 'strap.txt': bytesOf(polar.join('\r\n')) } },
  'other CSV': { files: { 'table.csv': bytesOf(generic.join('\n')) } },
  ISHNE: { files: { 'example.ecg': ishneFile({ samples: [microvolts], specs: [6], resolution: [1000], rate: RATE }) } },
  ATC: { files: { 'example.atc': atcFile({ leads: { 'ecg ': microvolts }, rate: RATE, resolution: 1000 }) } },
  'MATLAB 4': {
    files: {
      'example.mat': matFile({ name: 'val', rows: 1, columns: microvolts.length, values: microvolts, precision: 3 }),
    },
    options: { rate: RATE, unit: 'uV' },
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [dir] = process.argv.slice(2);
  if (dir === undefined) throw new Error('expected a folder');
  mkdirSync(dir, { recursive: true });
  for (const { files } of Object.values(EXAMPLES))
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(dir, name), bytes);
}
