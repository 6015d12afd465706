import { openRecording, type RecordingFormat } from 'dynaecg/ecg';
import { atcFile, ishneFile, matFile } from '../../test/support/open/binary.ts';
import { edfFile } from '../../test/support/open/edf.ts';
import type { SuiteOptions } from '../support/options.ts';
import { OURS, type Report } from '../support/report.ts';

const RATE = 250;
const RECORDS = 720; // of a second: 12 minutes
const REPEATS = 5;

/** A file of each format with the same samples, in whole microvolts. */
function filesOf(samples: readonly number[]): [what: string, format: RecordingFormat, bytes: Uint8Array][] {
  const signal = {
    label: 'ECG',
    dimension: 'uV',
    physical: [-32768, 32767],
    digital: [-32768, 32767],
    samples,
  } as const;
  const table = (head: string, row: (v: number, i: number) => string): Uint8Array =>
    new TextEncoder().encode([head, ...samples.map(row)].join('\n'));
  return [
    ['EDF', 'EDF', edfFile({ records: RECORDS, signals: [signal] })],
    ['BDF', 'BDF', edfFile({ records: RECORDS, signals: [signal], bdf: true })],
    ['ISHNE', 'ISHNE', ishneFile({ samples: [samples], specs: [6], resolution: [1000], rate: RATE })],
    ['ATC', 'ATC', atcFile({ leads: { 'ecg ': samples }, rate: RATE, resolution: 1000 })],
    ['MATLAB 4', 'MATLAB 4', matFile({ name: 'val', rows: 1, columns: samples.length, values: samples, precision: 3 })],
    ['CSV of one column', 'CSV', table('ecg [uV]', (v) => v.toFixed(3))],
    ['CSV with times', 'CSV', table('time [s],ecg [uV]', (v, i) => `${(i / RATE).toFixed(4)},${v}`)],
  ];
}

/** Reading a recording of each format, checked against the samples that it was made of, then timed. */
export function benchRecordings(report: Report, { filter }: SuiteOptions): void {
  const samples = Array.from({ length: RECORDS * RATE }, (_, i) => ((i * 37) % 2000) - 1000);
  for (const [what, format, bytes] of filesOf(samples)) {
    const work = `read ${what}, ${(bytes.length / 1e6).toFixed(1)} MB`;
    if (!filter.test(work)) continue;
    report.print(`\n${work}`);
    const options = format === 'CSV' || format === 'MATLAB 4' ? { rate: RATE, unit: 'uV' } : {};
    const [lead] = openRecording(bytes, options).leads;
    const wrong = samples.findIndex((v, i) => Math.abs(lead.samples[i] - v / 1000) > 1e-6);
    if (lead.samples.length !== samples.length || wrong >= 0)
      throw new Error(`${work}: expected ${samples[wrong]} µV at ${wrong}, got ${lead.samples[wrong]} mV`);
    const times = Array.from({ length: REPEATS }, () => {
      const start = performance.now();
      openRecording(bytes, options);
      return performance.now() - start;
    });
    const { minimum } = report.timing(work, OURS, times);
    report.print(`  ${(bytes.length / 1e6 / minimum).toFixed(0)} MB/s`);
  }
}
