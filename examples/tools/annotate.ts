import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArgumentError, DataError, printable, type SavedModel } from 'dynaecg';
import {
  AAMI_CLASSES,
  type AnnotatedRecord,
  annotateRecord,
  beatAnnotations,
  beatInput,
  compareBeats,
  type EcgRecord,
  formatComparison,
  grossTally,
  isBeat,
  writeAnnotations,
} from 'dynaecg/ecg';
import { loadAnnotations, loadModel, loadRecord, writeFileAtomic } from 'dynaecg/node';
import { checkWritable, prepareFolder } from '../shared/folder.ts';
import { Program } from '../shared/program.ts';
import { Progress } from '../shared/progress.ts';
import { align } from '../shared/text.ts';
import { mandatoryOption, secondsOption } from '../shared/values.ts';

const SUFFIX = 'dyn';
const REFERENCE = 'atr';

/** What the options below are read into. */
interface Values {
  model: string;
  record: string[];
  out: string;
  annotator?: string;
  lead?: string;
  invert?: boolean;
  csv?: boolean;
  json?: boolean;
  reference?: string;
  start: number;
  quiet?: boolean;
}

/** `annotate`. */
export const annotateCommand = new Program('annotate')
  .summary('annotate recordings with a trained model')
  .description(
    'Finds the beats of a recording, classifies each with a trained model, and writes a WFDB annotation file.',
  )
  .usage('--model FILE --record PATH [options]')
  .addOption(mandatoryOption('--model <FILE>', 'a model file; training writes them'))
  .addOption(
    mandatoryOption(
      '--record <PATH...>',
      'the path of a record; it has no suffix, as in mitdb/100, and several are annotated one after the other',
    ),
  )
  .option('--out <DIR>', "where RECORD.dyn goes; the current folder by default, as with WFDB's own programs", '.')
  .option('--annotator <S>', 'take the R peaks from PATH.S instead of looking for them')
  .option('--lead <NAME>', "the lead to read; by default the model's if the record has it, otherwise the first")
  .option('--invert', 'turn the lead upside down')
  .option(
    '--csv',
    'also write RECORD.csv: for each beat its probabilities, its distance to the nearest cluster of training beats, and the ' +
      'class that it would otherwise have',
  )
  .option('--json', 'write the same as RECORD.json')
  .option(
    '--reference <S>',
    `reference annotations to compare with after EC57; ${REFERENCE} by default, if there are any`,
  )
  .addOption(secondsOption('--start <SECONDS>', "where the comparison begins; the default is EC57's").default(300))
  .option('--quiet', 'no progress')
  .addHelpText(
    'after',
    '\nA beat that is unlike everything the model was trained on is labelled Q rather than forced into a class.',
  )
  .action(annotateAll);

function annotateAll({ record: paths, model: file, ...values }: Values): void {
  const twice = paths.find((path, i) => paths.findIndex((other) => basename(other) === basename(path)) < i);
  if (twice !== undefined)
    throw new ArgumentError(
      `--record: expected each name once, as files are named by it, got ${basename(twice)} twice`,
    );
  checkWritable('--out', values.out);
  const model = loadModel(file);
  prepareFolder('--out', values.out);
  const tallies = paths.flatMap((path) => annotate(path, model, values) ?? []);
  if (tallies.length > 1) console.log(`All ${tallies.length} records\n\n${formatComparison(grossTally(tallies))}\n`);
}

/** Annotates a record and writes what was asked for; the comparison with the reference, where there is one. */
function annotate(
  path: string,
  model: SavedModel,
  { annotator, lead, invert = false, quiet = false, ...rest }: Omit<Values, 'model' | 'record'>,
) {
  const record = loadRecord(path, { annotator: false });
  const peaks = annotator === undefined ? undefined : peaksOf(path, annotator);
  // Before anything is written, which may be in its place.
  const suffix = rest.reference ?? REFERENCE;
  const compared = rest.reference !== undefined || existsSync(`${path}.${suffix}`);
  const reference = compared ? loadAnnotations(path, suffix) : null;
  const progress = new Progress(record.name, quiet);
  const annotated = annotateRecord(model, record, { peaks, lead, invert, progress: (done) => progress.update(done) });
  progress.finish(`${annotated.beats.length} beats`);

  const channel = record.leads.findIndex(({ name }) => name === annotated.lead);
  const annotations = beatAnnotations(annotated, channel);
  const files = [
    [SUFFIX, writeAnnotations(annotations)],
    ...(rest.csv ? [['csv', csv(model, record, annotated)]] : []),
    ...(rest.json ? [['json', json(model, record, annotated)]] : []),
  ] as [string, string | Uint8Array][];
  const written = files.map(([suffix, contents]) => {
    const file = join(rest.out, `${basename(path)}.${suffix}`);
    writeFileAtomic(file, contents);
    return file;
  });
  console.log(`${summary(record, annotated)}\nwritten: ${written.join(', ')}\n`);

  if (!reference) {
    console.log(`no ${path}.${suffix} to compare with\n`);
    return null;
  }
  const { samplingFrequency, leads } = record;
  const end = leads[0].samples.length / samplingFrequency;
  const { start } = rest;
  if (end < start) {
    console.log(`no comparison with ${suffix}: the record ends at ${end.toFixed(0)} s, before --start\n`);
    return null;
  }
  const tally = compareBeats(reference, annotations, { samplingFrequency, start, end });
  console.log(`${record.name}: ${SUFFIX} against ${suffix}\n\n${formatComparison(tally)}\n`);
  return tally;
}

function peaksOf(path: string, annotator: string): number[] {
  const peaks = loadAnnotations(path, annotator).filter(({ label }) => isBeat(label));
  if (peaks.length === 0) throw new DataError(`--annotator: expected beats in ${path}.${annotator}, got none`);
  return peaks.map(({ sample }) => sample).sort((a, b) => a - b);
}

function summary({ name, samplingFrequency }: EcgRecord, { beats, lead, notes }: AnnotatedRecord): string {
  const counts = AAMI_CLASSES.map((label) => [label, beats.filter((beat) => beat.label === label).length] as const);
  const reasons = [...new Set(beats.flatMap(({ why }) => why ?? []))];
  const without = reasons.map((why) => `${beats.filter((beat) => beat.why === why).length} ${why}`);
  return [
    `${name}: ${beats.length} beats in lead ${printable(lead)} at ${samplingFrequency} Hz`,
    ...align([
      counts.filter(([, n]) => n > 0).map(([label]) => label),
      counts.filter(([, n]) => n > 0).map(([, n]) => String(n)),
    ]).map((line) => `  ${line}`),
    ...(without.length > 0 ? [`without a class: ${without.join(', ')}`] : []),
    ...notes.map((note) => `note: ${printable(note)}`),
  ].join('\n');
}

function json(model: SavedModel, { name, samplingFrequency }: EcgRecord, annotated: AnnotatedRecord): string {
  const { classes } = beatInput(model);
  const whole = { record: name, samplingFrequency, classes, limit: model.novelty?.limit ?? null, ...annotated };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

function csv(model: SavedModel, { samplingFrequency }: EcgRecord, { beats }: AnnotatedRecord): string {
  const { classes } = beatInput(model);
  const header = ['sample', 'seconds', 'label', 'why', 'nearest', ...classes.map((c) => `p_${c}`), 'distance'];
  const rows = beats.map(({ sample, label, why, nearest, probabilities, distance }) => [
    sample,
    sample / samplingFrequency,
    label,
    why,
    nearest,
    ...classes.map((_, k) => probabilities[k]),
    distance,
  ]);
  return [header, ...rows].map((row) => `${row.map((cell) => cell ?? '').join(',')}\n`).join('');
}
