import {
  addConfusion,
  argmaxRows,
  averagePrecision,
  bootstrapInterval,
  type Classified,
  type ConfusionMatrix,
  type Interval,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  Random,
  type Scores,
} from 'dynaecg';
import { patientOf } from 'dynaecg/ecg';
import type { Judged, ScoreIntervals } from '../metrics.ts';
import type { Judgement, Result } from '../pipeline.ts';
import type { Recordings } from '../recordings.ts';
import type { Watch } from '../watch.ts';
import { attentionExamples } from './attention.ts';
import type { Known } from './clusters.ts';
import { layOut } from './layout.ts';
import { novelty } from './novelty.ts';

const SEEN = 1 / 300; // part of an axis between two points of a curve that can be told apart

/** All that the report shows of how beats were judged; null where the run was stopped. */
export async function examine(
  recordings: Recordings,
  { plan, members }: Result,
  judgement: Judgement,
  known: Known,
  watch: Watch,
): Promise<Judged | null> {
  const { judged, configuration } = plan;
  const { protocol } = configuration;
  const { scores, matrix, records, predictions, classified } = judgement;
  const novel = await novelty(recordings, plan, members, classified, known.clusters, watch);
  const layout = await layOut(
    {
      samples: known.samples,
      embedding: known.classified.embedding,
      predictions: argmaxRows(known.classified.probabilities),
    },
    { samples: judged, embedding: classified.embedding, predictions },
    `${protocol}: t-SNE`,
    watch,
  );
  if (!novel || !layout) return null;
  return {
    ...scores,
    confusion: matrix,
    records,
    intervals: intervals(records),
    precisionRecall: judged.beats.classes.map((_, k) => precisionRecall(classified, judged.labels, k)),
    layout,
    attention: attentionExamples(recordings, members, judged, classified, predictions),
    novelty: novel,
  };
}

/** 95 % intervals over patients, each of the same draws. */
function intervals(records: Record<string, number[][]>): Judged['intervals'] {
  const patients = new Map<string, ConfusionMatrix>();
  for (const [name, matrix] of Object.entries(records)) {
    const sum = patients.get(patientOf(name));
    patients.set(patientOf(name), sum ? addConfusion([sum, matrix]) : matrix);
  }
  const matrices = [...patients.values()];
  const interval = (statistic: Parameters<typeof bootstrapInterval>[1]): Interval =>
    bootstrapInterval(matrices, statistic, { random: new Random('bootstrap') });
  const each = (of: (s: Parameters<Parameters<typeof bootstrapInterval>[1]>[0]) => Scores): ScoreIntervals => ({
    sensitivity: interval((s) => of(s).sensitivity),
    precision: interval((s) => of(s).precision),
    f1: interval((s) => of(s).f1),
  });
  return {
    accuracy: interval(({ accuracy }) => accuracy),
    macro: each(({ macro }) => macro),
    perClass: matrices[0].map((_, k) => each(({ perClass }) => perClass[k])),
  };
}

function precisionRecall(
  { probabilities: { data, shape } }: Classified,
  labels: Int32Array,
  k: number,
): Judged['precisionRecall'][number] {
  const scores = Array.from(labels, (_, i) => data[i * shape[1] + k]);
  const positives = Array.from(labels, (label) => label === k);
  return {
    averagePrecision: averagePrecision(scores, positives),
    points: thin(precisionRecallCurve(scores, positives)),
  };
}

/** The points of a curve that can be told apart, its ends among them. */
function thin(points: readonly PrecisionRecallPoint[]): PrecisionRecallPoint[] {
  let last: PrecisionRecallPoint | undefined;
  return points.filter((point, i) => {
    const apart =
      !last || Math.max(Math.abs(point.recall - last.recall), Math.abs(point.precision - last.precision)) > SEEN;
    if (!apart && i < points.length - 1) return false;
    last = point;
    return true;
  });
}
