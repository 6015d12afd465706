// Heart-rate variability in the time domain of every annotated recording of a folder.  npm run variability -- --data DIR
import { ArgumentError } from 'dynaecg';
import { type HeartRateVariability, heartRateVariability } from 'dynaecg/ecg';
import { loadRecords } from 'dynaecg/node';
import { readArguments, text } from '../shared/arguments.ts';
import { exitWith } from '../shared/exit.ts';
import { align, percent } from '../shared/text.ts';

const HELP = `Prints the heart-rate variability of the normal beats of every record of a folder, one in a line.

  npm run variability -- --data DIR

  --data DIR      a folder with WFDB records, such as the MIT-BIH Arrhythmia Database
  --annotator S   suffix of the annotations; atr by default
  -h, --help      this text
  --version       the version of dynaecg

Left out are intervals next to an ectopic beat, in atrial fibrillation or flutter, and above 2 s.`;

const HEAD = ['record', 'RR', 'NN %', '1/min', 'SDNN', 'RMSSD', 'SDSD', 'pNN50 %', 'pNN20 %', 'SDANN', 'index', 'HTI'];

function cells(name: string, { counts, ...of }: HeartRateVariability): string[] {
  const share = counts.share === null ? '-' : percent(counts.share);
  const figures = [of.heartRate, of.sdnn, of.rmssd, of.sdsd, of.pnn50, of.pnn20, of.sdann, of.sdnnIndex];
  const shown = [...figures, of.triangularIndex].map((value) => value?.toFixed(1) ?? '-');
  return [name, String(counts.rr), share, ...shown];
}

function main(args: string[]): number {
  const given = readArguments({ name: 'variability', help: HELP, options: { data: text, annotator: text } }, args);
  if (!given) return 0;
  const { values } = given;
  if (values.data === undefined) throw new ArgumentError('--data: expected a folder of records, got none');
  const rows = loadRecords(values.data, undefined, { annotator: values.annotator ?? 'atr' }).map(
    ({ name, annotations, samplingFrequency }) => cells(name, heartRateVariability(annotations, { samplingFrequency })),
  );
  console.log([...align([HEAD, ...rows]), '', 'SDNN, RMSSD, SDSD, SDANN and SDNN index in ms'].join('\n'));
  return 0;
}

await exitWith(main);
