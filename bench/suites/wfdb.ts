import { Random } from 'dynaecg';
import { decodeSignal, encodeSignal, SIGNAL_FORMATS } from 'dynaecg/ecg';
import type { SuiteOptions } from '../support/options.ts';
import { OURS, type Report } from '../support/report.ts';
import type { Timing } from '../support/timing.ts';
import { time } from '../support/workloads.ts';

const SIGNALS = 2;
const SAMPLES = 650_000; // as a record of MIT-BIH, half an hour at 360 Hz
const TIMES = 15;
const LEAST_MS = 200;

/** Signal files of each format, written and read: checked against what was written, then timed, in megabytes of the file. */
export function benchWfdb(report: Report, { filter }: SuiteOptions): void {
  const random = new Random(1);
  const signals = Array.from({ length: SIGNALS }, () => {
    let value = 0; // a walk that stays within 10 bits, in steps of less than 8
    return Int32Array.from({ length: SAMPLES }, () => {
      value += random.integer(127) - 63 - Math.sign(value) * 8;
      value = Math.max(-511, Math.min(value, 511));
      return value;
    });
  });
  for (const format of SIGNAL_FORMATS) {
    const work = `format ${format}, ${SIGNALS} x ${SAMPLES} samples`;
    if (!filter.test(work)) continue;
    const held = format === 80 ? signals.map((signal) => signal.map((v) => v >> 2)) : signals;
    const file = encodeSignal(format, held);
    const options = { signals: SIGNALS, samples: SAMPLES, initialValues: held.map(([first]) => first) };
    for (const [s, signal] of decodeSignal(format, file, options).entries())
      if (signal.some((v, i) => v !== held[s][i])) throw new Error(`${work}: signal ${s} is not what was written`);
    report.print(`\n${work}, ${(file.length / 1e6).toFixed(1)} MB`);
    const measure = (by: string, run: () => void): void => {
      const timing = report.timing(`${work}: ${by}`, OURS, time(run, TIMES, LEAST_MS));
      report.print(`    ${by} ${rate(file.length, timing)}`);
    };
    measure('decodeSignal', () => void decodeSignal(format, file, options));
    measure('encodeSignal', () => void encodeSignal(format, held));
  }
}

/** Of the fastest run. */
function rate(bytes: number, { minimum }: Timing): string {
  const samples = (SIGNALS * SAMPLES) / minimum / 1e6;
  return `${(bytes / minimum / 1e6).toFixed(0)} MB/s, ${samples.toFixed(0)} million samples per second`;
}
