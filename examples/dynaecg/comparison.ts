import {
  argmaxRows,
  type Classified,
  confusionMatrix,
  gather,
  meanDistances,
  NearestNeighborClassifier,
  noGrad,
  pairwiseSquaredEuclidean,
  Random,
  scope,
  Tensor,
  violationRate,
} from 'dynaecg';
import type { Comparison, EmbeddingFacts, OperatingPoint } from '../report/metrics.ts';
import { inMemory, outputs } from './outputs.ts';
import type { Plan } from './plan.ts';
import { drawByClass } from './plan.ts';
import { priorShift } from './trainers.ts';

const NEIGHBORS = 9;
const ADJUSTMENTS = Array.from({ length: 17 }, (_, i) => 1.5 - i / 8); // from 1.5 to -0.5
const MARGIN = 0.2; // the smallest that is trained at
const DRAWN = 300; // of a class, which makes tens of millions of triplets

/** Compares by the embeddings of the training beats; null where it was stopped. */
export async function compare(
  plan: Plan,
  known: Tensor,
  classified: Classified,
  watch: { quiet: boolean; signal?: AbortSignal },
): Promise<Comparison | null> {
  const { train, judged, configuration } = plan;
  const classes = judged.beats.classes.length;
  const voters = new NearestNeighborClassifier({ embeddings: known, labels: train.labels, classes, k: NEIGHBORS });
  const ask = (x: Tensor) => ({ shares: voters.probabilities(x) });
  const embedded = inMemory(classified.embeddings, judged.labels);
  const votes = await outputs(ask, embedded, `${configuration.protocol}: neighbours`, watch);
  return (
    votes && {
      neighbors: confusionMatrix(judged.labels, argmaxRows(votes.shares), classes),
      operating: operatingPoints(plan, classified.probabilities),
      embedding: embeddingFacts(classified.embeddings, judged.labels),
    }
  );
}

/** Probabilities at another prior are those times `(share in a batch / share in the data)^(adjustment - other)`. */
function operatingPoints(plan: Plan, { data, shape }: Tensor): OperatingPoint[] {
  const { labels } = plan.judged;
  const [, K] = shape;
  return ADJUSTMENTS.map((adjustment) => {
    const factors = priorShift(plan, plan.configuration.adjustment - adjustment).map(Math.exp);
    const moved = new Tensor(
      data.map((p, i) => p * factors[i % K]),
      shape,
    );
    return { adjustment, matrix: confusionMatrix(labels, argmaxRows(moved), K) };
  });
}

function embeddingFacts(embedding: Tensor, labels: Int32Array): EmbeddingFacts {
  const drawn = drawByClass(labels, () => DRAWN, new Random('embedding'));
  const own = drawn.map((i) => labels[i]);
  return noGrad(() =>
    scope(() => {
      const distances = pairwiseSquaredEuclidean(gather(embedding, drawn));
      return { ...meanDistances(distances, own), violations: violationRate(distances, own, MARGIN) };
    }),
  );
}
