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
import { drawByClass } from './draw.ts';
import { outputs } from './outputs.ts';
import type { Plan } from './plan.ts';
import { priorShift } from './trainers.ts';

/** What else is found out of the judged beats, for methods to be compared by. */
export interface Comparison {
  /** the confusion matrix of their 9 nearest neighbours among training embeddings */
  neighbors: number[][];
  /** the confusion matrix at each of several priors */
  operating: OperatingPoint[];
  embedding: EmbeddingFacts;
}

/** How the beats are classified at another prior, which trades sensitivity for precision. */
export interface OperatingPoint {
  /** the `adjustment` of a configuration that would have this prior: 1 is that of the data, 0 that of a batch */
  adjustment: number;
  matrix: number[][];
}

/** What some judged beats, as many of each class, show of the embedding. */
export interface EmbeddingFacts {
  /** mean squared distance of beats of one class, and of different classes */
  meanPositive: number;
  meanNegative: number;
  /** fraction of triplets with d_an < d_ap + 0.2 */
  violations: number;
}

const NEIGHBORS = 9;
const ADJUSTMENTS = Array.from({ length: 17 }, (_, i) => 1.5 - i / 8); // from 1.5 to -0.5
const MARGIN = 0.2; // the smallest that is trained at
const DRAWN = 300; // of a class, which makes tens of millions of triplets

/** Compares by the embeddings of the training beats; null where it was stopped. */
export async function compare(
  plan: Plan,
  known: Tensor,
  { embedding, probabilities }: Classified,
  watch: { quiet: boolean; stopped: () => boolean },
): Promise<Comparison | null> {
  const { labels } = plan.judged;
  const { protocol, adjustment } = plan.configuration;
  const [N, K] = probabilities.shape;
  const voters = new NearestNeighborClassifier({
    ...{ embeddings: known, labels: plan.train.labels, classes: K },
    k: NEIGHBORS,
  });
  const votes = await outputs(
    (x) => ({ p: voters.probabilities(x) }),
    { x: embedding, labels },
    `${protocol}: neighbours`,
    watch,
  );
  if (!votes) return null;
  const shift = priorShift(plan, 1);
  const operating = ADJUSTMENTS.map((other) => {
    const factors = shift.map((v) => Math.exp((adjustment - other) * v));
    const p = new Tensor(
      probabilities.data.map((v, i) => v * factors[i % K]),
      [N, K],
    );
    return { adjustment: other, matrix: confusionMatrix(labels, argmaxRows(p), K) };
  });
  const drawn = drawByClass(labels, () => DRAWN, new Random('embedding'));
  const own = drawn.map((i) => labels[i]);
  const facts = noGrad(() =>
    scope(() => {
      const d = pairwiseSquaredEuclidean(gather(embedding, drawn));
      return { ...meanDistances(d, own), violations: violationRate(d, own, MARGIN) };
    }),
  );
  return { neighbors: confusionMatrix(labels, argmaxRows(votes.p), K), operating, embedding: facts };
}
