// Two annotators of the same records, beat by beat, as bxb of the WFDB package reports them.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DataError } from 'dynaecg';
import { type BeatTally, compareBeats, formatComparison, grossTally, parseHeader } from 'dynaecg/ecg';
import { loadAnnotations, recordPath } from 'dynaecg/node';
import { Program } from '../shared/program.ts';
import { mandatoryOption, secondsOption } from '../shared/values.ts';
import { Readings } from './records.ts';

/** What the options below are read into. */
interface Values {
  record: string[];
  reference: string;
  test: string;
  dir?: string;
  start: number;
  json?: boolean;
}

/** `compare`. */
export const compareCommand = new Program('compare')
  .summary('compare two annotation files of a record, beat by beat')
  .description('Compares two annotation files of a record beat by beat, after ANSI/AAMI EC57.')
  .usage('--record PATH --test SUFFIX [options]')
  .addOption(
    mandatoryOption(
      '--record <PATH...>',
      'the path of a record; with or without a suffix, as in mitdb/100, and several are reported one by one and with gross totals',
    ),
  )
  .option('--reference <S>', 'suffix of the reference annotations', 'atr')
  .addOption(mandatoryOption('--test <S>', 'the suffix of the annotations to judge'))
  .option('--dir <DIR>', 'folder of the annotations to judge; that of the record by default')
  .addOption(secondsOption('--start <SECONDS>', "where scoring begins; the default is EC57's").default(300))
  .option('--json', 'print JSON instead of tables')
  .action(compareAll);

interface Report extends BeatTally {
  record: string;
}

function compareAll({ record: paths, reference, test, dir, start, json }: Values): void {
  const readings = new Readings(paths.length);
  const records = paths.flatMap(
    (path) => readings.attempt(path, () => compare(path, reference, test, dir, start, readings)) ?? [],
  );
  if (records.length > 0) print(records, reference, test, json);
  readings.finish();
}

function print(records: readonly Report[], reference: string, test: string, json?: boolean): void {
  const total = grossTally(records);
  if (json) {
    console.log(JSON.stringify({ reference, test, records, total }, null, 1));
    return;
  }
  for (const report of records)
    console.log(`Record ${report.record}: ${test} against ${reference}\n\n${formatComparison(report)}\n`);
  if (records.length > 1) console.log(`All ${records.length} records\n\n${formatComparison(total)}\n`);
}

function compare(
  given: string,
  reference: string,
  test: string,
  dir: string | undefined,
  start: number,
  readings: Readings,
): Report {
  const path = recordPath(given);
  const { samplingFrequency, sampleCount } = parseHeader(read(`${path}.hea`), `${path}.hea`, { partial: true });
  const end = sampleCount ? sampleCount / samplingFrequency : undefined;
  if (end !== undefined && end < start)
    throw new DataError(`--start: expected at most the ${end} s of ${path}, got ${start}`);
  // Frames, which the header's sampling frequency and length count.
  const load = (suffix: string, folder?: string) =>
    readings.shown(path, loadAnnotations(path, suffix, { dir: folder, partial: true, frames: 'average' })).annotations;
  const { matrix, statistics } = compareBeats(load(reference), load(test, dir), { samplingFrequency, start, end });
  return { record: basename(path), matrix, statistics };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DataError(`compare: expected to read ${path}, got ${(error as Error).message}`, { cause: error });
  }
}
