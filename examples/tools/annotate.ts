import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ArgumentError, DataError, printable, type SavedModel } from 'dynaecg';
import {
  type AnnotatedBeat,
  type AnnotatedRecord,
  type Annotation,
  annotateRecord,
  beatAnnotations,
  beatInput,
  compareBeats,
  type EcgRecord,
  formatComparison,
  grossTally,
  isBeat,
  parseHeader,
  type Recording,
  writeAnnotations,
} from 'dynaecg/ecg';
import { loadAnnotations, loadModel, recordPath, writeFileAtomic } from 'dynaecg/node';
import { checkWritable, prepareFolder } from '../shared/folder.ts';
import { Program } from '../shared/program.ts';
import { Progress } from '../shared/progress.ts';
import { align } from '../shared/text.ts';
import { fastOption, useCores } from '../shared/threads.ts';
import { secondsOption } from '../shared/values.ts';
import { addStated, Readings, type Stated } from './records.ts';
import type { summarize as Summarize } from './summary/summary.ts';

const SUFFIX = 'dyn';
const REFERENCE = 'atr';
const UNCLASSIFIED = 'Q';
const OWN_MODEL = "dynaecg's own model, trained on MIT-BIH: for research, not a medical device (docs/model.md)";

/** What the options below are read into. */
interface Values extends Stated {
  model?: string;
  record?: string[];
  out: string;
  annotator?: string;
  lead?: string;
  invert?: boolean;
  csv?: boolean;
  json?: boolean;
  summary?: boolean;
  reference?: string;
  start: number;
  fast?: boolean;
  quiet?: boolean;
}

/** `annotate`. */
export const annotateCommand = addStated(
  new Program('annotate')
    .summary('annotate recordings with a trained model')
    .description(
      'Finds the beats of a recording, classifies each with a trained model, and writes a WFDB annotation file.',
    )
    .usage('PATH... [options]')
    .argument('[PATH...]', 'recordings, as with --record')
    .option(
      '--model <FILE>',
      'a model file; training writes them; by default the one of the package, trained on MIT-BIH',
    )
    .option(
      '--record <PATH...>',
      'the path of a record; of WFDB with or without a suffix, as in mitdb/100, or a file in another format (EDF, CSV, ...), and ' +
        'several are annotated one after the other',
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
      '--summary',
      'print a summary of the rhythm (rates, ectopic beats, runs, pauses), and write it as RECORD.html, with a strip of each run and pause',
    )
    .option(
      '--reference <S>',
      `reference annotations to compare with after EC57; ${REFERENCE} by default, if there are any`,
    )
    .addOption(secondsOption('--start <SECONDS>', "where the comparison begins; the default is EC57's").default(300))
    .addOption(fastOption())
    .option('--quiet', 'no progress'),
)
  .addHelpText(
    'after',
    '\nA beat that is unlike everything the model was trained on is labelled Q rather than forced into a class. For research, not a medical device.',
  )
  .action(annotateAll);

/** The path of a recording without its suffix, by which files are named. */
function stemOf(path: string): string {
  const record = recordPath(path);
  return existsSync(`${record}.hea`) ? record : record.replace(/\.\w+$/, '');
}

async function annotateAll(paths: string[], { record = [], model: file, ...values }: Values): Promise<void> {
  const given = [...paths, ...record];
  if (given.length === 0) throw new ArgumentError('--record: expected the path of a record, got none');
  const stems = given.map(stemOf);
  const twice = stems.find((stem, i) => stems.findIndex((other) => basename(other) === basename(stem)) < i);
  if (twice !== undefined)
    throw new ArgumentError(
      `--record: expected each name once, as files are named by it, got ${basename(twice)} twice`,
    );
  checkWritable('--out', values.out);
  const model = file === undefined ? await ownModel() : loadModel(file);
  prepareFolder('--out', values.out);
  await useCores(values.fast);
  // what draws is loaded when it is asked for: it is large
  const summarize = values.summary ? (await import('./summary/summary.ts')).summarize : null;
  const readings = new Readings(given.length);
  const annotateOne = (path: string) => annotate(path, model, values, readings, summarize);
  const tallies = given.flatMap((path) => readings.attempt(path, () => annotateOne(path)) ?? []);
  if (tallies.length > 1) console.log(`All ${tallies.length} records\n\n${formatComparison(grossTally(tallies))}\n`);
  readings.finish();
}

/** The model of the package, which is loaded when it is needed. */
async function ownModel(): Promise<SavedModel> {
  const { beatModel } = await import('./ownModel.ts');
  console.error(OWN_MODEL);
  return beatModel();
}

/** Annotates a record and writes what was asked for; the comparison with the reference, where there is one. */
function annotate(
  path: string,
  model: SavedModel,
  { annotator, lead, invert = false, quiet = false, rate, unit, ...rest }: Omit<Values, 'model' | 'record'>,
  readings: Readings,
  summarize: typeof Summarize | null,
) {
  const stem = stemOf(path);
  const files = outputs(stem, path, rest);
  const record = readings.open(path, { annotator: annotator ?? false, rate, unit });
  const wfdb = record.format === 'WFDB';
  for (const [option, value] of Object.entries({ annotator, reference: rest.reference }))
    if (value !== undefined && !wfdb) throw new ArgumentError(`--${option}: expected a WFDB record, got ${path}`);
  const given = annotator === undefined ? [] : record.annotations;
  const peaks = annotator === undefined ? undefined : peaksOf(given, `${stem}.${annotator}`);
  // Before anything is written, which may be in its place.
  const suffix = rest.reference ?? REFERENCE;
  const compared = wfdb && (rest.reference !== undefined || existsSync(`${stem}.${suffix}`));
  const reference = compared
    ? readings.shown(path, loadAnnotations(stem, suffix, { partial: true })).annotations
    : null;
  const progress = new Progress(record.name, quiet);
  const annotated = annotateRecord(model, record, { peaks, lead, invert, progress: (done) => progress.update(done) });
  progress.finish(`${annotated.beats.length} beats`);

  const channel = record.leads.findIndex(({ name }) => name === annotated.lead);
  const annotations = beatAnnotations(annotated, channel);
  const rhythm = summarize?.(record, annotated, { invert, given });
  const contents = {
    [SUFFIX]: () => writeAnnotations(annotations, { timeResolution: resolutionOf(stem, record) }),
    csv: () => csv(model, record, annotated),
    json: () => json(model, record, annotated),
    html: () => rhythm?.page ?? '',
  };
  for (const [suffix, file] of files) writeFileAtomic(file, contents[suffix]());
  const written = files.map(([, file]) => file);
  console.log(`${summary(model, record, annotated)}\nwritten: ${written.join(', ')}\n`);
  if (rhythm) console.log(`${rhythm.text}\n`);

  if (!reference) {
    if (wfdb) console.log(`no ${stem}.${suffix} to compare with\n`);
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

/**
 * What the times of annotations count, where no header next to them says so: the samples of a recording in another format, or of a
 * record whose frames have several.
 */
function resolutionOf(stem: string, { format, samplingFrequency }: Recording): number | null {
  if (format !== 'WFDB') return samplingFrequency;
  const header = `${stem}.hea`;
  const frames = parseHeader(readFileSync(header), header, { partial: true }).samplingFrequency;
  return frames === samplingFrequency ? null : samplingFrequency;
}

/** The files to write, by their suffixes; none may be the recording. */
function outputs(
  stem: string,
  path: string,
  { out, csv, json, summary }: Pick<Values, 'out' | 'csv' | 'json' | 'summary'>,
) {
  const wanted = { [SUFFIX]: true, csv, json, html: summary } as const;
  return (Object.keys(wanted) as (keyof typeof wanted)[]).flatMap((suffix) => {
    if (!wanted[suffix]) return [];
    const file = join(out, `${basename(stem)}.${suffix}`);
    if (resolve(file) === resolve(path))
      throw new ArgumentError(`--out: expected a folder in which ${file} is not the recording itself, got ${out}`);
    return [[suffix, file] as const];
  });
}

function peaksOf(annotations: readonly Annotation[], file: string): number[] {
  const peaks = annotations.filter(({ label }) => isBeat(label));
  if (peaks.length === 0) throw new DataError(`--annotator: expected beats in ${file}, got none`);
  return peaks.map(({ sample }) => sample).sort((a, b) => a - b);
}

function summary(
  model: SavedModel,
  { name, samplingFrequency, notes: read }: Recording,
  { beats, lead, notes }: AnnotatedRecord,
): string {
  const classes = new Set([...beatInput(model).classes, UNCLASSIFIED]);
  const classOf = ({ why, nearest }: AnnotatedBeat): string | null => (why ? UNCLASSIFIED : nearest);
  const counts = [...classes].map((c) => [c, beats.filter((beat) => classOf(beat) === c).length] as const);
  const reasons = [...new Set(beats.flatMap(({ why }) => why ?? []))];
  const without = reasons.map((why) => `${beats.filter((beat) => beat.why === why).length} ${why}`);
  return [
    `${name}: ${beats.length} beats in lead ${printable(lead)} at ${samplingFrequency} Hz`,
    ...align([
      counts.filter(([, n]) => n > 0).map(([c]) => c),
      counts.filter(([, n]) => n > 0).map(([, n]) => String(n)),
    ]).map((line) => `  ${line}`),
    ...(without.length > 0 ? [`without a class: ${without.join(', ')}`] : []),
    ...[...read, ...notes].map((note) => `note: ${printable(note)}`),
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
