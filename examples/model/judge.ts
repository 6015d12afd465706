import { join } from 'node:path';
import { addConfusion, type ConfusionMatrix, type SavedModel } from 'dynaecg';
import { type Annotation, annotateRecord, beatAnnotations, compareBeats, type EcgRecord, isBeat } from 'dynaecg/ecg';
import { loadModel, loadRecord } from 'dynaecg/node';
import { Progress } from '../shared/progress.ts';
import { type Judged, JudgedReadings } from './readings.ts';
import { JUDGED_SETS, type SetName } from './sets.ts';
import { formatJudged } from './table.ts';

/** What the command line asks for. */
export interface JudgeValues {
  model: string;
  data: string;
  records: SetName;
  readings: string;
  quiet?: boolean;
}

/** Annotates the records of a set with a model, and writes down how it did, by the marks of their files and by detected beats. */
export function judgeModel({ model: file, data, records: set, readings: path, quiet = false }: JudgeValues): void {
  const model = loadModel(file);
  const { name, records, seed } = model.about as Record<string, string>;
  const id = `${name}, ${records}, seed ${seed}`;
  const names = JUDGED_SETS[set].namesIn(data);
  const readings = new JudgedReadings(path);
  readings.begin(id, set);
  const progress = new Progress(set, quiet);
  const all = names.map((record, i) => {
    const ways = judgeRecord(model, loadRecord(join(data, record)));
    progress.update((i + 1) / names.length, record);
    return ways;
  });
  progress.finish(`${names.length} records`);
  const sum = (way: Way, kind: Kind): number[][] => addConfusion(all.map((ways) => ways[way][kind]));
  const both = (way: Way): Judged[Way] => ({ labels: sum(way, 'labels'), nearest: sum(way, 'nearest') });
  const judged = { model: id, set, marks: both('marks'), detected: both('detected') };
  readings.end(judged);
  console.log(formatJudged([judged]));
}

type Way = 'marks' | 'detected';
type Kind = keyof Judged[Way];

/** The matrices of a record after EC57's five minutes, by the given ways to its beats, and with every beat in its nearest class. */
export function judgeRecord(
  model: SavedModel,
  record: EcgRecord,
  ways: readonly Way[] = ['marks', 'detected'],
): Record<Way, Record<Kind, ConfusionMatrix>> {
  const marks = record.annotations.filter(({ label }) => isBeat(label)).map(({ sample }) => sample);
  const judge = (peaks?: number[]): Record<Kind, ConfusionMatrix> => {
    const annotated = annotateRecord(model, record, { peaks });
    const labels = beatAnnotations(annotated);
    const beats = annotated.beats.map((beat) => ({ ...beat, label: beat.nearest ?? beat.label, why: null }));
    const nearest = beatAnnotations({ ...annotated, beats });
    return { labels: compare(record, labels), nearest: compare(record, nearest) };
  };
  const by = { marks: () => judge(marks), detected: () => judge() };
  return Object.fromEntries(ways.map((way) => [way, by[way]()])) as ReturnType<typeof judgeRecord>;
}

function compare({ annotations, leads, samplingFrequency }: EcgRecord, test: Annotation[]): ConfusionMatrix {
  return compareBeats(annotations, test, {
    samplingFrequency,
    end: leads[0].samples.length / samplingFrequency,
  }).matrix;
}
