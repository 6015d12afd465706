// How well the beats of annotated recordings are found: detectQrs on the first lead of every record of a folder, compared
// with the annotations.  npm run detect -- --data DIR
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ArgumentError, DataError, DynaecgError } from 'dynaecg';
import { detectQrs } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { breathe, Progress } from './dynaecg/progress.ts';
import { align, percent } from './dynaecg/table.ts';
import { type Counted, type Counts, countBeats, offsets, predictivity, sensitivity, sumCounts } from './matching.ts';

const help = `Finds the beats in the first lead of every record of a folder, and compares them with its annotations.

  npm run detect -- --data DIR

  --data DIR   a folder with WFDB records and their .atr files, such as the MIT-BIH Arrhythmia Database
  --quiet      no progress
  --help       this text

A beat is found if there is a detection within 150 ms; each detection counts for one beat. The table leaves out what is
annotated as ventricular flutter or fibrillation, where there are no beats to find, as ANSI/AAMI EC57 does; the lines
below it say what comes of counting that too, and of leaving out the five minutes that EC57 gives for learning.`;

const LEARNING = 300; // s, EC57's
const WAYS: readonly [title: string, counted: Counted][] = [
  ['all, without flutter', { flutter: false }],
  ['all', {}],
  ['after 5 minutes, without flutter', { from: LEARNING, flutter: false }],
  ['after 5 minutes', { from: LEARNING }],
];

function cells(name: string, counts: Counts): string[] {
  const { found, missed, invented } = counts;
  const part = (x: number): string => (Number.isNaN(x) ? '-' : percent(x));
  const numbers = [found + missed, found, missed, invented].map(String);
  return [name, ...numbers, part(sensitivity(counts)), part(predictivity(counts))];
}

/** The part of the values that quantile `q` leaves below it. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)];
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

async function main(args: string[]): Promise<void> {
  const boolean = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ args, options: { data: { type: 'string' }, quiet: boolean, help: boolean } });
  if (values.help) {
    console.log(help);
    return;
  }
  if (values.data === undefined) throw new ArgumentError('--data: expected a folder of records, got none');
  const names = headersIn(values.data);
  const progress = new Progress('detecting', values.quiet);
  const counts: Counts[][] = WAYS.map(() => []);
  const distances: number[] = [];
  let seconds = 0;
  for (const [i, name] of names.entries()) {
    const record = loadRecord(join(values.data, name));
    const [lead] = record.leads;
    if (!lead) throw new DataError(`record ${name}: expected a lead, got none`);
    const detected = detectQrs(lead.samples, record.samplingFrequency);
    WAYS.forEach(([, counted], w) => {
      counts[w].push(countBeats(record, detected, counted));
    });
    for (const offset of offsets(record, detected)) distances.push((1000 * offset) / record.samplingFrequency);
    seconds += lead.samples.length / record.samplingFrequency;
    progress.update((i + 1) / names.length, name);
    await breathe();
  }
  progress.finish(`${names.length} records, ${(seconds / 3600).toFixed(1)} hours`);

  const head = ['record', 'beats', 'TP', 'FN', 'FP', 'Se %', '+P %'];
  const rows = names.map((name, i) => cells(name, counts[0][i]));
  const gross = WAYS.map(([title], w) => cells(title, sumCounts(counts[w])));
  console.log([...align([head, ...rows]), '', ...align([['gross', ...head.slice(1)], ...gross])].join('\n'));
  if (distances.length === 0) return;
  const absolute = distances.map(Math.abs).sort((a, b) => a - b);
  const [median, ninety] = [0.5, 0.9].map((q) => quantile(absolute, q).toFixed(1));
  console.log(`\ndistance from the annotation: median ${median} ms, 90 % within ${ninety} ms`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof DynaecgError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(expected ? (error as Error).message.split('\n')[0] : error);
  process.exitCode = 1;
}
