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
import { classifyAll } from './outputs.ts';
import type { Plan, Samples, TrainingPlan } from './plan.ts';
import { type Finished, type History, type Seconds, stopwatch, trainMember, type Watch } from './train.ts';
import { type Member, makeNetwork, shiftLogits } from './trainers.ts';

/** What came of a training. */
export interface Trained<P extends TrainingPlan = TrainingPlan> {
  plan: P;
  members: Member[];
  /** of each member */
  histories: History[];
  seconds: Seconds;
}

/** Everything that one run found out. */
export interface Result extends Trained<Plan> {
  /** of the beats to judge by; null where the run was interrupted */
  judgement: Judgement | null;
}

/** How the judged beats were classified. */
export interface Judgement extends Comparison {
  matrix: number[][];
  scores: ClassificationScores;
  /** a matrix for each record */
  records: Record<string, number[][]>;
  /** a class for each beat, and what it was taken from */
  predictions: Int32Array;
  classified: Classified;
}

/** Trains the members of a plan; those that were begun when it was stopped are among them. */
export async function trainMembers<P extends TrainingPlan>(plan: P, watch: Watch): Promise<Trained<P>> {
  const seconds = { embedder: 0, embedding: 0, classifier: 0, ...watch.from?.seconds };
  const members: Member[] = [];
  const histories: History[] = [];
  const finished: Finished[] = [];
  for (let index = 0; index < plan.configuration.members && !watch.signal?.aborted; index++) {
    const own = planOfMember(plan, index);
    const network = makeNetwork(own);
    const before = watch.from?.finished[index];
    const history: History = { iterations: before?.iterations ?? [], epochs: before?.epochs ?? [] };
    histories.push(history);
    if (before) members.push(network.loadStateDict(before.weights).eval());
    else {
      members.push(await trainMember(own, network, { before: [...members], finished }, history, seconds, watch));
      shiftLogits(plan, network.head);
    }
    finished.push({ weights: network.stateDict(), ...history });
  }
  return { plan, members, histories, seconds };
}

/** Trains what the plan says, and judges it. */
export async function run(plan: Plan, watch: Watch): Promise<Result> {
  const trained = await trainMembers(plan, watch);
  if (watch.signal?.aborted) return { ...trained, judgement: null };
  watch.beforeJudgement?.();
  const { configuration, judged } = plan;
  const clock = stopwatch();
  const model = new EmbeddingClassifier(trained.members);
  const classified = await classifyAll(model, judged, `${configuration.protocol}: judge`, watch);
  const known =
    classified && (await classifyAll(model, plan.train, `${configuration.protocol}: embed training`, watch));
  const compared = known && (await compare(plan, known.embeddings, classified, watch));
  trained.seconds.embedding += clock();
  return { ...trained, judgement: compared && { ...judge(judged, classified), ...compared } };
}

/** The plan of one network: of several each has draws of its own. */
export function planOfMember<P extends TrainingPlan>(plan: P, index: number): P {
  return plan.configuration.members > 1 ? { ...plan, random: plan.random.fork(`member ${index}`) } : plan;
}

function judge({ beats, labels }: Samples, classified: Classified): Omit<Judgement, keyof Comparison> {
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
