import {
  addConfusion,
  type ClassificationScores,
  type Classified,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  EmbeddingClassifier,
} from 'dynaecg';
import { type PatientOf, patientOf as patientOfMitBih } from 'dynaecg/ecg';
import type { Comparison } from '../report/metrics.ts';
import { duration } from '../shared/progress.ts';
import { compare } from './comparison.ts';
import { type Trained, trainMembers } from './members.ts';
import { classifyAll } from './outputs.ts';
import type { Plan } from './plan.ts';
import type { Samples } from './samples.ts';
import { stopwatch, type Watch } from './train.ts';

/** Everything that one run found out. */
export interface Result extends Trained<Plan> {
  /** of the beats to judge by; null where the run was interrupted */
  judgement: Judgement | null;
}

/** How the judged beats were classified. */
export interface Judged {
  matrix: number[][];
  scores: ClassificationScores;
  /** a matrix for each record */
  records: Record<string, number[][]>;
  /** a class for each beat, and what it was taken from */
  predictions: Int32Array;
  classified: Classified;
}

/** The same, compared with other ways to classify by the same networks. */
export interface Judgement extends Judged, Comparison {}

/** Trains what the plan says, and judges it. */
export async function run(plan: Plan, watch: Watch): Promise<Result> {
  const { judgement: judged, ...trained } = await runAlone(plan, watch);
  if (!judged) return { ...trained, judgement: null };
  const clock = stopwatch();
  const model = new EmbeddingClassifier(trained.members);
  const name = `${plan.configuration.protocol}: embed training`;
  const known = await classifyAll(model, plan.train, name, watch);
  const compared = known && (await compare(plan, known.embeddings, judged.classified, watch));
  trained.seconds.embedding += clock();
  return { ...trained, judgement: compared && { ...judged, ...compared } };
}

/** The same without the comparison, which takes minutes where there are many beats. */
export async function runAlone(plan: Plan, watch: Watch): Promise<Trained<Plan> & { judgement: Judged | null }> {
  const trained = await trainMembers(plan, watch);
  if (watch.signal?.aborted) return { ...trained, judgement: null };
  watch.beforeJudgement?.();
  const clock = stopwatch();
  const model = new EmbeddingClassifier(trained.members);
  const classified = await classifyAll(model, plan.judged, `${plan.configuration.protocol}: judge`, watch);
  trained.seconds.embedding += clock();
  return { ...trained, judgement: classified && judge(plan.judged, classified) };
}

function judge({ beats, labels }: Samples, classified: Classified): Judged {
  const K = beats.classes.length;
  const { labels: predictions } = classified;
  const matrix = confusionMatrix(labels, predictions, K);
  const records = [...confusionByGroup(labels, predictions, beats.record, K)];
  return {
    matrix,
    scores: classificationScores(matrix),
    records: Object.fromEntries(records.map(([r, m]) => [beats.recordNames[r], m])),
    predictions,
    classified,
  };
}

/** The confusion matrix of each patient, of the records of one run or of several: those that intervals are drawn from. */
export function byPatient(
  runs: readonly Record<string, number[][]>[],
  patientOf: PatientOf = patientOfMitBih,
): number[][][] {
  const patients = new Map<string, number[][]>();
  for (const records of runs)
    for (const [name, matrix] of Object.entries(records)) {
      const sum = patients.get(patientOf(name));
      patients.set(patientOf(name), sum ? addConfusion([sum, matrix]) : matrix);
    }
  return [...patients.values()];
}

/** One line on what a run did, for the end of the log. */
export function timing({ seconds, plan }: Result): string {
  const { embedder, embedding, classifier } = seconds;
  return (
    `${plan.configuration.iterations} iterations in ${duration(embedder)}, embedding in ${duration(embedding)}, ` +
    `classifier in ${duration(classifier)}`
  );
}
