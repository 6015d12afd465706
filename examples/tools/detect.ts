// How well the beats of annotated recordings are found: detectQrs on the first lead of every record of a folder, compared
// with the annotations.
import { DataError, printable, quantile } from 'dynaecg';
import {
  type BeatComparison,
  type BeatTally,
  detectQrs,
  grossTally,
  isBeat,
  signalQuality,
  unreadableSeconds,
} from 'dynaecg/ecg';
import { Program } from '../shared/program.ts';
import { Progress } from '../shared/progress.ts';
import { align, percent } from '../shared/text.ts';
import { mandatoryOption } from '../shared/values.ts';
import { type Counted, compareDetections, distances } from './detections.ts';
import { addStated, printNotes, Readings, recordsIn, type Stated } from './records.ts';

/** What the options below are read into. */
interface Values extends Stated {
  data: string;
  quiet?: boolean;
}

/** `detect`. */
export const detectCommand = addStated(
  new Program('detect')
    .summary('find the beats of recordings by the QRS detector alone')
    .description(
      'Finds the beats in the first lead of every record of a folder, or of one recording, and compares them with its annotations.',
    )
    .usage('--data PATH [options]')
    .addOption(
      mandatoryOption(
        '--data <PATH>',
        'a folder of records; WFDB records with .atr files, such as the MIT-BIH Arrhythmia Database, or a recording in any format',
      ),
    )
    .option('--quiet', 'no progress'),
)
  .addHelpText(
    'after',
    `
Beats and detections are paired within 150 ms, after ANSI/AAMI EC57. Like EC57, the table leaves out annotated
ventricular flutter and fibrillation, in which there are no beats to find; the lines below it are the results with
these counted too, and without the five minutes that EC57 allows for learning.`,
  )
  .action(detectAll);

const LEARNING = 300; // s, EC57's
const WAYS: readonly [title: string, counted: Counted][] = [
  ['all, without flutter', {}],
  ['all', { flutter: true }],
  ['after 5 minutes, without flutter', { start: LEARNING }],
  ['after 5 minutes', { start: LEARNING, flutter: true }],
];

function cells(name: string, { statistics: { qrs } }: BeatTally): string[] {
  const { sensitivity: se, positivePredictivity: pp } = qrs;
  const numbers = [se.of, se.count, se.of - se.count, pp.of - pp.count].map(String);
  return [name, ...numbers, ...[se, pp].map(({ value }) => (value === null ? '-' : percent(value)))];
}

function detectAll({ data, quiet = false, ...stated }: Values): void {
  const all = recordsIn(data);
  const readings = new Readings(all.length);
  const progress = new Progress('detecting', quiet);
  const found: [name: string, tallies: BeatComparison[]][] = [];
  const apart: number[] = []; // ms
  let read = 0;
  let seconds = 0;
  for (const [i, { name, path, annotated }] of all.entries()) {
    readings.attempt(name, () => {
      const record = readings.open(path, { annotator: annotated ? 'atr' : undefined, ...stated });
      printNotes(name, record);
      const [lead] = record.leads;
      if (!lead) throw new DataError(`record ${name}: expected a lead, got none`);
      const detected = detectQrs(lead.samples, record.samplingFrequency);
      read++;
      seconds += lead.samples.length / record.samplingFrequency;
      if (!annotated && !record.annotations.some(({ label }) => isBeat(label))) {
        const perMinute = (60 * detected.length * record.samplingFrequency) / lead.samples.length;
        const noise = unreadableSeconds(signalQuality(lead.samples, record.samplingFrequency, { peaks: detected }), [
          'noise',
        ]);
        const beats = `${detected.length} beats in lead ${printable(lead.name)}, ${perMinute.toFixed(1)} a minute`;
        console.log(`${name}: ${beats}${noise > 0 ? `; ${noise.toFixed(0)} s are noise` : ''}`);
        return;
      }
      const tallies = WAYS.map(([, counted]) => compareDetections(record, detected, counted));
      found.push([name, tallies]);
      for (const samples of distances(tallies[0])) apart.push((1000 * samples) / record.samplingFrequency);
    });
    progress.update((i + 1) / all.length, name);
  }
  progress.finish(`${read} records, ${(seconds / 3600).toFixed(1)} hours`);
  if (found.length > 0) printTables(found, apart);
  readings.finish();
}

function printTables(found: readonly [name: string, tallies: BeatComparison[]][], apart: number[]): void {
  const head = ['record', 'beats', 'TP', 'FN', 'FP', 'Se %', '+P %'];
  const rows = found.map(([name, tallies]) => cells(name, tallies[0]));
  const tallies = WAYS.map((_, w) => found.map(([, own]) => own[w]));
  const gross = WAYS.map(([title], w) => cells(title, grossTally(tallies[w])));
  console.log([...align([head, ...rows]), '', ...align([['gross', ...head.slice(1)], ...gross])].join('\n'));
  if (apart.length === 0) return;
  apart.sort((a, b) => a - b);
  const [median, ninety] = [0.5, 0.9].map((q) => quantile(apart, q).toFixed(1));
  console.log(`\ndistance from the annotation: median ${median} ms, 90 % within ${ninety} ms`);
}
