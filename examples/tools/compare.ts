// Two annotators of the same records, beat by beat, as bxb of the WFDB package reports them.
//   npm run compare -- --record mitdb/100 --reference atr --test dyn
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { type BeatTally, compareBeats, formatComparison, grossTally, parseHeader } from 'dynaecg/ecg';
import { loadAnnotations } from 'dynaecg/node';
import { flag, readArguments, text, texts } from '../shared/arguments.ts';
import { exitWith } from '../shared/exit.ts';
import { seconds } from '../shared/values.ts';

const HELP = `Compares two annotation files of a record beat by beat, after ANSI/AAMI EC57.

  npm run compare -- --record PATH --reference atr --test SUFFIX [options]

  --record PATH      the record without suffix, such as mitdb/100; several give each and their gross totals
  --reference S      suffix of the reference annotations; atr by default
  --test S           suffix of the annotations to judge
  --dir DIR          folder of the annotations to judge; that of the record by default
  --start SECONDS    where scoring begins; 300 by default, as EC57 wants it
  --json             print JSON instead of tables
  -h, --help         this text
  --version          the version of dynaecg`;

interface Report extends BeatTally {
  record: string;
}

function main(args: string[]): number {
  const options = { record: texts, reference: text, test: text, dir: text, start: text, json: flag };
  const given = readArguments({ name: 'compare', help: HELP, options }, args);
  if (!given) return 0;
  const { record: paths, reference = 'atr', test, dir, json } = given.values;
  if (!paths.length) throw new ArgumentError('--record: expected the path of a record, got none');
  if (!test) throw new ArgumentError('--test: expected the suffix of the annotations to judge, got none');
  const start = seconds('--start', given.values.start ?? '300');
  const records = paths.map((path) => compare(path, reference, test, dir, start));
  const total = grossTally(records);
  if (json) {
    console.log(JSON.stringify({ reference, test, records, total }, null, 1));
    return 0;
  }
  for (const report of records)
    console.log(`Record ${report.record}: ${test} against ${reference}\n\n${formatComparison(report)}\n`);
  if (records.length > 1) console.log(`All ${records.length} records\n\n${formatComparison(total)}\n`);
  return 0;
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

await exitWith(main);
