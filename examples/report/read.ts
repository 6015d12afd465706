import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, DataError, type EpochStatistics, type PrecisionRecallPoint } from 'dynaecg';
import { type Configuration, checkConfiguration } from '../dynaecg/configuration.ts';
import { checkConsistent } from './consistent.ts';
import type {
  AttentionExample,
  EmbeddingFacts,
  Judged,
  Layout,
  Metrics,
  NoveltyMetrics,
  OperatingPoint,
  PatientInterval,
  ProtocolMetrics,
  RecordedIteration,
  RunFacts,
  TableIntervals,
  TableScores,
} from './metrics.ts';
import {
  dictionary,
  flag,
  list,
  Misfit,
  number,
  object,
  oneOf,
  optional,
  orNull,
  type Shape,
  share,
  shareOrNaN,
  text,
  whole,
} from './shape.ts';

const CLASSES = ['N', 'S', 'V']; // their number and order are what the report's figures are made for

const ends = object<PatientInterval>({ low: shareOrNaN, high: shareOrNaN, groups: optional(whole) });
const interval: Shape<PatientInterval> = (value, path) => {
  const taken = ends(value, path);
  if (taken.low > taken.high)
    throw new Misfit(`${path} should have a low up to high and has ${taken.low} and ${taken.high}`);
  return taken;
};
const scores = { sensitivity: number, precision: number, f1: number, specificity: optional(number) };
const intervals = object<TableIntervals>({
  ...{ sensitivity: interval, precision: interval, f1: interval },
  specificity: optional(interval),
});
const byClass = <T>(shape: Shape<T>): Shape<T[]> => list(shape, CLASSES.length);
const counts = byClass(byClass(whole));
const classIndex: Shape<number> = (value, path) => {
  if (Number.isInteger(value) && CLASSES[value as number]) return value as number;
  throw new Misfit(`${path} should be a class from 0 to ${CLASSES.length - 1} and is ${JSON.stringify(value)}`);
};

const columns = object<Layout>({
  perplexity: number,
  divergence: number,
  trustworthiness: number,
  samplingFrequency: number,
  x: list(number),
  y: list(number),
  trained: list(flag),
  record: list(text),
  sample: list(whole),
  label: list(classIndex),
  predicted: list(classIndex),
});
const layout: Shape<Layout> = (value, path) => {
  const taken = columns(value, path);
  for (const key of ['y', 'trained', 'record', 'sample', 'label', 'predicted'] as const)
    if (taken[key].length !== taken.x.length)
      throw new Misfit(`${path}.${key} should have ${taken.x.length} entries as x and has ${taken[key].length}`);
  return taken;
};

const trainingLayout: Shape<Layout> = (value, path) => {
  const taken = layout(value, path);
  const other = taken.trained.indexOf(false);
  if (other >= 0) throw new Misfit(`${path}.trained[${other}] should be true and is false`);
  return taken;
};

const beat = object<AttentionExample>({
  record: text,
  sample: whole,
  kind: oneOf('typical', 'wrong'),
  label: classIndex,
  predicted: classIndex,
  probability: share,
  signal: list(number),
  before: whole,
  samplingFrequency: number,
  weights: list(number),
});
const example: Shape<AttentionExample> = (value, path) => {
  const taken = beat(value, path);
  const { kind, label, predicted, signal, before, weights } = taken;
  if ((kind === 'typical') !== (label === predicted))
    throw new Misfit(`${path}.kind should go with label and predicted and is ${kind} with ${label} and ${predicted}`);
  if (before >= signal.length) throw new Misfit(`${path}.before should be below ${signal.length} and is ${before}`);
  if (weights.length < 1 || weights.length > signal.length)
    throw new Misfit(`${path}.weights should be from 1 to ${signal.length} and are ${weights.length}`);
  return taken;
};

const judged = object<Judged>({
  accuracy: number,
  perClass: byClass(object<TableScores & { support: number }>({ ...scores, support: whole })),
  macro: object<TableScores>(scores),
  balancedAccuracy: optional(number),
  confusion: counts,
  records: dictionary(counts),
  neighbors: optional(counts),
  operating: optional(list(object<OperatingPoint>({ adjustment: number, matrix: counts }))),
  embedding: optional(object<EmbeddingFacts>({ meanPositive: number, meanNegative: number, violations: number })),
  intervals: object<Judged['intervals']>({ accuracy: interval, macro: intervals, perClass: byClass(intervals) }),
  precisionRecall: byClass(
    object<Judged['precisionRecall'][number]>({
      averagePrecision: shareOrNaN,
      points: list(object<PrecisionRecallPoint>({ recall: shareOrNaN, precision: shareOrNaN, threshold: number })),
    }),
  ),
  trainingLayout: optional(trainingLayout),
  layout,
  attention: list(example),
  novelty: object<NoveltyMetrics>({
    clusters: whole,
    limit: number,
    byClass: dictionary(object<{ beats: number; above: number }>({ beats: whole, above: shareOrNaN })),
    rocArea: dictionary(shareOrNaN),
  }),
});

/** Reads an entry that earlier runs wrote under other names: the first of these that it has. */
function formerly<T>(read: Shape<T>, names: Readonly<Record<string, readonly string[]>>): Shape<T> {
  return (value, path) => {
    const entry = { ...dictionary<unknown>((field) => field)(value, path) };
    for (const [name, before] of Object.entries(names)) {
      const [found] = before.filter((key) => key in entry);
      if (!(name in entry) && found !== undefined) entry[name] = entry[found];
      for (const key of before) delete entry[key];
    }
    return read(entry, path);
  };
}

const iterationNow = object<RecordedIteration>({
  loss: number,
  triplets: number,
  pairs: number,
  possible: optional(number),
  activeFraction: number,
  meanPositive: number,
  meanNegative: number,
  gradientNorm: number,
  spread: number,
  iteration: whole,
  margin: number,
  emptyBatches: whole,
  learningRate: number,
  violationRate: number,
  neighborF1: optional(number),
  best: flag,
  collapsed: flag,
});
const iteration = formerly(iterationNow, { violationRate: ['violations', 'score'] });
const epochNow = object<EpochStatistics>({
  epoch: whole,
  loss: number,
  accuracy: number,
  validationLoss: number,
  validationAccuracy: number,
  best: flag,
});
const epoch = formerly(epochNow, { validationLoss: ['score'], validationAccuracy: ['heldBackAccuracy'] });

/** What fields of a configuration that files of earlier runs lack amounted to. */
const EARLIER: Partial<Configuration> = {
  ...{ halves: 'beats', power: 1, marginPer: 'pair', marginBatches: 0, score: 'violations', mlpScale: 1 },
};

/** A configuration whose keys earlier runs wrote under other names. */
function renamed({ holdBack, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return holdBack === undefined ? rest : { ...rest, validationFraction: holdBack };
}

const protocol = object<ProtocolMetrics>({
  configuration: (value, path) =>
    checkConfiguration(path, { ...EARLIER, ...renamed(dictionary<unknown>((field) => field)(value, path)) }),
  train: whole,
  test: whole,
  overlap: optional(share),
  patients: object<ProtocolMetrics['patients']>({ train: list(text), test: list(text), shared: list(text) }),
  unusedRecords: list(text),
  seconds: object<ProtocolMetrics['seconds']>({
    embedder: number,
    embedding: number,
    classifier: number,
    report: number,
  }),
  history: list(object<ProtocolMetrics['history'][number]>({ iterations: list(iteration), epochs: list(epoch) })),
  judged: orNull(judged),
});

const protocols: Shape<Metrics['protocols']> = (value, path) => {
  const taken = dictionary(protocol)(value, path);
  for (const [key, { configuration }] of Object.entries(taken))
    if (key !== configuration.protocol)
      throw new Misfit(`${path}.${key}.configuration.protocol should be ${key} and is ${configuration.protocol}`);
  return taken;
};

const metrics = object<Metrics>({
  source: text,
  seed: text,
  classes: (value, path) => {
    if (JSON.stringify(value) === JSON.stringify(CLASSES)) return CLASSES;
    throw new Misfit(`${path} should be ${CLASSES.join(', ')} and is ${JSON.stringify(value)}`);
  },
  beats: object<Metrics['beats']>({
    annotated: object<Metrics['beats']['annotated']>({ N: whole, S: whole, V: whole, F: whole, Q: whole }),
    windows: whole,
    dropped: list((value) => value as Metrics['beats']['dropped'][number]), // of which only the number is shown
  }),
  run: object<RunFacts>({
    command: text,
    started: text,
    seconds: number,
    versions: dictionary(text),
    backend: text,
    cpu: text,
    checksums: dictionary(text),
  }),
  protocols,
});

/**
 * Reads metrics.json of a run.
 *
 * @throws DataError for a folder or file that is not there, for contents that are not those of a run, and for figures that
 * contradict each other
 */
export function readMetrics(folder: string): Metrics {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new DataError(`report: expected the folder of a run, got ${folder}`);
  const path = join(folder, 'metrics.json');
  const got = (what: string, cause?: unknown): DataError =>
    new DataError(`report: expected metrics.json of a finished run, got ${path}: ${what}`, { cause });
  try {
    const taken = metrics(JSON.parse(readFileSync(path, 'utf8')), '');
    if (Object.keys(taken.protocols).length === 0) throw new Misfit('protocols should be some and are none');
    checkConsistent(taken);
    return taken;
  } catch (error) {
    if (error instanceof Misfit || error instanceof ArgumentError) throw got(error.message, error);
    if (error instanceof SyntaxError) throw got(`no JSON: ${error.message}`, error);
    if ((error as { code?: string }).code) throw got((error as Error).message, error); // of the file system
    throw error;
  }
}
