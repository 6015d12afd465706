import {
  averagePrecision,
  type Classified,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  scoreIntervals,
} from 'dynaecg';
import type { Judged } from '../../report/metrics.ts';
import { collect } from '../../shared/collect.ts';
import { AAMI } from '../classMap.ts';
import type { Judgement, Result } from '../evaluate.ts';
import { byPatient } from '../evaluate.ts';
import type { Recordings } from '../recordings.ts';
import { attentionExamples } from './attention.ts';
import type { Known } from './clusters.ts';
import { layOut } from './layout.ts';
import { mistakes } from './mistakes.ts';
import { novelty } from './novelty.ts';
import { atTemperature, calibrationMetrics, type Fitted } from './probabilities.ts';
import { rhythms } from './rhythms.ts';

const SEEN = 1 / 300; // part of an axis between two points of a curve that can be distinguished

/** All that the report shows of how beats were judged. */
export async function examine(
  recordings: Recordings,
  { plan, members }: Result,
  judgement: Judgement,
  known: Known,
  fitted: Fitted,
  quiet: boolean,
): Promise<Judged> {
  const { judged, configuration } = plan;
  const { protocol } = configuration;
  const { scores, matrix, records, predictions, neighbors, operating, embedding } = judgement;
  const classified = atTemperature(judgement.classified, fitted.temperature); // as by the model in its file
  const novel = novelty(recordings, plan, known.clusters);
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
    // where a record is judged in part, its couplets and runs are not known; they are of S and V
    ...(protocol === 'inter' && recordings.task === AAMI ? { rhythms: rhythms(recordings, judged, predictions) } : {}),
    ...{ neighbors, operating, embedding },
    intervals: scoreIntervals(byPatient([records], plan.patientOf)),
    precisionRecall: judged.beats.classes.map((_, k) => precisionRecall(classified, judged.labels, k)),
    trainingLayout,
    layout,
    attention: attentionExamples(recordings, members, judged, classified, predictions),
    novelty: novel,
    calibration: calibrationMetrics(judgement.classified, classified, judged.labels, fitted),
    mistakes: mistakes(recordings, judged, classified),
  };
}

function precisionRecall(
  { probabilities: { data, shape } }: Classified,
  labels: Int32Array,
  k: number,
): Judged['precisionRecall'][number] {
  const scores = Array.from(labels, (_, i) => data[i * shape[1] + k]);
  const positives = Array.from(labels, (label) => label === k);
  collect(); // a curve has a point for each beat, of which few are kept
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
