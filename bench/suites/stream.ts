import { join } from 'node:path';
import {
  type AnnotatedBeat,
  annotateRecord,
  BeatStream,
  MITDB_RECORDS,
  type StreamedBeat,
  syntheticRecord,
} from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';
import { loadRecord } from 'dynaecg/node';
import type { Report } from '../support/report.ts';

const RATE = 360;

/** Beats while recording: memory, delays, and agreement with `annotateRecord` on MIT-BIH. */
export function benchStream(report: Report): void {
  const model = beatModel();
  report.print(
    '\nwhat a stream with the model of the package keeps, and the delay of a beat that is found directly, at most',
  );
  for (const rate of [128, 200, 250, RATE, 500, 1000]) {
    const { bytes, delay } = new BeatStream(model, { rate });
    report.print(
      `  ${String(rate).padStart(5)} Hz  ${(bytes / 1024).toFixed(0).padStart(5)} KiB  ${delay.toFixed(2)} s`,
    );
  }
  const state = new BeatStream(model, { rate: RATE });
  state.push(syntheticRecord({ seed: 'stream', name: 'stream', duration: 600 }).leads[0].samples);
  report.print(
    `  its state after ten minutes is ${(JSON.stringify(state.state).length / 1024).toFixed(0)} KiB of JSON`,
  );
  const dir = process.env['MITDB'];
  if (dir) agreement(report, model, dir);
  else report.print('\nMIT-BIH is skipped, as MITDB does not name the folder of the database');
}

const CAUSES = ['equal', 'noise alone', 'rhythm', 'place'] as const;

/** How a beat of a stream differs from that of `annotateRecord`. */
function causeOf(whole: AnnotatedBeat, streamed: StreamedBeat | undefined): (typeof CAUSES)[number] {
  if (whole.sample !== streamed?.sample) return 'place';
  if (String(whole.probabilities) !== String(streamed.probabilities)) return 'rhythm';
  return whole.label === streamed.label && whole.distance === streamed.distance ? 'equal' : 'noise alone';
}

function agreement(report: Report, model: ReturnType<typeof beatModel>, dir: string): void {
  const counts = Object.fromEntries(CAUSES.map((cause) => [cause, 0]));
  const labels = { same: 0, onlyWhole: 0, onlyStream: 0, other: 0 };
  const delays: Record<string, number[]> = { directly: [], searchBack: [], learning: [] };
  let all = 0;
  for (const name of MITDB_RECORDS) {
    const record = loadRecord(join(dir, name));
    const [lead] = record.leads;
    const whole = annotateRecord(model, record, { lead: lead.name });
    const stream = new BeatStream(model, { rate: record.samplingFrequency });
    const beats: StreamedBeat[] = [];
    for (let i = 0; i < lead.samples.length; i += 18) {
      const found = stream.push(lead.samples.subarray(i, i + 18)).beats;
      for (const beat of found) delays[beat.found].push((i + 18 - beat.sample) / record.samplingFrequency);
      beats.push(...found);
    }
    beats.push(...stream.flush().beats);
    whole.beats.forEach((beat, i) => {
      all++;
      counts[causeOf(beat, beats[i])]++;
      const [one, other] = [beat.why === 'noise', beats[i]?.why === 'noise'];
      if (beat.label === beats[i]?.label) labels.same++;
      else if (one && !other) labels.onlyWhole++;
      else if (other && !one) labels.onlyStream++;
      else labels.other++;
    });
  }
  const percent = (n: number): string => `${((100 * n) / all).toFixed(2).padStart(6)} % ${String(n).padStart(7)}`;
  report.print(`\nMIT-BIH, first leads: ${all} beats of annotateRecord, and those of a stream`);
  report.print(`  equal to the bit           ${percent(counts['equal'])}`);
  report.print(`  but for noise              ${percent(counts['noise alone'])}`);
  report.print(`  other timing, after noise  ${percent(counts['rhythm'])}`);
  report.print(`  elsewhere                  ${percent(counts['place'])}`);
  report.print(`  the same label             ${percent(labels.same)}`);
  report.print(`  noise in annotateRecord    ${percent(labels.onlyWhole)}`);
  report.print(`  noise in the stream        ${percent(labels.onlyStream)}`);
  report.print(`  another class              ${percent(labels.other)}`);
  report.print('  s of signal after the R peak: beats, median, most');
  for (const [found, values] of Object.entries(delays)) {
    const sorted = values.sort((a, b) => a - b);
    const [median, most] = [sorted[sorted.length >> 1] ?? 0, sorted.at(-1) ?? 0];
    report.print(
      `    ${found.padEnd(10)} ${String(sorted.length).padStart(7)} ${median.toFixed(2)} ${most.toFixed(2)}`,
    );
  }
}
