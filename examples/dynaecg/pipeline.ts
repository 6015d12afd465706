import {
  argmaxRows,
  type ClassificationScores,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  Ensemble,
  type Layer,
  Sequential,
  type Tensor,
} from 'dynaecg';
import { type Log, stopwatch, trainMember } from './member.ts';
import { outputs } from './outputs.ts';
import type { Plan, Samples } from './plan.ts';
import { duration } from './progress.ts';
import { type Member, makeNetwork } from './trainers.ts';
import type { Watch } from './watch.ts';

/** Everything that one run found out; the log is of all members, one after the other. */
export interface Result extends Log {
  plan: Plan;
  members: Member[];
  /** of the beats to judge by; null where the run was interrupted */
  judgement: Judgement | null;
}

/** How the judged beats were classified. */
export interface Judgement {
  matrix: number[][];
  scores: ClassificationScores;
  /** a matrix for each record */
  records: Record<string, number[][]>;
}

/** Trains what the plan says, and judges it. */
export async function run(plan: Plan, watch: Watch): Promise<Result> {
  const { configuration, judged, random } = plan;
  const seconds = { embedder: 0, embedding: 0, classifier: 0 };
  const result: Result = { plan, members: [], iterations: [], epochs: [], judgement: null, seconds };
  const finished: Record<string, Tensor>[] = [];
  for (let index = 0; index < configuration.members; index++) {
    const own = configuration.members > 1 ? { ...plan, random: random.fork(`member ${index}`) } : plan;
    const network = makeNetwork(own);
    const weights = watch.from?.finished[index];
    if (weights) result.members.push(network.loadStateDict(weights).eval());
    else result.members.push(await trainMember(own, network, { index, finished }, result, watch));
    if (watch.stopped()) return result;
    finished.push(network.stateDict());
  }
  watch.beforeJudgement?.();
  const clock = stopwatch();
  const networks = result.members.map(({ embedder, classifier }) => new Sequential(embedder, classifier as Layer));
  const logits = await outputs(new Ensemble(networks), judged, `${configuration.protocol}: judge`, watch);
  seconds.embedding += clock();
  if (logits) result.judgement = judge(judged, argmaxRows(logits));
  return result;
}

function judge({ beats, labels }: Samples, predictions: Int32Array): Judgement {
  const K = beats.classes.length;
  const matrix = confusionMatrix(labels, predictions, K);
  const records = [...confusionByGroup(labels, predictions, beats.record, K)];
  return {
    matrix,
    scores: classificationScores(matrix),
    records: Object.fromEntries(records.map(([r, m]) => [beats.recordNames[r], m])),
  };
}

/** One line on what a run did, for the end of the log. */
export function timing({ seconds, plan }: Result): string {
  const { embedder, embedding, classifier } = seconds;
  return (
    `${plan.configuration.iterations} iterations in ${duration(embedder)}, embedding in ${duration(embedding)}, ` +
    `classifier in ${duration(classifier)}`
  );
}
