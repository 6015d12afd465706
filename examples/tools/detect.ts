// How well the beats of annotated recordings are found: detectQrs on the first lead of every record of a folder, compared
// with the annotations.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, quantile } from 'dynaecg';
import { type BeatComparison, type BeatTally, detectQrs, grossTally } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { Program } from '../shared/program.ts';
import { Progress } from '../shared/progress.ts';
import { align, percent } from '../shared/text.ts';
import { mandatoryOption } from '../shared/values.ts';
import { type Counted, compareDetections, distances } from './detections.ts';

/** What the options below are read into. */
interface Values {
  data: string;
  quiet?: boolean;
}

/** `detect`. */
export const detectCommand = new Program('detect')
  .summary('find the beats of recordings by the QRS detector alone')
  .description('Finds the beats in the first lead of every record of a folder, and compares them with its annotations.')
  .usage('--data DIR [options]')
  .addOption(
    mandatoryOption(
      '--data <DIR>',
      'a folder of records; WFDB records with .atr files, such as the MIT-BIH Arrhythmia Database',
    ),
  )
  .option('--quiet', 'no progress')
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

function headersIn(dir: string): string[] {
  let files: string[];
  try {
    files = readdirSync(dir);
  } catch {
    throw new DataError(`--data: expected a folder, got ${dir}`);
  }
  const names = files.filter((file) => file.endsWith('.hea')).map((file) => file.slice(0, -'.hea'.length));
  if (names.length === 0) throw new DataError(`--data: expected .hea files in ${dir}, got none`);
  return names.sort();
}

function detectAll({ data, quiet = false }: Values): void {
  const names = headersIn(data);
  const progress = new Progress('detecting', quiet);
  const tallies: BeatComparison[][] = WAYS.map(() => []);
  const apart: number[] = []; // ms
  let seconds = 0;
  for (const [i, name] of names.entries()) {
    const record = loadRecord(join(data, name), { annotator: 'atr' });
    const [lead] = record.leads;
    if (!lead) throw new DataError(`record ${name}: expected a lead, got none`);
    const detected = detectQrs(lead.samples, record.samplingFrequency);
    WAYS.forEach(([, counted], w) => {
      tallies[w].push(compareDetections(record, detected, counted));
    });
    for (const samples of distances(tallies[0][i])) apart.push((1000 * samples) / record.samplingFrequency);
    seconds += lead.samples.length / record.samplingFrequency;
    progress.update((i + 1) / names.length, name);
  }
  progress.finish(`${names.length} records, ${(seconds / 3600).toFixed(1)} hours`);

  const head = ['record', 'beats', 'TP', 'FN', 'FP', 'Se %', '+P %'];
  const rows = names.map((name, i) => cells(name, tallies[0][i]));
  const gross = WAYS.map(([title], w) => cells(title, grossTally(tallies[w])));
  console.log([...align([head, ...rows]), '', ...align([['gross', ...head.slice(1)], ...gross])].join('\n'));
  if (apart.length === 0) return;
  apart.sort((a, b) => a - b);
  const [median, ninety] = [0.5, 0.9].map((q) => quantile(apart, q).toFixed(1));
  console.log(`\ndistance from the annotation: median ${median} ms, 90 % within ${ninety} ms`);
}
