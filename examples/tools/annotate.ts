import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArgumentError, DataError, type SavedModel } from 'dynaecg';
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
import { flag, readArguments, text, texts } from '../shared/arguments.ts';
import { exitWith } from '../shared/exit.ts';
import { checkWritable, prepareFolder } from '../shared/folder.ts';
import { Progress } from '../shared/progress.ts';
import { align } from '../shared/text.ts';
import { seconds } from '../shared/values.ts';

const HELP = `Finds the beats of a recording, gives each its class by a trained model, and writes a WFDB annotation file.

  npm run predict -- --model FILE --record PATH [options]

  --model FILE       a model that npm start has written
  --record PATH      a WFDB record without suffix, such as mitdb/100; several are annotated one after the other
  --out DIR          where RECORD.dyn goes; the current folder by default, as with WFDB's own programs
  --annotator S      takes the R peaks from PATH.S instead of looking for them
  --lead NAME        the lead to read; by default the model's wherever the record has it, and else the first
  --invert           turns the lead upside down
  --csv, --json      writes RECORD.csv or RECORD.json too: of each beat its probabilities, its distance to the nearest
                     cluster of training beats, and the class that it would have had
  --reference S      reference annotations to compare with after EC57; atr by default, where they are there
  --start SECONDS    where the comparison begins; 300 by default, as EC57 wants it
  --quiet            no progress
  -h, --help         this text
  --version          the version of dynaecg

A beat that is unlike everything the model was trained on is labelled Q rather than forced into a class.`;

const SUFFIX = 'dyn';
const REFERENCE = 'atr';

interface Arguments {
  model: SavedModel;
  paths: string[];
  out: string;
  annotator?: string;
  lead?: string;
  invert: boolean;
  csv: boolean;
  json: boolean;
  reference?: string;
  start: number;
  quiet: boolean;
}

function parse(args: string[]): Arguments | null {
  const given = readArguments(
    {
      name: 'predict',
      help: HELP,
      options: {
        ...{ model: text, record: texts, out: text, annotator: text, lead: text, reference: text, start: text },
        ...{ invert: flag, csv: flag, json: flag, quiet: flag },
      },
    },
    args,
  );
  if (!given) return null;
  const { model, record: paths, start = '300', out = '.', ...rest } = given.values;
  if (model === undefined) throw new ArgumentError('--model: expected a model file, got none');
  if (paths.length === 0) throw new ArgumentError('--record: expected the path of a record, got none');
  const twice = paths.find((path, i) => paths.findIndex((other) => basename(other) === basename(path)) < i);
  if (twice !== undefined)
    throw new ArgumentError(
      `--record: expected each name once, as files are named by it, got ${basename(twice)} twice`,
    );
  const from = seconds('--start', start);
  checkWritable('--out', out);
  return { ...rest, start: from, model: loadModel(model), paths, out };
}

function main(args: string[]): number {
  const parsed = parse(args);
  if (!parsed) return 0;
  prepareFolder('--out', parsed.out);
  const tallies = parsed.paths.flatMap((path) => predict(path, parsed) ?? []);
  if (tallies.length > 1) console.log(`All ${tallies.length} records\n\n${formatComparison(grossTally(tallies))}\n`);
  return 0;
}

/** Annotates a record and writes what was asked for; the comparison with the reference, where there is one. */
function predict(path: string, { model, annotator, lead, invert, quiet, ...rest }: Arguments) {
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
    `${name}: ${beats.length} beats in lead ${lead} at ${samplingFrequency} Hz`,
    ...align([
      counts.filter(([, n]) => n > 0).map(([label]) => label),
      counts.filter(([, n]) => n > 0).map(([, n]) => String(n)),
    ]).map((line) => `  ${line}`),
    ...(without.length > 0 ? [`without a class: ${without.join(', ')}`] : []),
    ...notes.map((note) => `note: ${note}`),
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

await exitWith(main);
