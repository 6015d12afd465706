import { join } from 'node:path';
import {
  add,
  argmaxRows,
  confusionMatrix,
  correctHead,
  gather,
  type MlpClassifier,
  noGrad,
  predict,
  refitHead,
  type SavedModel,
  Tensor,
  withBatchStatistics,
} from 'dynaecg';
import { beatChannels, beatInput, beatTiming, type EcgRecord, extractBeats, leadFrom, resample } from 'dynaecg/ecg';
import { loadModel, loadRecord } from 'dynaecg/node';
import { Progress } from '../shared/progress.ts';
import { formatAdapted } from './adaptedTable.ts';
import { type Adapted, JudgedReadings } from './readings.ts';
import { JUDGED_SETS, type SetName } from './sets.ts';

/** What the command line asks for. */
export interface FewShotValues {
  model: string;
  data: string;
  records: SetName;
  readings: string;
  quiet?: boolean;
}

const LEARNING = 300; // s, EC57's learning period: beats are corrected in it, and judged after it
const CORRECTED = [1, 5, 20];
const METHODS = { correct: correctHead, refit: refitHead };

/** Adapts a model to each record of a set by more and more of its labels, and prints how well it does afterwards. */
export function fewShot({ model: file, data, records: set, readings: path, quiet = false }: FewShotValues): void {
  const model = loadModel(file);
  const { name, records, seed } = model.about as Record<string, string>;
  const names = JUDGED_SETS[set].namesIn(data);
  const id = `${name}, ${records}, seed ${seed}, few-shot`;
  const readings = new JudgedReadings(path);
  readings.beginOnce(id, set);
  const progress = new Progress(set, quiet);
  const ways: Adapted['ways'] = [];
  for (const [i, record] of names.entries()) {
    for (const [way, { name, ...own }] of adaptedWays(model, loadRecord(join(data, record))).entries()) {
      ways[way] ??= { name, records: {} };
      ways[way].records[record] = own;
    }
    progress.update((i + 1) / names.length, record);
  }
  progress.finish(`${names.length} records`);
  const adapted = { model: id, set, ways };
  readings.end(adapted);
  console.log(formatAdapted([adapted]));
}

interface Way {
  name: string;
  labelled: number;
  matrix: number[][];
}

/**
 * The matrices of a record after the learning period: as the model is, and adapted in each way, as by `adapt`; the beats are embedded
 * once for all ways that leave the embedder as it is.
 */
export function adaptedWays(model: SavedModel, record: EcgRecord): Way[] {
  const { samplingFrequency, window, timing, reference, previous } = beatInput(model);
  const { length, before, normalize, lead } = window;
  const own = [atRate(record, samplingFrequency)];
  const beats = extractBeats(own, { length, before, normalize, lead, align: 'rPeak' });
  const { labels, sample } = beats;
  const n = labels.length;
  const x = beatChannels(beats, { reference, previous });
  const F = timing.length;
  const context = F > 0 ? new Tensor(beatTiming(own, beats, { features: timing }).x, [n, F]) : undefined;
  const rows = (keep: (i: number) => boolean): Int32Array => Int32Array.from(labels.keys()).filter(keep);
  const end = LEARNING * samplingFrequency;
  const first = rows((i) => sample[i] < end);
  const later = rows((i) => sample[i] >= end);
  const embedded = model.networks.map(({ embedder }) => embedder.embed(x, { context }));
  const heads = model.networks.map(({ head }) => head);

  const classify = (z: readonly Tensor[], by: readonly MlpClassifier[]): Int32Array =>
    argmaxRows(noGrad(() => by.map((head, i) => predict(head, z[i])).reduce(add)));
  const judge = (taken: Int32Array): number[][] => {
    const [truth, own] = [labels, taken].map((all) => later.map((i) => all[i]));
    return confusionMatrix(truth, own, beats.classes.length);
  };
  const plain = classify(embedded, heads);
  const wrong = first.filter((i) => plain[i] !== labels[i]);
  const adapted = (method: keyof typeof METHODS, name: string, at: Int32Array): Way => {
    const own = heads.map((head, i) => {
      const z = noGrad(() => gather(embedded[i], at));
      return METHODS[method](
        head,
        z,
        at.map((row) => labels[row]),
      );
    });
    return { name: `${method}, ${name}`, labelled: at.length, matrix: judge(classify(embedded, own)) };
  };
  const [some, numbers] = noGrad(() => [gather(x, first), context && gather(context, first)]);
  const normed = model.networks.map(({ embedder }) =>
    withBatchStatistics(embedder, some!, { context: numbers }).embed(x, { context }),
  );
  return [
    { name: 'as it is', labelled: 0, matrix: judge(plain) },
    { name: 'batchNorm, 5 min without labels', labelled: 0, matrix: judge(classify(normed, heads)) },
    ...CORRECTED.map((count) => adapted('correct', `${count} corrected`, wrong.slice(0, count))),
    adapted('correct', '5 min', first),
    adapted('refit', '5 min', first), // a few wrong ones alone would move it anywhere
  ];
}

/** A record at the rate of a model. */
function atRate({ name, samplingFrequency: rate, leads, annotations, comments }: EcgRecord, wanted: number): EcgRecord {
  const place = (sample: number): number => Math.round((sample * wanted) / rate);
  return {
    name,
    samplingFrequency: wanted,
    leads: leads.map((lead) => {
      const samples = rate === wanted ? lead.samples : resample(lead.samples, rate, wanted);
      return leadFrom(samples, { rate: wanted, unit: lead.units, name: lead.name }).leads[0];
    }),
    annotations: annotations.map((a) => ({ ...a, sample: place(a.sample) })),
    comments,
  };
}
