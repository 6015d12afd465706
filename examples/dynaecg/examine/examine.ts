import {
  averagePrecision,
  type Classified,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  scoreIntervals,
} from 'dynaecg';
import type { Judged } from '../../report/metrics.ts';
import type { Judgement, Result } from '../evaluate.ts';
import { byPatient } from '../evaluate.ts';
import type { Recordings } from '../recordings.ts';
import { attentionExamples } from './attention.ts';
import type { Known } from './clusters.ts';
import { layOut } from './layout.ts';
import { novelty } from './novelty.ts';

const SEEN = 1 / 300; // part of an axis between two points of a curve that can be distinguished

/** All that the report shows of how beats were judged. */
export async function examine(
  recordings: Recordings,
  { plan, members }: Result,
  judgement: Judgement,
  known: Known,
  quiet: boolean,
): Promise<Judged> {
  const { judged, configuration } = plan;
  const { protocol } = configuration;
  const { scores, matrix, records, predictions, classified, neighbors, operating, embedding } = judgement;
  const novel = await novelty(recordings, plan, members, classified, known.clusters, quiet);
  const trained = {
    samples: known.samples,
    embedding: known.classified.embeddings,
    predictions: known.classified.labels,
  };
  const trainingLayout = await layOut(trained, null, `${protocol}: t-SNE, training`, quiet);
  const both = { samples: judged, embedding: classified.embeddings, predictions };
  const layout = await layOut(trained, both, `${protocol}: t-SNE`, quiet);
  return {
    ...scores,
    confusion: matrix,
    records,
    ...{ neighbors, operating, embedding },
    intervals: scoreIntervals(byPatient([records])),
    precisionRecall: judged.beats.classes.map((_, k) => precisionRecall(classified, judged.labels, k)),
    trainingLayout,
    layout,
    attention: attentionExamples(recordings, members, judged, classified, predictions),
    novelty: novel,
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

/** The points of a curve that can be distinguished, its ends among them. */
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
