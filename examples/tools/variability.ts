// Heart-rate variability in the time domain of every annotated recording of a folder.
import { type HeartRateVariability, heartRateVariability } from 'dynaecg/ecg';
import { loadRecords } from 'dynaecg/node';
import { Program } from '../shared/program.ts';
import { align, percent } from '../shared/text.ts';
import { mandatoryOption } from '../shared/values.ts';

/** What the options below are read into. */
interface Values {
  data: string;
  annotator: string;
}

/** `variability`. */
export const variabilityCommand = new Program('variability')
  .summary('heart-rate variability of annotated recordings')
  .description('Prints the heart-rate variability of the normal beats of every record of a folder, one per line.')
  .usage('--data DIR [options]')
  .addOption(
    mandatoryOption(
      '--data <DIR>',
      'a folder of records; WFDB records with annotations, such as the MIT-BIH Arrhythmia Database',
    ),
  )
  .option('--annotator <S>', 'suffix of the annotations', 'atr')
  .addHelpText(
    'after',
    '\nIntervals next to an ectopic beat, in atrial fibrillation or flutter, and above 2 s are left out.',
  )
  .action(printVariability);

const HEAD = ['record', 'RR', 'NN %', '1/min', 'SDNN', 'RMSSD', 'SDSD', 'pNN50 %', 'pNN20 %', 'SDANN', 'index', 'HTI'];

function cells(name: string, { counts, ...of }: HeartRateVariability): string[] {
  const share = counts.share === null ? '-' : percent(counts.share);
  const figures = [of.heartRate, of.sdnn, of.rmssd, of.sdsd, of.pnn50, of.pnn20, of.sdann, of.sdnnIndex];
  const shown = [...figures, of.triangularIndex].map((value) => value?.toFixed(1) ?? '-');
  return [name, String(counts.rr), share, ...shown];
}

function printVariability({ data, annotator }: Values): void {
  const rows = loadRecords(data, undefined, { annotator }).map(({ name, annotations, samplingFrequency }) =>
    cells(name, heartRateVariability(annotations, { samplingFrequency })),
  );
  console.log([...align([HEAD, ...rows]), '', 'SDNN, RMSSD, SDSD, SDANN and SDNN index in ms'].join('\n'));
}
