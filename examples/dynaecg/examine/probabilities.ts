import {
  type Classified,
  calibration,
  crossEntropy,
  EmbeddingClassifier,
  fitTemperature,
  noGrad,
  type RiskCoveragePoint,
  riskCoverageCurve,
  selectiveScores,
  softmax,
  Tensor,
} from 'dynaecg';
import type { CalibrationMetrics } from '../../report/examined.ts';
import { classifyAll } from '../outputs.ts';
import type { Plan } from '../plan.ts';
import type { Member } from '../trainers.ts';

/** A temperature, and of how many beats it is. */
export type Fitted = Pick<CalibrationMetrics, 'temperature' | 'fittedOn'>;

const THRESHOLDS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
const SEEN = 1 / 200; // part of the coverage between two points of a curve that can be distinguished
const LEAST = 1e-38; // what a probability of 0 in float32 is taken for, to have a logarithm

/**
 * The temperature that the probabilities of validation beats ask for. Where the last iteration is kept, the validation beats were
 * trained on, and would make a model look better calibrated than it is: then there is none, which is 1.
 */
export async function fittedTemperature(
  { configuration, validation }: Plan,
  members: readonly Member[],
  quiet: boolean,
): Promise<Fitted> {
  const { keep, trainOn, protocol } = configuration;
  if (keep === 'last' && trainOn !== 'synthetic') return { temperature: 1, fittedOn: 0 };
  const name = `${protocol}: temperature`;
  const { probabilities } = (await classifyAll(new EmbeddingClassifier(members), validation, name, { quiet }))!; // nothing stops it
  const temperature = fitTemperature(logitsOf(probabilities), validation.labels);
  return { temperature, fittedOn: validation.labels.length };
}

/** Logits of these probabilities: those that they are of, but for a constant in each row. */
function logitsOf({ data, shape }: Tensor): Tensor {
  return new Tensor(
    Float64Array.from(data, (p) => Math.log(Math.max(p, LEAST))),
    shape,
  );
}

/** What a model's output is at a temperature; classes stay. */
export function atTemperature(classified: Classified, temperature: number): Classified {
  if (temperature === 1) return classified;
  const { data, shape } = logitsOf(classified.probabilities);
  const logits = new Tensor(
    data.map((z) => z / temperature),
    shape,
  );
  return { ...classified, probabilities: noGrad(() => softmax(logits)) };
}

/** How far the probabilities of the judged beats can be trusted, before and after the temperature. */
export function calibrationMetrics(
  before: Classified,
  after: Classified,
  labels: Int32Array,
  { temperature, fittedOn }: Fitted,
): CalibrationMetrics {
  const { probabilities } = after;
  const [, K] = probabilities.shape;
  const [plain, own] = [before, after].map((classified) => calibration(classified.probabilities, labels));
  const errors = ({ overall, perClass }: typeof own, p: Tensor): CalibrationMetrics['before'] => ({
    overall: overall.error,
    perClass: perClass.map(({ error }) => error),
    loss: noGrad(() => crossEntropy(logitsOf(p), labels).item()),
  });
  const confidences = Array.from(after.labels, (k, i) => probabilities.data[i * K + k]);
  const correct = Array.from(after.labels, (k, i) => k === labels[i]);
  return {
    temperature,
    fittedOn,
    before: errors(plain, before.probabilities),
    after: errors(own, probabilities),
    bins: { overall: own.overall.bins, perClass: own.perClass.map(({ bins }) => bins) },
    riskCoverage: thin(riskCoverageCurve(confidences, correct)),
    undecided: THRESHOLDS.map((threshold) => {
      const { matrix } = selectiveScores(probabilities, labels, threshold);
      return { threshold, matrix };
    }),
  };
}

/** The points of a curve that can be distinguished, its ends among them. */
function thin(points: readonly RiskCoveragePoint[]): RiskCoveragePoint[] {
  let last = Number.NEGATIVE_INFINITY;
  return points.filter(({ coverage }, i) => {
    if (coverage - last <= SEEN && i < points.length - 1) return false;
    last = coverage;
    return true;
  });
}
