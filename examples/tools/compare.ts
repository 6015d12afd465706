// Two annotators of the same records, beat by beat, as bxb of the WFDB package reports them.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { type BeatTally, compareBeats, formatComparison, grossTally, parseHeader } from 'dynaecg/ecg';
import { loadAnnotations } from 'dynaecg/node';
import { Program } from '../shared/program.ts';
import { mandatoryOption, secondsOption } from '../shared/values.ts';

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
      'the path of a record; it has no suffix, as in mitdb/100, and several are reported one by one and with gross totals',
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
  const records = paths.map((path) => compare(path, reference, test, dir, start));
  const total = grossTally(records);
  if (json) {
    console.log(JSON.stringify({ reference, test, records, total }, null, 1));
    return;
  }
  for (const report of records)
    console.log(`Record ${report.record}: ${test} against ${reference}\n\n${formatComparison(report)}\n`);
  if (records.length > 1) console.log(`All ${records.length} records\n\n${formatComparison(total)}\n`);
}

function compare(path: string, reference: string, test: string, dir: string | undefined, start: number): Report {
  const header = parseHeader(read(`${path}.hea`).toString('utf8'), `${path}.hea`);
  const { samplingFrequency, sampleCount } = header;
  const end = sampleCount ? sampleCount / samplingFrequency : undefined;
  if (end !== undefined && end < start)
    throw new ArgumentError(`--start: expected at most the ${end} s of ${path}, got ${start}`);
  const options = { samplingFrequency, start, end };
  const { matrix, statistics } = compareBeats(
    loadAnnotations(path, reference),
    loadAnnotations(path, test, dir),
    options,
  );
  return { record: basename(path), matrix, statistics };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DataError(`compare: expected to read ${path}, got ${(error as Error).message}`, { cause: error });
  }
}
