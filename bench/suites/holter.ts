import { loadavg } from 'node:os';
import { annotateRecord, BeatStream, syntheticRecord } from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';
import { OURS, type Report } from '../support/report.ts';

const RATE = 360;
const PIECE = 600; // s
const PIECES = 144; // of a day
const PACKET = 10_000; // samples
const HOUR = 6; // pieces

/** Processor time of the process so far, ms: on a machine that does other things too, wall time says nothing. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A day of one lead through `BeatStream`, ten minutes of a synthetic recording over and over, next to `annotateRecord`. */
export function benchHolter(report: Report): void {
  const model = beatModel();
  const { leads, ...record } = syntheticRecord({ seed: 'holter', name: 'holter', duration: PIECE, noise: 0.3 });
  const [lead] = leads;
  const stream = new BeatStream(model, { rate: RATE });
  const times: number[] = [];
  const memory: number[] = [];
  const counts = { directly: 0, searchBack: 0, learning: 0 };
  for (let k = 0; k < PIECES; k++) {
    const start = now();
    for (let i = 0; i < lead.samples.length; i += PACKET)
      for (const { found } of stream.push(lead.samples.subarray(i, i + PACKET)).beats) counts[found]++;
    times.push(now() - start);
    memory.push(process.memoryUsage().rss / 2 ** 20);
  }
  const { directly, searchBack, learning } = counts;
  report.print(`\na day of one lead at ${RATE} Hz, ${PACKET} samples a push`);
  report.print(`  ${directly} beats directly, ${searchBack} by the search back, ${learning} after learning`);
  const fastest = report.timing('stream: ten minutes', OURS, times).minimum;
  const samples = new Float32Array(HOUR * lead.samples.length);
  for (let k = 0; k < HOUR; k++) samples.set(lead.samples, k * lead.samples.length);
  const runs = [0, 1].map(() => {
    const start = now();
    annotateRecord(model, { ...record, leads: [{ ...lead, samples, digital: undefined }] });
    return now() - start;
  });
  const hour = report.timing('annotateRecord: an hour', OURS, runs).minimum;
  const all = times.reduce((a, b) => a + b) / 1000;
  report.print(
    `  processor time of a day: ${(PIECES * fastest).toFixed(0)} s by the fastest ten minutes, ${all.toFixed(0)} s in all`,
  );
  report.print(`  annotateRecord: ${(24 * hour).toFixed(0)} s by the faster of two hours`);
  const [first, half, last] = [HOUR, PIECES / 2, PIECES].map((k) => memory[k - 1].toFixed(0));
  report.print(`  resident memory after 1, 12 and 24 hours: ${first}, ${half} and ${last} MiB`);
  report.print(`  load of the machine: ${loadavg()[0].toFixed(1)}`);
}
