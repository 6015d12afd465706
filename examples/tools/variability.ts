// Heart-rate variability in the time domain of every annotated recording of a folder.
import {
  type Annotation,
  detectQrs,
  type HeartRateVariability,
  heartRateVariability,
  isBeat,
  type Recording,
} from 'dynaecg/ecg';
import { Program } from '../shared/program.ts';
import { align, percent } from '../shared/text.ts';
import { mandatoryOption } from '../shared/values.ts';
import { addStated, type Found, printNotes, Readings, recordsIn, type Stated } from './records.ts';

/** What the options below are read into. */
interface Values extends Stated {
  data: string;
  annotator: string;
}

/** `variability`. */
export const variabilityCommand = addStated(
  new Program('variability')
    .summary('heart-rate variability of annotated recordings')
    .description(
      'Prints the heart-rate variability of the normal beats of every record of a folder, or of one recording, one per line.',
    )
    .usage('--data PATH [options]')
    .addOption(
      mandatoryOption(
        '--data <PATH>',
        'a folder of records; WFDB records with annotations, such as the MIT-BIH Arrhythmia Database, or a recording in any format, ' +
          'whose beats are looked for if it has none',
      ),
    )
    .option('--annotator <S>', 'suffix of the annotations', 'atr'),
)
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

/** The annotations of a recording; of one that has no beats, those of the detector, all as normal. */
function beatsOf({ annotations, leads, samplingFrequency }: Recording, { name, annotated }: Found): Annotation[] {
  if (annotated || annotations.some(({ label }) => isBeat(label)) || leads.length === 0) return annotations;
  console.error(`${name}: no beats are annotated; those of the detector in ${leads[0].name} are taken as normal`);
  const peaks = Array.from(detectQrs(leads[0].samples, samplingFrequency));
  return peaks.map((sample) => ({ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }));
}

function printVariability({ data, annotator, ...stated }: Values): void {
  const all = recordsIn(data);
  const readings = new Readings(all.length);
  const rows = all.flatMap((found) => {
    const row = readings.attempt(found.name, () => {
      const record = readings.open(found.path, { annotator: found.annotated ? annotator : undefined, ...stated });
      printNotes(found.name, record);
      const { samplingFrequency } = record;
      return cells(record.name, heartRateVariability(beatsOf(record, found), { samplingFrequency }));
    });
    return row ? [row] : [];
  });
  if (rows.length > 0)
    console.log([...align([HEAD, ...rows]), '', 'SDNN, RMSSD, SDSD, SDANN and SDNN index in ms'].join('\n'));
  readings.finish();
}
